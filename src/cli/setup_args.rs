//! The flags of simulations: one trace, one cache, the service around it, its load.

use super::deliver::OutputArgs;
use super::service_args::ServiceArgs;
use super::target::Target;
use super::trace_args::TraceArgs;
use crate::analysis::Sweep;
use crate::analysis::outage::said::Settings;
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

    /// The scenario with what the flags say instead.
    pub fn over(&self, scenario: &Scenario) -> Scenario {
        let mut said = self.service.over(scenario);
        said.policy = self.policy.clone().or(said.policy);
        said.cache = self.cache.or(said.cache);
        said.load = self.load.or(said.load);
        said.at = self.at.or(said.at);
        said.horizon = self.horizon.or(said.horizon);
        said.seed = self.seed.or(said.seed);
        said
    }

    /// What is simulated, and what was left open. `said`: see [`SetupArgs::over`].
    ///
    /// # Errors
    /// Flags that contradict each other.
    pub fn setup(&self, said: &Scenario) -> Result<(Setup, Settings)> {
        let SetupArgs { ignore_size, warmup, threads, .. } = *self;
        said.setup(Sweep { ignore_size, warmup, threads, ..Sweep::default() }, self.service.otherwise())
    }
}
