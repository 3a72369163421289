//! The flag that puts limits on a report's numbers, and the exit that says one does not hold.

use crate::error::{Error, Result};
use crate::report::Head;
use crate::report::gates::{self, Field, Gate, Gated, Scope};
use clap::Args;

/// Limits on the report's numbers.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gates")]
pub struct GateArgs {
    /// Exit with 1 if this holds: 'gap > 3x', 's3fifo.hidden < 1200/s' (may be repeated)
    ///
    /// [POLICY.]NUMBER OP VALUE with one of < <= > >= == !=; the numbers are listed below. Without a policy the baseline
    /// is meant, or all where there is no baseline. Every trace and cache size must pass. A number that is unknown fails
    /// its gate. The report and its files are written all the same.
    #[arg(long, value_name = "EXPR")]
    fail_if: Vec<String>,
}

impl GateArgs {
    /// The gates, checked against what the run will give.
    ///
    /// # Errors
    /// What is no gate, or about nothing that the report will have.
    pub fn parse<G: Gated>(&self, scope: &Scope) -> Result<Vec<Gate<G::Row>>> {
        self.fail_if.iter().map(|text| gates::parse::<G>(text, scope)).collect()
    }
}

/// The end of a command's help: the numbers that gates are about, and examples.
pub fn help<R>(fields: &[Field<R>], examples: &str) -> String {
    format!("{}\n{examples}", gates::text::fields(fields))
}

/// The last word of a command with gates: exit code 1 where one failed.
///
/// # Errors
/// A gate that failed.
pub fn pass(head: &Head) -> Result<()> {
    gates::text::failed(&head.gates).map_or(Ok(()), |failed| Err(Error::gate(failed)))
}
