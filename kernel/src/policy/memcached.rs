//! memcached since 1.5: three LRU lists, HOT for what is new, WARM for what is asked for again and again, COLD for the rest;
//! victims come from COLD. An object is active once it was hit twice since it was written, and then again at every hit.
//! A hit never moves an object within HOT or WARM: a thread, the maintainer, looks at the lists' oldest. It moves what is
//! active in HOT to WARM, and in WARM to the newest end; what is not, to COLD where the list is too large a share of all or
//! its oldest too old beside COLD's. What becomes active in COLD moves to WARM.
//!
//! Paper: none; as the sources of memcached 1.6 and its documents (`doc/new_lru.txt`) describe it, with its options' defaults
//! (`hot_lru_pct=20`, `warm_lru_pct=40`, `hot_max_factor=0.2`, `warm_max_factor=2`, no temporary LRU). Differences: the
//! maintainer here does all there is to do after each request, where memcached's sleeps some milliseconds; all objects are in
//! one slab class, as if they had the same size. tests/policies/servers.rs compares it with a server.
//! Parameters: `hot`, `warm`; `maintainer=off` is the server's option `no_lru_maintainer`: one list, in which a hit moves an
//! object only if it was not moved for a minute: FIFO where objects leave sooner.
//! Cost: constant on average: every move of the maintainer's has a hit or an insertion of its own. Memory: 16 bytes per object.
//! Poor under loops; and with few objects, where a list is only some objects long.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Victim};
use crate::linked;
use crate::request::{ObjectId, Op, Request, SECOND};

/// Without a maintainer an object is moved at a hit once so many seconds have passed.
const MOVED_AFTER: u32 = 60;
/// How old HOT's and WARM's oldest may be, as a share of the age of COLD's.
const HOT_AGE: f64 = 0.2;
const WARM_AGE: f64 = 2.0;

/// Segmented LRU with a maintainer.
#[derive(Debug, Clone)]
pub struct Memcached {
    hot: List,
    warm: List,
    cold: List,
    hot_share: f64,
    warm_share: f64,
    maintained: bool,
    /// The last request's second.
    now: u32,
}

/// What memcached knows of an item.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    /// The second of its insertion, or the last at which it was made active or moved.
    touched: u32,
    place: Place,
    fetched: bool,
    active: bool,
}
linked!(Node);

/// The list an object is on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Hot,
    Warm,
    Cold,
}

