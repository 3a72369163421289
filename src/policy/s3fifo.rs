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

use super::queue::Queue;
use super::run::{self, ahead};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
use std::hint::select_unpredictable;
use std::mem::take;

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
#[derive(Debug, Clone)]
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
    small_capacity: u64,
    main_capacity: u64,
    ghost_capacity: u64,
    promote: u8,
    paper_fill: bool,
    has_evicted: bool,
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
    /// The place and [`HITS`].
    type Node = u8;

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
            small: Queue::default(),
            main: Queue::default(),
            ghosts: Queue::default(),
            small_weight: 0,
            main_weight: 0,
            ghost_weight: 0,
            ghost_count: 0,
            small_capacity,
            main_capacity: amount.saturating_sub(small_capacity),
            ghost_capacity: (amount as f64 * share("ghost")?) as u64,
            promote: promote.as_bytes()[0] - b'0',
            paper_fill: parameters.choice("fill", &Self::INFO, &["libcachesim", "paper"])? == "paper",
            has_evicted: false,
        })
    }

    fn memory(capacity: Capacity, objects: usize) -> u64 {
        let most = capacity.most_objects(objects);
        // As many entries among the ghosts are stale, and some more.
        let ghosts = 2 * most + LEAST_STALE + run::LENGTH;
        2 * Queue::memory(most, objects) + Queue::memory(ghosts, objects)
    }

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        if nodes[request.object] & PLACE == GHOST {
            self.leave_ghosts(nodes, request.object, RETURNING);
        }
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        let node = &mut nodes[request.object];
        *node += u8::from(*node & HITS < HITS);
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<u8>, request: &Request) -> bool {
        // An answer may come so late that its object was inserted and evicted meanwhile, and is a ghost again.
        self.on_miss(nodes, request);
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
    fn evict(&mut self, nodes: &mut Nodes<u8>) -> ObjectId {
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

    fn run(&mut self, nodes: &mut Nodes<u8>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) -> bool {
        self.prepare(nodes);
        let (mut small, mut main) = (take(&mut self.small), take(&mut self.main));
        let (mut ghosts, mut ghost_count) = (take(&mut self.ghosts), self.ghost_count as u64);
        let (main_capacity, ghost_capacity, promote) = (self.main_capacity, self.ghost_capacity, self.promote);
        let (mut marks, mut set) = (take(nodes), take(cached));
        for ((object, coming), missed) in ahead(gets).zip(&mut *missed) {
            set.prefetch(coming);
            marks.prefetch(coming);
            *missed = 1 - set.bit(object);
            if *missed == 0 {
                marks[object] += u8::from(marks[object] & HITS < HITS);
                continue;
            }
            let mark = marks[object];
            let returns = u8::from(mark & PLACE == GHOST);
            if returns == 1 && mark & STALE == STALE {
                ghosts.retain(|ghost| !is_stale(&mut marks, ghost));
            }
            marks[object] += returns * (ONE_STALE + RETURNING - GHOST);
            ghost_count -= u64::from(returns);

            let mut from_main = main.len() as u64 > main_capacity;
            let victim = loop {
                from_main |= small.is_empty();
                let oldest = select_unpredictable(from_main, main.next_out(), small.next_out());
                small.pop_if(&marks, u8::from(!from_main));
                main.pop_if(&marks, u8::from(from_main));
                let mark = marks[oldest];
                if mark & HITS < select_unpredictable(from_main, 1, promote) {
                    break oldest;
                }
                marks[oldest] = select_unpredictable(from_main, mark.wrapping_sub(1), mark & STALE | MAIN);
                main.push_if(oldest, 1);
            };
            let remembered = u8::from(!from_main && ghost_capacity > 0);
            while ghost_count + u64::from(remembered) > ghost_capacity {
                let forgotten = ghosts.next_out();
                let mark = marks[forgotten];
                let is_stale = mark & STALE != 0;
                marks[forgotten] = select_unpredictable(is_stale, mark.wrapping_sub(ONE_STALE), OUT);
                ghost_count -= u64::from(!is_stale);
                ghosts.pop_if(&marks, 1);
            }
            marks[victim] = marks[victim] & STALE | (remembered * GHOST);
            ghosts.push_if(victim, remembered);
            ghost_count += u64::from(remembered);
            set.remove(victim);

            set.insert(object);
            marks[object] = marks[object] & STALE | (SMALL + returns * (MAIN - SMALL));
            small.push_if(object, 1 - returns);
            main.push_if(object, returns);
        }
        (self.small_weight, self.main_weight) = (small.len() as u64, main.len() as u64);
        (self.ghost_weight, self.ghost_count) = (ghost_count, ghost_count as usize);
        self.has_evicted |= missed.contains(&1);
        (self.small, self.main, self.ghosts) = (small, main, ghosts);
        (*nodes, *cached) = (marks, set);
        true
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
        self.ghosts.prepare(self.ghosts.len() + run::LENGTH);
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
        while self.ghost_weight + weight > self.ghost_capacity {
            let forgotten = self.ghosts.pop(nodes);
            if !is_stale(nodes, forgotten) {
                place(nodes, forgotten, OUT);
                self.ghost_weight -= nodes.weight(forgotten);
                self.ghost_count -= 1;
            }
        }
        place(nodes, object, GHOST);
        self.ghosts.push(object);
        self.ghost_weight += weight;
        self.ghost_count += 1;
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
