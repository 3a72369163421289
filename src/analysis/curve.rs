//! Miss-ratio curves: one policy over many cache sizes.
//!
//! Exactly, with as few passes over the trace as that takes. A curve from a sample is in [`super::sampled`].

use super::sweep::capacity_ratio;
use super::{Facts, Sweep, SweepCell};
use crate::error::Result;
use crate::policy::Capacity;
use crate::replay::cell::Cell;
use crate::replay::observe::Observation;
use crate::replay::stack_distance;
use crate::request::Op;
use crate::trace::Trace;
use crate::units::{CacheSize, Ratio};
use std::collections::HashSet;

/// The smallest cache of a curve, as a share of the footprint; the largest holds all of it.
pub const SMALLEST: f64 = 1e-4;

/// The policy whose caches of all sizes one pass can give: a larger one always holds what a smaller one does.
pub const ONE_PASS: &str = "lru";

/// So many cache sizes, evenly spaced on a logarithmic scale.
pub fn sizes(count: usize) -> Vec<CacheSize> {
    let step = |i: usize| i as f64 / (count.max(2) - 1) as f64;
    (0..count).filter_map(|i| Ratio::new(SMALLEST.powf(1.0 - step(i)))).map(CacheSize::Share).collect()
}

/// The sweep's cells; sizes that come to the same capacity on a small trace are one.
///
/// # Errors
/// See [`Sweep::cells`].
pub fn cells(sweep: &Sweep, trace: &Trace, facts: &Facts) -> Result<Vec<Cell>> {
    let mut seen = HashSet::new();
    let mut cells = sweep.cells(trace, facts)?;
    cells.retain(|cell| seen.insert((cell.policy.to_string(), cell.capacity)));
    Ok(cells)
}

/// True where one pass gives this cell exactly. In bytes no pass can: an object larger than the cache is refused, and
/// several may go for a large one, so a larger cache need not hold what a smaller one does. Deletes and times to live
/// leave gaps in the order, which close at different times in caches of different size.
pub fn in_one_pass(cell: &Cell, trace: &Trace) -> bool {
    let deletes = || trace.ops.as_ref().is_some_and(|ops| ops.contains(&Op::Delete));
    cell.policy.to_string() == ONE_PASS
        && matches!(cell.capacity, Capacity::Objects(_))
        && trace.ttls.is_none()
        && !deletes()
}

/// Replays the trace through every cell exactly. `step` is called once per cell.
///
/// # Errors
/// See [`Sweep::run`].
pub fn run(sweep: &Sweep, trace: &Trace, facts: &Facts, step: impl Fn() + Sync + Send) -> Result<Vec<SweepCell>> {
    let cells = cells(sweep, trace, facts)?;
    let together: Vec<bool> = cells.iter().map(|cell| in_one_pass(cell, trace)).collect();
    let chosen =
        |one_pass: bool| cells.iter().zip(&together).filter(move |(_, is)| **is == one_pass).map(|(cell, _)| cell);
    let alone: Vec<Cell> = chosen(false).cloned().collect();
    let mut alone = sweep.replay(trace, facts, &alone, &step)?.into_iter();
    let mut sizes: Vec<u64> = chosen(true).map(|cell| cell.capacity.amount()).collect();
    sizes.sort_unstable();
    let warm = sweep.warm_position(trace)?;
    let curve = if sizes.is_empty() {
        Vec::new()
    } else {
        stack_distance::lru(&trace.requests(), trace.object_count(), warm, &sizes)
    };
    let of_curve = |cell: &Cell| {
        let at = sizes.binary_search(&cell.capacity.amount()).ok()?;
        step();
        Some(SweepCell {
            cell: cell.clone(),
            capacity_ratio: capacity_ratio(cell.capacity, facts),
            observation: Observation { total: curve[at], windows: Vec::new() },
        })
    };
    let in_order = cells.iter().zip(&together);
    Ok(in_order.filter_map(|(cell, together)| if *together { of_curve(cell) } else { alone.next() }).collect())
}
