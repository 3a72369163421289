//! `coldgap plan`: into which tasks a report's work falls, and what each would take.

use super::gap::{self, Ask};
use super::{print, told};
use crate::analysis;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::prose::quoted;
use crate::units::{Seconds, bytes, grouped};
use clap::Subcommand;
use std::fmt::Write;

/// List the tasks of a report with the time and memory that each would take, to divide them among machines
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    of: Of,
}

#[derive(Debug, Subcommand)]
enum Of {
    Gap(Box<GapPlan>),
}

/// The tasks of gap
#[derive(Debug, clap::Args)]
struct GapPlan {
    #[command(flatten)]
    ask: Ask,
}

const EXAMPLES: &str = "Examples:
  coldgap plan gap prod.parquet -b 300/s
  coldgap plan gap day1.parquet day2.parquet -b 300/s -p all -c 1%,10%";

/// Runs it.
///
/// # Errors
/// See `coldgap gap`.
pub fn run(Args { of: Of::Gap(args) }: &Args, interrupt: &Interrupt) -> Result<()> {
    super::output::check_there(&args.ask.files.traces)?;
    let (question, _) = gap::question(&args.ask)?;
    let (mut out, mut count, mut all, mut longest, mut most) = (String::new(), 0, 0.0, 0f64, 0);
    for paths in args.ask.files.each() {
        let trace = args.ask.read(paths, &question, None, interrupt)?;
        let (requests, objects) = (grouped(trace.len() as u64), grouped(trace.object_count() as u64));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}: {}, {requests} requests on {objects} objects", trace.name, trace.format);
        for cost in analysis::costs(&trace, &question)? {
            let (time, memory) = (cost.time.to_string(), bytes(cost.memory as f64));
            let _ = writeln!(out, "  {:<44} {time:>8}  {memory:>9}", cost.name);
            (count, all) = (count + 1, all + cost.time.0);
            (longest, most) = (longest.max(cost.time.0), most.max(cost.memory));
        }
    }
    let (all, longest, most) = (Seconds(all), Seconds(longest), bytes(most as f64));
    let _ = writeln!(out, "{count} tasks: about {all} of one core in all, the longest {longest}; up to {most} each");
    let words: Vec<String> = told().iter().skip(2).map(|word| quoted(word)).collect();
    let _ = writeln!(out, "  coldgap part {} --of {count} --index 0 -o part0.part", words.join(" "));
    print(&out)
}
