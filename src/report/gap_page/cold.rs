//! Cold misses: three different things, and never one number.

use super::{Group, name};
use crate::report::page::{Axis, Cell, Chart, Figure, Mark, Section, Table, Unit, maybe};
use crate::report::{RefillRow, Row};
use crate::units::Seconds;

/// Refill and transient misses; what is compulsory is the trace's. Curves are drawn for the first cache size only.
pub(super) fn section(group: &Group) -> Section {
    let section = Section::new(group.id("cold"), "Cold misses").table(transient(group));
    if group.is_first { section.figure(refill(group)) } else { section }
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
    for row in &group.rows {
        table.row([
            Cell::text(name(row)),
            row.transient_misses.map_or_else(|| Cell::text("unknown"), Cell::signed_count),
            maybe(row.refill_seconds, Cell::seconds, "not before the trace or the horizon ended"),
            row.refill_requests.map_or_else(|| Cell::text("unknown"), Cell::count),
        ]);
    }
    table
}

/// Steps that are drawn at the most, of all policies together.
const MOST_STEPS: usize = 600;

fn refill(group: &Group) -> Figure {
    let mut table = Table::new(
        "misses after a full flush, and of the undisturbed twin",
        &[
            ("policy", ""),
            ("seconds", "since the flush"),
            ("requests", "requests"),
            ("misses", "misses"),
            ("twin_misses", "twin's misses"),
            ("added_ratio", "added misses"),
        ],
    );
    let curves: Vec<(&Row, Vec<&RefillRow>)> = group.rows.iter().map(|row| (*row, steps(group, row))).collect();
    let longest = curves.iter().map(|(_, steps)| steps.len()).max().unwrap_or(0).max(1);
    let most = (MOST_STEPS / longest).max(2);
    // The baseline and the best first, so that they are there where not all are.
    let mut chosen: Vec<&(&Row, Vec<&RefillRow>)> = curves.iter().collect();
    let best = group.best().map(|row| &row.policy);
    chosen.sort_by_key(|(row, _)| !row.is_baseline() && Some(&row.policy) != best);
    if chosen.len() > most {
        chosen.truncate(most);
        table = table.note("The curves of the other policies are in the JSON (refill).");
    }
    for (row, steps) in chosen {
        for step in steps {
            let added = (step.misses as f64 - step.twin_misses as f64) / step.requests as f64;
            table.row([
                Cell::text(name(row)),
                Cell::seconds(step.seconds),
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

/// The steps of one curve, until every cache was refilled for as long again.
fn steps<'r>(group: &Group<'r>, row: &Row) -> Vec<&'r RefillRow> {
    let over = |row: &Row| row.refill_seconds.unwrap_or(f64::INFINITY);
    let until = 2.0 * group.deployable().map(over).fold(0.0, f64::max);
    let own = |step: &&RefillRow| {
        step.trace == row.trace
            && step.policy == row.policy
            && step.cache_capacity == row.capacity()
            && step.requests > 0
    };
    group.report.refill.iter().filter(own).take_while(|step| step.seconds <= until).collect()
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
