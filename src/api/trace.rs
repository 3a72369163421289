//! Reading a trace, for those who use the crate from Rust.

use crate::error::Result;
use crate::trace::profile::{Profile, profile};
use crate::trace::{ReadOptions, Trace, read};
use std::path::Path;

impl Trace {
    /// Reads a trace of any format that coldgap knows, compressed or not; `-` is standard input. [`read`] takes
    /// [`ReadOptions`]: columns, units, a part of it.
    ///
    /// # Errors
    /// A file that cannot be opened, is in no known format, or holds rows that cannot be used.
    pub fn open(path: impl AsRef<Path>) -> Result<Trace> {
        read(path.as_ref(), &ReadOptions::default())
    }

    /// What it is like: rates, footprint, reuse, skew, sizes. What `coldgap inspect` says.
    pub fn profile(&self) -> Profile {
        profile(self)
    }
}
