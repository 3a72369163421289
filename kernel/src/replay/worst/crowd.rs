//! Where a loss would be felt most, by counting: how long gets would wait after a loss at each of many moments.
//!
//! Time is cut into steps, and for every node by itself it is counted which gets of a step would ask after a loss at each earlier
//! moment: those that miss anyway, and those that hit now and whose key was last touched before the moment. From the counts the
//! backlog follows step by step. How long answers take is taken as given, so no moment is walked. It ranks moments; what a
//! loss needs is for a walk to say.

use super::search::Case;
use super::tape::{ASKS, CHAINED, EVICTED, GET, NEVER, Point, Tape};
use super::warm::Warm;
use crate::placement::{Losses, node_of};
use std::collections::VecDeque;

/// Steps of a patience.
const STEPS: f64 = 16.0;
/// Moments of which the worst is kept.
const TOGETHER: usize = 4;
/// Cases that are kept; more neighbourhoods than these are not cleared anyway.
pub const MOST_KEPT: usize = 100_000;
/// Steps for which a loss is followed, at least and at most; in between as long as there is a backlog.
const FOLLOWED: std::ops::Range<usize> = 16..160;

/// How many moments of these times are looked at. `patience`: in nanoseconds of the trace.
pub fn moments(times: &[u64], patience: f64) -> usize {
    spaced(times, 0, apart(patience)).count()
}

/// Bytes that [`crowds`] takes for its cases at its peak, with so many ways to lose: the cases as they are kept and sorted, and those
/// of a ranking before.
pub fn memory(moments: usize, ways: usize) -> u64 {
    let cases = moments.div_ceil(TOGETHER) * ways;
    let (kept, ranked) = (cases.min(2 * MOST_KEPT), cases.min(MOST_KEPT));
    ((kept + kept / 2 + ranked) * size_of::<(f64, Case)>()) as u64
}

/// The worst of a few neighbouring moments for each loss, and how long gets would wait after it, seconds: the longest waits first.
/// `room`: objects that may come after a loss before the cache evicts again. `patience`: in nanoseconds of the trace. `delay`: how long answers take; a get asks if its key was touched last before the
/// moment, or has been touched since for no longer than that.
pub fn crowds(
    tape: &Tape<'_>,
    warm: &Warm,
    start: usize,
    (losses, room): (&Losses, u64),
    point: Point,
    patience: f64,
    delay: u64,
) -> Vec<(f64, Case)> {
    let moments: Vec<usize> = spaced(tape.times, start, apart(patience)).collect();
    let ways = losses.ways.len();
    let mut worst = Worst { moments: &moments, ways, few: Vec::new(), row: 0, best: Vec::new() };
    let mut open = Open::new(losses, room);
    let mut answered = Answered::new(tape, delay);
    // The last moment that is not after each request.
    let mut rows = vec![0; tape.len()];
    for position in 0..start {
        answered.touch(position);
    }
    let mut chain = Chain::new(losses);
    for (row, moment) in moments.iter().enumerate() {
        if tape.is_stopped() {
            break;
        }
        let end = moments.get(row + 1).copied().unwrap_or(tape.len());
        open.begin(row, warm.backlog[*moment]);
        for position in *moment..end {
            let touch = answered.touch(position);
            rows[position] = row as u32;
            let kind = warm.kinds[position];
            if kind & GET == 0 {
                continue;
            }
            // From the moment after the touch on it is forgotten; one that misses anyway asks after a loss at any.
            let touched = touch != NEVER && touch as usize >= start;
            let after = if touched { rows[touch as usize] as usize + 1 } else { 0 };
            let share = tape.share(position) as f32;
            let anyway = losses.nodes as usize;
            let hit = || (kind & ASKS == 0).then(|| (node_of(tape.hashes[position], losses.nodes), after));
            if kind & CHAINED != 0 {
                chain.count(&mut open, hit(), share);
                continue;
            }
            if warm.kinds.get(position + 1).is_some_and(|next| next & CHAINED != 0) {
                chain.begin();
                chain.add(hit());
            }
            match kind & (ASKS | EVICTED) {
                0 => open.count(node_of(tape.hashes[position], losses.nodes) as usize, after, share),
                ASKS => open.count(anyway, 0, share),
                // One that was evicted is still there if it was touched since, and there is room for all that came.
                _ => {
                    open.count(anyway, 0, share);
                    open.count(anyway, open.full, -share);
                    open.count(anyway, after.max(open.full), share);
                }
            }
        }
        let seconds = |position: usize| point.arrival(tape.times[position] - tape.times[*moment]);
        let next = if end < tape.len() { seconds(end) } else { f64::INFINITY };
        open.step(1.0 / point.mu, seconds(end - 1), next, &mut worst);
    }
    while !open.longest.is_empty() {
        worst.add(open.longest.drain(..ways));
    }
    worst.sorted()
}

