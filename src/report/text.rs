//! The report for reading in a terminal.

use super::Region;
use super::decisions::text as decisions;
use super::format::{
    self, capacity_text, cut, limit, load, loss_in_full, percent, signed_percent, times, whole_percent,
};
use super::sheet::Sheet;
use super::sheet::columns::Columns;
use super::sheet::look::{Look, Tone};
use super::{Report, Row, TraceReport};
use crate::units::{Seconds, grouped, grouped_rate};
use std::fmt::Write;

/// Length of the longest bar.
const BAR: usize = 36;

/// Columns of a bar's line that are neither the bar nor words.
const LEAD: usize = 29;

/// Every table of the report.
pub fn details(report: &Report, look: &Look) -> String {
    let mut out = Sheet::new(look);
    for trace in &report.traces {
        trace_section(&mut out, report, trace);
    }
    out.end(&report.head, report.traces.iter().map(origin))
}

fn trace_section(out: &mut Sheet, report: &Report, trace: &TraceReport) {
    if report.traces.len() > 1 {
        out.line(&format!("\n=== {}", trace.name));
    }
    out.blank();
    let tone = if trace.verdict.region == Region::Survives { Tone::Good } else { Tone::Bad };
    out.said(tone, "  ", &trace.verdict.sentence);
    out.blank();
    let cells: Vec<&Row> = report.cells(&trace.name).collect();
    if let Some(baseline) = cells.iter().find(|cell| cell.is_baseline()) {
        bars(out, trace, baseline);
    }
    let per_size = report.config.policies.len();
    for group in cells.chunks(per_size) {
        policies(out, report, trace, group);
        cold_misses(out, trace, group);
        decisions::if_lost(out, report, trace, group);
        cuts(out, report, trace, group);
        decisions::growth(out, report, trace, group);
    }
    decisions::money(out, report, trace);
    decisions::sizes(out, report, trace);
    decisions::sensitivity(out, report, trace);
}

