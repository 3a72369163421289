//! LRU-K: evicts the object whose k-th last request lies farthest back. Objects with fewer than k requests go first, in the
//! order of their insertion.
//!
//! Paper: E. J. O'Neil, P. E. O'Neil, G. Weikum, "The LRU-K page replacement algorithm for database disk buffering", SIGMOD
//! 1993. This is libCacheSim's, equal to it request by request: requests are forgotten with eviction (the paper keeps them
//! for a while), there is no correlated reference period, and among objects with fewer than k requests the first to come
//! goes first (the paper leaves that open, and suggests LRU).
//! Parameters: `k`. Cost: logarithmic: cached objects stand in a heap by their k-th last request.
//! Memory: 16 bytes per object of the trace and 16 per cached one.
//! Poor where popularity is new: with a cache full of old acquaintances, each new object is the next victim, however often
//! it returns soon after.

use super::heap::Heap;
use super::in_place::clone_in_place;
use super::nodes::placed;
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population};
use crate::request::{ObjectId, Request};

/// The largest k: the paper finds little beyond 3.
const MOST: usize = 4;

/// Added to keys of objects with at least k requests: all others come first.
const KNOWN: u64 = 1 << 32;

/// Farthest k-th last request first.
#[derive(Debug)]
pub struct LruK {
    heap: Heap<u64>,
    k: usize,
    /// Hits and insertions so far.
    now: u32,
}
clone_in_place!(LruK { heap, k, now });

/// An object's requests but the newest, and its place in the heap.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// When its last k - 1 requests were, the newest first; 0 where there were fewer.
    requests: [u32; MOST - 1],
    place: u32,
}
placed!(Node);

impl Policy for LruK {
    const INFO: Info = Info {
        name: "lru-k",
        aliases: &["lruk", "lru-2"],
        summary: "evicts the object whose k-th last request lies farthest back; those with fewer requests go first",
        paper: "O'Neil et al., The LRU-K page replacement algorithm for database disk buffering, SIGMOD 1993",
        weakness: "what is new: an object that is not asked for again at once leaves before any old acquaintance",
        parameters: &[Parameter { name: "k", default: "2", help: "which last request decides, 1 (LRU) to 4" }],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let k = parameters.number("k", &Self::INFO, 1..=MOST as u64)? as usize;
        Ok(LruK { heap: Heap::new(), k, now: 0 })
    }

    fn memory(population: &Population) -> u64 {
        Heap::<u64>::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        if let Some(kth_last) = self.note(&mut nodes[request.object]) {
            self.heap.update(nodes, request.object, KNOWN + u64::from(kth_last));
        }
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        node.requests = [0; MOST - 1];
        let kth_last = self.note(node);
        let key = kth_last.map_or(u64::from(self.now), |kth_last| KNOWN + u64::from(kth_last));
        self.heap.insert(nodes, request.object, key);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        self.heap.pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.heap.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        self.heap.prefetch(nodes, object);
    }
}

impl LruK {
    /// Notes a request. When the k-th last one was, counting this; `None` where there were fewer.
    #[inline(always)]
    fn note(&mut self, node: &mut Node) -> Option<u32> {
        self.now += 1;
        if self.k == 1 {
            return Some(self.now);
        }
        let kept = self.k - 1;
        let kth_last = node.requests[kept - 1];
        node.requests.copy_within(..kept - 1, 1);
        node.requests[0] = self.now;
        (kth_last > 0).then_some(kth_last)
    }
}
