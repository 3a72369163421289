//! `coldgap gap`: the main report.

use super::budget::{self, Budget};
use super::deliver::OutputArgs;
use super::gate_args::{self, GateArgs};
use super::service_args::{Said, ServiceArgs, check_lengths};
use super::sweep_args::SweepArgs;
use super::target::Target;
use super::trace_args::TraceArgs;
use super::{command_line, print};
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::{self, Backend, Prices, Question, Sweep};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::spec::{self, PolicySpec};
use crate::progress::Progress;
use crate::report::gates::{Gated, Scope};
use crate::report::{self, Report};
use crate::trace::Trace;
use crate::units::{BackendPrice, CachePrice, Growth, Load, Loss, Ratio, Seconds};
use clap::Args;
use std::path::PathBuf;

/// Advertised and hidden capacity per policy, cold misses, widening, and what you may cut
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(Report::fields(), EXAMPLES))]
pub struct GapArgs {
    #[command(flatten)]
    pub ask: Ask,
    #[command(flatten)]
    budget: Budget,
    #[command(flatten)]
    output: OutputArgs,
}

// What is asked, whoever does the work. No doc comment: clap would take it for what the command is about.
#[derive(Debug, Args)]
pub struct Ask {
    /// Trace files; - reads standard input
    #[arg(required = true, value_name = "TRACE")]
    pub traces: Vec<PathBuf>,
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
    /// Reads the trace at a place of the command line.
    ///
    /// # Errors
    /// See [`TraceArgs::read`].
    pub fn read(&self, place: usize, question: &Question, interrupt: &Interrupt) -> Result<Trace> {
        self.reading.read_for(&self.traces[place], &question.sweep.policies, interrupt)
    }
}

const EXAMPLES: &str = "Examples:
  coldgap gap prod.parquet -c 10% -b 300/s
  coldgap gap prod.csv.gz -c 4GiB -b 300/s -p lru,sieve,s3fifo --baseline lru
  coldgap gap prod.parquet -c 10% -b 300/s --load 2x --lose 12.5%,100% -o gap.json";

/// What is lost where nobody says it.
pub fn default_losses() -> Vec<Loss> {
    [20, 8, 4, 2, 1].map(Loss::one_of).to_vec()
}

/// Nodes of a cache where nobody says how many.
pub const NODES: u32 = 8;

/// Seeds with which each outage is simulated.
const SEEDS: u64 = 3;

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &GapArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = args.output.targets(&args.ask.traces)?;
    let (mut question, unsaid) = question(&args.ask)?;
    // A page has the space, and a reader who cannot ask again.
    let implied = !question.full && targets.iter().any(Target::is_page);
    question.full |= implied;
    let gates = args.ask.gates.parse::<Report>(&scope(&question))?;
    let progress = Progress::start("replaying", analysis::steps(&question) * args.ask.traces.len() as u64);
    let mut found = Vec::new();
    for place in 0..args.ask.traces.len() {
        let trace = args.ask.read(place, &question, interrupt)?;
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
        let findings = analysis::analyse(&trace, &question, interrupt, &progress)?;
        found.push(findings);
    }
    drop(progress);
    if args.budget.dry_run {
        return Ok(());
    }
    let command = command_line() + if implied { " --full" } else { "" };
    args.output.deliver(targets, &gates, unsaid, report::build(&command, &question, &found))
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
pub fn question(args: &Ask) -> Result<(Question, Vec<String>)> {
    let mut policies = args.sweep.sweep(args.warmup)?.policies;
    let baseline = baseline(args.baseline.as_deref(), &mut policies)?;
    let Said { backend, service, closed_loop, mut unsaid } = args.service.resolve(&Scenario::default())?;
    unsaid.extend(args.sweep.unsaid());
    check_lengths(args.window, args.horizon, &service)?;
    let mut losses = args.lose.clone();
    let prices = args.backend_price.zip(args.cache_price).map(|(backend, cache)| Prices { backend, cache });
    let nodes = args.nodes.unwrap_or(NODES);
    losses.extend(args.nodes.map(Loss::one_of));
    let one_node = Some(Loss::one_of(nodes)).filter(|_| prices.is_some());
    let survive = args.survive.or(one_node);
    losses.extend(survive);
    let losses = in_order(losses);
    if let Some(price) = args.backend_price.filter(|price| price.of.of != service.demand) {
        return Err(Error::usage(format!(
            "the backend is priced at {price}, but counted in {}",
            service.demand.name()
        ))
        .hint("count it in what it is priced in: -b 300/s with '40 per 100/s', -b 250MB/s with '3 per 10MB/s'"));
    }
    if args.nodes.is_none() {
        unsaid.push(format!("cache nodes ({NODES})"));
    }
    if prices.is_some() && backend == Backend::Unknown {
        return Err(Error::usage("prices say what a backend costs, and no backend was given")
            .hint("say what today's backend can do: -b 300/s, or -b auto to have one assumed"));
    }
    let question = Question {
        sweep: Sweep { policies, ..args.sweep.sweep(args.warmup)? },
        baseline,
        backend,
        service,
        closed_loop,
        load: args.load,
        window: args.window,
        horizon: args.horizon,
        losses,
        growth: args.growth.map(|growth| growth.0),
        nodes,
        certify: args.certify,
        survive,
        survive_assumed: args.survive.is_none(),
        prices,
        full: args.full,
        seeds: if args.quick { Vec::new() } else { seeds(args.seed) },
        stretches: !args.quick,
    };
    Ok((question, unsaid))
}

/// Losses as they are tried: each once, in rising order, and none of nothing.
pub fn in_order(mut losses: Vec<Loss>) -> Vec<Loss> {
    losses.sort_by(|a, b| a.share().total_cmp(&b.share()).then(a.nodes.cmp(&b.nodes)));
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
