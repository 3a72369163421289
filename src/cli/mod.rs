//! The command line: one file per subcommand, each with its arguments and a `run`.
//!
//! It turns flags into calls of the library and results into output; it computes nothing itself.

mod budget;
mod config;
mod convert;
mod curve_args;
mod demo;
mod formats;
mod gap;
mod inspect;
mod journal;
mod outage;
mod output;
mod policies;
mod replay;
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
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::OnceLock;

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
    Outage(Box<outage::OutageArgs>),
    Sensitivity(Box<sensitivity::SensitivityArgs>),
    Warmup(Box<warmup::WarmupArgs>),
    Replay(replay::Args),
    Inspect(inspect::Args),
    Convert(convert::Args),
    Policies(policies::Args),
    Formats(formats::Args),
    Synth(synth::Args),
    Demo(demo::Args),
}

/// The program's declaration, complete: what it parses, what its help and its completions say.
fn program() -> clap::Command {
    let mut program = config::augmented(Cli::command());
    program.build();
    program
}

/// The arguments of this process with those from the environment and coldgap.toml.
static ARGUMENTS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Runs the command line of this process.
///
/// # Errors
/// Everything expected that can go wrong; clap's own usage errors exit with 2 by themselves.
pub fn main() -> Result<()> {
    let mut program = program();
    let config::Resolved { words, notes, printed } = config::resolve(&program, std::env::args_os().collect())?;
    notes.iter().for_each(|note| eprintln!("{note}"));
    if let Some(printed) = printed {
        return print(&printed);
    }
    let matches = program.try_get_matches_from_mut(&words).unwrap_or_else(|error| error.exit());
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    ARGUMENTS.get_or_init(|| words);
    let interrupt = Interrupt::on_signals()?;
    let done = match &cli.command {
        Command::Gap(args) => gap::run(args, &interrupt),
        Command::Outage(args) => outage::run(args, &interrupt),
        Command::Sensitivity(args) => sensitivity::run(args, &interrupt),
        Command::Warmup(args) => warmup::run(args, &interrupt),
        Command::Replay(args) => replay::run(args, &interrupt),
        Command::Inspect(args) => inspect::run(args, &interrupt),
        Command::Convert(args) => convert::run(args, &interrupt),
        Command::Policies(args) => policies::run(args),
        Command::Formats(args) => formats::run(args),
        Command::Synth(args) => synth::run(args, &interrupt),
        Command::Demo(args) => demo::run(args),
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
const UNTOLD: [&str; 7] = ["-o", "-j", "--output=", "--threads=", "--memory=", "--journal=", "--config="];

/// This process's command line without what does not change a result: outputs, threads, memory, journal. What came from the
/// environment or a file stands in it, so that it gives the same result without them.
fn command_line() -> String {
    let mut words = vec!["coldgap".to_string()];
    let mut arguments = ARGUMENTS.get().into_iter().flatten().skip(1).map(|word| word.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match argument.as_ref() {
            "-o" | "--output" | "-j" | "--threads" | "--memory" | "--journal" | "--config" => {
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
