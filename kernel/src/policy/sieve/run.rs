//! A run of gets through SIEVE: the hand moves to a victim where a get misses.

use super::*;
use crate::bitset::BitSet;
use crate::policy::nodes::Nodes;
use crate::policy::run::ahead;
use crate::request::ObjectId;
use std::hint::select_unpredictable;
use std::mem::{swap, take};

/// See [`Run`].
pub fn run(policy: &mut Sieve, nodes: &mut Nodes<u8>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) {
    let objects = policy.unsifted.len() + policy.sifted.len();
    policy.unsifted.prepare(objects);
    policy.sifted.prepare(objects);
    let (mut unsifted, mut sifted, mut round) = (take(&mut policy.unsifted), take(&mut policy.sifted), policy.round);
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
    (policy.unsifted, policy.sifted, policy.round) = (unsifted, sifted, round);
    (*nodes, *cached) = (marks, set);
}
