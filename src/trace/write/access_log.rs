//! An access log in the combined form of Apache and nginx, one line a request. Keys are paths, sizes the bytes sent.

use super::{Target, failed, refused, whole_seconds};
use crate::error::Result;
use crate::request::{ObjectId, Op};
use crate::trace::{Key, Trace};
use chrono::DateTime;
use std::io;

pub fn write(trace: &Trace, target: Target<'_>) -> Result<()> {
    if trace.costs.is_some() || trace.chained.is_some() {
        return Err(refused(trace, "an access log holds neither costs nor chains", "write it as .csv or .parquet"));
    }
    let sets = trace.ops.as_ref().is_some_and(|ops| ops.contains(&Op::Set));
    if sets || trace.ttls.is_some() || trace.sizes.is_none() {
        let hint =
            "leave operations.set and [ttl] out of the recipe and give it [sizes], or write it as .csv or .parquet";
        return Err(refused(trace, "an access log holds sizes, and neither sets nor times to live", hint));
    }
    let is_path = |key| matches!(key, Key::Text(text) if text.starts_with(b"/") && text.iter().all(|b| is_plain(*b)));
    if !(0..trace.object_count()).all(|object| is_path(trace.keys.get(ObjectId(object as u32)))) {
        let hint = "set keys.prefix = \"/item/\" in the recipe";
        return Err(refused(trace, "the keys of an access log are paths, and not all of the trace's are", hint));
    }
    let seconds = whole_seconds(trace)?;
    lines(trace, &seconds, target).map_err(failed)
}

/// Bytes of a path that need no escape.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte)
}

fn lines(trace: &Trace, seconds: &[u64], target: Target<'_>) -> io::Result<()> {
    let mut stamp = (u64::MAX, String::new());
    for (i, object) in trace.objects.iter().enumerate() {
        if stamp.0 != seconds[i] {
            let moment = DateTime::from_timestamp(seconds[i] as i64, 0).unwrap_or_default();
            stamp = (seconds[i], moment.format("%d/%b/%Y:%H:%M:%S +0000").to_string());
        }
        // 192.0.2.0/24 is reserved for documentation (RFC 5737).
        let deletes = trace.ops.as_ref().is_some_and(|ops| ops[i] == Op::Delete);
        write!(target, "192.0.2.1 - - [{}] \"{} ", stamp.1, if deletes { "DELETE" } else { "GET" })?;
        if let Key::Text(path) = trace.keys.get(*object) {
            target.write_all(path)?;
        }
        // Without sizes the trace was refused above.
        let size = trace.sizes.as_ref().map_or(0, |sizes| sizes[i]);
        writeln!(target, " HTTP/1.1\" 200 {size} \"-\" \"-\"")?;
    }
    Ok(())
}
