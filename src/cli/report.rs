//! `coldgap report`: a saved report, rendered again, and gates on it.

use super::deliver::OutputArgs;
use super::gate_args::{self, GateArgs};
use super::target::Target;
use crate::error::Result;
use crate::report::frame::Table;
use crate::report::gates::{self, Gated};
use crate::report::render::Render;
use crate::report::saved::{self, Saved};
use std::path::PathBuf;

/// A saved report as text or in another format, the same as when it was made
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap report gap.json
  coldgap report gap.json -o gap.html
  coldgap report gap.json --fail-if 'gap > 3x'")]
pub struct Args {
    /// A report that was saved with -o FILE.json
    #[arg(value_name = "SAVED.json")]
    saved: PathBuf,
    #[command(flatten)]
    gates: GateArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs it. Gates that are given take the place of those that the report was made with, and only they decide the exit code.
///
/// # Errors
/// A file that is no report, what is no gate, an output that cannot be written, a gate that failed.
pub fn run(args: &Args) -> Result<()> {
    let targets = args.output.targets(std::slice::from_ref(&args.saved))?;
    match saved::read(&args.saved)? {
        Saved::Gap(report) => args.show(targets, *report),
        Saved::Compare(report) => args.show(targets, *report),
        Saved::Outage(report) => args.show(targets, *report),
        Saved::Replay(report) => args.show(targets, *report),
        Saved::Sensitivity(report) => args.show(targets, *report),
        Saved::Estimate(report) => args.show(targets, *report),
        Saved::Warmup(report) => args.show(targets, *report),
    }
}

impl Args {
    fn show<R: Render + Table + Gated>(&self, targets: Vec<Target>, mut report: R) -> Result<()> {
        let asked = self.gates.parse::<R>(&report.scope())?;
        if !asked.is_empty() {
            gates::judge(&asked, &mut report);
        }
        self.output.show(targets, &report)?;
        if asked.is_empty() { Ok(()) } else { gate_args::pass(report.head()) }
    }
}
