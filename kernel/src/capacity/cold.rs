//! Cold misses: three different things, and never one number.

use serde::{Deserialize, Serialize};

/// The refill counts as over once the flush costs less than this share of the requests.
pub const EPSILON: f64 = 0.01;
/// Steps that must agree together before the refill is over.
pub const AGREEING: usize = 10;

/// One step after a flush: the flushed cache and its undisturbed twin over the same requests. Counts are of this step alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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

impl Step {
    fn excess(&self) -> i64 {
        self.misses as i64 - self.twin_misses as i64
    }
}

/// **compulsory**: first touch ever; the same for every policy.
///
/// `touched`: objects touched so far, where ids count up in the order of first touch.
pub fn compulsory(object: u32, touched: u32) -> bool {
    object == touched
}

/// **transient** (cold start): misses after a flush minus misses of an undisturbed twin over the same requests.
///
/// May be negative.
pub fn transient(steps: &[Step]) -> i64 {
    steps.iter().map(Step::excess).sum()
}

/// **refill time**: until the paired miss ratios agree within epsilon, in seconds and in requests.
///
/// Where the first run of [`AGREEING`] steps begins over which the flush costs no more than [`EPSILON`] of the requests. One
/// that does better than its twin counts as refilled. `None`: the steps end before.
pub fn refill(steps: &[Step]) -> Option<(f64, u64)> {
    let first = steps.windows(AGREEING).position(|run| {
        let requests: u64 = run.iter().map(|step| step.requests).sum();
        requests > 0 && transient(run) as f64 <= EPSILON * requests as f64
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
        assert_eq!(refill(&steps), Some((7.0, 700)));
        assert_eq!(refill(&steps[..16]), None, "too few steps to know");
        assert_eq!(transient(&steps), 7 * 45);
    }
}
