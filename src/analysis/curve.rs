//! Miss-ratio curves: the cache sizes of one, and what a replay of them rests on.

use super::{ONE_PASS, Sweep};
use crate::units::{CacheSize, Ratio};

/// The smallest cache of a curve, as a share of the footprint; the largest holds all of it.
pub const SMALLEST: f64 = 1e-4;

/// The most sizes a curve may have.
pub const MOST_SIZES: u64 = 10_000;

/// So many cache sizes, evenly spaced on a logarithmic scale.
pub fn sizes(count: usize) -> Vec<CacheSize> {
    let step = |i: usize| i as f64 / (count.max(2) - 1) as f64;
    (0..count).filter_map(|i| Ratio::new(SMALLEST.powf(1.0 - step(i)))).map(CacheSize::Share).collect()
}

/// What miss ratios rest on, in sentences: `curve` says over how many sizes, where one was asked for.
pub fn assumptions(sweep: &Sweep, curve: Option<u64>, sampled: bool) -> Vec<String> {
    let mut all =
        vec![format!("the first {} of the requests only warm the caches; only gets are counted", sweep.warmup)];
    let Some(count) = curve else { return all };
    all.push(format!(
        "the curve has {count} sizes from {}% of the footprint to all of it, by equal factors; those that a small trace does not tell apart are one",
        SMALLEST * 100.0
    ));
    if !sampled && sweep.policies.iter().any(|policy| policy.to_string() == ONE_PASS) {
        all.push(
            "exact: every size of lru in one pass where caches count objects and nothing is deleted or expires, else one replay per size, as of all other policies".to_string(),
        );
    }
    all
}
