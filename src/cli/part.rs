//! `coldgap part`: some of a report's work, for machines that share it.

use super::gap::{self, Ask};
use super::output::{self, Output};
use super::progress::Progress;
use super::told;
use crate::analysis;
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;

use crate::report::part::{self, PartHead};
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
    let (question, _) = gap::question(&args.ask)?;
    let services: Vec<&[PathBuf]> = args.ask.files.each().collect();
    let own = part::share(&analysis::tasks(&question), services.len(), (of, index));
    let progress = Progress::start("reading the trace", analysis::steps(&question) * own.len() as u64);
    let mut found = Vec::new();
    for (place, tasks) in own {
        let trace = args.ask.read(services[place], &question, None, interrupt)?;
        found.push((place, analysis::work(&trace, &question, &tasks, interrupt, &progress)?));
    }
    drop(progress);
    let mut command = told();
    // It is that of the whole report: coldgap gap.
    command.remove(1);
    let head = PartHead { version: env!("CARGO_PKG_VERSION").to_string(), command, of, index, lines: 0 };
    let traces: Vec<part::OfTrace<'_>> = found.iter().map(|(place, work)| (*place, &work.bare, &work.done)).collect();
    let text = part::render(head, &traces)?;
    let written = target.write_all(text.as_bytes());
    written.map_err(|cause| Error::file(Kind::Usage, target.path(), "write the part", &cause))?;
    target.finish()
}