/// The worst of each few neighbouring moments for each loss, of which only the worst are kept: there may be more than requests.
struct Worst<'m> {
    moments: &'m [usize],
    ways: usize,
    /// The longest waits after those of the few moments under way, by moment and way; and the first of these.
    few: Vec<f32>,
    row: usize,
    best: Vec<(f64, Case)>,
}

impl Worst<'_> {
    /// Goes on with the longest wait after the next moment, by way.
    fn add(&mut self, waits: impl Iterator<Item = f32>) {
        self.few.extend(waits);
        if self.few.len() == TOGETHER * self.ways {
            self.close();
        }
    }

    fn close(&mut self) {
        let count = self.few.len() / self.ways;
        for loss in 0..self.ways {
            let wait = |row: &usize| self.few[row * self.ways + loss];
            let row = (0..count).max_by(|a, b| wait(a).total_cmp(&wait(b))).unwrap_or(0);
            self.best.push((f64::from(wait(&row)), Case { loss, moment: self.moments[self.row + row] }));
        }
        self.row += count;
        self.few.clear();
        if self.best.len() >= 2 * MOST_KEPT {
            self.sort();
        }
    }

    /// Of equal waits the earlier stays before the later, however often it is sorted in between.
    fn sort(&mut self) {
        self.best.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.best.truncate(MOST_KEPT);
    }

    fn sorted(mut self) -> Vec<(f64, Case)> {
        if !self.few.is_empty() {
            self.close();
        }
        self.sort();
        self.best.shrink_to_fit();
        self.best
    }
}

/// From which moment on the loss of each node breaks the chain that is passed.
struct Chain {
    broken: Vec<usize>,
    /// Whether it is broken whatever is lost.
    misses: bool,
}

impl Chain {
    fn new(losses: &Losses) -> Chain {
        Chain { broken: vec![usize::MAX; losses.nodes as usize], misses: false }
    }

    fn begin(&mut self) {
        self.broken.fill(usize::MAX);
        self.misses = false;
    }

    /// Goes on with a block that is on this node and forgotten by losses from this moment on; `None`: one that misses anyway.
    fn add(&mut self, hit: Option<(u32, usize)>) {
        match hit {
            Some((node, after)) => self.broken[node as usize] = self.broken[node as usize].min(after),
            None => self.misses = true,
        }
    }

    /// The same, and counts it with all losses that break the chain up to it.
    fn count(&mut self, open: &mut Open<'_>, hit: Option<(u32, usize)>, share: f32) {
        self.add(hit);
        if self.misses {
            return open.count(self.broken.len(), 0, share);
        }
        for (node, after) in self.broken.iter().enumerate().filter(|(_, after)| **after < usize::MAX) {
            open.count(node, *after, share);
        }
    }
}

