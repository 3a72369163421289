//! `coldgap formats`: lists the trace formats, or documents one.

use super::terminal::look;
use crate::error::{Error, Result};
use crate::prose::wrapped;
use crate::trace::registry::all;
use std::fmt::Write;

/// Width of the paragraphs, where there is room.
const WIDTH: usize = 100;

/// List the trace formats, or document one
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap formats
  coldgap formats csv")]
pub struct Args {
    /// The format to document
    #[arg(value_name = "FORMAT")]
    name: Option<String>,
}

/// Prints the registry, or one of its entries.
///
/// # Errors
/// A format that is not there.
pub fn run(args: &Args) -> Result<()> {
    super::print(&match &args.name {
        None => list(),
        Some(name) => document(name)?,
    })
}

fn list() -> String {
    let mut out = String::from("Trace formats, recognised by content; --input NAME says otherwise.\n\n");
    let width = all().map(|format| format.info().name.len()).max().unwrap_or(0);
    for format in all() {
        let info = format.info();
        let _ = writeln!(out, "  {:width$}  {}", info.name, info.summary);
    }
    out.push_str(
        "\nEach may be plain, gzip, zstd, xz or bzip2, or come through standard input (-).\n\
         coldgap formats NAME documents one.\n",
    );
    out
}

fn document(name: &str) -> Result<String> {
    let found = all().map(|format| format.info()).find(|info| info.name.eq_ignore_ascii_case(name));
    let info = found.ok_or_else(|| {
        let known: Vec<&str> = all().map(|format| format.info().name).collect();
        Error::usage(format!("there is no format '{name}'")).hint(format!("one of: {}", known.join(", ")))
    })?;
    let extensions: Vec<String> = info.extensions.iter().map(|extension| format!(".{extension}")).collect();
    let (name, summary) = (info.name, info.summary);
    Ok(format!(
        "{name}: {summary}\n\nUsual endings: {}\n\n{}\n\nRead it with: --input {name} (where it is not recognised)\n",
        extensions.join(" "),
        wrapped(info.layout, "", look().room().min(WIDTH))
    ))
}
