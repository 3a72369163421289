//! `coldgap compare`: a baseline against a candidate, on one trace or from saved reports.

use super::gap::{self, BackendArg, ServiceArgs};
use super::saved_gap;
use super::target;
use super::trace_args::TraceArgs;
use super::{command_line, print};
use crate::analysis::{self, Findings, Question, Sweep};
use crate::capacity::decisions::naive_saving;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::Capacity;
use crate::policy::spec::PolicySpec;
use crate::progress::Progress;
use crate::report::compare::{self, Choice, CompareReport, View};
use crate::report::{self, Report, Row};
use crate::trace::Trace;
use crate::units::{CacheSize, Load, Rate, Ratio, Seconds};
use clap::Args;
use std::path::{Path, PathBuf};

/// Baseline against candidate: two policies, sizes or configurations on one trace, or two saved reports
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldgap compare prod.parquet -c 10% -b 300/s --baseline lru --candidate s3fifo
  coldgap compare prod.parquet -c 10% -b 300/s --candidate-cache 20% -o compare.md
  coldgap compare prod.parquet -c 10% -b 300/s --candidate-timeout 500ms --candidate-single-flight yes
  coldgap compare main.json branch.json -o compare.md        two reports saved by: coldgap gap ... -o main.json
  coldgap compare gap.json --baseline lru --candidate sieve  two policies of one saved report")]
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
    #[command(flatten)]
    candidate: CandidateArgs,
    /// Compare saved reports although they saw different traces
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    service: ServiceArgs,
    /// Every object counts 1, whatever its size
    #[arg(long)]
    ignore_size: bool,
    /// Shares of the cache whose loss must be survived
    #[arg(long, value_name = "SHARE,...", value_delimiter = ',', default_values_t = gap::default_losses())]
    lose: Vec<Ratio>,
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
    /// The first of the three seeds of the simulated outages
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads [default: one per core]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    #[command(flatten)]
    reading: TraceArgs,
    /// Write the report to a file, by extension: .json, .csv, .parquet or .md; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

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
    /// What its backend can do
    #[arg(long, value_name = "RATE", value_parser = gap::parse_backend)]
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
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    pub candidate_single_flight: Option<bool>,
}

impl CandidateArgs {
    /// Whether the service around the cache is another.
    fn changes_service(&self) -> bool {
        self.candidate_backend.is_some()
            || self.candidate_service_time.is_some()
            || self.candidate_timeout.is_some()
            || self.candidate_retries.is_some()
            || self.candidate_single_flight.is_some()
    }
}

fn one_policy(text: &str) -> std::result::Result<PolicySpec, Error> {
    text.parse()
}

fn yes_or_no(text: &str) -> std::result::Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("write yes or no".to_string()),
    }
}

/// Runs it.
///
/// # Errors
/// A trace or report that cannot be read, reports about different traces, flags that contradict each other, an output that
/// cannot be written, an interrupt.
pub fn run(args: &CompareArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = target::open(&args.output)?;
    let report = match args.inputs.as_slice() {
        [one] if !saved_gap::is_one(one) => of_trace(args, one, interrupt)?,
        saved => of_saved(args, saved)?,
    };
    if target::write(targets, &report)? { Ok(()) } else { print(&compare::render(&report)) }
}

