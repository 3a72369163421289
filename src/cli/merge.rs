//! `coldgap merge`: the report whose work was done in parts.

use super::deliver::OutputArgs;
use super::target::Target;
use super::{Command, gap, parsed};
use crate::analysis;
use crate::error::{Error, Kind, Result};
use crate::prose::quoted;
use crate::report::part::{self, Merged};
use crate::report::{self, Report};
use std::path::{Path, PathBuf};

/// Put the parts of a report together: the same bytes as from one run
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Files that coldgap part wrote: all parts of one report, in any order
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "Examples:
  coldgap merge part*.part -o gap.json
  coldgap merge part*.part -o gap.html -o gap.parquet";

/// Runs it.
///
/// # Errors
/// See [`part::merge`]; an output that cannot be written; a gate of the report's command that failed.
pub fn run(args: &Args) -> Result<()> {
    let targets = args.output.targets(&args.parts)?;
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|cause| Error::file(Kind::Trace, path, "read the part", &cause))
    };
    let texts = args.parts.iter().map(read).collect::<Result<Vec<String>>>()?;
    let files: Vec<(&Path, &str)> =
        args.parts.iter().map(PathBuf::as_path).zip(texts.iter().map(String::as_str)).collect();
    deliver(&files, targets, &args.output)
}

/// Merges parts, each with the name of its file, and writes the report wherever it goes.
///
/// # Errors
/// See [`run`].
pub(super) fn deliver(files: &[(&Path, &str)], targets: Vec<Target>, output: &OutputArgs) -> Result<()> {
    let Merged { command, traces } = part::merge(files)?;
    let Command::Gap(asked) = parsed(&command)? else {
        return Err(Error::trace(format!("parts of '{}' cannot be merged", command.join(" ")))
            .hint("only the work of gap is done in parts"));
    };
    let (question, settings) = gap::question(&asked.ask)?;
    let gates = asked.ask.gates.parse::<Report>(&gap::scope(&question))?;
    let found = traces.into_iter().map(|(bare, done)| analysis::assemble(&question, bare, done));
    let found = found.collect::<Result<Vec<_>>>()?;
    let command: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    output.deliver(targets, &gates, settings, report::build(&command.join(" "), &question, &found))
}
