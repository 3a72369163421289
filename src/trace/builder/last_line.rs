//! A last line without an end: whole, as some programs leave it off, or cut off while it was written or copied.
//!
//! Of a record that is whole in itself its reader says so. Any other is left out where it cannot be read or be meant, whatever the
//! share of rows that may be left out, and is read with a warning where nothing speaks against it. It knows no format.

use super::{Builder, Row};
use crate::error::{Error, Result, Spot};
use crate::trace::options::SkipBad;

/// How the file under way ends.
#[derive(Default)]
pub(super) enum LastLine {
    /// With a line end, or with a record that is whole.
    #[default]
    Whole,
    /// With a line without an end that was read.
    Read,
    /// With one that could not be, and what is wrong with it.
    LeftOut(Error),
}

impl Builder<'_> {
    /// Leaves out a last line without an end; gives the fault back where it is that of any other row. Who says how many rows may be
    /// left out means this one, too.
    pub(super) fn cut_off(&mut self, fault: Error, spot: Spot) -> Option<Error> {
        let is_cut = matches!((spot, self.options.skip_bad), (Spot::LastLine(_), SkipBad::Share(_)));
        if !is_cut || fault.is_interrupt() {
            return Some(fault);
        }
        self.last_line = LastLine::LeftOut(fault);
        None
    }

    /// Leaves out a row of a last line without an end where it cannot be meant; false where it can be.
    pub(super) fn leaves_out(&mut self, row: &Row<'_>, spot: Spot) -> bool {
        let fault = self.misfit(row).map(|fault| self.locate(Error::trace(fault), spot));
        fault.is_some_and(|fault| self.cut_off(fault, spot).is_none())
    }

    /// What a row lacks that has lost its last digits or its last columns.
    fn misfit(&self, row: &Row<'_>) -> Option<&'static str> {
        if self.len() == 0 {
            return None;
        }
        if row.time.is_none() != self.times.is_empty() || row.size.is_none() != self.sizes.is_empty() {
            return Some("it has no time or no size, and the others have");
        }
        let time = row.time?;
        let times = &self.times[self.parts.last().map_or(0, |part| part.rows.end)..];
        let is_far = if self.options.sort || self.most_disorder == u64::MAX {
            // Times may be in any order, but a number that lost a digit is a tenth of what it was.
            let (first, last) = (times.iter().min()?, times.iter().max()?);
            first.saturating_sub(time) > last - first
        } else {
            self.last.saturating_sub(time) > self.most_disorder
        };
        is_far.then_some("its time is far before the others'")
    }

    /// A trace in which nothing was kept, and what was left out of it.
    #[cold]
    pub(super) fn no_request(&self) -> Error {
        let left_out: Vec<&str> =
            self.notes.iter().map(String::as_str).filter(|note| note.starts_with("left out")).collect();
        match left_out.as_slice() {
            [] => Error::trace("the trace holds no request")
                .hint("a header alone is none; --from, --until, --limit and --sample may leave nothing"),
            notes => Error::trace(format!("the trace holds no request; {}", notes.join("; ")))
                .hint("name the format with --input if it is another one: coldgap formats lists them"),
        }
    }

    /// What is said of the last line.
    pub(super) fn told_of_last_line(&self) -> Option<String> {
        match &self.last_line {
            LastLine::Whole => None,
            LastLine::Read => Some(
                "the last line has no end, and is read as it stands: if the file is cut off there, its last request may be another"
                    .to_string(),
            ),
            LastLine::LeftOut(fault) => {
                let fault = fault.to_string();
                let fault = fault.lines().next().unwrap_or_default();
                Some(format!("left out, the last line, which is cut off: {fault}"))
            }
        }
    }

    /// Why there is no request, where the only line is one that is cut off.
    pub(super) fn check_last_line(&mut self) -> Result<()> {
        match std::mem::take(&mut self.last_line) {
            LastLine::LeftOut(fault) if self.objects.is_empty() => Err(fault),
            _ => Ok(()),
        }
    }
}
