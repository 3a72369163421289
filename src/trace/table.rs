//! Turns rows of a table into requests: what CSV, Parquet and Arrow share once it is known which column holds what.
//!
//! It sees one row at a time as [`Cell`]s, and must not know where they come from.

use super::builder::{Builder, Flow, Row};
use super::cells::{self, read_cost, read_ttl, repeats, tries};
use super::clock::Clock;
use super::columns::{Columns, Part};
use super::http;
use super::intern::Key;
use super::record::{self, Answered};
use super::sizes::Says;
use super::words::{self, Cell};
use crate::error::{Error, Result, Spot};
use crate::request::{Op, RENEWS, SECOND};
use crate::units::{Ratio, grouped};

/// From so many requests on, rows may stand for so many of them on average.
const MANY_REQUESTS: u64 = 10_000_000;
const MOST_MEAN_REPEATS: u64 = 1_000;

/// Of a smaller share of a service's keys nothing can be said.
const LEAST_SHARE: f64 = 1e-6;

/// Longest decimal of a negative key.
const NUMBER_BYTES: usize = 20;

/// Times in nanoseconds, keys and sizes.
pub type Numbers = (Option<Vec<u64>>, Vec<u64>, Option<Vec<u32>>);

/// Reads the rows of one table.
pub struct Table {
    columns: Columns,
    /// Whether rows hold no more than a time, a key, a size and a time to live, each in a column of its own.
    is_simple: bool,
    clock: Clock,
    /// What the row under way says of who answered.
    answered: Answered,
    /// What a miss of it costs the backend, and whether it is behind another of its chain; before that, the block of a chain that
    /// it is.
    cost: Option<u32>,
    is_chained: bool,
    block: Option<Block>,
    /// Where keys of several columns are put together.
    scratch: Vec<u8>,
    unknown_sizes: u64,
    rows: u64,
    requests: u64,
    /// Rows of operations that neither read nor change.
    others: u64,
    /// Rows without a request over HTTP.
    no_request: u64,
    /// Rows that do not say how long they took, though there is a column for it.
    untimed: u64,
    /// The share of the keys that the table has, and whether all rows say so.
    sampling: Option<f64>,
    samplings_differ: bool,
    /// Whether the times so far are whole seconds.
    is_coarse: bool,
}

/// A block of a chain: a part of a row.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// What a miss of it costs the backend, where rows have costs.
    pub cost: Option<u32>,
    /// Whether it is not the first.
    pub is_chained: bool,
}

