//! How Redis finds a victim without an order of all keys: each eviction looks at some keys drawn at random, keeps the best
//! candidates of this and earlier draws in a small pool, and takes the best of these that is still cached.
//!
//! As in the server, a candidate is judged when it is drawn: it goes although it was asked for since, and one that left
//! and came back is still a candidate. What makes a good one is the policy's.

use super::in_place::clone_in_place;
use super::list::NONE;
use super::roster::{Roster, generator};
use super::{Info, Nodes, Parameter, ParameterError, Parameters, Population};
use crate::request::{ObjectId, Request, SECOND};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The server's `maxmemory-samples`.
pub const SAMPLES: Parameter = Parameter {
    name: "samples",
    default: "5",
    help: "how many objects an eviction draws (maxmemory-samples), 1 to 65536",
};
/// A constant of the server's.
pub const POOL: Parameter = Parameter {
    name: "pool",
    default: "16",
    help: "how many of the best candidates are kept between evictions, 1 to 64",
};

/// Candidates at most.
const MOST: usize = 64;

/// Cached objects with a `T` beside each, and the candidates.
#[derive(Debug)]
pub struct EvictionPool<T> {
    cached: Roster<T>,
    /// The first `held` of them, from the worst to the best.
    candidates: [Candidate; MOST],
    held: usize,
    size: usize,
    samples: u32,
    random: Xoshiro256PlusPlus,
}
clone_in_place!(EvictionPool<T: Copy> { cached, candidates, held, size, samples, random });

#[derive(Debug, Clone, Copy)]
struct Candidate {
    object: ObjectId,
    /// How good it is to evict it.
    merit: u32,
}

impl<T: Copy> EvictionPool<T> {
    /// An empty one, as the parameters `samples`, `pool` and `seed` say.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn new(parameters: &Parameters, info: &Info) -> Result<Self, ParameterError> {
        Ok(EvictionPool {
            cached: Roster::new(),
            candidates: [Candidate { object: NONE, merit: 0 }; MOST],
            held: 0,
            size: parameters.number(POOL.name, info, 1..=MOST as u64)? as usize,
            samples: parameters.number(SAMPLES.name, info, 1..=1 << 16)? as u32,
            random: generator(parameters, info)?,
        })
    }

    /// Bytes that it allocates, at most.
    pub fn memory(population: &Population) -> u64 {
        Roster::<T>::memory(population.cached)
    }

    /// What is kept of an object that is cached.
    #[inline(always)]
    pub fn record(&mut self, nodes: &Nodes<u32>, object: ObjectId) -> &mut T {
        self.cached.record(nodes, object)
    }

    /// An object enters the cache.
    #[inline(always)]
    pub fn insert(&mut self, nodes: &mut Nodes<u32>, object: ObjectId, record: T) {
        self.cached.insert(nodes, object, record);
    }

    /// An object leaves the cache otherwise than by eviction.
    pub fn remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.cached.remove(nodes, object);
    }

    /// Draws, and gives up the best candidate. `merit` says how good it is to evict an object of which this is kept.
    #[inline(always)]
    pub fn evict(&mut self, nodes: &mut Nodes<u32>, merit: impl Fn(&T) -> u32) -> ObjectId {
        loop {
            for _ in 0..self.samples {
                let drawn = self.cached.draw(&mut self.random);
                self.consider(Candidate { object: drawn.object, merit: merit(&drawn.record) });
            }
            while self.held > 0 {
                self.held -= 1;
                let best = self.candidates[self.held];
                if self.cached.contains(nodes, best.object) {
                    self.cached.remove(nodes, best.object);
                    return best.object;
                }
            }
        }
    }

    /// Keeps a candidate if there is room, or a worse one can go for it. Among equals the earlier one is better.
    #[inline(always)]
    fn consider(&mut self, candidate: Candidate) {
        let worse = self.candidates[..self.held].partition_point(|other| other.merit < candidate.merit);
        if self.held < self.size {
            self.candidates.copy_within(worse..self.held, worse + 1);
            self.candidates[worse] = candidate;
            self.held += 1;
        } else if worse > 0 {
            self.candidates.copy_within(1..worse, 0);
            self.candidates[worse - 1] = candidate;
        }
    }

    /// A number below 2^32, each as likely as any other.
    #[inline(always)]
    pub fn chance(&mut self) -> u32 {
        (self.random.next_u64() >> 32) as u32
    }

    /// A hint: fetch what is kept of the object.
    #[inline(always)]
    pub fn prefetch(&self, nodes: &Nodes<u32>, object: ObjectId) {
        self.cached.prefetch(nodes, object);
    }
}

/// The request's time in units of so many seconds, as the server's coarse clocks tell it.
#[inline(always)]
pub fn tick(request: &Request, seconds: u64) -> u32 {
    (request.time / (seconds * SECOND)) as u32
}
