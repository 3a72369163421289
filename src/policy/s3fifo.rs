//! S3-FIFO: new objects enter a small queue and are gone soon, unless they are hit there or asked for again shortly
//! after; those enter the main queue, where hits buy further turns.
//!
//! Paper: J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi, "FIFO queues are all you need for cache eviction",
//! SOSP 2023. The published code, libCacheSim, differs from the paper while the cache fills, and `fill` chooses:
//! * `fill=libcachesim` (the default, equal to it request by request): until the first eviction, what finds the small
//!   queue full enters the main queue; an object larger than the small queue is never admitted.
//! * `fill=paper`: whatever was not remembered enters the small queue, which may be as large as the cache until the
//!   cache is full; every object that fits the cache is admitted.
//!
//! Parameters: `small`, the small queue's share of the cache; `ghost`, how much of what the small queue evicted is
//! remembered, as a share of the cache; `promote`, the hits that move an object from small to main; `fill`.
//! Cost: a hit counts to 3; an eviction's re-insertions are paid for by those hits: constant on average.
//! Memory: 12 bytes per object of the trace.
//! Poor where most objects are asked for exactly twice, far apart: the second request comes after the small queue and
//! the ghosts have let go. With byte sizes and the default fill, objects above a tenth of the cache are refused.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Hits are counted up to this, in two bits.
const MOST_HITS: u8 = 3;

/// A small queue, a main queue and ghosts.
#[derive(Debug, Clone)]
pub struct S3Fifo {
    small: List,
    main: List,
    ghosts: List,
    small_capacity: u64,
    main_capacity: u64,
    ghost_capacity: u64,
    promote: u8,
    paper_fill: bool,
    has_evicted: bool,
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

impl Policy for S3Fifo {
    const INFO: Info = Info {
        name: "s3fifo",
        aliases: &["s3-fifo"],
        summary: "a small queue sorts out one-hit wonders, a main queue keeps what was hit there or asked for again",
        paper: "Yang et al., FIFO queues are all you need for cache eviction, SOSP 2023",
        weakness: "objects asked for twice, far apart; refuses objects larger than its small queue (see fill)",
        parameters: &[
            Parameter { name: "small", default: "10%", help: "the small queue's share of the cache, above 0%" },
            Parameter { name: "ghost", default: "90%", help: "how much is remembered, as a share of the cache" },
            Parameter { name: "promote", default: "2", help: "hits that move an object to the main queue: 1, 2 or 3" },
            Parameter {
                name: "fill",
                default: "libcachesim",
                help: "libcachesim: until the first eviction, overflow of the small queue enters the main queue, and \
                       objects larger than the small queue are refused; paper: neither",
            },
        ],
        needs_future: false,
        unbounded: false,
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let amount = capacity.amount();
        let share = |name| Ok(parameters.ratio(name, &Self::INFO)?.get());
        let small = share("small")?;
        if small == 0.0 {
            return Err(ParameterError("small: the small queue needs a share above 0%".to_string()));
        }
        let small_capacity = ((amount as f64 * small) as u64).clamp(1, amount.max(1));
        let promote = parameters.choice("promote", &Self::INFO, &["1", "2", "3"])?;
        Ok(S3Fifo {
            small: List::default(),
            main: List::default(),
            ghosts: List::default(),
            small_capacity,
            main_capacity: amount.saturating_sub(small_capacity),
            ghost_capacity: (amount as f64 * share("ghost")?) as u64,
            promote: promote.as_bytes()[0] - b'0',
            paper_fill: parameters.choice("fill", &Self::INFO, &["libcachesim", "paper"])? == "paper",
            has_evicted: false,
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
        let fits = self.paper_fill || nodes.weight_of(request.size) <= self.small_capacity;
        if !fits {
            nodes[request.object].place = Place::Out;
        }
        fits
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let overflow = !self.paper_fill && !self.has_evicted && self.small.weight() >= self.small_capacity;
        if nodes[object].place == Place::Returning || overflow {
            self.enter_main(nodes, object, 0);
        } else {
            nodes[object].place = Place::Small;
            nodes[object].hits = 0;
            self.small.push(nodes, object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        self.has_evicted = true;
        if self.main.weight() <= self.main_capacity {
            while !self.small.is_empty() {
                let object = self.small.pop(nodes);
                if nodes[object].hits < self.promote {
                    self.remember(nodes, object);
                    return object;
                }
                self.enter_main(nodes, object, 0);
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

impl S3Fifo {
    #[inline(always)]
    fn enter_main(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, hits: u8) {
        nodes[object].place = Place::Main;
        nodes[object].hits = hits;
        self.main.push(nodes, object);
    }

    /// Evicts from the main queue, which holds objects whenever the small one has none.
    #[inline(always)]
    fn evict_main(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        loop {
            let object = self.main.oldest();
            let hits = nodes[object].hits;
            if hits == 0 {
                nodes[object].place = Place::Out;
                return self.main.pop(nodes);
            }
            nodes[object].hits = hits - 1;
            self.main.turn(nodes);
        }
    }

    /// Makes a ghost of an object that the small queue evicted; the oldest ghosts make room.
    #[inline(always)]
    fn remember(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let weight = nodes.weight(object);
        if weight > self.ghost_capacity {
            nodes[object].place = Place::Out;
            return;
        }
        while self.ghosts.weight() + weight > self.ghost_capacity {
            let forgotten = self.ghosts.pop(nodes);
            nodes[forgotten].place = Place::Out;
        }
        nodes[object].place = Place::Ghost;
        self.ghosts.push(nodes, object);
    }
}
