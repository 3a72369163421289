//! The lines of a text, one after the other, none longer than a request can be.
//!
//! It knows line ends and nothing of what is in a line.

use super::input::Input;
use super::long_line::{self, LONGEST};
use crate::error::{Result, Spot};
use std::io::{BufRead, BufReader, Read};

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Some editors begin a file with this.
pub const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// Of so many lines the last may be missing.
const MANY: usize = 3;

/// An input line by line.
pub struct Lines {
    input: BufReader<Input>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// The lines of `input`.
    pub fn new(input: Input) -> Lines {
        Lines { input: BufReader::with_capacity(BUFFER_BYTES, input), line: Vec::new(), number: 0 }
    }

    /// The next line, without its end, and where it stands; `None` after the last.
    ///
    /// # Errors
    /// An input that breaks off, or a line without end.
    pub fn next(&mut self) -> Result<Option<(&[u8], Spot)>> {
        self.line.clear();
        let length = match (&mut self.input).take(LONGEST as u64).read_until(b'\n', &mut self.line) {
            Ok(LONGEST) if !self.line.ends_with(b"\n") => Err(long_line::error()),
            length => length,
        };
        if length.map_err(|cause| self.input.get_ref().broken(&cause))? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = if self.number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        Ok(Some((line.strip_suffix(b"\r").unwrap_or(line), Spot::Line(self.number))))
    }
}

/// Up to `count` whole lines from a file's first bytes, without those that are empty. A last one without an end may have been
/// cut off; where there are others it is none.
pub fn first_lines(bytes: &[u8], complete: bool, count: usize) -> Vec<&[u8]> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let is_many = || memchr::memchr_iter(b'\n', bytes).nth(MANY - 2).is_some();
    let whole = match memchr::memrchr(b'\n', bytes) {
        Some(end) if !complete || is_many() => &bytes[..end],
        _ => bytes,
    };
    let lines = whole.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.trim_ascii().is_empty()).take(count).collect()
}
