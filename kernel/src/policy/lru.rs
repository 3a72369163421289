//! LRU: least recently used. A hit makes the object the newest.
//!
//! Paper: R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage hierarchies", IBM
//! Systems Journal 1970. Parameters: none. Cost: constant on average. Memory: 4 bytes per object of the trace, 17 to
//! 33 per cached one. Poor under scans and loops: one pass over more objects than it holds empties it of everything useful.

mod run;

use super::in_place::clone_in_place;
use super::recency::Recency;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, Run, Victim};
use crate::request::{ObjectId, Request};

/// Least recently used.
#[derive(Debug)]
pub struct Lru {
    recency: Recency,
}
clone_in_place!(Lru { recency });

impl Policy for Lru {
    const INFO: Info = Info {
        name: "lru",
        summary: "evicts the object that was not asked for the longest",
        paper: "Mattson et al., Evaluation techniques for storage hierarchies, IBM Systems Journal 1970",
        weakness: "one scan over more objects than it holds empties it of everything useful",
        fills_up: true,
        ..Info::PLAIN
    };
    const VICTIM: Option<Victim<Self>> = Some(|policy, _| policy.recency.oldest());
    const RUN: Option<Run<Self>> = Some(run::run);
    /// Where in the log its last use stands.
    type Node = u32;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Lru { recency: Recency::default() })
    }

    fn memory(population: &Population) -> u64 {
        Recency::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<u32>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.recency.refresh(nodes, request.object);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        self.recency.push(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, _: &mut Nodes<u32>, _: Option<&Request>) -> ObjectId {
        self.recency.pop()
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.recency.remove(nodes, object);
    }
}
