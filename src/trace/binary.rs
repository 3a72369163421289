//! Records of a fixed number of bytes, little-endian: the other formats of libCacheSim, and VMware's.
//!
//! A format is an entry in a table: by what it is recognised, how long a record is, and what its bytes mean.

use super::builder::{Builder, Flow, Row};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::{Input, fill};
use super::intern::Key;
use crate::error::{Error, Result, Spot};
use crate::request::{Op, RENEWS, SECOND};
use crate::units::grouped;
use std::io;

/// Records that are looked at to recognise a format.
const RECORDS_TO_SNIFF: usize = 100;
/// Records that are read at once.
const RECORDS_AT_ONCE: usize = 4096;

/// A format.
pub struct Binary {
    info: FormatInfo,
    /// How a file that begins so is laid out, and why; `None` where it is none of this format.
    sniff: fn(&Head<'_>) -> Option<&'static str>,
    layout: fn(&[u8]) -> Option<Layout>,
}

/// How a file is laid out.
#[derive(Clone, Copy)]
struct Layout {
    /// Bytes before the first record.
    header: usize,
    /// Bytes of a record.
    record: usize,
    /// True where a record is nothing but a key.
    keys_only: bool,
    /// What of a record is read, and what is not.
    told: &'static str,
    decode: fn(&[u8]) -> Option<Record>,
}

/// A record, as its bytes say.
struct Record {
    /// Nanoseconds.
    time: u64,
    key: u64,
    size: u64,
    /// `None` for operations that neither read nor change.
    op: Option<Op>,
    /// Seconds, 0 for none.
    ttl: u32,
}

const LCS_MAGIC: u64 = 0x1234_5678_9abc_def0;
const LCS_HEADER: usize = 8192;

/// libCacheSim's own format, in all its versions.
pub static LCS: Binary = Binary {
    info: FormatInfo {
        name: "lcs",
        extensions: &["lcs"],
        summary: "libCacheSim's own binary format, versions 1 to 8",
        layout: "A header of 8,192 bytes that begins with 0x123456789abcdef0 and the version; then records: u32 seconds, u64 object, \
                 u32 size (i64 from version 3), from version 2 u8 operation and u24 tenant, from version 3 u32 time to live, i64 next \
                 access, which is not read; from version 4 1, 2, 4, 8, 16 further numbers, which are not read.",
    },
    sniff: |head| {
        (number::<8>(head.bytes, 0)? == LCS_MAGIC && lcs(head.bytes).is_some()).then_some("its header is libCacheSim's")
    },
    layout: lcs,
};

fn lcs(head: &[u8]) -> Option<Layout> {
    let layout = |record, told, decode| Some(Layout { header: LCS_HEADER, record, keys_only: false, told, decode });
    match number::<8>(head, 8)? {
        1 => layout(24, "time, key, size; not read: next access", lcs_1),
        2 => layout(28, "time, key, size, op; not read: tenant, next access", lcs_2),
        3 => layout(36, "time, key, size, op, ttl; not read: tenant, next access", lcs_3),
        version @ 4..=8 => layout(
            36 + (4 << (version - 4)),
            "time, key, size, op, ttl; not read: tenant, next access, features",
            lcs_3,
        ),
        _ => None,
    }
}

fn lcs_1(record: &[u8]) -> Option<Record> {
    let (time, key, size) = (number::<4>(record, 0)?, number::<8>(record, 4)?, number::<4>(record, 12)?);
    Some(Record { time: time * SECOND, key, size, op: Some(Op::Get), ttl: 0 })
}

fn lcs_2(record: &[u8]) -> Option<Record> {
    Some(Record { op: op(number::<1>(record, 16)?), ..lcs_1(record)? })
}

fn lcs_3(record: &[u8]) -> Option<Record> {
    let (time, key, size) = (number::<4>(record, 0)?, number::<8>(record, 4)?, number::<8>(record, 12)?);
    let ttl = number::<4>(record, 24)?.min(u64::from(RENEWS - 1)) as u32;
    // Negative sizes are not known.
    let size = if size >> 63 == 1 { 0 } else { size };
    Some(Record { time: time * SECOND, key, size, op: op(number::<1>(record, 20)?), ttl })
}

/// oracleGeneral with operations.
pub static ORACLE_OP_NS: Binary = Binary {
    info: FormatInfo {
        name: "oracleGeneralOpNs",
        extensions: &["oracleGeneralOpNs"],
        summary: "libCacheSim's oracleGeneral with operation and namespace; recognised by its name only",
        layout: "Records of 27 bytes: u32 seconds, u64 object, u32 size, u8 operation, u16 namespace, i64 next access, which is not read.",
    },
    sniff: |head| named(head, "oraclegeneralopns"),
    layout: |_| {
        let decode = |record: &[u8]| Some(Record { op: op(number::<1>(record, 16)?), ..lcs_1(record)? });
        Some(Layout {
            header: 0,
            record: 27,
            keys_only: false,
            told: "time, key, size, op; not read: namespace, next access",
            decode,
        })
    },
};

/// Twitter's traces in binary.
pub static TWR: Binary = Binary {
    info: FormatInfo {
        name: "twr",
        extensions: &["twr"],
        summary: "Twitter's traces in libCacheSim's binary form; recognised by its name only",
        layout: "Records of 20 bytes: u32 seconds, u64 object, u32 of key size (upper 10 bits) and value size, u32 of operation (upper 8 \
                 bits) and time to live. The size is the sum of both.",
    },
    sniff: |head| named(head, ".twr"),
    layout: |_| {
        let decode = |record: &[u8]| {
            let (time, key) = (number::<4>(record, 0)?, number::<8>(record, 4)?);
            let (sizes, op_ttl) = (number::<4>(record, 12)?, number::<4>(record, 16)?);
            let size = (sizes >> 22) + (sizes & 0x3f_ffff);
            Some(Record { time: time * SECOND, key, size, op: op(op_ttl >> 24), ttl: (op_ttl & 0xff_ffff) as u32 })
        };
        Some(Layout {
            header: 0,
            record: 20,
            keys_only: false,
            told: "time, key, size = value size + key size, op, ttl",
            decode,
        })
    },
};

/// VMware's block traces.
pub static VSCSI: Binary = Binary {
    info: FormatInfo {
        name: "vscsi",
        extensions: &["vscsi"],
        summary: "VMware's block traces (CloudPhysics), versions 1 and 2",
        layout: "Version 1, 32 bytes: u32 number, u32 bytes, u32 parts, u16 command, u16 version, u64 block, u64 microseconds. Version 2, 40 \
                 bytes: u16 command, u16 version, u32 number, u32 bytes, u32 parts, u64 block, u64 microseconds, u64 response time. The \
                 key is the block, as it stands.",
    },
    sniff: |head| {
        let Layout { record, decode, .. } = vscsi(head.bytes)?;
        let mut records = head.bytes.chunks_exact(record).take(RECORDS_TO_SNIFF);
        let is_whole = !head.complete || head.bytes.len().is_multiple_of(record);
        (is_whole && records.all(|record| decode(record).is_some()))
            .then_some("its records have versions and commands of VMware's traces")
    },
    layout: vscsi,
};

/// Keys alone, as cache2k's traces have them.
pub static BE32: Binary = Binary {
    info: FormatInfo {
        name: "be32",
        extensions: &["be32", "trace"],
        summary: "keys of 32 bits, big-endian, and nothing else (cache2k); recognised by its name only",
        layout: "Records of 4 bytes: the key. It has no times: give --rate.",
    },
    sniff: |head| named(head, ".be32"),
    layout: |_| Some(Layout { header: 0, record: 4, keys_only: true, told: KEYS_ALONE, decode: key_alone }),
};

/// The same with wider keys, as Corda's trace has them.
pub static BE64: Binary = Binary {
    info: FormatInfo {
        name: "be64",
        extensions: &["be64", "trace"],
        summary: "keys of 64 bits, big-endian, and nothing else (Corda); recognised by its name only",
        layout: "Records of 8 bytes: the key. It has no times: give --rate.",
    },
    sniff: |head| named(head, ".be64"),
    layout: |_| Some(Layout { header: 0, record: 8, keys_only: true, told: KEYS_ALONE, decode: key_alone }),
};

/// What is read of some.
const KEYS_ALONE: &str = "key, and nothing else";
const VMWARES: &str = "time in microseconds, key = block, size, op = command; not read: number, parts, response time";

fn key_alone(record: &[u8]) -> Option<Record> {
    let key = record.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Some(Record { time: 0, key, size: 0, op: Some(Op::Get), ttl: 0 })
}

fn vscsi(head: &[u8]) -> Option<Layout> {
    let version = |at: usize| number::<2>(head, at).map(|version| version >> 8);
    match (version(14), version(2)) {
        (Some(1), _) => Some(Layout {
            header: 0,
            record: 32,
            keys_only: false,
            told: VMWARES,
            decode: |record| vscsi_record(record, [14, 12, 4, 16, 24], 1),
        }),
        (_, Some(2)) => Some(Layout {
            header: 0,
            record: 40,
            keys_only: false,
            told: VMWARES,
            decode: |record| vscsi_record(record, [2, 0, 8, 16, 24], 2),
        }),
        _ => None,
    }
}

/// A record whose version, command, length, block and time stand at these places.
fn vscsi_record(record: &[u8], [version_at, command, length, block, time]: [usize; 5], version: u64) -> Option<Record> {
    let op = match number::<2>(record, command)? {
        0x08 | 0x28 | 0x88 | 0xa8 => Op::Get,
        0x0a | 0x2a | 0x8a | 0xaa => Op::Set,
        _ => return None,
    };
    let time = number::<8>(record, time)?.checked_mul(1_000)?;
    let (key, size) = (number::<8>(record, block)?, number::<4>(record, length)?);
    (number::<2>(record, version_at)? >> 8 == version).then_some(Record { time, key, size, op: Some(op), ttl: 0 })
}

/// The operation of a code of libCacheSim; 0 is what it writes where none is known.
fn op(code: u64) -> Option<Op> {
    match code {
        0 | 1 | 2 | 12 => Some(Op::Get),
        3..=8 | 10 | 11 | 13 | 14 => Some(Op::Set),
        9 => Some(Op::Delete),
        _ => None,
    }
}

/// The number of `N` bytes at a place.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn named(head: &Head<'_>, part: &str) -> Option<&'static str> {
    head.name.to_ascii_lowercase().contains(part).then_some("its name says so")
}

