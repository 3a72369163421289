//! LRU: least recently used. A hit makes the object the newest.
//!
//! Paper: R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage hierarchies", IBM
//! Systems Journal 1970. Parameters: none. Cost: constant; a hit touches four nodes. Memory: 8 bytes per object of the
//! trace. Poor under scans and loops: one pass over more objects than it holds empties it of everything useful.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// Least recently used.
#[derive(Debug, Clone)]
pub struct Lru {
    recency: List,
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
    type Node = Link;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Lru { recency: List::default() })
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Link>, request: &Request) {
        self.recency.refresh(nodes, request.object);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Link>, request: &Request) {
        self.recency.push(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Link>) -> ObjectId {
        self.recency.pop(nodes)
    }

    fn victim(&mut self, _: &mut Nodes<Link>) -> Option<ObjectId> {
        Some(self.recency.oldest())
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Link>, object: ObjectId) {
        self.recency.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Link>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}
