//! The ordinary replay of one cache: totals after warm-up, over a whole trace with misses in time or batch by batch.

use super::Tally;
use super::any_cache::AnyCache;
use super::windows::Windows;
use crate::interrupt::Interrupt;
use crate::request::Requests;
use serde::{Deserialize, Serialize};

/// What one cache did on one trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The counted requests: those after warm-up.
    pub total: Tally,
    /// One tally per window of [`Windows`], warm-up included.
    pub windows: Vec<Tally>,
}

/// An observation, and how full the cache was when warm-up ended: a share of its capacity.
pub struct Noted {
    /// What the cache did.
    pub observation: Observation,
    /// How full it was.
    pub filled: f64,
}

/// Replays all requests through an empty cache, counting from position `warm` on. Appends for each whether it was a get that
/// missed. Once the interrupt is set it passes the rest by, and what it says is void.
pub fn observe(
    cache: &mut dyn AnyCache,
    requests: &Requests<'_>,
    warm: usize,
    windows: &Windows,
    missed: &mut Vec<bool>,
    interrupt: &Interrupt,
) -> Noted {
    let mut total = Tally::default();
    let mut tallies = Vec::with_capacity(windows.all.len());
    let mut filled = cache.filled();
    for window in &windows.all {
        if interrupt.is_set() {
            missed.resize(requests.len(), false);
            break;
        }
        // The window in which warm-up ends is replayed in two parts.
        let split = warm.clamp(window.range.start, window.range.end);
        let mut tally = cache.replay_noting(&requests.slice(window.range.start..split), missed);
        if window.range.start <= warm {
            filled = cache.filled();
        }
        let counted = cache.replay_noting(&requests.slice(split..window.range.end), missed);
        total += counted;
        tally += counted;
        tallies.push(tally);
    }
    Noted { observation: Observation { total, windows: tallies }, filled }
}

/// Caches that requests are fed to batch by batch: one, or as many as one pass stands for.
pub trait Feed: Send {
    /// Replays the next requests.
    fn feed(&mut self, requests: &Requests<'_>);
    /// What was met since warm-up ended, by each of the caches that it stands for.
    fn totals(&self) -> Vec<Tally>;
}

/// Feeds an empty cache and counts from position `warm` on.
pub struct Counted {
    cache: Box<dyn AnyCache>,
    warm: usize,
    position: usize,
    total: Tally,
}

impl Counted {
    /// Nothing was fed yet.
    pub fn new(cache: Box<dyn AnyCache>, warm: usize) -> Self {
        Counted { cache, warm, position: 0, total: Tally::default() }
    }
}

impl Feed for Counted {
    fn feed(&mut self, requests: &Requests<'_>) {
        let split = self.warm.saturating_sub(self.position).min(requests.len());
        self.cache.replay(&requests.slice(0..split));
        self.total += self.cache.replay(&requests.slice(split..requests.len()));
        self.position += requests.len();
    }

    fn totals(&self) -> Vec<Tally> {
        vec![self.total]
    }
}
