//! CLOCK: FIFO with a second chance. A hit sets a bit; the oldest object with its bit set is re-inserted with the bit
//! cleared, instead of being evicted.
//!
//! Paper: F. J. Corbató, "A paging experiment with the Multics system", in *In Honor of P. M. Morse*, MIT Press 1969.
//! Parameters: none (one bit). Cost: a hit sets one bit; an eviction re-inserts as many objects as were hit since their
//! last turn, which hits have paid for: constant on average. Memory: 1 byte per object of the trace, 4 to 8 per
//! cached one.
//! Poor where a burst of hits is followed by silence, and under scans: every new object stays for a full turn.

use super::queue::Queue;
use super::run::ahead;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
use std::mem::take;

/// FIFO with a second chance.
#[derive(Debug, Clone)]
pub struct Clock {
    queue: Queue,
}

impl Policy for Clock {
    const INFO: Info = Info {
        name: "clock",
        aliases: &["second-chance"],
        summary: "FIFO, but an object that was hit since its last turn gets another one",
        paper: "Corbató, A paging experiment with the Multics system, MIT Press 1969",
        weakness: "under a scan every new object stays for a full turn",
        parameters: &[],
        needs_future: false,
        unbounded: false,
    };
    const NAMES_VICTIM: bool = true;
    /// 1 where the object was hit since its last turn, else 0.
    type Node = u8;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Clock { queue: Queue::default() })
    }

    fn memory(population: &Population) -> u64 {
        Queue::memory(population.cached, population)
    }

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
    fn evict(&mut self, nodes: &mut Nodes<u8>) -> ObjectId {
        self.turn_to_victim(nodes);
        self.queue.pop(nodes)
    }

    fn victim(&mut self, nodes: &mut Nodes<u8>) -> Option<ObjectId> {
        self.turn_to_victim(nodes);
        Some(self.queue.oldest())
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }

    fn run(&mut self, nodes: &mut Nodes<u8>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) -> bool {
        self.queue.prepare(self.queue.len());
        let (mut queue, mut visited, mut set) = (take(&mut self.queue), take(nodes), take(cached));
        for ((object, coming), missed) in ahead(gets).zip(missed) {
            set.prefetch(coming);
            visited.prefetch(coming);
            let miss = 1 - set.bit(object);
            let mut oldest = queue.next_out();
            while visited[oldest] & miss != 0 {
                visited[oldest] = 0;
                queue.pop_if(&visited, 1);
                queue.push_if(oldest, 1);
                oldest = queue.next_out();
            }
            set.replace(oldest, object, miss);
            visited[object] = 1 - miss;
            queue.pop_if(&visited, miss);
            queue.push_if(object, miss);
            *missed = miss;
        }
        (self.queue, *nodes, *cached) = (queue, visited, set);
        true
    }
}

impl Clock {
    /// Turns the queue until its oldest object is one that was not hit.
    #[inline(always)]
    fn turn_to_victim(&mut self, nodes: &mut Nodes<u8>) {
        loop {
            let oldest = self.queue.oldest();
            if nodes[oldest] == 0 {
                return;
            }
            nodes[oldest] = 0;
            self.queue.turn(nodes);
        }
    }
}
