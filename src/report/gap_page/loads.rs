//! The trace itself: its load over time, and what misses of it with the baseline.

use super::{Group, load};
use crate::replay::windows::is_whole;
use crate::report::WindowRow;
use crate::report::format::percent;
use crate::report::page::{Axis, Cell, Figure, Mark, Section, Table, Unit};
use crate::units::{Seconds, grouped};

/// Load over time, at the first cache size.
pub(super) fn section(group: &Group) -> Section {
    let prefix = &group.trace_prefix;
    let trace = group.trace;
    let (Some(baseline), width) = (group.baseline(), trace.window_seconds) else { return Section::default() };
    let own = |window: &&WindowRow| {
        window.trace == trace.name && window.policy == baseline.policy && window.cache_capacity == baseline.capacity()
    };
    let mut windows: Vec<&WindowRow> = group.report.windows.iter().filter(own).collect();
    // Where the trace ends inside the last one it would look as if fewer came.
    let is_cut = |last: &&&WindowRow| !is_whole(last.start_seconds + width, width, trace.span_seconds);
    if windows.len() > 1 && windows.last().filter(is_cut).is_some() {
        windows.pop();
    }
    let table = Table::of(format!("windows of {}, a second", Seconds(width)), windows)
        .column("start_seconds", "from", |window| Cell::seconds(window.start_seconds))
        .column("requests_per_second", "requests", |window| Cell::rate(window.requests as f64 / width))
        .column("misses_per_second", "misses", |window| Cell::rate(window.misses as f64 / width))
        .column("warmup", "warm-up", |window| Cell::text(if window.warmup { "yes" } else { "" }));
    let mean = trace.gets as f64 / trace.span_seconds.max(f64::MIN_POSITIVE);
    let caption = format!(
        "The busiest {} begin {} into the trace, with {}; the mean of all is {}.",
        Seconds(width),
        Seconds(trace.today_at_seconds),
        load(Some(trace.today_per_second)),
        load(Some(mean))
    );
    let figure = Figure::new(format!("{prefix}load-chart"), caption, table)
        .x(Axis::linear("into the trace", Unit::Seconds))
        .y(Axis::linear("a second", Unit::Number))
        .mark(Mark::line("start_seconds", "requests_per_second", "requests"))
        .mark(Mark::line("start_seconds", "misses_per_second", format!("misses ({})", baseline.policy)));
    Section::new(format!("{prefix}trace"), "The trace")
        .prose(format!(
            "{} requests on {} objects in {}.",
            grouped(trace.requests),
            grouped(trace.objects),
            Seconds(trace.span_seconds)
        ))
        .figure(figure)
        .figure(compulsory(group, prefix))
}

/// First touches: one per object, whatever the cache.
fn compulsory(group: &Group, prefix: &str) -> Figure {
    let table = Table::of("first touches, from the trace's begin", &group.trace.compulsory)
        .column("requests", "requests", |point| Cell::count(point.requests))
        .column("seconds", "into the trace", |point| Cell::seconds(point.seconds))
        .column("compulsory_misses", "first touches", |point| Cell::count(point.compulsory_misses));
    let (first, counted) = group.rows.first().map_or((0, 1), |row| (row.compulsory_misses, row.requests.max(1)));
    let caption = format!(
        "After warm-up {} of the requests are first touches ({}): no policy can make fewer of them misses.",
        percent(first as f64 / counted as f64),
        grouped(first)
    );
    Figure::new(format!("{prefix}compulsory-chart"), caption, table)
        .x(Axis::log("requests since the trace began", Unit::Number))
        .y(Axis::log("first touches", Unit::Number))
        .mark(Mark::line("requests", "compulsory_misses", "first touches"))
}
