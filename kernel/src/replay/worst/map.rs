//! When a loss would hurt: the longest wait that it brings, over the moments of a trace, for one backend and one load.
//!
//! The trace after warm-up is cut into slices of time. In each, every node is lost at the first get that feels it, and again
//! whenever the backlog is that of warm traffic once more; parts of the slice from coarse to fine, as far as the effort goes.
//! So a slice's peak is one that happens, and a longer one may lie between. What a lost key costs after its walk has ended
//! belongs to the slice where it is felt.

use super::aftermath::{Block, Until, Walker};
use super::search::{Case, Subject};
use super::tape::{ASKS, GET, Point};
use super::warm::Warm;
use crate::placement::Losses;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Slices of the trace, at most.
pub const SLICES: usize = 120;
/// Requests walked for each request of a slice, before the other parts of it are left out.
const WALKS_PER_REQUEST: u64 = 10;
/// Parts of a slice.
const PARTS: usize = 16;

/// The longest wait after losses in one slice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hurt {
    /// When the slice begins, nanoseconds since the trace began.
    pub start: u64,
    /// Seconds in the backend's queue; `None` where an answer comes too late.
    pub wait: Option<f64>,
    /// The loss after which that is, of the ways to lose so much.
    pub loss: usize,
}

/// Slices of equal length in time that hold a request, from warm-up to the trace's end: their begins and positions.
pub fn slices(subject: &Subject<'_>) -> Vec<(u64, Range<usize>)> {
    let Subject { tape, start, .. } = subject;
    let (first, last) = (tape.times[*start], tape.times[tape.len() - 1]);
    let edge = |i: usize| first + (u128::from(last - first) * i as u128 / SLICES as u128) as u64;
    let slice = |i: usize| {
        let end = if i + 1 == SLICES { tape.len() } else { tape.position_at(edge(i + 1)) };
        (edge(i), tape.position_at(edge(i)).max(*start)..end)
    };
    (0..SLICES).map(slice).filter(|(_, range)| !range.is_empty()).collect()
}

/// The warm walk at a backend and a load; `None` where warm traffic itself waits too long.
pub fn carried(subject: &Subject<'_>, point: Point) -> Option<Warm> {
    let mut warm = Warm::default();
    warm.walk(&subject.tape, subject.hits, subject.start, point, &subject.rules).ok()?;
    Some(warm)
}

/// The longest wait after a loss in a slice. `known`: a case that is tried first, if it is of the slice.
pub fn hurt(
    walker: &mut Walker,
    subject: &Subject<'_>,
    warm: &Warm,
    point: Point,
    losses: &Losses,
    (start, slice): (u64, Range<usize>),
    known: Option<Case>,
) -> Hurt {
    let Subject { tape, rules, .. } = subject;
    let room = subject.room(losses);
    let mut worst = Hurt { start, wait: Some(0.0), loss: 0 };
    let stop = walker.steps + WALKS_PER_REQUEST * slice.len() as u64;
    let known = known.filter(|case| slice.contains(&case.moment)).map(|case| (case.loss, case.moment..case.moment + 1));
    let parts = coarse_to_fine(&slice).flat_map(|part| (0..losses.ways.len()).map(move |loss| (loss, part.clone())));
    for (tried, (loss, part)) in known.into_iter().chain(parts).enumerate() {
        if tried > losses.ways.len() && walker.steps >= stop {
            break;
        }
        let lost = losses.ways[loss];
        // Nothing is felt before the first get that would hit, and misses as its key is lost.
        let felt = |i: &usize| warm.kinds[*i] & (GET | ASKS) == GET && lost.holds(tape.hashes[*i]);
        let mut from = part.start;
        while let Some(moment) = (from..part.end).find(felt) {
            let before = walker.steps;
            let peak = walker.walk(tape, warm, point, rules, Block::at(lost, moment, room), Until::Decided);
            if !peak.survives(rules) {
                return Hurt { wait: None, loss, ..worst };
            }
            if worst.wait.is_none_or(|wait| peak.wait > wait) {
                worst = Hurt { wait: Some(peak.wait), loss, ..worst };
            }
            from = moment + ((walker.steps - before) as usize).max(1);
        }
    }
    worst
}

