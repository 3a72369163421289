//! Cold misses: three different things, and never one number.

use super::{Group, name};
use crate::capacity::{AGREEING, EPSILON};
use crate::report::format::percent;
use crate::report::page::{Axis, Cell, Figure, Mark, Of, Section, Table, Unit, maybe};
use crate::report::{RefillRow, Row};
use crate::units::Seconds;

/// Refill and transient misses; what is compulsory is the trace's. Curves are drawn for the first cache size only.
pub(super) fn section(group: &Group) -> Section {
    let section = Section::new(group.id("cold"), "Cold misses").table(transient(group));
    if group.is_first { section.figure(refill(group)) } else { section }
}

fn transient<'r>(group: &Group<'r>) -> Of<&'r Row> {
    let title = format!("misses that a full flush adds, {} into the trace", Seconds(group.trace.refill_flush_seconds));
    let not_seen = "not before the trace or the horizon ended";
    Table::of(title, group.rows.iter().copied())
        .column("policy", "", |row| Cell::text(name(row)))
        .listed("transient_misses", "added misses")
        .column("refill_seconds", "refilled after", |row| maybe(row.refill_seconds, Cell::seconds, not_seen))
        .listed("refill_requests", "requests until then")
        .note("Against an undisturbed twin that replays the same requests.")
}

/// Steps that are drawn at the most, of all policies together.
const MOST_STEPS: usize = 600;
/// How much longer ago the flush is after a step that is drawn than before it, at the least: time goes by powers of ten there.
const LEAST_STEP: f64 = 1.03;

fn refill(group: &Group) -> Figure {
    let curves: Vec<(&Row, Vec<&RefillRow>)> = group.rows.iter().map(|row| (*row, steps(group, row))).collect();
    let longest = curves.iter().map(|(_, steps)| steps.len()).max().unwrap_or(0).max(1);
    let most = (MOST_STEPS / longest).max(2);
    // The baseline and the best first, so that they are there where not all are.
    let mut chosen: Vec<&(&Row, Vec<&RefillRow>)> = curves.iter().collect();
    let best = group.best().map(|row| &row.policy);
    chosen.sort_by_key(|(row, _)| !row.is_baseline() && Some(&row.policy) != best);
    let all = chosen.len() <= most;
    chosen.truncate(most);
    let steps = chosen.into_iter().flat_map(|(row, steps)| steps.iter().map(|step| (*row, *step)));
    let table = Table::of("misses after a full flush, and of the undisturbed twin", steps)
        .column("policy", "", |(row, _)| Cell::text(name(row)))
        .column("seconds", "since the flush", |(_, step)| Cell::seconds(step.seconds))
        .column("requests", "requests", |(_, step)| Cell::count(step.requests))
        .column("misses", "misses", |(_, step)| Cell::count(step.misses))
        .column("twin_misses", "twin's misses", |(_, step)| Cell::count(step.twin_misses))
        .column("added_ratio", "added misses", |(_, step)| Cell::share(added(step)))
        .note(if all {
            "All steps are in the JSON (refill)."
        } else {
            "All steps, and the other policies, are in the JSON (refill)."
        });
    let over =
        group.baseline().and_then(|row| Some(Mark::rule_x(row.refill_seconds?, format!("{} is refilled", name(row)))));
    Figure::new(group.id("refill-chart"), refill_caption(group), table)
        .x(Axis::log("since the flush", Unit::Seconds))
        .y(Axis::linear("misses that the flush adds, of all requests", Unit::Share))
        .mark(Mark::lines("seconds", "added_ratio", "policy"))
        .mark(over)
}

/// The share of a step's requests that miss only because of the flush.
fn added(step: &RefillRow) -> f64 {
    (step.misses as f64 - step.twin_misses as f64) / step.requests as f64
}

/// The steps of one curve, until every cache was refilled for as long again; of those that follow each other late, some.
fn steps<'r>(group: &Group<'r>, row: &Row) -> Vec<&'r RefillRow> {
    let over = |row: &Row| row.refill_seconds.unwrap_or(f64::INFINITY);
    let until = 2.0 * group.deployable().map(over).fold(0.0, f64::max);
    let own = |step: &&RefillRow| {
        step.trace == row.trace
            && step.policy == row.policy
            && step.cache_capacity == row.capacity()
            && step.requests > 0
    };
    let mut next = 0.0;
    let is_apart = |step: &&RefillRow| {
        let is_apart = step.seconds >= next;
        if is_apart {
            next = LEAST_STEP * step.seconds;
        }
        is_apart
    };
    group.report.refill.iter().filter(own).take_while(|step| step.seconds <= until).filter(is_apart).collect()
}

fn refill_caption(group: &Group) -> String {
    let known = || group.deployable().filter_map(|row| Some((row.refill_seconds?, row)));
    let slowest = known().max_by(|a, b| a.0.total_cmp(&b.0));
    let quickest = known().min_by(|a, b| a.0.total_cmp(&b.0));
    let when = match (quickest, slowest) {
        (Some((short, first)), Some((long, last))) if long > short => {
            format!("after {} ({}) to {} ({})", Seconds(short), first.policy, Seconds(long), last.policy)
        }
        (Some((short, _)), _) => format!("after {}", Seconds(short)),
        _ => return "The refill was not over before the trace or the horizon ended.".to_string(),
    };
    let least = percent(EPSILON);
    // Of the baseline, what is drawn beyond its mark.
    let later = group.baseline().and_then(|row| {
        let after = steps(group, row).into_iter().filter(|step| Some(step.seconds) > row.refill_seconds).map(added);
        row.refill_seconds.and(after.max_by(f64::total_cmp)).filter(|most| *most > EPSILON).map(|most| (row, most))
    });
    let later = later.map_or(String::new(), |(row, most)| {
        format!(" In a single step more may: up to {} with {}.", percent(most), row.policy)
    });
    format!(
        "Refilled {when}: under {least} of the requests of the next {AGREEING} steps together miss only because of the flush.{later}"
    )
}
