//! The clients: how long they wait, and what they do when no answer came. An open loop: a client that waits does not stop
//! others from arriving. It knows no backend.

use super::breaker::Breaker;
use crate::request::SECOND;
use crate::units::{Ratio, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Clients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Client {
    /// How long a try waits for its answer. The one in force when a run begins holds for all of it.
    pub timeout: Seconds,
    /// How often a request is tried again after a timeout or an error.
    pub retries: u32,
    /// How long a client waits before it tries again.
    pub backoff: Backoff,
    /// What retries all clients together may spend; `None`: any.
    pub budget: Option<Budget>,
    /// A circuit breaker in front of the backend.
    pub breaker: Option<Breaker>,
}

impl Client {
    /// Retries at once, without budget or breaker.
    pub fn new(timeout: Seconds, retries: u32) -> Client {
        Client { timeout, retries, backoff: Backoff::None, budget: None, breaker: None }
    }
}

/// How long a client waits before it tries again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Backoff {
    /// Not at all.
    None,
    /// Always as long.
    Fixed(Seconds),
    /// Twice as long after each try.
    Exponential {
        /// Before the first retry.
        first: Seconds,
        /// At most.
        cap: Seconds,
        /// Up to which share less, drawn evenly.
        jitter: Ratio,
    },
}

impl Backoff {
    /// Nanoseconds before the `n`-th retry, counted from 0. `draw` is evenly between 0 and 1.
    pub(super) fn wait(&self, n: u32, draw: impl FnOnce() -> f64) -> u64 {
        match *self {
            Backoff::None => 0,
            Backoff::Fixed(wait) => wait.nanoseconds(),
            Backoff::Exponential { first, cap, jitter } => {
                let wait = (first.0 * 2f64.powi(n.min(1000) as i32)).min(cap.0);
                Seconds(wait * (1.0 - jitter.get() * draw())).nanoseconds()
            }
        }
    }
}

/// A retry budget [SRE, ch. 21; HotOS'21 section 3]: a bucket of tokens, one for each retry.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Tokens that each request brings: 0.1 allows one retry in ten requests.
    pub per_request: f64,
    /// Tokens that each second brings.
    pub per_second: f64,
    /// What the bucket holds.
    pub most: f64,
}

/// A bucket of tokens, full at first.
pub(super) struct Bucket {
    tokens: f64,
    since: u64,
}

impl Bucket {
    pub(super) fn new() -> Bucket {
        Bucket { tokens: f64::INFINITY, since: 0 }
    }

    /// A request arrived.
    #[inline(always)]
    pub(super) fn earn(&mut self, budget: &Budget) {
        self.tokens = (self.tokens + budget.per_request).min(budget.most);
    }

    /// Pays for a retry; false where there is no token.
    pub(super) fn pay(&mut self, budget: &Budget, now: u64) -> bool {
        let seconds = (now - self.since.min(now)) as f64 / SECOND as f64;
        self.since = now;
        self.tokens = (self.tokens + budget.per_second * seconds).min(budget.most);
        let pays = self.tokens >= 1.0;
        self.tokens -= if pays { 1.0 } else { 0.0 };
        pays
    }
}
