//! W-TinyLFU: new objects enter a small LRU window; what the window gives up enters the main cache only where it was asked
//! for more often lately than the object that the main cache would give up for it. The main cache is a segmented LRU:
//! a hit in probation protects, and what is protected longest without a hit returns to probation.
//!
//! Paper: G. Einziger, R. Friedman, B. Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM Transactions on
//! Storage 2017; sizes as in their library Caffeine, without its climbing and its jitter.
//! Parameters: `window`, the window's share of the cache; `protected`, the protected share of the main cache; `sample`,
//! after how many requests for each object of the cache all frequencies are halved.
//! Frequencies are exact up to 15 (see `frequency.rs`): a sketch without collisions. Every request counts once.
//! In bytes: a candidate meets victims one after another until there is room or it loses, and those it beat are gone;
//! an object larger than the window is itself the candidate, against the first victim.
//! libCacheSim differs, and its counts cannot be met without its hash functions: its sketch is sized for the cache, not for
//! the objects that are counted, so collisions decide. It also counts no hits in the window, counts a candidate again at
//! each contest, evicts on some hits, refuses what is larger than the window, and has no window below 100 objects.
//! Cost: constant. Memory: 16 bytes per object of the trace.
//! Poor where popularity moves faster than the sample: what is new must first be asked for more often than what was
//! popular; and under recency, as all but the window serves frequency.

use super::frequency::{Count, Sample};
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// A window before a segmented main cache.
#[derive(Debug, Clone)]
pub struct WTinyLfu {
    window: List,
    probation: List,
    protected: List,
    capacity: u64,
    window_capacity: u64,
    protected_capacity: u64,
    sample: Sample,
    /// Requests in a sample for each object that the cache can hold.
    sample_per_object: u64,
    /// The capacity in objects; where it is in bytes, the objects that are cached now.
    objects: u64,
    in_bytes: bool,
    /// The window's share of the cache, and the protected share of the rest.
    window_share: f64,
    protected_share: f64,
}

/// An object's neighbours, how often it was asked for, and where it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    count: Count,
    segment: Segment,
}
linked!(Node);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Segment {
    #[default]
    Window,
    Probation,
    Protected,
}

impl Policy for WTinyLfu {
    const INFO: Info = Info {
        name: "w-tinylfu",
        aliases: &["wtinylfu", "w_tinylfu"],
        summary: "a small LRU window; what it gives up enters the main cache only if asked for more often than its victim",
        paper: "Einziger, Friedman, Manes, TinyLFU: a highly efficient cache admission policy, ACM TOS 2017",
        weakness: "popularity that moves faster than frequencies age; recency, which only the window serves",
        parameters: &[
            Parameter { name: "window", default: "1%", help: "the window's share of the cache" },
            Parameter { name: "protected", default: "80%", help: "the protected share of the main cache" },
            Parameter {
                name: "sample",
                default: "10",
                help: "frequencies are halved after so many requests for each object of the cache, 1 to 1000000",
            },
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let share = |name| Ok(parameters.ratio(name, &Self::INFO)?.get());
        let mut policy = WTinyLfu {
            window: List::default(),
            probation: List::default(),
            protected: List::default(),
            capacity: 0,
            window_capacity: 0,
            protected_capacity: 0,
            sample: Sample::default(),
            sample_per_object: parameters.number("sample", &Self::INFO, 1..=1_000_000)?,
            objects: 0,
            in_bytes: capacity.bytes().is_some(),
            window_share: share("window")?,
            protected_share: share("protected")?,
        };
        policy.take_shares(capacity);
        Ok(policy)
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.take_shares(capacity);
        self.limit_protected(nodes);
        self.limit_window(nodes);
    }

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.count(nodes, request.object);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        self.count(nodes, object);
        match nodes[object].segment {
            Segment::Window => self.window.refresh(nodes, object),
            Segment::Protected => self.protected.refresh(nodes, object),
            Segment::Probation if nodes.weight(object) > self.protected_capacity => {
                self.probation.refresh(nodes, object);
            }
            Segment::Probation => {
                self.probation.remove(nodes, object);
                nodes[object].segment = Segment::Protected;
                self.protected.push(nodes, object);
                self.limit_protected(nodes);
            }
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        let weight = nodes.weight_of(request.size);
        let has_room = self.main_weight() + self.window.weight() + weight <= self.capacity;
        has_room
            || self.fits_window(weight)
            || self.main_victim().is_none_or(|victim| self.beats(nodes, request.object, victim))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if self.in_bytes {
            self.objects += 1;
        }
        if !self.fits_window(nodes.weight(object)) {
            self.put_on_probation(nodes, object);
            return;
        }
        nodes[object].segment = Segment::Window;
        self.window.push(nodes, object);
        self.limit_window(nodes);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> ObjectId {
        let candidate = self.window.oldest();
        let overflows = entering.is_some_and(|request| {
            let weight = nodes.weight_of(request.size);
            self.fits_window(weight) && self.window.weight() + weight > self.window_capacity
        });
        let evicted = match self.main_victim() {
            None => candidate,
            Some(victim) if !overflows || self.beats(nodes, candidate, victim) => victim,
            Some(_) => candidate,
        };
        self.on_remove(nodes, evicted);
        evicted
    }

    #[inline(always)]
    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let list = match nodes[object].segment {
            Segment::Window => &mut self.window,
            Segment::Probation => &mut self.probation,
            Segment::Protected => &mut self.protected,
        };
        list.remove(nodes, object);
        if self.in_bytes {
            self.objects -= 1;
        }
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].count = Count::default();
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

impl WTinyLfu {
    fn take_shares(&mut self, capacity: Capacity) {
        let main = capacity.part(1.0 - self.window_share);
        self.capacity = capacity.amount();
        self.window_capacity = self.capacity - main.min(self.capacity);
        self.protected_capacity = (main as f64 * self.protected_share) as u64;
        self.objects = capacity.objects().unwrap_or(self.objects);
    }

    #[inline(always)]
    fn count(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.sample.add(&mut nodes[object].count, self.sample_per_object.saturating_mul(self.objects.max(1)));
    }

    #[inline(always)]
    fn main_weight(&self) -> u64 {
        self.probation.weight() + self.protected.weight()
    }

    /// Whether an object that enters starts in the window; a larger one starts in the main cache.
    #[inline(always)]
    fn fits_window(&self, weight: u64) -> bool {
        weight <= self.window_capacity
    }

    /// What the window gives up enters the main cache.
    #[inline(always)]
    fn limit_window(&mut self, nodes: &mut Nodes<Node>) {
        while self.window.weight() > self.window_capacity {
            let candidate = self.window.pop(nodes);
            self.put_on_probation(nodes, candidate);
        }
    }

    /// What was protected longest returns to probation.
    #[inline(always)]
    fn limit_protected(&mut self, nodes: &mut Nodes<Node>) {
        while self.protected.weight() > self.protected_capacity {
            let cooled = self.protected.pop(nodes);
            self.put_on_probation(nodes, cooled);
        }
    }

    /// What the main cache would give up.
    #[inline(always)]
    fn main_victim(&self) -> Option<ObjectId> {
        let list = if self.probation.is_empty() { &self.protected } else { &self.probation };
        (!list.is_empty()).then(|| list.oldest())
    }

    #[inline(always)]
    fn beats(&self, nodes: &Nodes<Node>, candidate: ObjectId, victim: ObjectId) -> bool {
        self.sample.estimate(nodes[candidate].count) > self.sample.estimate(nodes[victim].count)
    }

    #[inline(always)]
    fn put_on_probation(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].segment = Segment::Probation;
        self.probation.push(nodes, object);
    }
}
