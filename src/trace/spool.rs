//! Gives formats that must read from both ends a real file: the input itself, or a temporary copy of what came
//! compressed or through a pipe.
//!
//! It knows no format.

use super::input::Input;
use crate::error::{Error, Kind, Result};
use std::fs::File;
use std::io::{Read, Seek, Write};

/// Bytes that are copied at once.
const COPY_BYTES: usize = 1 << 20;

/// The whole input as a file at its start.
///
/// # Errors
/// An input that breaks off or is damaged, or no room for the copy.
pub fn file(mut input: Input) -> Result<File> {
    if let Some(path) = input.seekable() {
        return File::open(path).map_err(|cause| Error::file(Kind::Trace, path, "open the trace", &cause));
    }
    let no_room = |cause: std::io::Error| {
        Error::trace(format!("cannot keep a temporary copy: {cause}"))
            .hint("make room in the temporary folder, or unpack the trace into a file")
    };
    let mut copy = tempfile::tempfile().map_err(no_room)?;
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        let n = input.read(&mut buffer).map_err(|cause| input.broken(&cause))?;
        if n == 0 {
            break;
        }
        copy.write_all(&buffer[..n]).map_err(no_room)?;
    }
    copy.rewind().map_err(no_room)?;
    Ok(copy)
}
