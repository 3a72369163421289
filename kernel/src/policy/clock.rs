//! CLOCK: FIFO with a second chance. A hit sets a bit; the oldest object with its bit set is re-inserted with the bit
//! cleared, instead of being evicted.
//!
//! Paper: F. J. Corbató, "A paging experiment with the Multics system", in *In Honor of P. M. Morse*, MIT Press 1969.
//! Parameters: none (one bit). Cost: a hit sets one bit; an eviction re-inserts as many objects as were hit since their
//! last turn, which hits have paid for: constant on average. Memory: 1 byte per object of the trace, 4 to 8 per
//! cached one.
//! Poor where a burst of hits is followed by silence, and under scans: every new object stays for a full turn.

mod run;

use super::in_place::clone_in_place;
use super::queue::Queue;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, Run, Victim};
use crate::request::{ObjectId, Request};

/// FIFO with a second chance.
#[derive(Debug)]
pub struct Clock {
    queue: Queue,
}
clone_in_place!(Clock { queue });

impl Policy for Clock {
    const INFO: Info = Info {
        name: "clock",
        aliases: &["second-chance"],
        summary: "FIFO, but an object that was hit since its last turn gets another one",
        paper: "Corbató, A paging experiment with the Multics system, MIT Press 1969",
        weakness: "under a scan every new object stays for a full turn",
        fills_up: true,
        ..Info::PLAIN
    };
    const VICTIM: Option<Victim<Self>> = Some(Self::turn_to_victim);
    const RUN: Option<Run<Self>> = Some(run::run);
    /// 1 where the object was hit since its last turn, else 0.
    type Node = u8;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Clock { queue: Queue::default() })
    }

    fn memory(population: &Population) -> u64 {
        Queue::memory(population.cached, population)
    }

    fn resize(&mut self, _: &mut Nodes<u8>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        nodes[request.object] = 1;
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        nodes[request.object] = 0;
        self.queue.push(request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u8>, _: Option<&Request>) -> ObjectId {
        self.turn_to_victim(nodes);
        self.queue.pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }
}

impl Clock {
    /// Turns the queue until its oldest object is one that was not hit, and names it.
    #[inline(always)]
    fn turn_to_victim(&mut self, nodes: &mut Nodes<u8>) -> ObjectId {
        loop {
            let oldest = self.queue.oldest();
            if nodes[oldest] == 0 {
                return oldest;
            }
            nodes[oldest] = 0;
            self.queue.turn(nodes);
        }
    }
}
