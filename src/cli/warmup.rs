//! `coldgap warmup`: what loading the hottest keys buys, and how cache nodes may restart.

use super::command_line;
use super::gate_args::{self, GateArgs};
use super::progress::Progress;
use super::setup_args::SetupArgs;
use crate::analysis::knobs::{Scene, restart, warmup};
use crate::analysis::outage::scenario::Scenario;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::report::gates::{Gated, Scope};
use crate::report::knobs::{self, WarmupReport};
use clap::Args;

/// What loading the hottest keys beforehand buys, and how many cache nodes may restart, how fast
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(WarmupReport::fields(), EXAMPLES))]
pub struct WarmupArgs {
    /// Nodes of the cache that restart, each with its share of the keys
    #[arg(long, visible_alias = "shards", value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    nodes: u32,
    #[command(flatten)]
    setup: SetupArgs,
    #[command(flatten)]
    gates: GateArgs,
}

const EXAMPLES: &str = "Examples:
  coldgap warmup prod.parquet -c 10% -b 300/s --nodes 8";

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &WarmupArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = args.setup.targets()?;
    let (setup, settings) = args.setup.setup(&args.setup.over(&Scenario::default()))?;
    let gates = args.gates.parse::<WarmupReport>(&Scope::of(&setup))?;
    let trace = args.setup.read(&setup, interrupt)?;
    let progress = Progress::start("simulating", warmup::STEPS + 2);
    let scene = Scene::new(&trace, &setup, None, args.nodes, interrupt)?;
    progress.step(1);
    let found = warmup::warmup(&scene, &|| progress.step(1))?;
    let restarted = restart::restarts(&scene, restart::Extent::All)?;
    progress.step(1);
    interrupt.check()?;
    drop(progress);
    args.setup.output.deliver(targets, &gates, settings, knobs::warmup(&command_line(), &scene, &found, &restarted))
}
