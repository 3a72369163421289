//! The walk after a loss: the backlog that refilling adds to what warm traffic leaves, until both are one again.
//!
//! After a loss at `m` a get misses where the warm twin's does, or where its key lived on a lost node and was last touched
//! before `m`; one that misses in the warm twin because its object was evicted hits, if it was touched since and the loss left
//! room for all that came since. A walk starts with the warm backlog at `m`, and ends where its backlog has met the warm one with no fetch of its
//! own under way: what follows is no worse than the same loss at that instant, which has a walk of its own.

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

/// A loss at any of some moments. What is walked of several is worse than the loss at each of them, because every get of a
/// lost key inside them asks and is not remembered.
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
#[derive(Debug, Clone, Default)]
pub struct Walker {
    until: Vec<f64>,
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
            let forgotten = untouched && get && lost.holds(hashes[position]);
            // Touched since, and nothing was evicted since.
            let kept = kind & EVICTED != 0 && !untouched && entered < room;
            let missing = kind & ASKS != 0 && !kept;
            // Of a chain the request before missed, so this one asks whether or not its object is there.
            broken &= kind & CHAINED != 0;
            if !missing && !forgotten && known == 0.0 && !broken {
                // A hit or a write: most requests, and nothing to do for them.
                own[position - begin] = 0.0;
                entered = entered.saturating_add(u64::from(!get));
                position += 1;
                continue;
            }
            let now = times[position] as f64 * scale;
            let turn = free_at.max(now);
            let wait = turn - now;
            let ahead = wait > backlog[position] + EQUAL;
            if position > edge && !ahead && now >= own_until && now >= earliest {
                break;
            }
            let under_way = known > now;
            let misses = missing | forgotten | (get & under_way);
            // Inside the block nothing is remembered, so nothing of a lost key can be joined.
            let asks = (misses & !(JOINS & under_way)) | (broken & !misses);
            broken |= misses;
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
                free_at = turn + if SHARES { cost * tape.share(position) } else { cost };
                entered = entered.saturating_add(1);
                if ahead | !missing {
                    own_until = turn + rules.service_time;
                }
            }
            let remembered = misses & !(forgotten & (position < edge));
            own[position - begin] = if under_way {
                known
            } else if remembered {
                turn + rules.service_time
            } else {
                0.0
            };
            position += 1;
        }
        self.steps += (position - begin) as u64;
        peak
    }
}
