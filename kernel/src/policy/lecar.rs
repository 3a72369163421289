//! LeCaR, learning cache replacement: LRU and LFU each propose a victim, and chance decides by how far each is trusted.
//! Ghosts remember whose victim they were; one that is asked for again costs its expert trust, the more the sooner it comes.
//!
//! Paper: G. Vietri et al., "Driving cache replacement with ML-based LeCaR", HotStorage 2018. Defaults are those of the
//! authors' program: each expert's ghosts are worth half a cache, a returning ghost goes on counting requests, and trust
//! stays between 0.01 and 0.99. libCacheSim has ghosts of a whole cache for each expert, counts from 1 again, and lets trust
//! fall to nothing: `ghost=100%,frequency=new` is the same but for that. As in both, a victim that the experts agree on
//! leaves no ghost; equal frequencies leave in the order in which they were reached, as in libCacheSim.
//! What a regret is worth falls with the requests since the eviction, counted in cache sizes. In bytes a cache size is the
//! number of objects cached; libCacheSim takes bytes for requests there, so that no regret ever fades.
//!
//! Parameters: `rate`, `discount`, `ghost`, `frequency`, `seed`. Cost: logarithmic: cached objects stand in a heap by
//! frequency. Memory: 20 bytes per object of the trace and 16 per cached one.
//! Poor under scans, which both experts let in; and where neither recency nor frequency says what comes next.

use super::experts::{Expert, TwoExperts};
use super::in_place::clone_in_place;
use super::least_frequent::{LeastFrequent, Ties};
use super::list::{Link, List};
use super::nodes::placed;
use super::roster::generator;
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, SEED};
use crate::linked;
use crate::request::{ObjectId, Request};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Two orders of the same objects, and the ghosts of either's victims.
#[derive(Debug)]
pub struct LeCaR {
    recency: List,
    frequency: LeastFrequent,
    experts: TwoExperts,
    /// The most that one regret takes.
    rate: f64,
    /// What a regret is worth after a cache size of requests.
    discount: f64,
    /// How many objects the cache holds, where it counts objects.
    objects: Option<u64>,
    keeps_frequency: bool,
    /// Requests so far; only distances are used, which are far below where this wraps.
    now: u32,
    random: Xoshiro256PlusPlus,
}
clone_in_place!(LeCaR { recency, frequency, experts, rate, discount, objects, keeps_frequency, now, random });

/// An object's place in both orders, or its ghost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// In `recency`, or among ghosts.
    link: Link,
    /// The place in the heap; of a ghost, the request at which it was evicted.
    place: u32,
    /// Requests so far, kept from an eviction until the object is inserted again; 0 where they are forgotten.
    requests: u32,
    ghost_of: Option<Expert>,
}
linked!(Node);
placed!(Node);

impl Policy for LeCaR {
    const INFO: Info = Info {
        name: "lecar",
        summary: "follows LRU or LFU by chance, and less often the one whose victims are asked for again",
        paper: "Vietri et al., Driving cache replacement with ML-based LeCaR, HotStorage 2018",
        weakness: "scans, which both experts let in; reuse that neither recency nor frequency foretells",
        parameters: &[
            Parameter { name: "rate", default: "0.45", help: "how much trust a regret may cost, 0 to 1" },
            Parameter {
                name: "discount",
                default: "0.005",
                help: "what a regret is worth after as many requests as the cache holds objects",
            },
            Parameter {
                name: "ghost",
                default: "50%",
                help: "what each expert's ghosts may weigh, as a share of the cache (libCacheSim: 100%)",
            },
            Parameter {
                name: "frequency",
                default: "kept",
                help: "a returning ghost goes on counting requests (kept) or starts at 1 (new, as in libCacheSim)",
            },
            SEED,
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(LeCaR {
            recency: List::default(),
            frequency: LeastFrequent::new(Ties::Oldest),
            experts: TwoExperts::new(capacity, parameters, &Self::INFO)?,
            rate: parameters.ratio("rate", &Self::INFO)?.get(),
            discount: parameters.ratio("discount", &Self::INFO)?.get(),
            objects: capacity.objects(),
            keeps_frequency: parameters.choice("frequency", &Self::INFO, &["kept", "new"])? == "kept",
            now: 0,
            random: generator(parameters, &Self::INFO)?,
        })
    }

    fn memory(population: &Population) -> u64 {
        LeastFrequent::memory(population.cached)
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.objects = capacity.objects();
        self.experts.resize(nodes, capacity, |node, _| mark(node, None));
    }

    #[inline(always)]
    fn on_miss(&mut self, _: &mut Nodes<Node>, _: &Request) {
        self.now = self.now.wrapping_add(1);
    }

    /// Where the object is a ghost its expert regrets.
    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let Some(expert) = nodes[object].ghost_of.take() else { return };
        self.experts.drop_ghost(nodes, object, expert);
        let requests = self.now.wrapping_sub(nodes[object].place);
        let cache = self.objects.unwrap_or_else(|| self.frequency.len()).max(1);
        let worth = self.discount.powf(f64::from(requests) / cache as f64);
        self.experts.regret(expert, self.rate * worth);
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.now = self.now.wrapping_add(1);
        self.recency.refresh(nodes, request.object);
        self.frequency.count(nodes, request.object);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let before = if self.keeps_frequency { nodes[object].requests } else { 0 };
        self.recency.push(nodes, object);
        self.frequency.insert(nodes, object, before + 1);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        let (oldest, least) = (self.recency.oldest(), self.frequency.first());
        if oldest == least {
            self.on_remove(nodes, oldest);
            return oldest;
        }
        let expert = self.experts.draw(&mut self.random);
        let victim = if expert == Expert::Lru { oldest } else { least };
        self.recency.remove(nodes, victim);
        nodes[victim].requests = self.frequency.remove(nodes, victim);
        nodes[victim].place = self.now;
        self.experts.remember(nodes, victim, expert, |node, is_ghost| mark(node, is_ghost.then_some(expert)));
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.recency.remove(nodes, object);
        self.frequency.remove(nodes, object);
        nodes[object] = Node::default();
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if let Some(expert) = nodes[object].ghost_of {
            self.experts.drop_ghost(nodes, object, expert);
        }
        nodes[object] = Node::default();
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::<0>::prefetch_neighbours(nodes, object);
        self.frequency.prefetch(nodes, object);
    }
}

/// Says whose ghost an evicted object is, or forgets it.
#[inline(always)]
fn mark(node: &mut Node, ghost_of: Option<Expert>) {
    match ghost_of {
        Some(_) => node.ghost_of = ghost_of,
        None => *node = Node::default(),
    }
}
