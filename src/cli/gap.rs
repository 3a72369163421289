//! `coldgap gap`: the main report.

use super::budget::{self, Budget};
use super::curve_args::parse_share;
use super::deliver::OutputArgs;
use super::gate_args::{self, GateArgs};
use super::progress::Progress;
use super::service_args::ServiceArgs;
use super::sweep_args::SweepArgs;
use super::target::Target;
use super::trace_args::{Files, TraceArgs};
use super::{command_line, print};
use crate::analysis::asked::{Asked, default_losses};
use crate::analysis::calibration::Calibration;
use crate::analysis::outage::said::Settings;
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::sampled::Sampling;
use crate::analysis::{self, Backend, Prices, Question, estimated};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::spec::{self, PolicySpec};
use crate::report::estimate::EstimateReport;
use crate::report::gates::{Gated, Scope};
use crate::report::{self, Report};
use crate::trace::Trace;
use crate::units::{BackendPrice, CachePrice, Growth, Load, Loss, Rate, Ratio, Seconds, grouped};
use clap::Args;
use std::path::PathBuf;

/// Advertised and hidden capacity per policy, cold misses, widening, and what you may cut
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(Report::fields(), EXAMPLES))]
pub struct GapArgs {
    #[command(flatten)]
    pub ask: Ask,
    /// Take from the trace's own records what is not said: how long misses took, retries, and the highest rate of misses that
    /// was answered well for the backend's capacity, which may be more
    #[arg(long, conflicts_with = "each")]
    calibrated: bool,
    /// Estimate from this share of the keys, chosen by hash: advertised, hidden, least backends and nodes, each with an
    /// interval that holds the truth in 95 of 100 draws; another --seed draws others, nothing is simulated
    #[arg(long, value_name = "SHARE", value_parser = parse_share, conflicts_with_all =
          ["calibrated", "certify", "full", "growth", "backend_price", "cache_price", "memory", "dry_run"])]
    sample: Option<Ratio>,
    #[command(flatten)]
    budget: Budget,
    #[command(flatten)]
    pub output: OutputArgs,
}

// What is asked, whoever does the work. No doc comment: clap would take it for what the command is about.
#[derive(Debug, Args)]
pub struct Ask {
    #[command(flatten)]
    pub files: Files,
    /// The policy that others are compared with [default: lru where it is listed, else the first]
    #[arg(long, value_name = "POLICY")]
    baseline: Option<String>,
    /// Losses of cache nodes that are tried: 1/6, 2/6, 16.7%, 100%
    #[arg(long, value_name = "LOSS,...", value_delimiter = ',', default_values_t = default_losses())]
    lose: Vec<Loss>,
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
    /// Nodes of the cache, each with its share of the keys: losing any of them is tried, and restarting them [default: 8]
    #[arg(long, visible_alias = "shards", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    nodes: Option<u32>,
    /// The loss that must be survived: 1/6, 16.7% or 100%
    #[arg(long, value_name = "LOSS")]
    survive: Option<Loss>,
    /// What the backend costs, as '40 per 100/s'; with --cache-price: which cache size and policy are the cheapest
    #[arg(long, value_name = "PRICE", requires = "cache_price")]
    backend_price: Option<BackendPrice>,
    /// What the cache costs, as '5 per GiB' or '2 per 1000obj'
    #[arg(long, value_name = "PRICE", requires = "backend_price")]
    cache_price: Option<CachePrice>,
    /// Clear every moment and node, so that none is worse by more than 0.5 % (minutes instead of seconds)
    #[arg(long)]
    certify: bool,
    /// Leave out all simulated outages: measured hidden capacity, and what happens if the cache is lost
    #[arg(long)]
    quick: bool,
    /// Also other cache sizes and every knob of the service, for the baseline; implied by an .html output
    #[arg(long)]
    full: bool,
    /// The first seed of the simulated outages
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    service: ServiceArgs,
    #[command(flatten)]
    sweep: SweepArgs,
    #[command(flatten)]
    reading: TraceArgs,
    #[command(flatten)]
    pub gates: GateArgs,
}

