//! Rows that cannot be read: how many may be left out, and what is said of them.
//!
//! It counts, and knows neither rows nor formats.

use super::options::SkipBad;
use crate::error::{Error, Result};
use crate::units::{Ratio, grouped};

/// While it is not known how many rows there are, so many may be left out of any number.
const AT_FIRST: u64 = 1_000;

/// What cannot be read of a file.
#[derive(Default)]
pub struct Faults {
    /// Rows so far, those that cannot be read among them.
    pub rows: u64,
    skipped: u64,
    /// What is wrong with the first, and where it stands.
    first: Option<Error>,
}

impl Faults {
    /// Counts a row that cannot be read.
    ///
    /// # Errors
    /// What is wrong with the first, once there are more than are allowed; an interrupt.
    pub fn skip(&mut self, fault: Error, allowed: SkipBad) -> Result<()> {
        if fault.is_interrupt() {
            return Err(fault);
        }
        self.rows += 1;
        self.skipped += 1;
        self.first.get_or_insert(fault);
        let allowed = match allowed {
            SkipBad::Rows(rows) => rows,
            SkipBad::Share(share) => AT_FIRST.max((share * self.rows as f64) as u64),
        };
        if self.skipped > allowed { self.refuse() } else { Ok(()) }
    }

    /// Says what was left out; `None` where nothing was.
    ///
    /// # Errors
    /// More than is allowed of the rows that there are.
    pub fn settle(&self, allowed: SkipBad) -> Result<Option<String>> {
        if let SkipBad::Share(share) = allowed
            && self.skipped as f64 > share * self.rows as f64
        {
            self.refuse()?;
        }
        Ok(self.first.as_ref().map(|first| {
            let share =
                Ratio::new(self.skipped as f64 / self.rows as f64).map_or(String::new(), |share| share.to_string());
            let first = first.to_string();
            let first = first.lines().next().unwrap_or_default();
            format!("left out, rows that cannot be read: {} ({share}); the first is {first}", grouped(self.skipped))
        }))
    }

    fn refuse(&self) -> Result<()> {
        let Some(fault) = self.first.clone() else { return Ok(()) };
        let more = match self.skipped {
            1 => "leave the row out with --skip-bad 1".to_string(),
            rows => format!("leave such rows out with --skip-bad N; there are {} so far", grouped(rows)),
        };
        Err(fault.or_hint(more))
    }
}
