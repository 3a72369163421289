//! `coldgap replay`: miss ratios only.

use super::curve_args::CurveArgs;
use super::sweep_args::SweepArgs;
use super::target;
use super::trace_args::TraceArgs;
use super::{command_line, print};
use crate::analysis::Facts;
use crate::error::Result;
use crate::progress::Progress;
use crate::report::replay::ReplayReport;
use crate::units::Ratio;
use std::path::PathBuf;

/// Miss ratios: policies by cache sizes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Trace files; - reads standard input
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    #[command(flatten)]
    sweep: SweepArgs,
    #[command(flatten)]
    curve: CurveArgs,
    /// Share of the requests that only warm the caches; 0% counts all
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    #[command(flatten)]
    reading: TraceArgs,
    /// Write the result to a file, by extension: .json, .csv or .parquet; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written.
pub fn run(args: &Args) -> Result<()> {
    let targets = target::open(&args.output)?;
    let sweep = args.curve.sweep(args.sweep.sweep(args.warmup)?);
    let steps = sweep.policies.len() * sweep.sizes.len() * args.traces.len();
    let progress = Progress::start("replaying", steps as u64);
    let warmup = format!("the first {} of the requests only warm the caches; only gets are counted", sweep.warmup);
    let assumptions = [vec![warmup], args.curve.assumptions(&sweep)].concat();
    let mut report = ReplayReport::new(command_line(), assumptions);
    for path in &args.traces {
        let trace = args.reading.read_for(path, &sweep.policies)?;
        let facts = Facts::of(&trace, sweep.warm_position(&trace)?);
        args.curve.run(&sweep, &trace, &facts, &mut report, || progress.step(1))?;
    }
    drop(progress);
    if target::write(targets, &report)? { Ok(()) } else { print(&report.render()) }
}
