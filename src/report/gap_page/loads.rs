//! The trace itself: its load over time, and what misses of it with the baseline.

use super::{Group, load};
use crate::report::WindowRow;
use crate::report::format::percent;
use crate::report::page::{Axis, Cell, Chart, Figure, Mark, Section, Table, Unit};
use crate::units::{Seconds, grouped};

/// Load over time, at the first cache size.
pub(super) fn section(group: &Group) -> Section {
    let prefix = &group.trace_prefix;
    let trace = group.trace;
    let (Some(baseline), width) = (group.baseline(), trace.window_seconds) else { return Section::default() };
    let mut table = Table::new(
        format!("windows of {}, a second", Seconds(width)),
        &[
            ("start_seconds", "from"),
            ("requests_per_second", "requests"),
            ("misses_per_second", "misses"),
            ("warmup", "warm-up"),
        ],
    );
    let own = |window: &&WindowRow| {
        window.trace == trace.name && window.policy == baseline.policy && window.cache_capacity == baseline.capacity()
    };
    for window in group.report.windows.iter().filter(own) {
        table.row([
            Cell::seconds(window.start_seconds),
            Cell::rate(window.requests as f64 / width),
            Cell::rate(window.misses as f64 / width),
            Cell::text(if window.warmup { "yes" } else { "" }),
        ]);
    }
    let chart = Chart {
        x: Axis::linear("into the trace", Unit::Seconds),
        y: Axis::linear("a second", Unit::Number),
        marks: vec![
            Mark::line("start_seconds", "requests_per_second", "requests"),
            Mark::line("start_seconds", "misses_per_second", &format!("misses ({})", baseline.policy)),
        ],
    };
    let mean = trace.gets as f64 / trace.span_seconds.max(f64::MIN_POSITIVE);
    let caption = format!(
        "The busiest {} begin {} into the trace, with {}; the mean of all is {}.",
        Seconds(width),
        Seconds(trace.today_at_seconds),
        load(Some(trace.today_per_second)),
        load(Some(mean))
    );
    Section::new(format!("{prefix}trace"), "The trace")
        .prose(format!(
            "{} requests on {} objects in {}.",
            grouped(trace.requests),
            grouped(trace.objects),
            Seconds(trace.span_seconds)
        ))
        .figure(Figure { id: format!("{prefix}load-chart"), caption, chart, table })
        .figure(compulsory(group, prefix))
}

/// First touches: one per object, whatever the cache.
fn compulsory(group: &Group, prefix: &str) -> Figure {
    let mut table = Table::new(
        "first touches, from the trace's begin",
        &[("requests", "requests"), ("seconds", "into the trace"), ("compulsory_misses", "first touches")],
    );
    for point in &group.trace.compulsory {
        table.row([Cell::count(point.requests), Cell::seconds(point.seconds), Cell::count(point.compulsory_misses)]);
    }
    let counted = group.rows.first();
    let share = counted.map_or(0.0, |row| row.compulsory_misses as f64 / row.requests.max(1) as f64);
    let first = counted.map_or(0, |row| row.compulsory_misses);
    let chart = Chart {
        x: Axis::log("requests since the trace began", Unit::Number),
        y: Axis::log("first touches", Unit::Number),
        marks: vec![Mark::line("requests", "compulsory_misses", "first touches")],
    };
    Figure {
        id: format!("{prefix}compulsory-chart"),
        caption: format!(
            "After warm-up {} of the requests are first touches ({}): no policy can make fewer of them misses.",
            percent(share),
            grouped(first)
        ),
        chart,
        table,
    }
}
