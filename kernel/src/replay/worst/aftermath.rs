//! The walk after a loss: the backlog that refilling adds to what warm traffic leaves, until both are one again.
//!
//! After a loss at `m` a get misses where the warm twin's does, or where its key lived on a lost node and was last touched
//! before `m`; one that misses in the warm twin because its object was evicted hits, if it was touched since and the loss left
//! room for all that came since. A walk starts with the warm backlog at `m`, and ends where its backlog has met the warm one with no fetch of its
//! own under way: what follows is no worse than the same loss at that instant, which has a walk of its own.

use super::ahead::Ahead;
use super::tape::{ASKS, CHAINED, EVICTED, GET, NEVER, Point, Rules, Tape, is_broken_before};
use super::warm::Warm;
use crate::placement::Lost;
use std::ops::Range;

/// Backlogs that differ by less, in seconds, are equal: less than any answer takes, more than rounding.
pub(super) const EQUAL: f64 = 1e-7;

/// Walks that rank moments end at so many times the patience.
const HOPELESS: f64 = 2.0;

/// The longest wait of a walk, and what decided it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Peak {
    /// The longest wait in the queue, seconds.
    pub wait: f64,
    /// Since when the backend had been busy then, seconds.
    pub busy: f64,
}

impl Peak {
    /// Whether no wait was longer than the patience.
    pub fn survives(self, rules: &Rules) -> bool {
        self.wait <= rules.patience
    }
}

/// A loss at any of some moments. What is walked of several is no better than the loss at each of them: a get of a lost key inside
/// them asks, or was paid ahead (see `ahead`), and the next one behind them does so once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The keys.
    pub lost: Lost,
    /// Positions.
    pub moments: Range<usize>,
    /// Objects that may come after the loss before the cache evicts again.
    pub room: u64,
}

impl Block {
    /// The loss of these keys at one moment.
    pub fn at(lost: Lost, moment: usize, room: u64) -> Block {
        Block { lost, moments: moment..moment + 1, room }
    }
}

/// How far a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// To the first wait that is too long, else until it meets the warm walk: enough to clear moments, for the next one is no
    /// better.
    Decided,
    /// The same, but at least for a patience: what this very moment needs.
    Alone,
    /// Beyond waits that are too long, until the longest is well past: for ranking, not for clearing.
    Past,
}

/// Memory for walks, used again from walk to walk, and what they cost.
#[derive(Debug, Default)]
pub struct Walker {
    /// By position from the moments on: when the fetch of the key that is touched there is answered; 0 where none is under way, negative
    /// where it may have been forgotten since (inside a block) and has been paid ahead.
    until: Vec<f64>,
    ahead: Ahead,
    /// Requests walked.
    pub steps: u64,
}

impl Walker {
    /// The peak of the wait after a loss.
    pub fn walk(
        &mut self,
        tape: &Tape<'_>,
        warm: &Warm,
        point: Point,
        rules: &Rules,
        block: Block,
        until: Until,
    ) -> Peak {
        if tape.is_stopped() {
            return Peak::default();
        }
        match (tape.shares.is_some(), rules.single_flight) {
            (false, false) => self.run::<false, false>(tape, warm, point, rules, block, until),
            (false, true) => self.run::<false, true>(tape, warm, point, rules, block, until),
            (true, false) => self.run::<true, false>(tape, warm, point, rules, block, until),
            (true, true) => self.run::<true, true>(tape, warm, point, rules, block, until),
        }
    }

