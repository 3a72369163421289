//! 2Q: new objects enter a FIFO queue, where hits mean nothing; those asked for again after they left it, while they are
//! still remembered, enter an LRU queue.
//!
//! Paper: T. Johnson, D. Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB
//! 1994, the full version: A1in, A1out and Am. Equal to libCacheSim request by request; what the paper leaves open, as its
//! pages have one size, is as there: an object larger than the FIFO queue is refused, and the LRU queue never takes more
//! than its own share, so that with byte sizes it may evict although the cache has room.
//! Parameters: `in`, the FIFO queue's share of the cache; `out`, how much is remembered, as a share of the cache.
//! Cost: constant. Memory: 12 bytes per object of the trace.
//! Poor where objects are asked for in one burst only, or again sooner than they leave the FIFO queue: neither counts.

use super::list::{Link, List};
use super::probation::{Place, Probation, tried};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// A FIFO queue, its ghosts, and an LRU queue as the main one.
#[derive(Debug, Clone)]
pub struct TwoQ {
    parts: Probation,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
}
tried!(Node);

impl Policy for TwoQ {
    const INFO: Info = Info {
        name: "2q",
        aliases: &["twoq"],
        summary: "a FIFO queue for new objects; an LRU queue for those asked for again soon after they left it",
        paper: "Johnson and Shasha, 2Q: a low overhead high performance buffer management replacement algorithm, VLDB 1994",
        weakness: "hits soon after the first do not count; refuses objects larger than its FIFO queue",
        parameters: &[
            Parameter { name: "in", default: "25%", help: "the FIFO queue's share of the cache, above 0%" },
            Parameter { name: "out", default: "50%", help: "how much is remembered, as a share of the cache" },
        ],
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(TwoQ { parts: Probation::new(capacity, parameters, &Self::INFO, ["in", "out"])? })
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.parts.resize(nodes, capacity);
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.recall(nodes, object);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        if nodes[request.object].place == Place::Main {
            self.parts.main.refresh(nodes, request.object);
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        self.parts.admit(nodes, request, self.parts.main_capacity)
    }

    #[inline(always)]
    fn overflow(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> Option<ObjectId> {
        let request = entering.filter(|request| nodes[request.object].place == Place::Returning)?;
        let is_full = !self.parts.main_has_room(nodes.weight_of(request.size));
        is_full.then(|| self.parts.evict_main(nodes))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        if nodes[request.object].place == Place::Returning {
            self.parts.enter_main(nodes, request.object);
        } else {
            self.parts.enter_small(nodes, request.object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        if !self.parts.main.is_empty() && self.parts.small.weight() <= self.parts.small_capacity {
            self.parts.evict_main(nodes)
        } else {
            self.parts.evict_small(nodes)
        }
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.remove(nodes, object);
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.forget(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}
