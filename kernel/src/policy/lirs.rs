//! LIRS, low inter-reference recency set: what is asked for again within a short distance is kept whatever its recency; a
//! small queue holds the rest, until it proves a short distance too. A stack in order of recency, with what was evicted
//! lately, knows the distances.
//!
//! Paper: S. Jiang, X. Zhang, "LIRS: an efficient low inter-reference recency set replacement policy to improve buffer cache
//! performance", SIGMETRICS 2002. libCacheSim's differs from it in one step, and `queue-hit` chooses:
//! * `queue-hit=demote` (the default, equal to libCacheSim request by request): a hit in the queue on an object that is no
//!   longer in the stack also demotes the stack's bottom to the queue, so that the next new object enters the set.
//!   libCacheSim does so even where the queue cannot hold both; it then evicts the object that was hit and goes on to
//!   report hits on it, outside its capacity. That is not done here: with a queue of one object (default `hir`: caches of
//!   less than 200) its counts are lower than this policy's, which are those of the paper there.
//! * `queue-hit=paper`: such a hit demotes nothing.
//!
//! In both, as in libCacheSim, the stack holds at most twice the cache (what was evicted first is forgotten first), and an
//! object larger than the queue is refused.
//! Parameters: `hir`, the queue's share of the cache; `queue-hit`. Cost: constant on average: what is pruned was pushed
//! before. Memory: 20 bytes per object of the trace.
//! Poor where popularity shifts: the set gives way to one object at a time; and in bytes with objects above its queue.

use super::list::{Link, List, NONE};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// The stack, and what is in it.
#[derive(Debug, Clone)]
pub struct Lirs {
    /// S: the set (LIR), and of the others those not colder than its coldest, cached or not.
    stack: List<0>,
    /// Q: what is cached and not in the set (resident HIR).
    queue: List<1>,
    /// What is in the stack but not cached, in the order of eviction.
    ghosts: List<1>,
    /// The weight of the set.
    set: u64,
    set_capacity: u64,
    queue_capacity: u64,
    stack_capacity: u64,
    demotes: bool,
    /// The queue's share of the cache.
    queue_share: f64,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    stack: Link,
    /// In the queue or among the ghosts.
    queue: Link,
    place: Place,
}
linked!(Node, 0, stack);
linked!(Node, 1, queue);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    /// In the set, so in the stack.
    Set,
    /// In the queue and in the stack.
    Both,
    /// In the queue only.
    Queue,
    /// In the stack, not cached.
    Ghost,
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

impl Policy for Lirs {
    const INFO: Info = Info {
        name: "lirs",
        summary: "keeps what is asked for again within a short distance, whatever its recency; a small queue for the rest",
        paper: "Jiang and Zhang, LIRS: an efficient low inter-reference recency set replacement policy, SIGMETRICS 2002",
        weakness: "popularity that shifts; refuses objects larger than its queue, a hundredth of the cache",
        parameters: &[
            Parameter {
                name: "hir",
                default: "1%",
                help: "the queue's share of the cache; it holds at least one object",
            },
            Parameter {
                name: "queue-hit",
                default: "demote",
                help: "a hit on what is only in the queue demotes the coldest of the set (demote, as in libCacheSim), or \
                       nothing (paper)",
            },
        ],
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let mut lirs = Lirs {
            stack: List::default(),
            queue: List::default(),
            ghosts: List::default(),
            set: 0,
            set_capacity: 0,
            queue_capacity: 0,
            stack_capacity: 0,
            demotes: parameters.choice("queue-hit", &Self::INFO, &["demote", "paper"])? == "demote",
            queue_share: parameters.ratio("hir", &Self::INFO)?.get(),
        };
        lirs.take_shares(capacity);
        Ok(lirs)
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.take_shares(capacity);
        self.demote_for(nodes, 0);
        self.limit_stack(nodes);
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].place == Place::Ghost {
            self.stack.remove(nodes, object);
            self.ghosts.remove(nodes, object);
            nodes[object].place = Place::Returning;
        }
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let weight = nodes.weight(object);
        match nodes[object].place {
            Place::Set => {
                self.stack.refresh(nodes, object);
                self.prune(nodes);
            }
            Place::Both if weight <= self.set_capacity => {
                self.queue.remove(nodes, object);
                self.stack.remove(nodes, object);
                self.demote_for(nodes, weight);
                self.enter_set(nodes, object);
            }
            Place::Both => {
                self.queue.refresh(nodes, object);
                self.stack.refresh(nodes, object);
            }
            _ => {
                self.queue.refresh(nodes, object);
                if self.demotes {
                    self.demote_beside(nodes, weight);
                }
                nodes[object].place = Place::Both;
                self.stack.push(nodes, object);
                self.limit_stack(nodes);
            }
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        let weight = nodes.weight_of(request.size);
        let node = &mut nodes[request.object];
        if weight > self.queue_capacity {
            node.place = Place::Out;
        }
        weight <= self.queue_capacity
    }

