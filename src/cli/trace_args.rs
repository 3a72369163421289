//! The flags that say which traces are read, and how.

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::spec::PolicySpec;
use crate::trace::options::{Meaning, Role, SkipBad, UNITS};
use crate::trace::source::Source;
use crate::trace::{self, ReadOptions, Trace};
use crate::units::{Demand, Rate, Ratio, Seconds};
use clap::Args;
use std::path::PathBuf;

fn need_future(policies: &[PolicySpec]) -> bool {
    policies.iter().any(|policy| policy.info().needs_future)
}

/// The files of one service, or of several.
#[derive(Debug, Clone, Args)]
pub struct Files {
    /// The files of one service, in any order: they are merged by time; - reads standard input
    #[arg(required = true, value_name = "TRACE")]
    pub traces: Vec<PathBuf>,
    /// Each file is a trace of its own
    #[arg(long, help_heading = "Reading the trace")]
    each: bool,
}

impl Files {
    /// The files of each trace.
    pub fn each(&self) -> impl ExactSizeIterator<Item = &[PathBuf]> {
        self.traces.chunks(if self.each { 1 } else { self.traces.len().max(1) })
    }
}

/// How to read a trace.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading the trace")]
pub struct TraceArgs {
    /// Read it as this format instead of recognising it (see: coldgap formats)
    #[arg(long, value_name = "FORMAT")]
    input: Option<String>,
    /// Which column of a table, or field of JSON, holds what, by name, number or path: time=1,key=host+path,size=a.b,op=6,ttl=7;
    /// size=- leaves sizes out; also status, duration, request, and cost: what a miss costs the backend
    #[arg(long, value_name = "ROLE=COLUMN,...", value_parser = parse_columns)]
    columns: Option<Columns>,
    /// Unit of the time column: s, ms, us or ns (default: by its magnitude, said in the report); mdy or dmy for dates like 3/12/2026
    #[arg(long, value_name = "UNIT", value_parser = parse_time_unit)]
    time_unit: Option<u64>,
    /// What stands between columns of text: a character, tab or blank
    #[arg(long, value_name = "CHARACTER", value_parser = parse_delimiter)]
    delimiter: Option<u8>,
    /// The first line of delimited text is a row, not a header
    #[arg(long)]
    no_header: bool,
    /// What words of operations mean: get=0,set=1; delete and skip likewise
    #[arg(long, value_name = "MEANING=WORD,...", value_parser = parse_ops)]
    op: Option<Ops>,
    /// The file has this share of its service's keys
    #[arg(long, value_name = "SHARE", value_parser = parse_sampled)]
    sampled: Option<Ratio>,
    /// How many rows may be left out because they cannot be read, or which share of them (default: 0.1%)
    #[arg(long, value_name = "N", value_parser = parse_skip_bad)]
    skip_bad: Option<SkipBad>,
    /// Requests a second of a trace without times: they are spaced evenly
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    rate: Option<Rate>,
    /// Skip what comes earlier than this after the first request
    #[arg(long, value_name = "TIME")]
    from: Option<Seconds>,
    /// Stop at this time after the first request
    #[arg(long, value_name = "TIME")]
    until: Option<Seconds>,
    /// Read at most so many requests
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    #[arg(skip)]
    memory: Option<u64>,
    #[arg(skip)]
    copies: Vec<(PathBuf, PathBuf)>,
}

/// Parsed `--columns`.
type Columns = Vec<(Role, String)>;

/// Parsed `--op`.
type Ops = Vec<(Meaning, String)>;

fn parse_ops(text: &str) -> std::result::Result<Ops, String> {
    let parse = |part: &str| {
        let (meaning, word) = part.split_once('=').ok_or_else(|| format!("'{part}' is not MEANING=WORD"))?;
        let known = Meaning::ALL.into_iter().find(|known| known.name() == meaning.trim());
        let known = known.ok_or_else(|| format!("'{meaning}' is not one of get, set, delete, skip"))?;
        Ok((known, word.trim().to_string()))
    };
    text.split(',').map(parse).collect()
}

fn parse_delimiter(text: &str) -> std::result::Result<u8, String> {
    match text {
        "tab" | "\\t" | "\t" => Ok(b'\t'),
        "blank" | "space" => Ok(b' '),
        text => match text.as_bytes() {
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => Ok(*byte),
            _ => Err("write one character that is no letter, digit or quote, or tab, or blank".to_string()),
        },
    }
}

