//! The ordinary replay of one cache: totals after warm-up, over a whole trace with misses in time or batch by batch.

use super::windows::Windows;
use super::{Tally, replay};
use crate::cache::Lookaside;
use crate::request::Requests;

/// What one cache did on one trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The counted requests: those after warm-up.
    pub total: Tally,
    /// One tally per window of [`Windows`], warm-up included.
    pub windows: Vec<Tally>,
}

/// Replays all requests through an empty cache, counting from position `warm` on.
pub fn observe<C: Lookaside>(cache: &mut C, requests: &Requests<'_>, warm: usize, windows: &Windows) -> Observation {
    let mut total = Tally::default();
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

/// Caches that requests are fed to batch by batch, whatever their policy: one indirect call per batch, none per request.
pub trait Feed: Send {
    /// Replays the next requests.
    fn feed(&mut self, requests: &Requests<'_>);
    /// What was met since warm-up ended, by each of the caches that it stands for.
    fn totals(&self) -> Vec<Tally>;
}

/// Feeds an empty cache and counts from position `warm` on.
pub struct Counted<C> {
    cache: C,
    warm: usize,
    position: usize,
    total: Tally,
}

impl<C: Lookaside> Counted<C> {
    /// Nothing was fed yet.
    pub fn new(cache: C, warm: usize) -> Self {
        Counted { cache, warm, position: 0, total: Tally::default() }
    }
}

impl<C: Lookaside> Feed for Counted<C> {
    fn feed(&mut self, requests: &Requests<'_>) {
        let split = self.warm.saturating_sub(self.position).min(requests.len());
        replay(&mut self.cache, &requests.slice(0..split));
        self.total += replay(&mut self.cache, &requests.slice(split..requests.len()));
        self.position += requests.len();
    }

    fn totals(&self) -> Vec<Tally> {
        vec![self.total]
    }
}
