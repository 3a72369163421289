//! MQ: queues by the logarithm of an object's requests, LRU inside each. An object that is not asked for during a lifetime
//! sinks by one queue; the victim is the oldest of the lowest queue. What was evicted is remembered with its count for a
//! while, and enters with that count when it returns.
//!
//! Paper: Y. Zhou, J. Philbin, K. Li, "The multi-queue replacement algorithm for second level buffer caches", USENIX ATC
//! 2001. Time is counted in hits and insertions, as in the paper; the lifetime is a parameter, which the paper derives from
//! the trace's peak of temporal distances, and libCacheSim sets to 10,000. Equal to libCacheSim request by request.
//! Parameters: `queues`; `lifetime`, in hits and insertions; `ghost`, how much is remembered, in sizes of the cache.
//! Cost: constant: no queue is looked at before an object's lifetime can be over. Memory: 20 bytes per object of the trace.
//! Poor where the lifetime does not fit: too short, it is LRU; too long, what was popular once stays.

use super::in_place::clone_in_place;
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Requests are counted in 32 bits, so no object belongs higher than this.
const MOST_QUEUES: u64 = 32;

/// Queues by frequency, and ghosts.
#[derive(Debug)]
pub struct Mq {
    queues: Vec<List>,
    ghosts: List,
    ghost_capacity: u64,
    /// How much is remembered, in sizes of the cache.
    ghost_sizes: u64,
    lifetime: u32,
    /// Hits and insertions so far.
    now: u32,
    /// No object that can sink does so before this has passed.
    next_expiry: u32,
}
clone_in_place!(Mq { queues, ghosts, ghost_capacity, ghost_sizes, lifetime, now, next_expiry });

/// An object's requests, and where it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    requests: u32,
    /// It sinks when this has passed.
    expiry: u32,
    queue: u8,
    state: State,
}
linked!(Node);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Cached, or neither cached nor remembered.
    #[default]
    Plain,
    Ghost,
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

impl Policy for Mq {
    const INFO: Info = Info {
        name: "mq",
        aliases: &["multi-queue"],
        summary: "queues by the logarithm of an object's requests; it sinks by one when it is idle for a lifetime",
        paper: "Zhou et al., The multi-queue replacement algorithm for second level buffer caches, USENIX ATC 2001",
        weakness: "a lifetime that does not fit: too short makes it LRU, too long keeps what was popular once",
        parameters: &[
            Parameter { name: "queues", default: "8", help: "how many queues, 1 to 32" },
            Parameter {
                name: "lifetime",
                default: "10000",
                help: "hits and insertions after which an idle object sinks",
            },
            Parameter { name: "ghost", default: "4", help: "how much is remembered, in sizes of the cache, 0 to 64" },
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let number = |name, range| parameters.number(name, &Self::INFO, range);
        let ghost_sizes = number("ghost", 0..=64)?;
        Ok(Mq {
            queues: vec![List::default(); number("queues", 1..=MOST_QUEUES)? as usize],
            ghosts: List::default(),
            ghost_capacity: capacity.amount().saturating_mul(ghost_sizes),
            ghost_sizes,
            lifetime: number("lifetime", 1..=u64::from(u32::MAX) / 2)? as u32,
            now: 0,
            next_expiry: u32::MAX,
        })
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.ghost_capacity = capacity.amount().saturating_mul(self.ghost_sizes);
        self.limit_ghosts(nodes, 0);
    }

    #[inline(always)]
    fn recall(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].state == State::Ghost {
            self.ghosts.remove(nodes, object);
            nodes[object].state = State::Returning;
        }
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        self.queues[nodes[request.object].queue as usize].remove(nodes, request.object);
        self.enter(nodes, request.object);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        if node.state != State::Returning {
            node.requests = 0;
        }
        node.state = State::Plain;
        self.enter(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        let lowest = self.queues.iter().position(|queue| !queue.is_empty()).unwrap_or(0);
        let victim = self.queues[lowest].pop(nodes);
        self.remember(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.queues[nodes[object].queue as usize].remove(nodes, object);
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].state == State::Ghost {
            self.ghosts.remove(nodes, object);
        }
        nodes[object].state = State::Plain;
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

impl Mq {
    /// Counts a request of an object that is on no queue, and puts it on the one it belongs to.
    #[inline(always)]
    fn enter(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let node = &mut nodes[object];
        node.requests = node.requests.saturating_add(1);
        let queue = (node.requests.ilog2() as usize).min(self.queues.len() - 1);
        self.link(nodes, object, queue);
        self.now += 1;
        if self.now > self.next_expiry {
            self.sink(nodes);
        }
    }

    #[inline(always)]
    fn link(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, queue: usize) {
        let expiry = self.now.saturating_add(self.lifetime);
        nodes[object].expiry = expiry;
        nodes[object].queue = queue as u8;
        self.queues[queue].push(nodes, object);
        self.next_expiry = self.next_expiry.min(expiry);
    }

    /// The oldest object of each queue sinks by one where its lifetime is over. A queue is in order of expiry, so its
    /// oldest object tells when it must be looked at again.
    #[inline(never)]
    fn sink(&mut self, nodes: &mut Nodes<Node>) {
        for queue in 1..self.queues.len() {
            let oldest = self.queues[queue].oldest();
            if !self.queues[queue].is_empty() && nodes[oldest].expiry < self.now {
                self.queues[queue].pop(nodes);
                self.link(nodes, oldest, queue - 1);
            }
        }
        let above = self.queues.iter().skip(1).filter(|queue| !queue.is_empty());
        self.next_expiry = above.map(|queue| nodes[queue.oldest()].expiry).min().unwrap_or(u32::MAX);
    }

    /// Makes a ghost of an evicted object; the oldest ghosts make room.
    #[inline(always)]
    fn remember(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let weight = nodes.weight(object);
        if weight > self.ghost_capacity {
            return;
        }
        self.limit_ghosts(nodes, weight);
        nodes[object].state = State::Ghost;
        self.ghosts.push(nodes, object);
    }

    /// Forgets the oldest ghosts until there is room for so much.
    #[inline(always)]
    fn limit_ghosts(&mut self, nodes: &mut Nodes<Node>, weight: u64) {
        while self.ghosts.weight() + weight > self.ghost_capacity {
            let forgotten = self.ghosts.pop(nodes);
            nodes[forgotten].state = State::Plain;
        }
    }
}
