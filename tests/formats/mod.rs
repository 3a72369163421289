//! Trace readers: every format on its own samples, on published traces, and in a round trip.

mod cases;
mod clocks;
mod conformance;
mod cut;
mod layouts;
mod merged;
mod nodes;
mod odd;
mod published;
mod records;
mod round_trip;
pub mod samples;
mod sizes;
pub mod sources;
mod variants;

use coldgap::error::Result;
use coldgap::trace::input::Input;
use coldgap::trace::{ReadOptions, Trace, read_input};

/// Reads bytes as if they were a file of this name.
pub fn read(name: &str, bytes: &[u8]) -> Result<Trace> {
    read_with(name, bytes, &ReadOptions::default())
}

/// The same, with options.
pub fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Trace> {
    Ok(read_input(Input::from_bytes(name, bytes.to_vec())?, options)?.0)
}