impl Ask {
    /// Reads the trace of one service, which may take so many bytes meanwhile; `None`: any.
    ///
    /// # Errors
    /// See [`TraceArgs::read_for`].
    pub fn read(
        &self,
        paths: &[PathBuf],
        question: &Question,
        memory: Option<u64>,
        interrupt: &Interrupt,
    ) -> Result<Trace> {
        self.reading.within(memory).read_for(paths, &question.sweep.policies, interrupt)
    }

    /// The same where files are read by the names of others: a name, and where its bytes are.
    ///
    /// # Errors
    /// See [`TraceArgs::read_for`].
    pub fn read_copies(
        &self,
        paths: &[PathBuf],
        copies: Vec<(PathBuf, PathBuf)>,
        question: &Question,
        interrupt: &Interrupt,
    ) -> Result<Trace> {
        self.reading.with_copies(copies).read_for(paths, &question.sweep.policies, interrupt)
    }
}

impl GapArgs {
    /// Whether the work can be done in parts: nothing is asked beside what is in the report's question.
    pub fn has_parts(&self) -> bool {
        !self.calibrated && self.sample.is_none() && !self.budget.is_asked()
    }
}

const EXAMPLES: &str = "Examples:
  coldgap gap prod.parquet -c 10% -b 300/s
  coldgap gap access.log* -b 300/s
  coldgap gap prod.parquet -b 300_000/s --sample 5%
  coldgap gap prod.csv.gz -c 4GiB -b 300/s -p lru,sieve,s3fifo --baseline lru
  coldgap gap prod.parquet -c 10% -b 300/s --load 2x --lose 12.5%,100% -o gap.json";

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &GapArgs, interrupt: &Interrupt) -> Result<()> {
    if let Some(share) = args.sample {
        return estimate(args, Sampling { share, seed: args.ask.seed }, interrupt);
    }
    let targets = args.output.targets(&args.ask.files.traces)?;
    let (mut question, mut settings) = question(&args.ask)?;
    // A page has the space, and a reader who cannot ask again.
    let implied = !question.full && targets.iter().any(Target::is_page);
    question.full |= implied;
    let gates = args.ask.gates.parse::<Report>(&scope(&question))?;
    let services = args.ask.files.each();
    let limit = args.budget.limit_with_files(question.sweep.threads);
    let memory = budget::for_reading(limit);
    let progress = Progress::start("reading the trace", analysis::steps(&question) * services.len() as u64);
    let mut found = Vec::new();
    for paths in services {
        let trace = match args.calibrated {
            true => calibrate(args, paths, memory, (&mut question, &mut settings), interrupt)?,
            false => args.ask.read(paths, &question, memory, interrupt)?,
        };
        if args.budget.is_asked() {
            let (forecast, cells) = analysis::forecast(&trace, &question, limit)?;
            if args.budget.dry_run {
                let names: Vec<String> = cells.iter().map(|cell| cell.policy.to_string()).collect();
                print(&budget::describe(
                    &trace.about(),
                    &forecast,
                    limit,
                    &names,
                    "not predicted: it depends on where the limits lie",
                ))?;
                continue;
            }
        }
        let findings = analysis::analyse(&trace, &question, interrupt, &progress)?;
        found.push(findings);
    }
    drop(progress);
    if args.budget.dry_run {
        return Ok(());
    }
    let command = command_line() + if implied { " --full" } else { "" };
    args.output.deliver(targets, &gates, settings, report::build(&command, &question, &found))
}

/// Estimates from a sample of the keys.
fn estimate(args: &GapArgs, sampling: Sampling, interrupt: &Interrupt) -> Result<()> {
    let targets = args.output.targets(&args.ask.files.traces)?;
    let (question, settings) = question(&args.ask)?;
    let gates = args.ask.gates.parse::<EstimateReport>(&scope(&question))?;
    let services = args.ask.files.each();
    let memory = budget::for_reading(args.budget.limit_with_files(question.sweep.threads));
    let progress = Progress::start("reading the trace", estimated::STEPS * services.len() as u64);
    let mut found = Vec::new();
    for paths in services {
        let trace = args.ask.read(paths, &question, memory, interrupt)?;
        found.push(estimated::run(&trace, &question, sampling, interrupt, &progress)?);
    }
    drop(progress);
    args.output.deliver(targets, &gates, settings, report::estimate::build(&command_line(), &question, &found))
}

