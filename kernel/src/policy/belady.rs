//! Belady's MIN: evicts the object whose next request is farthest away. It reads the future, so it bounds what any
//! policy that inserts every fetched object can reach.
//!
//! Paper: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 1966.
//! Parameters: none. Cost: logarithmic: cached objects stand in a heap by their next request, and each knows its place
//! there, so nothing stale is kept. A popular object's next request is near, so most hits move it little.
//! Memory: 8 bytes per object of the trace and 8 per cached object.
//! Optimal only where objects have equal sizes and only gets occur: with byte sizes it is a strong guess, not a bound.

use super::heap::Heap;
use super::in_place::clone_in_place;
use super::nodes::placed;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::request::{ObjectId, Request};
use std::cmp::Reverse;

/// Farthest next request first.
#[derive(Debug)]
pub struct Belady {
    heap: Heap<Reverse<u32>>,
}
clone_in_place!(Belady { heap });

/// What is known of an object's future, and its place in the heap while it is cached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// The newest `next` that was said; 0 where none was.
    next: u32,
    place: u32,
}
placed!(Node);

impl Policy for Belady {
    const INFO: Info = Info {
        name: "belady",
        aliases: &["opt", "min"],
        summary: "evicts the object whose next request is farthest away: a bound, not a policy one can deploy",
        paper: "Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 1966",
        weakness: "reads the future; a strict bound only where all objects count alike",
        needs_future: true,
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Belady { heap: Heap::new() })
    }

    fn memory(population: &Population) -> u64 {
        Heap::<Reverse<u32>>::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        hear(&mut nodes[request.object], request);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let next = hear(&mut nodes[request.object], request);
        self.heap.update(nodes, request.object, Reverse(next));
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let next = hear(&mut nodes[request.object], request);
        self.heap.insert(nodes, request.object, Reverse(next));
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        self.heap.pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.heap.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        self.heap.prefetch(nodes, object);
    }
}

/// Hears what a request says of the next one, and what is known of it now: a retry or an answer may come after later requests,
/// and know less than they did.
#[inline(always)]
fn hear(node: &mut Node, request: &Request) -> u32 {
    node.next = node.next.max(request.next);
    node.next
}
