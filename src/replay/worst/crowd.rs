//! Where a loss would be felt most, by counting: how many gets would ask the backend within a while of each moment.
//!
//! It counts, for every node by itself, the gets that hit now and whose key was last touched before the moment, and adds the
//! gets that miss anyway: the closed form of single-flight. It ranks moments; what a loss needs is for a walk to say.

use super::search::Case;
use super::tape::{ASKS, GET, Losses, NEVER, Tape, node_of};
use super::warm::Warm;

/// How long after a moment gets are counted, in patiences.
const REACHES: [f64; 4] = [0.5, 1.0, 2.0, 4.0];
/// Moments counted in a patience.
const MOMENTS: f64 = 16.0;
/// Moments of which the most crowded is kept.
const TOGETHER: usize = 4;

/// The most crowded of a few neighbouring moments, for each loss, and how many gets would ask there, a second.
/// `patience`: in nanoseconds of the trace. `repeats`: gets that come again within so many nanoseconds ask as well, as they do
/// while the answer is under way.
pub fn crowds(
    tape: &Tape<'_>,
    warm: &Warm,
    start: usize,
    losses: &Losses,
    patience: f64,
    repeats: u64,
) -> Vec<(f64, Case)> {
    let moments = spaced(tape, start, (patience / MOMENTS).max(1.0) as u64);
    let next = next_touches(tape);
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
                // What was counted of the moment's own key passes on to its next touch.
                counted.add(moment, -1);
                let later = next[moment] as usize;
                let passes = |later: usize| later < end && tape.times[later] - tape.times[moment] >= repeats;
                if next[moment] != NEVER && passes(later) && warm.kinds[later] == GET {
                    counted.add(later, 1);
                }
                moment += 1;
            }
            let until = tape.times[*at].saturating_add(length);
            while end < tape.len() && tape.times[end] < until {
                let before = tape.previous[end];
                let again = |before: u32| tape.times[end] - tape.times[before as usize] < repeats;
                if warm.kinds[end] != GET || before == NEVER || (before as usize) < moment || again(before) {
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

fn next_touches(tape: &Tape<'_>) -> Vec<u32> {
    let mut next = vec![NEVER; tape.len()];
    for (position, before) in tape.previous.iter().enumerate() {
        if *before != NEVER {
            next[*before as usize] = position as u32;
        }
    }
    next
}
