//! Belady with sizes: evicts the object of the largest size x time until its next request, among some that are drawn at
//! random. It reads the future; where sizes differ it comes closer to the optimum than Belady's MIN, and neither is a bound.
//!
//! Paper: the rule is D. S. Berger, N. Beckmann, M. Harchol-Balter, "Practical bounds on optimal caching with variable object
//! sizes", SIGMETRICS 2018 (there: Belady-Size); drawing a sample is libCacheSim's. Objects that are never asked for again
//! leave before any other, and such an object does not enter where it would have to push out one that is: libCacheSim does
//! not insert them at all, which misses the same, but here the cache fills as every cache does.
//! Parameters: `samples`, how many objects are drawn; `seed`.
//! Cost: a hit is constant, an eviction looks at `samples` objects. Memory: 8 bytes per object of the trace and 12 per
//! cached one.
//! Poor as a bound: it is a strong guess. With objects of one size MIN is better, as it needs no sample.

use super::in_place::clone_in_place;
use super::nodes::placed;
use super::roster::{Roster, generator};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, SEED};
use crate::request::{NEVER, ObjectId, Request};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Largest and farthest first, among a sample.
#[derive(Debug)]
pub struct BeladySize {
    /// What will be asked for again.
    useful: Roster<Record>,
    /// What will not.
    useless: Roster<()>,
    samples: u32,
    random: Xoshiro256PlusPlus,
    /// How many of the trace's requests have passed, the present one among them.
    now: u32,
}
clone_in_place!(BeladySize { useful, useless, samples, random, now });

#[derive(Debug, Clone, Copy)]
struct Record {
    next: u32,
    weight: u32,
}

/// What is known of an object's future, and its place among the useful or the useless while it is cached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// The newest `next` that was said; 0 where none was.
    next: u32,
    place: u32,
}
placed!(Node);

impl Policy for BeladySize {
    const INFO: Info = Info {
        name: "belady-size",
        aliases: &["beladysize"],
        summary: "evicts, of some drawn at random, the object of the largest size x time until its next request",
        paper: "Berger et al., Practical bounds on optimal caching with variable object sizes, SIGMETRICS 2018",
        weakness: "reads the future; a strong guess where sizes differ, not a strict bound",
        parameters: &[
            Parameter { name: "samples", default: "128", help: "how many objects an eviction looks at, 1 to 65536" },
            SEED,
        ],
        needs_future: true,
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(_: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let samples = parameters.number("samples", &Self::INFO, 1..=1 << 16)? as u32;
        let random = generator(parameters, &Self::INFO)?;
        Ok(BeladySize { useful: Roster::new(), useless: Roster::new(), samples, random, now: 0 })
    }

    fn memory(population: &Population) -> u64 {
        Roster::<Record>::memory(population.cached) + Roster::<()>::memory(population.cached)
    }

    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.arrive(nodes, request);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let before = nodes[request.object].next;
        self.arrive(nodes, request);
        let next = nodes[request.object].next;
        if next != NEVER {
            self.useful.record(nodes, request.object).next = next;
        } else if before != NEVER {
            self.useful.remove(nodes, request.object);
            self.useless.insert(nodes, request.object, ());
        }
    }

    #[inline(always)]
    fn gives_way(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        // What was said since the request knows better.
        nodes[request.object].next.max(request.next) == NEVER && self.useless.len() == 0
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        node.next = node.next.max(request.next);
        if node.next == NEVER {
            self.useless.insert(nodes, request.object, ());
        } else {
            self.add_useful(nodes, request.object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        if let Some(victim) = self.useless.last() {
            self.useless.remove(nodes, victim);
            return victim;
        }
        let now = self.now;
        // The requests in between: none for an object that is asked for next.
        let cost = |record: &Record| u64::from(record.next.saturating_sub(now)) * u64::from(record.weight);
        let victim = self.useful.best_of(self.samples, &mut self.random, |one, other| cost(one) > cost(other));
        self.useful.remove(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].next == NEVER {
            self.useless.remove(nodes, object);
        } else {
            self.useful.remove(nodes, object);
        }
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        self.useful.prefetch(nodes, object);
    }
}

impl BeladySize {
    /// Notes a request of the trace; a retry, which says nothing new, is none. No request says its own position, but an object's
    /// request stands where its last one said.
    #[inline(always)]
    fn arrive(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        if request.next > node.next {
            self.now = (self.now + 1).max(node.next + 1);
            node.next = request.next;
        }
    }

    #[inline(always)]
    fn add_useful(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let record = Record { next: nodes[object].next, weight: nodes.weight(object) as u32 };
        self.useful.insert(nodes, object, record);
    }
}
