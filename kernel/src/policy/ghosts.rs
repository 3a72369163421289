//! Ghosts: objects that were evicted a while ago and are remembered in the order of their eviction, up to a weight.
//!
//! It knows the order; how a node says that it is a ghost is the policy's.

use super::Nodes;
use super::list::{Linked, List};
use crate::request::ObjectId;

/// What is remembered of evicted objects.
#[derive(Debug, Clone)]
pub struct Ghosts {
    queue: List,
    capacity: u64,
}

impl Ghosts {
    /// None yet, and at most this weight.
    pub fn new(capacity: u64) -> Ghosts {
        Ghosts { queue: List::default(), capacity }
    }

    /// At most this weight from now on: the oldest go. `mark` is told which nodes no longer are ghosts (false).
    pub fn resize<N: Linked>(&mut self, nodes: &mut Nodes<N>, capacity: u64, mark: impl FnMut(&mut N, bool)) {
        self.capacity = capacity;
        self.make_room(nodes, 0, mark);
    }

    /// Makes a ghost of an object that is on no list, unless it is larger than all ghosts may be; the oldest make room.
    /// `mark` is told which node is a ghost from now on (true), and which no longer is.
    #[inline(always)]
    pub fn remember<N: Linked>(&mut self, nodes: &mut Nodes<N>, object: ObjectId, mut mark: impl FnMut(&mut N, bool)) {
        let weight = nodes.weight(object);
        let fits = weight <= self.capacity;
        mark(&mut nodes[object], fits);
        if fits {
            self.make_room(nodes, weight, mark);
            self.queue.push(nodes, object);
        }
    }

    /// Takes a ghost off; the caller marks it.
    #[inline(always)]
    pub fn remove<N: Linked>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }

    #[inline(always)]
    fn make_room<N: Linked>(&mut self, nodes: &mut Nodes<N>, weight: u64, mut mark: impl FnMut(&mut N, bool)) {
        while self.queue.weight() + weight > self.capacity {
            let forgotten = self.queue.pop(nodes);
            mark(&mut nodes[forgotten], false);
        }
    }
}
