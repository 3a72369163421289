//! Refuses lines that do not end: some readers hold a line in memory, and some files are one.
//!
//! It knows bytes and counts them.

use std::fmt;
use std::io::{self, Read};

/// Bytes that a line, or a row that runs over several lines, may have.
pub const LONGEST: usize = 16 << 20;

/// A line of more than [`LONGEST`] bytes.
#[derive(Debug)]
pub struct LongLine;

impl fmt::Display for LongLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a line, or a field in quotes, has more than {} MiB", LONGEST >> 20)
    }
}

impl std::error::Error for LongLine {}

/// The error of such a line.
pub fn error() -> io::Error {
    io::Error::other(LongLine)
}

/// Whether that was the cause.
pub fn is_cause(cause: &io::Error) -> bool {
    cause.get_ref().is_some_and(|cause| cause.is::<LongLine>())
}

/// An input from which only so much is read as is allowed.
pub struct Rationed<R> {
    input: R,
    left: usize,
    is_over: bool,
}

impl<R> Rationed<R> {
    /// With a line's ration.
    pub fn new(input: R) -> Rationed<R> {
        Rationed { input, left: LONGEST, is_over: false }
    }

    /// A line is over: the next has a ration of its own.
    pub fn renew(&mut self) {
        self.left = LONGEST;
    }

    /// Whether somebody read on to the end of the input.
    pub fn is_over(&self) -> bool {
        self.is_over
    }
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(error());
        }
        let most = buffer.len().min(self.left);
        let n = self.input.read(&mut buffer[..most])?;
        self.is_over |= n == 0 && most > 0;
        self.left -= n;
        Ok(n)
    }
}
