//! The baseline at other cache sizes: the gap grows as the cache gets better.

use super::{Group, load, loss};
use crate::policy::Capacity;
use crate::report::decisions::SizeRow;
use crate::report::format::{capacity_of, capacity_text, percent};
use crate::report::page::{Axis, Cell, Figure, Mark, Section, Table, Unit, maybe};
use crate::units::{grouped_rate, significant};

const HEADING: &str = "Other cache sizes";

/// Advertised and hidden capacity against the cache's size in a sentence; empty without `--full`.
pub(super) fn summary(group: &Group) -> Section {
    Section::new("sizes", HEADING).prose(caption(&rows(group)))
}

fn rows<'r>(group: &Group<'r>) -> Vec<&'r SizeRow> {
    group.report.sizes.iter().filter(|row| row.trace == group.trace.name).collect()
}

/// The same by size, as a figure and a table.
pub(super) fn section(group: &Group) -> Section {
    let rows = rows(group);
    let lost = rows.first().map_or(1.0, |row| row.loss_ratio);
    let warm = |value: Option<f64>| maybe(value, Cell::rate, group.trace.absent("no limit"));
    let table = Table::of(format!("{} at other cache sizes", group.report.config.baseline), rows.iter().copied())
        .column("cache_capacity", "cache", |row| Cell::capacity(capacity(row)))
        .column("cache_capacity_ratio", "of the footprint", |row| Cell::share(row.cache_capacity_ratio))
        .column("miss_ratio", "misses", |row| maybe(row.miss_ratio, Cell::share, "unknown"))
        .column("advertised_per_second", "advertised", |row| warm(row.advertised_per_second))
        .column("hidden_safe_per_second", "hidden", |row| warm(row.hidden_safe_per_second))
        .column("gap_ratio", "gap", |row| maybe(row.gap_ratio, Cell::times, "unknown"))
        .column("loss_survived_ratio", "loss survived", |row| {
            maybe(row.loss_survived_ratio, Cell::share, group.trace.absent("overloaded warm"))
        })
        .column("least_backend_warm_per_second", "least backend, nothing lost", |row| {
            group.needed(row.least_backend_warm_per_second)
        })
        .column("least_backend_per_second", format!("least backend, {} lost", loss(lost)), |row| {
            group.needed(row.least_backend_per_second)
        });
    let size = rows.first().map(|row| capacity(row));
    let carried = group.trace.load_per_second;
    let id = format!("{}sizes", group.trace_prefix);
    let figure = Figure::new(format!("{id}-chart"), caption(&rows), table)
        .x(Axis::cache(size))
        .y(Axis::linear("requests a second", Unit::Number))
        .mark(Mark::line("cache_capacity", "advertised_per_second", "advertised"))
        .mark(Mark::line("cache_capacity", "hidden_safe_per_second", "hidden"))
        .mark(Mark::rule_y(carried, format!("load: {}", load(Some(carried)))));
    Section::new(id, HEADING).figure(figure)
}

fn capacity(row: &SizeRow) -> Capacity {
    capacity_of(row.cache_capacity_objects, row.cache_capacity_bytes)
}

/// From the smallest to the largest size of which both capacities are known.
fn caption(rows: &[&SizeRow]) -> String {
    let known = || {
        rows.iter().filter_map(|row| {
            Some((
                capacity_text(capacity(row)),
                row.advertised_per_second?,
                row.hidden_safe_per_second?,
                row.gap_ratio?,
                row.miss_ratio?,
            ))
        })
    };
    match (known().next(), known().next_back()) {
        (Some((small, a0, h0, g0, m0)), Some((large, a1, h1, g1, m1))) if rows.len() > 1 => {
            let grows = if g1 > g0 {
                "The better the cache, the wider the gap"
            } else {
                "Here the gap does not grow with the cache"
            };
            format!(
                "{grows}: from {small} to {large} misses go from {} to {}, advertised capacity from {} to {}, hidden from {} to {}, \
                 the gap from {}x to {}x.",
                percent(m0),
                percent(m1),
                grouped_rate(a0),
                grouped_rate(a1),
                grouped_rate(h0),
                grouped_rate(h1),
                significant(g0),
                significant(g1)
            )
        }
        _ => String::new(),
    }
}
