//! The trace that benches replay, drawn in memory: gets from a Zipf distribution.

use coldgap::request::ObjectId;
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Draws a trace with a fixed seed; ids go by first touch.
pub fn zipf(exponent: f64, objects: usize, requests: usize) -> Vec<ObjectId> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let popularity = Zipf::new(objects as f64, exponent).expect("the exponent is positive");
    let mut ids = vec![None; objects + 1];
    let mut touched = 0;
    let mut draw = || {
        let rank = popularity.sample(&mut random) as usize;
        *ids[rank].get_or_insert_with(|| {
            touched += 1;
            ObjectId(touched - 1)
        })
    };
    (0..requests).map(|_| draw()).collect()
}
