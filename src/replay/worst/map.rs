//! When a loss would hurt: the longest wait that it brings, over the moments of a trace, for one backend and one load.
//!
//! The trace after warm-up is cut into slices of time; in each, losses of every node are tried at moments from coarse to fine,
//! as far as the effort goes. So a slice's peak is one that happens, and a longer one may lie between two moments. A walk
//! ends once the backlog is that of warm traffic again: what a lost key costs later belongs to the slice where it is felt.

use super::aftermath::{Until, Walker};
use super::search::{Case, Subject};
use super::tape::Point;
use super::warm::Warm;
use crate::placement::Losses;
use std::ops::Range;

/// Slices of the trace, at most.
pub const SLICES: usize = 120;
/// Requests walked for each request of a slice, before its moments get no finer.
const WALKS_PER_REQUEST: u64 = 20;
/// Moments of a slice, at most.
const MOMENTS: usize = 64;

/// The longest wait after losses in one slice.
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// The longest wait after a loss in a slice. `known`: cases that are tried too, those of the slice.
pub fn hurt(
    walker: &mut Walker,
    subject: &Subject<'_>,
    warm: &Warm,
    point: Point,
    losses: &Losses,
    (start, slice): (u64, Range<usize>),
    known: Option<Case>,
) -> Hurt {
    let mut worst = Hurt { start, wait: Some(0.0), loss: 0 };
    let stop = walker.steps + WALKS_PER_REQUEST * slice.len() as u64;
    let ways = 0..losses.ways.len();
    let spread = coarse_to_fine(&slice).flat_map(|moment| ways.clone().map(move |loss| Case { loss, moment }));
    for (tried, case) in known.into_iter().filter(|case| slice.contains(&case.moment)).chain(spread).enumerate() {
        if tried > losses.ways.len() && walker.steps >= stop {
            break;
        }
        let lost = losses.ways[case.loss];
        let moments = case.moment..case.moment + 1;
        let peak = walker.walk(&subject.tape, warm, point, &subject.rules, lost, moments, Until::Decided);
        if !peak.survives(&subject.rules) {
            return Hurt { wait: None, loss: case.loss, ..worst };
        }
        if worst.wait.is_none_or(|wait| peak.wait > wait) {
            worst = Hurt { wait: Some(peak.wait), loss: case.loss, ..worst };
        }
    }
    worst
}

/// Positions of a slice: its begin, its middle, its quarters and so on.
fn coarse_to_fine(slice: &Range<usize>) -> impl Iterator<Item = usize> {
    let (begin, length) = (slice.start, slice.len());
    let count = MOMENTS.min(length.next_power_of_two());
    // Numbers with their binary digits turned round.
    let shift = u32::BITS - count.trailing_zeros();
    let order = (0..count).map(move |i| if count == 1 { 0 } else { ((i as u32).reverse_bits() >> shift) as usize });
    order.map(move |place| begin + place * length / count)
}

#[cfg(test)]
mod tests {
    use super::super::tape::{ASKS, GET, NEVER, Rules, Tape};
    use super::*;

    #[test]
    fn moments_get_finer_and_stay_inside() {
        let all: Vec<usize> = coarse_to_fine(&(100..164)).collect();
        assert_eq!(all[..4], [100, 132, 116, 148]);
        let mut sorted = all.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (100..164).collect::<Vec<_>>());
        assert_eq!(coarse_to_fine(&(7..8)).collect::<Vec<_>>(), [7]);
    }

    /// Two keys on two nodes: one is asked for ten times at each of seconds 10, 20, ..., the other once a second.
    #[test]
    fn a_slice_hurts_by_the_busiest_key_that_is_lost_there() {
        let (mut times, mut hashes, mut previous) = (Vec::new(), Vec::new(), Vec::new());
        let mut last = [NEVER; 2];
        let mut push = |time: f64, key: usize| {
            previous.push(last[key]);
            last[key] = times.len() as u32;
            times.push((time * 1e9) as u64);
            hashes.push([1_u32, u32::MAX][key]);
        };
        for second in 0..1200 {
            push(f64::from(second), 0);
            if second % 600 == 300 {
                (0..10).for_each(|i| push(f64::from(second) + 0.001 * f64::from(i), 1));
            }
        }
        let hits: Vec<u8> = previous.iter().map(|before| GET | ASKS * u8::from(*before == NEVER)).collect();
        let tape = Tape { times: &times, previous: &previous, hashes: &hashes, shares: None };
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
        // Ten asks that take 20 ms each, of which the last waits for nine; 1 ms passes between them.
        assert!((map[90].wait.unwrap() - 0.171).abs() < 1e-6 && map[90].loss == 1, "{:?}", map[90]);
        assert!([40, 60, 89, 91].iter().all(|i| map[*i].wait == Some(0.0)));
        let late = Rules { patience: 0.1, ..rules };
        let subject = Subject { rules: late, start: 310, ..subject };
        let warm = carried(&subject, point).unwrap();
        let slice = slices(&subject).into_iter().find(|(start, _)| *start >= 900_000_000_000).unwrap();
        let case = Case { loss: 1, moment: slice.1.start };
        let found = hurt(&mut Walker::default(), &subject, &warm, point, &losses, slice, Some(case));
        assert_eq!((found.wait, found.loss), (None, 1));
        assert!(carried(&subject, Point { mu: 0.1, load: 1.0 }).is_none());
    }
}
