//! CLOCK-Pro: LIRS's idea with CLOCKs. One ring holds hot objects, cold ones, and cold ones that were evicted while they were
//! on test: asked for again while it is on test, an object turns hot. Three hands turn on the ring: one demotes hot
//! objects, one evicts cold ones, one ends tests. How much may be cold adapts to how tests end.
//!
//! Paper: S. Jiang, F. Chen, X. Zhang, "CLOCK-Pro: an effective improvement of the CLOCK replacement", USENIX ATC 2005. Its
//! pages have one size; in bytes the share of cold objects moves by the weight of the object whose test ended. Not
//! libCacheSim's: there a cache full of cold objects admits nothing any more.
//!
//! The hand that evicts meets cold objects only: they have a ring of their own, in the same order, since it would walk past
//! all hot ones otherwise.
//!
//! Parameters: `cold`, the share that may be cold at first. Cost: constant on average, if neither sort is rare. Memory: 20
//! bytes per object of the trace.
//! Poor where popularity shifts faster than tests end, and in its first turns, while the share is still off.

use super::list::{Link, List, NONE};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// The ring and its hands.
#[derive(Debug, Clone)]
pub struct ClockPro {
    /// Everything cached or on test. Its oldest is what the hand that demotes points to.
    ring: List<0>,
    /// What is cached and cold, in the ring's order. Its oldest is what the hand that demotes meets first.
    cold: List<1>,
    /// Of `cold`: what the hand that evicts points to, or none.
    evicts: ObjectId,
    /// Of `ring`: what the hand that ends tests points to, or none.
    tests: ObjectId,
    /// Weight of what is hot.
    hot: u64,
    /// Weight of what is on test and no longer cached.
    remembered: u64,
    /// How much may be cold.
    cold_share: u64,
    capacity: u64,
}

/// Where an object is, whether it was hit since a hand met it, and whether it is on test.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    ring: Link,
    cold: Link,
    place: Place,
    is_hit: bool,
    on_test: bool,
}
linked!(Node, 0, ring);
linked!(Node, 1, cold);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    Hot,
    Cold,
    /// On test, no longer cached.
    Ghost,
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

impl Policy for ClockPro {
    const INFO: Info = Info {
        name: "clock-pro",
        aliases: &["clockpro"],
        summary: "hot and cold objects on one CLOCK; asked for again while on test, a cold one turns hot",
        paper: "Jiang et al., CLOCK-Pro: an effective improvement of the CLOCK replacement, USENIX ATC 2005",
        weakness: "popularity that shifts faster than tests end",
        parameters: &[Parameter {
            name: "cold",
            default: "10%",
            help: "the share of the cache that may be cold at first; it adapts",
        }],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let share = parameters.ratio("cold", &Self::INFO)?.get();
        Ok(ClockPro {
            ring: List::default(),
            cold: List::default(),
            evicts: NONE,
            tests: NONE,
            hot: 0,
            remembered: 0,
            cold_share: capacity.nonempty_part(share),
            capacity: capacity.amount(),
        })
    }

    /// The cold share stays the same part of the cache.
    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.cold_share = capacity.nonempty_part(self.cold_share as f64 / self.capacity.max(1) as f64);
        self.capacity = capacity.amount();
        self.limit_hot(nodes);
        self.limit_ghosts(nodes);
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].place == Place::Ghost {
            self.pass_test(nodes.weight(object));
            self.drop_ghost(nodes, object);
            nodes[object].place = Place::Returning;
        }
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].is_hit = true;
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        nodes[object].is_hit = false;
        self.enter_ring(nodes, object);
        if nodes[object].place == Place::Returning {
            self.turn_hot(nodes, object);
        } else {
            nodes[object].on_test = true;
            self.enter_cold(nodes, object);
        }
    }

    /// The hand that evicts.
    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        loop {
            if self.cold.is_empty() {
                self.demote(nodes);
            }
            let object = self.evicts;
            let Node { is_hit, on_test, .. } = nodes[object];
            self.leave_cold(nodes, object);
            if is_hit {
                nodes[object].is_hit = false;
                self.leave_ring(nodes, object);
                self.enter_ring(nodes, object);
                if on_test {
                    self.pass_test(nodes.weight(object));
                    self.turn_hot(nodes, object);
                } else {
                    nodes[object].on_test = true;
                    self.enter_cold(nodes, object);
                }
                continue;
            }
            if on_test {
                nodes[object].place = Place::Ghost;
                self.remembered += nodes.weight(object);
                self.limit_ghosts(nodes);
            } else {
                nodes[object].place = Place::Out;
                self.leave_ring(nodes, object);
            }
            return object;
        }
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].place == Place::Cold {
            self.leave_cold(nodes, object);
        } else {
            self.hot -= nodes.weight(object);
        }
        self.leave_ring(nodes, object);
        nodes[object].place = Place::Out;
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].place == Place::Ghost {
            self.drop_ghost(nodes, object);
        }
        nodes[object].place = Place::Out;
    }
}

