//! Where a loss would be felt most, by counting: how many gets would ask the backend within a while of each moment.
//!
//! It counts, for every node by itself, the gets that hit now and whose key was last touched before the moment, and adds the
//! gets that miss anyway: the closed form of single-flight. It ranks moments; what a loss needs is for a walk to say.

use super::search::Case;
use super::tape::{ASKS, EVICTED, GET, NEVER, Tape};
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
    let apart = (patience / MOMENTS).max(1.0) as u64;
    let moments = spaced(tape, start, apart);
    let ways = losses.ways.len();
    let mut rates = vec![0.0_f32; moments.len() * ways];
    let mut bands = REACHES.map(|reach| Band::new(reach, patience, apart, losses));
    let mut answered = Answered::new(tape, delay);
    // The last moment that is not after each request.
    let mut rows = vec![0; tape.len()];
    let mut row = 0;
    for position in 0..tape.len() {
        let touch = answered.touch(position);
        if position < start {
            continue;
        }
        if moments.get(row + 1) == Some(&position) {
            row += 1;
        }
        rows[position] = row as u32;
        let kind = warm.kinds[position];
        if kind & GET == 0 {
            continue;
        }
        // From the moment after the touch on it is forgotten, and one that was evicted asks; one that misses anyway asks at any.
        let touched = touch != NEVER && touch as usize >= start;
        let after = if touched { rows[touch as usize] as usize + 1 } else { 0 };
        let (column, first) = match kind & (ASKS | EVICTED) {
            0 => (node_of(tape.hashes[position], losses.nodes), after),
            ASKS => (losses.nodes, 0),
            _ => (losses.nodes, after),
        };
        for band in &mut bands {
            band.settle(tape, &moments, tape.times[position], &mut rates);
            band.count(column as usize, first, row);
        }
    }
    for band in &mut bands {
        band.settle(tape, &moments, u64::MAX, &mut rates);
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

/// The gets within a while of each moment that would ask, by node, and in the last column those that miss anyway.
struct Band<'a> {
    losses: &'a Losses,
    length: u64,
    per_ask: f32,
    columns: usize,
    /// What each open moment has more of than the one before it; as many as a while may hold, in turn.
    steps: Vec<i32>,
    open: usize,
    counts: Vec<i32>,
    /// The first moment whose while goes on.
    first: usize,
}

impl<'a> Band<'a> {
    fn new(reach: f64, patience: f64, apart: u64, losses: &'a Losses) -> Band<'a> {
        let columns = losses.nodes as usize + 1;
        let length = (reach * patience) as u64;
        // Those within a while, and the one after them, where counts fall again.
        let open = (length / apart) as usize + 3;
        Band {
            losses,
            length,
            per_ask: (1e9 / ((reach + 1.0) * patience)) as f32,
            columns,
            steps: vec![0; open * columns],
            open,
            counts: vec![0; columns],
            first: 0,
        }
    }

    /// Closes moments whose while ends before a time: what was counted there is final.
    fn settle(&mut self, tape: &Tape<'_>, moments: &[usize], time: u64, rates: &mut [f32]) {
        let ways = self.losses.ways.len();
        while self.first < moments.len() && tape.times[moments[self.first]].saturating_add(self.length) <= time {
            let at = self.first % self.open * self.columns;
            for (count, step) in self.counts.iter_mut().zip(&mut self.steps[at..at + self.columns]) {
                *count += std::mem::take(step);
            }
            let (nodes, anyway) = self.counts.split_at(self.columns - 1);
            for (first, rate) in rates[self.first * ways..(self.first + 1) * ways].iter_mut().enumerate() {
                let forgotten = (0..self.losses.count as usize).map(|i| nodes[(first + i) % nodes.len()]).sum::<i32>();
                *rate = rate.max((anyway[0] + forgotten) as f32 * self.per_ask);
            }
            self.first += 1;
        }
    }

    /// One more get in a column, at the open moments from `first` to `last`.
    fn count(&mut self, column: usize, first: usize, last: usize) {
        let first = first.max(self.first);
        if first <= last {
            self.steps[first % self.open * self.columns + column] += 1;
            self.steps[(last + 1) % self.open * self.columns + column] -= 1;
        }
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

/// For every request in turn the last touch of its key that had been answered when it came.
struct Answered<'a> {
    tape: &'a Tape<'a>,
    delay: u64,
    /// By request: the first touch of its key that had not been answered yet, itself at the latest; and the key's next touch.
    open: Vec<u32>,
    next: Vec<u32>,
}

impl<'a> Answered<'a> {
    fn new(tape: &'a Tape<'a>, delay: u64) -> Answered<'a> {
        let kept = if delay == 0 { 0 } else { tape.len() };
        Answered { tape, delay, open: vec![NEVER; kept], next: vec![NEVER; kept] }
    }

    /// Of the request after that of the last call.
    fn touch(&mut self, position: usize) -> u32 {
        let before = self.tape.previous[position];
        if self.delay == 0 {
            return before;
        }
        let mut open = position as u32;
        if before != NEVER {
            self.next[before as usize] = open;
            open = self.open[before as usize];
            let now = self.tape.times[position];
            while open as usize != position && self.tape.times[open as usize].saturating_add(self.delay) <= now {
                open = self.next[open as usize];
            }
        }
        self.open[position] = open;
        self.tape.previous[open as usize]
    }
}
