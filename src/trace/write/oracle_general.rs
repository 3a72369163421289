//! oracleGeneral, libCacheSim's binary format: 24 bytes a request, little-endian: u32 time in seconds, u64 key,
//! u32 size, i64 request number (from 1) of the key's next request, -1 where there is none.

use super::{Target, failed, refused, whole_seconds};
use crate::error::Result;
use crate::request::NEVER;
use crate::trace::{Key, Trace};
use std::io;

pub fn write(trace: &Trace, target: Target<'_>) -> Result<()> {
    if trace.costs.is_some() || trace.chained.is_some() {
        return Err(refused(trace, "oracleGeneral holds neither costs nor chains", "write it as .csv or .parquet"));
    }
    if trace.ops.is_some() || trace.ttls.is_some() {
        let hint = "leave [operations] and [ttl] out of the recipe, or write it as .csv or .parquet";
        return Err(refused(trace, "oracleGeneral holds neither operations nor times to live", hint));
    }
    if !trace.keys.all_numbers() {
        return Err(refused(
            trace,
            "oracleGeneral holds numbers as keys, not text",
            "leave keys.prefix out of the recipe",
        ));
    }
    let seconds = whole_seconds(trace)?;
    let seconds: Option<Vec<u32>> = seconds.into_iter().map(|second| u32::try_from(second).ok()).collect();
    let Some(seconds) = seconds else {
        return Err(refused(trace, "oracleGeneral holds no time after 2106", "let arrivals.start be earlier"));
    };
    rows(trace, &seconds, target).map_err(failed)
}

fn rows(trace: &Trace, seconds: &[u32], target: Target<'_>) -> io::Result<()> {
    let mut seen = vec![NEVER; trace.object_count()];
    let mut next = vec![-1i64; trace.len()];
    for (i, object) in trace.objects.iter().enumerate().rev() {
        let later = std::mem::replace(&mut seen[object.index()], i as u32);
        if later != NEVER {
            next[i] = i64::from(later) + 1;
        }
    }
    for (i, object) in trace.objects.iter().enumerate() {
        // Text was refused above.
        let Key::Number(key) = trace.keys.get(*object) else { continue };
        let size = trace.sizes.as_ref().map_or(1, |sizes| sizes[i]);
        target.write_all(&seconds[i].to_le_bytes())?;
        target.write_all(&key.to_le_bytes())?;
        target.write_all(&size.to_le_bytes())?;
        target.write_all(&next[i].to_le_bytes())?;
    }
    Ok(())
}
