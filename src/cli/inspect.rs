//! `coldgap inspect`: what a trace is like, and what to run next.

use super::judged::{Judged, JudgingArgs};
use super::output::{self, Output};
use super::trace_args::{Files, TraceArgs};
use crate::error::{Error, Kind, Result, printable};
use crate::interrupt::Interrupt;
use crate::report::format::percent;
use crate::trace::input::in_shell;
use crate::trace::profile::{Profile, Times, profile};
use crate::trace::{Origin, ReadOptions, Trace, read_all};
use crate::units::{Rate, Ratio, Seconds, bytes, grouped, significant};
use serde::Serialize;
use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Version of the JSON's layout.
const SCHEMA_VERSION: u32 = 2;

/// Describe a trace: format and why, rates, footprint, reuse, skew, sizes, caveats, what to run next
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap inspect access.log.gz
  coldgap inspect prod.csv --columns time=1,key=2,size=4")]
pub struct Args {
    #[command(flatten)]
    files: Files,
    /// Write the description as JSON, to FILE.json or - (instead of the text)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    judging: JudgingArgs,
    #[command(flatten)]
    reading: TraceArgs,
}

/// All traces, as JSON.
#[derive(Serialize)]
struct Descriptions {
    schema_version: u32,
    tool: String,
    traces: Vec<Description>,
}

/// One trace, as JSON.
#[derive(Serialize)]
struct Description {
    trace: String,
    format: String,
    /// How each of its files was recognised and read.
    files: Vec<Origin>,
    fingerprint: String,
    /// The share of a larger trace's keys that it has; `None` where nobody said that it is a sample.
    sample_ratio: Option<Ratio>,
    #[serde(flatten)]
    profile: Profile,
    #[serde(flatten)]
    judged: Judged,
    notes: Vec<String>,
}

/// Reads the traces and describes them.
///
/// # Errors
/// A trace that cannot be read, or an output that cannot be written.
pub fn run(args: &Args, interrupt: &Interrupt) -> Result<()> {
    let to_stdout = args.output.as_deref() == Some(Path::new("-"));
    output::check_distinct(args.output.as_slice(), &args.files.traces)?;
    let mut output = match &args.output {
        Some(path) if !to_stdout => Some(open_json(path)?),
        _ => None,
    };
    let mut descriptions = Vec::new();
    for paths in args.files.each() {
        let description = describe(paths, args, interrupt)?;
        if !to_stdout {
            super::print(&text(&description))?;
        }
        descriptions.push(description);
    }
    let all = Descriptions {
        schema_version: SCHEMA_VERSION,
        tool: format!("coldgap {}", env!("CARGO_PKG_VERSION")),
        traces: descriptions,
    };
    if to_stdout || output.is_some() {
        let mut json = serde_json::to_string_pretty(&all)
            .map_err(|cause| Error::usage(format!("cannot write the description as JSON: {cause}")))?;
        json.push('\n');
        match output.take() {
            Some(mut output) => {
                if let Err(cause) = output.write_all(json.as_bytes()) {
                    return Err(Error::file(Kind::Usage, output.path(), "write the output", &cause));
                }
                output.finish()?;
            }
            None => super::print(&json)?,
        }
    }
    Ok(())
}

fn open_json(path: &Path) -> Result<Output> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => Output::create(path),
        _ => Err(Error::usage("descriptions are written as JSON only")
            .at(path.display(), None)
            .hint(format!("name it {}", path.with_extension("json").display()))),
    }
}

fn describe(paths: &[PathBuf], args: &Args, interrupt: &Interrupt) -> Result<Description> {
    let options = ReadOptions { records: true, ..args.reading.options(interrupt) };
    let (trace, origins) = read_all(paths, &options)?;
    let trace: Trace = args.reading.finish(trace)?;
    let profile = profile(&trace);
    Ok(Description {
        judged: args.judging.judge(&trace, &profile)?,
        profile,
        trace: trace.name,
        format: trace.format,
        files: origins,
        fingerprint: trace.fingerprint,
        sample_ratio: trace.sample.map(|drawn| drawn.share),
        notes: trace.notes,
    })
}

