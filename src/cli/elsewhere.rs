//! `gap` with its work done elsewhere: what is asked, a part of the work, and the report of all parts. It is for programs that
//! bring parts to machines and back, and knows no network and no store.

use super::gap::{self, GapArgs};
use super::target::Target;
use super::{Command, merge, parsed, part, told_of, understood};
use crate::analysis::{self, Question};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::report::Report;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A gap whose work others do.
pub struct Gap {
    args: Box<GapArgs>,
    targets: Vec<Target>,
    command: Vec<String>,
    parts: usize,
}

impl Gap {
    /// Understands a command line as `coldgap gap` does, with what the environment and coldgap.toml add, and opens its outputs.
    /// `coldgap` and `gap` are its first words; traces that are `remote` need not be there. Nothing where the command line only
    /// asked for its configuration.
    ///
    /// # Errors
    /// See `coldgap gap`; what is not done in parts. Usage errors exit with 2 by themselves.
    pub fn of(words: Vec<OsString>, remote: impl Fn(&Path) -> bool) -> Result<Option<Gap>> {
        let Some((words, asked)) = understood(words)? else { return Ok(None) };
        let Command::Gap(args) = asked else {
            return Err(Error::usage("only the work of gap is done in parts").hint("write gap, and its flags after it"));
        };
        if !args.has_parts() {
            let flags = "--calibrated, --sample, --memory and --dry-run are not for work in parts";
            return Err(Error::usage(flags).hint("leave them out, or run coldgap gap"));
        }
        let traces = &args.ask.files.traces;
        if traces.iter().any(|path| path == Path::new("-")) {
            return Err(Error::usage("nobody else can read standard input").hint("name files that all machines see"));
        }
        let there: Vec<PathBuf> = traces.iter().filter(|path| !remote(path)).cloned().collect();
        let targets = args.output.targets(&there)?;
        let mut command = told_of(&words);
        let (question, _) = gap::question(&args.ask)?;
        // As gap does.
        if !question.full && targets.iter().any(Target::is_page) {
            command.push("--full".to_string());
        }
        let (question, _) = gap::question(&asked_in(&command)?.ask)?;
        args.ask.gates.parse::<Report>(&gap::scope(&question))?;
        let parts = analysis::tasks(&question).len() * args.ask.files.each().len();
        Ok(Some(Gap { args, targets, command, parts }))
    }

    /// The question, for [`part`].
    pub fn command(&self) -> &[String] {
        &self.command
    }

    /// Into how many parts the work is best divided: as many as it has tasks.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// Merges parts, in any order, each with a name for errors, and writes the report wherever it goes.
    ///
    /// # Errors
    /// See `coldgap merge`.
    pub fn deliver(self, parts: &[(PathBuf, String)]) -> Result<()> {
        let files: Vec<(&Path, &str)> = parts.iter().map(|(name, text)| (name.as_path(), text.as_str())).collect();
        merge::deliver(&files, self.targets, &self.args.output)
    }
}

/// Does part `index` of `of` of what a command line asks, with one thread: its text. `copy` says where the bytes of a trace are,
/// which keeps its name.
///
/// # Errors
/// See `coldgap part`; whatever `copy` says.
pub fn part(
    command: &[String],
    (of, index): (usize, usize),
    copy: &dyn Fn(&Path) -> Result<PathBuf>,
    interrupt: &Interrupt,
) -> Result<String> {
    let mut words = command.to_vec();
    // Behind `coldgap gap`: behind `--` it would be a trace.
    words.splice(2..2, ["-j", "1"].map(String::from));
    let ask = asked_in(&words)?.ask;
    let read = |paths: &[PathBuf], question: &Question| {
        let copies = paths.iter().map(|path| Ok((path.clone(), copy(path)?))).collect::<Result<Vec<_>>>()?;
        ask.read_copies(paths, copies, question, interrupt)
    };
    part::text(&ask, command.to_vec(), (of, index), &read, interrupt, &())
}

/// What a recorded command line asks of `gap`.
fn asked_in(command: &[String]) -> Result<Box<GapArgs>> {
    match parsed(command)? {
        Command::Gap(args) => Ok(args),
        _ => Err(Error::trace(format!("'{}' is not a gap", command.join(" ")))),
    }
}
