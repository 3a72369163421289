//! CLOCK: FIFO with a second chance. A hit sets a bit; the oldest object with its bit set is re-inserted with the bit
//! cleared, instead of being evicted.
//!
//! Paper: F. J. Corbató, "A paging experiment with the Multics system", in *In Honor of P. M. Morse*, MIT Press 1969.
//! Parameters: none (one bit). Cost: a hit sets one bit; an eviction re-inserts as many objects as were hit since their
//! last turn, which hits have paid for: constant on average. Memory: 12 bytes per object of the trace.
//! Poor where a burst of hits is followed by silence, and under scans: every new object stays for a full turn.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// FIFO with a second chance.
#[derive(Debug, Clone)]
pub struct Clock {
    queue: List,
}

/// An object's place in the queue, and whether it was hit since its last turn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    visited: bool,
}
linked!(Node);

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
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Clock { queue: List::default() })
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].visited = true;
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].visited = false;
        self.queue.push(nodes, request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        self.turn_to_victim(nodes);
        self.queue.pop(nodes)
    }

    fn victim(&mut self, nodes: &mut Nodes<Node>) -> Option<ObjectId> {
        self.turn_to_victim(nodes);
        Some(self.queue.oldest())
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.queue.remove(nodes, object);
    }
}

impl Clock {
    /// Turns the queue until its oldest object is one that was not hit.
    #[inline(always)]
    fn turn_to_victim(&mut self, nodes: &mut Nodes<Node>) {
        loop {
            let oldest = self.queue.oldest();
            if !nodes[oldest].visited {
                return;
            }
            nodes[oldest].visited = false;
            self.queue.turn(nodes);
        }
    }
}
