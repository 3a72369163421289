//! FIFO: first in, first out. A hit changes nothing.
//!
//! Paper: none; folklore. Parameters: none. Cost: nothing for a hit, constant for a miss. Memory: 8 bytes per object of
//! the trace. Poor wherever some objects are more popular than others: they are evicted as soon as their turn comes.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// First in, first out.
#[derive(Debug, Clone)]
pub struct Fifo {
    queue: List,
}

impl Policy for Fifo {
    const INFO: Info = Info {
        name: "fifo",
        aliases: &[],
        summary: "evicts the object that was inserted first; a hit changes nothing",
        paper: "folklore",
        weakness: "popular objects are evicted as soon as their turn comes",
        parameters: &[],
        needs_future: false,
        unbounded: false,
    };
    const NAMES_VICTIM: bool = true;
    type Node = Link;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Fifo { queue: List::default() })
    }

    #[inline(always)]
    fn on_hit(&mut self, _: &mut Nodes<Link>, _: &Request) {}

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Link>, request: &Request) {
        self.queue.push(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Link>) -> ObjectId {
        self.queue.pop(nodes)
    }

    fn victim(&mut self, _: &mut Nodes<Link>) -> Option<ObjectId> {
        Some(self.queue.oldest())
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Link>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }
}
