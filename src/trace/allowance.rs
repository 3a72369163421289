//! What a file may become: bytes, rows and texts that are said once and stand for millions make of a few bytes more than any
//! memory holds.
//!
//! It knows sizes only.

use crate::error::Error;
use std::fmt;
use std::io;

/// Requests that any file may hold, and those that a byte of it may stand for: compressed ones of the public traces hold one in
/// several bytes.
const ROWS: u64 = 10_000_000;
const ROWS_PER_BYTE: u64 = 16;
/// Bytes that any file may become, and those that a byte of it may become.
const BYTES: u64 = 256 << 20;
const BYTES_PER_BYTE: u64 = 1_000;

/// The requests that a file of so many bytes may hold.
pub fn rows(file_bytes: u64) -> u64 {
    ROWS.max(file_bytes.saturating_mul(ROWS_PER_BYTE))
}

/// The bytes that a file of so many may become when it is unpacked, and the texts of all its rows together.
pub fn bytes(file_bytes: u64) -> u64 {
    BYTES.max(file_bytes.saturating_mul(BYTES_PER_BYTE))
}

/// A file that says more of something than it may.
pub fn swollen(what: &str) -> Error {
    Error::trace(format!("it claims more {what} than so few bytes stand for, which is no trace"))
        .hint("check where it comes from; write it as CSV if you trust it")
}

/// A file whose rows stand for more requests than may be.
pub fn too_many_requests() -> Error {
    Error::trace("it claims more requests than so few bytes stand for, which is no trace")
        .hint(format!("check where it comes from; read a part of it if you trust it: --limit {ROWS}"))
}

/// More bytes than may be.
#[derive(Debug)]
struct Swollen;

impl fmt::Display for Swollen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it becomes more than a thousand times its size")
    }
}

impl std::error::Error for Swollen {}

/// The error of a file that becomes more bytes than it may.
pub fn error() -> io::Error {
    io::Error::other(Swollen)
}

/// Whether that was the cause.
pub fn is_cause(cause: &io::Error) -> bool {
    cause.get_ref().is_some_and(|cause| cause.is::<Swollen>())
}
