//! The flags of simulations: one trace, one cache, the service around it, its load.

use super::deliver::OutputArgs;
use super::service_args::{Said, ServiceArgs, check_lengths};
use super::target::Target;
use super::trace_args::TraceArgs;
use crate::analysis::Sweep;
use crate::analysis::outage::scenario::{Scenario, one_policy};
use crate::analysis::outage::setup::Setup;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::policy::spec::PolicySpec;
use crate::trace::Trace;
use crate::units::{CacheSize, Load, Ratio, Seconds};
use clap::Args;
use std::path::PathBuf;

/// What is simulated, and where the report goes.
#[derive(Debug, Args)]
pub struct SetupArgs {
    /// The files of one service, in any order: they are merged by time; - reads standard input
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
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
    /// The load: 3000/s in the busiest window, or 2x the recorded one [default: 1x]
    #[arg(long, value_name = "LOAD")]
    load: Option<Load>,
    /// Share of the requests that only warm the cache
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    /// Seed of the simulation [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads [default: one per core; at most 256]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = super::sweep_args::threads)]
    threads: usize,
    #[command(flatten)]
    service: ServiceArgs,
    #[command(flatten)]
    reading: TraceArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

impl SetupArgs {
    /// Opens the outputs, before the work starts.
    ///
    /// # Errors
    /// An output that cannot be written.
    pub fn targets(&self) -> Result<Vec<Target>> {
        self.output.targets(&self.traces)
    }

    /// Reads the trace.
    ///
    /// # Errors
    /// A trace that cannot be read.
    pub fn read(&self, setup: &Setup, interrupt: &Interrupt) -> Result<Trace> {
        self.reading.read_for(&self.traces, &setup.sweep.policies, interrupt)
    }

    /// What the flags say, else the scenario, else a default; and what was left open.
    ///
    /// # Errors
    /// Flags that contradict each other.
    pub fn setup(&self, scenario: &Scenario) -> Result<(Setup, Vec<String>)> {
        let horizon = self.horizon.or(scenario.horizon).unwrap_or(Seconds(900.0));
        let Said { backend, service, closed_loop, mut unsaid } = self.service.resolve(scenario)?;
        let cache = self.cache.or(scenario.cache);
        if cache.is_none() {
            unsaid.push("cache size (10%)".to_string());
        }
        check_lengths(None, horizon, &service)?;
        let policy = self.policy.clone().or_else(|| scenario.policy.clone()).map_or_else(|| one_policy("lru"), Ok)?;
        let setup = Setup {
            sweep: Sweep {
                policies: vec![policy],
                sizes: vec![cache.unwrap_or(CacheSize::Auto)],
                ignore_size: self.ignore_size,
                warmup: self.warmup,
                threads: self.threads,
            },
            backend: backend.given(),
            service,
            closed_loop,
            load: self.load.or(scenario.load),
            load_window: None,
            at: self.at.or(scenario.at),
            horizon,
            seed: self.seed.or(scenario.seed).unwrap_or(1),
        };
        Ok((setup, unsaid))
    }
}
