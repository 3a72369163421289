//! In which order the rows of a file, or of several that are one service, become a trace.
//!
//! It knows columns and files' names, and no format.

use super::super::input::Size;
use super::super::intern::{Interner, Keys};
use super::super::merge::{self, Part};
use super::{Builder, LastLine, MOST_DISORDER, sample_of};
use crate::error::Result;
use crate::request::{ObjectId, SECOND};
use crate::trace::ReadOptions;
use crate::units::{Seconds, grouped};

impl<'o> Builder<'o> {
    /// The same for a service whose requests are in several files.
    pub(in crate::trace) fn of_service(options: &'o ReadOptions) -> Builder<'o> {
        Builder { is_service: true, ..Builder::new("", "", options) }
    }

    /// Goes on with a file named `name`, of this size, read as `format`.
    pub(in crate::trace) fn begin(&mut self, name: &str, format: &str, size: Size) {
        self.name = name.to_string();
        self.size = Some(size);
        if !self.format.split(", ").any(|known| known == format) {
            self.format += if self.format.is_empty() { "" } else { ", " };
            self.format += format;
        }
        self.last_line = LastLine::Whole;
        (self.last, self.late, self.latest, self.most_disorder) = (0, 0, 0, MOST_DISORDER);
        self.sample = sample_of(self.options, None);
    }

    /// Closes the file.
    ///
    /// # Errors
    /// More rows that cannot be read than are allowed; a file that cannot be put together with those before.
    pub(in crate::trace) fn end(&mut self) -> Result<()> {
        self.intern_pending()?;
        let rows = self.parts.last().map_or(0, |part| part.rows.end)..self.len();
        if let Some(note) = std::mem::take(&mut self.faults).settle(self.options.skip_bad)? {
            self.note(note);
        }
        if let Some(note) = self.told_of_last_line() {
            self.note(note);
        }
        if self.late > 0 && !self.options.sort {
            let (late, latest) = (grouped(self.late), Seconds(self.latest as f64 / SECOND as f64));
            self.note(format!(
                "requests that stood behind later ones, and were sorted by time: {late}, by {latest} at the most"
            ));
        }
        let notes = std::mem::take(&mut self.notes);
        let part = Part { name: self.name.clone(), rows, sample: self.sample, notes };
        if self.is_service && !part.rows.is_empty() {
            merge::check_alike(self.parts.first().unwrap_or(&part), &part, !self.times.is_empty())?;
        }
        self.parts.push(part);
        Ok(())
    }

    /// Brings the rows into the order of time, those of one time in the order in which they were read, and cuts them as --from,
    /// --until and --limit ask where that had to wait. Returns the tick inside which times were spread file by file.
    pub(super) fn put_in_order(&mut self) -> Option<u64> {
        let (mut order, mut tick): (Vec<u32>, _) = ((0..self.objects.len() as u32).collect(), None);
        if self.is_service {
            merge::sort(&mut self.parts, &self.times);
            self.notes = merge::notes(&self.parts, &self.times);
            (order, tick) = merge::order(&self.parts, &mut self.times);
        } else {
            self.notes = self.parts.iter_mut().flat_map(|part| std::mem::take(&mut part.notes)).collect();
            if !self.options.sort && self.late == 0 {
                return None;
            }
            order.sort_by_key(|i| self.times.get(*i as usize));
        }
        let moved = order.windows(2).filter(|pair| pair[0] > pair[1]).count();
        if self.options.sort && !self.times.is_empty() && !self.is_service {
            self.note(format!("sorted by time: {moved} places where it stepped back"));
        }
        let all = order.len();
        if self.cuts_later() {
            self.cut_order(&mut order);
        }
        if moved > 0 || order.len() < all {
            self.reorder(&order);
        }
        tick
    }

    /// Leaves out what --from, --until and --limit leave out of rows in this order.
    fn cut_order(&mut self, order: &mut Vec<u32>) {
        if !self.times.is_empty() {
            let first = order.first().map_or(0, |i| self.times[*i as usize]);
            let since = |i: &u32| self.times[*i as usize] - first;
            let from = self.options.from.map_or(0, Seconds::nanoseconds);
            let until = self.options.until.map_or(u64::MAX, Seconds::nanoseconds);
            order.retain(|i| since(i) >= from && since(i) < until);
        }
        if let Some(limit) = self.options.limit.map(|limit| limit as usize).filter(|limit| *limit < order.len()) {
            let time = |i: usize| self.times.get(order[i] as usize);
            let last = limit.checked_sub(1).and_then(time);
            self.cut = (limit..order.len()).take_while(|i| last.is_some() && time(*i) == last).count() as u64;
            order.truncate(limit);
        }
    }

    /// Ids go by first touch, so they are given anew in the new order.
    fn reorder(&mut self, order: &[u32]) {
        let old = std::mem::take(&mut self.interner).into_keys();
        self.objects =
            order.iter().map(|i| intern_again(&mut self.interner, &old, self.objects[*i as usize])).collect();
        reorder(&mut self.times, order);
        reorder(&mut self.sizes, order);
        reorder(&mut self.ops, order);
        reorder(&mut self.costs, order);
        reorder(&mut self.chained, order);
        reorder(&mut self.answers, order);
        reorder(&mut self.ttls, order);
        reorder(&mut self.records, order);
    }
}

/// A key of `old` is among at most as many of `interner`, so there is always an id left.
fn intern_again(interner: &mut Interner, old: &Keys, object: ObjectId) -> ObjectId {
    interner.intern(old.get(object)).unwrap_or_default()
}

fn reorder<T: Copy>(column: &mut Vec<T>, order: &[u32]) {
    if !column.is_empty() {
        *column = order.iter().map(|i| column[*i as usize]).collect();
    }
}