/// Two saved reports, or two cells of one.
fn of_saved(args: &CompareArgs, paths: &[PathBuf]) -> Result<CompareReport> {
    if let Some(trace) = paths.iter().find(|path| !saved_gap::is_one(path)) {
        return Err(Error::usage("compare takes one trace, or saved reports")
            .at(trace.display(), None)
            .hint("save a report of each trace (coldgap gap TRACE -o FILE.json) and compare those"));
    }
    if args.candidate.changes_service() || args.cache.is_some() || args.candidate.candidate_cache.is_some() {
        return Err(Error::usage("a saved report has the cache sizes and the service that it was made with")
            .hint("choose its policy with --baseline and --candidate, or compare on the trace"));
    }
    let reports = paths.iter().map(|path| saved_gap::read(path)).collect::<Result<Vec<Report>>>()?;
    let (old, new) = (&reports[0], &reports[reports.len() - 1]);
    let name = |path: &Path| path.display().to_string();
    let policy = |policy: &Option<PolicySpec>| policy.as_ref().map(ToString::to_string);
    let baseline = Choice { policy: policy(&args.baseline), ..Choice::default() };
    let before = View::new(old, &name(&paths[0]), &baseline)?;
    let candidate = Choice {
        policy: policy(&args.candidate.candidate).or(baseline.policy),
        capacity: None,
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
    let banked = if paths.len() == 1 { None } else { None };
    Ok(compare::build(&command_line(), &before, &after, banked))
}

/// Both sides replayed on one trace.
fn of_trace(args: &CompareArgs, path: &Path, interrupt: &Interrupt) -> Result<CompareReport> {
    let lru = || one_policy("lru");
    let policy = args.baseline.clone().map_or_else(lru, Ok)?;
    let other = args.candidate.candidate.clone().unwrap_or_else(|| policy.clone());
    let size = args.cache.unwrap_or(CacheSize::Auto);
    let other_size = args.candidate.candidate_cache.unwrap_or(size);
    if policy == other && size == other_size && !args.candidate.changes_service() {
        return Err(Error::usage("baseline and candidate are the same").hint(
            "say what differs: --candidate POLICY, --candidate-cache SIZE, --candidate-backend, --candidate-timeout, ...",
        ));
    }
    let both = [policy.clone(), other.clone()];
    let progress = Progress::start("replaying", 0);
    let trace = args.reading.read_for(path, &both, interrupt)?;
    let command = command_line();
    let analyse = |question: &Question| -> Result<Report> {
        progress.expect(analysis::steps(question));
        let findings = analysis::analyse(&trace, question, interrupt, || progress.step(1))?;
        Ok(build(&command, question, &trace, findings))
    };
    let shared = question(args, &args.service, distinct([policy.clone(), other.clone()]), distinct([size, other_size]))?;
    // Where the service is the same, both stand in one gap report, and losses are tried at the same moments.
    let (old, new) = if args.candidate.changes_service() {
        let first = question(args, &args.service, vec![policy.clone()], vec![size])?;
        let old = analyse(&first)?;
        let service = args.service.with(&args.candidate);
        let mut second = question(args, &service, vec![other.clone()], vec![other_size])?;
        second.backend = second.backend.or(Some(old.traces[0].backend.rate));
        second.service.demand = second.backend.map_or(second.service.demand, |backend| backend.of);
        (old, Some(analyse(&second)?))
    } else {
        (analyse(&shared)?, None)
    };
    let new = new.as_ref().unwrap_or(&old);
    let at = |report: &Report, size: CacheSize, position: usize| {
        let capacities = capacities(report);
        let first = capacities.first().copied();
        if size == other_size && size != args.cache.unwrap_or(CacheSize::Auto) { capacities.get(position).copied().or(first) } else { first }
    };
    let view = |report, policy: &PolicySpec, capacity| {
        let choice = Choice { policy: Some(policy.to_string()), capacity, fingerprint: None };
        View::new(report, &trace.name, &choice)
    };
    let before = view(&old, &policy, at(&old, size, 0))?;
    let after = view(new, &other, at(new, other_size, 1))?;
    let saving = before.demand_ratio().zip(after.demand_ratio()).and_then(|(before, after)| naive_saving(after, before));
    let banks = saving.filter(|saving| (0.0..1.0).contains(saving) && *saving > 0.0 && args.candidate.candidate_backend.is_none());
    let banked = match banks {
        None => None,
        Some(saving) => {
            let service = args.service.with(&args.candidate);
            let mut cut = question(args, &service, vec![other.clone()], vec![other_size])?;
            let rate = old.traces[0].backend.rate;
            cut.backend = Some(Rate { per_second: rate.per_second * (1.0 - saving), ..rate });
            cut.service.demand = rate.of;
            (cut.seeds, cut.stretches) = (Vec::new(), false);
            Some(analyse(&cut)?)
        }
    };
    drop(progress);
    let banked: Option<&Row> = banked.as_ref().and_then(|report| report.rows.first());
    Ok(compare::build(&command, &before, &after, banked))
}

/// The gap report behind a comparison.
fn build(command: &str, question: &Question, trace: &Trace, findings: Findings) -> Report {
    report::build_one(command, question, trace, &findings)
}

fn question(
    args: &CompareArgs,
    service: &ServiceArgs,
    policies: Vec<PolicySpec>,
    sizes: Vec<CacheSize>,
) -> Result<Question> {
    let CompareArgs { ignore_size, warmup, threads, .. } = *args;
    let sweep = Sweep { policies, sizes, ignore_size, warmup, threads };
    let study = gap::Study {
        lose: &args.lose,
        load: args.load,
        window: args.window,
        horizon: args.horizon,
        seed: (!args.quick).then_some(args.seed),
    };
    Ok(Question { stretches: true, ..gap::ask(sweep, 0, service, &study)? })
}

/// One or two things, each once.
fn distinct<T: PartialEq>(both: [T; 2]) -> Vec<T> {
    let [first, second] = both;
    if first == second { vec![first] } else { vec![first, second] }
}

/// The capacities of a report's cells, in its order.
fn capacities(report: &Report) -> Vec<Capacity> {
    let mut all: Vec<Capacity> = Vec::new();
    for row in &report.rows {
        let capacity = compare::capacity(row);
        if !all.contains(&capacity) {
            all.push(capacity);
        }
    }
    all
}
