//! Cacheus: chance follows one of two experts by how far each is trusted, as in LeCaR, but of better experts and with a rate
//! that learns. SR-LRU, against scans: what was not asked for again since it came or was demoted stands apart and leaves
//! first; ghosts and hits say how large that part should be. CR-LFU, against churn: of equal frequencies the last to get
//! there leaves first, so that a part of many alike stays.
//!
//! Paper: L. V. Rodriguez et al., "Learning cache replacement with Cacheus", FAST 2021, as in the authors' program but for
//! two steps: a returning ghost's frequency counts the request that brings it back (there it is computed and dropped), and
//! the first hit makes an object old (there it stays new, so that objects with many hits count as victims of a small SR).
//! In bytes a part grows by what the paper says times the object's weight, and a period is as many requests as there are
//! objects cached when it begins, the first one beginning with the first eviction.
//! libCacheSim's is another policy: new objects start in half of the cache and are evicted while the other half is empty,
//! ghosts are remembered three times over, and its learning rate never learns, being computed from whole numbers.
//!
//! Parameters: `ghost`, `seed`. Cost: logarithmic: cached objects stand in a heap by frequency.
//! Memory: 20 bytes per object of the trace and 16 per cached one.
//! Poor where popularity shifts: objects demoted after many requests outlive new ones by their frequency.

use super::experts::{Expert, TwoExperts};
use super::in_place::clone_in_place;
use super::learning_rate::LearningRate;
use super::least_frequent::{LeastFrequent, Ties};
use super::list::{Link, List};
use super::nodes::placed;
use super::roster::generator;
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, SEED};
use crate::linked;
use crate::request::{ObjectId, Request};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The share of SR at the beginning.
const FIRST_SR: f64 = 0.01;

/// SR-LRU, CR-LFU, and the ghosts of either's victims. Parts have the paper's names.
#[derive(Debug)]
pub struct Cacheus {
    /// What was asked for again.
    r: List,
    /// What is new, and what R had no room for.
    sr: List,
    /// What R may weigh; SR may weigh the rest of the cache.
    r_limit: u64,
    capacity: u64,
    /// Objects of SR that were in R.
    demoted: u64,
    /// Ghosts of SR-LRU that were never asked for again.
    new_ghosts: u64,
    frequency: LeastFrequent,
    experts: TwoExperts,
    /// None in bytes, until the first eviction says how many objects fit.
    rate: Option<LearningRate>,
    /// How many objects the cache holds, where it counts objects.
    objects: Option<u64>,
    random: Xoshiro256PlusPlus,
}
clone_in_place!(Cacheus { r, sr, r_limit, capacity, demoted, new_ghosts, frequency, experts, rate, objects, random });

/// An object's place in both orders, or its ghost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// In R, in SR, or among ghosts.
    link: Link,
    /// In the heap.
    place: u32,
    /// Requests so far, kept from an eviction until the object is inserted again; 0 where they are forgotten.
    requests: u32,
    part: Part,
    mark: Mark,
}
linked!(Node);
placed!(Node);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    /// Neither cached nor remembered.
    #[default]
    Out,
    R,
    Sr,
    Ghost(Expert),
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mark {
    #[default]
    None,
    /// Entered a full cache, and was not asked for again. Ghosts of SR-LRU keep it.
    New,
    /// In SR, and was in R.
    Demoted,
}

impl Policy for Cacheus {
    const INFO: Info = Info {
        name: "cacheus",
        summary: "as LeCaR, with experts that withstand scans and churn, and a learning rate that learns",
        paper: "Rodriguez et al., Learning cache replacement with Cacheus, FAST 2021",
        weakness: "popularity that shifts; it needs periods as long as the cache is large to learn",
        parameters: &[
            Parameter {
                name: "ghost",
                default: "50%",
                help: "what each expert's ghosts may weigh, as a share of the cache",
            },
            SEED,
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let amount = capacity.amount();
        let sr_limit = ((amount as f64 * FIRST_SR).round() as u64).max(1);
        Ok(Cacheus {
            r: List::default(),
            sr: List::default(),
            r_limit: amount.saturating_sub(sr_limit),
            capacity: amount,
            demoted: 0,
            new_ghosts: 0,
            frequency: LeastFrequent::new(Ties::Newest),
            experts: TwoExperts::new(capacity, parameters, &Self::INFO)?,
            rate: capacity.objects().map(|objects| LearningRate::new(objects.max(1))),
            objects: capacity.objects(),
            random: generator(parameters, &Self::INFO)?,
        })
    }

    fn memory(population: &Population) -> u64 {
        LeastFrequent::memory(population.cached)
    }

    /// R keeps its share. The learning rate is one for caches of a size, and starts anew; in bytes its periods adapt.
    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        let new_ghosts = &mut self.new_ghosts;
        self.experts.resize(nodes, capacity, |node, is_ghost| mark(node, is_ghost, new_ghosts));
        let share = self.r_limit as f64 / self.capacity.max(1) as f64;
        self.capacity = capacity.amount();
        self.r_limit = capacity.part(share).min(self.capacity.saturating_sub(1));
        while self.r.weight() > self.r_limit {
            self.demote(nodes);
        }
        self.objects = capacity.objects();
        if let Some(objects) = self.objects {
            self.rate = Some(LearningRate::new(objects.max(1)));
        }
    }

    #[inline(always)]
    fn on_miss(&mut self, _: &mut Nodes<Node>, _: &Request) {
        self.on_request(false);
    }