/// Reads a trace, and takes what was not said from its records, and notes it.
fn calibrate(
    args: &GapArgs,
    paths: &[PathBuf],
    memory: Option<u64>,
    (question, settings): (&mut Question, &mut Settings),
    interrupt: &Interrupt,
) -> Result<Trace> {
    let reading = args.ask.reading.within(memory);
    let mut trace = reading.read_recorded(paths, &question.sweep.policies, interrupt)?;
    let warm = question.sweep.warm_position(trace.len())?;
    let nothing = || {
        Error::trace("its records say neither how long misses took nor which requests they were")
            .at(&trace.name, None)
            .hint("leave --calibrated out, and say it: -b 300/s --service-time 20ms")
    };
    let recorded = Calibration::of(&trace, warm)
        .filter(|recorded| recorded.service_time_seconds.or(recorded.carried_per_second).is_some())
        .ok_or_else(nothing)?;
    if let Some(time) = recorded.service_time_seconds.map(Seconds).filter(|_| !args.ask.service.says_time()) {
        if time >= question.service.timeout {
            return Err(Error::usage(format!(
                "misses took {time} on average, and the timeout is {}: no answer would be in time",
                question.service.timeout
            ))
            .hint("say how long clients wait: --timeout 5s"));
        }
        question.service.service_time = time;
        settings.unsaid.retain(|what| !what.starts_with("service time"));
        settings.said.push(format!("--service-time {}s", time.0));
        trace.notes.push(format!(
            "service time: {time}, the mean of what {} misses took, as recorded",
            grouped(recorded.misses)
        ));
    }
    let leaves_retries_open = settings.unsaid.iter().any(|what| what.starts_with("retries"));
    if let Some(tries) = recorded.most_tries.filter(|tries| *tries > 1 && leaves_retries_open) {
        question.service.retries = u32::from(tries) - 1;
        settings.unsaid.retain(|what| !what.starts_with("retries"));
        settings.said.push(format!("--retries {}", tries - 1));
        trace.notes.push(format!("retries: {}, as up to {tries} tries for one answer were recorded", tries - 1));
    }
    if let Some(rate) = recorded.carried_per_second.filter(|_| question.backend == Backend::Unknown) {
        let rate = Rate::answers(rate);
        question.backend = Backend::Given(rate);
        trace.notes.push(format!(
            "backend: {rate}, the most misses over 10 s that were answered as fast as others, as recorded; it may carry more"
        ));
    }
    if let Some(hits) = recorded.hit_ratio.and_then(Ratio::new) {
        trace.notes.push(format!("hit ratio as recorded: {hits} of {} gets", grouped(recorded.gets)));
    }
    Ok(trace)
}

/// What the report will have numbers of.
pub fn scope(question: &Question) -> Scope {
    Scope {
        policies: question.sweep.policies.iter().map(ToString::to_string).collect(),
        losses: [Loss::NOTHING].iter().chain(&question.losses).map(|loss| loss.share()).collect(),
        demand: question.service.demand,
    }
}

/// What is asked, and what was left open.
///
/// # Errors
/// Flags that contradict each other.
pub fn question(args: &Ask) -> Result<(Question, Settings)> {
    let asked = Asked {
        sweep: args.sweep.sweep(args.warmup)?,
        baseline: args.baseline.as_deref().map(baseline).transpose()?,
        service: args.service.over(&Scenario::default()),
        otherwise: args.service.otherwise(),
        load: args.load,
        window: args.window,
        horizon: args.horizon,
        losses: args.lose.clone(),
        growth: args.growth,
        nodes: args.nodes,
        survive: args.survive,
        prices: args.backend_price.zip(args.cache_price).map(|(backend, cache)| Prices { backend, cache }),
        certify: args.certify,
        quick: args.quick,
        full: args.full,
        seed: args.seed,
    };
    asked.question()
}

/// The one policy that others are compared with.
fn baseline(name: &str) -> Result<PolicySpec> {
    let mut wanted = spec::parse_list(name)?;
    match (wanted.pop(), wanted.is_empty()) {
        (Some(wanted), true) => Ok(wanted),
        _ => Err(Error::usage(format!("--baseline takes one policy, not '{name}'"))
            .hint("list the policies to compare with --policy")),
    }
}
