//! RANDOM: evicts a cached object drawn at random, each as likely as any other.
//!
//! Paper: E. Gelenbe, "A unified approach to the evaluation of a class of replacement algorithms", IEEE Transactions on
//! Computers 1973, which shows that its hit ratio is FIFO's where requests are independent. libCacheSim's draws a random
//! bucket of its hash table and then the first object there, which favours objects that share no bucket; this one draws
//! evenly.
//! Parameters: `seed`. Cost: constant; a hit changes nothing. Memory: 4 bytes per object of the trace and 4 per cached one.
//! Poor everywhere in the same mild way: it neither learns nor can be led astray, and beats LRU on loops.

use super::in_place::clone_in_place;
use super::roster::{Roster, generator};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, SEED};
use crate::request::{ObjectId, Request};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Evicts at random.
#[derive(Debug)]
pub struct Random {
    cached: Roster<()>,
    random: Xoshiro256PlusPlus,
}
clone_in_place!(Random { cached, random });

impl Policy for Random {
    const INFO: Info = Info {
        name: "random",
        aliases: &["rand"],
        summary: "evicts a cached object drawn at random, each as likely as any other",
        paper: "Gelenbe, A unified approach to the evaluation of a class of replacement algorithms, IEEE ToC 1973",
        weakness: "learns nothing: popular objects are as likely to go as others",
        parameters: &[SEED],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = u32;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Random { cached: Roster::new(), random: generator(parameters, &Self::INFO)? })
    }

    fn memory(population: &Population) -> u64 {
        Roster::<()>::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<u32>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, _: &mut Nodes<u32>, _: &Request) {}

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.cached.insert(nodes, request.object, ());
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u32>, _: Option<&Request>) -> ObjectId {
        let victim = self.cached.draw(&mut self.random).object;
        self.cached.remove(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.cached.remove(nodes, object);
    }
}
