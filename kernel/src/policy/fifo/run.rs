//! A run of gets through FIFO: the queue moves on where a get misses.

use super::*;
use crate::bitset::BitSet;
use crate::policy::nodes::Nodes;
use crate::policy::run::ahead;
use crate::request::ObjectId;
use std::mem::take;

/// See [`Run`].
pub fn run(policy: &mut Fifo, nodes: &mut Nodes<()>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) {
    policy.queue.prepare(policy.queue.len());
    let (mut queue, mut set) = (take(&mut policy.queue), take(cached));
    for ((object, coming), missed) in ahead(gets).zip(missed) {
        set.prefetch(coming);
        let miss = 1 - set.bit(object);
        set.replace(queue.next_out(), object, miss);
        queue.pop_if(nodes, miss);
        queue.push_if(object, miss);
        *missed = miss;
    }
    (policy.queue, *cached) = (queue, set);
}
