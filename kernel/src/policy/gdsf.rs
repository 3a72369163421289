//! GDSF, greedy dual size frequency: an object's rank is its requests divided by its size, on top of the rank of the last
//! victim. Small and popular objects stay, and what is not asked for falls behind. An object that would be the next victim
//! itself does not enter.
//!
//! Paper: L. Cherkasova, "Improving WWW proxies performance with greedy-dual-size-frequency caching policy", HP Labs
//! Technical Report 1998. Equal to libCacheSim request by request: the rank is level + 10^6 x requests / size; the level is
//! read when an object is to be inserted, before what makes room for it raises the level; equal ranks leave in the order in
//! which they were reached. libCacheSim inserts first and then evicts, which is the same as asking before each eviction
//! whether the new object ranks below the victim; what was evicted until then stays evicted.
//! Parameters: none. Cost: logarithmic: cached objects stand in a heap by rank.
//! Memory: 8 bytes per object of the trace and 16 per cached one.
//! Poor in bytes: it saves requests, not traffic, and large popular objects come and go. With equal sizes it may keep new
//! objects out until the level has risen to the ranks of what was popular once.

use super::ageing::{Ageing, Node, Rank};
use super::in_place::clone_in_place;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::request::{ObjectId, Request};

/// What a request for an object of size 1 is worth. Sums are floating-point numbers, so that this decides roundings.
const REQUEST: f64 = 1e6;

/// Least requests per byte first, aged.
#[derive(Debug)]
pub struct Gdsf {
    ranks: Ageing,
    /// The rank of the object that is being inserted.
    incoming: Rank,
}
clone_in_place!(Gdsf { ranks, incoming });

impl Policy for Gdsf {
    const INFO: Info = Info {
        name: "gdsf",
        summary: "evicts the object with the fewest requests per byte, counted from the last victim's rank",
        paper: "Cherkasova, Improving WWW proxies performance with greedy-dual-size-frequency caching policy, HP Labs 1998",
        weakness: "byte misses: it gives up large objects for many small ones; new objects may be kept out for a while",
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        let ranks = Ageing::new();
        Ok(Gdsf { incoming: ranks.rank(0.0), ranks })
    }

    fn memory(population: &Population) -> u64 {
        Ageing::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        nodes[object].requests = nodes[object].requests.saturating_add(1);
        let value = f64::from(nodes[object].requests) * REQUEST / nodes.weight(object) as f64;
        self.ranks.update(nodes, object, self.ranks.rank(value));
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        self.incoming = self.ranks.rank(REQUEST / nodes.weight_of(request.size) as f64);
        true
    }

    #[inline(always)]
    fn gives_way(&mut self, _: &mut Nodes<Node>, _: &Request) -> bool {
        let least = self.ranks.least() > self.incoming;
        if least {
            self.ranks.give_up(self.incoming);
        }
        least
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.ranks.insert(nodes, request.object, self.incoming);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        self.ranks.pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.ranks.remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        self.ranks.prefetch(nodes, object);
    }
}
