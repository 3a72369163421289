//! Classes of objects by how often they repeat, for scaling a sample's misses up to the whole trace.
//!
//! Scaling misses by the share of the keys would be poor: a few hot keys have most of the requests, and are in the
//! sample or not. But how often every key repeats is known. So each class is scaled by its own repeats in the trace over
//! those in the sample. Repeats beyond those of the sample's [`FEWEST`]th key do not count: a key hotter than the sample
//! knows is taken to miss as often as the hottest that it does know, for no cache misses it in proportion.
//!
//! It knows counts, and neither traces nor caches.

use crate::replay::by_object::Missed;

/// Objects of the sample that a class has at least.
const FEWEST: usize = 16;
/// Classes before the rare ones are joined: none, then two per power of 2.
const CLASSES: usize = 130;

/// Gets and bytes, weighed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    pub gets: f64,
    pub bytes: f64,
}

impl Sum {
    /// Adds gets and bytes, so much of them.
    pub fn add(&mut self, more: Missed, weight: f64) {
        self.gets += more.gets as f64 * weight;
        self.bytes += more.bytes as f64 * weight;
    }
}

/// Sums by class.
pub type ByClass = Vec<Sum>;

/// The classes.
pub struct Strata {
    most: u64,
    joined: Vec<usize>,
}

impl Strata {
    /// Classes that suit a sample whose objects repeat so often.
    pub fn new(mut sampled: Vec<u64>) -> Strata {
        sampled.sort_unstable();
        let most = sampled.iter().rev().nth(FEWEST - 1).or(sampled.first()).copied().unwrap_or(1).max(1);
        let mut sizes = vec![0; CLASSES];
        for repeats in sampled {
            sizes[class(repeats.min(most))] += 1;
        }
        // From the hottest down, a class goes on until it has enough, and leaves enough for the next.
        let (mut name, mut size) = (0, 0);
        let mut joined = vec![0; CLASSES];
        for class in (1..CLASSES).rev() {
            joined[class] = name;
            size += sizes[class];
            if size >= FEWEST && sizes[1..class].iter().sum::<usize>() >= FEWEST {
                (name, size) = (name + 1, 0);
            }
        }
        Strata { most, joined }
    }

    /// Sums of nothing.
    pub fn zero(&self) -> ByClass {
        vec![Sum::default(); CLASSES]
    }

    /// The class of an object that repeats so often.
    pub fn class(&self, repeats: u64) -> usize {
        self.joined[class(repeats.min(self.most))]
    }

    /// What counts of an object's repeats.
    pub fn weight(&self, repeats: u64) -> f64 {
        self.most as f64 / repeats.max(self.most) as f64
    }
}

/// The class before classes are joined.
fn class(repeats: u64) -> usize {
    if repeats == 0 { 0 } else { 1 + (2.0 * (repeats as f64).log2()) as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_enough_objects_and_hot_keys_count_as_the_hottest_of_the_sample() {
        // 100 keys repeat once, 40 some 8 times, 3 very often.
        let sampled: Vec<u64> = [vec![1; 100], vec![8; 20], vec![9; 20], vec![50_000, 60_000, 70_000]].concat();
        let strata = Strata::new(sampled);
        assert_eq!(strata.class(70_000), strata.class(9));
        assert_ne!(strata.class(1), strata.class(9));
        assert_eq!(strata.weight(1), 1.0);
        assert_eq!(strata.weight(90) * 90.0, strata.weight(9_000) * 9_000.0);
        assert_eq!(Strata::new(Vec::new()).class(u64::MAX), 0);
    }
}
