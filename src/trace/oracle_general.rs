//! libCacheSim's oracleGeneral: fixed binary records.
//!
//! It knows the record and nothing of what becomes of it.

use super::builder::{Batch, Builder, Flow};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::{Input, fill};
use crate::error::{Error, Result, Spot};
use crate::request::SECOND;

/// Bytes in a record.
const RECORD: usize = 24;
/// Bytes that are decoded at once: many whole records.
const CHUNK_BYTES: usize = RECORD << 12;
/// No trace is longer: a "next access" beyond is none.
const MOST_REQUESTS: i64 = 1 << 44;
/// Larger objects are read, but do not speak for this format.
const LARGEST_LIKELY: u32 = 1 << 31;

/// The format.
pub struct OracleGeneral;

static INFO: FormatInfo = FormatInfo {
    name: "oracleGeneral",
    extensions: &["oracleGeneral", "oracleGeneral.bin", "bin"],
    summary: "libCacheSim's binary format, in which most public traces are shared",
    layout: "Records of 24 bytes, little-endian, without padding or header: u32 time in seconds, u64 object, u32 size \
             in bytes, i64 position of the object's next request (counted from 1; -1 or 2^63 - 1: never). The last is \
             an oracle column and is not read: coldgap computes its own, so it may be wrong or 0.",
};

#[derive(Debug, Clone, Copy)]
struct Record {
    time: u32,
    object: u64,
    size: u32,
    next: i64,
}

impl Record {
    /// Decodes a record; `None` where `bytes` are not as many.
    fn decode(bytes: &[u8]) -> Option<Record> {
        let bytes: &[u8; RECORD] = bytes.try_into().ok()?;
        let [t0, t1, t2, t3, o0, o1, o2, o3, o4, o5, o6, o7, s0, s1, s2, s3, n0, n1, n2, n3, n4, n5, n6, n7] = *bytes;
        Some(Record {
            time: u32::from_le_bytes([t0, t1, t2, t3]),
            object: u64::from_le_bytes([o0, o1, o2, o3, o4, o5, o6, o7]),
            size: u32::from_le_bytes([s0, s1, s2, s3]),
            next: i64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]),
        })
    }
}

impl Format for OracleGeneral {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let records = || head.bytes.chunks_exact(RECORD).map_while(Record::decode);
        let count = records().count();
        let plausible = count > 0
            && records().zip(1i64..).all(|(record, number)| {
                let ahead = (number + 1..MOST_REQUESTS).contains(&record.next);
                (ahead || matches!(record.next, -1 | i64::MAX)) && record.size <= LARGEST_LIKELY
            });
        let ordered = records().zip(records().skip(1)).all(|(a, b)| a.time <= b.time);
        let whole = !head.complete || head.bytes.len().is_multiple_of(RECORD);
        if plausible && ordered && whole && count > 1 {
            return Sniff::Yes("its 24-byte records have times in order and next accesses ahead");
        }
        if plausible && (ordered || count > 8) {
            return Sniff::NotSure("its bytes look like 24-byte records with next accesses ahead");
        }
        if count > 0 && head.name.to_ascii_lowercase().contains("oraclegeneral") {
            return Sniff::NotSure("its name says so");
        }
        Sniff::No
    }

    fn read(&self, mut input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        rows.set_layout(
            "records of 24 bytes: time = u32 seconds, key = u64, size = u32; not read: next access".to_string(),
        );
        let mut chunk = vec![0; CHUNK_BYTES];
        let (mut times, mut keys, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        let mut offset = 0;
        loop {
            let length = fill(&mut input, &mut chunk).map_err(|cause| input.broken(&cause))?;
            let records = chunk[..length].chunks_exact(RECORD);
            let rest = records.remainder().len();
            times.clear();
            keys.clear();
            sizes.clear();
            for record in records.map_while(Record::decode) {
                times.push(u64::from(record.time) * SECOND);
                keys.push(record.object);
                sizes.push(record.size);
            }
            let batch = Batch { times: Some(&times), keys: &keys, sizes: Some(&sizes) };
            if rows.push_all(&batch, |i| Spot::Byte(offset + (i * RECORD) as u64))? == Flow::Break(()) {
                return Ok(());
            }
            offset += (length - rest) as u64;
            if rest > 0 {
                let error = Error::trace(format!("the file ends {rest} bytes into a record of {RECORD}"))
                    .hint("the file is truncated, or of another format: --input names it");
                return Err(rows.locate(error, Spot::Byte(offset)));
            }
            if length < CHUNK_BYTES {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(time: u32, object: u64, size: u32, next: i64) -> Vec<u8> {
        let mut bytes = time.to_le_bytes().to_vec();
        bytes.extend(object.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend(next.to_le_bytes());
        bytes
    }

    fn sniff(bytes: &[u8], name: &str) -> Sniff {
        OracleGeneral.sniff(&Head { bytes, complete: true, name })
    }

    #[test]
    fn only_plausible_records_are_recognised() {
        let good = [record(1, 7, 100, 2), record(1, 7, 100, -1), record(2, 8, 0, i64::MAX)].concat();
        assert!(matches!(sniff(&good, ""), Sniff::Yes(_)));
        assert!(matches!(sniff(&good[..24], ""), Sniff::NotSure(_)), "one record says little");
        assert!(matches!(sniff(&good[..50], ""), Sniff::NotSure(_)), "truncated");
        let backwards = [record(2, 7, 100, 2), record(1, 7, 100, -1)].concat();
        assert_eq!(sniff(&backwards, ""), Sniff::No);
        assert!(matches!(sniff(&backwards, "x.oracleGeneral.bin"), Sniff::NotSure(_)));
        assert_eq!(sniff(&[record(1, 7, 100, 1), record(1, 7, 100, -1)].concat(), ""), Sniff::No, "next is not ahead");
        assert_eq!(sniff(&[0; 240], ""), Sniff::No);
        assert_eq!(sniff(b"", "x.oracleGeneral"), Sniff::No);
    }
}
