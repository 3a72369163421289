//! Trace formats: the trait every reader implements, and what it says of itself and of a file's first bytes.
//!
//! Nothing here knows which formats there are, nor what a cell of the replay does with the rows.

use super::builder::Builder;
pub use super::input::Head;
use super::input::Input;
pub use super::options::ReadOptions;
use crate::error::Result;

/// What a format says of itself; feeds help, docs and `coldgap formats`.
#[derive(Debug, Clone, Copy)]
pub struct FormatInfo {
    /// The name for `--input`.
    pub name: &'static str,
    /// Usual endings of file names, without the dot.
    pub extensions: &'static [&'static str],
    /// One line.
    pub summary: &'static str,
    /// The layout, in a paragraph, as a user needs it to make such a file.
    pub layout: &'static str,
}

/// What a format says of a file's first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniff {
    /// Certainly this format, and why.
    Yes(&'static str),
    /// Certainly not.
    No,
    /// It may be; reading it as this would work, and why.
    NotSure(&'static str),
}

/// A trace format. The order of [`FORMATS`](super::FORMATS) settles ties between those that are not sure.
pub trait Format: Sync {
    /// What it is.
    fn info(&self) -> &FormatInfo;

    /// Whether a file that begins like this is of this format. May be wrong, must not panic on any bytes.
    fn sniff(&self, head: &Head<'_>) -> Sniff;

    /// Reads all rows into `rows`, until the end or until `rows` says `Break`.
    ///
    /// # Errors
    /// Anything that does not fit the format, with the spot; nothing is skipped in silence. Must not panic on any bytes.
    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()>;
}
