//! FIFO: first in, first out. A hit changes nothing.
//!
//! Paper: none; folklore. Parameters: none. Cost: nothing for a hit, constant for a miss. Memory: 4 to 8 bytes per
//! cached object. Poor wherever some objects are more popular than others: they are evicted as soon as their turn comes.

use super::queue::Queue;
use super::run::ahead;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
use std::mem::take;

/// First in, first out.
#[derive(Debug, Clone)]
pub struct Fifo {
    queue: Queue,
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
    type Node = ();

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Fifo { queue: Queue::default() })
    }

    fn memory(population: &Population) -> u64 {
        Queue::memory(population.cached, population)
    }

    #[inline(always)]
    fn on_hit(&mut self, _: &mut Nodes<()>, _: &Request) {}

    #[inline(always)]
    fn on_insert(&mut self, _: &mut Nodes<()>, request: &Request) {
        self.queue.push(request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<()>) -> ObjectId {
        self.queue.pop(nodes)
    }

    fn victim(&mut self, _: &mut Nodes<()>) -> Option<ObjectId> {
        Some(self.queue.oldest())
    }

    fn run(&mut self, nodes: &mut Nodes<()>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) -> bool {
        self.queue.prepare(self.queue.len());
        let (mut queue, mut set) = (take(&mut self.queue), take(cached));
        for ((object, coming), missed) in ahead(gets).zip(missed) {
            set.prefetch(coming);
            let miss = 1 - set.bit(object);
            set.replace(queue.next_out(), object, miss);
            queue.pop_if(nodes, miss);
            queue.push_if(object, miss);
            *missed = miss;
        }
        (self.queue, *cached) = (queue, set);
        true
    }

    fn on_remove(&mut self, nodes: &mut Nodes<()>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }
}
