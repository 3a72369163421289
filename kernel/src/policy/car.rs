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

use super::adaptive::{Adaptive, Place, divided};
use super::list::Link;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// Two CLOCKs with ghosts, and a target for the first one's weight.
#[derive(Debug, Clone)]
pub struct Car {
    lists: Adaptive,
}

/// Where an object is, and whether it was hit since its last turn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
    is_hit: bool,
}
divided!(Node);

impl Policy for Car {
    const INFO: Info = Info {
        name: "car",
        summary: "ARC with CLOCKs: recency against frequency, and a hit sets one bit",
        paper: "Bansal and Modha, CAR: Clock with adaptive replacement, FAST 2004",
        weakness: "loops larger than the cache; two requests in one burst look like popularity",
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Car { lists: Adaptive::new(capacity) })
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.lists.resize(nodes, capacity);
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.lists.recall(nodes, object);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].is_hit = true;
    }

    /// The target moves here, after the replacement, as in the paper; the ghosts' weights are those with the object's own.
    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let weight = nodes.weight(object) as f64;
        let (b1, b2) = (self.lists.b1.weight() as f64, self.lists.b2.weight() as f64);
        match nodes[object].place {
            Place::FromB1 => self.lists.favour_recency(b1 + weight, b2, weight),
            Place::FromB2 => self.lists.favour_frequency(b1, b2 + weight, weight),
            _ => {}
        }
        nodes[object].is_hit = false;
        self.lists.enter(nodes, object);
    }

    /// The paper's replace(), which turns the hands until one meets an object that was not hit; then ghosts go, if the object
    /// that enters was none.
    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> ObjectId {
        let victim = loop {
            let lists = &mut self.lists;
            let is_from_t1 = lists.t1.weight() as f64 >= lists.target.max(1.0) || lists.t2.is_empty();
            let object = if is_from_t1 { lists.t1.oldest() } else { lists.t2.oldest() };
            if !std::mem::take(&mut nodes[object].is_hit) {
                break lists.give_up(nodes, is_from_t1);
            }
            if is_from_t1 {
                lists.t1.pop(nodes);
                lists.enter_t2(nodes, object);
            } else {
                lists.t2.turn(nodes);
            }
        };
        match entering {
            Some(request) if nodes[request.object].place != Place::Out => {}
            Some(request) => self.lists.limit_ghosts(nodes, nodes.weight_of(request.size)),
            None => self.lists.limit_after_shrinking(nodes),
        }
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.lists.remove(nodes, object);
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.lists.forget(nodes, object);
    }
}
