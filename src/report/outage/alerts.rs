//! The alerts of an outage's report: as data, and as a section of the text.

use super::{Alerts, OutageReport, SignalRow};
use crate::analysis::outage::{self, Signal};
use crate::report::format::percent;
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
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

/// The section of the text; nothing where it was not asked for.
pub(in crate::report) fn section(out: &mut Sheet, report: &OutageReport) {
    let Some(alerts) = &report.alerts else { return };
    let title =
        format!("WHICH ALERT tells an outage that stays from one that heals ({} simulated losses)", alerts.runs);
    out.led("  ", &title);
    out.led("    ", &told_apart(alerts));
    if alerts.signals.is_empty() {
        return out.blank();
    }
    let mut table = Columns::new(4).left(format!("over {}", Seconds(alerts.watched_seconds)), 30);
    table =
        table.right("heals: at most", 14).right("stays: least", 14).right("alert above", 14).right("fires within", 14);
    for row in &alerts.signals {
        let value = |value: f64| value_text(row, value);
        table.row([
            name(row).to_string(),
            value(row.healed_most),
            value(row.stayed_least),
            row.threshold.map_or("overlap".to_string(), value),
            row.fires_seconds.map_or("-".to_string(), |time| Seconds(time).to_string()),
        ]);
    }
    out.table(&table);
    if let Some(felt) = alerts.felt_seconds {
        out.led("    ", &format!("Users feel it within {} (less than 97% answered in time).", Seconds(felt)));
    }
    out.blank();
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
