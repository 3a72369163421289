//! `coldgap explain`: what a field or a word of a report means.

use super::print;
use crate::error::Result;
use crate::prose;
use crate::report::explain::explain;

/// What a number or a word of a report means: hidden, safe_cut, gap_ratio
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap explain hidden
  coldgap explain least_backend_per_second")]
pub struct Args {
    /// A field of the JSON, a number for --fail-if, or a word of the text
    #[arg(value_name = "NAME")]
    name: String,
}

/// Columns of a line.
const WIDTH: usize = 92;

/// # Errors
/// A name that no report has, a standard output that cannot be written.
pub fn run(args: &Args) -> Result<()> {
    let text = explain(&args.name)?;
    let paragraphs: Vec<String> = text.split("\n\n").map(|part| prose::wrapped(part, "", WIDTH)).collect();
    print(&format!("{}\n", paragraphs.join("\n\n")))
}
