//! FIFO: first in, first out. A hit changes nothing.
//!
//! Paper: none; folklore. Parameters: none. Cost: nothing for a hit, constant for a miss. Memory: 4 to 8 bytes per
//! cached object. Poor wherever some objects are more popular than others: they are evicted as soon as their turn comes.

mod run;

use super::in_place::clone_in_place;
use super::queue::Queue;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, Run, Victim};
use crate::request::{ObjectId, Request};

/// First in, first out.
#[derive(Debug)]
pub struct Fifo {
    queue: Queue,
}
clone_in_place!(Fifo { queue });

impl Policy for Fifo {
    const INFO: Info = Info {
        name: "fifo",
        summary: "evicts the object that was inserted first; a hit changes nothing",
        paper: "folklore",
        weakness: "popular objects are evicted as soon as their turn comes",
        fills_up: true,
        ..Info::PLAIN
    };
    const VICTIM: Option<Victim<Self>> = Some(|policy, _| policy.queue.oldest());
    const RUN: Option<Run<Self>> = Some(run::run);
    type Node = ();

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Fifo { queue: Queue::default() })
    }

    fn memory(population: &Population) -> u64 {
        Queue::memory(population.cached, population)
    }

    fn resize(&mut self, _: &mut Nodes<()>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, _: &mut Nodes<()>, _: &Request) {}

    #[inline(always)]
    fn on_insert(&mut self, _: &mut Nodes<()>, request: &Request) {
        self.queue.push(request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<()>, _: Option<&Request>) -> ObjectId {
        self.queue.pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<()>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }
}
