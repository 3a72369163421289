//! The command line: one file per subcommand, each with its arguments and a `run`.
//!
//! It turns flags into calls of the library and results into output; it computes nothing itself.

mod convert;
mod formats;
mod inspect;
mod output;
mod synth;
mod trace_args;

use crate::error::{Error, Result};
use clap::{Parser, Subcommand};
use std::io::{self, Write};

/// The load your service can recover from, measured on your own trace.
#[derive(Debug, Parser)]
#[command(name = "coldgap", version, about, propagate_version = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Inspect(inspect::Args),
    Convert(convert::Args),
    Formats(formats::Args),
    Synth(synth::Args),
}

/// Runs the command line of this process.
///
/// # Errors
/// Everything expected that can go wrong; clap's own usage errors exit with 2 by themselves.
pub fn main() -> Result<()> {
    let cli = Cli::parse();
    match &cli.command {
        Command::Inspect(args) => inspect::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Formats(args) => formats::run(args),
        Command::Synth(args) => synth::run(args),
    }
}

/// Prints to standard output. A reader that went away (`| head`) is a silent success.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::usage(format!("cannot write to standard output: {cause}")))
        }
        _ => Ok(()),
    }
}
