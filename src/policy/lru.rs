//! LRU: least recently used. A hit makes the object the newest.
//!
//! Paper: R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage hierarchies", IBM
//! Systems Journal 1970. Parameters: none. Cost: constant on average. Memory: 4 bytes per object of the trace, 17 to
//! 33 per cached one. Poor under scans and loops: one pass over more objects than it holds empties it of everything useful.

use super::recency::Recency;
use super::run::{self, ahead};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
use std::mem::take;

/// Least recently used.
#[derive(Debug, Clone)]
pub struct Lru {
    recency: Recency,
}

impl Policy for Lru {
    const INFO: Info = Info {
        name: "lru",
        aliases: &[],
        summary: "evicts the object that was not asked for the longest",
        paper: "Mattson et al., Evaluation techniques for storage hierarchies, IBM Systems Journal 1970",
        weakness: "one scan over more objects than it holds empties it of everything useful",
        parameters: &[],
        needs_future: false,
        unbounded: false,
    };
    const NAMES_VICTIM: bool = true;
    /// Where in the log its last use stands.
    type Node = u32;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Lru { recency: Recency::default() })
    }

    fn memory(population: &Population) -> u64 {
        Recency::memory(population.cached)
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.recency.refresh(nodes, request.object);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.recency.push(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, _: &mut Nodes<u32>) -> ObjectId {
        self.recency.pop()
    }

    fn victim(&mut self, _: &mut Nodes<u32>) -> Option<ObjectId> {
        Some(self.recency.oldest())
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.recency.remove(nodes, object);
    }

    fn run(&mut self, nodes: &mut Nodes<u32>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) -> bool {
        self.recency.make_room(nodes, run::LENGTH);
        let (mut recency, mut places, mut set) = (take(&mut self.recency), take(nodes), take(cached));
        for ((object, coming), missed) in ahead(gets).zip(missed) {
            set.prefetch(coming);
            places.prefetch(coming);
            let miss = 1 - set.bit(object);
            set.replace(recency.use_or_replace(&mut places, object, miss), object, miss);
            *missed = miss;
        }
        (self.recency, *nodes, *cached) = (recency, places, set);
        true
    }
}
