//! Redis' `allkeys-lru`: of some objects drawn at random, and the best candidates of earlier draws, the one that was not asked
//! for the longest, by a clock that tells seconds.
//!
//! Paper: none; as Redis' sources since 3.0 (`src/evict.c`) and its documentation describe it. Differences: keys are drawn
//! evenly, where the server takes neighbours from a random place of its hash table; it evicts before it inserts, not after.
//! tests/policies/servers.rs compares it with a server.
//! Parameters: `samples`, `pool`, `seed`.
//! Cost: a hit is constant, an eviction looks at `samples` objects and up to `pool` candidates. Memory: 4 bytes per object of
//! the trace and 8 per cached one.
//! Poor where LRU is; and where the whole cache turns over in a few seconds, in which its clock sees no order.

use super::eviction_pool::{EvictionPool, POOL, SAMPLES, tick};
use super::in_place::clone_in_place;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, SEED};
use crate::request::{ObjectId, Request};

/// Longest idle first, among a sample.
#[derive(Debug)]
pub struct RedisLru {
    /// Beside each object the second at which it was asked for last.
    pool: EvictionPool<u32>,
    /// The last request's second.
    now: u32,
}
clone_in_place!(RedisLru { pool, now });

impl Policy for RedisLru {
    const INFO: Info = Info {
        name: "redis-lru",
        aliases: &["allkeys-lru"],
        summary: "evicts, of some drawn at random and a pool of earlier candidates, what was not asked for the longest",
        paper: "none; the sources of Redis (src/evict.c) and its documentation on key eviction",
        weakness: "scans, as LRU; its clock tells seconds, so a cache that turns over in a few is nearly random",
        parameters: &[SAMPLES, POOL, SEED],
        needs_time: true,
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = u32;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(RedisLru { pool: EvictionPool::new(parameters, &Self::INFO)?, now: 0 })
    }

    fn memory(population: &Population) -> u64 {
        EvictionPool::<u32>::memory(population)
    }

    fn resize(&mut self, _: &mut Nodes<u32>, _: Capacity) {}

    #[inline(always)]
    fn on_miss(&mut self, _: &mut Nodes<u32>, request: &Request) {
        self.now = tick(request, 1);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.now = tick(request, 1);
        *self.pool.record(nodes, request.object) = self.now;
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.pool.insert(nodes, request.object, self.now);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u32>, _: Option<&Request>) -> ObjectId {
        let now = self.now;
        self.pool.evict(nodes, |asked| now.saturating_sub(*asked))
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.pool.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<u32>, object: ObjectId) {
        self.pool.prefetch(nodes, object);
    }
}
