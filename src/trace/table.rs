//! Turns rows of a table into requests: what CSV, Parquet and Arrow share once it is known which column holds what.
//!
//! It sees one row at a time as [`Cell`]s, and must not know where they come from.

use super::builder::{Builder, Flow, Row};
use super::clock::Clock;
use super::columns::Columns;
use super::intern::Key;
use super::sizes::Says;
use super::words::{self, Cell};
use crate::error::{Error, Result, Spot};
use crate::request::{Op, RENEWS};
use crate::units::grouped;

/// A row that claims to have happened more often is taken for a mistake.
const MOST_REPEATS: u64 = 1_000_000;

/// From so many requests on, rows may stand for so many of them on average.
const MANY_REQUESTS: u64 = 10_000_000;
const MOST_MEAN_REPEATS: u64 = 1_000;

/// Longest decimal of a negative key.
const NUMBER_BYTES: usize = 20;

/// Times in nanoseconds, keys and sizes.
pub type Numbers = (Option<Vec<u64>>, Vec<u64>, Option<Vec<u32>>);

/// Reads the rows of one table.
pub struct Table {
    columns: Columns,
    clock: Clock,
    unknown_sizes: u64,
    rows: u64,
    requests: u64,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: Columns) -> Table {
        Table { columns, clock: Clock::new(columns.unit), unknown_sizes: 0, rows: 0, requests: 0 }
    }

    /// Adds a row, whose i-th cell is `cell(i)`.
    ///
    /// # Errors
    /// A cell that does not fit its role; see also [`Builder::push`].
    pub fn push<'a>(&mut self, rows: &mut Builder<'_>, cell: impl Fn(usize) -> Cell<'a>, spot: Spot) -> Result<Flow> {
        let mut digits = [0; NUMBER_BYTES];
        let (row, repeats) = self.row(&cell, &mut digits).map_err(|error| rows.locate(error, spot))?;
        let says = self.columns.status.map(|status| self.says(row.op, &cell, cell(status)));
        self.rows += 1;
        self.requests += repeats;
        if self.requests > MANY_REQUESTS && self.requests / self.rows > MOST_MEAN_REPEATS {
            return Err(rows.locate(too_many(self.rows, self.requests), spot));
        }
        for _ in 0..repeats {
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
        let Columns { time, key, size, key_size: None, op: None, ttl: None, count: None, status: None, .. } =
            self.columns
        else {
            return None;
        };
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
    ) -> Result<(Row<'d>, u64)> {
        let columns = self.columns;
        let renews = columns.op.is_some_and(|op| matches!(cell(op), Cell::Text(word) if words::renews(word)));
        let row = Row {
            time: match columns.time {
                Some(time) => Some(self.clock.read(cell(time))?),
                None => None,
            },
            key: key(cell(columns.key), digits)?,
            size: match (columns.size, columns.key_size) {
                (Some(size), None) => Some(self.size(cell(size))?),
                (Some(size), Some(key_size)) => Some(sum(self.size(cell(size))?, cell(key_size))?),
                (None, _) => None,
            },
            op: match columns.op {
                Some(op) => read_op(cell(op), columns.one_is_get)?,
                None => Op::Get,
            },
            ttl: match columns.ttl {
                Some(ttl) => read_ttl(cell(ttl))?,
                None => 0,
            } | if renews { RENEWS } else { 0 },
        };
        let repeats = match columns.count {
            Some(count) => repeats(cell(count))?,
            None => 1,
        };
        Ok((row, repeats))
    }

    /// What the size of a row with a status says of its object's.
    fn says<'a>(&self, op: Op, cell: &impl Fn(usize) -> Cell<'a>, status: Cell<'_>) -> Says {
        let is_head = |column| matches!(cell(column), Cell::Text(word) if word.eq_ignore_ascii_case(b"HEAD"));
        let status = words::whole(status, "status").ok().flatten().and_then(|status| u32::try_from(status).ok());
        match (op, status) {
            (Op::Set, _) => Says::All,
            // A word instead of a status.
            (Op::Get, None) => Says::All,
            (op, status) => Says::of(op == Op::Get && !self.columns.op.is_some_and(is_head), status.unwrap_or(0)),
        }
    }

    fn size(&mut self, cell: Cell<'_>) -> Result<u64> {
        let size = words::whole(cell, "size")?;
        self.unknown_sizes += u64::from(size.is_none());
        Ok(size.unwrap_or(0))
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
        if self.rows != self.requests {
            let (rows_read, requests) = (grouped(self.rows), grouped(self.requests));
            rows.note(format!("{rows_read} rows stand for {requests} requests: a row is repeated op_count times"));
        }
    }
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

fn read_op(cell: Cell<'_>, one_is_get: bool) -> Result<Op> {
    match cell {
        Cell::Text(b"1") | Cell::Unsigned(1) | Cell::Signed(1) if one_is_get => Ok(Op::Get),
        Cell::Text(text) => words::op(text),
        cell => words::op(words::shown_cell(cell).as_bytes()),
    }
}

/// Seconds to live; 0 where the row does not say.
fn read_ttl(cell: Cell<'_>) -> Result<u32> {
    let ttl = words::whole(cell, "ttl")?.unwrap_or(0);
    u32::try_from(ttl).ok().filter(|ttl| *ttl < RENEWS).ok_or_else(|| too_long(ttl))
}

#[cold]
fn too_long(ttl: u64) -> Error {
    Error::trace(format!("a time to live of {ttl} s is more than 68 years"))
        .hint("check which column holds it: --columns ttl=NAME, in seconds; ttl=- leaves times to live out")
}

#[cold]
fn too_many(rows: u64, requests: u64) -> Error {
    let (rows, requests) = (grouped(rows), grouped(requests));
    Error::trace(format!("op_count makes {requests} requests of {rows} rows so far, more than can be meant"))
        .hint("check the column; rename op_count if it holds something else, or read a part: --limit 1000000")
}

fn repeats(cell: Cell<'_>) -> Result<u64> {
    let count = words::whole(cell, "count")?.unwrap_or(1);
    if count > MOST_REPEATS {
        let (count, most) = (grouped(count), grouped(MOST_REPEATS));
        return Err(Error::trace(format!("op_count {count} is more than the {most} that a row may stand for"))
            .hint("check the row; rename the column op_count if it holds something else"));
    }
    Ok(count)
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

    #[test]
    fn a_count_beyond_reason_is_refused() {
        assert_eq!(repeats(Cell::Text(b"3")), Ok(3));
        assert_eq!(repeats(Cell::Text(b"")), Ok(1));
        assert!(repeats(Cell::Unsigned(MOST_REPEATS + 1)).is_err());
    }
}
