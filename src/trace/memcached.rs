//! What `watch` prints of memcached: `ts=1466120156.99667 gid=1 type=item_get key=foo status=not_found clsid=0 cfd=17 size=0`.
//!
//! It knows these lines and their traps, and nothing of what becomes of a request.

use super::builder::{Builder, Flow, Row};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::record::{Answered, By, Fetches, by_word};
use super::words::{digits, shown};
use crate::error::{Error, Result};
use crate::request::{Op, RENEWS, SECOND};
use crate::units::{Ratio, grouped};

/// Lines that are looked at to recognise it.
const LINES_TO_SNIFF: usize = 10;

/// The format.
pub struct MemcachedWatch;

static INFO: FormatInfo = FormatInfo {
    name: "memcached-watch",
    extensions: &["txt", "log"],
    summary: "what watch prints of memcached",
    layout: "watch fetchers mutations (evictions deletions): item_get is a get, item_store a set with its time to live, deleted a \
             delete. Digits behind the point of ts are microseconds without zeros before them: .42 is 42; records are sorted by it, those of one \
             microsecond stay as they stand. Keys are written \
             with percent escapes. Records that the server dropped (skipped=N) are counted, with the share of gets that it found. \
             The record of a deletion was not checked with a server; all others follow its source.",
};

impl Format for MemcachedWatch {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        let is_watch = |line: &&[u8]| line.starts_with(b"ts=") && memchr::memmem::find(line, b" gid=").is_some();
        let others = |line: &&[u8]| line.starts_with(b"skipped=") || line.trim_ascii() == b"OK";
        match lines.iter().any(is_watch) && lines.iter().all(|line| is_watch(line) || others(line)) {
            true => Sniff::Yes("its lines are those of memcached's watch"),
            false => Sniff::No,
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        rows.set_layout("lines of watch: time = ts, key = key, op = type, size = size, ttl = ttl".to_string());
        let mut lines = Lines::new(input);
        let mut seen = Seen { asks: options.records, ..Seen::default() };
        while let Some((line, spot)) = lines.next()? {
            match seen.row(line) {
                Ok(Some((row, answered))) => {
                    if options.records {
                        rows.set_answered(answered);
                    }
                    if rows.push(row, spot)? == Flow::Break(()) {
                        break;
                    }
                }
                Ok(None) => {}
                Err(fault) => rows.skip(fault, spot)?,
            }
        }
        seen.finish(rows);
        Ok(())
    }
}

/// What is carried from line to line.
#[derive(Default)]
struct Seen {
    key: Vec<u8>,
    records: u64,
    gets: u64,
    found: u64,
    lost: u64,
    others: u64,
    /// Whether it is asked who answered.
    asks: bool,
    fetches: Fetches,
}

impl Seen {
    /// The request of a line; `None` where it holds none.
    fn row(&mut self, line: &[u8]) -> Result<Option<(Row<'_>, Answered)>> {
        let line = line.trim_ascii();
        if let Some(count) = line.strip_prefix(b"skipped=") {
            self.lost += digits(count).unwrap_or(0);
            return Ok(None);
        }
        if line.is_empty() || line == b"OK" {
            return Ok(None);
        }
        let fault = |what: &str| {
            Error::trace(format!("{what}: '{}'", shown(line)))
                .hint("remove the line, or name another format: --input csv; see coldgap formats memcached-watch")
        };
        // The first of a name counts: a proxy's lines have a second type.
        let field = |name: &str| {
            let mut fields = line.split(|byte| *byte == b' ');
            fields.find_map(|field| field.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
        };
        let time = field("ts").and_then(time).ok_or_else(|| fault("not a line of memcached's watch"))?;
        self.records += 1;
        let number = |name: &str| field(name).and_then(digits);
        let op = match field("type") {
            Some(b"item_get") => {
                self.gets += 1;
                self.found += u64::from(field("status") == Some(b"found"));
                Op::Get
            }
            // What was refused is not in the cache; what it replaced is gone.
            Some(b"item_store") if field("status").is_none_or(|status| status == b"stored") => Op::Set,
            Some(b"deleted") => Op::Delete,
            _ => {
                self.others += 1;
                return Ok(None);
            }
        };
        // Written unsigned: beyond 2^31 it is negative, the object expired already.
        let ttl = match number("ttl").filter(|_| op == Op::Set) {
            Some(ttl) => u32::try_from(ttl).ok().filter(|ttl| *ttl < RENEWS).unwrap_or(1),
            None => 0,
        };
        let size = number("size").unwrap_or(0);
        self.key.clear();
        undo_escapes(
            field("key").filter(|key| !key.is_empty()).ok_or_else(|| fault("a record without a key"))?,
            &mut self.key,
        );
        let client = field("cfd").unwrap_or_default();
        let answered = match (op, field("status").map(by_word)) {
            (Op::Get, Some(by)) => {
                if by == By::Backend && self.asks {
                    self.fetches.read(client, &self.key, time);
                }
                Answered { by, ..Answered::default() }
            }
            (Op::Set, _) => self.fetches.written(client, &self.key, time),
            _ => Answered::default(),
        };
        Ok(Some((Row { time: Some(time), key: Key::parse(&self.key), size: Some(size), op, ttl }, answered)))
    }

    /// Says what was left out, and what the server found.
    fn finish(self, rows: &mut Builder<'_>) {
        if self.others > 0 {
            rows.note(format!(
                "left out, records that are no gets, sets or deletes (evictions, proxies, refused sets): {}",
                grouped(self.others)
            ));
        }
        let share = |part: u64, whole: u64| {
            Ratio::new(part as f64 / whole.max(1) as f64).map_or(String::new(), |share| share.to_string())
        };
        if self.lost > 0 {
            let lost = share(self.lost, self.lost + self.records);
            rows.note(format!(
                "records that the server dropped, since nobody read them in time: {} ({lost})",
                grouped(self.lost)
            ));
        }
        if self.gets > 0 {
            rows.note(format!(
                "gets that the server found: {} of {}",
                share(self.found, self.gets),
                grouped(self.gets)
            ));
        }
    }
}

/// `seconds.microseconds`, the latter without zeros before them.
fn time(text: &[u8]) -> Option<u64> {
    let point = memchr::memchr(b'.', text)?;
    let micros = digits(&text[point + 1..]).filter(|micros| *micros < 1_000_000)?;
    digits(&text[..point])?.checked_mul(SECOND)?.checked_add(micros * 1_000)
}

/// Appends a key without its percent escapes.
fn undo_escapes(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend(&rest[..at]);
        let digit = |i: usize| rest.get(at + i).and_then(|byte| char::from(*byte).to_digit(16));
        let (byte, length) = match (digit(1), digit(2)) {
            (Some(high), Some(low)) => ((high * 16 + low) as u8, 3),
            _ => (b'%', 1),
        };
        out.push(byte);
        rest = &rest[at + length..];
    }
    out.extend(rest);
}
