//! Cold misses: three different things, and never one number.

use super::{Group, name};
use crate::report::RefillRow;
use crate::report::assumptions::percent;
use crate::report::page::{Axis, Cell, Chart, Figure, Mark, Section, Table, Unit, maybe};
use crate::units::{Seconds, grouped};

/// Refill, transient and compulsory misses.
pub(super) fn section(group: &Group) -> Section {
    Section::new(group.id("cold"), "Cold misses: three different things")
        .prose(
            "First touches happen once per object and no policy avoids them. A flush adds the misses of its refill. How long \
             that lasts is a matter of time.",
        )
        .table(transient(group))
        .figure(refill(group))
        .figure(compulsory(group))
}

fn transient(group: &Group) -> Table {
    let mut table = Table::new(
        format!("misses that a full flush adds, {} into the trace", Seconds(group.trace.refill_flush_seconds)),
        &[
            ("policy", ""),
            ("transient_misses", "added misses"),
            ("refill_seconds", "refilled after"),
            ("refill_requests", "requests until then"),
        ],
    )
    .note("Against an undisturbed twin that replays the same requests.");
    for row in group.rows {
        let text = format!(
            "{}{}",
            if row.transient_misses < 0 { "-" } else { "" },
            grouped(row.transient_misses.unsigned_abs())
        );
        table.row([
            Cell::text(name(row)),
            Cell::number(row.transient_misses as f64, text),
            maybe(row.refill_seconds, Cell::seconds, "not before the trace or the horizon ended"),
            row.refill_requests.map_or_else(|| Cell::text("unknown"), Cell::count),
        ]);
    }
    table
}

fn refill(group: &Group) -> Figure {
    let mut table = Table::new(
        "misses after a full flush, and of the undisturbed twin",
        &[
            ("policy", ""),
            ("seconds", "since the flush"),
            ("requests_since", "requests since"),
            ("requests", "requests"),
            ("misses", "misses"),
            ("twin_misses", "twin's misses"),
            ("added_ratio", "added misses"),
        ],
    );
    let capacity = group.rows.first().map_or(0, |row| row.capacity());
    for row in group.rows {
        let own = |step: &&RefillRow| {
            step.trace == row.trace && step.policy == row.policy && step.cache_capacity == capacity && step.requests > 0
        };
        for step in group.report.refill.iter().filter(own) {
            let added = (step.misses as f64 - step.twin_misses as f64) / step.requests as f64;
            table.row([
                Cell::text(name(row)),
                Cell::seconds(step.seconds),
                Cell::count(step.requests_since),
                Cell::count(step.requests),
                Cell::count(step.misses),
                Cell::count(step.twin_misses),
                Cell::share(added),
            ]);
        }
    }
    let chart = Chart {
        x: Axis::log("since the flush", Unit::Seconds),
        y: Axis::linear("misses that the flush adds, of all requests", Unit::Share),
        marks: vec![Mark::lines("seconds", "added_ratio", "policy")],
    };
    Figure { id: group.id("refill-chart"), caption: refill_caption(group), chart, table }
}

fn refill_caption(group: &Group) -> String {
    let known = || group.deployable().filter_map(|row| Some((row.refill_seconds?, row)));
    let slowest = known().max_by(|a, b| a.0.total_cmp(&b.0));
    let quickest = known().min_by(|a, b| a.0.total_cmp(&b.0));
    match (quickest, slowest) {
        (Some((short, first)), Some((long, last))) if long > short => format!(
            "After a full flush {} costs no more added misses after {}, {} after {}.",
            first.policy,
            Seconds(short),
            last.policy,
            Seconds(long)
        ),
        (Some((short, _)), _) => format!("After a full flush no added misses are left after {}.", Seconds(short)),
        _ => "The refill was not over before the trace or the horizon ended.".to_string(),
    }
}

fn compulsory(group: &Group) -> Figure {
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
        id: group.id("compulsory-chart"),
        caption: format!(
            "After warm-up {} of the requests are first touches ({}): no policy can make fewer of them misses.",
            percent(share),
            grouped(first)
        ),
        chart,
        table,
    }
}
