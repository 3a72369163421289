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

use super::queue::Queue;
use super::run::ahead;
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population};
use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
use std::hint::select_unpredictable;
use std::mem::{swap, take};

/// The object was hit since the hand passed it.
const VISITED: u8 = 1;
/// The object is on the queue of odd rounds.
const ODD: u8 = 2;

/// A queue cut in two where the hand is. Old and new objects never mix: the hand takes what it spares from one to the other.
#[derive(Debug, Clone)]
pub struct Sieve {
    /// Not passed by the hand yet in this round, which points to the oldest; new objects enter here. Empty only together with
    /// `sifted`.
    unsifted: Queue,
    /// What the hand has passed and spared. They are older than the others, and first in the next round.
    sifted: Queue,
    /// [`ODD`] or 0: the mark of the objects in `unsifted`.
    round: u8,
}

impl Policy for Sieve {
    const INFO: Info = Info {
        name: "sieve",
        aliases: &[],
        summary: "a hand walks from old to new and evicts the first object that was not hit since it last passed",
        paper: "Zhang et al., SIEVE is simpler than LRU, NSDI 2024",
        weakness: "not scan-resistant; what was popular once leaves only when the hand has come round",
        parameters: &[],
        needs_future: false,
        unbounded: false,
    };
    const NAMES_VICTIM: bool = true;
    /// [`VISITED`] and [`ODD`].
    type Node = u8;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Sieve { unsifted: Queue::default(), sifted: Queue::default(), round: 0 })
    }

    fn memory(population: &Population) -> u64 {
        2 * Queue::memory(population.cached, population)
    }

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
    fn evict(&mut self, nodes: &mut Nodes<u8>) -> ObjectId {
        let victim = self.sift(nodes);
        self.unsifted.pop(nodes);
        self.turn_round();
        victim
    }

    fn victim(&mut self, nodes: &mut Nodes<u8>) -> Option<ObjectId> {
        Some(self.sift(nodes))
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u8>, object: ObjectId) {
        let queue = if nodes[object] & ODD == self.round { &mut self.unsifted } else { &mut self.sifted };
        queue.remove(nodes, object);
        self.turn_round();
    }

    fn run(&mut self, nodes: &mut Nodes<u8>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) -> bool {
        let objects = self.unsifted.len() + self.sifted.len();
        self.unsifted.prepare(objects);
        self.sifted.prepare(objects);
        let (mut unsifted, mut sifted, mut round) = (take(&mut self.unsifted), take(&mut self.sifted), self.round);
        let (mut marks, mut set) = (take(nodes), take(cached));
        for ((object, coming), missed) in ahead(gets).zip(missed) {
            set.prefetch(coming);
            marks.prefetch(coming);
            let miss = 1 - set.bit(object);
            let mut at_hand = unsifted.next_out();
            while marks[at_hand] & miss != 0 {
                marks[at_hand] = round ^ ODD;
                sifted.push_if(at_hand, 1);
                unsifted.pop_if(&marks, 1);
                if unsifted.is_empty() {
                    swap(&mut unsifted, &mut sifted);
                    round ^= ODD;
                }
                at_hand = unsifted.next_out();
            }
            set.replace(at_hand, object, miss);
            unsifted.pop_if(&marks, miss);
            if unsifted.is_empty() {
                swap(&mut unsifted, &mut sifted);
                round ^= ODD;
            }
            unsifted.push_if(object, miss);
            marks[object] = select_unpredictable(miss == 1, round, marks[object] | VISITED);
            *missed = miss;
        }
        (self.unsifted, self.sifted, self.round) = (unsifted, sifted, round);
        (*nodes, *cached) = (marks, set);
        true
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
