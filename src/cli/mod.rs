//! The command line: one file per subcommand, each with its arguments and a `run`.
//!
//! It turns flags into calls of the library and results into output; it computes nothing itself.

mod budget;
mod compare;
mod convert;
mod curve_args;
mod demo;
mod formats;
mod gap;
mod gate_args;
mod inspect;
mod journal;
mod outage;
mod output;
mod policies;
mod replay;
mod report;
mod schema;
mod sensitivity;
mod setup_args;
mod sweep_args;
mod synth;
mod target;
mod trace_args;
mod warmup;
mod watch;

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
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
    Gap(gap::GapArgs),
    Compare(Box<compare::CompareArgs>),
    Outage(Box<outage::OutageArgs>),
    Sensitivity(Box<sensitivity::SensitivityArgs>),
    Warmup(Box<warmup::WarmupArgs>),
    Replay(replay::Args),
    Report(report::Args),
    Inspect(inspect::Args),
    Convert(convert::Args),
    Policies(policies::Args),
    Formats(formats::Args),
    Synth(synth::Args),
    Demo(demo::Args),
    Schema(schema::Args),
}

/// Runs the command line of this process.
///
/// # Errors
/// Everything expected that can go wrong; clap's own usage errors exit with 2 by themselves.
pub fn main() -> Result<()> {
    let cli = Cli::parse();
    let interrupt = Interrupt::on_signals()?;
    let done = match &cli.command {
        Command::Gap(args) => gap::run(args, &interrupt),
        Command::Compare(args) => compare::run(args, &interrupt),
        Command::Outage(args) => outage::run(args, &interrupt),
        Command::Sensitivity(args) => sensitivity::run(args, &interrupt),
        Command::Warmup(args) => warmup::run(args, &interrupt),
        Command::Replay(args) => replay::run(args, &interrupt),
        Command::Report(args) => report::run(args),
        Command::Inspect(args) => inspect::run(args, &interrupt),
        Command::Convert(args) => convert::run(args, &interrupt),
        Command::Policies(args) => policies::run(args),
        Command::Formats(args) => formats::run(args),
        Command::Synth(args) => synth::run(args, &interrupt),
        Command::Demo(args) => demo::run(args),
        Command::Schema(args) => schema::run(args),
    };
    // An interrupt shows itself as whatever it broke off first.
    match done {
        Err(error) if interrupt.is_set() && !error.is_interrupt() => interrupt.check(),
        done => done,
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

/// Flags that change no result, with their value in the same word.
const UNTOLD: [&str; 6] = ["-o", "-j", "--output=", "--threads=", "--memory=", "--journal="];

/// This process's command line without what does not change a result: outputs, threads, memory, journal.
fn command_line() -> String {
    let mut words = vec!["coldgap".to_string()];
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-o" | "--output" | "-j" | "--threads" | "--memory" | "--journal" => {
                arguments.next();
            }
            word if UNTOLD.iter().any(|flag| word.starts_with(flag)) => {}
            word => words.push(quoted(word)),
        }
    }
    words.join(" ")
}

/// A word as a shell needs it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
