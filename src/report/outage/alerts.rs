//! The alerts of an outage's report: as data, and in words.

use super::{Alerts, SignalRow};
use crate::analysis::outage::{self, Signal};
use crate::report::format::percent;
use crate::units::Seconds;

/// The findings as data.
pub(super) fn data(found: &outage::Alerts) -> Alerts {
    Alerts {
        survived_loss_ratio: found.survived.map(|share| share.get()),
        fatal_loss_ratio: found.fatal.map(|share| share.get()),
        felt_seconds: found.felt.map(|time| time.0),
        watched_seconds: found.watched.0,
        runs: found.runs,
        signals: found
            .alerts
            .iter()
            .map(|alert| SignalRow {
                signal: alert.signal,
                healed_most: alert.healed,
                stayed_least: alert.stayed,
                threshold: alert.threshold,
                fires_seconds: alert.fires.map(|time| time.0),
            })
            .collect(),
    }
}

/// Between which losses there is something to tell apart.
pub(super) fn told_apart(alerts: &Alerts) -> String {
    match (alerts.survived_loss_ratio, alerts.fatal_loss_ratio) {
        (_, None) => "Every loss healed, that of everything too: there is nothing to tell apart.".to_string(),
        (None, Some(_)) => "Not even the smallest loss healed: there is nothing to tell apart.".to_string(),
        (Some(survived), Some(fatal)) => format!(
            "Losing up to {} of the cache healed every time, losing {} did not.",
            percent(survived),
            percent(fatal)
        ),
    }
}

/// The signal in words.
pub(super) fn name(row: &SignalRow) -> &'static str {
    match row.signal {
        Signal::LeastWait => "shortest wait in the queue",
        Signal::TimeoutRate => "timeouts per lookup",
        Signal::MissRatio => "misses per lookup",
    }
}

/// A value of the signal in words.
pub(super) fn value_text(row: &SignalRow, value: f64) -> String {
    match row.signal {
        Signal::LeastWait => Seconds(value).to_string(),
        _ => percent(value),
    }
}
