//! Hyperbolic caching: an object is worth its requests divided by the time since it was inserted; the victim is the least
//! of some that are drawn at random. So a new object has time to prove itself, and what was popular once decays.
//!
//! Paper: A. Blankstein, S. Sen, M. J. Freedman, "Hyperbolic caching: flexible caching for web applications", USENIX ATC
//! 2017, without its costs and classes. Time is counted in requests. As in libCacheSim an object begins with one request,
//! and its size does not count.
//! Parameters: `samples`, how many objects are drawn; `seed`.
//! Cost: a hit is constant, an eviction looks at `samples` objects. Memory: 4 bytes per object of the trace and 12 per
//! cached one.
//! Poor where popularity changes fast: a request counts alike whenever it was.

use super::in_place::clone_in_place;
use super::roster::{Roster, generator};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, SEED};
use crate::request::{ObjectId, Request};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Least requests by time first, among a sample.
#[derive(Debug)]
pub struct Hyperbolic {
    cached: Roster<Record>,
    samples: u32,
    random: Xoshiro256PlusPlus,
    /// Requests so far.
    now: u32,
}
clone_in_place!(Hyperbolic { cached, samples, random, now });

#[derive(Debug, Clone, Copy)]
struct Record {
    requests: u32,
    inserted: u32,
}

impl Policy for Hyperbolic {
    const INFO: Info = Info {
        name: "hyperbolic",
        summary: "evicts, of some drawn at random, the object with the fewest requests by time since it was inserted",
        paper: "Blankstein et al., Hyperbolic caching: flexible caching for web applications, USENIX ATC 2017",
        weakness: "popularity that changes fast: a request counts alike whenever it was",
        parameters: &[
            Parameter { name: "samples", default: "64", help: "how many objects an eviction looks at, 1 to 65536" },
            SEED,
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = u32;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let samples = parameters.number("samples", &Self::INFO, 1..=1 << 16)? as u32;
        Ok(Hyperbolic { cached: Roster::new(), samples, random: generator(parameters, &Self::INFO)?, now: 0 })
    }

    fn memory(population: &Population) -> u64 {
        Roster::<Record>::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<u32>, _: Capacity) {}

    #[inline(always)]
    fn on_miss(&mut self, _: &mut Nodes<u32>, _: &Request) {
        self.now += 1;
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.now += 1;
        let record = self.cached.record(nodes, request.object);
        record.requests = record.requests.saturating_add(1);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.cached.insert(nodes, request.object, Record { requests: 1, inserted: self.now });
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u32>, _: Option<&Request>) -> ObjectId {
        let now = self.now;
        let age = |record: &Record| u64::from(now - record.inserted);
        // a / b < c / d without dividing. An object of no age is worth more than any other.
        let worse =
            |one: &Record, other: &Record| u64::from(one.requests) * age(other) < u64::from(other.requests) * age(one);
        let victim = self.cached.best_of(self.samples, &mut self.random, worse);
        self.cached.remove(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.cached.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<u32>, object: ObjectId) {
        self.cached.prefetch(nodes, object);
    }
}
