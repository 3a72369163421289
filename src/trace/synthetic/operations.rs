//! What each request does, and the time to live it says.

use super::recipe;
use super::stream::{self, Stream};
use crate::request::Op;

/// Operations, one after the other.
pub struct Operations<'r> {
    recipe: &'r recipe::Operations,
    stream: Stream,
}

impl<'r> Operations<'r> {
    pub fn new(recipe: &'r recipe::Operations, seed: u64) -> Operations<'r> {
        Operations { recipe, stream: stream::stream(seed, "operations") }
    }

    /// The next request's operation.
    pub fn next(&mut self) -> Op {
        let recipe::Operations { set, delete } = *self.recipe;
        if set + delete == 0.0 {
            return Op::Get;
        }
        match stream::unit(&mut self.stream) {
            u if u < set => Op::Set,
            u if u < set + delete => Op::Delete,
            _ => Op::Get,
        }
    }
}

/// Times to live, one after the other.
pub struct Ttls<'r> {
    recipe: &'r recipe::Ttl,
    stream: Stream,
}

impl<'r> Ttls<'r> {
    pub fn new(recipe: &'r recipe::Ttl, seed: u64) -> Ttls<'r> {
        Ttls { recipe, stream: stream::stream(seed, "times to live") }
    }

    /// Seconds that the next request says, 0 where it says nothing.
    pub fn next(&mut self, op: Op) -> u32 {
        let speaks = op == Op::Set || (op == Op::Get && self.recipe.on_gets);
        if !speaks {
            return 0;
        }
        let mut left = stream::unit(&mut self.stream);
        for life in &self.recipe.values {
            if left < life.share {
                return life.lives;
            }
            left -= life.share;
        }
        0
    }
}