impl Policy for Memcached {
    const INFO: Info = Info {
        name: "memcached",
        summary: "three LRU lists; only what is hit twice leaves the first for the second, victims come from the third",
        paper: "none; the sources of memcached 1.6 and doc/new_lru.txt",
        weakness: "loops; and a few dozen objects, of which each list holds only some",
        parameters: &[
            Parameter { name: "maintainer", default: "on", help: "off: as with no_lru_maintainer, nearly FIFO" },
            Parameter { name: "hot", default: "20%", help: "what HOT may hold, as a share of what is cached" },
            Parameter { name: "warm", default: "40%", help: "what WARM may hold, as a share of what is cached" },
        ],
        needs_time: true,
        fills_up: true,
        ..Info::PLAIN
    };
    const VICTIM: Option<Victim<Self>> = Some(Memcached::victim);
    type Node = Node;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Memcached {
            hot: List::default(),
            warm: List::default(),
            cold: List::default(),
            hot_share: parameters.ratio("hot", &Self::INFO)?.get(),
            warm_share: parameters.ratio("warm", &Self::INFO)?.get(),
            maintained: parameters.choice("maintainer", &Self::INFO, &["on", "off"])? == "on",
            now: 0,
        })
    }

    /// The lists are shares of what is cached, whatever the capacity.
    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        self.see(request);
        if request.op == Op::Set && !request.renews {
            // A write is a new item in place of the old one.
            self.on_remove(nodes, object);
            self.on_insert(nodes, request);
        } else if !self.maintained {
            if self.now.saturating_sub(nodes[object].touched) > MOVED_AFTER {
                nodes[object].touched = self.now;
                self.cold.refresh(nodes, object);
            }
        } else if !nodes[object].fetched {
            nodes[object].fetched = true;
        } else if !nodes[object].active {
            nodes[object].touched = self.now;
            nodes[object].active = true;
            if nodes[object].place == Place::Cold {
                self.cold.remove(nodes, object);
                self.enter_warm(nodes, object);
            }
            self.maintain(nodes);
        }
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.see(request);
        let place = if self.maintained { Place::Hot } else { Place::Cold };
        nodes[request.object] = Node { touched: self.now, place, ..Node::default() };
        self.list(place).push(nodes, request.object);
        self.maintain(nodes);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        let victim = self.victim(nodes);
        self.on_remove(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.list(nodes[object].place).remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

impl Memcached {
    #[inline(always)]
    fn see(&mut self, request: &Request) {
        self.now = (request.time / SECOND) as u32;
    }

    #[inline(always)]
    fn list(&mut self, place: Place) -> &mut List {
        match place {
            Place::Hot => &mut self.hot,
            Place::Warm => &mut self.warm,
            Place::Cold => &mut self.cold,
        }
    }

    /// COLD's oldest. Where COLD is empty, what HOT can give is moved there; all else failing, WARM's oldest.
    fn victim(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        while self.cold.is_empty() && !self.hot.is_empty() {
            self.pull_hot(nodes);
        }
        if self.cold.is_empty() { self.warm.oldest() } else { self.cold.oldest() }
    }

    /// Does what there is to do at the lists' oldest ends.
    #[inline(always)]
    fn maintain(&mut self, nodes: &mut Nodes<Node>) {
        if !self.maintained {
            return;
        }
        let total = (self.hot.weight() + self.warm.weight() + self.cold.weight()) as f64;
        let (hot, warm) = ((total * self.hot_share) as u64, (total * self.warm_share) as u64);
        let cold_age = f64::from(if self.cold.is_empty() { 0 } else { self.age(nodes, self.cold.oldest()) });
        let (hot_age, warm_age) = ((cold_age * HOT_AGE) as u32, (cold_age * WARM_AGE) as u32);
        while self.is_due(nodes, &self.hot, hot, hot_age) {
            self.pull_hot(nodes);
        }
        while self.is_due(nodes, &self.warm, warm, warm_age) {
            let oldest = self.warm.oldest();
            if nodes[oldest].active {
                nodes[oldest].active = false;
                nodes[oldest].touched = self.now;
                self.warm.refresh(nodes, oldest);
            } else {
                self.warm.remove(nodes, oldest);
                self.enter_cold(nodes, oldest);
            }
        }
    }

    /// Whether the list's oldest is active, or must leave: the list is larger than `most`, or it is older than `age`.
    #[inline(always)]
    fn is_due(&self, nodes: &Nodes<Node>, list: &List, most: u64, age: u32) -> bool {
        let oldest = list.oldest();
        !list.is_empty() && (nodes[oldest].active || list.weight() > most || self.age(nodes, oldest) > age)
    }

    /// Moves HOT's oldest to WARM where it is active, else to COLD.
    #[inline(always)]
    fn pull_hot(&mut self, nodes: &mut Nodes<Node>) {
        let oldest = self.hot.pop(nodes);
        if nodes[oldest].active {
            self.enter_warm(nodes, oldest);
        } else {
            self.enter_cold(nodes, oldest);
        }
    }

    /// An active object moves to WARM, and has to be hit again to be active there.
    #[inline(always)]
    fn enter_warm(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].active = false;
        nodes[object].place = Place::Warm;
        self.warm.push(nodes, object);
    }

    #[inline(always)]
    fn enter_cold(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].place = Place::Cold;
        self.cold.push(nodes, object);
    }

    /// Seconds since the object was touched.
    #[inline(always)]
    fn age(&self, nodes: &Nodes<Node>, object: ObjectId) -> u32 {
        self.now.saturating_sub(nodes[object].touched)
    }
}
