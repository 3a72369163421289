//! The flags of simulations: one trace, one cache, the service around it, its load.

use super::service_args::check_lengths;
use super::target::{self, Target};
use super::trace_args::TraceArgs;
use crate::analysis::Sweep;
use crate::analysis::outage::scenario::{Scenario, one_policy};
use crate::analysis::outage::setup::Setup;
use crate::analysis::outage::words::{self, QueueWord};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::Fill;
use crate::outage::client::Backoff;
use crate::policy::spec::PolicySpec;
use crate::service::Service;
use crate::trace::Trace;
use crate::units::{CacheSize, Demand, Load, Rate, Ratio, Seconds};
use clap::Args;
use std::path::PathBuf;

/// What is simulated, and where the report goes.
#[derive(Debug, Args)]
pub struct SetupArgs {
    /// A trace file; - reads standard input
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
    /// When it happens, after the trace's first request [default: the busiest window with enough of the trace after it]
    #[arg(long, value_name = "TIME")]
    at: Option<Seconds>,
    /// How long it is followed [default: 15min]
    #[arg(long, value_name = "TIME")]
    horizon: Option<Seconds>,
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
    /// Write the report to a file, by extension: .json, .csv, .parquet, .md or .html; - is standard output (may be repeated)
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

impl SetupArgs {
    /// Opens the outputs, before the work starts.
    ///
    /// # Errors
    /// An output that cannot be written.
    pub fn targets(&self) -> Result<Vec<Target>> {
        target::open(&self.output, std::slice::from_ref(&self.trace))
    }

    /// Reads the trace.
    ///
    /// # Errors
    /// A trace that cannot be read.
    pub fn read(&self, setup: &Setup, interrupt: &Interrupt) -> Result<Trace> {
        self.reading.read_for(&self.trace, &setup.sweep.policies, interrupt)
    }

    /// What the flags say, else the scenario, else a default.
    ///
    /// # Errors
    /// Flags that contradict each other.
    pub fn setup(&self, scenario: &Scenario) -> Result<Setup> {
        let flags = &self.service;
        let timeout = flags.timeout.or(scenario.timeout).unwrap_or(Seconds(1.0));
        let service_time = flags.service_time.or(scenario.service_time).unwrap_or(Seconds(0.01));
        if timeout.0 <= service_time.0 {
            return Err(Error::usage(format!(
                "the timeout ({timeout}) must be longer than the service time ({service_time})"
            ))
            .hint("no answer could ever be in time; check --timeout and --service-time"));
        }
        let horizon = self.horizon.or(scenario.horizon).unwrap_or(Seconds(900.0));
        let backend = flags.backend.or(scenario.backend);
        let service = Service {
            demand: backend.map_or(Demand::Answers, |backend| backend.of),
            timeout,
            service_time,
            retries: flags.retries.or(scenario.retries).unwrap_or(0),
            single_flight: flags.single_flight || scenario.single_flight.unwrap_or(false),
        };
        check_lengths(None, horizon, &service)?;
        let late = flags.late_answers || scenario.late_answers.unwrap_or(false);
        let policy = self.policy.clone().or_else(|| scenario.policy.clone()).map_or_else(|| one_policy("lru"), Ok)?;
        Ok(Setup {
            sweep: Sweep {
                policies: vec![policy],
                sizes: vec![self.cache.or(scenario.cache).unwrap_or(CacheSize::Auto)],
                ignore_size: self.ignore_size,
                warmup: self.warmup,
                threads: self.threads,
            },
            backend,
            service,
            queue: flags.queue.or(scenario.queue).unwrap_or(QueueWord::Unbounded),
            fill: if late { Fill::Late } else { Fill::InTime },
            backoff: flags.backoff.or(scenario.backoff).unwrap_or(Backoff::None),
            error_cost: flags.error_cost.or(scenario.error_cost).unwrap_or(Ratio::NONE),
            load: self.load.or(scenario.load),
            load_window: None,
            at: self.at.or(scenario.at),
            horizon,
            seed: self.seed.or(scenario.seed).unwrap_or(1),
        })
    }
}
