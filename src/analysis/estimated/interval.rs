//! From what a sample and its halves say to what the whole does, and how far off that may be.
//!
//! **Chance.** The keys are cut by hash into eight groups, and these into halves in [`SPLITS`] ways that are orthogonal to
//! each other. What two halves differ by says how far a draw strays (balanced half-samples; McCarthy 1969), Student's t for
//! so few of them what holds it at 95 %.
//!
//! **Scale.** A limit is the worst of all moments, and chance makes some moment worse: of fewer keys a service looks needier.
//! The noise of a share p of the keys has the variance v = (1 - p) / p times that of the keys. Where the worst moments are
//! many and alike the limit moves with the noise's width, v to the power of 1/2; where one stretch decides, or a queue
//! chooses how long to look back, with up to its variance, v. So it is carried on from the halves over the sample to v = 0
//! with both powers, and the interval holds what they say. What lies between them differs from split to split, which is
//! chance as well.
//!
//! It knows numbers, and neither traces nor caches.

use crate::analysis::noise::student::quantile;
use serde::{Deserialize, Serialize};

/// Groups of the keys, by bits of their numbers.
pub(super) const GROUPS: usize = 8;
/// Each splits the groups in two: those of which an even number of these bits are set, and the others.
pub(super) const SPLITS: [usize; 4] = [1, 2, 4, 7];
/// How the limit moves with the noise's variance.
const POWERS: [f64; 2] = [0.5, 1.0];
/// The power of the best guess.
const LIKELY: f64 = 0.8;

/// A number, and between what it lies in 95 of 100 draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The best guess.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// None of it above another.
    pub(super) fn at_most(self, most: Interval) -> Interval {
        let least = |own: f64, other: f64| own.min(other);
        Interval {
            value: least(self.value, most.value),
            low: least(self.low, most.low),
            high: least(self.high, most.high),
        }
    }

    /// None of it below another.
    pub(super) fn at_least(self, least: Interval) -> Interval {
        let most = |own: f64, other: f64| own.max(other);
        Interval {
            value: most(self.value, least.value),
            low: most(self.low, least.low),
            high: most(self.high, least.high),
        }
    }
}

/// What a smaller sample does to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lean {
    /// Loads: it says too little.
    Less,
    /// Backends: it says too much.
    More,
}

/// What a sample of a share of the keys says, and its halves by split; all above zero.
pub(super) struct Said {
    pub share: f64,
    pub full: f64,
    pub halves: Vec<[f64; 2]>,
}

impl Said {
    /// What the whole does.
    pub fn interval(&self, lean: Lean) -> Interval {
        let full = self.full.ln();
        let halves: Vec<[f64; 2]> = self.halves.iter().map(|halves| halves.map(f64::ln)).collect();
        let count = halves.len() as f64;
        let mean = halves.iter().flatten().sum::<f64>() / (2.0 * count);
        let variance = halves.iter().map(|[a, b]| (a - b).powi(2) / 4.0).sum::<f64>() / count;
        // What lies between the halves of a split and the sample is measured as often as there are splits.
        let drifts = halves.iter().map(|[a, b]| (a + b) / 2.0 - mean);
        let of_drift = drifts.map(|drift| drift.powi(2)).sum::<f64>() / (count - 1.0) / count;
        let farthest = POWERS.map(|power| self.carried(power)).into_iter().fold(0.0, f64::max);
        let chance = quantile(count) * (variance * (1.0 - self.share) + of_drift * farthest.powi(2)).sqrt();
        // What contradicts the lean is chance.
        let drift = match lean {
            Lean::Less => (full - mean).max(0.0),
            Lean::More => (full - mean).min(0.0),
        };
        let corrected = POWERS.map(|power| full + drift * self.carried(power));
        let low = corrected[0].min(corrected[1]) - chance;
        let high = corrected[0].max(corrected[1]) + chance;
        Interval { value: (full + drift * self.carried(LIKELY)).exp(), low: low.exp(), high: high.exp() }
    }

    /// How much lies between the sample and the whole, over what lies between the halves and the sample.
    fn carried(&self, power: f64) -> f64 {
        let noise = |share: f64| ((1.0 - share) / share).powf(power);
        noise(self.share) / (noise(self.share / 2.0) - noise(self.share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_with_a_power_of_the_noise_is_carried_on_to_the_whole() {
        for share in [0.01, 0.05, 0.2, 0.5] {
            for power in [0.5, 0.6, 0.8, 1.0] {
                let at = |share: f64| 300.0 * (0.02 * ((1.0 - share) / share).powf(power)).exp();
                let halves = vec![[at(share / 2.0); 2]; SPLITS.len()];
                let found = Said { share, full: at(share), halves }.interval(Lean::More);
                assert!(found.low <= 300.0001 && 299.9999 <= found.high, "{share} {power}: {found:?}");
                assert!(power != LIKELY || (found.value - 300.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_sample_of_all_keys_is_exact_and_what_contradicts_the_lean_moves_nothing() {
        let halves = vec![[90.0, 120.0]; SPLITS.len()];
        let all = Said { share: 1.0, full: 100.0, halves: halves.clone() }.interval(Lean::More);
        assert!([all.value, all.low, all.high].iter().all(|end| (end - 100.0).abs() < 1e-9), "{all:?}");
        let less = Said { share: 0.1, full: 100.0, halves }.interval(Lean::Less);
        assert!((less.value - 100.0).abs() < 1e-9 && less.low < 100.0 && less.high > 100.0);
    }

    /// Sums of eight groups of keys, each of which strays by chance: no lean, so the interval is Student's.
    #[test]
    fn sums_lie_in_their_intervals_as_often_as_is_said() {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(7);
        let (share, draws) = (0.1, 4000);
        let mut held = 0;
        for _ in 0..draws {
            let normal = |random: &mut rand_xoshiro::Xoshiro256PlusPlus| {
                (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
            };
            // The groups' sums, over what they should be; their sum strays by 2 % without the correction for a finite whole.
            let width = 0.02 * (GROUPS as f64 * (1.0 - share)).sqrt();
            let groups: Vec<f64> = (0..GROUPS).map(|_| 1.0 + width * normal(&mut random)).collect();
            let half = |split: usize, side: u32| {
                let own = |n: &usize| (n & split).count_ones() % 2 == side;
                (0..GROUPS).filter(own).map(|n| groups[n]).sum::<f64>() / 4.0
            };
            let halves = SPLITS.map(|split| [half(split, 0), half(split, 1)]).to_vec();
            let full = groups.iter().sum::<f64>() / GROUPS as f64;
            // The lean may add to the interval, never take from it.
            let found = Said { share, full, halves }.interval(Lean::More);
            held += usize::from(found.low <= 1.0 && 1.0 <= found.high);
        }
        let coverage = held as f64 / f64::from(draws);
        assert!((0.935..0.98).contains(&coverage), "{coverage}");
    }
}
