//! PostgreSQL's server log with the records of pgaudit: a statement that reads is a get of its text and parameters.
//!
//! It knows these records, which may run over several lines, and nothing of what becomes of a request.

use super::builder::{Builder, Flow, Row};
use super::clock::Clock;
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::long_line::LONGEST;
use super::records::{Dialect, csv_reader};
use super::words::Cell;
use crate::error::{Error, Result, Spot};
use crate::request::Op;
use crate::units::grouped;

/// Lines that are looked at to recognise it.
const LINES_TO_SNIFF: usize = 100;
/// What stands before a record.
const MARK: &[u8] = b"AUDIT: ";
/// Bytes of a day and a time, with which each record of the log begins.
const DATE: usize = "2026-03-12 08:14:05".len();
/// Where a record's fields stand: the number of its statement, the kind, the statement, its parameters.
const STATEMENT_ID: usize = 1;
const KIND: usize = 3;
const STATEMENT: usize = 7;
const PARAMETERS: usize = 8;

/// The format.
pub struct PgAudit;

static INFO: FormatInfo = FormatInfo {
    name: "pgaudit",
    extensions: &["log"],
    summary: "PostgreSQL's log with records of pgaudit",
    layout: "Lines that begin with a day and a time, with AUDIT: SESSION,... or AUDIT: OBJECT,... in them. READ is a get whose key is the \
             statement and its parameters (pgaudit.log_parameter = on; without them all calls of a statement are one key). Writes are \
             left out and counted, as they do not say what they make invalid; so is what is no record. A time without zone is UTC. From excerpts.",
};

impl Format for PgAudit {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        let is_record = |line: &&[u8]| {
            record(line).is_some_and(|(_, fields)| fields.starts_with(b"SESSION,") || fields.starts_with(b"OBJECT,"))
        };
        match lines.first().is_some_and(|line| begins(line)) && lines.iter().any(is_record) {
            true => Sniff::Yes("some of its lines are records of pgaudit"),
            false => Sniff::No,
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        rows.set_layout(
            "lines of PostgreSQL's log; key = statement and parameters of AUDIT, time = the first words".to_string(),
        );
        let mut lines = Lines::new(input);
        let mut reader = Reader::default();
        let (mut whole, mut at) = (Vec::new(), None);
        while let Some((line, spot)) = lines.next()? {
            if begins(line) || at.is_none() {
                if let Some(spot) = at
                    && reader.push(&whole, rows, spot)? == Flow::Break(())
                {
                    return Ok(());
                }
                whole.clear();
                at = Some(spot);
            } else {
                if let (Some(Spot::Line(first)), Spot::LastLine(_)) = (at, spot) {
                    at = Some(Spot::LastLine(first));
                }
                if whole.len() + line.len() < LONGEST {
                    // A statement runs over several lines.
                    whole.push(b'\n');
                }
            }
            if whole.len() + line.len() < LONGEST {
                whole.extend_from_slice(line);
            }
        }
        if let Some(spot) = at {
            let _: Flow = reader.push(&whole, rows, spot)?;
        }
        reader.finish(rows);
        Ok(())
    }
}

/// True for a line that begins a record of the log, whatever its prefix says after the time.
fn begins(line: &[u8]) -> bool {
    let digits =
        |range: std::ops::Range<usize>| line.get(range).is_some_and(|text| text.iter().all(u8::is_ascii_digit));
    digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && digits(11..13)
        && line.get(4) == Some(&b'-')
        && line.get(13) == Some(&b':')
}

/// What stands before a record of pgaudit, and its fields.
fn record(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memmem::find(line, MARK)?;
    Some((&line[..at], &line[at + MARK.len()..]))
}

/// What is carried from record to record.
struct Reader {
    clock: Clock,
    key: Vec<u8>,
    /// The statement before: its number and prefix; of each of its relations there is a record.
    before: Vec<u8>,
    writes: u64,
    foreign: u64,
    without_parameters: u64,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            clock: Clock::new(None),
            key: Vec::new(),
            before: Vec::new(),
            writes: 0,
            foreign: 0,
            without_parameters: 0,
        }
    }
}

impl Reader {
    fn push(&mut self, line: &[u8], rows: &mut Builder<'_>, spot: Spot) -> Result<Flow> {
        let Some((prefix, fields)) = record(line) else {
            self.foreign += u64::from(!line.trim_ascii().is_empty());
            return Ok(Flow::Continue(()));
        };
        let mut record = csv::ByteRecord::new();
        let dialect = Dialect { delimiter: b',', quotes: true, escapes: false };
        let is_there = csv_reader(fields, dialect).read_byte_record(&mut record).is_ok_and(|is_there| is_there);
        let field = |i: usize| record.get(i).filter(|_| is_there).unwrap_or_default();
        let time = self.time(prefix);
        let (Some(time), false) = (time, field(STATEMENT).is_empty()) else {
            let fault = Error::trace("a record of pgaudit without a time or a statement")
                .hint("log_line_prefix must begin with %m or %t; pgaudit.log_statement must be on");
            return rows.skip(fault, spot).map(|()| Flow::Continue(()));
        };
        if field(KIND) != b"READ" {
            self.writes += 1;
            return Ok(Flow::Continue(()));
        }
        // One statement of one process: its prefix without the time, and its number.
        let same = [prefix.get(DATE..).unwrap_or_default(), b",", field(STATEMENT_ID), b",", field(STATEMENT)].concat();
        if same == self.before {
            return Ok(Flow::Continue(()));
        }
        self.before = same;
        self.key.clear();
        self.key.extend_from_slice(field(STATEMENT));
        match field(PARAMETERS) {
            b"" | b"<not logged>" => self.without_parameters += 1,
            b"<none>" => {}
            parameters => {
                self.key.push(b' ');
                self.key.extend_from_slice(parameters);
            }
        }
        let row = Row { time: Some(time), key: Key::parse(&self.key), size: None, op: Op::Get, ttl: 0 };
        rows.push(row, spot)
    }

    /// The time in the first two or three words: a day, a time, perhaps a zone.
    fn time(&mut self, prefix: &[u8]) -> Option<u64> {
        let mut words = prefix.split(|byte| *byte == b' ');
        let (day, time, zone) = (words.next()?, words.next()?, words.next().unwrap_or_default());
        let zoned = [day, b" ", time, b" ", zone].concat();
        let plain = [day, b" ", time].concat();
        let mut read = |text: &[u8]| self.clock.read(Cell::Text(text)).ok();
        read(&zoned).or_else(|| read(&plain))
    }

    /// Says what was left out.
    fn finish(self, rows: &mut Builder<'_>) {
        for (what, count) in [
            ("left out, statements that do not only read", self.writes),
            ("left out, lines that are no records of pgaudit", self.foreign),
            ("statements whose parameters were not logged: all calls of one are one key", self.without_parameters),
        ] {
            if count > 0 {
                rows.note(format!("{what}: {}", grouped(count)));
            }
        }
        if let Some(note) = self.clock.note() {
            rows.note(note);
        }
    }
}