fn bars(out: &mut Sheet, trace: &TraceReport, cell: &Row) {
    let today = Some(trace.today_per_second);
    let window = Seconds(trace.window_seconds);
    let all = [
        ("ADVERTISED", cell.advertised_per_second, format!("while the cache is warm ({})", cell.policy)),
        ("TODAY", today, format!("busiest {window} in the trace")),
        (
            "HIDDEN",
            cell.hidden_safe_per_second,
            "after losing the cache no answer is late below it (safe bound)".to_string(),
        ),
        ("FLOOR", cell.floor_per_second, "with no cache at all".to_string()),
    ];
    let most = all.iter().filter_map(|(_, value, _)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let words = all.iter().map(|(.., what)| what.len()).max().unwrap_or(0);
    let beside = out.look.chart(BAR, LEAD + words);
    // Where a bar and its words do not fit side by side, the words go below.
    let longest = if beside >= BAR / 3 { beside } else { out.look.chart(BAR, LEAD) };
    let blank = if beside >= BAR / 3 { longest } else { 0 };
    for (name, value, what) in all {
        let nothing = if cell.limits_known { 1.0 } else { 0.0 };
        let length = value.map_or(nothing, |value| value / most) * longest as f64;
        let bar = out.look.ink.full().to_string().repeat(length.ceil() as usize);
        out.led(&format!("  {name:<10} {:>12}  {bar:<longest$}  ", limit(cell.absent("no limit"), value)), &what);
        if name == "HIDDEN"
            && let Some(text) = moments_of(cell)
        {
            out.led(&format!("  {:<10} {:>12}  {:blank$}  ", "", "", ""), &text);
        }
    }
    let floor = cell.gap_floor_ratio.map_or("unknown".to_string(), times);
    let gap = cell.gap_ratio.map_or("unknown".to_string(), times);
    out.led(
        &format!("  {:<10} {gap:>12}  {:blank$}  ", "GAP", ""),
        &format!("advertised over hidden ({floor} against the floor)"),
    );
    out.blank();
}

/// Hidden capacity at the worst moment and at others: `957 at the worst moment, 980 at one in a hundred, 1,050 typically`.
pub(super) fn moments_of(cell: &Row) -> Option<String> {
    let worst = cell.hidden_safe_per_second?;
    let [rare, usual] = [cell.hidden_safe_per_second_p01, cell.hidden_safe_per_second_p50]
        .map(|limit| limit.map_or("no limit".to_string(), grouped_rate));
    Some(format!("{} at the worst moment, {rare} at one in a hundred, {usual} typically", grouped_rate(worst)))
}

fn policies(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let capacity = group.first().map_or(String::new(), |row| capacity_text(row.cache()));
    out.led("  ", &format!("POLICIES, same cache of {capacity}, same backend of {}", trace.backend_text()));
    let mut table = Columns::new(2).left("", name_width(group) + 2).right("misses", 7).right("worst", 7);
    table = table.right("advertised", 11).right("hidden", 9).right("measured", 14).right("floor", 9).right("gap", 7);
    table = table.right("widening", 9).right("refill", 8).left("loss survived", 0).after(2);
    for row in group {
        let mark = if row.is_baseline() { '>' } else { ' ' };
        let name = if row.is_bound { format!("({})", row.policy) } else { row.policy.clone() };
        let widening = match row.widening_ratio {
            _ if row.is_baseline() => "-".to_string(),
            Some(ratio) => signed_percent(ratio),
            None => "unknown".to_string(),
        };
        let loss = match row.loss_survived_ratio {
            None => row.absent("overloaded warm").to_string(),
            Some(ratio) if ratio >= 1.0 => "everything".to_string(),
            Some(ratio) => {
                let nodes = row.nodes_needed.map_or(String::new(), |nodes| format!(" ({} nodes)", grouped(nodes)));
                format!("~{}{nodes}", percent(ratio))
            }
        };
        let cells = [
            format!("{mark} {name}"),
            maybe_percent(row.miss_ratio),
            maybe_percent(row.miss_ratio_worst_window),
            limit(row.absent("no limit"), row.advertised_per_second),
            limit(row.absent("no limit"), row.hidden_safe_per_second),
            measured(row),
            limit(row.absent("no limit"), row.floor_per_second),
            row.gap_ratio.map_or("unknown".to_string(), times),
            widening,
            row.refill_seconds.map_or("unknown".to_string(), |seconds| Seconds(seconds).to_string()),
            loss,
        ];
        if row.is_baseline() { table.row_in(Tone::Strong, cells) } else { table.row(cells) }
    }
    out.table(&table);
    let bounds =
        if group.iter().any(|row| row.is_bound) { " In brackets: bounds, not policies one can deploy." } else { "" };
    out.prose("    ", 
            &format!(
                "misses: share of requests after warm-up; worst: in the worst window; hidden: after losing the cache no answer is late below it; measured: \
                 {}; widening: of the gap, against {}; nodes: spread evenly over so many, losing one is survived.{bounds}",
                measured_means(report, group),
                report.config.baseline
            ));
    out.blank();
    trap(out, report, group);
}

/// `1,020..1,040`: the load at which 95 % of outages heal lies in between; `>= 1,020` where more heal at every load that was
/// tried; `-` where nothing was simulated.
fn measured(row: &Row) -> String {
    let (low, high) = (row.hidden_95_per_second_low.map(grouped_rate), row.hidden_95_per_second_high.map(grouped_rate));
    match (low, high) {
        _ if row.hidden_measured_end.is_none() => "-".to_string(),
        (Some(low), Some(high)) => format!("{low}..{high}"),
        (Some(low), None) => format!(">= {low}"),
        (None, Some(high)) => format!("< {high}"),
        (None, None) => "unknown".to_string(),
    }
}

/// What the column says, and at which moment the baseline's outages stayed down.
fn measured_means(report: &Report, group: &[&Row]) -> String {
    if report.config.seeds.is_empty() {
        return "left out (--quick)".to_string();
    }
    let worst = group
        .iter()
        .filter(|row| row.is_baseline())
        .find_map(|row| row.hidden_measured_worst_moment_seconds)
        .map_or(String::new(), |at| format!(" (the fewest after a flush {} into the trace)", Seconds(at)));
    format!("the load at which 95% of simulated outages heal, with its 95% interval{worst}")
}

/// The incentive trap: what the best policy does to advertised and to hidden, and what banking its saving costs.
fn trap(out: &mut Sheet, report: &Report, group: &[&Row]) {
    let Some((baseline, best)) = baseline_and_best(group) else { return };
    let (Some(a0), Some(a1), Some(h0), Some(h1)) = (
        baseline.advertised_per_second,
        best.advertised_per_second,
        baseline.hidden_safe_per_second,
        best.hidden_safe_per_second,
    ) else {
        return;
    };
    let advertised = change(a1 / a0 - 1.0);
    let hidden = change(h1 / h0 - 1.0);
    let mut text = format!(
        "Against {}, {} changes advertised capacity by {advertised} and hidden capacity by {hidden}.",
        report.config.baseline, best.policy
    );
    if let (Some(saving), Some(reclaimed)) = (best.naive_saving_ratio, best.hidden_safe_reclaimed_per_second)
        && saving > 0.0
    {
        let wider = best
            .widening_reclaimed_ratio
            .map_or(String::new(), |ratio| format!(", and the gap widens by {}", signed_percent(ratio)));
        let _ = write!(
            text,
            " Bank its saving (cut the backend by {}) and hidden falls to {}{wider}.",
            percent(saving),
            load(Some(reclaimed))
        );
    }
    out.prose("  ", &text);
    out.blank();
}

fn cold_misses(out: &mut Sheet, trace: &TraceReport, group: &[&Row]) {
    let Some(first) = group.first() else { return };
    out.led("  ", "COLD MISSES, three different things");
    let share = percent(first.compulsory_misses as f64 / first.requests.max(1) as f64);
    let compulsory = grouped(first.compulsory_misses);
    out.led(
        "    compulsory   ",
        &format!("{compulsory} first touches after warm-up, {share} of the requests; the same for every policy"),
    );
    out.led(
        "    transient    ",
        &format!(
            "misses added by a full flush {} into the trace, against an undisturbed twin:",
            Seconds(trace.refill_flush_seconds)
        ),
    );
    let width = name_width(group);
    for row in group {
        let refill = match (row.refill_seconds, row.refill_requests) {
            (Some(seconds), Some(requests)) => {
                format!("refilled after {} and {} requests", Seconds(seconds), grouped(requests))
            }
            _ => "not refilled before the trace or the horizon ended".to_string(),
        };
        let transient = row.transient_misses.map_or("unknown".to_string(), signed_count);
        out.led(&format!("      {:<width$} {transient:>10}   ", row.policy), &refill);
    }
    out.led("    refill       ", "curve by time and by requests: in the JSON (refill)");
    out.blank();
}

fn cuts(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let carried = load(Some(trace.load_per_second));
    out.led("  ", &format!("WHAT YOU MAY CUT: backend needed to carry {carried} and survive losing..."));
    let Some(first) = group.first() else { return };
    let mut table = Columns::new(4).left("", name_width(group) + 1);
    for loss in report.losses(first) {
        table = table.right(loss_in_full(&loss.loss), 11);
    }
    for row in group {
        let needed = report.losses(row).map(|loss| backend(loss.least_backend_per_second, trace));
        table.row(std::iter::once(row.policy.clone()).chain(needed));
    }
    let baseline = group.iter().find(|row| row.is_baseline());
    if let Some(baseline) = baseline {
        table.row(std::iter::once("may be cut".to_string()).chain(cut_row(report, baseline)));
    }
    out.table(&table);
    if let Some(baseline) = baseline {
        let rate = trace.backend_text();
        out.prose(
            "    ",
            &format!("may be cut: what {} lets you cut of today's {rate}, or makes you add to it.", baseline.policy),
        );
        if let Some(text) = mildest(report, trace, baseline) {
            out.prose("    ", &text);
        }
    }
    for row in group.iter().filter(|row| !row.is_bound) {
        if let Some(text) = looks_like(report, row) {
            out.prose("    ", &text);
        }
    }
    out.blank();
}

/// What may be cut of the backend, by loss.
pub(super) fn cut_row<'r>(report: &'r Report, baseline: &'r Row) -> impl Iterator<Item = String> + 'r {
    report.losses(baseline).map(|loss| loss.safe_cut_ratio.map_or("-".to_string(), cut))
}

/// What would do if the mildest node were the one that is lost.
fn mildest(report: &Report, trace: &TraceReport, baseline: &Row) -> Option<String> {
    let need = |row: &Row| {
        Some(format!("{} for {}", backend(Some(row.least_backend_mildest_node_per_second?), trace), row.loss))
    };
    let needs: Vec<String> = report.losses(baseline).filter_map(need).collect();
    (!needs.is_empty()).then(|| {
        format!("The worst node decides; losing the mildest, {} needs about {}.", baseline.policy, needs.join(", "))
    })
}

/// `lru -> sieve looks like a 17% cut. It is 9% if you must survive losing 12.5%, ...`
fn looks_like(report: &Report, row: &Row) -> Option<String> {
    let saving = row.naive_saving_ratio.filter(|saving| *saving > 0.0)?;
    let real: Vec<String> = report
        .losses(row)
        .filter(|loss| loss.loss_ratio > 0.0)
        .filter_map(|loss| {
            let share = loss.reclaimable_ratio?;
            let what = if loss.loss_ratio >= 1.0 { "all of it".to_string() } else { percent(loss.loss_ratio) };
            Some(format!("{} for {what}", cut(share)))
        })
        .collect();
    (!real.is_empty()).then(|| {
        format!(
            "{} -> {} looks like a {} cut. What it really is, if you must survive losing a part: {}.",
            report.config.baseline,
            row.policy,
            whole_percent(saving),
            real.join(", ")
        )
    })
}

/// What a trace is, for the end of the report.
fn origin(trace: &TraceReport) -> String {
    let footprint = trace.footprint_bytes.map_or(String::new(), |bytes| format!(", {} bytes", grouped(bytes)));
    format!(
        "{}: {}, {} requests ({} gets), {} objects{footprint}, {}, fingerprint {}",
        trace.name,
        trace.format,
        grouped(trace.requests),
        grouped(trace.gets),
        grouped(trace.objects),
        Seconds(trace.span_seconds),
        trace.fingerprint
    )
}

/// The baseline and the deployable policy with the fewest misses, where that is another.
fn baseline_and_best<'r>(group: &[&'r Row]) -> Option<(&'r Row, &'r Row)> {
    let baseline = group.iter().find(|row| row.is_baseline())?;
    let best = group.iter().filter(|row| !row.is_bound).min_by_key(|row| row.misses)?;
    (!best.is_baseline() && best.misses < baseline.misses).then_some((*baseline, *best))
}

pub(super) fn name_width(group: &[&Row]) -> usize {
    group.iter().map(|row| row.policy.len() + 2 * usize::from(row.is_bound)).max().unwrap_or(0).max(7)
}

/// `1,367`, `-12`.
fn signed_count(count: i64) -> String {
    format!("{}{}", if count < 0 { "-" } else { "" }, grouped(count.unsigned_abs()))
}

/// A least backend, or what an absent one means.
pub(super) fn backend(value: Option<f64>, trace: &TraceReport) -> String {
    format::backend(trace.absent("none enough"), value, trace.demand())
}

fn maybe_percent(ratio: Option<f64>) -> String {
    ratio.map_or("unknown".to_string(), percent)
}

/// A change in words where it is none.
fn change(ratio: f64) -> String {
    let text = signed_percent(ratio);
    if text == "0%" { "nothing".to_string() } else { text }
}
