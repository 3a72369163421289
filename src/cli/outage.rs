//! `coldgap outage`: one outage as a timeline, and what breaks its loop.

use super::target;
use super::trace_args::TraceArgs;
use super::{command_line, print};
use crate::analysis::Sweep;
use crate::analysis::outage::scenario::{Deed, EXAMPLE, Scenario, one_policy};
use crate::analysis::outage::words::{self, QueueWord, REMEDIES, TRIGGERS, Word};
use crate::analysis::outage::{self, Extent, Question};
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::outage::Fill;
use crate::outage::client::Backoff;
use crate::outage::trigger::{Happening, Trigger};
use crate::policy::spec::PolicySpec;
use crate::progress::Progress;
use crate::report::outage::{build, text};
use crate::service::Service;
use crate::units::{CacheSize, Demand, Load, Rate, Ratio, Seconds};
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One outage told as a timeline: trigger, loop, recovery or not; what breaks the loop
#[derive(Debug, Args)]
#[command(after_long_help = words_help())]
pub struct OutageArgs {
    /// A trace file; - reads standard input
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
    /// What is lost of the cache: 100%, 12.5% of the keys, 1/8 of the nodes [default: 100%, unless --trigger says what happens]
    #[arg(long, value_name = "SHARE", value_parser = words::loss)]
    lose: Option<Trigger>,
    /// What happens at that moment: spike:times=2,lasts=30s and others, see below (may be repeated)
    #[arg(long, value_name = "TRIGGER", value_parser = words::trigger)]
    trigger: Vec<Trigger>,
    /// An outage written down in a TOML file; flags take precedence over what it says
    #[arg(long, value_name = "FILE", conflicts_with_all = ["lose", "trigger"])]
    scenario: Option<PathBuf>,
    /// When it happens, after the trace's first request [default: the busiest window with enough of the trace after it]
    #[arg(long, value_name = "TIME")]
    at: Option<Seconds>,
    /// How long it is followed [default: 15min]
    #[arg(long, value_name = "TIME")]
    horizon: Option<Seconds>,
    /// Width of the windows [default: 1s, wider where fewer than 20 requests come in a second]
    #[arg(long, value_name = "TIME")]
    window: Option<Seconds>,
    /// When remedies are switched on, after the last trigger is over [default: 30s]
    #[arg(long, value_name = "TIME")]
    act_after: Option<Seconds>,
    /// Leave out the load up to which each remedy lets the service heal: the slowest part
    #[arg(long)]
    quick: bool,
    /// Find the thresholds of alerts that tell an outage that stays from one that heals
    #[arg(long)]
    alerts: bool,
    /// The eviction policy [default: lru]
    #[arg(short, long, value_name = "POLICY", value_parser = one_policy)]
    policy: Option<PolicySpec>,
    /// The cache size: 4GiB, 5000000B, 50_000obj, 10% of the footprint, or auto [default: auto]
    #[arg(short, long, value_name = "SIZE")]
    cache: Option<CacheSize>,
    /// Every object counts 1, whatever its size
    #[arg(long)]
    ignore_size: bool,
    #[command(flatten)]
    service: ServiceFlags,
    /// The load: 3000/s in the busiest window, or 2x the recorded one [default: 1x]
    #[arg(long, value_name = "LOAD")]
    load: Option<Load>,
    /// Share of the requests that only warm the cache
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    /// Seed of the simulation [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads [default: one per core]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    #[command(flatten)]
    reading: TraceArgs,
    /// Write the report to a file, by extension: .json, .csv or .parquet; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

/// The backend and its clients; a trace says none of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "The service")]
struct ServiceFlags {
    /// What the backend can do: 300/s answers, or 250MB/s [default: 1.1x what the policy needs warm]
    #[arg(short, long, value_name = "RATE")]
    backend: Option<Rate>,
    /// Mean time the backend works on one answer [default: 10ms]
    #[arg(long, value_name = "TIME")]
    service_time: Option<Seconds>,
    /// How long a client waits for an answer [default: 1s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<Seconds>,
    /// How often a client asks again after a timeout [default: 0]
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// How long it waits before that: none, a time, or exponential:first=100ms,cap=10s,jitter=50% [default: none]
    #[arg(long, value_name = "BACKOFF", value_parser = words::backoff)]
    backoff: Option<Backoff>,
    /// The queue before the backend: unbounded, how many may wait, lifo, deadline, codel, priority [default: unbounded]
    #[arg(long, value_name = "QUEUE")]
    queue: Option<QueueWord>,
    /// What refusing or dropping an ask costs the backend, as a share of an answer [default: 0%]
    #[arg(long, value_name = "SHARE")]
    error_cost: Option<Ratio>,
    /// A miss joins the fetch of the same key that is under way
    #[arg(long)]
    single_flight: bool,
    /// Answers enter the cache also when nobody waits for them any more (a read-through cache)
    #[arg(long)]
    late_answers: bool,
}

fn words_help() -> String {
    let mut out = String::new();
    for (title, words) in [("Triggers", TRIGGERS), ("Remedies, for scenario files", REMEDIES)] {
        let _ = writeln!(out, "{title}:");
        let examples: Vec<String> = words.iter().map(words::example).collect();
        let width = examples.iter().map(String::len).max().unwrap_or(0);
        for (Word { summary, .. }, example) in words.iter().zip(&examples) {
            let _ = writeln!(out, "  {example:<width$}  {summary}");
        }
        out.push('\n');
    }
    let _ =
        write!(out, "A scenario file, with every field (more are in the folder scenarios of the source):\n\n{EXAMPLE}");
    out
}

/// Runs it.
///
/// # Errors
/// A trace or scenario that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &OutageArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = target::open(&args.output)?;
    let scenario = args.scenario.as_deref().map_or_else(|| Ok(Scenario::default()), read_scenario)?;
    let question = question(args, &scenario)?;
    let trace = args.reading.read_for(&args.trace, &question.sweep.policies, interrupt)?;
    let progress = Progress::start("simulating", outage::STEPS);
    let story = outage::tell(&trace, &question, interrupt, || progress.step(1))?;
    drop(progress);
    let report = build(&command_line(), scenario.about, &trace, &question, &story);
    if target::write(targets, &report)? { Ok(()) } else { print(&text::render(&report)) }
}

