//! `coldgap compare`: a baseline against a candidate, on one trace or from saved reports.

use super::command_line;
use super::deliver::OutputArgs;
use super::gate_args::{self, GateArgs};
use super::progress::Progress;
use super::service_args::{BackendArg, ServiceArgs, parse_backend};
use super::trace_args::TraceArgs;
use crate::analysis::Sweep;
use crate::analysis::asked::{self, Asked};
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::outage::words::QueueWord;
use crate::api::Sides;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::backend::Scatter;
use crate::outage::{Abandoned, SameKey};
use crate::policy::spec::PolicySpec;
use crate::report::Report;
use crate::report::compare::{self, Choice, CompareReport, View};
use crate::report::gates::{Gated, Scope};
use crate::report::saved::{self, Saved};
use crate::units::{CacheSize, Demand, Load, Loss, Ratio, Seconds};
use clap::Args;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Baseline against candidate: two policies, sizes or configurations on one trace, or two saved reports
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(CompareReport::fields(), EXAMPLES))]
pub struct CompareArgs {
    /// The files of one service, merged by time (- reads standard input), or one or two reports saved by coldgap gap -o FILE.json
    #[arg(required = true, value_name = "TRACE | OLD.json NEW.json")]
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
    #[arg(long, value_name = "LOSS,...", value_delimiter = ',', default_values_t = asked::default_losses())]
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
    /// How its service times scatter in simulations
    #[arg(long, value_name = "HOW,...", value_delimiter = ',')]
    pub candidate_service: Vec<Scatter>,
    /// The queue before its backend: unbounded, how many may wait, lifo, deadline, codel, priority
    #[arg(long, value_name = "QUEUE")]
    pub candidate_queue: Option<QueueWord>,
    /// What becomes of its work whose client gave up
    #[arg(long, value_name = "finished|leaves|cancelled")]
    pub candidate_abandoned: Option<Abandoned>,
}

impl CandidateArgs {
    /// Whether the service around the cache is another.
    fn changes_service(&self) -> bool {
        self.candidate_backend.is_some() || self.cut.is_some() || self.service().says_service()
    }

    /// What its service has otherwise.
    fn service(&self) -> Scenario {
        let mut said = Scenario::default();
        said.backend = self.candidate_backend.and_then(BackendArg::rate);
        said.service_time = self.candidate_service_time;
        said.timeout = self.candidate_timeout;
        said.retries = self.candidate_retries;
        said.single_flight = self.candidate_single_flight;
        said.service.clone_from(&self.candidate_service);
        said.queue = self.candidate_queue;
        said.abandoned = self.candidate_abandoned;
        said
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
    let report = match args.inputs.as_slice() {
        traces if !traces.iter().any(|path| is_saved(path)) => of_trace(args, traces, interrupt)?,
        saved => of_saved(args, saved)?,
    };
    args.output.deliver(targets, &gates, report.head.settings(), report)
}

/// Two saved reports, or two cells of one.
fn of_saved(args: &CompareArgs, paths: &[PathBuf]) -> Result<CompareReport> {
    if let Some(trace) = paths.iter().find(|path| !is_saved(path)).or(paths.get(2)) {
        return Err(Error::usage("compare takes the files of one trace, or one or two saved reports")
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
fn of_trace(args: &CompareArgs, paths: &[PathBuf], interrupt: &Interrupt) -> Result<CompareReport> {
    let CompareArgs { ignore_size, warmup, threads, load, window, horizon, nodes, quick, seed, .. } = *args;
    let candidate = &args.candidate;
    let policy = args.baseline.clone().map_or_else(|| one_policy("lru"), Ok)?;
    let policies = vec![policy.clone()];
    let sizes = vec![args.cache.unwrap_or(CacheSize::Auto)];
    let asked = Asked {
        sweep: Sweep { policies, sizes, ignore_size, warmup, threads },
        service: args.service.over(&Scenario::default()),
        otherwise: args.service.otherwise(),
        losses: args.lose.clone(),
        load,
        window,
        horizon,
        nodes,
        quick,
        seed,
        ..Asked::default()
    };
    let sides = Sides {
        asked,
        policy: candidate.candidate.clone(),
        size: candidate.candidate_cache,
        service: candidate.service(),
        assumes_backend: candidate.candidate_backend.is_some_and(BackendArg::is_assumed),
        cut: candidate.cut,
    };
    sides.check()?;
    let progress = Progress::start("reading the trace", 0);
    let trace =
        args.reading.read_for(paths, &[vec![policy], sides.policy.iter().cloned().collect()].concat(), interrupt)?;
    sides.compare(&trace, &command_line(), interrupt, &progress)
}