/// A description as aligned text.
fn text(description: &Description) -> String {
    let profile = &description.profile;
    let mut out = format!("{}\n", printable(&description.trace));
    let mut line = |name: &str, value: &dyn Display| {
        let _ = writeln!(out, "  {name:<18}{}", printable(&value.to_string()));
    };
    for (i, Origin { file, format, why, compression, layout }) in description.files.iter().enumerate() {
        if description.files.len() > 1 {
            line("file", file);
        }
        let compression = compression.map_or_else(String::new, |compression| format!(", {compression}"));
        line("format", &format!("{format}{compression} ({why})"));
        // Files that are read as the one before need not be explained again.
        let known = i.checked_sub(1).and_then(|before| description.files[before].layout.as_ref());
        if let Some(layout) = layout.as_ref().filter(|layout| known != Some(*layout)) {
            line("read as", layout);
        }
    }
    line("fingerprint", &description.fingerprint);
    if let Some(share) = description.sample_ratio {
        line(
            "sample",
            &format!("{share} of the keys of a larger trace: its rates and footprint are that much smaller"),
        );
    }
    line("requests", &grouped(profile.requests));
    if profile.gets != profile.requests {
        let part = |count: u64, what: &str| format!("{} {what} ({})", grouped(count), share(count, profile.requests));
        let parts = [part(profile.gets, "gets"), part(profile.sets, "sets"), part(profile.deletes, "deletes")];
        line("operations", &parts.join(", "));
    }
    match &profile.times {
        Some(times) => time_lines(times, &mut line),
        None => line("times", &"none; give --rate, like --rate 3000/s"),
    }
    let footprint = profile.footprint_bytes.map_or_else(String::new, |size| format!(", {}", bytes(size as f64)));
    line("footprint", &format!("{} objects{footprint}", grouped(profile.objects)));
    match &profile.sizes {
        Some(sizes) => {
            let (mean, p50) = (bytes(sizes.mean_bytes), bytes(f64::from(sizes.p50_bytes)));
            let (p99, max) = (bytes(f64::from(sizes.p99_bytes)), bytes(f64::from(sizes.max_bytes)));
            line("sizes", &format!("mean {mean}, p50 {p50}, p99 {p99}, max {max}"));
            if sizes.objects_that_change > 0 {
                let changing = sizes.objects_that_change;
                let share = share(changing, profile.objects);
                line("", &format!("{} objects ({share}) change their size", grouped(changing)));
            }
        }
        None => line("sizes", &"none; every object counts 1"),
    }
    line("reuse", &format!("{} requests per object", significant(profile.reuse_mean)));
    line("one-hit wonders", &format!("{} of the objects are asked for once", percent(profile.one_hit_ratio)));
    if let Some(ratio) = profile.compulsory_miss_ratio {
        line("compulsory misses", &format!("{} of the gets: the first touch of their object", percent(ratio)));
    }
    if let Some(alpha) = profile.zipf_alpha {
        line("skew", &format!("Zipf {alpha:.2} (least squares of log count on log rank, in geometric bins)"));
    }
    if !profile.ttls.is_empty() {
        let ttl = |ttl: &crate::trace::profile::Ttl| match ttl.seconds {
            0 => format!("none {}", percent(ttl.ratio)),
            seconds => format!("{seconds} s {}", percent(ttl.ratio)),
        };
        line("times to live", &profile.ttls.iter().map(ttl).collect::<Vec<_>>().join(", "));
    }
    description.judged.lines(&mut line);
    for note in &description.notes {
        line("note", note);
    }
    line("next", &next_command(description));
    out.push('\n');
    out
}

fn time_lines(times: &Times, line: &mut impl FnMut(&str, &dyn Display)) {
    let resolution = Seconds(times.resolution_seconds);
    line("span", &format!("{}, clock of {resolution}", Seconds(times.span_seconds)));
    if let Some(mean) = times.mean_per_second {
        line("mean rate", &Rate::answers(mean));
    }
    for busiest in &times.busiest {
        let name = format!("busiest {}", Seconds(busiest.window_seconds as f64));
        let (rate, start) = (Rate::answers(busiest.per_second), Seconds(busiest.start_seconds as f64));
        line(&name, &format!("{rate}, {start} after the first request"));
    }
}

/// The main report on this trace, ready to be copied.
fn next_command(description: &Description) -> String {
    let rate = if description.profile.times.is_some() { "" } else { " --rate 3000/s" };
    let files: Vec<String> = description.files.iter().map(|origin| in_shell(&origin.file)).collect();
    let calibrated = if description.judged.calibrates() { " --calibrated" } else { "" };
    format!("coldgap gap {} -c {}{rate}{calibrated}", files.join(" "), description.judged.cache)
}

fn share(part: u64, whole: u64) -> String {
    percent(part as f64 / whole.max(1) as f64)
}
