//! A run of gets through any policy that reads no future: what a cache does one by one, without asking at each get for what a
//! plain cache does not have (weights, lives, a filter), and with membership and nodes in local variables.

use super::AHEAD;
use crate::bitset::BitSet;
use crate::policy::contract::Policy;
use crate::policy::nodes::Nodes;
use crate::request::{NEVER, ObjectId, Request};
use std::mem::take;

/// What is cached, and what has happened to it.
struct Held {
    set: BitSet,
    room: u64,
    decisions: u64,
}

impl Held {
    #[inline(always)]
    fn give_up(&mut self, victim: ObjectId) {
        self.set.remove(victim);
        self.room += 1;
        self.decisions += 1;
    }
}

/// As [`Run`](super::Run), but the cache need not be full: there is room for `room` more objects, which follows. It must hold at
/// least one object when it is full. The number of the policy's decisions: evictions and refusals.
pub fn run<P: Policy>(
    policy: &mut P,
    nodes: &mut Nodes<P::Node>,
    cached: &mut BitSet,
    room: &mut u64,
    gets: &[ObjectId],
    missed: &mut [u8],
) -> u64 {
    let mut held = Held { set: take(cached), room: *room, decisions: 0 };
    let mut states = take(nodes);
    for (i, (object, missed)) in gets.iter().zip(missed).enumerate() {
        if let Some(coming) = gets.get(i + AHEAD) {
            held.set.prefetch(*coming);
            states.prefetch(*coming);
        }
        if let Some(coming) = gets.get(i + AHEAD / 2) {
            // Also where the object is not cached: a useless fetch costs less than a branch nobody can predict.
            policy.prefetch(&states, *coming);
        }
        let request = Request { object: *object, size: 1, next: NEVER, ..Request::default() };
        *missed = 1 - held.set.bit(*object);
        if *missed == 0 {
            policy.on_hit(&mut states, &request);
            while let Some(victim) = policy.overflow(&mut states, None) {
                held.give_up(victim);
            }
            continue;
        }
        policy.on_miss(&mut states, &request);
        policy.recall(&mut states, *object);
        if !policy.admit(&mut states, &request) {
            held.decisions += 1;
            continue;
        }
        if held.room == 0 {
            if policy.gives_way(&mut states, &request) {
                held.decisions += 1;
                continue;
            }
            held.give_up(policy.evict(&mut states, Some(&request)));
        }
        while let Some(victim) = policy.overflow(&mut states, Some(&request)) {
            held.give_up(victim);
        }
        held.set.insert(*object);
        held.room -= 1;
        policy.on_insert(&mut states, &request);
    }
    (*nodes, *cached, *room) = (states, held.set, held.room);
    held.decisions
}
