//! Watches a replay: moves the progress bar, passes on interrupts, keeps the journal.

use super::journal::Journal;
use super::progress::Progress;
use crate::analysis::Monitor;
use crate::interrupt::Interrupt;
use crate::replay::Tally;
use crate::replay::cell::Cell;

/// See [`Monitor`].
pub struct Watch<'a> {
    pub progress: &'a Progress,
    pub interrupt: &'a Interrupt,
    pub journal: Option<Journal>,
}

impl Monitor for Watch<'_> {
    fn is_interrupted(&self) -> bool {
        self.interrupt.is_set()
    }

    fn expect(&self, requests: u64) {
        self.progress.expect(requests);
    }

    fn advance(&self, requests: u64) {
        self.progress.step(requests);
    }

    fn known(&self, cell: &Cell) -> Option<Tally> {
        self.journal.as_ref()?.known(cell)
    }

    fn finished(&self, cell: &Cell, total: &Tally) {
        if let Some(journal) = &self.journal {
            journal.add(cell, total);
        }
    }
}
