//! Miss ratios for reading in a terminal: a line per policy and cache size, or a curve where there are many sizes.

use super::curve;
use crate::report::format::{capacity_text, percent};
use crate::report::gates;
use crate::report::replay::{ReplayReport, ReplayRow, ReplayTrace};
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::Look;
use crate::units::grouped;

/// The report for reading in a terminal.
pub fn replay(report: &ReplayReport, look: &Look) -> String {
    let mut out = Sheet::new(look);
    if report.partial {
        out.led("", "PARTIAL: the run was interrupted. What is missing stands at the end.");
        out.blank();
    }
    for trace in &report.traces {
        let rows: Vec<&ReplayRow> = report.rows.iter().filter(|row| row.trace == trace.name).collect();
        let (gets, objects) = (grouped(trace.gets), grouped(trace.objects));
        let ReplayTrace { name, format, fingerprint, .. } = trace;
        out.led("", &format!("{name}: {format}, {gets} gets on {objects} objects, fingerprint {fingerprint}"));
        out.blank();
        out.table(&if curve::is_curve(&rows) { curve::table(&rows, look) } else { list(&rows) });
        out.blank();
    }
    gates::text::section(&mut out, &report.head.gates);
    for missing in &report.missing {
        out.led("- ", &format!("MISSING: {missing}"));
    }
    for assumption in &report.head.assumptions {
        out.led("- ", assumption);
    }
    out.finish()
}

/// A line per cache size and policy.
fn list(rows: &[&ReplayRow]) -> Columns {
    let longest = rows.iter().map(|row| row.policy.len() + 2).max().unwrap_or(0);
    let mut table = Columns::new(2).left("", longest).right("misses", 12).right("miss ratio", 10);
    table = table.right("bytes missed", 14).left("cache", 0).after(3);
    for row in rows {
        table.row([
            row.name(),
            row.misses.map_or("unknown".to_string(), grouped),
            row.miss_ratio_text(),
            row.bytes_missed.map_or("-".to_string(), grouped),
            format!("{}, {} of the footprint", capacity_text(row.capacity()), percent(row.cache_capacity_ratio)),
        ]);
    }
    table
}
