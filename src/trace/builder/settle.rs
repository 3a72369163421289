//! The sizes of objects, once all requests are known.
//!
//! It knows the columns of a trace that is being built, and must not know where they come from.

use super::super::sizes::{self, Says};
use super::Builder;
use crate::request::RENEWS;
use crate::units::grouped;

impl Builder<'_> {
    /// Gives requests that do not say their object's size the one that others say.
    pub(super) fn settle_sizes(&mut self) {
        if self.huge > 0 {
            self.note(format!("sizes of 4 GiB and more, which count as 4 GiB: {}", grouped(self.huge)));
        }
        if self.sizes.is_empty() || self.natives == self.parts.len() {
            return;
        }
        let (sizes, objects, count) = (&mut self.sizes, &self.objects, self.interner.len());
        if !self.answers.is_empty() {
            self.answers.resize(sizes.len(), Says::All);
            let pages = self.answers.iter().filter(|says| **says == Says::Page).count() as u64;
            let silent = sizes::of_answers(sizes, objects, &self.answers, count);
            if pages > 0 {
                self.note(format!(
                    "answers of status 300 and above (but 304), which are kept as gets: {}",
                    grouped(pages)
                ));
            }
            if silent > 0 {
                self.note(format!(
                    "an object has the size of its largest answer of status 200; HEAD, 304, parts (206) and errors say less: {}",
                    grouped(silent)
                ));
            }
        } else if sizes.contains(&0) {
            let renews = |i: usize| self.ttls.get(i).is_some_and(|ttl| ttl & RENEWS != 0);
            let filled = sizes::fill_in(sizes, objects, &self.ops, renews, self.sets_keep_sizes, count);
            if filled > 0 {
                self.note(format!(
                    "gets of 0 bytes, which have the size that their object has before or later: {}",
                    grouped(filled)
                ));
            }
        }
    }
}
