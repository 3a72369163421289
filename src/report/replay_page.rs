//! Miss ratios as a document: a line per policy where there are many cache sizes, and the table.

use super::format::{percent, size};
use super::page::{Axis, Block, Cell, Figure, Mark, Of, Page, Section, Table, Tone, Unit, maybe};
use super::replay::{ReplayReport, ReplayRow, ReplayTrace};
use super::words::{ended, origin};

/// Fewer cache sizes are no curve.
const FEWEST_SIZES: usize = 3;

/// The document.
pub fn page(report: &ReplayReport) -> Page {
    let names: Vec<&str> = report.traces.iter().map(|trace| trace.name.as_str()).collect();
    let mut page = Page::new("Miss ratios", names.join(", "), &report.head);
    if report.partial {
        let missing: Vec<String> = report.missing.iter().map(ToString::to_string).collect();
        page = page.section(
            Section::new("missing", "What is missing")
                .with(Block::Note(Tone::Bad, "The run was interrupted; this is what was not replayed.".to_string()))
                .list(&missing),
        );
    }
    for (i, trace) in report.traces.iter().enumerate() {
        page = page.section(section(report, trace, i + 1));
    }
    let traces: Vec<String> = report.traces.iter().map(about).collect();
    ended(page, &report.head, &traces)
}

fn about(trace: &ReplayTrace) -> String {
    origin(&trace.name, &trace.format, [trace.requests, trace.gets, trace.objects], "", &trace.fingerprint)
}

fn section(report: &ReplayReport, trace: &ReplayTrace, number: usize) -> Section {
    let rows: Vec<&ReplayRow> = report.rows.iter().filter(|row| row.trace == trace.name).collect();
    let sizes = rows.chunk_by(|a, b| a.capacity() == b.capacity()).count();
    let table = table(&rows);
    let section = Section::new(format!("trace{number}"), trace.name.clone());
    if sizes < FEWEST_SIZES {
        return section.table(table);
    }
    let figure = Figure::new(format!("trace{number}-curve"), caption(&rows), table)
        .x(Axis::cache(rows.first().map(|row| row.capacity())))
        .y(Axis::linear("share of the requests that miss", Unit::Share))
        .mark(Mark::lines("cache_capacity", "miss_ratio", "policy"));
    section.figure(figure)
}

/// The first policy at both ends of its curve.
fn caption(rows: &[&ReplayRow]) -> String {
    let first = rows.first().map(|row| row.policy.as_str());
    let known = || rows.iter().filter(|row| Some(row.policy.as_str()) == first && row.miss_ratio.is_some());
    match (known().next(), known().next_back()) {
        (Some(small), Some(large)) => format!(
            "From {} to {} of cache the misses of {} go from {} to {} of the requests.",
            size(small.capacity()),
            size(large.capacity()),
            small.policy,
            percent(small.miss_ratio.unwrap_or(1.0)),
            percent(large.miss_ratio.unwrap_or(1.0))
        ),
        _ => String::new(),
    }
}

fn table<'r>(rows: &[&'r ReplayRow]) -> Of<&'r ReplayRow> {
    let sampled = rows.iter().any(|row| row.sample_ratio.is_some());
    let ratio = |ratio: Option<f64>| maybe(ratio, Cell::share, "unknown");
    Table::of("miss ratios", rows.iter().copied())
        .column("policy", "", |row| Cell::text(row.name()))
        .column("cache_capacity", "cache", |row| Cell::capacity(row.capacity()))
        .column("cache_capacity_ratio", "of the footprint", |row| Cell::share(row.cache_capacity_ratio))
        .column("requests", "requests", |row| Cell::count(row.requests))
        .column("misses", "misses", |row| maybe(row.misses, Cell::count, "unknown"))
        .column("miss_ratio", "miss ratio", |row| ratio(row.miss_ratio))
        .column_if(sampled, "miss_ratio_low", "at least", |row| ratio(row.miss_ratio_low))
        .column_if(sampled, "miss_ratio_high", "at most", |row| ratio(row.miss_ratio_high))
        .column("bytes_missed", "bytes missed", |row| maybe(row.bytes_missed.map(|n| n as f64), Cell::bytes, "-"))
        .note(if sampled {
            "Estimated from some of the keys: the true ratio lies in the band in 95 of 100 draws."
        } else {
            ""
        })
}