/// A row as it is understood.
enum Read<'a> {
    /// A request, how often it happened, and what its bytes say of the object's size.
    Request(Row<'a>, u64, Option<Says>),
    /// Of an operation that neither reads nor changes.
    Other,
    /// There is no request in it.
    Nothing,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: Columns) -> Table {
        Table {
            is_simple: is_simple(&columns),
            clock: Clock::new(columns.unit),
            columns,
            answered: Answered::default(),
            cost: None,
            is_chained: false,
            block: None,
            scratch: Vec::new(),
            unknown_sizes: 0,
            rows: 0,
            requests: 0,
            others: 0,
            no_request: 0,
            untimed: 0,
            sampling: None,
            samplings_differ: false,
            is_coarse: true,
        }
    }

    /// The rows that come are blocks of a chain, or again whole rows.
    pub fn set_block(&mut self, block: Option<Block>) {
        self.block = block;
    }

    /// Adds a row, whose i-th cell is `cell(i)`.
    ///
    /// # Errors
    /// Too many rows that do not fit; see also [`Builder::push`].
    pub fn push<'a>(&mut self, rows: &mut Builder<'_>, cell: impl Fn(usize) -> Cell<'a>, spot: Spot) -> Result<Flow> {
        let mut digits = [0; NUMBER_BYTES];
        if self.is_simple && self.block.is_none() {
            return match self.simple_row(&cell, &mut digits) {
                Ok(row) => {
                    self.rows += 1;
                    self.requests += 1;
                    rows.push(row, spot)
                }
                Err(fault) => rows.skip(fault, spot).map(|()| Flow::Continue(())),
            };
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let flow = match self.row(&cell, &mut digits, &mut scratch) {
            Ok(Read::Request(row, repeats, says)) => {
                let flow = self.push_request(rows, row, repeats, says, spot);
                self.scratch = scratch;
                return flow;
            }
            Ok(Read::Other) => {
                self.others += 1;
                Ok(Flow::Continue(()))
            }
            Ok(Read::Nothing) => {
                self.no_request += 1;
                Ok(Flow::Continue(()))
            }
            Err(fault) => rows.skip(fault, spot).map(|()| Flow::Continue(())),
        };
        self.scratch = scratch;
        flow
    }

    /// A row of a simple table: most have no more, and nothing else need be looked at.
    #[inline]
    fn simple_row<'a: 'd, 'd>(
        &mut self,
        cell: &impl Fn(usize) -> Cell<'a>,
        digits: &'d mut [u8; NUMBER_BYTES],
    ) -> Result<Row<'d>> {
        let Columns { time, size, ttl, .. } = self.columns;
        Ok(Row {
            time: match time {
                Some(time) => Some(self.clock.read(cell(time))?),
                None => None,
            },
            key: key(cell(self.columns.key), digits)?,
            size: match size {
                Some(size) => {
                    let size = words::whole(cell(size), "size")?;
                    self.unknown_sizes += u64::from(size.is_none());
                    Some(size.unwrap_or(0))
                }
                None => None,
            },
            op: Op::Get,
            ttl: match ttl {
                Some(ttl) => read_ttl(cell(ttl))?,
                None => 0,
            },
        })
    }

    #[inline]
    fn push_request(
        &mut self,
        rows: &mut Builder<'_>,
        row: Row<'_>,
        repeats: u64,
        says: Option<Says>,
        spot: Spot,
    ) -> Result<Flow> {
        self.rows += 1;
        self.requests += repeats;
        if self.requests > MANY_REQUESTS && self.requests / self.rows > MOST_MEAN_REPEATS {
            return Err(rows.locate(too_many(self.rows, self.requests), spot));
        }
        for _ in 0..repeats {
            rows.set_answered(self.answered);
            if let Some(cost) = self.cost {
                rows.set_cost(cost);
            }
            rows.set_chained(self.is_chained);
            let flow = match says {
                Some(says) => rows.push_answer(row, says, spot)?,
                None => rows.push(row, spot)?,
            };
            if flow == Flow::Break(()) {
                return Ok(Flow::Break(()));
            }
        }
        Ok(Flow::Continue(()))
    }

    /// Times, keys and sizes of the next `count` rows, if the table has no other columns and all of their cells are whole
    /// numbers; such rows need not be pushed one by one.
    pub fn numbers(&mut self, count: usize, column: impl Fn(usize) -> Option<Vec<u64>>) -> Option<Numbers> {
        let Columns { time, key, size, .. } = self.columns;
        if self.columns.size_unit > 1 || self.columns.used().len() != 1 + [time, size].into_iter().flatten().count() {
            return None;
        }
        let keys = column(key)?;
        let sizes = match size {
            Some(size) => Some(column(size)?.into_iter().map(|size| u32::try_from(size).ok()).collect::<Option<_>>()?),
            None => None,
        };
        let times = match time {
            Some(time) => {
                let mut times = column(time)?;
                for time in &mut times {
                    *time = self.clock.read(Cell::Unsigned(*time)).ok()?;
                }
                Some(times)
            }
            None => None,
        };
        self.rows += count as u64;
        self.requests += count as u64;
        Some((times, keys, sizes))
    }

    #[inline]
    fn row<'a: 'd, 'd>(
        &mut self,
        cell: &impl Fn(usize) -> Cell<'a>,
        digits: &'d mut [u8; NUMBER_BYTES],
        scratch: &'d mut Vec<u8>,
    ) -> Result<Read<'d>> {
        let Columns { time, size, key_size, status, ttl, cost, count, sampling, .. } = self.columns;
        let (op, is_head, renews) = match self.op(cell)? {
            Ok(op) => op,
            Err(left_out) => return Ok(left_out),
        };
        let says = status.map(|status| self.says(op, is_head, cell(status)));
        if sampling.is_some() {
            self.note_sampling(cell);
        }
        if self.columns.result.or(self.columns.backend).or(self.columns.tries).is_some() {
            self.answered = self.answered(cell);
        }
        let row = Row {
            time: match time {
                Some(time) => Some(self.time(cell, time)?),
                None => None,
            },
            key: self.key(cell, digits, scratch)?,
            size: match (size, key_size) {
                (Some(size), None) => Some(self.size(cell, size)?),
                (Some(size), Some(key_size)) => Some(sum(self.size(cell, size)?, cell(key_size))?),
                (None, _) => None,
            },
            op,
            ttl: match ttl {
                Some(ttl) => read_ttl(cell(ttl))?,
                None => 0,
            } | if renews { RENEWS } else { 0 },
        };
        (self.cost, self.is_chained) = match (self.block, cost) {
            (Some(block), _) => (block.cost, block.is_chained),
            (None, Some(cost)) => (Some(read_cost(cell(cost))?), self.is_behind(cell)),
            (None, None) => (None, self.is_behind(cell)),
        };
        let repeats = match count {
            Some(count) => repeats(cell(count))?,
            None => 1,
        };
        Ok(Read::Request(row, repeats, says))
    }

    /// The operation, whether it asks for no body, and whether it starts the object's life anew; or what the row is instead.
    #[inline]
    fn op<'a>(
        &self,
        cell: &impl Fn(usize) -> Cell<'a>,
    ) -> Result<std::result::Result<(Op, bool, bool), Read<'static>>> {
        let columns = &self.columns;
        let word = match (columns.op, columns.request.map(cell)) {
            (None, None) => return Ok(Ok((Op::Get, false, false))),
            (Some(op), _) => cell(op),
            (None, Some(Cell::Text(line))) => match http::request(line) {
                Some((method, _)) => Cell::Text(method),
                None => return Ok(Err(Read::Nothing)),
            },
            (None, Some(_)) => return Ok(Err(Read::Nothing)),
        };
        let op = match word {
            // Messages of other kinds stand between the requests.
            Cell::Null | Cell::Text(b"" | b"-") if columns.is_http => return Ok(Err(Read::Nothing)),
            Cell::Text(text) => match columns.ops.iter().find(|(_, known)| text.eq_ignore_ascii_case(known.as_bytes()))
            {
                Some((meaning, _)) => meaning.op(),
                None if columns.is_http && text.iter().all(u8::is_ascii_uppercase) => words::method(text),
                None => words::op(text)?,
            },
            word => {
                let text = words::shown_cell(word);
                match columns.ops.iter().find(|(_, known)| *known == text) {
                    Some((meaning, _)) => meaning.op(),
                    None => words::op(text.as_bytes())?,
                }
            }
        };
        let (is_head, renews) = match word {
            Cell::Text(b"GET" | b"get") => (false, false),
            Cell::Text(text) => (text.eq_ignore_ascii_case(b"HEAD"), words::renews(text)),
            _ => (false, false),
        };
        Ok(op.map(|op| (op, is_head, renews)).ok_or(Read::Other))
    }

    #[inline]
    fn time<'a>(&mut self, cell: &impl Fn(usize) -> Cell<'a>, column: usize) -> Result<u64> {
        let time = match self.columns.time_of_day {
            None => self.clock.read(cell(column))?,
            Some(of_day) => match (cell(column), cell(of_day)) {
                (Cell::Text(day), Cell::Text(time)) => self.clock.read(Cell::Text(&[day, b"T", time].concat()))?,
                (day, _) => return Err(Error::trace(format!("'{}' is no day", words::shown_cell(day)))),
            },
        };
        let Some(duration) = self.columns.duration else { return Ok(time) };
        self.is_coarse &= time.is_multiple_of(SECOND);
        let took = cells::duration(cell(duration), self.columns.duration_unit);
        self.untimed += u64::from(took.is_none());
        // A clock of whole seconds does not become finer by it: its ticks stay ticks.
        let took = took.unwrap_or(0);
        let took = if self.is_coarse { (took + SECOND / 2) / SECOND * SECOND } else { took };
        Ok(time.saturating_sub(took))
    }

    #[inline]
    fn key<'a: 'd, 'd>(
        &self,
        cell: &impl Fn(usize) -> Cell<'a>,
        digits: &'d mut [u8; NUMBER_BYTES],
        scratch: &'d mut Vec<u8>,
    ) -> Result<Key<'d>> {
        let columns = &self.columns;
        if columns.key_parts.is_empty() && !columns.is_http {
            return key(cell(columns.key), digits);
        }
        scratch.clear();
        let whole = Part { column: columns.key, is_query: false };
        let path = columns.key_parts.iter().rev().find(|part| !part.is_query).unwrap_or(&whole).column;
        for part in std::iter::once(&whole).chain(&columns.key_parts) {
            let cell = cell(part.column);
            let text = match cell {
                Cell::Null | Cell::Text(b"" | b"-") if part.column == path => return key(Cell::Null, digits),
                Cell::Null | Cell::Text(b"" | b"-") => continue,
                Cell::Text(text) => text,
                Cell::Unsigned(_) | Cell::Signed(_) => {
                    join(scratch, words::shown_cell(cell).as_bytes());
                    continue;
                }
                Cell::Float(_) => return key(cell, digits),
            };
            let target = match columns.request == Some(part.column) {
                true => http::request(text).map_or(text, |(_, target)| target),
                false => text,
            };
            if part.is_query {
                if scratch.contains(&b'?') {
                    continue;
                }
                scratch.extend(if target.starts_with(b"?") { &b""[..] } else { b"?" });
                scratch.extend(target);
            } else if columns.is_http {
                if !target.starts_with(b"/") {
                    join(scratch, b"");
                }
                http::target(target, scratch);
            } else {
                join(scratch, target);
            }
        }
        if scratch.is_empty() { key(Cell::Null, digits) } else { Ok(Key::parse(scratch)) }
    }

    /// Whether a row says that it is behind the one before it in a chain.
    fn is_behind<'a>(&self, cell: &impl Fn(usize) -> Cell<'a>) -> bool {
        self.columns
            .chained
            .is_some_and(|column| !matches!(cell(column), Cell::Text(b"0") | Cell::Unsigned(0) | Cell::Null))
    }

    /// What a row says of who answered.
    fn answered<'a>(&self, cell: &impl Fn(usize) -> Cell<'a>) -> Answered {
        let Columns { result, backend, backend_unit, status, .. } = self.columns;
        let took = backend.and_then(|column| record::took(cell(column), backend_unit));
        let status = status.and_then(|column| read_status(cell(column))).map_or(0, u64::from);
        let answered = Answered::of(result.map(cell), took, status);
        Answered { tries: self.columns.tries.map_or(answered.tries, |column| tries(cell(column))), ..answered }
    }

    /// What the size of a row with a status says of its object's.
    fn says(&self, op: Op, is_head: bool, status: Cell<'_>) -> Says {
        let status = read_status(status);
        match (op, status) {
            (Op::Set, _) => Says::All,
            // A word instead of a status.
            (Op::Get, None) => Says::All,
            (op, status) => Says::of(op == Op::Get && !is_head, status.unwrap_or(0)),
        }
    }

    #[cold]
    fn note_sampling<'a>(&mut self, cell: &impl Fn(usize) -> Cell<'a>) {
        let share = match self.columns.sampling.map(cell) {
            Some(Cell::Text(text)) => std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()),
            Some(Cell::Float(share)) => Some(share),
            Some(Cell::Unsigned(share)) => Some(share as f64),
            _ => None,
        };
        let before = self.sampling;
        self.samplings_differ |= before.is_some() && before != share;
        self.sampling = share.or(before);
    }

    #[inline]
    fn size<'a>(&mut self, cell: &impl Fn(usize) -> Cell<'a>, column: usize) -> Result<u64> {
        let mut size = words::whole(cell(column), "size")?;
        if let (None, Some(other)) = (size, self.columns.size_else) {
            size = words::whole(cell(other), "size")?;
        }
        self.unknown_sizes += u64::from(size.is_none());
        Ok(size.unwrap_or(0).saturating_mul(self.columns.size_unit))
    }

    /// Says what was assumed.
    pub fn finish(self, rows: &mut Builder<'_>) {
        if let Some(note) = self.clock.note() {
            rows.note(note);
        }
        if self.unknown_sizes > 0 {
            rows.note(format!(
                "rows that do not know their size, which counts as 0 bytes: {}",
                grouped(self.unknown_sizes)
            ));
        }
        for (what, count) in [
            ("left out, of operations that neither read nor change", self.others),
            ("left out, rows without an HTTP request (timeouts, handshakes, garbage)", self.no_request),
            ("rows that do not say how long they took, so that they count as arriving when they ended", self.untimed),
        ] {
            if count > 0 {
                rows.note(format!("{what}: {}", grouped(count)));
            }
        }
        if self.columns.duration.is_some() {
            rows.note(if self.is_coarse {
                "times are those of the answers' end, in whole seconds; arrivals are how many whole seconds they took earlier"
            } else {
                "times are those of the answers' end, less how long they took: the arrivals"
            });
        }
        match self.sampling.and_then(Ratio::new).filter(|share| share.get() > 0.0 && share.get() < 1.0) {
            Some(_) if self.samplings_differ => rows.note("rows differ in their sampling rate, which is not used"),
            Some(share) if share.get() < LEAST_SHARE => {
                rows.note("the sampling rate is none of a sample, and is not used")
            }
            Some(share) => rows.set_sampled(share),
            None => {}
        }
        if self.rows != self.requests {
            let (rows_read, requests) = (grouped(self.rows), grouped(self.requests));
            rows.note(format!("{rows_read} rows stand for {requests} requests: a row is repeated op_count times"));
        }
    }
}