/// The moments whose losses are still felt, and the backlogs after them.
struct Open<'a> {
    losses: &'a Losses,
    room: f32,
    /// The first moment after which there is still room.
    full: usize,
    /// By moment: objects that came since, about.
    entered: VecDeque<f32>,
    columns: usize,
    /// The first of them.
    first: usize,
    /// By moment and node, and in the last column of those that miss anyway: what gets of this step ask for that did not ask after a
    /// loss at the moment before.
    asked: VecDeque<f32>,
    /// By moment and way to lose, seconds; and the longest wait so far.
    backlogs: VecDeque<f32>,
    longest: VecDeque<f32>,
}

impl<'a> Open<'a> {
    fn new(losses: &'a Losses, room: u64) -> Open<'a> {
        let columns = losses.nodes as usize + 1;
        let [entered, asked, backlogs, longest] = [const { VecDeque::new() }; 4];
        Open { losses, room: room as f32, full: 0, entered, columns, first: 0, asked, backlogs, longest }
    }

    fn begin(&mut self, row: usize, backlog: f64) {
        if self.asked.is_empty() {
            self.first = row;
        }
        self.entered.push_back(0.0);
        self.asked.extend(std::iter::repeat_n(0.0, self.columns));
        self.backlogs.extend(std::iter::repeat_n(backlog as f32, self.losses.ways.len()));
        self.longest.extend(std::iter::repeat_n(0.0, self.losses.ways.len()));
    }

    /// One more get in a column, after a loss at any open moment from `first` on.
    #[inline(always)]
    fn count(&mut self, column: usize, first: usize, share: f32) {
        if let Some(asked) = self.asked.get_mut(first.saturating_sub(self.first) * self.columns + column) {
            *asked += share;
        }
    }

    /// Ends a step, in which gets came for `busy` seconds, and which lasted for `length`.
    fn step(&mut self, cost: f64, busy: f64, length: f64, worst: &mut Worst<'_>) {
        let (cost, busy, length) = (cost as f32, busy as f32, length as f32);
        let (columns, ways, nodes) = (self.columns, self.losses.ways.len(), self.losses.nodes as usize);
        let rows = self.backlogs.len() / ways;
        let mut asked = vec![0.0_f32; columns];
        let (steps, backlogs) = (self.asked.make_contiguous(), self.backlogs.make_contiguous());
        let waits = self.longest.make_contiguous();
        for row in 0..rows {
            for (sum, step) in asked.iter_mut().zip(&mut steps[row * columns..][..columns]) {
                *sum += std::mem::take(step);
            }
            let lost: f32 = asked[..nodes].iter().sum::<f32>() * self.losses.count as f32 / nodes as f32;
            self.entered[row] += asked[nodes] + lost;
            let longest = &mut waits[row * ways..][..ways];
            for (way, (backlog, longest)) in backlogs[row * ways..][..ways].iter_mut().zip(longest).enumerate() {
                let forgotten: f32 = (0..self.losses.count as usize).map(|i| asked[(way + i) % nodes]).sum();
                let work = *backlog + (asked[nodes] + forgotten) * cost;
                *longest = longest.max(work - busy);
                *backlog = (work - length).max(0.0);
            }
        }
        while self.backlogs.len() / ways >= FOLLOWED.start
            && (self.backlogs.len() / ways >= FOLLOWED.end || self.backlogs.iter().take(ways).all(|left| *left == 0.0))
        {
            self.entered.pop_front();
            self.asked.drain(..columns);
            self.backlogs.drain(..ways);
            worst.add(self.longest.drain(..ways));
            self.first += 1;
        }
        self.full = self.first + self.entered.partition_point(|entered| *entered >= self.room);
    }
}

/// Nanoseconds of a step.
fn apart(patience: f64) -> u64 {
    (patience / STEPS).max(1.0) as u64
}

/// Positions from `start` on, at least `apart` nanoseconds apart.
fn spaced(times: &[u64], start: usize, apart: u64) -> impl Iterator<Item = usize> {
    let mut from = 0;
    (start..times.len()).filter(move |position| {
        let is_next = times[*position] >= from;
        if is_next {
            from = times[*position].saturating_add(apart);
        }
        is_next
    })
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
