//! What a known source is made of: how its lines become fields, by what it is recognised, and which field means what.
//!
//! The sources themselves stand in [`super::presets`]; `known.rs` recognises and reads them.

use super::format::FormatInfo;

/// A source.
pub struct Preset {
    /// What it is.
    pub info: FormatInfo,
    /// How lines become fields.
    pub shape: Shape,
    /// By what it is recognised.
    pub sign: Sign,
    /// As for `--columns`; of several names with bars between them the first that is there, and of sizes the second where the
    /// first is not known. A key's column with a `!` before it holds the line of the request; `block` is the column that says how
    /// many tokens a block has.
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
    /// Tokens of a block where no column says it; a row's array of keys is a chain of them: a hit needs all before it.
    pub block_tokens: Option<u32>,
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
    /// The header, or an object, has these names; of several with bars between them, one.
    Names(&'static [&'static str]),
    /// A comment before the first row has this in it.
    Comment(&'static str),
    /// The fields of all the first rows look like this.
    Rows(fn(&[&[u8]]) -> bool),
}

impl Preset {
    /// True where columns have the names by which the source is recognised.
    pub fn is_named(&self, columns: &[&[u8]]) -> bool {
        let Sign::Names(names) = self.sign else { return false };
        let is_there = |name: &str| columns.iter().any(|column| column.trim_ascii() == name.as_bytes());
        names.iter().all(|of| of.split('|').any(is_there))
    }
}

/// Digits and nothing else.
pub fn is_number(field: &[u8]) -> bool {
    !field.is_empty() && field.iter().all(u8::is_ascii_digit)
}

/// A date and time as of ISO 8601.
pub fn is_iso(field: &[u8]) -> bool {
    field.len() >= 19 && field[4] == b'-' && field[10] == b'T' && is_number(&field[..4])
}

/// What block traces call their operations.
pub fn is_read_or_write(field: &[u8]) -> bool {
    [&b"R"[..], b"W", b"Read", b"Write"].contains(&field)
}
