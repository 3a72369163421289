//! Noise: how far a change between two replays may come from the stretch of traffic that happened to be recorded, or from
//! the seeds of a policy, and not from what was changed. Numbers in, bands out; it knows no trace, cell or report.
//!
//! Two kinds of quantities need two methods. Means over time (miss ratios) get a moving-block bootstrap over windows
//! ([`means`]). Limits that the worst moment of a trace decides (least backends, loads that survive) get subsamples of
//! stretches ([`extremes`]), since the bootstrap of a maximum is not consistent.
//! In both, the two sides of a comparison are drawn together where they saw the same traffic.

mod block_length;
pub mod extremes;
pub mod means;
pub mod student;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Resamples behind every band.
pub const DRAWS: usize = 2000;

/// The part of the resamples that a band leaves out on either side.
const TAIL: f64 = 0.025;

/// Seed of all resampling.
const SEED: u64 = 1;

/// Where a change lies in 95 % of the resamples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Band {
    /// No noise at all around a change.
    pub fn exact(change: f64) -> Band {
        Band { low: change, high: change }
    }

    /// The band from the resampled changes; `None` where some of them are no numbers.
    fn of(mut changes: Vec<f64>) -> Option<Band> {
        if changes.is_empty() || changes.iter().any(|change| !change.is_finite()) {
            return None;
        }
        changes.sort_by(f64::total_cmp);
        let at = |share: f64| changes[((changes.len() - 1) as f64 * share).round() as usize];
        Some(Band { low: at(TAIL), high: at(1.0 - TAIL) })
    }

    /// The band widened to hold `change`.
    pub fn with(self, change: f64) -> Band {
        Band { low: self.low.min(change), high: self.high.max(change) }
    }

    /// The band, so much wider at either end.
    pub fn wider(self, by: f64) -> Band {
        Band { low: self.low - by, high: self.high + by }
    }

    /// The same band of another quantity, which grows with this one, or falls.
    pub fn map(self, of: impl Fn(f64) -> f64) -> Band {
        let (one, other) = (of(self.low), of(self.high));
        Band { low: one.min(other), high: one.max(other) }
    }

    /// Whether no change at all lies outside.
    pub fn leaves_out_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The generator of a resampling.
fn generator() -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(SEED)
}
