//! `coldgap compare`: a baseline against a candidate, on one trace or from saved reports.

use super::command_line;
use super::deliver::OutputArgs;
use super::gap;
use super::gate_args::{self, GateArgs};
use super::service_args::{BackendArg, Said, ServiceArgs, check_lengths, parse_backend};
use super::trace_args::TraceArgs;
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::{self, Backend, Question, Sweep};
use crate::capacity::{naive_saving, reclaimed_backend};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::SameKey;
use crate::policy::spec::PolicySpec;
use crate::progress::Progress;
use crate::report::compare::{self, Choice, CompareReport, View};
use crate::report::gates::{Gated, Scope};
use crate::report::saved::{self, Saved};
use crate::report::{self, Report};
use crate::trace::Trace;
use crate::units::{CacheSize, Demand, Load, Loss, Rate, Ratio, Seconds};
use clap::Args;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Baseline against candidate: two policies, sizes or configurations on one trace, or two saved reports
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(CompareReport::fields(), EXAMPLES))]
pub struct CompareArgs {
    /// A trace (- reads standard input), or one or two reports saved by coldgap gap -o FILE.json
    #[arg(required = true, num_args = 1..=2, value_name = "TRACE | OLD.json NEW.json")]
    inputs: Vec<PathBuf>,
    /// The policy to compare with [default: lru; of a saved report its baseline]
    #[arg(long, value_name = "POLICY", value_parser = one_policy)]
    baseline: Option<PolicySpec>,
    /// The cache size to compare with: 4GiB, 50_000obj, 10% of the footprint, or auto [default: auto; of a saved report its first]
    #[arg(short, long, value_name = "SIZE")]
    cache: Option<CacheSize>,
    /// Compare saved reports although they saw different traces
    #[arg(long)]
    force: bool,
    /// Every object counts 1, whatever its size
    #[arg(long)]
    ignore_size: bool,
    /// Shares of the cache whose loss must be survived
    #[arg(long, value_name = "LOSS,...", value_delimiter = ',', default_values_t = gap::default_losses())]
    lose: Vec<Loss>,
    /// Nodes of the cache: losing one of them is tried as well
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    nodes: Option<u32>,
    /// The load to carry: 3000/s, or 2x today's [default: that of the busiest window]
    #[arg(long, value_name = "LOAD")]
    load: Option<Load>,
    /// Width of the windows in which load and misses are measured [default: one that suits the trace]
    #[arg(long, value_name = "TIME")]
    window: Option<Seconds>,
    /// Share of the requests that only warm the caches
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    /// How much of the trace is walked after a loss, and how long an outage is simulated at most
    #[arg(long, value_name = "TIME", default_value = "15min")]
    horizon: Seconds,
    /// Leave out the simulated outages that measure hidden capacity
    #[arg(long)]
    quick: bool,
    /// The first seed of the simulated outages
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads [default: one per core; at most 256]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = super::sweep_args::threads)]
    threads: usize,
    #[command(flatten)]
    candidate: CandidateArgs,
    #[command(flatten)]
    service: ServiceArgs,
    #[command(flatten)]
    reading: TraceArgs,
    #[command(flatten)]
    gates: GateArgs,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "Examples:
  coldgap compare prod.parquet -c 10% -b 300/s --baseline lru --candidate s3fifo
  coldgap compare prod.parquet -c 10% -b 600/s --cut 50%     may the backend be halved?
  coldgap compare prod.parquet -c 10% -b 300/s --candidate-cache 20% -o compare.md
  coldgap compare prod.parquet -c 10% -b 300/s --candidate-timeout 500ms
  coldgap compare main.json branch.json -o compare.md        two saved reports of gap
  coldgap compare gap.json --baseline lru --candidate sieve  two policies of one saved report";

/// What the candidate has otherwise than the baseline.
#[derive(Debug, Args)]
#[command(next_help_heading = "The candidate, where it differs from the baseline")]
pub struct CandidateArgs {
    /// Its policy
    #[arg(long, value_name = "POLICY", value_parser = one_policy)]
    candidate: Option<PolicySpec>,
    /// Its cache size
    #[arg(long, value_name = "SIZE")]
    candidate_cache: Option<CacheSize>,
    /// By how much its backend is smaller: 50%
    #[arg(long, value_name = "SHARE", conflicts_with = "candidate_backend")]
    cut: Option<Ratio>,
    /// What its backend can do
    #[arg(long, value_name = "RATE", value_parser = parse_backend)]
    pub candidate_backend: Option<BackendArg>,
    /// Mean time its backend works on one answer
    #[arg(long, value_name = "TIME")]
    pub candidate_service_time: Option<Seconds>,
    /// How long its clients wait for an answer
    #[arg(long, value_name = "TIME")]
    pub candidate_timeout: Option<Seconds>,
    /// How often its clients ask again after a timeout
    #[arg(long, value_name = "N")]
    pub candidate_retries: Option<u32>,
    /// Whether its misses join the fetch of the same key that is under way
    #[arg(long, value_name = "each-asks|joined|kept")]
    pub candidate_single_flight: Option<SameKey>,
}

