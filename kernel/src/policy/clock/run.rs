//! A run of gets through CLOCK: the queue turns to a victim where a get misses.

use super::*;
use crate::bitset::BitSet;
use crate::policy::nodes::Nodes;
use crate::policy::run::ahead;
use crate::request::ObjectId;
use std::mem::take;

/// See [`Run`].
pub fn run(policy: &mut Clock, nodes: &mut Nodes<u8>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) {
    policy.queue.prepare(policy.queue.len());
    let (mut queue, mut visited, mut set) = (take(&mut policy.queue), take(nodes), take(cached));
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
    (policy.queue, *nodes, *cached) = (queue, visited, set);
}
