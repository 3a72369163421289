//! SIEVE: a hand walks the queue from old to new, spares and unmarks objects that were hit, and evicts the first that
//! was not. Nothing ever moves, so survivors stay among the old and new objects are sifted early.
//!
//! Paper: Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson, K. V. Rashmi, "SIEVE is Simpler than LRU: an Efficient Turn-Key
//! Eviction Algorithm for Web Caches", NSDI 2024.
//! Parameters: none. Cost: a hit sets one bit; the hand's steps are paid for by the hits that set the bits it clears:
//! constant on average. Memory: 12 bytes per object of the trace.
//! Poor under scans and for block workloads: it is not scan-resistant, and a set of objects that was popular once is
//! sifted out only when the hand has come round.

use super::list::{Link, List, NONE};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// A hand that sifts a queue.
#[derive(Debug, Clone)]
pub struct Sieve {
    queue: List,
    /// The next object to look at; [`NONE`] stands for the oldest.
    hand: ObjectId,
}

/// An object's place in the queue, and whether it was hit since the hand passed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    visited: bool,
}
linked!(Node);

impl Policy for Sieve {
    const INFO: Info = Info {
        name: "sieve",
        aliases: &[],
        summary: "a hand walks from old to new and evicts the first object that was not hit since it last passed",
        paper: "Zhang et al., SIEVE is simpler than LRU, NSDI 2024",
        weakness: "not scan-resistant; what was popular once leaves only when the hand has come round",
        parameters: &[],
        needs_future: false,
        unbounded: false,
    };
    const NAMES_VICTIM: bool = true;
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Sieve { queue: List::default(), hand: NONE })
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].visited = true;
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].visited = false;
        self.queue.push(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let victim = self.sift(nodes);
        self.remove_at_hand(nodes, victim);
        victim
    }

    fn victim(&mut self, nodes: &mut Nodes<Node>) -> Option<ObjectId> {
        Some(self.sift(nodes))
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if self.hand == object {
            self.remove_at_hand(nodes, object);
        } else {
            self.queue.remove(nodes, object);
        }
    }
}

impl Sieve {
    /// Moves the hand to the first object that was not hit since it last passed.
    #[inline(always)]
    fn sift(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let mut object = if self.hand == NONE { self.queue.oldest() } else { self.hand };
        while nodes[object].visited {
            nodes[object].visited = false;
            object = List::newer(nodes, object);
        }
        self.hand = object;
        object
    }

    /// Takes out the object that the hand points to; the hand moves on.
    #[inline(always)]
    fn remove_at_hand(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.hand = if self.queue.is_only(object) { NONE } else { List::newer(nodes, object) };
        self.queue.remove(nodes, object);
    }
}
