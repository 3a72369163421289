//! A run of gets through LRU: every get is a use, of an object that was in or enters.

use super::*;
use crate::bitset::BitSet;
use crate::policy::nodes::Nodes;
use crate::policy::run::{LENGTH, ahead};
use crate::request::ObjectId;
use std::mem::take;

/// See [`Run`].
pub fn run(policy: &mut Lru, nodes: &mut Nodes<u32>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) {
    policy.recency.make_room(nodes, LENGTH);
    let (mut recency, mut places, mut set) = (take(&mut policy.recency), take(nodes), take(cached));
    for ((object, coming), missed) in ahead(gets).zip(missed) {
        set.prefetch(coming);
        places.prefetch(coming);
        let miss = 1 - set.bit(object);
        set.replace(recency.use_or_replace(&mut places, object, miss), object, miss);
        *missed = miss;
    }
    (policy.recency, *nodes, *cached) = (recency, places, set);
}
