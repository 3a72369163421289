//! Where a report goes: its files, the text on standard output, and the exit that a failed gate gives. One way for every command.

use super::gate_args;
use super::print;
use super::target::{self, Target};
use super::terminal::look;
use crate::analysis::outage::said::Settings;
use crate::error::Result;
use crate::report::frame::Table;
use crate::report::gates::{self, Gate, Gated};
use crate::report::render::Render;
use clap::Args;
use std::path::PathBuf;

/// Where the report goes, and how much of it is printed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write the report to a file, by extension: .json, .csv, .parquet, .md, .html or .prom; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Print every table, every assumption and every warning, not only the answers
    #[arg(long)]
    details: bool,
}

impl OutputArgs {
    /// Opens the outputs, before the work starts.
    ///
    /// # Errors
    /// An output that cannot be written, or is one of the inputs.
    pub fn targets(&self, inputs: &[PathBuf]) -> Result<Vec<Target>> {
        target::open(&self.output, inputs)
    }

    /// Judges a report, writes it wherever it goes, prints it, and passes its gates. `settings`: of the service, said and left open.
    ///
    /// # Errors
    /// An output that cannot be written to its end, a gate that failed.
    pub fn deliver<R: Render + Table + Gated>(
        &self,
        targets: Vec<Target>,
        gates: &[Gate<R::Row>],
        settings: Settings,
        mut report: R,
    ) -> Result<()> {
        report.head_mut().set(settings);
        gates::judge(gates, &mut report);
        self.show(targets, &report)?;
        gate_args::pass(report.head())
    }

    /// Writes a report wherever it goes, and prints it unless that is standard output.
    ///
    /// # Errors
    /// An output that cannot be written to its end.
    pub fn show(&self, targets: Vec<Target>, report: &(impl Render + Table + Gated)) -> Result<()> {
        if target::write(targets, report)? {
            return Ok(());
        }
        print(&report.text(&look().with_details(self.details)))
    }
}
