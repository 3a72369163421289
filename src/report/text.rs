//! The report for reading in a terminal.

use super::assumptions::{capacity_text, percent};
use super::{Head, Report, Row, TraceReport, decisions, gates};
use crate::policy::Capacity;
use crate::prose;
use crate::units::{Demand, Rate, Seconds, grouped, grouped_rate, significant};
use std::fmt::Write;

/// Columns of a line of prose.
const WIDTH: usize = 92;

/// Length of the longest bar.
const BAR: f64 = 36.0;

/// The whole report.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for trace in &report.traces {
        trace_section(&mut out, report, trace);
    }
    out += &gates::text::section(&report.head.gates);
    list(&mut out, "WARNINGS", &report.head.warnings);
    list(&mut out, "ASSUMPTIONS", &report.head.assumptions);
    provenance(&mut out, report);
    out
}

fn trace_section(out: &mut String, report: &Report, trace: &TraceReport) {
    if report.traces.len() > 1 {
        line(out, &format!("\n=== {}", trace.name));
    }
    line(out, "");
    line(out, &wrapped(&trace.verdict.sentence, "  "));
    line(out, "");
    let cells: Vec<&Row> = report.cells(&trace.name).collect();
    if let Some(baseline) = cells.iter().find(|cell| cell.is_baseline()) {
        bars(out, trace, baseline);
    }
    let per_size = report.config.policies.len();
    for group in cells.chunks(per_size) {
        policies(out, report, trace, group);
        cold_misses(out, trace, group);
        cuts(out, report, trace, group);
        decisions::growth(out, report, trace, group);
    }
}

fn bars(out: &mut String, trace: &TraceReport, cell: &Row) {
    let today = Some(trace.today_per_second);
    let window = Seconds(trace.window_seconds);
    let all = [
        ("ADVERTISED", cell.advertised_per_second, format!("while the cache is warm ({})", cell.policy)),
        ("TODAY", today, format!("busiest {window} in the trace")),
        (
            "HIDDEN",
            cell.hidden_safe_per_second,
            "sure to heal by itself after losing the cache (safe bound)".to_string(),
        ),
        ("FLOOR", Some(cell.floor_per_second), "with no cache at all".to_string()),
    ];
    let most = all.iter().filter_map(|(_, value, _)| *value).fold(f64::MIN_POSITIVE, f64::max);
    for (name, value, what) in all {
        let length = value.map_or(BAR, |value| (value / most * BAR).ceil());
        let bar = "#".repeat(length as usize);
        line(out, &format!("  {name:<10} {:>12}  {bar:<36}  {what}", load(value)));
    }
    let floor = cell.gap_floor_ratio.map_or("unknown".to_string(), times);
    line(
        out,
        &format!(
            "  {:<10} {:>12}  {:36}  advertised over hidden ({floor} against the floor)",
            "GAP",
            cell.gap_ratio.map_or("unknown".to_string(), times),
            ""
        ),
    );
    line(out, "");
}

