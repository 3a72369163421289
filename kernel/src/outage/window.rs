//! What a run met, window by window. Plain counts; it knows no simulation.

use crate::units::Seconds;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// A stretch of a run. Counts are of gets; writes change the cache and are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Nanoseconds after the run's begin at which it starts.
    pub start: u64,
    /// Requests that arrived.
    pub offered: u64,
    /// First lookups of requests: all that arrived but those that were shed.
    pub lookups: u64,
    /// First lookups that found their object.
    pub hits: u64,
    /// Fetches sent to the backend, dropped ones included.
    pub asked: u64,
    /// Fetches the backend answered.
    pub answered: u64,
    /// Requests answered within a try's timeout, by cache or backend: goodput.
    pub in_time: u64,
    /// Tries that got no answer in time.
    pub timeouts: u64,
    /// Tries after the first.
    pub retries: u64,
    /// Requests given up, shed or refused.
    pub failures: u64,
    /// Answers that entered the cache, or were offered to it.
    pub inserts: u64,
    /// Fetches that the queue did not take, or dropped.
    pub drops: u64,
    /// Fetches in the queue at the end.
    pub queue: u64,
    /// The shortest wait of those whose service began, in nanoseconds: CoDel's signal. A spike lets it return to 0; in a
    /// collapse it stays above the timeout. Where none began: the age of the oldest that waits, 0 where none does.
    pub min_delay: u64,
    /// The longest wait of those whose service began.
    pub max_delay: u64,
    /// Objects in the cache at the end.
    pub entries: u64,
    /// Nanoseconds that users lost: for each failed request the time until it was given up, at least one timeout.
    pub lost: u64,
}

impl Window {
    /// Requests that came to an end and were answered in time, as a share; `None` where none came to an end.
    pub fn success(&self) -> Option<f64> {
        let ended = self.in_time + self.failures;
        (ended > 0).then(|| self.in_time as f64 / ended as f64)
    }

    /// First lookups that missed, as a share.
    pub fn miss_ratio(&self) -> Option<f64> {
        (self.lookups > 0).then(|| 1.0 - self.hits as f64 / self.lookups as f64)
    }

    /// Fetches sent to the backend for each request that arrived, on average: `m_c (1 + r)` in a collapse.
    pub fn asks_per_request(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.asked as f64 / self.offered as f64)
    }

    /// Arrivals, answers, timeouts and retries.
    pub fn events(&self) -> u64 {
        self.offered + self.answered + self.timeouts + self.retries
    }

    /// User-seconds lost.
    pub fn user_seconds_lost(&self) -> f64 {
        Seconds(self.lost as f64 / 1e9).0
    }
}

impl AddAssign for Window {
    /// The two stretches as one; `other` is the later.
    fn add_assign(&mut self, other: Window) {
        self.offered += other.offered;
        self.lookups += other.lookups;
        self.hits += other.hits;
        self.asked += other.asked;
        self.answered += other.answered;
        self.in_time += other.in_time;
        self.timeouts += other.timeouts;
        self.retries += other.retries;
        self.failures += other.failures;
        self.inserts += other.inserts;
        self.drops += other.drops;
        self.queue = other.queue;
        self.min_delay = self.min_delay.min(other.min_delay);
        self.max_delay = self.max_delay.max(other.max_delay);
        self.entries = other.entries;
        self.lost = self.lost.saturating_add(other.lost);
    }
}