/// The status of an answer; Squid writes how it was answered before it: TCP_MISS/200.
fn read_status(status: Cell<'_>) -> Option<u32> {
    let status = match status {
        Cell::Text(text) => Cell::Text(text.rsplit(|byte| *byte == b'/').next().unwrap_or(text)),
        status => status,
    };
    words::whole(status, "status").ok().flatten().and_then(|status| u32::try_from(status).ok())
}

fn is_simple(columns: &Columns) -> bool {
    let Columns { time, size, ttl, size_unit, request, is_http, .. } = *columns;
    let simple = 1 + [time, size, ttl].into_iter().flatten().count();
    columns.used().len() == simple && size_unit == 1 && request.is_none() && !is_http
}

/// Goes on with a key: a slash stands between its parts, unless there is one.
fn join(key: &mut Vec<u8>, part: &[u8]) {
    if !(key.is_empty() || key.ends_with(b"/") || part.starts_with(b"/")) {
        key.push(b'/');
    }
    key.extend(part);
}

/// The size of both, a value and its key.
fn sum(size: u64, key_size: Cell<'_>) -> Result<u64> {
    Ok(size.saturating_add(words::whole(key_size, "size")?.unwrap_or(0)))
}

fn key<'a>(cell: Cell<'a>, digits: &'a mut [u8; NUMBER_BYTES]) -> Result<Key<'a>> {
    match cell {
        Cell::Null | Cell::Text(b"") => {
            Err(Error::trace("a row has no key").hint("--columns key=NAME says which column holds the keys"))
        }
        Cell::Text(text) => Ok(Key::parse(text)),
        Cell::Unsigned(number) => Ok(Key::Number(number)),
        Cell::Signed(number) => match u64::try_from(number) {
            Ok(number) => Ok(Key::Number(number)),
            // As CSV would write it.
            Err(_) => Ok(Key::Text(write_negative(number, digits))),
        },
        Cell::Float(_) => Err(Error::trace("keys must be whole numbers or text, not floating-point numbers")
            .hint("--columns key=NAME says which column holds the keys")),
    }
}

fn write_negative(number: i64, digits: &mut [u8; NUMBER_BYTES]) -> &[u8] {
    let mut rest = number.unsigned_abs();
    let mut start = NUMBER_BYTES;
    while rest > 0 {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    start -= 1;
    digits[start] = b'-';
    &digits[start..]
}

#[cold]
fn too_many(rows: u64, requests: u64) -> Error {
    let (rows, requests) = (grouped(rows), grouped(requests));
    Error::trace(format!("op_count makes {requests} requests of {rows} rows so far, more than can be meant"))
        .hint("check the column; rename op_count if it holds something else, or read a part: --limit 1000000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_keys_are_written_as_text() {
        for number in [-1, -907, i64::MIN] {
            let mut digits = [0; NUMBER_BYTES];
            assert_eq!(write_negative(number, &mut digits), number.to_string().as_bytes());
        }
    }
}
