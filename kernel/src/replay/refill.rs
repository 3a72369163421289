//! The cold-start transient: a flushed cache beside its undisturbed twin, over the same requests.

use super::Tally;
use super::any_cache::AnyCache;
use crate::capacity::{self, AGREEING, Step};
use crate::request::{Requests, SECOND};
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// Steps of the curve at the most.
const MOST_STEPS: u64 = 300;

/// The refill after a full flush.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    Refill { over: capacity::refill(&steps), transient_misses: capacity::transient(&steps), steps }
}