impl ClockPro {
    /// Puts an object right behind the hand that demotes, which will meet it last.
    #[inline(always)]
    fn enter_ring(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.ring.push(nodes, object);
        if self.tests == NONE {
            self.tests = object;
        }
    }

    #[inline(always)]
    fn leave_ring(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if self.tests == object {
            let next = List::<0>::newer(nodes, object);
            self.tests = if next == object { NONE } else { next };
        }
        self.ring.remove(nodes, object);
    }

    #[inline(always)]
    fn enter_cold(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].place = Place::Cold;
        self.cold.push(nodes, object);
        if self.evicts == NONE {
            self.evicts = object;
        }
    }

    #[inline(always)]
    fn leave_cold(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if self.evicts == object {
            let next = List::<1>::newer(nodes, object);
            self.evicts = if next == object { NONE } else { next };
        }
        self.cold.remove(nodes, object);
    }

    #[inline(always)]
    fn drop_ghost(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.remembered -= nodes.weight(object);
        self.leave_ring(nodes, object);
        nodes[object].place = Place::Out;
    }

    /// Somebody asked again for an object on test: more may be cold.
    #[inline(always)]
    fn pass_test(&mut self, weight: u64) {
        self.cold_share = (self.cold_share + weight).min(self.capacity);
    }

    /// Ends the test of what is not hot; if nobody asked for it again, less may be cold.
    #[inline(always)]
    fn end_test(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if std::mem::take(&mut nodes[object].on_test) && !nodes[object].is_hit {
            self.cold_share = self.cold_share.saturating_sub(nodes.weight(object)).max(1);
        }
        if nodes[object].place == Place::Ghost {
            self.drop_ghost(nodes, object);
        }
    }

    /// An object that was just put on the ring is hot; others give way.
    #[inline(always)]
    fn turn_hot(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].place = Place::Hot;
        nodes[object].on_test = false;
        self.hot += nodes.weight(object);
        self.limit_hot(nodes);
    }

    /// Demotes while more is hot than may be.
    #[inline(always)]
    fn limit_hot(&mut self, nodes: &mut Nodes<Node>) {
        while self.hot > self.capacity - self.cold_share {
            self.demote(nodes);
        }
    }

    /// The hand that demotes: spares the hot objects that were hit, demotes the first that was not, ends the tests of the
    /// others it meets, and stops at a hot one. There must be one.
    #[inline(always)]
    fn demote(&mut self, nodes: &mut Nodes<Node>) {
        let mut demoted = false;
        while self.hot > 0 {
            let object = self.ring.oldest();
            match nodes[object].place {
                Place::Hot if demoted => return,
                Place::Hot => {
                    self.ring.turn(nodes);
                    if !std::mem::take(&mut nodes[object].is_hit) {
                        self.hot -= nodes.weight(object);
                        self.enter_cold(nodes, object);
                        demoted = true;
                    }
                }
                Place::Cold => {
                    self.end_test(nodes, object);
                    self.ring.turn(nodes);
                    self.cold.turn(nodes);
                }
                _ => self.end_test(nodes, object),
            }
        }
    }

    /// The hand that ends tests: turns while more is remembered than the cache holds.
    #[inline(always)]
    fn limit_ghosts(&mut self, nodes: &mut Nodes<Node>) {
        while self.remembered > self.capacity {
            let object = self.tests;
            let next = List::<0>::newer(nodes, object);
            if nodes[object].place != Place::Hot {
                self.end_test(nodes, object);
            }
            // What left the ring has moved the hand.
            if self.tests == object {
                self.tests = next;
            }
        }
    }
}
