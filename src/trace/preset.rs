//! What a known source is made of: how its lines become fields, by what it is recognised, and which field means what.
//!
//! The sources themselves stand in [`super::presets`]; lines are read by the readers of the three shapes.

use super::builder::Builder;
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::lines::first_lines;
use super::{csv, json, tokens};
use crate::error::Result;

/// Lines that must all fit.
const LINES_TO_SNIFF: usize = 20;

/// A source.
pub struct Preset {
    /// What it is.
    pub info: FormatInfo,
    /// How lines become fields.
    pub shape: Shape,
    /// By what it is recognised.
    pub sign: Sign,
    /// As for `--columns`; of several names with bars between them the first that is there, and of sizes the second where the
    /// first is not known.
    pub columns: &'static str,
    /// As for `--op`, where words do not mean what they usually do.
    pub ops: &'static str,
    /// Nanoseconds in one unit of the times, where their magnitude does not say it.
    pub unit: Option<u64>,
    /// Nanoseconds in one unit of the duration.
    pub duration_unit: u64,
    /// Nanoseconds in one unit of the time that the backend took.
    pub backend_unit: u64,
    /// Bytes in one unit of the size.
    pub size_unit: u64,
    /// True where keys are targets of requests over HTTP, and operations their methods.
    pub is_http: bool,
}

/// How lines become fields.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Delimited text, of which fields have these names; none where a header says them.
    Delimited {
        /// What stands between fields.
        delimiter: u8,
        /// Names of the fields, with blanks between them.
        names: &'static str,
        /// Whether a backslash stands before a quote in quotes.
        escapes: bool,
    },
    /// Words between blanks, with quotes and brackets; fields have these names.
    Tokens {
        /// Names of the fields, with blanks between them.
        names: &'static str,
        /// Whether what comes before the date in brackets is skipped.
        skips: bool,
    },
    /// An object of JSON a line.
    Json,
}

/// By what a source is recognised.
pub enum Sign {
    /// The header, or each object, has these names.
    Names(&'static [&'static str]),
    /// A comment before the first row has this in it.
    Comment(&'static str),
    /// The fields of all the first rows look like this.
    Rows(fn(&[&[u8]]) -> bool),
}

impl Sign {
    fn fits(&self, shape: Shape, bytes: &[u8], complete: bool) -> bool {
        let lines = first_lines(bytes, complete, LINES_TO_SNIFF);
        let comments = lines.iter().take_while(|line| line.starts_with(b"#"));
        let mut rows = lines.iter().filter(|line| !line.starts_with(b"#")).peekable();
        match (self, shape) {
            (Sign::Comment(word), _) => {
                comments.into_iter().any(|line| memchr::memmem::find(line, word.as_bytes()).is_some())
            }
            (_, _) if rows.peek().is_none() => false,
            (Sign::Names(names), Shape::Json) => {
                let has =
                    |line: &[u8], name: &str| memchr::memmem::find(line, format!("\"{name}\":").as_bytes()).is_some();
                let fits = |line: &[u8]| {
                    json::behind_syslog(line).starts_with(b"{") && names.iter().all(|name| has(line, name))
                };
                // Messages of other kinds may stand between the requests.
                rows.map(|line| if fits(line) { 1 } else { -1 }).sum::<i32>() > 0
            }
            (Sign::Names(names), shape) => rows.next().is_some_and(|header| {
                let fields = fields(header, shape).unwrap_or_default();
                names.iter().all(|name| fields.iter().any(|field| field.trim_ascii() == name.as_bytes()))
            }),
            (Sign::Rows(fits), shape) => {
                let mut rows = rows.filter_map(|line| fields(line, shape)).peekable();
                rows.peek().is_some() && rows.all(|fields| fits(&fields))
            }
        }
    }
}

/// The fields of a line, well enough to know it; `None` for one of something else.
fn fields<'l>(line: &'l [u8], shape: Shape) -> Option<Vec<&'l [u8]>> {
    Some(match shape {
        Shape::Delimited { delimiter, .. } => {
            let unquoted = |field: &'l [u8]| {
                field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).unwrap_or(field)
            };
            line.split(|byte| *byte == delimiter).map(unquoted).collect()
        }
        Shape::Tokens { skips, .. } => {
            let mut words = Vec::new();
            let line = tokens::behind_prefix(line, skips)?;
            tokens::split(line, &mut words);
            words.into_iter().map(|(begin, end)| &line[begin..end]).collect()
        }
        Shape::Json => Vec::new(),
    })
}

impl Format for Preset {
    fn info(&self) -> &FormatInfo {
        &self.info
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if self.sign.fits(self.shape, head.bytes, head.complete) {
            Sniff::Yes(match self.sign {
                Sign::Names(_) => "its fields have the names of this source",
                Sign::Comment(_) => "the comment before its first row says so",
                Sign::Rows(_) => "its first rows are those of this source",
            })
        } else {
            Sniff::No
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        match self.shape {
            Shape::Delimited { .. } => csv::read(Some(self), input, options, rows),
            Shape::Tokens { names, skips } => tokens::read(self, names, skips, input, options, rows),
            Shape::Json => json::read(Some(self), input, options, rows),
        }
    }
}