impl CandidateArgs {
    /// Whether the service around the cache is another.
    fn changes_service(&self) -> bool {
        self.candidate_backend.is_some()
            || self.cut.is_some()
            || self.candidate_service_time.is_some()
            || self.candidate_timeout.is_some()
            || self.candidate_retries.is_some()
            || self.candidate_single_flight.is_some()
    }
}

fn one_policy(text: &str) -> std::result::Result<PolicySpec, Error> {
    text.parse()
}

/// Runs it.
///
/// # Errors
/// A trace or report that cannot be read, reports about different traces, flags that contradict each other, an output that
/// cannot be written, an interrupt.
pub fn run(args: &CompareArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = args.output.targets(&args.inputs)?;
    let gates = args.gates.parse::<CompareReport>(&Scope {
        policies: Vec::new(),
        losses: Vec::new(),
        demand: Demand::Answers,
    })?;
    let (report, unsaid) = match args.inputs.as_slice() {
        [one] if !is_saved(one) => of_trace(args, one, interrupt)?,
        saved => (of_saved(args, saved)?, Vec::new()),
    };
    args.output.deliver(targets, &gates, unsaid, report)
}

/// Two saved reports, or two cells of one.
fn of_saved(args: &CompareArgs, paths: &[PathBuf]) -> Result<CompareReport> {
    if let Some(trace) = paths.iter().find(|path| !is_saved(path)) {
        return Err(Error::usage("compare takes one trace, or saved reports")
            .at(trace.display(), None)
            .hint("save a report of each trace (coldgap gap TRACE -o FILE.json) and compare those"));
    }
    if args.candidate.changes_service() || args.cache.is_some() || args.candidate.candidate_cache.is_some() {
        return Err(Error::usage("a saved report has the cache sizes and the service that it was made with")
            .hint("choose its policy with --baseline and --candidate, or compare on the trace"));
    }
    let reports = paths.iter().map(|path| read_gap(path)).collect::<Result<Vec<Report>>>()?;
    let (old, new) = (&reports[0], &reports[reports.len() - 1]);
    let name = |path: &Path| path.display().to_string();
    let policy = |policy: &Option<PolicySpec>| policy.as_ref().map(ToString::to_string);
    let baseline = Choice { policy: policy(&args.baseline), ..Choice::default() };
    let before = View::new(old, &name(&paths[0]), &baseline)?;
    let candidate = Choice {
        policy: policy(&args.candidate.candidate).or(baseline.policy),
        fingerprint: Some(before.trace.fingerprint.clone()),
    };
    let after = View::new(new, &name(&paths[paths.len() - 1]), &candidate)?;
    if paths.len() == 1 && before.cell().policy == after.cell().policy {
        return Err(Error::usage("one saved report, and no candidate in it")
            .at(name(&paths[0]), None)
            .hint("name one with --candidate, or give a second report"));
    }
    if before.trace.fingerprint != after.trace.fingerprint && !args.force {
        return Err(Error::usage(format!(
            "the reports saw different traces: {} ({}) and {} ({})",
            before.trace.name, before.trace.fingerprint, after.trace.name, after.trace.fingerprint
        ))
        .hint("make both from one trace; or add --force, and the changes include those of the traffic"));
    }
    Ok(compare::build(&command_line(), &before, &after, None))
}

/// Whether a file is a saved report and no trace: JSON that begins with an object over several lines, as reports do.
fn is_saved(path: &Path) -> bool {
    let mut start = [0; 2];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"{\n"
}

fn read_gap(path: &Path) -> Result<Report> {
    match saved::read(path)? {
        Saved::Gap(report) => Ok(*report),
        other => Err(Error::usage(format!(
            "this is a report of coldgap {}, and compare takes those of gap",
            other.kind().name()
        ))
        .at(path.display(), None)
        .hint("save one with: coldgap gap TRACE -o FILE.json")),
    }
}

