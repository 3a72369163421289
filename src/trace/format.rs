//! Trace formats: the trait every reader implements, the registry of them all, and how a file's format is recognised.
//!
//! Adding a format = one file in this folder and one line in [`FORMATS`]. Nothing here knows what a cell of the
//! replay does with the rows.

use super::builder::Builder;
use super::input::{Input, in_shell};
use super::presets::PRESETS;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::request::Op;
use crate::units::{Ratio, Seconds};

/// What a format says of itself; feeds help, docs and `coldgap formats`.
#[derive(Debug, Clone, Copy)]
pub struct FormatInfo {
    /// The name for `--input`.
    pub name: &'static str,
    /// Usual endings of file names, without the dot.
    pub extensions: &'static [&'static str],
    /// One line.
    pub summary: &'static str,
    /// The layout, in a paragraph, as a user needs it to make such a file.
    pub layout: &'static str,
}

/// What a format says of a file's first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniff {
    /// Certainly this format, and why.
    Yes(&'static str),
    /// Certainly not.
    No,
    /// It may be; reading it as this would work, and why.
    NotSure(&'static str),
}

/// The first bytes of a file, decompressed.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Up to [`super::input::HEAD_BYTES`] bytes.
    pub bytes: &'a [u8],
    /// True where `bytes` is the whole file.
    pub complete: bool,
    /// The file's name without a compression's ending; empty for standard input.
    pub name: &'a str,
}

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
    pub(super) fn refuse_columns(&self, format: &FormatInfo) -> Result<()> {
        let flag = match (self.columns.is_empty(), self.time_unit) {
            (false, _) => "--columns",
            (true, Some(_)) => "--time-unit",
            (true, None) => return Ok(()),
        };
        Err(Error::usage(format!("{flag} is for tables, and {} has a fixed layout", format.name))
            .hint(format!("leave it out, or name a table's format: --input csv; see coldgap formats {}", format.name)))
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
    /// What a miss costs the backend.
    Cost,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 11] = [
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
            Role::Cost => "cost",
        }
    }
}

/// Units of a time column as `--time-unit` names them, and their nanoseconds.
pub const UNITS: [(&str, u64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

/// A trace format. The order of [`FORMATS`] settles ties between those that are not sure.
pub trait Format: Sync {
    /// What it is.
    fn info(&self) -> &FormatInfo;

    /// Whether a file that begins like this is of this format. May be wrong, must not panic on any bytes.
    fn sniff(&self, head: &Head<'_>) -> Sniff;

    /// Reads all rows into `rows`, until the end or until `rows` says `Break`.
    ///
    /// # Errors
    /// Anything that does not fit the format, with the spot; nothing is skipped in silence. Must not panic on any bytes.
    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()>;
}

/// Every reader that stands for a format of its own.
pub static FORMATS: &[&dyn Format] = &[
    &super::parquet::Parquet,
    &super::arrow_ipc::ArrowIpc,
    &super::binary::LCS,
    &super::binary::VSCSI,
    &super::binary::TWR,
    &super::binary::ORACLE_OP_NS,
    &super::binary::BE32,
    &super::binary::BE64,
    &super::oracle_general::OracleGeneral,
    &super::klog::CommandLog,
    &super::pgaudit::PgAudit,
    &super::access_log::AccessLog,
    &super::redis::RedisMonitor,
    &super::memcached::MemcachedWatch,
    &super::otlp::Spans,
    &super::arc::ArcList,
    &super::csv::Csv,
    &super::json::JsonLines,
];

/// The number of [`FORMATS`] that are asked before the presets: they are certain of their own.
const BEFORE_PRESETS: usize = 16;

/// Every format and preset, in the order they are asked.
pub fn all() -> impl Iterator<Item = &'static dyn Format> {
    let presets = PRESETS.iter().map(|preset| preset as &dyn Format);
    FORMATS[..BEFORE_PRESETS].iter().copied().chain(presets).chain(FORMATS[BEFORE_PRESETS..].iter().copied())
}

/// The format of an input and why: the one named, or the one that recognises it.
///
/// # Errors
/// A name that no format has, or bytes that none recognises.
pub fn recognise(input: &Input, named: Option<&str>) -> Result<(&'static dyn Format, &'static str)> {
    if let Some(name) = named {
        return match all().find(|format| format.info().name.eq_ignore_ascii_case(name)) {
            Some(format) => Ok((format, "named by --input")),
            None => Err(Error::usage(format!("there is no format '{name}'")).hint(format!("one of: {}", known()))),
        };
    }
    let head = input.head();
    if head.bytes.is_empty() {
        return Err(Error::trace("the file is empty")
            .at(&input.name, None)
            .hint("check that it was downloaded or written to its end"));
    }
    let mut not_sure = None;
    for format in all() {
        match format.sniff(&head) {
            Sniff::Yes(why) => return Ok((format, why)),
            Sniff::NotSure(why) => {
                not_sure.get_or_insert((format, why));
            }
            Sniff::No => {}
        }
    }
    not_sure.ok_or_else(|| unknown(&head, &in_shell(&input.name)).at(&input.name, None))
}

fn known() -> String {
    all().map(|format| format.info().name).collect::<Vec<_>>().join(", ")
}

/// Where an archive of tar says that it is one.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// True for UTF-8, which may end inside a character.
pub(super) fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// No format recognises a file: what it seems to be, and how to make of it one that is read.
fn unknown(head: &Head<'_>, name: &str) -> Error {
    let bytes = head.bytes;
    let hint = if bytes.starts_with(b"PK\x03\x04") {
        format!("it is a zip archive; unpack it: unzip -p {name} | coldgap inspect -")
    } else if bytes.get(TAR_MAGIC) == Some(b"ustar") {
        format!("it is a tar archive; unpack it: tar -xOf {name} | coldgap inspect -")
    } else if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        format!("it is text in UTF-16; write it as UTF-8: iconv -f UTF-16 -t UTF-8 {name} | coldgap inspect -")
    } else if is_utf8(bytes) && matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
        format!(
            "it looks like JSON over several lines; write one object a line: jq -c '.[]' {name} | coldgap inspect -"
        )
    } else {
        "name it with --input, like --input csv; coldgap formats lists them".to_string()
    };
    Error::trace("no format recognises this file").hint(hint)
}
