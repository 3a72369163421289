//! CSV with a header: `time,key,size,op,ttl,miss_cost,chained`, of which only the columns that the trace has. Times are seconds since
//! 1970 with their fraction.

use super::{Target, failed, refused};
use crate::error::Result;
use crate::request::{ObjectId, RENEWS, SECOND};
use crate::trace::{Key, Trace, words};
use std::io;

pub fn write(trace: &Trace, target: Target<'_>) -> Result<()> {
    let is_plain = |key| match key {
        Key::Number(_) => true,
        Key::Text(text) => !text.is_empty() && text.trim_ascii() == text,
    };
    if !(0..trace.object_count()).all(|object| is_plain(trace.keys.get(ObjectId(object as u32)))) {
        return Err(refused(trace, "a key is empty or has a blank at its ends", "write it as .parquet"));
    }
    rows(trace, target).map_err(failed)
}

fn rows(trace: &Trace, target: Target<'_>) -> io::Result<()> {
    let columns = [
        ("time", trace.has_times()),
        ("key", true),
        ("size", trace.sizes.is_some()),
        ("op", trace.ops.is_some()),
        ("ttl", trace.ttls.is_some()),
        ("miss_cost", trace.costs.is_some()),
        ("chained", trace.chained.is_some()),
    ];
    let names: Vec<&str> = columns.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
    writeln!(target, "{}", names.join(","))?;
    for i in 0..trace.len() {
        if let Some(time) = trace.times.get(i) {
            write_seconds(target, trace.start + time)?;
            target.write_all(b",")?;
        }
        match trace.keys.get(trace.objects[i]) {
            Key::Number(number) => write!(target, "{number}")?,
            Key::Text(text) if text.iter().any(|byte| b",\"\r\n".contains(byte)) => write_quoted(target, text)?,
            Key::Text(text) => target.write_all(text)?,
        }
        if let Some(sizes) = &trace.sizes {
            write!(target, ",{}", sizes[i])?;
        }
        if let Some(ops) = &trace.ops {
            write!(target, ",{}", words::of(ops[i], trace.ttls.as_ref().map_or(0, |ttls| ttls[i])))?;
        }
        if let Some(ttls) = &trace.ttls {
            write!(target, ",{}", ttls[i] & !RENEWS)?;
        }
        if let Some(costs) = &trace.costs {
            write!(target, ",{}", costs[i])?;
        }
        if let Some(chained) = &trace.chained {
            write!(target, ",{}", u8::from(chained[i]))?;
        }
        target.write_all(b"\n")?;
    }
    Ok(())
}

/// A key in quotes; those that it has itself stand twice.
fn write_quoted(target: Target<'_>, text: &[u8]) -> io::Result<()> {
    target.write_all(b"\"")?;
    for (i, part) in text.split(|byte| *byte == b'"').enumerate() {
        target.write_all(if i == 0 { b"" } else { b"\"\"" })?;
        target.write_all(part)?;
    }
    target.write_all(b"\"")
}

/// Seconds with as many decimals as it takes.
fn write_seconds(target: Target<'_>, time: u64) -> io::Result<()> {
    let (seconds, rest) = (time / SECOND, time % SECOND);
    if rest == 0 {
        return write!(target, "{seconds}");
    }
    let decimals = format!("{rest:09}");
    write!(target, "{seconds}.{}", decimals.trim_end_matches('0'))
}