/// Both sides replayed on one trace.
fn of_trace(args: &CompareArgs, path: &Path, interrupt: &Interrupt) -> Result<(CompareReport, Vec<String>)> {
    let candidate = &args.candidate;
    let policy = args.baseline.clone().map_or_else(|| one_policy("lru"), Ok)?;
    let other = candidate.candidate.clone().unwrap_or_else(|| policy.clone());
    let size = args.cache.unwrap_or(CacheSize::Auto);
    let other_size = candidate.candidate_cache.unwrap_or(size);
    let service = args.service.with(candidate);
    let Said { mut unsaid, .. } = args.service.resolve(&Scenario::default())?;
    if size == CacheSize::Auto {
        unsaid.push("cache size (10%)".to_string());
    }
    let alike = size == other_size && !candidate.changes_service();
    if candidate.cut.is_some_and(|cut| cut.get() >= 1.0) {
        return Err(Error::usage("a cut of 100% leaves no backend").hint("cut less: --cut 50%"));
    }
    if alike && policy == other {
        return Err(Error::usage("baseline and candidate are the same").hint(
            "say what differs: --candidate POLICY, --candidate-cache SIZE, --candidate-backend RATE, --candidate-timeout TIME, ...",
        ));
    }
    let bench = Bench { progress: Progress::start("replaying", 0), interrupt, command: command_line() };
    let trace = args.reading.read_for(path, &[policy.clone(), other.clone()], interrupt)?;
    // Where nothing but the policy differs, both stand in one gap report, and losses are tried at the same moments.
    let policies = if alike { vec![policy.clone(), other.clone()] } else { vec![policy.clone()] };
    let old = bench.analyse(&trace, &question(args, &args.service, policies, size)?)?;
    let Some(given) = old.traces[0].rate() else {
        return Err(Error::usage("no backend was given").hint("say what it can do: -b 300/s"));
    };
    let mut asked = question(args, &service, vec![other.clone()], other_size)?;
    if candidate.candidate_backend.is_none() {
        let left = 1.0 - candidate.cut.map_or(0.0, Ratio::get);
        set_backend(&mut asked, Rate { per_second: given.per_second * left, ..given });
    }
    let new = if alike { None } else { Some(bench.analyse(&trace, &asked)?) };
    let view = |report, policy: &PolicySpec| {
        View::new(report, &trace.name, &Choice { policy: Some(policy.to_string()), fingerprint: None })
    };
    let (before, after) = (view(&old, &policy)?, view(new.as_ref().unwrap_or(&old), &other)?);
    let saving =
        before.demand_ratio().zip(after.demand_ratio()).and_then(|(before, after)| naive_saving(after, before));
    let saving = saving.filter(|saving| {
        *saving > 0.0 && *saving < 1.0 && candidate.candidate_backend.is_none() && candidate.cut.is_none()
    });
    let banked = saving.map(|saving| {
        set_backend(&mut asked, Rate { per_second: reclaimed_backend(given.per_second, saving), ..given });
        (asked.seeds, asked.stretches) = (Vec::new(), false);
        bench.analyse(&trace, &asked)
    });
    let banked = banked.transpose()?;
    let report =
        compare::build(&bench.command, &before, &after, banked.as_ref().and_then(|report| report.rows.first()));
    Ok((report, unsaid))
}

/// Where gap reports are made.
struct Bench<'a> {
    progress: Progress,
    interrupt: &'a Interrupt,
    command: String,
}

impl Bench<'_> {
    fn analyse(&self, trace: &Trace, question: &Question) -> Result<Report> {
        self.progress.expect(analysis::steps(question));
        let findings = analysis::analyse(trace, question, self.interrupt, &self.progress)?;
        Ok(report::build(&self.command, question, &[findings]))
    }
}

fn set_backend(question: &mut Question, backend: Rate) {
    question.backend = Backend::Given(backend);
    question.service.demand = backend.of;
}

fn question(args: &CompareArgs, service: &ServiceArgs, policies: Vec<PolicySpec>, size: CacheSize) -> Result<Question> {
    let CompareArgs { ignore_size, warmup, threads, load, window, horizon, .. } = *args;
    let Said { backend, service, closed_loop, .. } = service.resolve(&Scenario::default())?;
    // A comparison needs one, if only the same guess for both.
    let backend = if backend == Backend::Unknown { Backend::Assumed } else { backend };
    check_lengths(window, horizon, &service)?;
    Ok(Question {
        sweep: Sweep { policies, sizes: vec![size], ignore_size, warmup, threads },
        baseline: 0,
        backend,
        service,
        closed_loop,
        load,
        window,
        horizon,
        losses: gap::in_order(args.lose.iter().copied().chain(args.nodes.map(Loss::one_of)).collect()),
        growth: None,
        nodes: args.nodes.unwrap_or(gap::NODES),
        certify: false,
        survive: None,
        survive_assumed: false,
        prices: None,
        full: false,
        seeds: if args.quick { Vec::new() } else { gap::seeds(args.seed) },
        stretches: true,
    })
}