/// Parts of a slice: the first of each half, quarter and so on come first.
fn coarse_to_fine(slice: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let (begin, length) = (slice.start, slice.len());
    // Numbers with their binary digits turned round.
    let order = (0..PARTS).map(|i| (i as u32).reverse_bits() >> (u32::BITS - PARTS.trailing_zeros()));
    let edge = move |i: usize| begin + i * length / PARTS;
    order.map(move |i| edge(i as usize)..edge(i as usize + 1)).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::columns::Hits;
    use super::super::tape::{NEVER, Rules, Tape};
    use super::*;

    #[test]
    fn parts_get_finer_and_leave_nothing_out() {
        let all: Vec<Range<usize>> = coarse_to_fine(&(100..164)).collect();
        assert_eq!(all[..4], [100..104, 132..136, 116..120, 148..152]);
        let mut starts: Vec<usize> = all.iter().map(|part| part.start).collect();
        starts.sort_unstable();
        assert_eq!(starts, (100..164).step_by(4).collect::<Vec<_>>());
        assert_eq!(coarse_to_fine(&(7..8)).collect::<Vec<_>>(), vec![7..8]);
    }

    /// On one node a new key a second, on the other a key that is asked for ten times at once, after 300 and after 900 s.
    #[test]
    fn a_slice_hurts_by_the_busiest_key_that_is_lost_there() {
        let (mut times, mut hashes, mut previous) = (Vec::new(), Vec::new(), Vec::new());
        let mut last = NEVER;
        let mut push = |time: f64, before: u32, hash: u32| {
            previous.push(before);
            times.push((time * 1e9) as u64);
            hashes.push(hash);
            times.len() as u32 - 1
        };
        for second in 0..1200 {
            push(f64::from(second), NEVER, 1);
            if second % 600 == 300 {
                for i in 1..=10 {
                    last = push(f64::from(second) + 0.001 * f64::from(i), last, u32::MAX);
                }
            }
        }
        let kinds = previous.iter().map(|before| GET | (ASKS * u8::from(*before == NEVER))).collect();
        let hits = Hits { kinds, room: 0 };
        let tape = Tape { times: &times, previous: &previous, hashes: &hashes, shares: None, interrupt: None };
        let rules = Rules { patience: 0.9, service_time: 0.1, single_flight: false };
        let subject = Subject { tape, hits: &hits, start: 0, rules };
        let point = Point { mu: 50.0, load: 1.0 };
        let warm = carried(&subject, point).unwrap();
        let losses = Losses::of(1, 2);
        let map: Vec<Hurt> = slices(&subject)
            .into_iter()
            .map(|slice| hurt(&mut Walker::default(), &subject, &warm, point, &losses, slice, None))
            .collect();
        assert_eq!(map.len(), SLICES);
        // Eleven asks that take 20 ms each, of which the last waits for ten; 1 ms passes between them.
        assert!((map[90].wait.unwrap() - 0.19).abs() < 1e-6 && map[90].loss == 1, "{:?}", map[90]);
        assert!([40, 60, 89, 91].iter().all(|i| map[*i].wait == Some(0.0)));
        let late = Rules { patience: 0.1, ..rules };
        let subject = Subject { rules: late, start: 311, ..subject };
        let warm = carried(&subject, point).unwrap();
        let slice = slices(&subject).into_iter().find(|(_, range)| range.contains(&911)).unwrap();
        let case = Case { loss: 1, moment: 911 };
        let found = hurt(&mut Walker::default(), &subject, &warm, point, &losses, slice, Some(case));
        assert_eq!((found.wait, found.loss), (None, 1));
        assert!(carried(&subject, Point { mu: 0.1, load: 1.0 }).is_none());
    }
}
