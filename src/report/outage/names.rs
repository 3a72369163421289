//! Triggers and remedies in plain words.

use crate::outage::remedy::Remedy;
use crate::outage::trigger::{Happening, Trigger};
use crate::report::format::percent;
use crate::units::{grouped, grouped_rate, significant};

/// What happens, as a sentence without its full stop.
pub fn happening(what: &Happening, today: f64) -> String {
    match what {
        Happening::Trigger(trigger) => self::trigger(trigger),
        Happening::Remedy(remedy) => format!("switched on: {}", self::remedy(remedy)),
        Happening::Load(factor) => format!("the load becomes {} requests/s", grouped_rate(factor * today)),
    }
}

/// A trigger.
pub fn trigger(trigger: &Trigger) -> String {
    match *trigger {
        Trigger::Flush => "the whole cache is emptied".to_string(),
        Trigger::Shards { lost, of } => {
            format!("{lost} of {of} cache nodes {} lost", if lost == 1 { "is" } else { "are" })
        }
        Trigger::Loss(share) => format!("{share} of the keys are lost"),
        Trigger::Hottest(keys) => format!("the {} hottest keys are lost", grouped(u64::from(keys))),
        Trigger::RollingRestart { nodes, interval } => {
            format!("the {nodes} cache nodes restart empty, one every {interval}")
        }
        Trigger::Renamed(share) => format!("{share} of the keys get a new prefix"),
        Trigger::Spike { factor, lasts } => format!("{}x the requests for {lasts}", significant(factor)),
        Trigger::SlowBackend { speed, lasts } => format!("the backend works at {speed} of its speed for {lasts}"),
        Trigger::Stall { lasts } => format!("the backend stalls for {lasts}, then gets all that was asked meanwhile"),
        Trigger::Shrunk(share) => format!("the cache keeps {share} of its capacity"),
    }
}

/// A remedy.
pub fn remedy(remedy: &Remedy) -> String {
    match *remedy {
        Remedy::NoRetries => "no retries".to_string(),
        Remedy::RetryBudget(budget) => format!("retry budget: {} of the requests", percent(budget.per_request)),
        Remedy::BoundedQueue(bound) => format!("queue bound: at most {} wait", grouped(u64::from(bound))),
        Remedy::Lifo => "LIFO queue: the youngest first".to_string(),
        Remedy::AdaptiveLifo(_) => "adaptive LIFO with CoDel".to_string(),
        Remedy::Deadline(longest) => format!("drop who waited over {longest}"),
        Remedy::CircuitBreaker(_) => "circuit breaker".to_string(),
        Remedy::Shed(share) => format!("shed {} at the door", percent(share.get())),
        Remedy::FillsFirst => "fetches that fill go first".to_string(),
        Remedy::FirstTriesFirst => "first tries before retries".to_string(),
        Remedy::WarmUp { keys, per_second } => {
            format!("warm up {} keys at {}/s", grouped(u64::from(keys)), grouped_rate(per_second))
        }
        Remedy::SingleFlight => "single-flight: one fetch per key".to_string(),
        Remedy::ServeStale(longer) => format!("serve stale for {longer}"),
        Remedy::FastErrors => "errors that cost nothing".to_string(),
        Remedy::LateFills => "late answers fill the cache".to_string(),
        Remedy::LeaveQueue => "abandoned work leaves the queue".to_string(),
        Remedy::Cancel => "cancel abandoned work".to_string(),
    }
}