    #[inline(always)]
    fn overflow(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> Option<ObjectId> {
        let mut weight = 0;
        if let Some(request) = entering {
            let entering_set = self.entering_set(nodes, request);
            self.demote_for(nodes, entering_set);
            weight = if entering_set > 0 { 0 } else { nodes.weight_of(request.size) };
        }
        (self.queue.weight() + weight > self.queue_capacity).then(|| self.evict_queue(nodes))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if self.entering_set(nodes, request) > 0 {
            self.enter_set(nodes, object);
        } else {
            nodes[object].place = Place::Both;
            self.stack.push(nodes, object);
            self.queue.push(nodes, object);
        }
        self.limit_stack(nodes);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> ObjectId {
        let entering_set = entering.map_or(0, |request| self.entering_set(nodes, request));
        self.demote_for(nodes, entering_set);
        if self.queue.is_empty() {
            self.demote(nodes);
        }
        self.evict_queue(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let place = std::mem::take(&mut nodes[object].place);
        if place != Place::Queue {
            self.stack.remove(nodes, object);
        }
        if place == Place::Set {
            self.set -= nodes.weight(object);
            self.prune(nodes);
        } else {
            self.queue.remove(nodes, object);
        }
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if std::mem::take(&mut nodes[object].place) == Place::Ghost {
            self.stack.remove(nodes, object);
            self.ghosts.remove(nodes, object);
        }
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::<0>::prefetch_neighbours(nodes, object);
    }
}

impl Lirs {
    fn take_shares(&mut self, capacity: Capacity) {
        self.queue_capacity = capacity.nonempty_part(self.queue_share);
        self.set_capacity = capacity.amount().saturating_sub(self.queue_capacity);
        self.stack_capacity = capacity.amount().saturating_mul(2);
    }

    /// The weight of an entering object, if it goes into the set: 0 if into the queue. The same until it is in: an object for
    /// which the set has no room, and which does not return, makes none there.
    #[inline(always)]
    fn entering_set(&self, nodes: &Nodes<Node>, request: &Request) -> u64 {
        let weight = nodes.weight_of(request.size);
        let returns = nodes[request.object].place == Place::Returning;
        let enters = weight <= self.set_capacity && (returns || self.set + weight <= self.set_capacity);
        if enters { weight } else { 0 }
    }

    #[inline(always)]
    fn enter_set(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        nodes[object].place = Place::Set;
        self.set += nodes.weight(object);
        self.stack.push(nodes, object);
        self.prune(nodes);
    }

    /// Demotes until the set has room for `weight`.
    #[inline(always)]
    fn demote_for(&mut self, nodes: &mut Nodes<Node>, weight: u64) {
        while self.set + weight > self.set_capacity {
            self.demote(nodes);
        }
    }

    /// The same for a hit on an object of `weight` that stays in the queue: what is demoted must fit beside it.
    #[inline(always)]
    fn demote_beside(&mut self, nodes: &mut Nodes<Node>, weight: u64) {
        let mut newest = weight;
        while self.set + weight > self.set_capacity && self.set > 0 {
            newest += nodes.weight(self.stack.oldest());
            if newest > self.queue_capacity {
                return;
            }
            self.demote(nodes);
        }
    }

    /// Moves the coldest of the set, which is at the stack's bottom, to the queue. The queue may hold too much then.
    #[inline(always)]
    fn demote(&mut self, nodes: &mut Nodes<Node>) {
        let coldest = self.stack.pop(nodes);
        self.set -= nodes.weight(coldest);
        nodes[coldest].place = Place::Queue;
        self.queue.push(nodes, coldest);
        self.prune(nodes);
    }

    /// Takes what lies below the coldest of the set off the stack: its distance is too long already.
    #[inline(always)]
    fn prune(&mut self, nodes: &mut Nodes<Node>) {
        loop {
            let bottom = self.stack.oldest();
            if bottom == NONE || nodes[bottom].place == Place::Set {
                return;
            }
            self.stack.pop(nodes);
            if nodes[bottom].place == Place::Both {
                nodes[bottom].place = Place::Queue;
            } else {
                self.ghosts.remove(nodes, bottom);
                nodes[bottom].place = Place::Out;
            }
        }
    }

    #[inline(always)]
    fn evict_queue(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let victim = self.queue.pop(nodes);
        if nodes[victim].place == Place::Both {
            nodes[victim].place = Place::Ghost;
            self.ghosts.push(nodes, victim);
        } else {
            nodes[victim].place = Place::Out;
        }
        victim
    }

    /// Forgets the first evicted while the stack is too long.
    #[inline(always)]
    fn limit_stack(&mut self, nodes: &mut Nodes<Node>) {
        while self.stack.weight() > self.stack_capacity && !self.ghosts.is_empty() {
            let forgotten = self.ghosts.pop(nodes);
            self.stack.remove(nodes, forgotten);
            nodes[forgotten].place = Place::Out;
        }
    }
}