fn policies(out: &mut String, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let capacity = group.first().map_or(String::new(), |row| capacity_text(capacity_of(row)));
    line(out, &format!("  POLICIES, same cache of {capacity}, same backend of {}", trace.backend.rate));
    let width = name_width(group);
    line(
        out,
        &format!(
            "    {:<width$} {:>7} {:>7} {:>11} {:>9} {:>14} {:>9} {:>7} {:>9} {:>8}  {}",
            "",
            "misses",
            "worst",
            "advertised",
            "hidden",
            "measured",
            "floor",
            "gap",
            "widening",
            "refill",
            "loss survived"
        ),
    );
    for row in group {
        let mark = if row.is_baseline() { '>' } else { ' ' };
        let name = if row.is_bound { format!("({})", row.policy) } else { row.policy.clone() };
        let widening = match row.widening_ratio {
            _ if row.is_baseline() => "-".to_string(),
            Some(ratio) => signed_percent(ratio),
            None => "unknown".to_string(),
        };
        let refill = row.refill_seconds.map_or("unknown".to_string(), |seconds| Seconds(seconds).to_string());
        let loss = match row.loss_survived_ratio {
            None => "overloaded warm".to_string(),
            Some(ratio) if ratio >= 1.0 => "everything".to_string(),
            Some(ratio) => {
                let nodes = row.nodes_needed.map_or(String::new(), |nodes| format!(" ({} nodes)", grouped(nodes)));
                format!("~{}{nodes}", percent(ratio))
            }
        };
        line(
            out,
            &format!(
                "  {mark} {name:<width$} {:>7} {:>7} {:>11} {:>9} {:>14} {:>9} {:>7} {:>9} {:>8}  {}",
                maybe_percent(row.miss_ratio),
                maybe_percent(row.miss_ratio_worst_window),
                load(row.advertised_per_second),
                load(row.hidden_safe_per_second),
                measured(row),
                load(Some(row.floor_per_second)),
                row.gap_ratio.map_or("unknown".to_string(), times),
                widening,
                refill,
                loss
            ),
        );
    }
    let bounds =
        if group.iter().any(|row| row.is_bound) { " In brackets: bounds, not policies one can deploy." } else { "" };
    line(
        out,
        &wrapped(
            &format!(
                "misses: share of requests after warm-up; worst: in the worst window; hidden: sure to heal below it; measured: \
                 {}; widening: of the gap, against {}; nodes: spread evenly over so many, losing one is survived.{bounds}",
                measured_means(report, group),
                report.config.baseline
            ),
            "    ",
        ),
    );
    line(out, "");
    trap(out, report, group);
}

/// `1,020..1,040`: healed up to the first, and stayed down at the second; `>= 1,020` where no load was found at which the
/// flush is to blame; `-` where nothing was simulated.
fn measured(row: &Row) -> String {
    let (low, high) = (row.hidden_low_per_second.map(grouped_rate), row.hidden_high_per_second.map(grouped_rate));
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
        .map_or(String::new(), |at| format!(" after a flush {} into the trace", Seconds(at)));
    format!("simulated outages all healed up to the first load, and at the second some did not{worst}")
}

/// The incentive trap: what the best policy does to advertised and to hidden, and what banking its saving costs.
fn trap(out: &mut String, report: &Report, group: &[&Row]) {
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
    line(out, &wrapped(&text, "  "));
    line(out, "");
}

