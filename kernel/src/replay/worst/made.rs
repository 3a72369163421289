//! Small traces for property tests of walks and searches.

use super::columns::Hits;
use super::tape::{ASKS, CHAINED, EVICTED, GET, NEVER, Point, Rules, Tape};
use super::warm::Warm;
use proptest::prelude::*;

/// Gaps in milliseconds, keys, and whether the twin misses. What comes at once is behind the one before it in a chain; some are
/// writes.
pub fn requests() -> impl Strategy<Value = Vec<(u64, u32, bool)>> {
    prop::collection::vec((0u64..40, 0u32..30, prop::bool::weighted(0.15)), 50..250)
}

/// Columns of such requests.
pub struct Made {
    pub times: Vec<u64>,
    previous: Vec<u32>,
    hashes: Vec<u32>,
    pub hits: Hits,
}

impl Made {
    pub fn of(requests: Vec<(u64, u32, bool)>, room: u64) -> Made {
        let (mut time, mut last) = (0, [NEVER; 30]);
        let (mut times, mut previous, mut hashes, mut kinds) = (vec![], vec![], vec![], vec![]);
        for (i, (gap, key, missed)) in requests.into_iter().enumerate() {
            time += gap * 1_000_000;
            let before = std::mem::replace(&mut last[key as usize], i as u32);
            times.push(time);
            previous.push(before);
            hashes.push(key.wrapping_mul(0x9e37_79b9));
            let chained = if gap < 5 && i > 0 { CHAINED } else { 0 };
            kinds.push(
                chained
                    | match (before == NEVER, missed) {
                        _ if gap % 7 == 6 => 0,
                        (true, _) => GET | ASKS,
                        (false, true) => GET | ASKS | EVICTED,
                        (false, false) => GET,
                    },
            );
        }
        Made { times, previous, hashes, hits: Hits { kinds, room } }
    }

    pub fn tape(&self) -> Tape<'_> {
        Tape { times: &self.times, previous: &self.previous, hashes: &self.hashes, shares: None, interrupt: None }
    }

    /// Whether no fetch of warm traffic is under way at a moment: a walk that begins there takes its repeats for fetches of their own.
    pub fn is_quiet(&self, warm: &Warm, point: Point, rules: &Rules, moment: usize) -> bool {
        let answered = |at: usize| point.arrival(self.times[at]) + warm.backlog[at] + rules.service_time;
        let now = point.arrival(self.times[moment]);
        (0..moment).all(|at| warm.kinds[at] & ASKS == 0 || answered(at) <= now)
    }
}
