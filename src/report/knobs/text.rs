//! The reports for reading in a terminal: one table each, restarts below.

use super::sentence::name;
use super::{RestartRow, SensitivityReport, SensitivityRow, WarmupReport};
use crate::report::format::percent;
use crate::report::outage::text::origin;
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::Look;
use crate::units::{Seconds, bytes, grouped, grouped_rate, significant};

/// Every table on the knobs.
pub fn sensitivity(report: &SensitivityReport, look: &Look) -> String {
    let mut out = Sheet::new(look);
    out.blank();
    out.prose("  ", &report.sentence);
    out.blank();
    out.led("  ", "HIDDEN CAPACITY, one change at a time (requests/s)");
    let mut table = Columns::new(2).left("", 45).right("half heal at", 12).right("", 7).right("safe", 8);
    table = table.right("advertised", 10);
    let mut last = "";
    for found in &report.rows {
        table.row([
            setting(found, &mut last),
            rate(found.hidden_50_per_second),
            factor(found.hidden_factor),
            rate(found.hidden_safe_per_second),
            rate(found.advertised_per_second),
        ]);
    }
    out.table(&table);
    out.prose(
        "  ",
        "half heal at: the load at which half of the simulated outages heal after a full flush, and that as a factor of the first \
             row's; changes of a few hundredths are chance, and no load is tried above what the service as it is carries while warm. safe: below it no answer is ever late, in rows below the first at the moments tried and from an idle backend; '-' where no such bound is defined. \
             advertised: the load carried in the long run while the cache is warm.",
    );
    out.blank();
    out.end(&report.head, [origin(&report.trace)])
}

/// Every table on what loading the hottest keys buys, and how nodes may restart.
pub fn warmup(report: &WarmupReport, look: &Look) -> String {
    let mut out = Sheet::new(look);
    out.blank();
    out.prose("  ", &report.sentence);
    out.blank();
    preloads(&mut out, report);
    elasticity(&mut out, report);
    restarts(&mut out, report);
    out.end(&report.head, [origin(&report.trace)])
}

pub(in crate::report) fn preloads(out: &mut Sheet, report: &WarmupReport) {
    out.led("  ", "HIDDEN CAPACITY with the hottest keys back at once (requests/s)");
    let sized = report.rows.iter().any(|row| row.bytes.is_some());
    let mut table = Columns::new(2).right("keys", 9).right("cache", 7);
    if sized {
        table = table.right("bytes", 10);
    }
    let gain = if sized { "gain per GiB" } else { "per 1,000 keys" };
    table = table.right("half heal at", 12).right("", 7).right("safe", 8).right(gain, 15);
    for row in &report.rows {
        let gain = if sized { row.gain_per_gib } else { row.gain_per_thousand_keys };
        let size = sized.then(|| row.bytes.map_or(String::new(), |size| bytes(size as f64)));
        let known = [
            rate(row.hidden_50_per_second),
            factor(row.hidden_factor),
            rate(row.hidden_safe_per_second),
            gain.map_or("-".to_string(), signed),
        ];
        table.row([grouped(row.keys), percent(row.entries_ratio)].into_iter().chain(size).chain(known));
    }
    out.table(&table);
    out.prose("  ", 
            "half heal at: the load at which half of the simulated outages heal after a full flush, and that as a factor of the first \
             row's; the gain is over the row above. Changes of a few hundredths are chance.");
    out.blank();
}

fn elasticity(out: &mut Sheet, report: &WarmupReport) {
    let Some(found) = &report.elasticity else {
        out.prose("  ", "FEWER COLD MISSES: unknown; no answer is late after a flush at any load of this trace.");
        out.blank();
        return;
    };
    let times = |value: Option<f64>| value.map_or("unknown".to_string(), |value| format!("{value:.2}%"));
    out.prose("  ", 
            &format!(
                "FEWER COLD MISSES: the first {} after the flush decide ({} requests for {} keys, up to the first late answer just \
                 above the safe bound). With {} of these keys, chosen by hash, answered from elsewhere ({}), half heal at {} and \
                 the safe bound is {}: {} more for each 1% fewer cold misses by the safe bound, {} as measured.",
                Seconds((found.deciding_seconds * 100.0).round() / 100.0),
                grouped(found.deciding_requests),
                grouped(found.cold_keys),
                grouped(found.spared_keys),
                percent(found.spared_ratio),
                rate(found.hidden_50_per_second),
                rate(found.hidden_safe_per_second),
                times(found.safe_elasticity),
                times(found.hidden_elasticity),
            ));
    out.blank();
}

fn restarts(out: &mut Sheet, report: &WarmupReport) {
    let found = &report.restarts;
    let load = grouped_rate(found.load_per_second);
    out.led("  ", &format!("RESTARTING {} cache nodes at {load} requests/s", found.nodes));
    let mut table = Columns::new(2).left("", 34).right("in time, worst", 14).right("well again", 14).right("safe", 6);
    found.batches.iter().chain(&found.spacings).for_each(|restart| table.row(restart_cells(restart)));
    out.table(&table);
    if found.nodes > 1 && found.safe_spacing_seconds.is_none() {
        out.prose("  ", 
                "No time between restarts was found safe. Longer ones than these do not fit into the trace after the moments that were \
                 tried.");
    }
    out.prose("  ", 
            "in time, worst: the lowest share answered in time over five windows; well again: after the first restart, in the slowest \
             trial. safe: nobody feels it.");
    out.blank();
}

/// One way of restarting: what, how many are answered in time, when all is well again, whether it is safe.
pub(in crate::report) fn restart_cells(restart: &RestartRow) -> [String; 4] {
    let what = match (restart.spacing_seconds, restart.at_once) {
        (Some(spacing), _) => format!("all, one every {}", Seconds(spacing)),
        (None, 1) => "1 node at once".to_string(),
        (None, nodes) => format!("{nodes} nodes at once"),
    };
    let well = match restart.recovery_seconds {
        Some(seconds) if seconds < 0.5 => "at once".to_string(),
        Some(seconds) => format!("after {}", Seconds(seconds)),
        None => "no".to_string(),
    };
    let safe = if restart.safe { "yes" } else { "no" };
    [what, percent(restart.worst_success_ratio), well, safe.to_string()]
}

/// `+1,990`, `-12`.
fn signed(value: f64) -> String {
    format!("{}{}", if value < 0.0 { "-" } else { "+" }, grouped_rate(value.abs()))
}

pub(in crate::report) fn factor(factor: Option<f64>) -> String {
    factor.map_or("-".to_string(), |factor| format!("x{}", significant(factor)))
}

pub(in crate::report) fn rate(rate: Option<f64>) -> String {
    rate.map_or("-".to_string(), grouped_rate)
}

/// A row's knob, where it is not that of the `last` row, and its setting.
pub(in crate::report) fn setting<'r>(row: &'r SensitivityRow, last: &mut &'r str) -> String {
    let knob = if row.knob == *last { "" } else { name(&row.knob) };
    *last = &row.knob;
    format!("{knob:<14} {}", row.setting)
}
