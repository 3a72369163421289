//! The command line: one file per subcommand, each with its arguments and a `run`.
//!
//! It turns flags into calls of the library and results into output; it computes nothing itself.

mod allocator;
mod budget;
mod compare;
mod completions;
mod config;
mod convert;
mod curve_args;
mod deliver;
mod demo;
pub mod elsewhere;
mod explain;
mod formats;
mod gap;
mod gate_args;
mod inspect;
mod journal;
mod judged;
mod man;
mod merge;
mod outage;
mod output;
mod part;
mod plan;
mod policies;
mod progress;
mod replay;
mod report;
mod schema;
mod sensitivity;
mod service_args;
mod setup_args;
mod signals;
mod sweep_args;
mod synth;
mod target;
mod terminal;
mod trace_args;
mod warmup;
mod watch;

use crate::error::{Error, Result, painted};
use crate::prose::quoted;
use crate::suggest::nearest;
pub use allocator::Allocator;
pub use budget::spill_beyond_what_is_left;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::OnceLock;

/// The load your service can recover from, measured on your own trace.
#[derive(Debug, Parser)]
#[command(name = "coldgap", version, about, propagate_version = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  coldgap demo                              the whole story, no data needed
  coldgap inspect prod.csv.gz               what a trace is like, and what to run next
  coldgap gap prod.csv.gz -c 10% -b 300/s   what it advertises, and what it recovers from";

#[derive(Debug, Subcommand)]
enum Command {
    Gap(Box<gap::GapArgs>),
    Compare(Box<compare::CompareArgs>),
    Outage(Box<outage::OutageArgs>),
    Sensitivity(Box<sensitivity::SensitivityArgs>),
    Warmup(Box<warmup::WarmupArgs>),
    Replay(replay::Args),
    Plan(plan::Args),
    Part(part::Args),
    Merge(merge::Args),
    Report(report::Args),
    Inspect(inspect::Args),
    Convert(convert::Args),
    Policies(policies::Args),
    Formats(formats::Args),
    Synth(synth::Args),
    Demo(demo::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The program's declaration, complete: what it parses, what its help and its completions say.
fn program() -> clap::Command {
    let mut program = config::augmented(Cli::command());
    program.build();
    program
}

/// Has clap say what is wrong, or its help. A command of a few letters is too short for clap to see what was meant.
fn exit(mut error: clap::Error, program: &clap::Command) -> ! {
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(meant) = nearest(word, program.get_subcommands().map(clap::Command::get_name))
    {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant.to_string()]));
    }
    error.exit()
}

/// The arguments of this process with those from the environment and coldgap.toml.
static ARGUMENTS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Exit code of a bug in coldgap.
const BUG: u8 = 4;

/// Runs this process's command line: what went wrong is told on standard error. Its exit code.
pub fn main() -> u8 {
    budget::spill_beyond_what_is_left();
    exit_code(std::env::args_os().collect())
}

/// Runs a command line, the program's name first, in a process that is there for nothing else.
pub fn exit_code(words: Vec<OsString>) -> u8 {
    // A panic is a bug: say so in one line with its place, rather than in the runtime's words.
    std::panic::set_hook(Box::new(|panic| {
        // A library's answer to a damaged file: it is caught and told as such.
        if crate::trace::is_decoding() {
            return;
        }
        eprintln!("error: a bug in coldgap {}: {panic}", env!("CARGO_PKG_VERSION"));
        eprintln!("hint: please report it with the command and, if you may, the trace");
    }));
    match std::panic::catch_unwind(|| run(words)) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
        Err(_) => BUG,
    }
}

/// Runs a command line.
///
/// # Errors
/// Everything expected that can go wrong; clap's own usage errors exit with 2 by themselves.
fn run(words: Vec<OsString>) -> Result<()> {
    let Some((words, command)) = understood(words)? else { return Ok(()) };
    ARGUMENTS.get_or_init(|| words);
    let interrupt = signals::interrupt()?;
    let done = match &command {
        Command::Gap(args) => gap::run(args, &interrupt),
        Command::Compare(args) => compare::run(args, &interrupt),
        Command::Outage(args) => outage::run(args, &interrupt),
        Command::Sensitivity(args) => sensitivity::run(args, &interrupt),
        Command::Warmup(args) => warmup::run(args, &interrupt),
        Command::Replay(args) => replay::run(args, &interrupt),
        Command::Plan(args) => plan::run(args, &interrupt),
        Command::Part(args) => part::run(args, &interrupt),
        Command::Merge(args) => merge::run(args),
        Command::Report(args) => report::run(args),
        Command::Inspect(args) => inspect::run(args, &interrupt),
        Command::Convert(args) => convert::run(args, &interrupt),
        Command::Policies(args) => policies::run(args),
        Command::Formats(args) => formats::run(args),
        Command::Synth(args) => synth::run(args, &interrupt),
        Command::Demo(args) => demo::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    };
    // An interrupt shows itself as whatever it broke off first.
    match done {
        Err(error) if interrupt.is_set() && !error.is_interrupt() => interrupt.check(),
        done => done,
    }
}

