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
//! Memory: 1 byte per object of the trace, 8 to 24 per cached one.
//! Poor where most objects are asked for exactly twice, far apart: the second request comes after the small queue and
//! the ghosts have let go. With byte sizes and the default fill, objects above a tenth of the cache are refused.

mod run;

use super::in_place::clone_in_place;
use super::queue::Queue;
use super::run::LENGTH;
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, Run};
use crate::request::{ObjectId, Request};

/// A node's lowest bits: the hits in its present place, counted up to 3.
const HITS: u8 = 0b11;
/// The next bits: the place.
const PLACE: u8 = 0b111 << 2;
/// Neither cached nor remembered.
const OUT: u8 = 0;
const SMALL: u8 = 1 << 2;
const MAIN: u8 = 2 << 2;
const GHOST: u8 = 3 << 2;
/// Asked for while it was a ghost; not inserted yet.
const RETURNING: u8 = 4 << 2;
/// The highest bits count the object's entries among the ghosts that are stale, as it has left them again. They are older
/// than the one that is not.
const STALE: u8 = 0b111 << 5;
const ONE_STALE: u8 = 1 << 5;
/// So many stale entries are not worth dropping.
const LEAST_STALE: usize = 64;

/// A small queue, a main queue and ghosts.
#[derive(Debug)]
pub struct S3Fifo {
    small: Queue,
    main: Queue,
    /// With stale entries in between.
    ghosts: Queue,
    small_weight: u64,
    main_weight: u64,
    /// Of the ghosts, without what is stale.
    ghost_weight: u64,
    /// Number of ghosts, without what is stale.
    ghost_count: usize,
    /// The shares of the cache that the small queue and the ghosts have.
    small_share: f64,
    ghost_share: f64,
    small_capacity: u64,
    main_capacity: u64,
    ghost_capacity: u64,
    promote: u8,
    paper_fill: bool,
    has_evicted: bool,
}
clone_in_place!(S3Fifo {
    small,
    main,
    ghosts,
    small_weight,
    main_weight,
    ghost_weight,
    ghost_count,
    small_share,
    ghost_share,
    small_capacity,
    main_capacity,
    ghost_capacity,
    promote,
    paper_fill,
    has_evicted
});

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
        fills_up: true,
        ..Info::PLAIN
    };
    const RUN: Option<Run<Self>> = Some(run::run);
    /// The place and [`HITS`].
    type Node = u8;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let small_share = parameters.share_above_zero("small", &Self::INFO)?;
        let ghost_share = parameters.ratio("ghost", &Self::INFO)?.get();
        let small_capacity = capacity.nonempty_part(small_share);
        let promote = parameters.choice("promote", &Self::INFO, &["1", "2", "3"])?;
        Ok(S3Fifo {
            small: Queue::default(),
            main: Queue::default(),
            ghosts: Queue::default(),
            small_weight: 0,
            main_weight: 0,
            ghost_weight: 0,
            ghost_count: 0,
            small_share,
            ghost_share,
            small_capacity,
            main_capacity: capacity.amount().saturating_sub(small_capacity),
            ghost_capacity: capacity.part(ghost_share),
            promote: promote.as_bytes()[0] - b'0',
            paper_fill: parameters.choice("fill", &Self::INFO, &["libcachesim", "paper"])? == "paper",
            has_evicted: false,
        })
    }

    fn memory(population: &Population) -> u64 {
        let most = population.cached;
        // As many entries among the ghosts are stale, and some more.
        let ghosts = 2 * most + LEAST_STALE + LENGTH;
        2 * Queue::memory(most, population) + Queue::memory(ghosts, population)
    }

    fn resize(&mut self, nodes: &mut Nodes<u8>, capacity: Capacity) {
        self.small_capacity = capacity.nonempty_part(self.small_share);
        self.main_capacity = capacity.amount().saturating_sub(self.small_capacity);
        self.ghost_capacity = capacity.part(self.ghost_share);
        self.limit_ghosts(nodes, 0);
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        if nodes[object] & PLACE == GHOST {
            self.leave_ghosts(nodes, object, RETURNING);
        }
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        let node = &mut nodes[request.object];
        *node += u8::from(*node & HITS < HITS);
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<u8>, request: &Request) -> bool {
        let fits = self.paper_fill || nodes.weight_of(request.size) <= self.small_capacity;
        if !fits {
            place(nodes, request.object, OUT);
        }
        fits
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        let object = request.object;
        let overflow = !self.paper_fill && !self.has_evicted && self.small_weight >= self.small_capacity;
        if nodes[object] & PLACE == RETURNING || overflow {
            self.enter_main(nodes, object);
        } else {
            place(nodes, object, SMALL);
            self.small.push(object);
            self.small_weight += nodes.weight(object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u8>, _: Option<&Request>) -> ObjectId {
        self.has_evicted = true;
        if self.main_weight <= self.main_capacity {
            while !self.small.is_empty() {
                let object = self.small.pop(nodes);
                self.small_weight -= nodes.weight(object);
                if nodes[object] & HITS < self.promote {
                    self.remember(nodes, object);
                    return object;
                }
                self.enter_main(nodes, object);
            }
        }
        self.evict_main(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        if nodes[object] & PLACE == MAIN {
            self.main.remove(nodes, object);
            self.main_weight -= nodes.weight(object);
        } else {
            self.small.remove(nodes, object);
            self.small_weight -= nodes.weight(object);
        }
        place(nodes, object, OUT);
    }

    fn forget(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        if nodes[object] & PLACE == GHOST {
            self.leave_ghosts(nodes, object, OUT);
        }
        place(nodes, object, OUT);
    }
}

/// Puts an object into a place, without hits there.
#[inline(always)]
fn place(nodes: &mut Nodes<u8>, object: ObjectId, place: u8) {
    nodes[object] = nodes[object] & STALE | place;
}

impl S3Fifo {
    /// Makes sure that nothing in a run needs memory: an object may stand in either queue, and each get may make one stale.
    fn prepare(&mut self, nodes: &mut Nodes<u8>) {
        let cached = self.small.len() + self.main.len();
        self.small.prepare(cached);
        self.main.prepare(cached);
        if self.ghosts.len() > 2 * self.ghost_count + LEAST_STALE {
            self.ghosts.retain(|ghost| !is_stale(nodes, ghost));
        }
        self.ghosts.prepare(self.ghosts.len() + LENGTH);
    }

    #[inline(always)]
    fn enter_main(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        place(nodes, object, MAIN);
        self.main.push(object);
        self.main_weight += nodes.weight(object);
    }

    /// Evicts from the main queue, which holds objects whenever the small one has none.
    #[inline(always)]
    fn evict_main(&mut self, nodes: &mut Nodes<u8>) -> ObjectId {
        loop {
            let object = self.main.pop(nodes);
            if nodes[object] & HITS == 0 {
                place(nodes, object, OUT);
                self.main_weight -= nodes.weight(object);
                return object;
            }
            nodes[object] -= 1;
            self.main.push(object);
        }
    }

    /// Makes a ghost of an object that the small queue evicted; the oldest ghosts make room.
    #[inline(always)]
    fn remember(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        let weight = nodes.weight(object);
        if weight > self.ghost_capacity {
            place(nodes, object, OUT);
            return;
        }
        self.limit_ghosts(nodes, weight);
        place(nodes, object, GHOST);
        self.ghosts.push(object);
        self.ghost_weight += weight;
        self.ghost_count += 1;
    }

    /// Forgets the oldest ghosts until there is room for so much.
    #[inline(always)]
    fn limit_ghosts(&mut self, nodes: &mut Nodes<u8>, weight: u64) {
        while self.ghost_weight + weight > self.ghost_capacity {
            let forgotten = self.ghosts.pop(nodes);
            if !is_stale(nodes, forgotten) {
                place(nodes, forgotten, OUT);
                self.ghost_weight -= nodes.weight(forgotten);
                self.ghost_count -= 1;
            }
        }
    }

    /// A ghost moves to another place; its entry among the ghosts gets stale.
    #[inline(always)]
    fn leave_ghosts(&mut self, nodes: &mut Nodes<u8>, object: ObjectId, to: u8) {
        // What is dropped is paid for by those that have left since; that one object left so often is rare.
        if nodes[object] & STALE == STALE || self.ghosts.len() > 2 * self.ghost_count + LEAST_STALE {
            self.ghosts.retain(|ghost| !is_stale(nodes, ghost));
        }
        nodes[object] += ONE_STALE;
        place(nodes, object, to);
        self.ghost_weight -= nodes.weight(object);
        self.ghost_count -= 1;
    }
}

/// Whether an entry that goes from the oldest end of the ghosts is a stale one, which is then forgotten.
#[inline(always)]
fn is_stale(nodes: &mut Nodes<u8>, object: ObjectId) -> bool {
    let is_stale = nodes[object] & STALE != 0;
    nodes[object] -= if is_stale { ONE_STALE } else { 0 };
    is_stale
}
