//! The pieces into which the work on a trace is divided. It knows names, and does nothing.

use serde::{Deserialize, Serialize};

/// A piece of the work on one trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// What a cell withstands, by its position in the grid; of the baseline also when losing nodes would hurt.
    Limits(usize),
    /// What a cell of another size withstands, by its position among those.
    Size(usize),
    /// How all caches refill.
    Refills,
    /// What each stretch of the trace withstands with a cell.
    Stretches(usize),
    /// Which simulated outages of a cell heal; of the baseline also the outage that is told, of all cells, and its knobs.
    Simulated(usize),
}