/// A command line with what the environment and coldgap.toml add, and what it asks for; nothing where that was only to be printed.
///
/// # Errors
/// See [`config::resolve`]; clap's own usage errors exit with 2 by themselves.
fn understood(words: Vec<OsString>) -> Result<Option<(Vec<OsString>, Command)>> {
    let program = program();
    let config::Resolved { words, notes, printed } = config::resolve(&program, words)?;
    notes.iter().for_each(|note| eprintln!("{note}"));
    if let Some(printed) = printed {
        return print(&printed).map(|()| None);
    }
    let matches = program.clone().try_get_matches_from(&words).unwrap_or_else(|error| exit(error, &program));
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    Ok(Some((words, cli.command)))
}

/// Prints to standard output; what names of files, keys or columns would do to a terminal is written out. A reader that went away (`| head`) is a silent success.
fn print(text: &str) -> Result<()> {
    print_bytes(painted(text).as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::usage(format!("cannot write to standard output: {cause}")))
        }
        _ => Ok(()),
    }
}

/// Flags that change no result, with their value in the same word.
const UNTOLD: [&str; 9] =
    ["-o", "-j", "--output=", "--threads=", "--memory=", "--journal=", "--config=", "--of=", "--index="];

/// This process's command line without what does not change a result: outputs, threads, memory, journal, which part. What came from the
/// environment or a file stands in it, so that it gives the same result without them.
fn command_line() -> String {
    told().iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// The words of [`command_line`].
fn told() -> Vec<String> {
    ARGUMENTS.get().map_or_else(Vec::new, |words| told_of(words))
}

/// The same of any command line.
fn told_of(arguments: &[OsString]) -> Vec<String> {
    let mut words = vec!["coldgap".to_string()];
    let mut arguments = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match argument.as_ref() {
            "-o" | "--output" | "-j" | "--threads" | "--memory" | "--journal" | "--config" | "--of" | "--index" => {
                arguments.next();
            }
            "--details" => {}
            word if UNTOLD.iter().any(|flag| word.starts_with(flag)) => {}
            word => words.push(word.to_string()),
        }
    }
    words
}

/// What a recorded command line asks.
///
/// # Errors
/// One that this version does not understand.
fn parsed(words: &[String]) -> Result<Command> {
    let matches = program().try_get_matches_from(words);
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    cli.map(|cli| cli.command).map_err(|error| Error::trace(format!("'{}': {error}", words.join(" "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// A doc comment had become what ten commands said of themselves.
    #[test]
    fn every_command_says_something_of_its_own() {
        let program = program();
        let abouts: Vec<String> = program
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
            .map(|command| command.get_about().map_or(String::new(), ToString::to_string))
            .collect();
        assert!(abouts.iter().all(|about| about.len() > 10), "{abouts:?}");
        assert_eq!(abouts.iter().collect::<BTreeSet<_>>().len(), abouts.len(), "{abouts:?}");
    }

    /// A heading goes on to the flags after it: `--lose` stood under the service, `-o` under the gates.
    #[test]
    fn a_flag_stands_under_the_same_heading_in_every_command() {
        let program = program();
        let mut headings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for command in program.get_subcommands() {
            for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let heading = arg.get_help_heading().unwrap_or("Options").to_string();
                headings.entry(arg.get_id().to_string()).or_default().insert(heading);
            }
        }
        let of = |flag: &str| headings[flag].iter().next().map_or("", String::as_str);
        for flag in ["lose", "load", "growth", "window", "warmup", "horizon", "nodes", "quick", "full", "baseline"] {
            assert_eq!(of(flag), "Options", "{flag}");
        }
        assert_eq!(of("timeout"), "The service");
        assert_eq!(of("details"), "Output");
        assert_eq!(of("fail_if"), "Gates");
    }
}
