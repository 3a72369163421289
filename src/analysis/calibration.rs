//! What a trace's own records say of the cache and of the backend behind it: the hit ratio that was observed, how long misses
//! took, and the highest rate at which they were answered well.
//!
//! It counts what [`record`](crate::trace::record) read, and decides nothing.

use crate::request::{Op, SECOND};
use crate::trace::Trace;
use crate::trace::record::{Answered, By};
use serde::Serialize;

/// Windows in which the rate of misses is measured, in nanoseconds.
const WINDOW: u64 = 10 * SECOND;
/// A window is answered well if this share of its misses took no longer than so many times the median of all, without an error.
const WELL: f64 = 0.95;
const SLOW: u32 = 4;
/// Fewer misses than that say nothing.
const LEAST: usize = 20;

/// What the records say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Gets after warm-up whose records say who answered.
    pub gets: u64,
    /// Gets after warm-up whose records say neither: passed by the cache, refused, redirected.
    pub other_gets: u64,
    /// Those that a cache answered, as a share; `None` where records do not say it.
    pub hit_ratio: Option<f64>,
    /// Gets among them that a cache answered although the trace never had their key before, as a share of those that it answered.
    pub unexplained_hit_ratio: Option<f64>,
    /// Misses, and writes that brought an answer of the backend.
    pub misses: u64,
    /// Mean time that the backend took for one of them, in seconds; `None` where records do not say it, or too few do.
    pub service_time_seconds: Option<f64>,
    /// The most misses a second, over 10 s, that were answered as fast as others and without errors: the backend carries at least
    /// that. `None` where there are too few, or the trace has no times.
    pub carried_per_second: Option<f64>,
    /// When that was, in seconds after the first request.
    pub carried_at_seconds: Option<f64>,
    /// The most tries of one miss; `None` where records do not say it.
    pub most_tries: Option<u8>,
}

impl Calibration {
    /// Of a trace that was read with its records; `None` where those say nothing. Hits are counted from position `warm` on.
    pub fn of(trace: &Trace, warm: usize) -> Option<Calibration> {
        let records = trace.records.as_deref()?;
        let op = |i: usize| trace.ops.as_ref().map_or(Op::Get, |ops| ops[i]);
        let (mut known, mut others, mut hits, mut unexplained) = (0u64, 0u64, 0u64, 0u64);
        let mut touched = 0;
        for (i, answered) in records.iter().enumerate() {
            // Ids go by first touch.
            let is_first = trace.objects[i].0 >= touched;
            touched = touched.max(trace.objects[i].0 + 1);
            if i < warm || op(i) != Op::Get {
                continue;
            }
            if !answered.is_get() {
                others += 1;
                continue;
            }
            known += 1;
            hits += u64::from(answered.by == By::Cache);
            unexplained += u64::from(answered.by == By::Cache && is_first);
        }
        let says_hits = records.iter().any(|answered| answered.by == By::Cache);
        let is_miss = |answered: &&Answered| matches!(answered.by, By::Backend | By::Failed | By::Fill);
        // A get that missed and the write after it are one fetch.
        let fills = records.iter().any(|answered| answered.by == By::Fill);
        let counts = |answered: &Answered| is_miss(&answered) && (!fills || answered.by == By::Fill);
        let mut times: Vec<u32> = records.iter().filter(|r| is_miss(r) && r.micros > 0).map(|r| r.micros).collect();
        times.sort_unstable();
        let enough = times.len() >= LEAST;
        let mean = times.iter().map(|micros| f64::from(*micros)).sum::<f64>() / times.len().max(1) as f64 / 1e6;
        let slow = if enough { times[times.len() / 2].saturating_mul(SLOW) } else { u32::MAX };
        let carried = trace.has_times().then(|| {
            let fetches = records.iter().zip(&trace.times).filter(|(answered, _)| counts(answered));
            carried(fetches.map(|(answered, time)| (*time, answered.by != By::Failed && answered.micros <= slow)))
        });
        let carried = carried.flatten();
        Some(Calibration {
            gets: known,
            other_gets: others,
            hit_ratio: (says_hits && known > 0).then(|| hits as f64 / known as f64),
            unexplained_hit_ratio: (hits > 0).then(|| unexplained as f64 / hits as f64),
            misses: records.iter().filter(|answered| counts(answered)).count() as u64,
            service_time_seconds: enough.then_some(mean),
            carried_per_second: carried.map(|(rate, _)| rate),
            carried_at_seconds: carried.map(|(_, at)| at),
            most_tries: records.iter().map(|answered| answered.tries).max().filter(|tries| *tries > 0),
        })
    }
}

/// The highest rate of the windows whose fetches went well, and when it was; each fetch is a time and whether it went well.
fn carried(fetches: impl Iterator<Item = (u64, bool)>) -> Option<(f64, f64)> {
    let mut best: Option<(u64, u64)> = None;
    let (mut window, mut all, mut well) = (0, 0u64, 0u64);
    let mut close = |window: u64, all: u64, well: u64| {
        if all >= LEAST as u64 && well as f64 >= WELL * all as f64 && best.is_none_or(|(most, _)| all > most) {
            best = Some((all, window));
        }
    };
    for (time, is_well) in fetches {
        if time / WINDOW != window {
            close(window, all, well);
            (window, all, well) = (time / WINDOW, 0, 0);
        }
        all += 1;
        well += u64::from(is_well);
    }
    close(window, all, well);
    let seconds = WINDOW as f64 / SECOND as f64;
    best.map(|(most, window)| (most as f64 / seconds, window as f64 * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_that_was_carried_is_the_highest_that_went_well() {
        // 30 misses in the first window, 50 in the second of which five failed, 40 in the third.
        let of = |window: u64, count: u64, bad: u64| (0..count).map(move |i| (window * WINDOW + i, i >= bad));
        let fetches = || of(0, 30, 0).chain(of(1, 50, 5)).chain(of(2, 40, 2));
        assert_eq!(carried(fetches()), Some((4.0, 20.0)));
        assert_eq!(carried(of(0, 19, 0)), None, "too few");
        assert_eq!(carried(std::iter::empty()), None);
    }
}
