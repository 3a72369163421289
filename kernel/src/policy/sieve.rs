//! SIEVE: a hand walks the queue from old to new, spares and unmarks objects that were hit, and evicts the first that
//! was not. Nothing ever moves, so survivors stay among the old and new objects are sifted early.
//!
//! Paper: Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson, K. V. Rashmi, "SIEVE is Simpler than LRU: an Efficient Turn-Key
//! Eviction Algorithm for Web Caches", NSDI 2024.
//! Parameters: none. Cost: a hit sets one bit; the hand's steps are paid for by the hits that set the bits it clears:
//! constant on average. Memory: 1 byte per object of the trace, 8 to 16 per
//! cached one.
//! Poor under scans and for block workloads: it is not scan-resistant, and a set of objects that was popular once is
//! sifted out only when the hand has come round.

mod run;

use super::in_place::clone_in_place;
use super::queue::Queue;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, Run, Victim};
use crate::request::{ObjectId, Request};
use std::mem::swap;

/// The object was hit since the hand passed it.
const VISITED: u8 = 1;
/// The object is on the queue of odd rounds.
const ODD: u8 = 2;

/// A queue cut in two where the hand is. Old and new objects never mix: the hand takes what it spares from one to the other.
#[derive(Debug)]
pub struct Sieve {
    /// Not passed by the hand yet in this round, which points to the oldest; new objects enter here. Empty only together with
    /// `sifted`.
    unsifted: Queue,
    /// What the hand has passed and spared. They are older than the others, and first in the next round.
    sifted: Queue,
    /// [`ODD`] or 0: the mark of the objects in `unsifted`.
    round: u8,
}
clone_in_place!(Sieve { unsifted, sifted, round });

impl Policy for Sieve {
    const INFO: Info = Info {
        name: "sieve",
        summary: "a hand walks from old to new and evicts the first object that was not hit since it last passed",
        paper: "Zhang et al., SIEVE is simpler than LRU, NSDI 2024",
        weakness: "not scan-resistant; what was popular once leaves only when the hand has come round",
        fills_up: true,
        ..Info::PLAIN
    };
    const VICTIM: Option<Victim<Self>> = Some(Self::sift);
    const RUN: Option<Run<Self>> = Some(run::run);
    /// [`VISITED`] and [`ODD`].
    type Node = u8;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Sieve { unsifted: Queue::default(), sifted: Queue::default(), round: 0 })
    }

    fn memory(population: &Population) -> u64 {
        2 * Queue::memory(population.cached, population)
    }

    fn resize(&mut self, _: &mut Nodes<u8>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        nodes[request.object] |= VISITED;
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u8>, request: &Request) {
        nodes[request.object] = self.round;
        self.unsifted.push(request.object);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u8>, _: Option<&Request>) -> ObjectId {
        let victim = self.sift(nodes);
        self.unsifted.pop(nodes);
        self.turn_round();
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        let queue = if nodes[object] & ODD == self.round { &mut self.unsifted } else { &mut self.sifted };
        queue.remove(nodes, object);
        self.turn_round();
    }
}

impl Sieve {
    /// Moves the hand to the first object that was not hit since it last passed.
    #[inline(always)]
    fn sift(&mut self, nodes: &mut Nodes<u8>) -> ObjectId {
        loop {
            let object = self.unsifted.oldest();
            if nodes[object] & VISITED == 0 {
                return object;
            }
            self.unsifted.pop(nodes);
            nodes[object] = self.round ^ ODD;
            self.sifted.push(object);
            self.turn_round();
        }
    }

    /// Starts the next round at the oldest, if the hand has passed the newest.
    #[inline(always)]
    fn turn_round(&mut self) {
        if self.unsifted.is_empty() {
            swap(&mut self.unsifted, &mut self.sifted);
            self.round ^= ODD;
        }
    }
}
