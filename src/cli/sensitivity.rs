//! `coldgap sensitivity`: hidden capacity against every knob of the service.

use super::command_line;
use super::gate_args::{self, GateArgs};
use super::progress::Progress;
use super::setup_args::SetupArgs;
use crate::analysis::knobs::{Scene, sensitivity};
use crate::analysis::outage::scenario::Scenario;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::report::gates::{Gated, Scope};
use crate::report::knobs::{self, SensitivityReport};
use clap::Args;

/// Which knob moves the load the service can recover from: timeout, queue, retries, single-flight, eviction
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(SensitivityReport::fields(), EXAMPLES))]
pub struct SensitivityArgs {
    #[command(flatten)]
    setup: SetupArgs,
    #[command(flatten)]
    gates: GateArgs,
}

const EXAMPLES: &str = "Examples:
  coldgap sensitivity prod.parquet -c 10% -b 300/s";

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &SensitivityArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = args.setup.targets()?;
    let (setup, settings) = args.setup.setup(&args.setup.over(&Scenario::default()))?;
    let gates = args.gates.parse::<SensitivityReport>(&Scope::of(&setup))?;
    let trace = args.setup.read(&setup, interrupt)?;
    let progress = Progress::start("simulating", 1);
    let scene = Scene::new(&trace, &setup, None, 1, interrupt)?;
    progress.step(1);
    let rows = sensitivity::sensitivity(&scene, &|steps| progress.expect(steps), &|| progress.step(1))?;
    interrupt.check()?;
    drop(progress);
    args.setup.output.deliver(targets, &gates, settings, knobs::sensitivity(&command_line(), &scene, &rows))
}
