//! How a trace is read: what the user said about its columns, words and rows, and which part of it is wanted. It knows no
//! format.

use super::clock::{DAY_FIRST, MONTH_FIRST};
use super::input::{Input, in_shell};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::request::Op;
use crate::units::{Ratio, Seconds};
use std::path::{Path, PathBuf};

/// How to read a trace: what the user said about it.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// `--input`: a format's name, where the user knows better.
    pub format: Option<String>,
    /// `--columns`: which column holds what, for tables.
    pub columns: Vec<(Role, String)>,
    /// `--time-unit`: nanoseconds in one unit of the time column, where the user says it.
    pub time_unit: Option<u64>,
    /// `--delimiter`: what stands between the fields of delimited text, where the user says it.
    pub delimiter: Option<u8>,
    /// `--no-header`: the first line of delimited text is a row.
    pub no_header: bool,
    /// `--op`: what words of operations mean.
    pub ops: Vec<(Meaning, String)>,
    /// `--sampled`: the share of the keys that the file has.
    pub sampled: Option<Ratio>,
    /// `--skip-bad`: how many rows may be left out that cannot be read.
    pub skip_bad: SkipBad,
    /// Skip requests earlier than this after the first.
    pub from: Option<Seconds>,
    /// Stop at this time after the first request.
    pub until: Option<Seconds>,
    /// Keep at most so many requests.
    pub limit: Option<u64>,
    /// Keep this share of the keys, chosen by hash.
    pub sample: Option<Ratio>,
    /// Sort by time instead of refusing times that step back.
    pub sort: bool,
    /// Whether to keep what records say of who answered.
    pub records: bool,
    /// Bytes that what is read may take; `None`: any.
    pub memory: Option<u64>,
    /// Files by whose names others are read: a name, and where its bytes are.
    pub copies: Vec<(PathBuf, PathBuf)>,
    /// Stops the reading.
    pub interrupt: Interrupt,
}

impl ReadOptions {
    /// Refuses options that contradict each other.
    pub(super) fn check(&self) -> Result<()> {
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from >= until
        {
            return Err(Error::usage(format!("--from {from} is not before --until {until}; nothing would be left"))
                .hint("both are counted from the first request"));
        }
        Ok(())
    }

    /// Opens a file, or the one that is read in its place.
    pub(super) fn open(&self, path: &Path) -> Result<Input> {
        match self.copies.iter().find(|(name, _)| name == path) {
            Some((name, copy)) => Input::open_copy(name, copy),
            None => Input::open(path),
        }
    }

    /// True where they change nothing of a native file.
    pub(super) fn is_plain(&self) -> bool {
        let format = self.format.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("parquet"));
        let parts = self.from.or(self.until).is_some() || self.limit.is_some() || self.sample.is_some();
        format && !parts && !self.sort && self.columns.is_empty() && self.time_unit.is_none() && self.sampled.is_none()
    }

    /// The flags that say how the columns of a file are read, each after a blank.
    pub(super) fn flags(&self) -> String {
        let mut flags = String::new();
        if let Some(format) = &self.format {
            flags += &format!(" --input {format}");
        }
        if !self.columns.is_empty() {
            let columns: Vec<String> =
                self.columns.iter().map(|(role, column)| format!("{}={column}", role.name())).collect();
            flags += &format!(" --columns {}", in_shell(&columns.join(",")));
        }
        if let Some((name, _)) = UNITS.iter().find(|(_, unit)| Some(*unit) == self.time_unit) {
            flags += &format!(" --time-unit {name}");
        }
        if let Some(delimiter) = self.delimiter {
            flags += &format!(" --delimiter {}", in_shell(&delimiter_name(delimiter)));
        }
        if self.no_header {
            flags += " --no-header";
        }
        if !self.ops.is_empty() {
            let ops: Vec<String> =
                self.ops.iter().map(|(meaning, word)| format!("{}={word}", meaning.name())).collect();
            flags += &format!(" --op {}", in_shell(&ops.join(",")));
        }
        if let Some(share) = self.sampled {
            flags += &format!(" --sampled {share}");
        }
        match self.skip_bad {
            SkipBad::Rows(rows) => flags += &format!(" --skip-bad {rows}"),
            SkipBad::Share(share) if self.skip_bad != SkipBad::default() => {
                flags += &format!(" --skip-bad {}%", share * 100.0);
            }
            SkipBad::Share(_) => {}
        }
        flags
    }

    /// Refuses what only makes sense for tables, for a format whose columns are fixed.
    pub(super) fn refuse_columns(&self, format: &str) -> Result<()> {
        let flag = match (self.columns.is_empty(), self.time_unit) {
            (false, _) => "--columns",
            (true, Some(_)) => "--time-unit",
            (true, None) => return Ok(()),
        };
        Err(Error::usage(format!("{flag} is for tables, and {format} has a fixed layout"))
            .hint(format!("leave it out, or name a table's format: --input csv; see coldgap formats {format}")))
    }
}

