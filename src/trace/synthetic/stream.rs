//! Random numbers: one independent stream per purpose, so that changing one part of a recipe leaves the others alone.
//!
//! The generator is named (xoshiro256++) and what is drawn from it is written out here, so that a recorded trace can
//! be made again by any later version.

use crate::hash::mix;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use xxhash_rust::xxh3::xxh3_64;

/// A random stream.
pub type Stream = Xoshiro256PlusPlus;

/// The stream of one purpose under one seed.
pub fn stream(seed: u64, purpose: &str) -> Stream {
    seeded(derive(seed, purpose))
}

/// The stream of a seed that [`derive`] or a hash made.
pub fn seeded(seed: u64) -> Stream {
    Stream::seed_from_u64(seed)
}

/// A seed of its own for each purpose.
pub fn derive(seed: u64, purpose: &str) -> u64 {
    mix(seed ^ xxh3_64(purpose.as_bytes()))
}

/// Evenly between 0 (included) and 1 (not included).
pub fn unit(stream: &mut Stream) -> f64 {
    stream.random()
}

/// The numbers below `count` in random order (Fisher and Yates).
pub fn permutation(count: u64, stream: &mut Stream) -> Vec<u64> {
    let mut numbers: Vec<u64> = (0..count).collect();
    for i in (1..numbers.len()).rev() {
        // The bias of the multiplication is below count / 2^64.
        let word: u64 = stream.random();
        let j = (u128::from(word) * (i as u128 + 1)) >> 64;
        numbers.swap(i, j as usize);
    }
    numbers
}
