//! Known sources as formats: recognised by their signs, and read by the readers of the three shapes. It knows no single source.

use super::builder::Builder;
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::lines::first_lines;
use super::preset::{Preset, Shape, Sign};
use super::{csv, json, tokens};
use crate::error::Result;

/// Lines that must all fit.
const LINES_TO_SNIFF: usize = 20;
/// Lines of JSON of which one must: what a server says while it starts may stand before its first request.
const OBJECTS_TO_SNIFF: usize = 50;

impl Format for Preset {
    fn info(&self) -> &FormatInfo {
        &self.info
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if self.fits(head.bytes, head.complete) {
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

impl Preset {
    fn fits(&self, bytes: &[u8], complete: bool) -> bool {
        let most = if matches!(self.shape, Shape::Json) { OBJECTS_TO_SNIFF } else { LINES_TO_SNIFF };
        let lines = first_lines(bytes, complete, most);
        let comments = lines.iter().take_while(|line| line.starts_with(b"#"));
        let mut rows = lines.iter().filter(|line| !line.starts_with(b"#")).peekable();
        match (&self.sign, self.shape) {
            (Sign::Comment(word), _) => {
                comments.into_iter().any(|line| memchr::memmem::find(line, word.as_bytes()).is_some())
            }
            (_, _) if rows.peek().is_none() => false,
            (Sign::Names(names), Shape::Json) => {
                let has = |line: &[u8], name: &str| {
                    let quoted = format!("\"{name}\"");
                    let mut ends = memchr::memmem::find_iter(line, &quoted).map(|at| &line[at + quoted.len()..]);
                    ends.any(|rest| rest.trim_ascii_start().starts_with(b":"))
                };
                let fits = |line: &[u8]| {
                    line.starts_with(b"{") && names.iter().all(|of| of.split('|').any(|name| has(line, name)))
                };
                rows.any(|line| fits(json::object(line)))
            }
            (Sign::Names(_), shape) => {
                rows.next().is_some_and(|header| self.is_named(&fields(header, shape).unwrap_or_default()))
            }
            (Sign::Rows(fits), Shape::Tokens { .. }) => {
                is_most(rows.filter_map(|line| fields(line, self.shape)).map(|fields| fits(&fields)))
            }
            (Sign::Rows(fits), shape) => {
                let mut rows = rows.filter_map(|line| fields(line, shape)).peekable();
                rows.peek().is_some() && rows.all(|fields| fits(&fields))
            }
        }
    }
}

/// True where most lines fit: messages of other kinds may stand between the requests.
fn is_most(fit: impl Iterator<Item = bool>) -> bool {
    fit.map(|fits| if fits { 1 } else { -1 }).sum::<i32>() > 0
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
