//! `coldgap replay`: miss ratios only.

use super::budget::{self, Budget};
use super::curve_args::CurveArgs;
use super::gate_args::{self, GateArgs};
use super::journal::{self, Journal};
use super::progress::Progress;
use super::sweep_args::SweepArgs;
use super::target;
use super::terminal::look;
use super::trace_args::{Files, TraceArgs};
use super::watch::Watch;
use super::{command_line, print};
use crate::analysis::{Sweep, sampled};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::report::gates::{self, Gated, Scope};
use crate::report::render::Render;
use crate::report::replay::ReplayReport;
use crate::units::{Demand, Ratio};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Miss ratios: policies by cache sizes
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = gate_args::help(ReplayReport::fields(), EXAMPLES))]
pub struct Args {
    #[command(flatten)]
    files: Files,
    /// Share of the requests that only warm the caches; 0% counts all
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    /// Write the result to a file, by extension: .json, .csv, .parquet, .md, .html or .prom; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Vec<PathBuf>,
    #[command(flatten)]
    sweep: SweepArgs,
    #[command(flatten)]
    curve: CurveArgs,
    #[command(flatten)]
    reading: TraceArgs,
    #[command(flatten)]
    budget: Budget,
    #[command(flatten)]
    gates: GateArgs,
    /// Note every finished cell in this folder; a rerun takes it from there instead of replaying it again
    #[arg(long, value_name = "DIR", help_heading = "Memory and time")]
    journal: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  coldgap replay prod.parquet -c 1%,10% -p all
  coldgap replay prod.parquet -p lru,s3fifo --curve
  coldgap replay prod.parquet -p lru --curve --sample 1% -o curve.csv";

/// Runs it. After an interrupt it prints what is done, marked as partial, and writes no file.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &Args, interrupt: &Interrupt) -> Result<()> {
    let targets = target::open(&args.output, &args.files.traces)?;
    let sweep = args.curve.sweep(args.sweep.sweep(args.warmup)?);
    let gates = args.gates.parse::<ReplayReport>(&scope(&sweep))?;
    if args.budget.dry_run {
        return dry_run(args, &sweep, interrupt);
    }
    args.journal.as_deref().map_or(Ok(()), journal::check)?;
    let progress = Progress::requests("replaying");
    let seed = args.curve.sampling().map(|sampling| sampling.seed);
    let mut report = ReplayReport::new(&command_line(), seed, args.curve.assumptions(&sweep));
    for paths in args.files.each() {
        if report.partial || replay(args, paths, &sweep, &progress, interrupt, &mut report)?.is_none() {
            paths.iter().for_each(|path| report.miss(&path.display().to_string()));
        }
    }
    drop(progress);
    if report.partial {
        let to_stdout = args.output.iter().any(|path| path == Path::new("-"));
        print(&if to_stdout { crate::report::json::render(&report)? } else { report.brief(&look()) })?;
        return Err(Error::interrupted("the result is partial, and no file was written"));
    }
    gates::judge(&gates, &mut report);
    if !target::write(targets, &report)? {
        print(&report.brief(&look()))?;
    }
    gate_args::pass(&report.head)
}

/// What the report will have numbers of.
fn scope(sweep: &Sweep) -> Scope {
    let policies = sweep.policies.iter().map(ToString::to_string).collect();
    Scope { policies, losses: Vec::new(), demand: Demand::Answers }
}

/// Replays one trace; `None` where it was interrupted before its first request.
fn replay(
    args: &Args,
    paths: &[PathBuf],
    sweep: &Sweep,
    progress: &Progress,
    interrupt: &Interrupt,
    report: &mut ReplayReport,
) -> Result<Option<()>> {
    if let Some(sampling) = args.curve.sampling() {
        let trace = match args.reading.within(budget::for_reading(args.budget.limit())).read_for(
            paths,
            &sweep.policies,
            interrupt,
        ) {
            Err(_) if interrupt.is_set() => return Ok(None),
            trace => trace?,
        };
        let watch = Watch { progress, interrupt, journal: None };
        report.add_sampled(&trace.about(), &sampled::run(sweep, &trace, sampling, &watch)?);
        return Ok(Some(()));
    }
    let source =
        match args.reading.within(budget::for_reading(args.budget.limit())).open_for(paths, &sweep.policies, interrupt)
        {
            Err(_) if interrupt.is_set() => return Ok(None),
            source => source?,
        };
    let about = source.about();
    let warm = sweep.warm_position(about.requests)?;
    let open = |folder| Journal::open(folder, &about.fingerprint, warm);
    let journal = args.journal.as_deref().map(open).transpose()?;
    let watch = Watch { progress, interrupt, journal };
    report.add(&about, &sweep.run(&source, args.budget.limit(), &watch)?);
    Ok(Some(()))
}

fn dry_run(args: &Args, sweep: &Sweep, interrupt: &Interrupt) -> Result<()> {
    for paths in args.files.each() {
        let start = Instant::now();
        let source = args.reading.within(budget::for_reading(args.budget.limit())).open_for(
            paths,
            &sweep.policies,
            interrupt,
        )?;
        let reading = start.elapsed().as_secs_f64();
        let (forecast, jobs) = sweep.forecast(&source, args.budget.limit())?;
        print(&budget::dry_run(&source, &forecast, &jobs, sweep.threads, reading)?)?;
    }
    Ok(())
}
