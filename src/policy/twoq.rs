//! 2Q: new objects enter a FIFO queue, where hits mean nothing; those asked for again after they left it, while they are
//! still remembered, enter an LRU queue.
//!
//! Paper: T. Johnson, D. Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB
//! 1994, the full version: A1in, A1out and Am. Equal to libCacheSim request by request; what the paper leaves open, as its
//! pages have one size, is as there: an object larger than the FIFO queue is refused, and the LRU queue never takes more
//! than its own share, so that with byte sizes it may evict although the cache has room.
//! Parameters: `in`, the FIFO queue's share of the cache; `out`, how much is remembered, as a share of the cache.
//! Cost: constant. Memory: 12 bytes per object of the trace.
//! Poor where objects are asked for in one burst only, or again sooner than they leave the FIFO queue: neither counts.

use super::ghosts::Ghosts;
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// A FIFO queue, its ghosts and an LRU queue.
#[derive(Debug, Clone)]
pub struct TwoQ {
    fifo: List,
    recency: List,
    ghosts: Ghosts,
    fifo_capacity: u64,
    recency_capacity: u64,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    place: Place,
}
linked!(Node);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    Fifo,
    Recency,
    Ghost,
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

impl Policy for TwoQ {
    const INFO: Info = Info {
        name: "2q",
        aliases: &["twoq"],
        summary: "a FIFO queue for new objects; an LRU queue for those asked for again soon after they left it",
        paper: "Johnson and Shasha, 2Q: a low overhead high performance buffer management replacement algorithm, VLDB 1994",
        weakness: "hits soon after the first do not count; refuses objects larger than its FIFO queue",
        parameters: &[
            Parameter { name: "in", default: "25%", help: "the FIFO queue's share of the cache, above 0%" },
            Parameter { name: "out", default: "50%", help: "how much is remembered, as a share of the cache" },
        ],
        needs_future: false,
        unbounded: false,
    };
    const FILLS_UP: bool = false;

    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let amount = capacity.amount();
        let share = |name| Ok((amount as f64 * parameters.ratio(name, &Self::INFO)?.get()) as u64);
        if parameters.ratio("in", &Self::INFO)?.get() == 0.0 {
            return Err(ParameterError("in: the FIFO queue needs a share above 0%".to_string()));
        }
        let fifo_capacity = share("in")?.clamp(1, amount.max(1));
        Ok(TwoQ {
            fifo: List::default(),
            recency: List::default(),
            ghosts: Ghosts::new(share("out")?),
            fifo_capacity,
            recency_capacity: amount.saturating_sub(fifo_capacity),
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
        if nodes[request.object].place == Place::Recency {
            self.recency.refresh(nodes, request.object);
        }
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        // An answer may come so late that its object was inserted and evicted meanwhile, and is a ghost again.
        self.on_miss(nodes, request);
        let weight = nodes.weight_of(request.size);
        if weight > self.recency_capacity || weight > self.fifo_capacity {
            nodes[request.object].place = Place::Out;
        }
        weight <= self.fifo_capacity
    }

    #[inline(always)]
    fn overflow(&mut self, nodes: &mut Nodes<Node>, entering: Option<&Request>) -> Option<ObjectId> {
        let request = entering.filter(|request| nodes[request.object].place == Place::Returning)?;
        let is_full = self.recency.weight() + nodes.weight_of(request.size) > self.recency_capacity;
        is_full.then(|| self.evict_recency(nodes))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        if nodes[object].place == Place::Returning {
            nodes[object].place = Place::Recency;
            self.recency.push(nodes, object);
        } else {
            nodes[object].place = Place::Fifo;
            self.fifo.push(nodes, object);
        }
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        if !self.recency.is_empty() && self.fifo.weight() <= self.fifo_capacity {
            return self.evict_recency(nodes);
        }
        let object = self.fifo.pop(nodes);
        self.ghosts.remember(nodes, object, |node, ghost| node.place = if ghost { Place::Ghost } else { Place::Out });
        object
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let queue = if nodes[object].place == Place::Recency { &mut self.recency } else { &mut self.fifo };
        queue.remove(nodes, object);
        nodes[object].place = Place::Out;
    }

    fn forget(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        if nodes[object].place == Place::Ghost {
            self.ghosts.remove(nodes, object);
        }
        nodes[object].place = Place::Out;
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

impl TwoQ {
    #[inline(always)]
    fn evict_recency(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let object = self.recency.pop(nodes);
        nodes[object].place = Place::Out;
        object
    }
}
