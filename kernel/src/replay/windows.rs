//! A trace's time cut into windows of equal width: where the load is measured and where moments are chosen.
//!
//! It works on times and operations, and knows no cache.

use crate::request::{Op, Requests, SECOND};
use crate::units::Seconds;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Widths to choose from; the first that holds enough requests on average is taken.
const WIDTHS: [f64; 5] = [10.0, 60.0, 600.0, 3600.0, 86_400.0];

/// Requests that a window should hold on average, so that its rate is a rate and not chance.
const ENOUGH: f64 = 100.0;

/// What the trace's end may cut off a window, as a share of it: requests do not come at its very end.
pub const MISSING: f64 = 0.05;

/// Whether a window of `width` that ends at `end` is whole in a trace that ends at `span`; all in seconds. What is missing of
/// others would look as if fewer requests came.
pub fn is_whole(end: f64, width: f64, span: f64) -> bool {
    end - span <= MISSING * width
}

/// One window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Start, in nanoseconds since the trace began.
    pub start: u64,
    /// Positions of its requests.
    pub range: Range<usize>,
    /// Gets among them.
    pub gets: u64,
}

/// All windows of a trace, in order; none is left out, also where it is empty.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Windows {
    /// Width.
    pub width: Seconds,
    /// The windows.
    pub all: Vec<Window>,
    /// Time from the first to the last request.
    pub span: Seconds,
}

/// Counts gets.
pub fn gets(requests: &Requests<'_>) -> u64 {
    requests.ops.map_or(requests.len() as u64, |ops| ops.iter().filter(|op| **op == Op::Get).count() as u64)
}

impl Windows {
    /// Cuts a trace with times into windows of `width`, or of a width that suits its rate.
    pub fn cut(requests: &Requests<'_>, width: Option<Seconds>) -> Windows {
        let end = requests.times.last().copied().unwrap_or(0);
        let span = Seconds(end as f64 / SECOND as f64);
        let width = width.unwrap_or_else(|| suitable_width(gets(requests), span));
        let step = width.nanoseconds().max(1);
        let mut all = Vec::new();
        let mut position = 0;
        while position < requests.len() {
            let start = all.len() as u64 * step;
            let stop = requests.position_at(start.saturating_add(step));
            let range = position..stop;
            all.push(Window { start, gets: gets(&requests.slice(range.clone())), range });
            position = stop;
        }
        Windows { width, all, span }
    }

    /// All windows, but the last where the trace's end cuts it.
    pub fn complete(&self) -> &[Window] {
        let end = |last: &Window| last.start as f64 / SECOND as f64 + self.width.0;
        let cut = self.all.last().is_some_and(|last| !is_whole(end(last), self.width.0, self.span.0));
        &self.all[..self.all.len() - usize::from(cut)]
    }

    /// The window with the most gets, and its load in gets a second; the first of equals. One that the trace's end cuts counts
    /// only where it is the only one. `None` where all requests carry the same time.
    pub fn busiest(&self) -> Option<(&Window, f64)> {
        match self.complete().iter().rev().max_by_key(|window| window.gets) {
            Some(window) => Some((window, window.gets as f64 / self.width.0)),
            None if self.span.0 > 0.0 => self.all.first().map(|window| (window, window.gets as f64 / self.span.0)),
            None => None,
        }
    }

    /// The starts of the `count` windows with the most gets at or after position `from`, as positions.
    pub fn busiest_starts(&self, from: usize, count: usize) -> Vec<usize> {
        let later = self.all.iter().filter(|window| window.range.start >= from && window.gets > 0);
        let mut busy: Vec<&Window> = later.collect();
        busy.sort_by_key(|window| (std::cmp::Reverse(window.gets), window.start));
        busy.iter().take(count).map(|window| window.range.start).collect()
    }
}

/// Windows that a trace may be cut into at the most.
pub const MOST_WINDOWS: u64 = 1_000_000;

/// Moments at which to try a loss, as positions in order of time, none before `from`: the starts of the busiest windows,
/// of the busiest stretches as long as a client waits (bursts that a window averages away), and a regular grid.
pub fn moments(windows: &Windows, from: usize, requests: &Requests<'_>, timeout: Seconds) -> Vec<usize> {
    const BUSIEST: usize = 6;
    const BURSTS: usize = 4;
    const GRID: usize = 6;
    let narrowest = windows.span.0 / MOST_WINDOWS as f64;
    let bursts = Windows::cut(requests, Some(Seconds(timeout.0.max(narrowest))));
    let mut moments = windows.busiest_starts(from, BUSIEST);
    moments.extend(bursts.busiest_starts(from, BURSTS));
    let first = requests.times[from];
    let rest = requests.times[requests.len() - 1] - first;
    moments.extend((0..GRID).map(|i| requests.position_at(first + rest / GRID as u64 * i as u64)));
    moments.sort_unstable();
    moments.dedup();
    moments
}

fn suitable_width(gets: u64, span: Seconds) -> Seconds {
    let rate = gets as f64 / span.0.max(f64::MIN_POSITIVE);
    let width = WIDTHS.into_iter().find(|width| rate * width >= ENOUGH).unwrap_or(WIDTHS[WIDTHS.len() - 1]);
    Seconds(width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::ObjectId;

    fn requests<'t>(times: &'t [u64], objects: &'t [ObjectId]) -> Requests<'t> {
        Requests { times, objects, sizes: None, costs: None, chained: None, ops: None, ttls: None, next: None }
    }

    #[test]
    fn windows_cover_the_trace_and_the_busiest_is_found() {
        let times: Vec<u64> = [0, 1, 12, 13, 14, 45].iter().map(|s| s * SECOND).collect();
        let objects = vec![ObjectId(0); times.len()];
        let windows = Windows::cut(&requests(&times, &objects), Some(Seconds(10.0)));
        let gets: Vec<u64> = windows.all.iter().map(|window| window.gets).collect();
        assert_eq!(gets, [2, 3, 0, 0, 1]);
        let (busiest, rate) = windows.busiest().unwrap();
        assert_eq!((busiest.start, rate), (10 * SECOND, 0.3));
        assert_eq!(windows.complete().len(), 4, "half of the last is missing");
        let whole = [0, 10, 11, 12, 13, 19].map(|s| s * SECOND + SECOND / 2);
        let windows = Windows::cut(&requests(&whole, &objects), Some(Seconds(10.0)));
        assert_eq!(windows.busiest().map(|(busiest, rate)| (busiest.start, rate)), Some((10 * SECOND, 0.5)));
        let moments = moments(&windows, 0, &requests(&times, &objects), Seconds(1.0));
        assert!(moments.contains(&0) && moments.contains(&2) && moments.contains(&5), "{moments:?}");
    }

    #[test]
    fn one_instant_has_no_rate() {
        let objects = [ObjectId(0); 2];
        let windows = Windows::cut(&requests(&[0, 0], &objects), None);
        assert!(windows.busiest().is_none());
    }
}
