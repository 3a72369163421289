//! Clock2Q+: a small FIFO queue sorts out what is not hit in time; what is, or is asked for again shortly after, enters a
//! CLOCK. Hits within a window after the insertion do not count: they belong to the same piece of work as the first one.
//!
//! Paper: Y. Zhai, B. D. Marthen, S. Balivada et al., "Clock2Q+: a simple and efficient replacement algorithm for metadata
//! cache in VMware vSAN", VLDB 2026. Its pages have one size, and its window is so many insertions into the small queue, as a share
//! of that queue. In bytes the window is so many bytes of insertions (`count=weight`): in objects this is the paper, and
//! libCacheSim request by request. libCacheSim compares the number of insertions with a window in bytes, so that in bytes
//! practically no hit in the small queue counts; `count=objects` does that, to compare with it. As in libCacheSim, what finds
//! the small queue full before the first eviction enters the main queue, and an object larger than it is refused.
//!
//! Parameters: `small`, the small queue's share of the cache; `ghost`, how much of what it evicted is remembered, as a share
//! of the cache; `window`, as a share of the small queue; `count`. Cost: an eviction's re-insertions are paid for by the hits
//! that set their bits: constant on average. Memory: 24 bytes per object of the trace.
//! Poor where what is asked for twice at once is what will be asked for later, and for objects asked for twice, far apart.

use super::list::Link;
use super::probation::{Place, Probation, tried};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// A small FIFO queue, its ghosts and a CLOCK.
#[derive(Debug, Clone)]
pub struct Clock2QPlus {
    parts: Probation,
    /// So much of the small queue must be inserted after an object before hits on it count.
    window: f64,
    counts_objects: bool,
    /// What was ever inserted into the small queue, in what the window counts.
    inserted: u64,
    has_evicted: bool,
}

/// Where an object is, when it entered the small queue, and whether it was hit in a way that counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    inserted: u64,
    place: Place,
    is_hit: bool,
}
tried!(Node);

impl Policy for Clock2QPlus {
    const INFO: Info = Info {
        name: "clock2q+",
        aliases: &["clock2qplus"],
        summary: "a small FIFO queue and a CLOCK; hits soon after the insertion do not count",
        paper: "Zhai et al., Clock2Q+: a simple and efficient replacement algorithm for metadata cache, VLDB 2026",
        weakness: "objects asked for twice, far apart; refuses objects larger than its small queue",
        parameters: &[
            Parameter { name: "small", default: "10%", help: "the small queue's share of the cache, above 0%" },
            Parameter { name: "ghost", default: "90%", help: "how much is remembered, as a share of the cache" },
            Parameter {
                name: "window",
                default: "50%",
                help: "hits do not count until so much was inserted after the object, as a share of the small queue",
            },
            Parameter {
                name: "count",
                default: "weight",
                help: "in bytes, the window counts bytes (weight) or insertions (objects, as libCacheSim does, which \
                       makes it endless)",
            },
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Clock2QPlus {
            parts: Probation::new(capacity, parameters, &Self::INFO, ["small", "ghost"])?,
            window: parameters.ratio("window", &Self::INFO)?.get(),
            counts_objects: parameters.choice("count", &Self::INFO, &["weight", "objects"])? == "objects",
            inserted: 0,
            has_evicted: false,
        })
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
        let window = self.parts.small_capacity as f64 * self.window;
        let node = &mut nodes[request.object];
        if node.place == Place::Main || (self.inserted - node.inserted) as f64 >= window {
            node.is_hit = true;
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        self.parts.admit(nodes, request, u64::MAX)
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        nodes[object].is_hit = false;
        let overflow = !self.has_evicted && self.parts.small.weight() >= self.parts.small_capacity;
        if nodes[object].place == Place::Returning || overflow {
            self.parts.enter_main(nodes, object);
            return;
        }
        self.inserted += if self.counts_objects { 1 } else { nodes.weight(object) };
        nodes[object].inserted = self.inserted;
        self.parts.enter_small(nodes, object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        self.has_evicted = true;
        if self.parts.main_has_room(0) {
            while !self.parts.small.is_empty() {
                let object = self.parts.small.oldest();
                if !nodes[object].is_hit {
                    return self.parts.evict_small(nodes);
                }
                self.parts.small.pop(nodes);
                nodes[object].is_hit = false;
                self.parts.enter_main(nodes, object);
            }
        }
        self.evict_main(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.remove(nodes, object);
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.parts.forget(nodes, object);
    }
}

impl Clock2QPlus {
    /// Evicts from the main queue, which holds objects whenever the small one has none.
    #[inline(always)]
    fn evict_main(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        loop {
            let object = self.parts.main.oldest();
            if !nodes[object].is_hit {
                return self.parts.evict_main(nodes);
            }
            nodes[object].is_hit = false;
            self.parts.main.turn(nodes);
        }
    }
}
