//! LFUDA, least frequently used with dynamic ageing: an object's rank is its requests since it was inserted, on top of the
//! rank of the last victim. So a new object starts level with what is about to leave, and what was popular once is overtaken.
//!
//! Paper: M. Arlitt, L. Cherkasova, J. Dilley, R. Friedrich, T. Jin, "Evaluating content management techniques for web proxy
//! caches", ACM SIGMETRICS Performance Evaluation Review 2000. Equal ranks leave in the order in which they were reached.
//! libCacheSim's adds the lowest frequency to the count on every hit, where the paper adds it to the rank once, and does not
//! finish; it is not followed.
//! Parameters: none. Cost: logarithmic: cached objects stand in a heap by rank.
//! Memory: 8 bytes per object of the trace and 16 per cached one.
//! Poor under scans: each new object ranks just above the last victim, so a scan raises the level past objects of middling
//! popularity.

use super::ageing::{Ageing, Node};
use super::in_place::clone_in_place;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::request::{ObjectId, Request};

/// Least requests first, aged.
#[derive(Debug)]
pub struct Lfuda {
    ranks: Ageing,
}
clone_in_place!(Lfuda { ranks });

impl Policy for Lfuda {
    const INFO: Info = Info {
        name: "lfuda",
        aliases: &["lfu-da"],
        summary: "evicts the object with the fewest requests, counted from the last victim's rank",
        paper: "Arlitt et al., Evaluating content management techniques for web proxy caches, SIGMETRICS PER 2000",
        weakness: "scans: they raise the level past objects of middling popularity",
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Lfuda { ranks: Ageing::new() })
    }

    fn memory(population: &Population) -> u64 {
        Ageing::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        node.requests = node.requests.saturating_add(1);
        let rank = self.ranks.rank(f64::from(node.requests));
        self.ranks.update(nodes, request.object, rank);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.ranks.insert(nodes, request.object, self.ranks.rank(1.0));
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        self.ranks.pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.ranks.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        self.ranks.prefetch(nodes, object);
    }
}
