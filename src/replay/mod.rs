//! Replays: one trace through one cache.
//!
//! [`replay`] fills every miss at once; [`survival`] lets answers come when the backend has worked them off. Nothing here
//! prints, reads a clock or knows a report.

pub mod cell;
pub mod grid;
pub mod hunt;
pub mod limits;
pub mod observe;
pub mod refill;
pub mod survival;
pub mod windows;

use crate::cache::Lookaside;
use crate::request::{Op, Requests};
use serde::Serialize;
use std::ops::AddAssign;

/// What a run of requests met. Gets only; other operations change the cache and are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Gets.
    pub requests: u64,
    /// Gets that found their object.
    pub hits: u64,
    /// Gets that did not.
    pub misses: u64,
    /// Bytes of the gets that did not; 1 per miss where the trace has no sizes.
    pub bytes_missed: u64,
}

impl Tally {
    /// Misses over requests; `None` without requests.
    pub fn miss_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.misses as f64 / self.requests as f64)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.requests += other.requests;
        self.hits += other.hits;
        self.misses += other.misses;
        self.bytes_missed += other.bytes_missed;
    }
}

/// Replays requests with an instant backend: every miss is filled at once.
pub fn replay<C: Lookaside>(cache: &mut C, requests: &Requests<'_>) -> Tally {
    let mut tally = Tally::default();
    for i in 0..requests.len() {
        let request = requests.get(i);
        let miss = cache.access(&request);
        if request.op == Op::Get {
            tally.requests += 1;
            if miss {
                tally.misses += 1;
                tally.bytes_missed += u64::from(request.size);
            }
        }
    }
    tally.hits = tally.requests - tally.misses;
    tally
}
