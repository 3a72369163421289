//! `--memory` and `--dry-run`: what a replay may take, and what it would take.

use super::allocator;
use super::terminal::look;
use crate::analysis::Job;
use crate::analysis::forecast::{Forecast, Limit, PROGRAM_BYTES, Pace, never_in_files};
use crate::error::Result;
use crate::prose::wrapped;
use crate::trace::source::{About, Source};
use crate::units::{CacheSize, Seconds, bytes, grouped};
use clap::Args;
use std::fmt::Write;

/// How much the process may take.
#[derive(Debug, Args)]
#[command(next_help_heading = "Memory and time")]
pub struct Budget {
    /// How much memory may be used: 2GiB. replay then passes over a native file several times; of gap, what does not fit lies
    /// in files without a name, in the folder TMPDIR or /var/tmp [default: what the system has left]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    memory: Option<u64>,
    /// Say how many passes, how much memory and how much time it would take, and replay nothing
    #[arg(long, conflicts_with = "output")]
    pub dry_run: bool,
}

fn parse_bytes(text: &str) -> std::result::Result<u64, String> {
    match text.parse() {
        Ok(CacheSize::Bytes(bytes)) => Ok(bytes),
        _ => Err(format!("'{text}' is not an amount of memory; write it like 2GiB or 500MB")),
    }
}

/// Where the text begins, after what it is about.
const INDENT: &str = "          ";
/// Width of the text, where there is room.
const WIDTH: usize = 100;

impl Budget {
    /// True where one of the flags was given.
    pub fn is_asked(&self) -> bool {
        self.dry_run || self.memory.is_some()
    }

    /// The limit: as asked, else what the system has left, where it says so.
    pub fn limit(&self) -> Option<Limit> {
        let asked = self.memory.map(|bytes| Limit { bytes, asked: true, in_files: 0 });
        asked.or_else(|| available().map(|bytes| Limit { bytes, asked: false, in_files: 0 }))
    }

    /// The same for so many threads; from now on what is beyond it lies in files.
    pub fn limit_with_files(&self, threads: usize) -> Option<Limit> {
        let limit = self.limit()?;
        let in_files = allocator::room_in_files();
        if in_files > 0 {
            spill_beyond(limit.bytes, threads);
        }
        Some(Limit { in_files, ..limit })
    }
}

/// What a trace may take while it is read: the limit without what the program takes.
pub fn for_reading(limit: Option<Limit>) -> Option<u64> {
    limit.map(|limit| limit.bytes.saturating_add(limit.in_files).saturating_sub(PROGRAM_BYTES))
}

/// From now on large blocks lie in files where the process would take more than the system has left. For the program's own
/// process, as [`allocator`] says.
pub fn spill_beyond_what_is_left() {
    if let Some(bytes) = available() {
        spill_beyond(bytes, 0);
    }
}

fn spill_beyond(bytes: u64, threads: usize) {
    allocator::spill_beyond(bytes.saturating_sub(never_in_files(threads)));
}

/// Bytes that may be taken without driving others out, on Linux, and no more than a container may have; a tenth is left alone.
fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let container = container.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(u64::MAX);
    Some((kibibytes * 1024).min(container) / 10 * 9)
}

/// What a sweep over a trace would take, for reading. `reading`: seconds that reading the trace took.
///
/// # Errors
/// A trace that turns out to be damaged.
pub fn dry_run(source: &Source, forecast: &Forecast, jobs: &[Job], threads: usize, reading: f64) -> Result<String> {
    let about = source.about();
    let pace = Pace::measure(source, jobs)?;
    let seconds = Seconds(pace.seconds(about.requests, forecast, threads) + reading);
    let names: Vec<String> = jobs.iter().map(Job::name).collect();
    Ok(describe(&about, forecast, None, &names, &format!("about {seconds}: {}", pace.basis())))
}

/// A forecast for reading; `time`: what is known of the time.
pub fn describe(about: &About, forecast: &Forecast, limit: Option<Limit>, names: &[String], time: &str) -> String {
    let readable = |count: u64| bytes(count as f64);
    let (requests, objects) = (grouped(about.requests as u64), grouped(about.objects as u64));
    let mut out = format!("{}: {}, {requests} requests on {objects} objects\n", about.name, about.format);
    let mut line = |name: &str, text: String| {
        let text = wrapped(&text, INDENT, look().room().min(WIDTH));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {name:<8}{}", text.trim_start());
    };
    let trace = readable(forecast.trace);
    line(
        "trace",
        match forecast.reading {
            0 => format!("streamed from the file; {trace} of it are in memory at a time"),
            _ => format!("{trace} as a whole; it had to be read to know its objects"),
        },
    );
    let passes = if forecast.passes.len() == 1 { "pass" } else { "passes" };
    line("caches", format!("{} in {} {passes} over the trace", names.len(), forecast.passes.len()));
    for (i, pass) in forecast.passes.iter().enumerate() {
        let state = pass.iter().map(|job| forecast.jobs[*job]).sum();
        let names: Vec<&str> = pass.iter().map(|job| names[*job].as_str()).collect();
        line("", format!("{}: {} ({})", i + 1, names.join(", "), readable(state)));
    }
    let (peak, state) = (readable(forecast.peak()), readable(forecast.state_peak()));
    let beyond = limit.map_or(0, |limit| forecast.peak().saturating_sub(limit.bytes));
    let in_files = if beyond > 0 { format!("; {} of it in files", readable(beyond)) } else { String::new() };
    line("memory", format!("{peak} at the peak, of which {state} are caches{in_files}"));
    line("time", time.to_string());
    out
}