    /// Where the object is a ghost its expert regrets, and SR grows if it left too soon.
    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let Part::Ghost(expert) = nodes[object].part else { return };
        if self.drop_ghost(nodes, object, expert) == Mark::New {
            self.enlarge_sr(nodes.weight(object));
        }
        nodes[object].part = Part::Returning;
        if let Some(rate) = &self.rate {
            self.experts.regret(expert, rate.get());
        }
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.on_request(true);
        let object = request.object;
        self.frequency.count(nodes, object);
        if nodes[object].part == Part::R {
            self.r.refresh(nodes, object);
            return;
        }
        let weight = nodes.weight(object);
        if std::mem::take(&mut nodes[object].mark) == Mark::Demoted {
            self.enlarge_r(weight);
            self.demoted -= 1;
        }
        self.sr.remove(nodes, object);
        while self.r.weight() + weight > self.r_limit && !self.r.is_empty() {
            self.demote(nodes);
        }
        nodes[object].part = Part::R;
        self.r.push(nodes, object);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let weight = nodes.weight(object);
        let Node { requests, part, mark, .. } = nodes[object];
        nodes[object].mark = Mark::None;
        self.frequency.insert(nodes, object, requests + 1);
        // Eviction has marked an object that needed room.
        let is_filling = mark == Mark::None;
        if part == Part::Returning {
            nodes[object].part = Part::R;
            self.r.push(nodes, object);
            self.limit_r(nodes);
        } else if is_filling && self.sr.is_empty() && self.r.weight() + weight <= self.r_limit {
            nodes[object].part = Part::R;
            self.r.push(nodes, object);
        } else {
            let is_new = !is_filling || self.sr.weight() + weight > self.capacity - self.r_limit;
            nodes[object].part = Part::Sr;
            self.sr.push(nodes, object);
            if is_new {
                nodes[object].mark = Mark::New;
                self.limit_r(nodes);
            }
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> ObjectId {
        if let Some(request) = entering {
            nodes[request.object].mark = Mark::New;
        }
        if self.rate.is_none() {
            self.rate = Some(LearningRate::new(self.frequency.len()));
        }
        let oldest = if self.sr.is_empty() { self.r.oldest() } else { self.sr.oldest() };
        let least = self.frequency.first();
        if oldest == least {
            self.on_remove(nodes, oldest);
            return oldest;
        }
        let expert = self.experts.draw(&mut self.random);
        let victim = if expert == Expert::Lru { oldest } else { least };
        let requests = self.take_out(nodes, victim);
        let node = &mut nodes[victim];
        node.requests = requests;
        node.part = Part::Ghost(expert);
        if expert == Expert::Lru && node.mark == Mark::New {
            self.new_ghosts += 1;
        } else {
            node.mark = Mark::None;
        }
        let new_ghosts = &mut self.new_ghosts;
        self.experts.remember(nodes, victim, expert, |node, is_ghost| mark(node, is_ghost, new_ghosts));
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.take_out(nodes, object);
        nodes[object] = Node::default();
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if let Part::Ghost(expert) = nodes[object].part {
            self.drop_ghost(nodes, object, expert);
        }
        nodes[object] = Node::default();
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::<0>::prefetch_neighbours(nodes, object);
        self.frequency.prefetch(nodes, object);
    }
}

impl Cacheus {
    #[inline(always)]
    fn on_request(&mut self, is_hit: bool) {
        if let Some(rate) = &mut self.rate {
            let objects = self.objects.unwrap_or_else(|| self.frequency.len()).max(1);
            rate.on_request(is_hit, objects, &mut self.random);
        }
    }

    fn drop_ghost(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, expert: Expert) -> Mark {
        self.experts.drop_ghost(nodes, object, expert);
        let mark = std::mem::take(&mut nodes[object].mark);
        self.new_ghosts -= u64::from(mark == Mark::New);
        mark
    }

    /// Unlinks a cached object from both orders; its frequency.
    #[inline(always)]
    fn take_out(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) -> u32 {
        let part = if nodes[object].part == Part::R { &mut self.r } else { &mut self.sr };
        part.remove(nodes, object);
        self.demoted -= u64::from(nodes[object].mark == Mark::Demoted);
        self.frequency.remove(nodes, object)
    }

    /// Moves the oldest of R to SR.
    #[inline(always)]
    fn demote(&mut self, nodes: &mut Nodes<Node>) {
        let object = self.r.pop(nodes);
        nodes[object].part = Part::Sr;
        nodes[object].mark = Mark::Demoted;
        self.demoted += 1;
        self.sr.push(nodes, object);
    }

    #[inline(always)]
    fn limit_r(&mut self, nodes: &mut Nodes<Node>) {
        while self.r.weight() >= self.r_limit && !self.r.is_empty() {
            self.demote(nodes);
        }
    }

    /// R was too small for an object of this weight. Where the cache has room for both, neither part becomes nothing.
    fn enlarge_r(&mut self, weight: u64) {
        let step = steps(self.new_ghosts, self.demoted) * weight;
        self.r_limit = (self.r_limit + step).min(self.capacity - 1);
    }

    /// SR was too small for an object of this weight.
    fn enlarge_sr(&mut self, weight: u64) {
        let step = steps(self.demoted, self.new_ghosts) * weight;
        self.r_limit = self.r_limit.saturating_sub(step).max(1).min(self.capacity - 1);
    }
}

/// Forgets a ghost that no longer is one.
#[inline(always)]
fn mark(node: &mut Node, is_ghost: bool, new_ghosts: &mut u64) {
    if !is_ghost {
        *new_ghosts -= u64::from(node.mark == Mark::New);
        *node = Node::default();
    }
}

/// The quotient of two counts, rounded, at least 1.
fn steps(of: u64, to: u64) -> u64 {
    let to = to.max(1);
    ((of + to / 2) / to).max(1)
}
