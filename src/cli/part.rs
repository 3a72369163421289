//! `coldgap part`: some of a report's work, for machines that share it.

use super::gap::{self, Ask};
use super::output::{self, Output};
use super::progress::Progress;
use super::told;
use crate::analysis::{self, Question};
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::progress::Watch;
use crate::report::part::{self, PartHead};
use crate::trace::Trace;
use clap::Subcommand;
use std::io::Write;
use std::path::PathBuf;

/// Do one part of a report's work, to be merged with the others: on many machines, or one after the other
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    of: Of,
}

#[derive(Debug, Subcommand)]
enum Of {
    Gap(Box<GapPart>),
}

/// A part of gap's work
#[derive(Debug, clap::Args)]
struct GapPart {
    #[command(flatten)]
    ask: Ask,
    /// Into how many parts the work is divided
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    of: u32,
    /// Which of them to do, from 0
    #[arg(long, value_name = "I")]
    index: u32,
    /// The file to write; it gets its name once it is whole
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
}

const EXAMPLES: &str = "Examples:
  coldgap part gap prod.parquet -b 300/s --of 64 --index 7 -o part7.part
  coldgap part gap day1.csv day2.csv -b 300/s --of 64 --index 63 -o part63.part";

/// Runs it.
///
/// # Errors
/// See `coldgap gap`; an index beyond the last part.
pub fn run(Args { of: Of::Gap(args) }: &Args, interrupt: &Interrupt) -> Result<()> {
    let (of, index) = (args.of as usize, args.index as usize);
    if index >= of {
        return Err(Error::usage(format!("there is no part {index} of {of}"))
            .hint(format!("they are counted from 0: --index 0 to --index {}", of - 1)));
    }
    output::check_there(&args.ask.files.traces)?;
    output::check_distinct(std::slice::from_ref(&args.output), &args.ask.files.traces)?;
    let mut target = Output::create(&args.output)?;
    let mut command = told();
    // It is that of the whole report: coldgap gap.
    command.remove(1);
    let progress = Progress::start("reading the trace", 0);
    let read = |paths: &[PathBuf], question: &Question| args.ask.read(paths, question, None, interrupt);
    let text = text(&args.ask, command, (of, index), &read, interrupt, &progress)?;
    drop(progress);
    let written = target.write_all(text.as_bytes());
    written.map_err(|cause| Error::file(Kind::Usage, target.path(), "write the part", &cause))?;
    target.finish()
}

/// Does one part of what is asked, `command` being the whole report's, and `read` what reads the files of one service: its text.
///
/// # Errors
/// See [`run`].
pub(super) fn text(
    ask: &Ask,
    command: Vec<String>,
    (of, index): (usize, usize),
    read: &dyn Fn(&[PathBuf], &Question) -> Result<Trace>,
    interrupt: &Interrupt,
    watch: &dyn Watch,
) -> Result<String> {
    let (question, _) = gap::question(ask)?;
    let services: Vec<&[PathBuf]> = ask.files.each().collect();
    let own = part::share(&analysis::tasks(&question), services.len(), (of, index));
    watch.expect(analysis::steps(&question) * own.len() as u64);
    let mut found = Vec::new();
    for (place, tasks) in own {
        let trace = read(services[place], &question)?;
        found.push((place, analysis::work(&trace, &question, &tasks, interrupt, watch)?));
    }
    let head = PartHead { version: env!("CARGO_PKG_VERSION").to_string(), command, of, index, lines: 0 };
    let traces: Vec<part::OfTrace<'_>> = found.iter().map(|(place, work)| (*place, &work.bare, &work.done)).collect();
    part::render(head, &traces)
}