impl Format for Binary {
    fn info(&self) -> &FormatInfo {
        &self.info
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        (self.sniff)(head).map_or(Sniff::No, Sniff::Yes)
    }

    fn read(&self, mut input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(self.info.name)?;
        let layout = (self.layout)(input.head().bytes).ok_or_else(|| {
            Error::trace(format!("this is no file of {}", self.info.name)).hint("name another format with --input")
        })?;
        rows.set_layout(format!("records of {} bytes: {}", layout.record, layout.told));
        let mut offset = layout.header as u64;
        io::copy(&mut io::Read::take(&mut input, offset), &mut io::sink()).map_err(|cause| input.broken(&cause))?;
        let mut chunk = vec![0; layout.record * RECORDS_AT_ONCE];
        let mut others = 0u64;
        loop {
            let length = fill(&mut input, &mut chunk).map_err(|cause| input.broken(&cause))?;
            for bytes in chunk[..length].chunks(layout.record) {
                let spot = Spot::Byte(offset);
                offset += bytes.len() as u64;
                let Some(Record { time, key, size, op, ttl }) =
                    (layout.decode)(bytes).filter(|_| bytes.len() == layout.record)
                else {
                    let what = match bytes.len() == layout.record {
                        true => "a record that cannot be read".to_string(),
                        false => format!("the file ends {} bytes into a record of {}", bytes.len(), layout.record),
                    };
                    let fault =
                        Error::trace(what).hint("the file is truncated, or of another format: --input names it");
                    rows.skip(fault, spot)?;
                    continue;
                };
                let Some(op) = op else {
                    others += 1;
                    continue;
                };
                let (time, size) = if layout.keys_only { (None, None) } else { (Some(time), Some(size)) };
                let row = Row { time, key: Key::Number(key), size, op, ttl };
                if rows.push(row, spot)? == Flow::Break(()) {
                    return Ok(());
                }
            }
            if length < chunk.len() {
                break;
            }
        }
        if others > 0 {
            rows.note(format!("left out, of operations that neither read nor change: {}", grouped(others)));
        }
        Ok(())
    }
}
