//! An estimate from a sample in some thirty lines: the answers, and the baseline's numbers between the ends of their intervals.

use super::{answers, close, hung, open, rests_on};
use crate::report::estimate::{self, EstimateReport, EstimateRow, EstimateTrace};
use crate::report::format::{self, percent};
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::Look;
use crate::units::{Seconds, grouped, grouped_rate};

/// The report; every policy's numbers with `--details`.
pub fn estimate(report: &EstimateReport, look: &Look) -> String {
    let mut out = open(look);
    for trace in &report.traces {
        if report.traces.len() > 1 {
            out.line(&format!("  {}", trace.name));
        }
        for baseline in report.cells(&trace.name).filter(|row| row.is_baseline()) {
            answers(&mut out, &estimate::answers(report, trace, baseline));
            out.prose("  ", &about(report, trace, baseline));
            rests_on(&mut out, &report.head, "");
            out.table(&numbers(report, trace, baseline));
            out.blank();
        }
    }
    let left_out = report.head.assumptions.last().map_or("", |text| text.as_str());
    hung(&mut out, None, "  - ", left_out);
    close(out, &report.head, &["-o report.html".to_string(), "coldgap explain hidden".to_string()])
}

/// `lru, 1,135 objects (10% of the footprint) on 8 nodes; backend 141/s; today 509/s (busiest 10 s of 10 min)`.
fn about(report: &EstimateReport, trace: &EstimateTrace, baseline: &EstimateRow) -> String {
    format!(
        "{}, {} ({} of the footprint) on {} nodes; backend {}; to carry {}/s; today {}/s (busiest {} of {}); {} of {} requests were looked at",
        baseline.policy,
        format::capacity_text(baseline.cache()),
        percent(baseline.cache_capacity_ratio),
        report.config.nodes,
        trace.backend.rate,
        grouped_rate(trace.load_per_second),
        grouped_rate(trace.today_per_second),
        Seconds(trace.window_seconds),
        Seconds(trace.span_seconds),
        grouped(trace.sample_requests),
        grouped(trace.requests)
    )
}

/// Every number of the baseline.
fn numbers(report: &EstimateReport, trace: &EstimateTrace, row: &EstimateRow) -> Columns {
    let mut table = Columns::new(2).left("", 34).right("estimate", 10).right("at least", 10).right("at most", 10);
    let mut line = |name: String, all: [Option<String>; 3]| {
        let cells = all.map(|cell| cell.unwrap_or_else(|| "unknown".to_string()));
        table.row([name].into_iter().chain(cells));
    };
    let load = |value: Option<f64>| value.map(grouped_rate);
    line(
        "misses".to_string(),
        [row.miss_ratio, row.miss_ratio_low, row.miss_ratio_high].map(|ratio| ratio.map(percent)),
    );
    line(
        "advertised: carried warm, a second".to_string(),
        [row.advertised_per_second, row.advertised_per_second_low, row.advertised_per_second_high].map(load),
    );
    line(
        "hidden: recovers below".to_string(),
        [row.hidden_safe_per_second, row.hidden_safe_per_second_low, row.hidden_safe_per_second_high].map(load),
    );
    for lost in report.losses(row) {
        let backend = |value: Option<f64>| value.map(|value| format::backend(value, trace.demand()));
        let name = match lost.loss_ratio {
            0.0 => "backend needed, warm".to_string(),
            1.0 => "   to lose everything".to_string(),
            _ => format!("   to lose {}", lost.loss),
        };
        let ends =
            [lost.least_backend_per_second, lost.least_backend_per_second_low, lost.least_backend_per_second_high];
        line(name, ends.map(backend));
    }
    let known = row.least_backend_per_second.is_some();
    let nodes = |nodes: Option<u64>| known.then(|| nodes.map_or("none is".to_string(), grouped));
    line(
        "nodes needed to lose one".to_string(),
        [row.nodes_needed, row.nodes_needed_low, row.nodes_needed_high].map(nodes),
    );
    table
}
