//! The lines of a text, one after the other, none longer than a request can be.
//!
//! It knows line ends and nothing of what is in a line.

use super::input::Input;
use super::long_line::{self, LONGEST};
use crate::error::{Result, Spot};
use std::io::{self, Read};
use std::mem;

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Some editors begin a file with this.
pub const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// Of so many lines the last may be missing.
const MANY: usize = 3;

/// An input line by line.
pub struct Lines {
    input: Input,
    /// What was read, of which lines are handed out: as long as the longest line needs.
    buffer: Vec<u8>,
    /// Where the next line begins, and where what was read ends.
    begin: usize,
    end: usize,
    is_over: bool,
    number: u64,
}

impl Lines {
    /// The lines of `input`.
    pub fn new(input: Input) -> Lines {
        Lines { input, buffer: vec![0; BUFFER_BYTES], begin: 0, end: 0, is_over: false, number: 0 }
    }

    /// The next line, without its end, and where it stands, [`Spot::LastLine`] where it has none; `None` after the last.
    ///
    /// # Errors
    /// An input that breaks off, or a line without end.
    #[inline]
    pub fn next(&mut self) -> Result<Option<(&[u8], Spot)>> {
        let mut looked = 0;
        let (end, next) = loop {
            let rest = &self.buffer[self.begin..self.end];
            match memchr::memchr(b'\n', &rest[looked..]) {
                Some(at) => break (self.begin + looked + at, self.begin + looked + at + 1),
                None if self.is_over && rest.is_empty() => return Ok(None),
                None if self.is_over => break (self.end, self.end),
                None => {
                    looked = rest.len();
                    self.read_more().map_err(|cause| self.input.broken(&cause))?;
                }
            }
        };
        let line = &self.buffer[mem::replace(&mut self.begin, next)..end];
        self.number += 1;
        let line = if self.number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        let line = behind_zeros(line);
        let spot = if next > end { Spot::Line(self.number) } else { Spot::LastLine(self.number) };
        Ok(Some((line.strip_suffix(b"\r").unwrap_or(line), spot)))
    }

    /// Reads on behind the line that has begun.
    fn read_more(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.begin..self.end, 0);
        self.end -= mem::take(&mut self.begin);
        if self.end >= LONGEST {
            return Err(long_line::error());
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(2 * self.end, 0);
        }
        let read = loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.is_over = read == 0;
        self.end += read;
        Ok(())
    }
}

/// A log that was cut while it was written goes on behind zeros.
#[inline(always)]
fn behind_zeros(line: &[u8]) -> &[u8] {
    match line.first() {
        Some(0) => &line[line.iter().position(|byte| *byte != 0).unwrap_or(line.len())..],
        _ => line,
    }
}

/// The whole lines among a file's first bytes. A last one without an end may have been cut off; where there are others it is left
/// out.
pub fn whole_lines(bytes: &[u8], complete: bool) -> &[u8] {
    let is_many = || memchr::memchr_iter(b'\n', bytes).nth(MANY - 2).is_some();
    match memchr::memrchr(b'\n', bytes) {
        Some(end) if !complete || is_many() => &bytes[..end],
        _ => bytes,
    }
}

/// Up to `count` of the whole lines among a file's first bytes, without those that are empty.
pub fn first_lines(bytes: &[u8], complete: bool, count: usize) -> Vec<&[u8]> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let lines = whole_lines(bytes, complete).split(|byte| *byte == b'\n');
    let lines = lines.map(|line| behind_zeros(line.strip_suffix(b"\r").unwrap_or(line)));
    lines.filter(|line| !line.trim_ascii().is_empty()).take(count).collect()
}
