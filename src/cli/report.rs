//! `coldgap report`: a saved report, rendered again, and gates on it.

use super::gate_args::{self, GateArgs};
use super::print;
use super::target::{self, Target};
use super::terminal::look;
use crate::error::Result;
use crate::report::gates::{self, Gated};
use crate::report::render::Render;
use crate::report::replay::ReplayReport;
use crate::report::saved::{self, Saved};
use crate::report::sheet::look::Look;
use crate::report::{compare, knobs, outage, text};
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
    /// Write the report to a file, by extension: .json, .csv, .parquet, .md or .html; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

/// Runs it. Gates that are given take the place of those that the report was made with, and only they decide the exit code.
///
/// # Errors
/// A file that is no report, what is no gate, an output that cannot be written, a gate that failed.
pub fn run(args: &Args) -> Result<()> {
    let targets = target::open(&args.output, std::slice::from_ref(&args.saved))?;
    match saved::read(&args.saved)? {
        Saved::Gap(report) => args.show(targets, *report, text::render),
        Saved::Compare(report) => args.show(targets, *report, compare::render),
        Saved::Outage(report) => args.show(targets, *report, outage::text::render),
        Saved::Replay(report) => args.show(targets, *report, ReplayReport::render),
        Saved::Sensitivity(report) => args.show(targets, *report, knobs::text::sensitivity),
        Saved::Warmup(report) => args.show(targets, *report, knobs::text::warmup),
    }
}

impl Args {
    fn show<R: Render + Gated>(
        &self,
        targets: Vec<Target>,
        mut report: R,
        text: impl Fn(&R, &Look) -> String,
    ) -> Result<()> {
        let asked = self.gates.parse::<R>(&report.scope())?;
        if !asked.is_empty() {
            gates::judge(&asked, &mut report);
        }
        if !target::write(targets, &report)? {
            print(&text(&report, &look()))?;
        }
        if asked.is_empty() { Ok(()) } else { gate_args::pass(report.head()) }
    }
}
