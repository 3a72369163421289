//! Redis' `allkeys-lfu`: of some objects drawn at random, and the best candidates of earlier draws, the one with the least
//! counter. A counter is 5 when its object enters, rises at a hit with a probability that falls as it grows (so that it counts
//! the logarithm of requests, up to 255), and sinks by one for every minute since the last hit.
//!
//! Paper: none; as Redis' sources since 4.0 (`src/evict.c`) and its documentation describe it. Differences: those of
//! redis_lru.rs. tests/policies/servers.rs compares it with a server.
//! Parameters: `factor` (`lfu-log-factor`), `decay` (`lfu-decay-time`), `samples`, `pool`, `seed`.
//! Cost: a hit is constant, an eviction looks at `samples` objects and up to `pool` candidates. Memory: 4 bytes per object of
//! the trace and 12 per cached one.
//! Poor where popularity shifts within minutes; new objects that are asked for again late have the least counter meanwhile.

use super::eviction_pool::{EvictionPool, POOL, SAMPLES, tick};
use super::in_place::clone_in_place;
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, SEED};
use crate::request::{ObjectId, Request};

/// A new object's counter.
const INITIAL: u8 = 5;
/// Seconds of a tick of its clock.
const MINUTE: u64 = 60;

/// Least counter first, among a sample.
#[derive(Debug)]
pub struct RedisLfu {
    pool: EvictionPool<Counter>,
    factor: u32,
    /// Minutes after which a counter sinks by one; 0 where it never does.
    decay: u32,
    /// The last request's minute.
    now: u32,
}
clone_in_place!(RedisLfu { pool, factor, decay, now });

#[derive(Debug, Clone, Copy)]
struct Counter {
    value: u8,
    /// The minute it was hit last.
    hit: u32,
}

impl Policy for RedisLfu {
    const INFO: Info = Info {
        name: "redis-lfu",
        aliases: &["allkeys-lfu"],
        summary: "evicts, of some drawn at random and a pool of earlier candidates, the least of counters that decay",
        paper: "none; the sources of Redis (src/evict.c) and its documentation on key eviction",
        weakness: "popularity that shifts within minutes; what is new and asked for again late",
        parameters: &[
            Parameter { name: "factor", default: "10", help: "how slowly counters rise (lfu-log-factor), 0 to 65535" },
            Parameter { name: "decay", default: "1", help: "minutes after which they sink (lfu-decay-time); 0: never" },
            SAMPLES,
            POOL,
            SEED,
        ],
        needs_time: true,
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = u32;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(RedisLfu {
            pool: EvictionPool::new(parameters, &Self::INFO)?,
            factor: parameters.number("factor", &Self::INFO, 0..=65_535)? as u32,
            decay: parameters.number("decay", &Self::INFO, 0..=65_535)? as u32,
            now: 0,
        })
    }

    fn memory(population: &Population) -> u64 {
        EvictionPool::<Counter>::memory(population)
    }

    fn resize(&mut self, _: &mut Nodes<u32>, _: Capacity) {}

    #[inline(always)]
    fn on_miss(&mut self, _: &mut Nodes<u32>, request: &Request) {
        self.now = tick(request, MINUTE);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.now = tick(request, MINUTE);
        let chance = u64::from(self.pool.chance());
        let counter = self.pool.record(nodes, request.object);
        let value = counter.sunk(self.now, self.decay);
        // It rises with a probability of 1 / odds.
        let odds = u64::from(value.saturating_sub(INITIAL)) * u64::from(self.factor) + 1;
        let rises = u8::from(chance * odds < 1 << 32);
        *counter = Counter { value: value.saturating_add(rises), hit: self.now };
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.pool.insert(nodes, request.object, Counter { value: INITIAL, hit: self.now });
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u32>, _: Option<&Request>) -> ObjectId {
        let (now, decay) = (self.now, self.decay);
        self.pool.evict(nodes, |counter| u32::from(u8::MAX - counter.sunk(now, decay)))
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.pool.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<u32>, object: ObjectId) {
        self.pool.prefetch(nodes, object);
    }
}

impl Counter {
    /// What is left of it.
    #[inline(always)]
    fn sunk(&self, now: u32, decay: u32) -> u8 {
        let periods = now.saturating_sub(self.hit).checked_div(decay).unwrap_or(0);
        self.value.saturating_sub(periods.min(255) as u8)
    }
}
