//! The ordinary replay of one cache over a whole trace: totals after warm-up, and misses in time.

use super::windows::Windows;
use super::{Tally, replay};
use crate::cache::Lookaside;
use crate::request::Requests;

/// What one cache did on one trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The counted requests: those after warm-up.
    pub total: Tally,
    /// One tally per window of [`Windows`], warm-up included; empty where the trace has no times.
    pub windows: Vec<Tally>,
}

/// Replays all requests through an empty cache, counting from position `warm` on.
pub fn observe<C: Lookaside>(
    cache: &mut C,
    requests: &Requests<'_>,
    warm: usize,
    windows: Option<&Windows>,
) -> Observation {
    let mut total = Tally::default();
    let Some(windows) = windows else {
        replay(cache, &requests.slice(0..warm));
        total += replay(cache, &requests.slice(warm..requests.len()));
        return Observation { total, windows: Vec::new() };
    };
    let mut tallies = Vec::with_capacity(windows.all.len());
    for window in &windows.all {
        // The window in which warm-up ends is replayed in two parts.
        let split = warm.clamp(window.range.start, window.range.end);
        let mut tally = replay(cache, &requests.slice(window.range.start..split));
        let counted = replay(cache, &requests.slice(split..window.range.end));
        total += counted;
        tally += counted;
        tallies.push(tally);
    }
    Observation { total, windows: tallies }
}
