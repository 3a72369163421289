//! CAR, CLOCK with adaptive replacement: ARC with two CLOCKs in the place of its LRU lists, so that a hit sets one bit.
//!
//! Paper: S. Bansal, D. S. Modha, "CAR: Clock with adaptive replacement", FAST 2004; the target is a real number, as in
//! ARC. Its pages have one size; in bytes a ghost moves the target by what the paper says times its own weight, and as many
//! ghosts go as have to. Not libCacheSim's: there the ghosts of the second clock are never dropped, so that it remembers
//! everything, ratios are cut to whole numbers, and in bytes the target moves by single bytes.
//!
//! Parameters: none. Cost: an eviction moves as many objects as were hit since their last turn, which hits have paid for:
//! constant on average. Memory: 12 bytes per object of the trace.
//! Poor under loops larger than the cache; and a second hit soon after the first counts as much as a late one.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Two CLOCKs with ghosts, and a target for the first one's weight. The names are the paper's.
#[derive(Debug, Clone)]
pub struct Car {
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
    /// What is to be inserted: its weight, and whether it was a ghost.
    entering: (u64, bool),
}

/// Where an object is, and whether it was hit since its last turn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
    is_hit: bool,
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

impl Policy for Car {
    const INFO: Info = Info {
        name: "car",
        aliases: &[],
        summary: "ARC with CLOCKs: recency against frequency, and a hit sets one bit",
        paper: "Bansal and Modha, CAR: Clock with adaptive replacement, FAST 2004",
        weakness: "loops larger than the cache; two requests in one burst look like popularity",
        parameters: &[],
        needs_future: false,
        unbounded: false,
    };
    type Node = Node;

    fn new(capacity: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Car {
            t1: List::default(),
            t2: List::default(),
            b1: List::default(),
            b2: List::default(),
            target: 0.0,
            capacity: capacity.amount(),
            entering: (0, false),
        })
    }

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let (ghosts, place) = match nodes[object].place {
            Place::B1 => (&mut self.b1, Place::FromB1),
            Place::B2 => (&mut self.b2, Place::FromB2),
            _ => return,
        };
        ghosts.remove(nodes, object);
        nodes[object].place = place;
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].is_hit = true;
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        // An answer may come so late that its object was inserted and evicted meanwhile, and is a ghost again.
        self.on_miss(nodes, request);
        self.entering = (nodes.weight_of(request.size), nodes[request.object].place != Place::Out);
        true
    }

    /// The target moves here, after the replacement, as in the paper; the ghosts' weights are those with the object's own.
    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let weight = nodes.weight(object) as f64;
        let (b1, b2) = (self.b1.weight() as f64, self.b2.weight() as f64);
        let place = nodes[object].place;
        if place == Place::FromB1 {
            self.target = (self.target + (b2 / (b1 + weight)).max(1.0) * weight).min(self.capacity as f64);
        } else if place == Place::FromB2 {
            self.target = (self.target - (b1 / (b2 + weight)).max(1.0) * weight).max(0.0);
        }
        nodes[object].is_hit = false;
        if place == Place::Out {
            nodes[object].place = Place::T1;
            self.t1.push(nodes, object);
        } else {
            nodes[object].place = Place::T2;
            self.t2.push(nodes, object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let victim = self.replace(nodes);
        let (weight, was_ghost) = self.entering;
        if was_ghost {
            return victim;
        }
        let once = self.t1.weight() + self.b1.weight();
        if once + weight > self.capacity {
            let excess = once + weight - self.capacity;
            Self::drop_ghosts(&mut self.b1, nodes, excess);
        } else {
            let all = once + self.t2.weight() + self.b2.weight() + weight;
            Self::drop_ghosts(&mut self.b2, nodes, all.saturating_sub(self.capacity.saturating_mul(2)));
        }
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
}

impl Car {
    /// The paper's replace(): turns the hands until one meets an object that was not hit, and makes a ghost of it.
    #[inline(always)]
    fn replace(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        loop {
            if self.t1.weight() as f64 >= self.target.max(1.0) || self.t2.is_empty() {
                let object = self.t1.pop(nodes);
                if !std::mem::take(&mut nodes[object].is_hit) {
                    nodes[object].place = Place::B1;
                    self.b1.push(nodes, object);
                    return object;
                }
                nodes[object].place = Place::T2;
                self.t2.push(nodes, object);
            } else {
                let object = self.t2.oldest();
                if !std::mem::take(&mut nodes[object].is_hit) {
                    self.t2.pop(nodes);
                    nodes[object].place = Place::B2;
                    self.b2.push(nodes, object);
                    return object;
                }
                self.t2.turn(nodes);
            }
        }
    }

    /// Forgets the oldest ghosts until the excess is gone, or all are.
    #[inline(always)]
    fn drop_ghosts(ghosts: &mut List, nodes: &mut Nodes<Node>, mut excess: u64) {
        while excess > 0 && !ghosts.is_empty() {
            let object = ghosts.pop(nodes);
            nodes[object].place = Place::Out;
            excess = excess.saturating_sub(nodes.weight(object));
        }
    }
}