fn parse_sampled(text: &str) -> std::result::Result<Ratio, String> {
    match text.parse::<Ratio>() {
        Ok(share) if share.get() > 0.0 => Ok(share),
        Ok(_) => Err("a file with none of the keys holds nothing".to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn parse_skip_bad(text: &str) -> std::result::Result<SkipBad, String> {
    match text.parse::<u64>() {
        Ok(rows) => Ok(SkipBad::Rows(rows)),
        Err(_) => match text.parse::<Ratio>() {
            Ok(share) => Ok(SkipBad::Share(share.get())),
            Err(_) => Err("write a number of rows like 3, or a share like 1%".to_string()),
        },
    }
}

fn parse_columns(text: &str) -> std::result::Result<Columns, String> {
    let mut columns: Columns = Vec::new();
    for part in text.split(',') {
        let (role, column) = part.split_once('=').ok_or_else(|| format!("'{part}' is not ROLE=COLUMN"))?;
        let role = role.trim();
        let known = Role::ALL.into_iter().find(|known| known.name() == role);
        let role = known.ok_or_else(|| format!("'{role}' is not one of {}", Role::ALL.map(Role::name).join(", ")))?;
        if columns.iter().any(|(known, _)| *known == role) {
            return Err(format!("'{part}': this role is given twice"));
        }
        columns.push((role, column.trim().to_string()));
    }
    Ok(columns)
}

fn parse_time_unit(text: &str) -> std::result::Result<u64, String> {
    let known = UNITS.iter().find(|(name, _)| *name == text);
    known
        .map(|(_, unit)| *unit)
        .ok_or_else(|| "write s, ms, us or ns, or mdy or dmy for dates like 3/12/2026".to_string())
}

fn parse_rate(text: &str) -> std::result::Result<Rate, String> {
    match text.parse::<Rate>() {
        Ok(rate) if rate.of == Demand::Answers => Ok(rate),
        Ok(_) => Err("requests are counted, not bytes; write it like 3000/s".to_string()),
        Err(error) => Err(error.to_string()),
    }
}

impl TraceArgs {
    /// The same where what is read may take so many bytes; `None`: any.
    #[must_use]
    pub fn within(&self, memory: Option<u64>) -> TraceArgs {
        TraceArgs { memory, ..self.clone() }
    }

    /// The same where files are read by the names of others: a name, and where its bytes are.
    #[must_use]
    pub fn with_copies(&self, copies: Vec<(PathBuf, PathBuf)>) -> TraceArgs {
        TraceArgs { copies, ..self.clone() }
    }

    /// What the format readers need to know.
    pub fn options(&self, interrupt: &Interrupt) -> ReadOptions {
        ReadOptions {
            format: self.input.clone(),
            columns: self.columns.clone().unwrap_or_default(),
            time_unit: self.time_unit,
            delimiter: self.delimiter,
            no_header: self.no_header,
            ops: self.op.clone().unwrap_or_default(),
            sampled: self.sampled,
            skip_bad: self.skip_bad.unwrap_or_default(),
            from: self.from,
            until: self.until,
            limit: self.limit,
            sample: None,
            sort: false,
            records: false,
            memory: self.memory,
            copies: self.copies.clone(),
            interrupt: interrupt.clone(),
        }
    }

    /// Reads the files of one service for these policies: the future is computed only where one of them reads it, and a trace
    /// without times gets them from --rate.
    ///
    /// # Errors
    /// See [`trace::read_all`]; --rate for a trace that has times.
    pub fn read_for(&self, paths: &[PathBuf], policies: &[PolicySpec], interrupt: &Interrupt) -> Result<Trace> {
        self.read_with(paths, policies, &self.options(interrupt))
    }

    /// The same with what its records say of who answered.
    ///
    /// # Errors
    /// See [`TraceArgs::read_for`].
    pub fn read_recorded(&self, paths: &[PathBuf], policies: &[PolicySpec], interrupt: &Interrupt) -> Result<Trace> {
        self.read_with(paths, policies, &ReadOptions { records: true, ..self.options(interrupt) })
    }

    fn read_with(&self, paths: &[PathBuf], policies: &[PolicySpec], options: &ReadOptions) -> Result<Trace> {
        let mut trace = self.finish(trace::read_all(paths, options)?.0)?;
        if need_future(policies) {
            trace.look_ahead();
        }
        Ok(trace)
    }

    /// Opens one trace for an ordinary replay through these policies: a native file is streamed, unless one of them reads the
    /// future.
    ///
    /// # Errors
    /// See [`TraceArgs::read_for`].
    pub fn open_for(
        &self,
        paths: &[PathBuf],
        policies: &[PolicySpec],
        interrupt: &Interrupt,
    ) -> Result<Source<'static>> {
        if need_future(policies) || self.rate.is_some() {
            return Ok(self.read_for(paths, policies, interrupt)?.into());
        }
        Source::open(paths, &self.options(interrupt))
    }

    /// Applies --rate.
    pub fn finish(&self, mut trace: Trace) -> Result<Trace> {
        if let Some(rate) = self.rate {
            if trace.has_times() {
                return Err(Error::usage("--rate is for traces without times, and this one has them")
                    .at(&trace.name, None)
                    .hint("leave --rate out; to change the load use --load"));
            }
            trace.space_evenly(rate);
        }
        Ok(trace)
    }
}
