//! An estimate as a document: the answers, and every number between the ends of its interval.

use super::{EstimateReport, EstimateRow, EstimateTrace, answers};
use crate::report::format::capacity_text;
use crate::report::page::{Cell, Of, Page, Section, Table, maybe};
use crate::report::words::{ended, origin};
use crate::units::Seconds;

/// The document.
pub fn page(report: &EstimateReport) -> Page {
    let names: Vec<&str> = report.traces.iter().map(|trace| trace.name.as_str()).collect();
    let subtitle = format!("{} · policies {}", names.join(", "), report.config.policies.join(", "));
    let mut page = Page::new("What you may cut, estimated from a sample", subtitle, &report.head);
    for (i, trace) in report.traces.iter().enumerate() {
        let baseline = report.cells(&trace.name).find(|row| row.is_baseline());
        page.answers.extend(baseline.into_iter().flat_map(|baseline| answers(report, trace, baseline)));
        let section = Section::new(format!("trace{}", i + 1), trace.name.clone())
            .table(loads(report, trace))
            .table(backends(report, trace));
        page = page.section(section);
    }
    let line = |trace: &EstimateTrace| {
        let more = format!(", {}", Seconds(trace.span_seconds));
        origin(&trace.name, &trace.format, [trace.requests, trace.gets, trace.objects], &more, &trace.fingerprint)
    };
    let traces: Vec<String> = report.traces.iter().map(line).collect();
    ended(page, &report.head, &traces)
}

fn named(row: &EstimateRow) -> Cell {
    Cell::text(if row.is_baseline() { format!("{} (baseline)", row.policy) } else { row.policy.clone() })
}

fn loads<'r>(report: &'r EstimateReport, trace: &'r EstimateTrace) -> Of<&'r EstimateRow> {
    let nodes = |nodes: Option<u64>| maybe(nodes, Cell::count, "-");
    Table::of("loads in requests a second, each between the ends of its interval", report.cells(&trace.name))
        .column("policy", "", |row| named(row))
        .column("cache_capacity", "cache", |row| Cell::text(capacity_text(row.cache())))
        .listed("miss_ratio_low", "misses, at least")
        .listed("miss_ratio_high", "at most")
        .listed("hidden_safe_per_second", "hidden")
        .listed("hidden_safe_per_second_low", "at least")
        .listed("hidden_safe_per_second_high", "at most")
        .listed("advertised_per_second", "advertised")
        .listed("advertised_per_second_low", "at least")
        .listed("advertised_per_second_high", "at most")
        .column("nodes_needed_low", "nodes, at least", |row| nodes(row.nodes_needed_low))
        .column("nodes_needed_high", "at most", |row| nodes(row.nodes_needed_high))
        .note("nodes: the fewest of which any one may be lost; '-': no number of them is enough, or the sample does not say.")
}

fn backends<'r>(report: &'r EstimateReport, trace: &'r EstimateTrace) -> Of<&'r EstimateRow> {
    let of = trace.demand();
    let rate = move |least: Option<f64>| maybe(least, |least| Cell::backend(least, of), "unknown");
    let rows = report.cells(&trace.name).flat_map(|cell| report.losses(cell));
    Table::of(format!("the least backend that survives a loss; today's is {}", trace.backend.rate), rows)
        .column("policy", "", |row| named(row))
        .column("cache_capacity", "cache", |row| Cell::text(capacity_text(row.cache())))
        .column("loss_ratio", "lost", |row| Cell::loss(row.loss_ratio, &row.loss))
        .column("least_backend_per_second", "least backend", move |row| rate(row.least_backend_per_second))
        .column("least_backend_per_second_low", "at least", move |row| rate(row.least_backend_per_second_low))
        .column("least_backend_per_second_high", "at most", move |row| rate(row.least_backend_per_second_high))
        .column("safe_cut_ratio_low", "may be cut", |row| maybe(row.safe_cut_ratio_low, Cell::cut, "unknown"))
        .note("may be cut: by the upper end, to be on the safe side.")
}
