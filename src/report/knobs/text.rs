//! The reports for reading in a terminal: one table each, restarts below.

use super::sentence::name;
use super::{RestartRow, SensitivityReport, WarmupReport};
use crate::report::assumptions::percent;
use crate::report::gates;
use crate::report::outage::text::{line, list, provenance, wrapped};
use crate::units::{Seconds, bytes, grouped, grouped_rate, significant};

/// Hidden capacity against the knobs.
pub fn sensitivity(report: &SensitivityReport) -> String {
    let mut out = String::new();
    line(&mut out, "");
    line(&mut out, &wrapped(&report.sentence, "  "));
    line(&mut out, "");
    line(&mut out, "  HIDDEN CAPACITY, one change at a time (requests/s)");
    let row = |knob: &str, setting: &str, hidden: &str, factor: &str, safe: &str, advertised: &str| {
        format!("  {knob:<14} {setting:<30} {hidden:>15} {factor:>7} {safe:>8} {advertised:>10}")
    };
    line(&mut out, &row("", "", "heals up to", "", "safe", "advertised"));
    let mut last = "";
    for found in &report.rows {
        let knob = if found.knob == last { "" } else { name(&found.knob) };
        last = found.knob.as_ref();
        line(
            &mut out,
            &row(
                knob,
                &found.setting,
                &bracket(found.hidden_low_per_second, found.hidden_high_per_second),
                &factor(found.hidden_factor),
                &rate(found.hidden_safe_per_second),
                &rate(found.advertised_per_second),
            ),
        );
    }
    line(
        &mut out,
        &wrapped(
            "heals up to: the largest load at which every trial of a full flush healed .. the smallest at which any did not; then the \
             change against the first row. '>': every load that the warm cache lets the backend carry. safe: below it no answer is \
             ever late; '-' where no such bound is defined. advertised: the load carried in the long run while the cache is warm.",
            "  ",
        ),
    );
    line(&mut out, "");
    out += &gates::text::section(&report.head.gates);
    list(&mut out, "WARNINGS", &report.head.warnings);
    list(&mut out, "ASSUMPTIONS", &report.head.assumptions);
    provenance(&mut out, &report.head, &report.trace);
    out
}

/// What loading the hottest keys buys, and how nodes may restart.
pub fn warmup(report: &WarmupReport) -> String {
    let mut out = String::new();
    line(&mut out, "");
    line(&mut out, &wrapped(&report.sentence, "  "));
    line(&mut out, "");
    preloads(&mut out, report);
    elasticity(&mut out, report);
    restarts(&mut out, report);
    out += &gates::text::section(&report.head.gates);
    list(&mut out, "WARNINGS", &report.head.warnings);
    list(&mut out, "ASSUMPTIONS", &report.head.assumptions);
    provenance(&mut out, &report.head, &report.trace);
    out
}

fn preloads(out: &mut String, report: &WarmupReport) {
    line(out, "  HIDDEN CAPACITY with the hottest keys back at once (requests/s)");
    let sized = report.rows.iter().any(|row| row.bytes.is_some());
    let columns = |keys: &str, share: &str, size: &str, hidden: &str, factor: &str, safe: &str, gain: &str| {
        let size = if sized { format!(" {size:>10}") } else { String::new() };
        format!("  {keys:>9} {share:>7}{size} {hidden:>15} {factor:>7} {safe:>8} {gain:>15}")
    };
    let gain = if sized { "gain per GiB" } else { "per 1,000 keys" };
    line(out, &columns("keys", "cache", "bytes", "heals up to", "", "safe", gain));
    for row in &report.rows {
        let gain = if sized { row.gain_per_gib } else { row.gain_per_thousand_keys };
        line(
            out,
            &columns(
                &grouped(row.keys),
                &percent(row.entries_ratio),
                &row.bytes.map_or(String::new(), |size| bytes(size as f64)),
                &bracket(row.hidden_low_per_second, row.hidden_high_per_second),
                &factor(row.hidden_factor),
                &rate(row.hidden_safe_per_second),
                &gain.map_or("-".to_string(), signed),
            ),
        );
    }
    line(
        out,
        &wrapped(
            "heals up to: the largest load at which every trial of a full flush healed .. the smallest at which any did not; the gain \
             is over the row above. Differences within a bracket mean nothing.",
            "  ",
        ),
    );
    line(out, "");
}

