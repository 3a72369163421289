//! The warm walk: the backlog that undisturbed traffic leaves at every request, for one backend and one load.
//!
//! It starts from the hits of a replay in which answers come at once, and adds what queueing adds: until a fetch is
//! answered, further gets of its key ask again. It knows no loss.

use super::columns::Hits;
use super::tape::{ASKS, CHAINED, EVICTED, GET, NEVER, Point, Rules, Tape};

/// Requests between two looks at the interrupt.
pub(super) const STEPS_PER_CHECK: usize = 1 << 16;

/// The backlog of warm traffic, by position.
#[derive(Debug, Clone, Default)]
pub struct Warm {
    /// What the backend still has to do as the request finds it, seconds: how long it would wait.
    pub backlog: Vec<f64>,
    /// As in [`Hits`], with repeats.
    pub kinds: Vec<u8>,
    /// The longest wait, seconds.
    pub worst: f64,
    until: Vec<f64>,
}

/// Where a walk failed: a wait was longer than the patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// The position at which the backlog began.
    pub since: usize,
}

impl Warm {
    /// Walks from position `start`, with an idle backend, to the end. `hits`: what the replay says.
    ///
    /// # Errors
    /// A wait that is too long, where the walk ends.
    pub fn walk(
        &mut self,
        tape: &Tape<'_>,
        hits: &Hits,
        start: usize,
        point: Point,
        rules: &Rules,
    ) -> Result<(), Failed> {
        self.fill(tape, hits, start..tape.len(), point, rules)
    }

    fn grow(&mut self, requests: usize) {
        self.backlog.resize(requests, 0.0);
        self.kinds.resize(requests, 0);
        self.until.resize(requests, 0.0);
    }

    /// The same for a part of the trace: an idle backend at its begin, nothing known of what came before.
    ///
    /// # Errors
    /// A wait that is too long.
    pub fn fill(
        &mut self,
        tape: &Tape<'_>,
        hits: &Hits,
        range: std::ops::Range<usize>,
        point: Point,
        rules: &Rules,
    ) -> Result<(), Failed> {
        if self.backlog.len() < tape.len() {
            self.grow(tape.len());
        }
        self.worst = 0.0;
        let cost = 1.0 / point.mu;
        // Where nothing was evicted, nothing is fetched again, nor asked for again meanwhile.
        let repeats = if hits.room > 0 { EVICTED } else { 0 };
        let start = range.start;
        let mut free_at = 0.0_f64;
        let mut since = start;
        let mut broken = false;
        for i in range {
            if i.is_multiple_of(STEPS_PER_CHECK) && tape.is_stopped() {
                break;
            }
            let now = point.arrival(tape.times[i]);
            let previous = tape.previous[i];
            let known = previous != NEVER && previous as usize >= start;
            let until = if known { self.until[previous as usize] } else { 0.0 };
            let under_way = (hits.kinds[i] & GET != 0) & (until > now);
            if hits.kinds[i] & (ASKS | CHAINED) == 0 && !under_way {
                // A hit or a write: most requests, and nothing to do for them.
                self.backlog[i] = (free_at - now).max(0.0);
                (self.until[i], self.kinds[i], broken) = (0.0, hits.kinds[i], false);
                continue;
            }
            let misses = (hits.kinds[i] & ASKS != 0) | under_way;
            let fetches = misses & !(rules.single_flight & under_way);
            broken = misses | (broken & (hits.kinds[i] & CHAINED != 0));
            // What is there behind what is not is worked out anew.
            let asks = fetches | (broken & !misses);
            let turn = free_at.max(now);
            let wait = turn - now;
            self.backlog[i] = wait;
            if asks {
                if wait == 0.0 {
                    since = i;
                }
                self.worst = self.worst.max(wait);
                if wait > rules.patience {
                    return Err(Failed { since });
                }
                free_at = turn + cost * tape.share(i);
            }
            self.until[i] = if under_way {
                until
            } else if fetches {
                turn + rules.service_time
            } else {
                0.0
            };
            self.kinds[i] = hits.kinds[i] | if misses { ASKS } else { 0 } | if under_way { repeats } else { 0 };
        }
        Ok(())
    }
}
