//! `coldgap convert`: any trace, or a part of it, into another format.

use super::output::{self, Output};
use super::trace_args::TraceArgs;
use crate::error::{Result, printable};
use crate::interrupt::Interrupt;
use crate::trace;
use crate::trace::write::Form;
use crate::units::{Ratio, grouped};
use std::path::PathBuf;
use std::slice;

/// Convert a trace, or a part of it: to Parquet, which is read fastest, or by the target's ending
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap convert prod.csv.gz prod.parquet --sort
  coldgap convert prod.csv.gz day.parquet --until 24h --sample 10%")]
pub struct Args {
    /// The files of one service, in any order: they are merged by time; - is standard input
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    /// The file to write; its ending says the format: .parquet, .arrow, .csv, .oracleGeneral or .log, and .gz or .zst after that
    output: PathBuf,
    /// Sort by time; requests of one time keep their order
    #[arg(long)]
    sort: bool,
    /// Keep this share of the keys, with all their requests; rates shrink with it
    #[arg(long, value_name = "SHARE")]
    sample: Option<Ratio>,
    #[command(flatten)]
    reading: TraceArgs,
}

/// Reads the trace and writes it.
///
/// # Errors
/// A trace that cannot be read, or a target that cannot be written; then no target is there.
pub fn run(args: &Args, interrupt: &Interrupt) -> Result<()> {
    let form = Form::of(&args.output)?;
    output::check_distinct(slice::from_ref(&args.output), &args.traces)?;
    let mut output = Output::create(&args.output)?.until(interrupt);
    let mut options = args.reading.options(interrupt);
    options.sort = args.sort;
    options.sample = args.sample;
    let trace = args.reading.finish(trace::read_all(&args.traces, &options)?.0)?;
    form.write(&trace, &mut output)?;
    output.finish()?;
    let (requests, objects) = (grouped(trace.len() as u64), grouped(trace.object_count() as u64));
    eprintln!("{}", printable(&format!("{}: {requests} requests for {objects} objects", args.output.display())));
    for note in &trace.notes {
        eprintln!("note: {}", printable(note));
    }
    Ok(())
}