fn elasticity(out: &mut String, report: &WarmupReport) {
    let Some(found) = &report.elasticity else {
        line(
            out,
            &wrapped("FEWER COLD MISSES: unknown; no answer is late after a flush at any load of this trace.", "  "),
        );
        line(out, "");
        return;
    };
    let times = |value: Option<f64>| value.map_or("unknown".to_string(), |value| format!("{value:.2}%"));
    line(
        out,
        &wrapped(
            &format!(
                "FEWER COLD MISSES: the first {} after the flush decide ({} requests for {} keys, up to the first late answer just \
                 above the safe bound). With {} of these keys, chosen by hash, answered from elsewhere ({}), it heals up to {} and \
                 the safe bound is {}: {} more for each 1% fewer cold misses by the safe bound, {} as measured (to within its bracket).",
                Seconds((found.deciding_seconds * 100.0).round() / 100.0),
                grouped(found.deciding_requests),
                grouped(found.cold_keys),
                grouped(found.spared_keys),
                percent(found.spared_ratio),
                bracket(found.hidden_low_per_second, found.hidden_high_per_second),
                rate(found.hidden_safe_per_second),
                times(found.safe_elasticity),
                times(found.hidden_elasticity),
            ),
            "  ",
        ),
    );
    line(out, "");
}

fn restarts(out: &mut String, report: &WarmupReport) {
    let found = &report.restarts;
    line(
        out,
        &format!("  RESTARTING {} cache nodes at {} requests/s", found.nodes, grouped_rate(found.load_per_second)),
    );
    let row =
        |what: &str, worst: &str, well: &str, safe: &str| format!("  {what:<34} {worst:>14} {well:>14} {safe:>6}");
    line(out, &row("", "in time, worst", "well again", "safe"));
    let one = |out: &mut String, what: String, restart: &RestartRow| {
        let well = match restart.recovery_seconds {
            Some(seconds) if seconds < 0.5 => "at once".to_string(),
            Some(seconds) => format!("after {}", Seconds(seconds)),
            None => "no".to_string(),
        };
        let safe = if restart.safe { "yes" } else { "no" };
        line(out, &row(&what, &percent(restart.worst_success_ratio), &well, safe));
    };
    for restart in &found.batches {
        let nodes = if restart.at_once == 1 { "node" } else { "nodes" };
        one(out, format!("{} {nodes} at once", restart.at_once), restart);
    }
    for restart in &found.spacings {
        let spacing = restart.spacing_seconds.unwrap_or(0.0);
        one(out, format!("all, one every {}", Seconds(spacing)), restart);
    }
    if found.nodes > 1 && found.safe_spacing_seconds.is_none() {
        line(
            out,
            &wrapped(
                "No time between restarts was found safe. Longer ones than these do not fit into the trace after the moments that were \
                 tried.",
                "  ",
            ),
        );
    }
    line(
        out,
        &wrapped(
            "in time, worst: the lowest share answered in time over five windows; well again: after the first restart, in the slowest \
             trial. safe: nobody feels it.",
            "  ",
        ),
    );
    line(out, "");
}

/// `638..651`, `>2,990` where every load healed, `<300` where none did.
fn bracket(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{}..{}", grouped_rate(low), grouped_rate(high)),
        (Some(low), None) => format!(">{}", grouped_rate(low)),
        (None, Some(high)) => format!("<{}", grouped_rate(high)),
        (None, None) => "-".to_string(),
    }
}

/// `+1,990`, `-12`.
fn signed(value: f64) -> String {
    format!("{}{}", if value < 0.0 { "-" } else { "+" }, grouped_rate(value.abs()))
}

fn factor(factor: Option<f64>) -> String {
    factor.map_or("-".to_string(), |factor| format!("x{}", significant(factor)))
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or("-".to_string(), grouped_rate)
}
