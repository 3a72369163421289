//! `coldgap sensitivity`: hidden capacity against every knob of the service.

use super::setup_args::SetupArgs;
use super::target;
use super::terminal::look;
use super::{command_line, print};
use crate::analysis::knobs::{Scene, sensitivity};
use crate::analysis::outage::scenario::Scenario;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::report::knobs::{self, text};
use clap::Args;

/// Which knob moves the load the service can recover from: timeout, queue, retries, single-flight, eviction
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldgap sensitivity prod.parquet -c 10% -b 300/s")]
pub struct SensitivityArgs {
    #[command(flatten)]
    setup: SetupArgs,
}

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &SensitivityArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = args.setup.targets()?;
    let setup = args.setup.setup(&Scenario::default())?;
    let trace = args.setup.read(&setup, interrupt)?;
    let progress = Progress::start("simulating", 1);
    let scene = Scene::new(&trace, &setup, interrupt)?;
    progress.step(1);
    let rows = sensitivity::sensitivity(&scene, |steps| progress.expect(steps), || progress.step(1))?;
    interrupt.check()?;
    drop(progress);
    let report = knobs::sensitivity(&command_line(), &scene, &rows);
    if target::write(targets, &report)? { Ok(()) } else { print(&text::sensitivity(&report, &look())) }
}
