//! ARC, adaptive replacement cache: one LRU list for objects asked for once lately, one for those asked for again, and for
//! each list the ghosts of what left it. A ghost that is asked for says which list was too small, and moves the target.
//!
//! Paper: N. Megiddo, D. S. Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003; the target is a real
//! number, as in the authors' code. Its pages have one size. In bytes a ghost moves the target by what the paper says times
//! its own weight (`step=object`): in objects this is the paper, and libCacheSim request by request. libCacheSim moves the
//! target by single bytes, so that in bytes it hardly adapts at all; `step=byte` does that, to compare with it.
//!
//! Parameters: `step`. Cost: constant. Memory: 12 bytes per object of the trace.
//! Poor under loops larger than the cache, and where popularity shifts faster than the target can follow.

use super::adaptive::{Adaptive, Place, divided, drop_oldest};
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// Two LRU lists with ghosts, and a target for the first one's weight.
#[derive(Debug, Clone)]
pub struct Arc {
    lists: Adaptive,
    steps_by_byte: bool,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
}
divided!(Node);

impl Policy for Arc {
    const INFO: Info = Info {
        name: "arc",
        summary: "recency against frequency: ghosts of both lists say which of them should be larger",
        paper: "Megiddo and Modha, ARC: a self-tuning, low overhead replacement cache, FAST 2003",
        weakness: "loops larger than the cache; popularity that shifts faster than its target can follow",
        parameters: &[Parameter {
            name: "step",
            default: "object",
            help: "in bytes, a ghost moves the target in units of its own weight (object) or of single bytes (byte, as \
                   libCacheSim does, which hardly adapts)",
        }],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Arc {
            lists: Adaptive::new(capacity),
            steps_by_byte: parameters.choice("step", &Self::INFO, &["object", "byte"])? == "byte",
        })
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.lists.resize(nodes, capacity);
    }

    /// Cases II and III of the paper: the target moves.
    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let step = if self.steps_by_byte { 1.0 } else { nodes.weight(object) as f64 };
        let (b1, b2) = (self.lists.b1.weight() as f64, self.lists.b2.weight() as f64);
        match nodes[object].place {
            Place::B1 => self.lists.favour_recency(b1, b2, step),
            Place::B2 => self.lists.favour_frequency(b1, b2, step),
            _ => return,
        }
        self.lists.recall(nodes, object);
    }

    /// Case I.
    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if nodes[object].place == Place::T2 {
            self.lists.t2.refresh(nodes, object);
        } else {
            self.lists.t1.remove(nodes, object);
            self.lists.enter_t2(nodes, object);
        }
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.lists.enter(nodes, request.object);
    }

    /// Case IV for what was not remembered, with one look at the ghosts per victim; then REPLACE.
    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> ObjectId {
        let Adaptive { t1, t2, b1, b2, target, capacity } = &mut self.lists;
        let mut is_from_b2 = false;
        if let Some(request) = entering {
            let from = nodes[request.object].place;
            is_from_b2 = from == Place::FromB2;
            if from == Place::Out {
                let once = t1.weight() + b1.weight();
                if once + nodes.weight_of(request.size) > *capacity {
                    if b1.is_empty() {
                        return drop_oldest(t1, nodes);
                    }
                    drop_oldest(b1, nodes);
                } else if once + t2.weight() + b2.weight() >= capacity.saturating_mul(2) && !b2.is_empty() {
                    drop_oldest(b2, nodes);
                }
            }
        }
        let weight = t1.weight() as f64;
        let is_long = !t1.is_empty() && (weight > *target || (weight == *target && is_from_b2));
        let is_from_t1 = is_long || t2.is_empty();
        let victim = self.lists.give_up(nodes, is_from_t1);
        if entering.is_none() {
            self.lists.limit_after_shrinking(nodes);
        }
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.lists.remove(nodes, object);
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.lists.forget(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}
