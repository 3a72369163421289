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

use super::ghosts::Ghosts;
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// A small FIFO queue, its ghosts and a CLOCK.
#[derive(Debug, Clone)]
pub struct Clock2QPlus {
    small: List,
    main: List,
    ghosts: Ghosts,
    small_capacity: u64,
    main_capacity: u64,
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
        needs_future: false,
        unbounded: false,
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let amount = capacity.amount();
        let share = |name| Ok((amount as f64 * parameters.ratio(name, &Self::INFO)?.get()) as u64);
        if parameters.ratio("small", &Self::INFO)?.get() == 0.0 {
            return Err(ParameterError("small: the small queue needs a share above 0%".to_string()));
        }
        let small_capacity = share("small")?.clamp(1, amount.max(1));
        Ok(Clock2QPlus {
            small: List::default(),
            main: List::default(),
            ghosts: Ghosts::new(share("ghost")?),
            small_capacity,
            main_capacity: amount.saturating_sub(small_capacity),
            window: small_capacity as f64 * parameters.ratio("window", &Self::INFO)?.get(),
            counts_objects: parameters.choice("count", &Self::INFO, &["weight", "objects"])? == "objects",
            inserted: 0,
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
        if node.place == Place::Main || (self.inserted - node.inserted) as f64 >= self.window {
            node.is_hit = true;
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        // An answer may come so late that its object was inserted and evicted meanwhile, and is a ghost again.
        self.on_miss(nodes, request);
        let fits = nodes.weight_of(request.size) <= self.small_capacity;
        if !fits {
            nodes[request.object].place = Place::Out;
        }
        fits
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let overflow = !self.has_evicted && self.small.weight() >= self.small_capacity;
        if nodes[object].place == Place::Returning || overflow {
            self.enter_main(nodes, object);
            return;
        }
        self.inserted += if self.counts_objects { 1 } else { nodes.weight(object) };
        let node = &mut nodes[object];
        node.place = Place::Small;
        node.is_hit = false;
        node.inserted = self.inserted;
        self.small.push(nodes, object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        self.has_evicted = true;
        if self.main.weight() <= self.main_capacity {
            while !self.small.is_empty() {
                let object = self.small.pop(nodes);
                if !nodes[object].is_hit {
                    let place = |ghost| if ghost { Place::Ghost } else { Place::Out };
                    self.ghosts.remember(nodes, object, |node, ghost| node.place = place(ghost));
                    return object;
                }
                self.enter_main(nodes, object);
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

impl Clock2QPlus {
    #[inline(always)]
    fn enter_main(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].place = Place::Main;
        nodes[object].is_hit = false;
        self.main.push(nodes, object);
    }

    /// Evicts from the main queue, which holds objects whenever the small one has none.
    #[inline(always)]
    fn evict_main(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        loop {
            let object = self.main.oldest();
            if !nodes[object].is_hit {
                nodes[object].place = Place::Out;
                return self.main.pop(nodes);
            }
            nodes[object].is_hit = false;
            self.main.turn(nodes);
        }
    }
}