    fn run<const SHARES: bool, const JOINS: bool>(
        &mut self,
        tape: &Tape<'_>,
        warm: &Warm,
        point: Point,
        rules: &Rules,
        Block { lost, moments, room }: Block,
        stop: Until,
    ) -> Peak {
        let n = tape.len();
        let (times, previous, hashes) = (&tape.times[..n], &tape.previous[..n], &tape.hashes[..n]);
        let (kinds, backlog) = (&warm.kinds[..n], &warm.backlog[..n]);
        let scale = 1e-9 / point.load;
        let cost = 1.0 / point.mu;
        let limit = if stop == Until::Past { HOPELESS } else { 1.0 } * rules.patience;
        // A wait that others may still pass is no peak.
        let enough = 0.3 * rules.patience;
        let begin = moments.start;
        // Keys last touched before it are lost.
        let edge = moments.end - 1;
        if self.until.len() < n - begin {
            self.until.resize(n - begin, 0.0);
        }
        let own = &mut self.until[..n - begin];
        let paid = &mut self.ahead;
        paid.begin(edge - begin);
        let mut pays = !SHARES;
        let mut busy_since = times[begin] as f64 * scale;
        let mut free_at = busy_since + backlog[begin];
        let mut own_until = 0.0_f64;
        // Objects that came since the loss, at most: those under way, answers and writes.
        let under_way = (backlog[begin] + rules.service_time) * point.mu;
        let mut entered = if SHARES { u64::MAX } else { under_way.ceil() as u64 };
        // Where a later moment is no better, a walk may end at once, and say nothing of its own moment.
        let earliest = if stop == Until::Decided { 0.0 } else { busy_since + rules.patience };
        let mut peak = Peak::default();
        let mut position = begin;
        let mut broken = is_broken_before(kinds, begin);
        while position < n {
            let before = previous[position];
            let mine = before != NEVER && before as usize >= begin;
            let known = if mine { own[before as usize - begin] } else { 0.0 };
            let kind = kinds[position];
            let get = kind & GET != 0;
            let untouched = before == NEVER || (before as usize) < edge || position < edge;
            let forgotten = untouched && lost.holds(hashes[position]);
            // Touched since, and nothing was evicted since.
            let kept = kind & EVICTED != 0 && !untouched && entered < room;
            let missing = kind & ASKS != 0 && !kept;
            // Of a chain the request before missed, so this one asks whether or not its object is there.
            broken &= kind & CHAINED != 0;
            if !get {
                // Written, it is there, and the answer under way is let go.
                own[position - begin] = 0.0;
                entered = entered.saturating_add(1);
                position += 1;
                continue;
            }
            if !missing && !forgotten && known == 0.0 && !broken {
                // A hit: most requests, and nothing to do for them.
                own[position - begin] = 0.0;
                position += 1;
                continue;
            }
            let now = times[position] as f64 * scale;
            let inside = position < edge;
            if kind & CHAINED != 0 {
                // What a get asks then hangs on others.
                pays = false;
                paid.stop();
            }
            free_at = paid.settle(free_at, now, backlog[position], cost, inside);
            let turn = free_at.max(now);
            let wait = turn - now;
            let ahead = wait > backlog[position] + EQUAL;
            if position > edge && !ahead && now >= own_until && now >= earliest {
                break;
            }
            let under_way = known > now;
            let misses = missing | forgotten | under_way;
            let is_paid = paid.has_paid(known);
            let is_free = is_paid & !missing & (JOINS | (-known <= now));
            // What is forgotten since some of the moments cannot be joined.
            let asks = (misses & !(JOINS & under_way)) | (broken & !misses);
            broken |= misses;
            let mut answered = turn;
            if is_paid {
                paid.take();
                answered = (paid.turn(turn, now, before as usize - begin)).max(-known - rules.service_time);
            }
            answered += rules.service_time;
            if asks {
                if wait > peak.wait {
                    peak = Peak { wait, busy: now - busy_since };
                    if wait > limit {
                        break;
                    }
                } else if stop == Until::Past && wait < 0.75 * peak.wait && peak.wait > enough {
                    break;
                }
                if wait == 0.0 {
                    busy_since = now;
                }
                if !is_free {
                    free_at = turn + if SHARES { cost * tape.share(position) } else { cost };
                }
                paid.ask(cost);
                entered = entered.saturating_add(1);
                if ahead | !missing {
                    own_until = turn + rules.service_time;
                }
            }
            own[position - begin] = if under_way {
                known
            } else if forgotten & inside {
                if pays & !missing {
                    paid.pay(position - begin, backlog[position]);
                    -answered
                } else {
                    0.0
                }
            } else if misses {
                answered
            } else {
                0.0
            };
            position += 1;
        }
        self.steps += (position - begin) as u64;
        peak
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{Made, requests};
    use super::*;
    use crate::placement::Losses;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 50_000, max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

        /// A walk ends where what follows is no worse than the same loss at that instant, so a later moment may fail.
        #[test]
        fn a_block_that_survives_holds_no_moment_that_fails(
            requests in requests(),
            (chains, skewed, single_flight) in any::<(bool, bool, bool)>(),
            mu in 30.0f64..200.0,
            nodes in 1u32..4,
            room in 0u64..20,
            (patience, service_time) in (0.02f64..0.5, 0.001f64..0.05),
            block in (0usize..200, 2usize..60),
        ) {
            let with = |(gap, key, missed): (u64, u32, bool)| {
                (if chains { gap } else { 5 + gap / 4 }, if skewed { key * key / 30 } else { key }, missed)
            };
            let made = Made::of(requests.into_iter().map(with).collect(), room);
            let (n, tape, point) = (made.times.len(), made.tape(), Point { mu, load: 1.0 });
            let rules = Rules { patience, service_time, single_flight };
            let mut warm = Warm::default();
            prop_assume!(warm.walk(&tape, &made.hits, 0, point, &rules).is_ok());
            let begin = block.0.min(n - 1);
            let mut walker = Walker::default();
            for lost in Losses::of(1, nodes).ways {
                let mut fails = |moments: Range<usize>| {
                    let block = Block { lost, moments, room };
                    !walker.walk(&tape, &warm, point, &rules, block, Until::Decided).survives(&rules)
                };
                let end = (begin + block.1).min(n);
                if fails(begin..end) || (end..n).any(|moment| fails(moment..moment + 1)) {
                    continue;
                }
                for moment in (begin..end).filter(|moment| made.is_quiet(&warm, point, &rules, *moment)) {
                    prop_assert!(!fails(moment..moment + 1), "{moment} of {begin}..{end}");
                }
            }
        }
    }
}
