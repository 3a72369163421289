//! QDLP, quick demotion and lazy promotion: a small FIFO queue sorts out what is not hit soon; what is hit there, or is asked
//! for again shortly after, enters a CLOCK that counts hits to 3.
//!
//! Paper: J. Yang, Z. Qiu, Y. Zhang, Y. Yue, K. V. Rashmi, "FIFO can be better than LRU: the power of lazy promotion and
//! quick demotion", HotOS 2023. Equal to libCacheSim request by request; what the paper leaves open is as there: an object
//! larger than the small queue is refused, and the main queue never takes more than its own share, so that with byte
//! sizes it may evict although the cache has room. (libCacheSim admits nothing at all where the small queue holds one
//! object; here it holds at least one.)
//!
//! Parameters: `small`, the small queue's share of the cache; `ghost`, how much of what it evicted is remembered, as a share
//! of the cache; `promote`, the hits that move an object to the main queue. Cost: a hit counts to 3; an eviction's
//! re-insertions are paid for by those hits: constant on average. Memory: 12 bytes per object of the trace.
//! Poor where objects are asked for twice, far apart, and where bursts of hits soon after the first request say nothing.

use super::list::Link;
use super::probation::{Place, Probation, tried};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// Hits are counted up to this, in two bits.
const MOST_HITS: u8 = 3;

/// A small FIFO queue, its ghosts and a CLOCK.
#[derive(Debug, Clone)]
pub struct Qdlp {
    parts: Probation,
    promote: u8,
    /// The small queue's oldest object is on its way into the main queue, which has not made enough room yet.
    is_moving: bool,
}

/// Where an object is, and its hits there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
    hits: u8,
}
tried!(Node);

impl Policy for Qdlp {
    const INFO: Info = Info {
        name: "qdlp",
        aliases: &["qd-lp"],
        summary: "a small FIFO queue sorts out what is not hit soon; the rest is kept by a CLOCK of two bits",
        paper: "Yang et al., FIFO can be better than LRU: the power of lazy promotion and quick demotion, HotOS 2023",
        weakness: "objects asked for twice, far apart; refuses objects larger than its small queue",
        parameters: &[
            Parameter { name: "small", default: "10%", help: "the small queue's share of the cache, above 0%" },
            Parameter { name: "ghost", default: "90%", help: "how much is remembered, as a share of the cache" },
            Parameter { name: "promote", default: "1", help: "hits that move an object to the main queue: 1, 2 or 3" },
        ],
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Qdlp {
            parts: Probation::new(capacity, parameters, &Self::INFO, ["small", "ghost"])?,
            promote: parameters.number("promote", &Self::INFO, 1..=u64::from(MOST_HITS))? as u8,
            is_moving: false,
        })
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.parts.resize(nodes, capacity);
        self.is_moving = false;
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.recall(nodes, object);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        if node.hits < MOST_HITS {
            node.hits += 1;
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        self.parts.admit(nodes, request, self.parts.main_capacity)
    }

    #[inline(always)]
    fn overflow(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> Option<ObjectId> {
        let request = entering?;
        if self.is_moving
            && let Some(victim) = self.promote_oldest(nodes)
        {
            return Some(victim);
        }
        let returns = nodes[request.object].place == Place::Returning;
        let is_full = returns && !self.parts.main_has_room(nodes.weight_of(request.size));
        is_full.then(|| self.evict_main(nodes))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        nodes[object].hits = 0;
        if nodes[object].place == Place::Returning {
            self.parts.enter_main(nodes, object);
        } else {
            self.parts.enter_small(nodes, object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        // The main queue never holds too much, unless the cache has shrunk.
        while !self.parts.small.is_empty() && self.parts.main_has_room(0) {
            let oldest = self.parts.small.oldest();
            if nodes[oldest].hits < self.promote || nodes.weight(oldest) > self.parts.main_capacity {
                return self.parts.evict_small(nodes);
            }
            if let Some(victim) = self.promote_oldest(nodes) {
                return victim;
            }
        }
        self.evict_main(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.is_moving &= object != self.parts.small.oldest();
        self.parts.remove(nodes, object);
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.forget(nodes, object);
    }
}

impl Qdlp {
    /// Moves the small queue's oldest object into the main queue; if that is full, evicts one object from it, and moves
    /// only if this was enough.
    #[inline(always)]
    fn promote_oldest(&mut self, nodes: &mut Nodes<Node>) -> Option<ObjectId> {
        let weight = nodes.weight(self.parts.small.oldest());
        let victim = (!self.parts.main_has_room(weight)).then(|| self.evict_main(nodes));
        self.is_moving = !self.parts.main_has_room(weight);
        if !self.is_moving {
            let object = self.parts.small.pop(nodes);
            nodes[object].hits = 0;
            self.parts.enter_main(nodes, object);
        }
        victim
    }

    /// Evicts from the main queue, which must not be empty.
    #[inline(always)]
    fn evict_main(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        loop {
            let object = self.parts.main.oldest();
            if nodes[object].hits == 0 {
                return self.parts.evict_main(nodes);
            }
            nodes[object].hits -= 1;
            self.parts.main.turn(nodes);
        }
    }
}
