//! Miss-ratio curves: the cache sizes of one.

use crate::units::{CacheSize, Ratio};

/// The smallest cache of a curve, as a share of the footprint; the largest holds all of it.
pub const SMALLEST: f64 = 1e-4;

/// So many cache sizes, evenly spaced on a logarithmic scale.
pub fn sizes(count: usize) -> Vec<CacheSize> {
    let step = |i: usize| i as f64 / (count.max(2) - 1) as f64;
    (0..count).filter_map(|i| Ratio::new(SMALLEST.powf(1.0 - step(i)))).map(CacheSize::Share).collect()
}
