//! The service around the cache: its backend and its clients, as far as capacity depends on them.
//!
//! Plain data; a trace says none of it, so the user does, or a default is assumed and printed.

use crate::units::{Demand, Seconds};
use serde::Serialize;

/// The service whose load is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Service {
    /// What one miss takes of the backend.
    pub demand: Demand,
    /// How long a client waits for an answer; only an answer within it is inserted.
    pub timeout: Seconds,
    /// Mean time the backend works on one answer.
    pub service_time: Seconds,
    /// How often a client asks again after a timeout.
    pub retries: u32,
    /// Whether a miss joins the fetch of the same key that is under way, instead of asking again.
    pub single_flight: bool,
}

impl Service {
    /// The longest a request may wait in the backend's queue for its answer to be in time: T - s.
    pub fn patience(&self) -> Seconds {
        Seconds(self.timeout.0 - self.service_time.0)
    }

    /// The shortest while that shows whether answers keep coming in time; what is shorter says nothing of limits. Ten timeouts.
    pub fn least_while(&self) -> Seconds {
        Seconds(10.0 * self.timeout.0)
    }
}
