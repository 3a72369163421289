//! What one replay of a sweep gives: a cell, or all of lru's sizes at once.

use super::Facts;
use super::sweep::capacity_ratio;
use crate::error::Result;
use crate::policy::{Capacity, Population};
use crate::replay::any_cache::AnyCache;
use crate::replay::cell::Cell;
use crate::replay::observe::{Counted, Feed};
use crate::replay::stack_distance::StackDistances;
use crate::trace::Trace;
use crate::trace::source::About;

/// The policy whose caches of all sizes one pass can give: a larger one always holds what a smaller one does.
pub const ONE_PASS: &str = "lru";

/// From so many sizes on one pass over all is faster than a replay of each.
const FEWEST_SIZES: usize = 6;

/// An empty cache of a cell, for a trace.
///
/// # Errors
/// A parameter outside its range.
pub fn new_cache(cell: &Cell, trace: &Trace) -> Result<Box<dyn AnyCache>> {
    cell.cache(trace.object_count(), trace.ttls.is_some())
}

/// One replay.
#[derive(Clone)]
pub struct Job {
    /// The cells that it gives: one; or several of lru in objects, by ascending size.
    pub cells: Vec<Cell>,
}

impl Job {
    /// The jobs that give these cells of a trace.
    pub fn all(cells: &[Cell], trace: &About) -> Vec<Job> {
        let (mut sizes, alone): (Vec<Cell>, Vec<Cell>) =
            cells.iter().cloned().partition(|cell| in_one_pass(cell, trace));
        if sizes.len() < FEWEST_SIZES {
            return cells.iter().map(|cell| Job { cells: vec![cell.clone()] }).collect();
        }
        sizes.sort_by_key(|cell| cell.capacity.amount());
        let alone = alone.into_iter().map(|cell| Job { cells: vec![cell] });
        [Job { cells: sizes }].into_iter().chain(alone).collect()
    }

    /// Whether it gives this cell.
    pub fn gives(&self, cell: &Cell) -> Option<usize> {
        self.cells.iter().position(|own| own.capacity == cell.capacity && own.policy == cell.policy)
    }

    /// Bytes that it will have filled at the end of the trace, at most.
    ///
    /// # Errors
    /// See [`Cell::memory`].
    pub fn memory(&self, trace: &About, facts: &Facts) -> Result<u64> {
        match &self.cells[..] {
            [cell] => {
                let population = population(cell.capacity, facts, trace.expires || trace.deletes);
                cell.memory(&population, trace.expires)
            }
            _ => Ok(StackDistances::memory(trace.objects, trace.requests)),
        }
    }

    /// Nothing replayed yet; counts from position `warm` on.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn begin(&self, trace: &About, warm: usize) -> Result<Box<dyn Feed>> {
        match &self.cells[..] {
            [cell] => Ok(Box::new(Counted::new(cell.cache(trace.objects, trace.expires)?, warm))),
            cells => {
                let sizes = cells.iter().map(|cell| cell.capacity.amount()).collect();
                Ok(Box::new(StackDistances::new(trace.objects, trace.requests, warm, sizes)))
            }
        }
    }

    /// How it is called.
    pub fn name(&self) -> String {
        match &self.cells[..] {
            [cell] => cell.policy.to_string(),
            cells => format!("{ONE_PASS} at {} sizes", cells.len()),
        }
    }
}

/// How many objects a cache of this capacity holds: in bytes as many as of mean size fit.
pub(super) fn population(capacity: Capacity, facts: &Facts, removes: bool) -> Population {
    let share = capacity_ratio(capacity, facts).min(1.0);
    let objects = facts.objects as usize;
    Population { objects, cached: (facts.objects as f64 * share).ceil() as usize, removes }
}

/// True where one pass gives this cell exactly. In bytes no pass can: an object larger than the cache is refused, and
/// several may go for a large one, so a larger cache need not hold what a smaller one does. Deletes and times to live
/// leave gaps in the order, which close at different times in caches of different size.
fn in_one_pass(cell: &Cell, trace: &About) -> bool {
    cell.policy.to_string() == ONE_PASS
        && matches!(cell.capacity, Capacity::Objects(_))
        && !trace.expires
        && !trace.deletes
}
