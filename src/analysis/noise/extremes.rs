//! The noise of a change between two limits that the worst moment decides: subsamples of stretches.
//!
//! The bootstrap fails for a maximum (most resamples hold the very stretch that decided it). Subsamples do not: some of the
//! stretches are drawn without replacement, both sides' extremes are taken over them, and their change is noted. [Politis,
//! Romano & Wolf, Subsampling, 1999, §1.2] How fast an extreme converges is not known, so the band is that of the smaller
//! subsamples, unscaled: it is rather too wide than too narrow. A change is found where it shows in nearly all parts of the trace.

use super::{Band, DRAWS, generator};
use rand::seq::index;

/// Stretches below which nothing is said.
pub const FEWEST: usize = 8;

/// How many stretches each side has.
#[derive(Debug, Clone, Copy)]
pub struct Stretches {
    /// The baseline's.
    pub baseline: usize,
    /// The candidate's.
    pub candidate: usize,
    /// Stretch by stretch they saw the same traffic.
    pub paired: bool,
}

impl Stretches {
    /// How many are drawn of so many: the square root, so that a subsample is small beside the trace, and grows with it.
    pub fn drawn(count: usize) -> usize {
        (count as f64).sqrt().round() as usize
    }

    /// The noise of a change that the extremes over several stretches make. `change` takes the positions of the stretches
    /// drawn for the baseline and for the candidate. `None` with fewer than [`FEWEST`], or where a change is no number.
    pub fn change(&self, change: impl Fn(&[usize], &[usize]) -> f64) -> Option<Band> {
        self.resampled(Stretches::drawn, change)
    }

    /// The noise of a change that a single moment makes.
    pub fn change_at_one(&self, change: impl Fn(usize, usize) -> f64) -> Option<Band> {
        self.resampled(|_| 1, |baseline, candidate| change(baseline[0], candidate[0]))
    }

    fn resampled(&self, drawn: impl Fn(usize) -> usize, change: impl Fn(&[usize], &[usize]) -> f64) -> Option<Band> {
        let Stretches { baseline, candidate, paired } = *self;
        if baseline.min(candidate) < FEWEST || (paired && baseline != candidate) {
            return None;
        }
        let mut random = generator();
        let mut draw = |count: usize| index::sample(&mut random, count, drawn(count)).into_vec();
        let changes = (0..DRAWS).map(|_| {
            let first = draw(baseline);
            if paired { change(&first, &first) } else { change(&first, &draw(candidate)) }
        });
        Band::of(changes.collect())
    }
}
