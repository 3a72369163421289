//! Walks after the loss of each node side by side: which of them would be survived.
//!
//! Most of a walk is to read the trace, and what is read is the same whichever node is lost: gets that miss anyway, in every
//! lane; gets of a lost key in the lane of its node. So one pass walks all lanes. What it says of a lane is what
//! [`Walker::walk`](super::aftermath::Walker::walk) says with [`Until::Decided`](super::aftermath::Until::Decided), though it may
//! go on for longer, as lanes wait for each other, and pays nothing ahead.

use super::aftermath::EQUAL;
use super::tape::{ASKS, CHAINED, EVICTED, GET, NEVER, Point, Rules, Tape, is_broken_before};
use super::warm::Warm;
use crate::placement::{Losses, node_of};
use std::ops::Range;

/// Requests with work in all lanes between looks whether all walks have ended.
const LOOK: u32 = 8;
/// Lanes whose work in one request takes as long as to read it.
const LANES_PER_STEP: usize = 8;
/// Fetches that are kept before it is looked which of them have been answered: few enough to stay near the processor; and few enough
/// that the small traces of tests come there.
const LEAST_KEPT: usize = if cfg!(test) { 16 } else { 4096 };

/// The loss of some of the nodes, whichever, at any of some moments: a [`Block`](super::aftermath::Block) for each.
#[derive(Debug, Clone)]
pub struct Alternatives<'a> {
    /// Which may be lost.
    pub losses: &'a Losses,
    /// Positions.
    pub moments: Range<usize>,
    /// Objects that may come after the loss before the cache evicts again.
    pub room: u64,
}

/// One walk of several.
#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    free_at: f64,
    own_until: f64,
    entered: u64,
    fails: bool,
    /// Behind which position the chain is broken.
    broken_at: usize,
}

/// Memory for walks, used again from walk to walk, and what they cost.
#[derive(Debug, Clone, Default)]
pub struct Lanes {
    lanes: Vec<Lane>,
    /// By position from the moments on: the row of the key's fetches, from 1 on; 0 where no lane has one.
    rows: Vec<u32>,
    /// By row and lane, when a fetch is answered: a first row of no fetches, and the rows that follow those that are done.
    until: Vec<f64>,
    /// Rows all of whose fetches have been answered, and which are gone.
    done: usize,
    /// How many fetches there may be before it is looked which are done.
    full: usize,
    /// Requests read.
    pub read: u64,
    /// The same, weighed by lanes: requests that a walk of one loss would have read in that time.
    pub steps: u64,
}

impl Lanes {
    /// The losses of these that are not survived at some of the moments, as far as one walk can say: none of the others fails.
    pub fn failing(
        &mut self,
        tape: &Tape<'_>,
        warm: &Warm,
        point: Point,
        rules: &Rules,
        Alternatives { losses, moments, room }: Alternatives<'_>,
    ) -> Vec<usize> {
        let n = tape.len();
        let (begin, edge) = (moments.start, moments.end - 1);
        let scale = 1e-9 / point.load;
        let count = losses.ways.len();
        let first = tape.times[begin] as f64 * scale;
        let under_way = (warm.backlog[begin] + rules.service_time) * point.mu;
        let entered = if tape.shares.is_some() { u64::MAX } else { under_way.ceil() as u64 };
        // The last position at which some lane missed.
        let mut missed_at = if is_broken_before(&warm.kinds, begin) { begin.wrapping_sub(1) } else { usize::MAX };
        let free_at = first + warm.backlog[begin];
        self.lanes.clear();
        self.lanes.resize(count, Lane { free_at, own_until: 0.0, entered, fails: false, broken_at: missed_at });
        if self.rows.len() < n - begin {
            self.rows.resize(n - begin, 0);
        }
        self.until.clear();
        self.until.resize(count, 0.0);
        (self.done, self.full) = (0, LEAST_KEPT);
        let (mut looked, mut position) = (0, begin);
        while position < n {
            let before = tape.previous[position];
            let mine = before != NEVER && before as usize >= begin;
            let row = if mine { (self.rows[before as usize - begin] as usize).saturating_sub(self.done) } else { 0 };
            let kind = warm.kinds[position];
            let untouched = before == NEVER || (before as usize) < edge || position < edge;
            let here = position - begin;
            self.rows[here] = 0;
            position += 1;
            if kind & GET == 0 {
                self.lanes.iter_mut().for_each(|lane| lane.entered = lane.entered.saturating_add(1));
                continue;
            }
            let at = here + begin;
            let behind = kind & CHAINED != 0 && missed_at == at.wrapping_sub(1);
            if kind & ASKS == 0 && row == 0 && !untouched && !behind {
                continue;
            }
            let inside = at < edge;
            let now = tape.times[at] as f64 * scale;
            let cost = tape.share(at) / point.mu;
            let node = if untouched { node_of(tape.hashes[at], losses.nodes) } else { 0 };
            missed_at = at;
            if kind & ASKS == 0 && row == 0 && !behind {
                // Forgotten where its node is lost, and a hit in all other lanes.
                self.forget_answered(now);
                let new = self.until.len();
                if !inside {
                    self.until.resize(new + count, 0.0);
                    self.rows[here] = (self.done + new / count) as u32;
                }
                for back in 0..losses.count {
                    let of = ((node + losses.nodes - back) % losses.nodes) as usize;
                    let lane = &mut self.lanes[of];
                    let turn = lane.free_at.max(now);
                    lane.fails |= turn - now > rules.patience;
                    lane.free_at = turn + cost;
                    lane.own_until = turn + rules.service_time;
                    lane.broken_at = at;
                    lane.entered = lane.entered.saturating_add(1);
                    if !inside {
                        self.until[new + of] = lane.own_until;
                    }
                }
                continue;
            }
            looked += 1;
            let backlog = warm.backlog[at] + EQUAL;
            if looked % LOOK == 0 && at > edge {
                let open = |lane: &Lane| !lane.fails && (lane.free_at - now > backlog || lane.own_until > now);
                if !self.lanes.iter().any(open) || tape.is_stopped() {
                    break;
                }
            }
            let row = row.saturating_sub(self.forget_answered(now));
            let new = self.until.len();
            self.until.resize(new + count, 0.0);
            let (old, new_until) = self.until.split_at_mut(new);
            let old = &old[row * count..][..count];
            let kept = kind & EVICTED != 0 && !untouched;
            let mut fetched = false;
            for (of, lane) in self.lanes.iter_mut().enumerate() {
                let (turn, known) = (lane.free_at.max(now), old[of]);
                let wait = turn - now;
                let lost = (node + losses.nodes - of as u32) % losses.nodes < losses.count;
                let forgotten = untouched && lost;
                let missing = kind & ASKS != 0 && !(kept && lane.entered < room);
                let under_way = known > now;
                let misses = missing | forgotten | under_way;
                let broken = misses | (behind && lane.broken_at == at.wrapping_sub(1));
                if broken {
                    lane.broken_at = at;
                }
                if broken & !(rules.single_flight & under_way) {
                    lane.fails |= wait > rules.patience;
                    lane.free_at = turn + cost;
                    lane.entered = lane.entered.saturating_add(1);
                    if wait > backlog || !missing {
                        lane.own_until = turn + rules.service_time;
                    }
                }
                let remembered = misses & !(forgotten & inside);
                new_until[of] = if under_way {
                    known
                } else if remembered {
                    turn + rules.service_time
                } else {
                    0.0
                };
                fetched |= under_way | remembered;
            }
            if fetched {
                self.rows[here] = (self.done + new / count) as u32;
            } else {
                self.until.truncate(new);
            }
        }
        self.read += (position - begin) as u64;
        self.steps += ((position - begin) * (1 + count / LANES_PER_STEP)) as u64;
        (0..count).filter(|of| self.lanes[*of].fails).collect()
    }

