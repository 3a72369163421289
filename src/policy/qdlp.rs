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

use super::ghosts::Ghosts;
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Hits are counted up to this, in two bits.
const MOST_HITS: u8 = 3;

/// A small FIFO queue, its ghosts and a CLOCK.
#[derive(Debug, Clone)]
pub struct Qdlp {
    small: List,
    main: List,
    ghosts: Ghosts,
    small_capacity: u64,
    main_capacity: u64,
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
linked!(Node);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    Small,
    Main,
    Ghost,
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

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
        needs_future: false,
        unbounded: false,
    };
    const FILLS_UP: bool = false;

    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let amount = capacity.amount();
        let share = |name| Ok((amount as f64 * parameters.ratio(name, &Self::INFO)?.get()) as u64);
        if parameters.ratio("small", &Self::INFO)?.get() == 0.0 {
            return Err(ParameterError("small: the small queue needs a share above 0%".to_string()));
        }
        let small_capacity = share("small")?.clamp(1, amount.max(1));
        Ok(Qdlp {
            small: List::default(),
            main: List::default(),
            ghosts: Ghosts::new(share("ghost")?),
            small_capacity,
            main_capacity: amount.saturating_sub(small_capacity),
            promote: parameters.number("promote", &Self::INFO, 1..=u64::from(MOST_HITS))? as u8,
            is_moving: false,
        })
    }

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        if nodes[request.object].place == Place::Ghost {
            self.ghosts.remove(nodes, request.object);
            nodes[request.object].place = Place::Returning;
        }
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
        // An answer may come so late that its object was inserted and evicted meanwhile, and is a ghost again.
        self.on_miss(nodes, request);
        let weight = nodes.weight_of(request.size);
        if weight > self.small_capacity || weight > self.main_capacity {
            nodes[request.object].place = Place::Out;
        }
        weight <= self.small_capacity
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
        (returns && !self.main_has_room(nodes.weight_of(request.size))).then(|| self.evict_main(nodes))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if nodes[object].place == Place::Returning {
            self.enter_main(nodes, object);
        } else {
            nodes[object].place = Place::Small;
            nodes[object].hits = 0;
            self.small.push(nodes, object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        while !self.small.is_empty() {
            let oldest = self.small.oldest();
            if nodes[oldest].hits < self.promote || nodes.weight(oldest) > self.main_capacity {
                self.small.pop(nodes);
                let place = |ghost| if ghost { Place::Ghost } else { Place::Out };
                self.ghosts.remember(nodes, oldest, |node, ghost| node.place = place(ghost));
                return oldest;
            }
            if let Some(victim) = self.promote_oldest(nodes) {
                return victim;
            }
        }
        self.evict_main(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let queue = if nodes[object].place == Place::Main { &mut self.main } else { &mut self.small };
        queue.remove(nodes, object);
        nodes[object].place = Place::Out;
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].place == Place::Ghost {
            self.ghosts.remove(nodes, object);
        }
        nodes[object].place = Place::Out;
    }
}

impl Qdlp {
    #[inline(always)]
    fn main_has_room(&self, weight: u64) -> bool {
        self.main.weight() + weight <= self.main_capacity
    }

    #[inline(always)]
    fn enter_main(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].place = Place::Main;
        nodes[object].hits = 0;
        self.main.push(nodes, object);
    }

    /// Moves the small queue's oldest object into the main queue; if that is full, evicts one object from it, and moves
    /// only if this was enough.
    #[inline(always)]
    fn promote_oldest(&mut self, nodes: &mut Nodes<Node>) -> Option<ObjectId> {
        let weight = nodes.weight(self.small.oldest());
        let victim = (!self.main_has_room(weight)).then(|| self.evict_main(nodes));
        self.is_moving = !self.main_has_room(weight);
        if !self.is_moving {
            let object = self.small.pop(nodes);
            self.enter_main(nodes, object);
        }
        victim
    }

    /// Evicts from the main queue, which must not be empty.
    #[inline(always)]
    fn evict_main(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        loop {
            let object = self.main.oldest();
            if nodes[object].hits == 0 {
                nodes[object].place = Place::Out;
                return self.main.pop(nodes);
            }
            nodes[object].hits -= 1;
            self.main.turn(nodes);
        }
    }
}
