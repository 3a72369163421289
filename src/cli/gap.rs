//! `coldgap gap`: the main report.

use super::budget::{self, Budget};
use super::compare::CandidateArgs;
use super::gate_args::{self, GateArgs};
use super::sweep_args::SweepArgs;
use super::target;
use super::trace_args::TraceArgs;
use super::{command_line, print};
use crate::analysis::{self, Question, Sweep};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::spec::{self, PolicySpec};
use crate::progress::Progress;
use crate::report::gates::{self, Gated, Scope};
use crate::report::{self, Report, text};
use crate::service::Service;
use crate::units::{Demand, Growth, Load, Rate, Ratio, Seconds};
use clap::Args;
use std::path::PathBuf;

/// Advertised and hidden capacity per policy, cold misses, widening, and what you may cut
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", gates::text::fields(Report::fields())))]
pub struct GapArgs {
    /// Trace files; - reads standard input
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    #[command(flatten)]
    sweep: SweepArgs,
    /// The policy that others are compared with [default: lru where it is listed, else the first]
    #[arg(long, value_name = "POLICY")]
    baseline: Option<String>,
    #[command(flatten)]
    service: ServiceArgs,
    /// Shares of the cache whose loss must be survived
    #[arg(long, value_name = "SHARE,...", value_delimiter = ',', default_values_t = default_losses())]
    lose: Vec<Ratio>,
    /// The load to carry: 3000/s, or 2x today's [default: that of the busiest window]
    #[arg(long, value_name = "LOAD")]
    load: Option<Load>,
    /// Also say what backend is needed once the load has grown by so much
    #[arg(long, value_name = "SHARE")]
    growth: Option<Growth>,
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
    #[command(flatten)]
    reading: TraceArgs,
    #[command(flatten)]
    budget: Budget,
    #[command(flatten)]
    gates: GateArgs,
    /// Write the report to a file, by extension: .json, .csv, .parquet, .md or .html; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  coldgap gap prod.parquet -c 10% -b 300/s
  coldgap gap prod.csv.gz -c 4GiB -b 300/s -p lru,sieve,s3fifo --baseline lru
  coldgap gap prod.parquet -c 10% -b 300/s --load 2x --lose 12.5%,100% -o gap.json";

/// The backend and its clients; a trace says none of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "The service")]
pub struct ServiceArgs {
    /// What the backend can do: 300/s answers, or 250MB/s [default: 1.1x what the baseline needs warm]
    #[arg(short, long, value_name = "RATE|auto", default_value = "auto", hide_default_value = true, value_parser = parse_backend)]
    backend: BackendArg,
    /// Mean time the backend works on one answer
    #[arg(long, value_name = "TIME", default_value = "10ms")]
    service_time: Seconds,
    /// How long a client waits for an answer
    #[arg(long, value_name = "TIME", default_value = "1s")]
    timeout: Seconds,
    /// How often a client asks again after a timeout
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// A miss joins the fetch of the same key that is under way
    #[arg(long)]
    single_flight: bool,
}

/// `--backend`: a rate or `auto`.
#[derive(Debug, Clone, Copy)]
pub struct BackendArg(Option<Rate>);

/// Reads one.
pub fn parse_backend(text: &str) -> std::result::Result<BackendArg, String> {
    if text == "auto" {
        return Ok(BackendArg(None));
    }
    text.parse().map(|rate| BackendArg(Some(rate))).map_err(|error: crate::units::UnitError| error.to_string())
}

impl ServiceArgs {
    /// The backend, where one is given, and the service.
    ///
    /// # Errors
    /// A timeout within which no answer can come.
    pub fn resolve(&self) -> Result<(Option<Rate>, Service)> {
        let ServiceArgs { backend: BackendArg(backend), service_time, timeout, retries, single_flight } = *self;
        if timeout.0 <= service_time.0 {
            return Err(Error::usage(format!(
                "the timeout ({timeout}) must be longer than the service time ({service_time})"
            ))
            .hint("no answer could ever be in time; check --timeout and --service-time"));
        }
        let demand = backend.map_or(Demand::Answers, |backend| backend.of);
        Ok((backend, Service { demand, timeout, service_time, retries, single_flight }))
    }