    /// Where there are many fetches, lets go of the first rows of which no lane waits for an answer any more, and says how many. One that
    /// failed, however far it is behind, has nothing to say any more; in the others no answer is further away than a patience.
    #[inline(always)]
    fn forget_answered(&mut self, now: f64) -> usize {
        if self.until.len() < self.full { 0 } else { self.forget(now) }
    }

    #[cold]
    fn forget(&mut self, now: f64) -> usize {
        let count = self.lanes.len();
        let is_done = |row: &&[f64]| row.iter().zip(&self.lanes).all(|(until, lane)| lane.fails || *until <= now);
        let done = self.until[count..].chunks_exact(count).take_while(is_done).count();
        self.until.drain(count..(1 + done) * count);
        self.done += done;
        self.full = LEAST_KEPT.max(2 * self.until.len());
        done
    }
}

#[cfg(test)]
mod tests {
    use super::super::aftermath::{Block, Until, Walker};
    use super::super::made::{Made, requests};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn lanes_fail_where_walks_of_one_loss_do_or_a_later_moment_does(
            requests in requests(),
            mu in 30.0f64..200.0,
            nodes in 2u32..6,
            single_flight in any::<bool>(),
            room in 0u64..20,
            block in (0usize..200, 1usize..30),
        ) {
            let made = Made::of(requests, room);
            let (n, tape, hits, point) = (made.times.len(), made.tape(), &made.hits, Point { mu, load: 1.0 });
            let rules = Rules { patience: 0.09, service_time: 0.01, single_flight };
            let mut warm = Warm::default();
            prop_assume!(warm.walk(&tape, hits, 0, point, &rules).is_ok());
            let moments = block.0.min(n - 1)..(block.0 + block.1).min(n).max(block.0.min(n - 1) + 1);
            let losses = Losses::of(1, nodes);
            let failing = Lanes::default().failing(
                &tape,
                &warm,
                point,
                &rules,
                Alternatives { losses: &losses, moments: moments.clone(), room },
            );
            for (of, lost) in losses.ways.iter().enumerate() {
                let fails = |moments: Range<usize>| {
                    let block = Block { lost: *lost, moments, room };
                    !Walker::default().walk(&tape, &warm, point, &rules, block, Until::Decided).survives(&rules)
                };
                let later = (moments.end..n).any(|moment| fails(moment..moment + 1));
                if !failing.contains(&of) {
                    let told = |moment: &usize| made.is_quiet(&warm, point, &rules, *moment);
                    prop_assert!(later || !moments.clone().filter(told).any(|moment| fails(moment..moment + 1)));
                } else if moments.len() == 1 {
                    prop_assert!(later || fails(moments.clone()));
                }
            }
        }
    }
}
