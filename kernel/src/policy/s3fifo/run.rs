//! A run of gets through S3-FIFO. It keeps the branch on hit or miss; after it, only how many objects a miss moves is guessed.

use super::*;
use crate::bitset::BitSet;
use crate::policy::nodes::Nodes;
use crate::policy::run::ahead;
use crate::request::ObjectId;
use std::hint::select_unpredictable;
use std::mem::take;

/// See [`Run`].
pub fn run(policy: &mut S3Fifo, nodes: &mut Nodes<u8>, cached: &mut BitSet, gets: &[ObjectId], missed: &mut [u8]) {
    policy.prepare(nodes);
    let (mut small, mut main) = (take(&mut policy.small), take(&mut policy.main));
    let (mut ghosts, mut ghost_count) = (take(&mut policy.ghosts), policy.ghost_count as u64);
    let (main_capacity, ghost_capacity, promote) = (policy.main_capacity, policy.ghost_capacity, policy.promote);
    let (mut marks, mut set) = (take(nodes), take(cached));
    for ((object, coming), missed) in ahead(gets).zip(&mut *missed) {
        set.prefetch(coming);
        marks.prefetch(coming);
        *missed = 1 - set.bit(object);
        if *missed == 0 {
            marks[object] += u8::from(marks[object] & HITS < HITS);
            continue;
        }
        let mark = marks[object];
        let returns = u8::from(mark & PLACE == GHOST);
        if returns == 1 && mark & STALE == STALE {
            ghosts.retain(|ghost| !is_stale(&mut marks, ghost));
        }
        marks[object] += returns * (ONE_STALE + RETURNING - GHOST);
        ghost_count -= u64::from(returns);

        let mut from_main = main.len() as u64 > main_capacity;
        let victim = loop {
            from_main |= small.is_empty();
            let oldest = select_unpredictable(from_main, main.next_out(), small.next_out());
            small.pop_if(&marks, u8::from(!from_main));
            main.pop_if(&marks, u8::from(from_main));
            let mark = marks[oldest];
            if mark & HITS < select_unpredictable(from_main, 1, promote) {
                break oldest;
            }
            marks[oldest] = select_unpredictable(from_main, mark.wrapping_sub(1), mark & STALE | MAIN);
            main.push_if(oldest, 1);
        };
        let remembered = u8::from(!from_main && ghost_capacity > 0);
        while ghost_count + u64::from(remembered) > ghost_capacity {
            let forgotten = ghosts.next_out();
            let mark = marks[forgotten];
            let is_stale = mark & STALE != 0;
            marks[forgotten] = select_unpredictable(is_stale, mark.wrapping_sub(ONE_STALE), OUT);
            ghost_count -= u64::from(!is_stale);
            ghosts.pop_if(&marks, 1);
        }
        marks[victim] = (marks[victim] & STALE) | (remembered * GHOST);
        ghosts.push_if(victim, remembered);
        ghost_count += u64::from(remembered);
        set.remove(victim);

        set.insert(object);
        marks[object] = marks[object] & STALE | (SMALL + returns * (MAIN - SMALL));
        small.push_if(object, 1 - returns);
        main.push_if(object, returns);
    }
    (policy.small_weight, policy.main_weight) = (small.len() as u64, main.len() as u64);
    (policy.ghost_weight, policy.ghost_count) = (ghost_count, ghost_count as usize);
    policy.has_evicted |= missed.contains(&1);
    (policy.small, policy.main, policy.ghosts) = (small, main, ghosts);
    (*nodes, *cached) = (marks, set);
}