    /// The same with what is changed for a candidate.
    pub fn with(&self, changed: &CandidateArgs) -> ServiceArgs {
        ServiceArgs {
            backend: changed.candidate_backend.unwrap_or(self.backend),
            service_time: changed.candidate_service_time.unwrap_or(self.service_time),
            timeout: changed.candidate_timeout.unwrap_or(self.timeout),
            retries: changed.candidate_retries.unwrap_or(self.retries),
            single_flight: changed.candidate_single_flight.unwrap_or(self.single_flight),
        }
    }
}

/// What is lost where nobody says it.
pub fn default_losses() -> Vec<Ratio> {
    [0.05, 0.125, 0.25, 0.5, 1.0].into_iter().filter_map(Ratio::new).collect()
}

/// Seeds with which each outage is simulated.
const SEEDS: u64 = 3;

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &GapArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = target::open(&args.output)?;
    let question = question(args)?;
    let gates = args.gates.parse::<Report>(&scope(&question))?;
    let progress = Progress::start("replaying", analysis::steps(&question) * args.traces.len() as u64);
    let mut found = Vec::new();
    for path in &args.traces {
        let trace = args.reading.read_for(path, &question.sweep.policies, interrupt)?;
        if args.budget.is_asked() {
            let (forecast, cells) = analysis::forecast(&trace, &question, args.budget.limit())?;
            if args.budget.dry_run {
                let names: Vec<String> = cells.iter().map(|cell| cell.policy.to_string()).collect();
                print(&budget::describe(
                    &trace.about(),
                    &forecast,
                    &names,
                    "not predicted: it depends on where the limits lie",
                ))?;
                continue;
            }
        }
        let findings = analysis::analyse(&trace, &question, interrupt, || progress.step(1))?;
        found.push((trace, findings));
    }
    drop(progress);
    if args.budget.dry_run {
        return Ok(());
    }
    let mut report = report::build(&command_line(), &question, &found);
    gates::judge(&gates, &mut report);
    if !target::write(targets, &report)? {
        print(&text::render(&report))?;
    }
    gate_args::pass(&report.head)
}

/// What the report will have numbers of.
fn scope(question: &Question) -> Scope {
    Scope {
        policies: question.sweep.policies.iter().map(ToString::to_string).collect(),
        losses: [Ratio::NONE].iter().chain(&question.losses).map(|loss| loss.get()).collect(),
        demand: question.service.demand,
    }
}

fn question(args: &GapArgs) -> Result<Question> {
    let mut policies = args.sweep.sweep(args.warmup)?.policies;
    let baseline = baseline(args.baseline.as_deref(), &mut policies)?;
    let (backend, service) = args.service.resolve()?;
    check_lengths(args.window, args.horizon)?;
    Ok(Question {
        sweep: Sweep { policies, ..args.sweep.sweep(args.warmup)? },
        baseline,
        backend,
        service,
        load: args.load,
        window: args.window,
        horizon: args.horizon,
        losses: losses(&args.lose),
        growth: args.growth.map(|growth| growth.0),
        seeds: if args.quick { Vec::new() } else { seeds(args.seed) },
        stretches: !args.quick,
    })
}

/// Refuses windows and horizons that hold nothing.
///
/// # Errors
/// One that does.
pub fn check_lengths(window: Option<Seconds>, horizon: Seconds) -> Result<()> {
    if window.is_some_and(|window| window.nanoseconds() == 0) || horizon.nanoseconds() == 0 {
        return Err(Error::usage("a window and a horizon must be longer than nothing")
            .hint("write them like --window 10s --horizon 15min"));
    }
    Ok(())
}

/// Losses as they are tried: each once, in rising order, and none of nothing.
pub fn losses(asked: &[Ratio]) -> Vec<Ratio> {
    let mut losses: Vec<Ratio> = asked.iter().copied().filter(|loss| loss.get() > 0.0).collect();
    losses.sort_by(|a, b| a.get().total_cmp(&b.get()));
    losses.dedup();
    losses
}

/// The seeds with which each outage is simulated, from the first.
pub fn seeds(first: u64) -> Vec<u64> {
    (0..SEEDS).map(|i| first.wrapping_add(i)).collect()
}

/// The baseline's position; it is added to the list where it is missing.
fn baseline(named: Option<&str>, policies: &mut Vec<PolicySpec>) -> Result<usize> {
    let Some(name) = named else {
        return Ok(policies.iter().position(|policy| policy.to_string() == "lru").unwrap_or(0));
    };
    let mut wanted = spec::parse_list(name)?;
    let wanted = match (wanted.pop(), wanted.is_empty()) {
        (Some(wanted), true) => wanted,
        _ => {
            return Err(Error::usage(format!("--baseline takes one policy, not '{name}'"))
                .hint("list the policies to compare with --policy"));
        }
    };
    let position = policies.iter().position(|policy| policy.to_string() == wanted.to_string());
    Ok(position.unwrap_or_else(|| {
        policies.insert(0, wanted);
        0
    }))
}
