//! Probabilistic admission: every fetched object enters with the same probability. What is asked for often gets in soon,
//! what is asked for once hardly ever.
//!
//! Paper: folklore; CacheLib and flash caches use it to spare writes. Parameters: `p`, `seed`.
//! Cost: constant. Memory: none per object.
//! Poor while a cache refills: an object is fetched 1 / p times on average before it enters.

use super::{Admission, FilterInfo};
use crate::policy::{Capacity, Parameter, ParameterError, Parameters, SEED};
use crate::request::Request;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

pub const INFO: FilterInfo = FilterInfo {
    name: "probabilistic",
    aliases: &["random-admission"],
    summary: "inserts a fetched object with probability p",
    paper: "folklore",
    weakness: "a refill takes 1/p fetches of every object; blind to size and frequency",
    parameters: &[Parameter { name: "p", default: "10%", help: "the probability of insertion, above 0%" }, SEED],
    needs_victim: false,
    new,
};

#[derive(Clone)]
struct Probabilistic {
    probability: f64,
    random: Xoshiro256PlusPlus,
    start: Xoshiro256PlusPlus,
}

fn new(_: Capacity, _: usize, parameters: &Parameters) -> Result<Box<dyn Admission>, ParameterError> {
    let probability = parameters.share_above_zero("p", &INFO)?;
    let start = Xoshiro256PlusPlus::seed_from_u64(parameters.number("seed", &INFO, 0..=u64::MAX)?);
    Ok(Box::new(Probabilistic { probability, random: start.clone(), start }))
}

impl Admission for Probabilistic {
    fn admit(&mut self, _: &Request) -> bool {
        self.random.random::<f64>() < self.probability
    }

    fn resize(&mut self, _: Capacity) {}

    fn reset(&mut self) {
        self.random = self.start.clone();
    }

    fn fork(&self) -> Box<dyn Admission> {
        Box::new(self.clone())
    }
}
