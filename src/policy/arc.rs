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

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Two LRU lists with ghosts, and a target for the first one's weight. The names are the paper's.
#[derive(Debug, Clone)]
pub struct Arc {
    /// Cached, asked for once lately.
    t1: List,
    /// Cached, asked for more than once.
    t2: List,
    /// Evicted from `t1`.
    b1: List,
    /// Evicted from `t2`.
    b2: List,
    /// The target for the weight of `t1`.
    target: f64,
    capacity: u64,
    /// All four lists' weight at most.
    most_remembered: u64,
    steps_by_byte: bool,
    /// What is to be inserted: its weight, and which ghost it was.
    entering: (u64, Place),
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
}
linked!(Node);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    T1,
    T2,
    B1,
    B2,
    /// Asked for while it was in `b1`; not inserted yet.
    FromB1,
    /// Asked for while it was in `b2`; not inserted yet.
    FromB2,
}

impl Policy for Arc {
    const INFO: Info = Info {
        name: "arc",
        aliases: &[],
        summary: "recency against frequency: ghosts of both lists say which of them should be larger",
        paper: "Megiddo and Modha, ARC: a self-tuning, low overhead replacement cache, FAST 2003",
        weakness: "loops larger than the cache; popularity that shifts faster than its target can follow",
        parameters: &[Parameter {
            name: "step",
            default: "object",
            help: "in bytes, a ghost moves the target in units of its own weight (object) or of single bytes (byte, as \
                   libCacheSim does, which hardly adapts)",
        }],
        needs_future: false,
        unbounded: false,
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Arc {
            t1: List::default(),
            t2: List::default(),
            b1: List::default(),
            b2: List::default(),
            target: 0.0,
            capacity: capacity.amount(),
            most_remembered: capacity.amount().saturating_mul(2),
            steps_by_byte: parameters.choice("step", &Self::INFO, &["object", "byte"])? == "byte",
            entering: (0, Place::Out),
        })
    }

    /// Cases II and III of the paper: the target moves.
    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let place = nodes[object].place;
        if place != Place::B1 && place != Place::B2 {
            return;
        }
        let step = if self.steps_by_byte { 1.0 } else { nodes.weight(object) as f64 };
        let (b1, b2) = (self.b1.weight() as f64, self.b2.weight() as f64);
        if place == Place::B1 {
            self.target = (self.target + (b2 / b1).max(1.0) * step).min(self.capacity as f64);
            self.b1.remove(nodes, object);
            nodes[object].place = Place::FromB1;
        } else {
            self.target = (self.target - (b1 / b2).max(1.0) * step).max(0.0);
            self.b2.remove(nodes, object);
            nodes[object].place = Place::FromB2;
        }
    }

    /// Case I.
    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if nodes[object].place == Place::T2 {
            self.t2.refresh(nodes, object);
        } else {
            self.t1.remove(nodes, object);
            nodes[object].place = Place::T2;
            self.t2.push(nodes, object);
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        // An answer may come so late that its object was inserted and evicted meanwhile, and is a ghost again.
        self.on_miss(nodes, request);
        self.entering = (nodes.weight_of(request.size), nodes[request.object].place);
        true
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if nodes[object].place == Place::Out {
            nodes[object].place = Place::T1;
            self.t1.push(nodes, object);
        } else {
            nodes[object].place = Place::T2;
            self.t2.push(nodes, object);
        }
    }

    /// Case IV for what was not remembered, with one look at the ghosts per victim; then REPLACE.
    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let (weight, from) = self.entering;
        if from == Place::Out {
            let once = self.t1.weight() + self.b1.weight();
            if once + weight > self.capacity {
                if self.b1.is_empty() {
                    return Self::drop_oldest(&mut self.t1, nodes);
                }
                Self::drop_oldest(&mut self.b1, nodes);
            } else if once + self.t2.weight() + self.b2.weight() >= self.most_remembered && !self.b2.is_empty() {
                Self::drop_oldest(&mut self.b2, nodes);
            }
        }
        let t1 = self.t1.weight() as f64;
        let is_long = !self.t1.is_empty() && (t1 > self.target || (t1 == self.target && from == Place::FromB2));
        let (from, to, place) = if is_long || self.t2.is_empty() {
            (&mut self.t1, &mut self.b1, Place::B1)
        } else {
            (&mut self.t2, &mut self.b2, Place::B2)
        };
        let victim = from.pop(nodes);
        nodes[victim].place = place;
        to.push(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let list = if nodes[object].place == Place::T1 { &mut self.t1 } else { &mut self.t2 };
        list.remove(nodes, object);
        nodes[object].place = Place::Out;
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        match nodes[object].place {
            Place::B1 => self.b1.remove(nodes, object),
            Place::B2 => self.b2.remove(nodes, object),
            _ => {}
        }
        nodes[object].place = Place::Out;
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

impl Arc {
    /// Takes a list's oldest object off, and remembers nothing of it.
    #[inline(always)]
    fn drop_oldest(list: &mut List, nodes: &mut Nodes<Node>) -> ObjectId {
        let object = list.pop(nodes);
        nodes[object].place = Place::Out;
        object
    }
}
