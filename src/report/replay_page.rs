//! Miss ratios as a document: a line per policy where there are many cache sizes, and the table.

use super::format::percent;
use super::page::{Axis, Block, Cell, Chart, Figure, Mark, Page, Section, Table, Tone, Unit, maybe};
use super::replay::{ReplayReport, ReplayRow, ReplayTrace};
use super::words::ended;
use crate::policy::Capacity;
use crate::units::{bytes, grouped};

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
    format!(
        "{}: {}, {} requests ({} gets), {} objects, fingerprint {}",
        trace.name,
        trace.format,
        grouped(trace.requests),
        grouped(trace.gets),
        grouped(trace.objects),
        trace.fingerprint
    )
}

fn section(report: &ReplayReport, trace: &ReplayTrace, number: usize) -> Section {
    let rows: Vec<&ReplayRow> = report.rows.iter().filter(|row| row.trace == trace.name).collect();
    let sizes = rows.chunk_by(|a, b| a.capacity() == b.capacity()).count();
    let table = table(&rows);
    let section = Section::new(format!("trace{number}"), trace.name.clone());
    if sizes < FEWEST_SIZES {
        return section.table(table);
    }
    let x = match rows.first().map(|row| row.capacity()) {
        Some(Capacity::Bytes(_)) => Axis::log("cache size", Unit::Bytes),
        _ => Axis::log("cache size in objects", Unit::Number),
    };
    let chart = Chart {
        x,
        y: Axis::linear("share of the requests that miss", Unit::Share),
        marks: vec![Mark::lines("cache_capacity", "miss_ratio", "policy")],
    };
    section.figure(Figure { id: format!("trace{number}-curve"), caption: caption(&rows), chart, table })
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

fn size(capacity: Capacity) -> String {
    match capacity {
        Capacity::Objects(objects) => format!("{} objects", grouped(objects)),
        Capacity::Bytes(count) => bytes(count as f64),
    }
}

fn table(rows: &[&ReplayRow]) -> Table {
    let sampled = rows.iter().any(|row| row.sample_ratio.is_some());
    let mut columns = vec![
        ("policy", ""),
        ("cache_capacity", "cache"),
        ("cache_capacity_ratio", "of the footprint"),
        ("requests", "requests"),
        ("misses", "misses"),
        ("miss_ratio", "miss ratio"),
    ];
    if sampled {
        columns.extend([("miss_ratio_low", "at least"), ("miss_ratio_high", "at most")]);
    }
    columns.push(("bytes_missed", "bytes missed"));
    let mut table = Table::new("miss ratios", &columns);
    if sampled {
        table = table.note("Estimated from some of the keys: the true ratio lies in the band in 95 of 100 draws.");
    }
    for row in rows {
        let mut cells = vec![
            Cell::text(row.name()),
            match row.capacity() {
                Capacity::Objects(objects) => Cell::count(objects),
                Capacity::Bytes(bytes) => Cell::bytes(bytes as f64),
            },
            Cell::share(row.cache_capacity_ratio),
            Cell::count(row.requests),
            row.misses.map_or_else(|| Cell::text("unknown"), Cell::count),
            maybe(row.miss_ratio, Cell::share, "unknown"),
        ];
        if sampled {
            cells.push(maybe(row.miss_ratio_low, Cell::share, "unknown"));
            cells.push(maybe(row.miss_ratio_high, Cell::share, "unknown"));
        }
        cells.push(row.bytes_missed.map_or_else(|| Cell::text("-"), |bytes| Cell::bytes(bytes as f64)));
        table.row(cells);
    }
    table
}