/// How many rows may be left out because they cannot be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SkipBad {
    /// So many.
    Rows(u64),
    /// This share of all, of 1.
    Share(f64),
}

impl Default for SkipBad {
    fn default() -> SkipBad {
        SkipBad::Share(0.001)
    }
}

/// A delimiter as `--delimiter` names it.
pub fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_string(),
        b' ' => "blank".to_string(),
        other => char::from(other).to_string(),
    }
}

/// What a word of an operation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Reads the object.
    Get,
    /// Writes it.
    Set,
    /// Makes it invalid.
    Delete,
    /// Neither: the row is left out.
    Skip,
}

impl Meaning {
    /// Every meaning.
    pub const ALL: [Meaning; 4] = [Meaning::Get, Meaning::Set, Meaning::Delete, Meaning::Skip];

    /// As `--op` names it.
    pub fn name(self) -> &'static str {
        match self {
            Meaning::Get => "get",
            Meaning::Set => "set",
            Meaning::Delete => "delete",
            Meaning::Skip => "skip",
        }
    }

    /// The operation; `None` for what is left out.
    pub fn op(self) -> Option<Op> {
        match self {
            Meaning::Get => Some(Op::Get),
            Meaning::Set => Some(Op::Set),
            Meaning::Delete => Some(Op::Delete),
            Meaning::Skip => None,
        }
    }
}

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// When.
    Time,
    /// Which object.
    Key,
    /// How many bytes.
    Size,
    /// What is done.
    Op,
    /// How long the answer lives.
    Ttl,
    /// The status of an answer over HTTP.
    Status,
    /// How long the answer took: the time is then that of its end.
    Duration,
    /// The line of a request over HTTP, `GET /a HTTP/1.1`: operation and key.
    Request,
    /// Whether a cache answered: hit, miss and the like.
    Result,
    /// How long the backend took.
    Backend,
    /// How often the backend was asked for one answer.
    Tries,
    /// What a miss costs the backend.
    Cost,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 12] = [
        Role::Time,
        Role::Key,
        Role::Size,
        Role::Op,
        Role::Ttl,
        Role::Status,
        Role::Duration,
        Role::Request,
        Role::Result,
        Role::Backend,
        Role::Tries,
        Role::Cost,
    ];

    /// As `--columns` names it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Time => "time",
            Role::Key => "key",
            Role::Size => "size",
            Role::Op => "op",
            Role::Ttl => "ttl",
            Role::Status => "status",
            Role::Duration => "duration",
            Role::Request => "request",
            Role::Result => "result",
            Role::Backend => "backend",
            Role::Tries => "tries",
            Role::Cost => "cost",
        }
    }
}

/// Units of a time column as `--time-unit` names them, and their nanoseconds; and the order of dates whose year comes last.
pub const UNITS: [(&str, u64); 6] =
    [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1), ("mdy", MONTH_FIRST), ("dmy", DAY_FIRST)];
