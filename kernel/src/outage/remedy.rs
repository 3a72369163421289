//! Ways of breaking the loop [HotOS'21 section 3]: each is a change of the model, from the begin or at a moment of a run.

use super::breaker::Breaker;
use super::client::Budget;
use super::queue::{CoDel, Order};
use super::{Abandoned, Fill, Model, SameKey};
use crate::units::{Ratio, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that may break the loop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Clients do not retry.
    NoRetries,
    /// Retries cost tokens.
    RetryBudget(Budget),
    /// At most so many wait.
    BoundedQueue(u32),
    /// The youngest is served first.
    Lifo,
    /// The youngest is served first while the queue does not drain, and who waited too long is dropped.
    AdaptiveLifo(CoDel),
    /// Who has waited longer when his turn comes is dropped.
    Deadline(Seconds),
    /// A circuit breaker.
    CircuitBreaker(Breaker),
    /// A share of all requests is refused at the door.
    Shed(Ratio),
    /// Fetches that fill the cache go first.
    FillsFirst,
    /// First tries go before retries.
    FirstTriesFirst,
    /// The keys that were asked for most are fetched into the cache, so many a second.
    WarmUp {
        /// How many keys.
        keys: u32,
        /// Fetches a second.
        per_second: f64,
    },
    /// One fetch of a key at a time.
    SingleFlight,
    /// Entries past their time are served so much longer.
    ServeStale(Seconds),
    /// Errors cost the backend nothing.
    FastErrors,
    /// Late answers enter the cache as well.
    LateFills,
    /// Work whose client gave up leaves the queue; what has begun is finished.
    LeaveQueue,
    /// Work whose client gave up is cancelled, waiting or begun.
    Cancel,
}

impl Remedy {
    /// Changes the model. A warm-up is work, not a setting: the loop does it.
    pub fn apply(&self, model: &mut Model) {
        match *self {
            Remedy::NoRetries => model.client.retries = 0,
            Remedy::RetryBudget(budget) => model.client.budget = Some(budget),
            Remedy::BoundedQueue(bound) => model.queue.bound = Some(bound),
            Remedy::Lifo => model.queue.order = Order::Lifo,
            Remedy::AdaptiveLifo(codel) => model.queue.order = Order::Adaptive(codel),
            Remedy::Deadline(longest) => model.queue.deadline = Some(longest),
            Remedy::CircuitBreaker(breaker) => model.client.breaker = Some(breaker),
            Remedy::Shed(share) => model.shed = share,
            Remedy::FillsFirst => model.queue.order = Order::FillsFirst,
            Remedy::FirstTriesFirst => model.queue.order = Order::FirstTriesFirst,
            Remedy::WarmUp { .. } => {}
            Remedy::SingleFlight => model.same_key = SameKey::Joined,
            Remedy::ServeStale(longer) => model.stale = longer,
            Remedy::FastErrors => model.error_cost = Ratio::NONE,
            Remedy::LateFills => model.fill = Fill::Late,
            Remedy::LeaveQueue => model.abandoned = Abandoned::Leaves,
            Remedy::Cancel => model.abandoned = Abandoned::Cancelled,
        }
    }
}