fn read_scenario(path: &Path) -> Result<Scenario> {
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::file(Kind::Usage, path, "read the scenario", &cause)
            .hint("coldgap outage --help shows one; more are in the folder scenarios of the source")
    })?;
    Scenario::parse(&text, &path.display().to_string())
}

/// Flags, else the scenario, else a default.
fn question(args: &OutageArgs, scenario: &Scenario) -> Result<Question> {
    let flags = &args.service;
    let timeout = flags.timeout.or(scenario.timeout).unwrap_or(Seconds(1.0));
    let service_time = flags.service_time.or(scenario.service_time).unwrap_or(Seconds(0.01));
    if timeout.0 <= service_time.0 {
        return Err(Error::usage(format!(
            "the timeout ({timeout}) must be longer than the service time ({service_time})"
        ))
        .hint("no answer could ever be in time; check --timeout and --service-time"));
    }
    let horizon = args.horizon.or(scenario.horizon).unwrap_or(Seconds(900.0));
    let act_after = args.act_after.or(scenario.act_after).unwrap_or(Seconds(30.0));
    check_times(horizon, args.window, act_after)?;
    let backend = flags.backend.or(scenario.backend);
    let late = flags.late_answers || scenario.late_answers.unwrap_or(false);
    let sweep = Sweep {
        policies: vec![args.policy.clone().or_else(|| scenario.policy.clone()).map_or_else(|| one_policy("lru"), Ok)?],
        sizes: vec![args.cache.or(scenario.cache).unwrap_or(CacheSize::Auto)],
        ignore_size: args.ignore_size,
        warmup: args.warmup,
        threads: args.threads,
    };
    Ok(Question {
        sweep,
        backend,
        service: Service {
            demand: backend.map_or(Demand::Answers, |backend| backend.of),
            timeout,
            service_time,
            retries: flags.retries.or(scenario.retries).unwrap_or(0),
            single_flight: flags.single_flight || scenario.single_flight.unwrap_or(false),
        },
        queue: flags.queue.or(scenario.queue).unwrap_or(QueueWord::Unbounded),
        fill: if late { Fill::Late } else { Fill::InTime },
        backoff: flags.backoff.or(scenario.backoff).unwrap_or(Backoff::None),
        error_cost: flags.error_cost.or(scenario.error_cost).unwrap_or(Ratio::NONE),
        load: args.load.or(scenario.load),
        at: args.at.or(scenario.at),
        deeds: deeds(args, scenario),
        horizon,
        window: args.window,
        act_after,
        seed: args.seed.or(scenario.seed).unwrap_or(1),
        extent: Extent { remedies: true, edges: !args.quick, ramp: true, alerts: args.alerts },
    })
}

fn check_times(horizon: Seconds, window: Option<Seconds>, act_after: Seconds) -> Result<()> {
    const MOST_WINDOWS: f64 = 100_000.0;
    let window = window.unwrap_or(horizon);
    if horizon.nanoseconds() == 0 || window.nanoseconds() == 0 {
        return Err(Error::usage("a window and a horizon must be longer than nothing")
            .hint("write them like --window 1s --horizon 15min"));
    }
    if act_after >= horizon {
        return Err(Error::usage(format!(
            "remedies are switched on after {act_after}, when the horizon of {horizon} is over"
        ))
        .hint("lower --act-after or give a longer --horizon"));
    }
    if horizon.0 / window.0 > MOST_WINDOWS {
        return Err(Error::usage(format!("a horizon of {horizon} has more than 100,000 windows of {window}"))
            .hint("give a wider --window or a shorter --horizon"));
    }
    Ok(())
}

fn deeds(args: &OutageArgs, scenario: &Scenario) -> Vec<(Seconds, Deed)> {
    if args.scenario.is_some() {
        return scenario.steps();
    }
    let mut triggers: Vec<Trigger> = args.lose.into_iter().chain(args.trigger.iter().copied()).collect();
    if triggers.is_empty() {
        triggers.push(Trigger::Flush);
    }
    let at_once = |trigger| (Seconds(0.0), Deed::Happens(Happening::Trigger(trigger)));
    triggers.into_iter().map(at_once).collect()
}
