//! The cold-start transient: a flushed cache beside its undisturbed twin, over the same requests.

use super::Tally;
use super::any_cache::AnyCache;
use crate::request::{Requests, SECOND};
use crate::units::Seconds;
use serde::Serialize;

/// The refill counts as over once the flush costs less than this share of the requests.
pub const EPSILON: f64 = 0.01;

/// Steps of the curve at the most.
const MOST_STEPS: u64 = 300;

/// Steps that must agree together before the refill is over.
const AGREEING: usize = 10;

/// One step of the refill curve. Counts are of this step alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// End of the step, seconds since the flush.
    pub seconds: f64,
    /// Requests since the flush, at the end of the step.
    pub requests_since: u64,
    /// Requests in the step.
    pub requests: u64,
    /// Misses of the flushed cache.
    pub misses: u64,
    /// Misses of the undisturbed twin.
    pub twin_misses: u64,
}

/// The refill after a full flush.
#[derive(Debug, Clone, PartialEq)]
pub struct Refill {
    /// The curve, from the flush to the horizon.
    pub steps: Vec<Step>,
    /// Misses of the flushed cache minus those of its twin, up to the horizon. May be negative.
    pub transient_misses: i64,
    /// Seconds and requests until the flush costs less than [`EPSILON`]; `None` where the horizon came first.
    pub over: Option<(f64, u64)>,
}

/// Replays `requests` through `twin` and through a flushed copy of it, `flushed`.
pub fn refill(twin: &mut dyn AnyCache, flushed: &mut dyn AnyCache, requests: &Requests<'_>, window: Seconds) -> Refill {
    flushed.flush();
    let begin = requests.times.first().copied().unwrap_or(0);
    let length = requests.times.last().copied().unwrap_or(0) - begin + 1;
    let width = (window.nanoseconds() / AGREEING as u64).max(length / MOST_STEPS).max(1);
    let mut steps: Vec<Step> = Vec::new();
    let mut position = 0;
    let mut since = 0;
    while position < requests.len() {
        let end = width * (steps.len() as u64 + 1);
        let stop = requests.position_at(begin.saturating_add(end));
        let run = requests.slice(position..stop);
        let Tally { requests, misses, .. } = flushed.replay(&run);
        let twin_misses = twin.replay(&run).misses;
        since += requests;
        steps.push(Step { seconds: end as f64 / SECOND as f64, requests_since: since, requests, misses, twin_misses });
        position = stop;
    }
    let transient_misses = steps.iter().map(|step| step.misses as i64 - step.twin_misses as i64).sum();
    Refill { over: over(&steps), steps, transient_misses }
}

/// Where the first run of [`AGREEING`] steps begins over which the flush costs less than [`EPSILON`].
fn over(steps: &[Step]) -> Option<(f64, u64)> {
    let first = steps.windows(AGREEING).position(|run| {
        let requests: u64 = run.iter().map(|step| step.requests).sum();
        let excess: i64 = run.iter().map(|step| step.misses as i64 - step.twin_misses as i64).sum();
        requests > 0 && excess as f64 <= EPSILON * requests as f64
    })?;
    Some(if first == 0 { (0.0, 0) } else { (steps[first - 1].seconds, steps[first - 1].requests_since) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(i: usize, misses: u64) -> Step {
        Step { seconds: (i + 1) as f64, requests_since: 100 * (i as u64 + 1), requests: 100, misses, twin_misses: 5 }
    }

    #[test]
    fn refill_is_over_where_a_run_of_steps_agrees() {
        let steps: Vec<Step> = (0..30).map(|i| step(i, if i < 7 { 50 } else { 5 })).collect();
        assert_eq!(over(&steps), Some((7.0, 700)));
        assert_eq!(over(&steps[..16]), None, "too few steps to know");
    }
}