fn cold_misses(out: &mut String, trace: &TraceReport, group: &[&Row]) {
    let Some(first) = group.first() else { return };
    line(out, "  COLD MISSES, three different things");
    let share = first.compulsory_misses as f64 / first.requests.max(1) as f64;
    line(
        out,
        &format!(
            "    compulsory   {} first touches after warm-up, {} of the requests; the same for every policy",
            grouped(first.compulsory_misses),
            percent(share)
        ),
    );
    line(
        out,
        &format!(
            "    transient    misses added by a full flush {} into the trace, against an undisturbed twin:",
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
        let transient = format!(
            "{}{}",
            if row.transient_misses < 0 { "-" } else { "" },
            grouped(row.transient_misses.unsigned_abs())
        );
        line(out, &format!("      {:<width$} {transient:>10}   {refill}", row.policy));
    }
    line(out, "    refill       curve by time and by requests: in the JSON (refill)");
    line(out, "");
}

fn cuts(out: &mut String, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let carried = load(Some(trace.load_per_second));
    line(out, &format!("  WHAT YOU MAY CUT: backend needed to carry {carried} and survive losing..."));
    let width = name_width(group);
    let Some(first) = group.first() else { return };
    let names: Vec<String> = report.losses(first).map(|row| loss_name(row.loss_ratio)).collect();
    let cell = |text: &str| format!("{text:>12}");
    line(out, &format!("    {:<width$} {}", "", names.iter().map(|name| cell(name)).collect::<String>()));
    for row in group {
        let needed: String = report
            .losses(row)
            .map(|loss| cell(&backend(loss.least_backend_per_second, trace.backend.rate.of)))
            .collect();
        line(out, &format!("    {:<width$} {needed}", row.policy));
    }
    if let Some(baseline) = group.iter().find(|row| row.is_baseline()) {
        let today = report
            .losses(baseline)
            .map(|loss| cell(&loss.safe_cut_ratio.map_or("-".to_string(), cut)))
            .collect::<String>();
        line(out, &format!("    {:<width$} {today}", "change"));
        line(
            out,
            &wrapped(
                &format!(
                    "change: what {} lets you cut of today's {} (-), or forces you to add (+).",
                    baseline.policy, trace.backend.rate
                ),
                "    ",
            ),
        );
    }
    for row in group.iter().filter(|row| !row.is_bound) {
        if let Some(text) = looks_like(report, row) {
            line(out, &wrapped(&text, "    "));
        }
    }
    line(out, "");
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
            Some(format!("{} for {what}", whole_percent(share)))
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

fn provenance(out: &mut String, report: &Report) {
    let Head { tool, schema_version, command, .. } = &report.head;
    line(out, "PROVENANCE");
    line(out, &format!("  {} {}, report schema {}", tool.name, tool.version, schema_version));
    line(out, &format!("  {command}"));
    for trace in &report.traces {
        let footprint = trace.footprint_bytes.map_or(String::new(), |bytes| format!(", {} bytes", grouped(bytes)));
        line(
            out,
            &format!(
                "  {}: {}, {} requests ({} gets), {} objects{footprint}, {}, fingerprint {}",
                trace.name,
                trace.format,
                grouped(trace.requests),
                grouped(trace.gets),
                grouped(trace.objects),
                Seconds(trace.span_seconds),
                trace.fingerprint
            ),
        );
    }
}

fn list(out: &mut String, title: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    line(out, title);
    for sentence in sentences {
        let text = wrapped(sentence, "    ");
        line(out, &format!("  - {}", text.trim_start()));
    }
    line(out, "");
}

/// The baseline and the deployable policy with the fewest misses, where that is another.
fn baseline_and_best<'r>(group: &[&'r Row]) -> Option<(&'r Row, &'r Row)> {
    let baseline = group.iter().find(|row| row.is_baseline())?;
    let best = group.iter().filter(|row| !row.is_bound).min_by_key(|row| row.misses)?;
    (!best.is_baseline() && best.misses < baseline.misses).then_some((*baseline, *best))
}

pub(super) fn capacity_of(row: &Row) -> Capacity {
    match row.cache_capacity_bytes {
        Some(bytes) => Capacity::Bytes(bytes),
        None => Capacity::Objects(row.capacity()),
    }
}

pub(super) fn name_width(group: &[&Row]) -> usize {
    group.iter().map(|row| row.policy.len() + 2 * usize::from(row.is_bound)).max().unwrap_or(0).max(7)
}

pub(super) fn loss_name(loss: f64) -> String {
    match loss {
        0.0 => "nothing".to_string(),
        1.0 => "everything".to_string(),
        part => percent(part),
    }
}

/// A load; `no limit` where none was found.
pub(super) fn load(value: Option<f64>) -> String {
    value.map_or("no limit".to_string(), |value| Rate::answers(value).to_string())
}

pub(super) fn backend(value: Option<f64>, of: Demand) -> String {
    match value {
        None => "none enough".to_string(),
        Some(value) => match of {
            Demand::Answers => grouped_rate(value),
            Demand::Bytes => Rate { per_second: value, of }.to_string(),
        },
    }
}

fn cut(safe_cut: f64) -> String {
    signed_percent(-safe_cut)
}

fn times(ratio: f64) -> String {
    format!("{}x", significant(ratio))
}

fn maybe_percent(ratio: Option<f64>) -> String {
    ratio.map_or("unknown".to_string(), percent)
}

fn whole_percent(ratio: f64) -> String {
    let rounded = (ratio * 100.0).round();
    format!("{}%", if rounded == 0.0 { 0.0 } else { rounded })
}

pub(super) fn signed_percent(ratio: f64) -> String {
    let text = whole_percent(ratio);
    if ratio > 0.0 && text != "0%" { format!("+{text}") } else { text }
}

/// A change in words where it is none.
fn change(ratio: f64) -> String {
    let text = signed_percent(ratio);
    if text == "0%" { "nothing".to_string() } else { text }
}

pub(super) fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

/// Prose in lines of the report's width.
pub(super) fn wrapped(text: &str, indent: &str) -> String {
    prose::wrapped(text, indent, WIDTH)
}
