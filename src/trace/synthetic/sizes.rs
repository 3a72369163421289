//! How large each object is: a lognormal draw that belongs to the key, so that an object keeps its size.

use super::recipe;
use super::stream;
use crate::hash::mix;
use rand_distr::{Distribution, StandardNormal};

/// Sizes by key.
pub struct Sizes<'r> {
    recipe: &'r recipe::Sizes,
    seed: u64,
    /// Mean of the size's logarithm.
    location: f64,
}

impl<'r> Sizes<'r> {
    pub fn new(recipe: &'r recipe::Sizes, seed: u64) -> Sizes<'r> {
        // The mean of a lognormal is exp(location + spread^2 / 2).
        let location = (recipe.mean as f64).ln() - recipe.spread * recipe.spread / 2.0;
        Sizes { recipe, seed: stream::derive(seed, "sizes"), location }
    }

    /// The bytes of a key's object.
    pub fn of(&self, key: u64) -> u64 {
        let size = if self.recipe.spread == 0.0 {
            self.recipe.mean
        } else {
            let mut stream = stream::seeded(mix(self.seed ^ mix(key)));
            let normal: f64 = StandardNormal.sample(&mut stream);
            (self.location + self.recipe.spread * normal).exp().round() as u64
        };
        size.clamp(1, self.recipe.max)
    }
}
