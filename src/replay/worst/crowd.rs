//! Where a loss would be felt most, by counting: how many gets would ask the backend within a while of each moment.
//!
//! It counts, for every node by itself, the gets that hit now and whose key was last touched before the moment, and adds the
//! gets that miss anyway: the closed form of single-flight. It ranks moments; what a loss needs is for a walk to say.

use super::search::Case;
use super::tape::{ASKS, GET, NEVER, Tape};
use super::warm::Warm;
use crate::placement::{Losses, node_of};

/// How long after a moment gets are counted, in patiences.
const REACHES: [f64; 2] = [1.0, 3.0];
/// Moments counted in a patience.
const MOMENTS: f64 = 16.0;
/// Moments of which the most crowded is kept.
const TOGETHER: usize = 4;

/// The most crowded of a few neighbouring moments, for each loss, and how many gets would ask there, a second.
/// `patience`: in nanoseconds of the trace. `delay`: how long answers take; a get asks if its key was touched last before the
/// moment, or has been touched since for no longer than that.
pub fn crowds(
    tape: &Tape<'_>,
    warm: &Warm,
    start: usize,
    losses: &Losses,
    patience: f64,
    delay: u64,
) -> Vec<(f64, Case)> {
    let moments = spaced(tape, start, (patience / MOMENTS).max(1.0) as u64);
    let answered = Answered::of(tape, delay);
    let ways = losses.ways.len();
    let mut rates = vec![0.0_f32; moments.len() * ways];
    for reach in REACHES {
        let length = (reach * patience) as u64;
        let per_ask = (1e9 / ((reach + 1.0) * patience)) as f32;
        let mut counted = Counted { tape, warm, asking: 0, forgotten: vec![0; losses.nodes as usize] };
        let mut end = start;
        let mut moment = start;
        for (row, at) in moments.iter().enumerate() {
            while moment < *at {
                if moment < end && answered.is_before(moment, moment) {
                    counted.add(moment, -1);
                }
                // Once the moment is past it, this touch says nothing of later ones any more.
                for later in answered.by(moment) {
                    if later < end {
                        counted.add(later, 1);
                    }
                }
                moment += 1;
            }
            let until = tape.times[*at].saturating_add(length);
            while end < tape.len() && tape.times[end] < until {
                if answered.is_before(end, moment) {
                    counted.add(end, 1);
                }
                end += 1;
            }
            for (first, rate) in rates[row * ways..(row + 1) * ways].iter_mut().enumerate() {
                *rate = rate.max(counted.asks(first, losses.count) as f32 * per_ask);
            }
        }
    }
    let mut best = Vec::new();
    for (few, rates) in moments.chunks(TOGETHER).zip(rates.chunks(TOGETHER * ways)) {
        for loss in 0..ways {
            let rate = |row: &usize| rates[row * ways + loss];
            let row = (0..few.len()).max_by(|a, b| rate(a).total_cmp(&rate(b))).unwrap_or(0);
            best.push((f64::from(rate(&row)), Case { loss, moment: few[row] }));
        }
    }
    best
}

/// The gets of a while that would ask.
struct Counted<'a> {
    tape: &'a Tape<'a>,
    warm: &'a Warm,
    /// Those that miss anyway.
    asking: i32,
    /// Those that hit, and would not if their node were lost; by node.
    forgotten: Vec<i32>,
}

impl Counted<'_> {
    #[inline(always)]
    fn add(&mut self, position: usize, by: i32) {
        let kind = self.warm.kinds[position];
        if kind & ASKS != 0 {
            self.asking += by;
        } else if kind & GET != 0 {
            let nodes = self.forgotten.len() as u32;
            self.forgotten[node_of(self.tape.hashes[position], nodes) as usize] += by;
        }
    }

    fn asks(&self, first: usize, count: u32) -> i32 {
        let nodes = self.forgotten.len();
        self.asking + (0..count as usize).map(|i| self.forgotten[(first + i) % nodes]).sum::<i32>()
    }
}

/// Positions at least `apart` nanoseconds apart.
fn spaced(tape: &Tape<'_>, start: usize, apart: u64) -> Vec<usize> {
    let mut positions = Vec::new();
    let mut from = 0;
    for position in start..tape.len() {
        if tape.times[position] >= from {
            positions.push(position);
            from = tape.times[position].saturating_add(apart);
        }
    }
    positions
}

/// For every request the last touch of its key that had been answered when it came.
struct Answered {
    touch: Vec<u32>,
    /// The first and, by request, the next request with the same such touch.
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Answered {
    fn of(tape: &Tape<'_>, delay: u64) -> Answered {
        let n = tape.len();
        let (mut touch, mut first, mut next) = (vec![NEVER; n], vec![NEVER; n], vec![NEVER; n]);
        for i in 0..n {
            let before = tape.previous[i];
            if before == NEVER {
                continue;
            }
            // Touches that were not answered yet are few: they lie within the delay.
            let mut last = before;
            while last != NEVER && tape.times[last as usize] + delay > tape.times[i] {
                last = tape.previous[last as usize];
            }
            touch[i] = last;
            if last != NEVER {
                next[i] = std::mem::replace(&mut first[last as usize], i as u32);
            }
        }
        Answered { touch, first, next }
    }

    /// Whether a request's key had no touch from a moment on that was answered when it came.
    fn is_before(&self, position: usize, moment: usize) -> bool {
        let touch = self.touch[position];
        touch == NEVER || (touch as usize) < moment
    }

    /// Requests whose last answered touch this one is.
    fn by(&self, touch: usize) -> impl Iterator<Item = usize> {
        let some = |at: u32| (at != NEVER).then_some(at as usize);
        std::iter::successors(some(self.first[touch]), move |at| some(self.next[*at]))
    }
}
