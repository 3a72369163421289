//! What each policy carries, and what it survives: the figure at a glance, and the table of all policies.

use super::{Group, load, loss, name, region, requests};
use crate::report::format::percent;
use crate::report::page::{Axis, Cell, Figure, Fill, Mark, Of, Section, Table, Unit, maybe};
use crate::report::{Region, Row};
use crate::units::grouped_rate;

/// Hidden capacities that differ by less are called the same.
const SAME: f64 = 0.01;

/// Advertised, today, hidden and floor of every policy.
pub(super) fn glance(group: &Group) -> Section {
    let table = Table::of("capacities in requests a second", group.rows.iter().copied())
        .column("policy", "", |row| Cell::text(name(row)))
        .listed("floor_per_second", "floor")
        .listed("hidden_safe_per_second", "hidden")
        .listed("hidden_safe_per_second_p01", "at 1 in 100 moments")
        .listed("hidden_safe_per_second_p50", "typically")
        .listed("advertised_per_second", "advertised")
        .listed("gap_ratio", "gap")
        .listed("gap_floor_ratio", "to the floor")
        .note(
            "floor: carried with no cache at all, which may be a little more than the backend gives, as peaks wait; hidden: no answer is late below it after losing the cache at the worst moment, \
             and at other moments beside it; advertised: carried while the cache is warm; gap: advertised over hidden, and over \
             the floor.",
        );
    let carried = group.trace.load_per_second;
    let what = if carried == group.trace.today_per_second { "today" } else { "load to carry" };
    let figure = Figure::new(group.id("glance-chart"), glance_caption(group), table)
        .x(Axis::linear("requests a second", Unit::Number))
        .y(Axis::words("policy"))
        .mark(Mark::Bar {
            y: "policy",
            from: Some("hidden_safe_per_second"),
            to: "advertised_per_second",
            fill: Fill::Bad,
            name: "carried only while the cache is warm: may not heal after losing it".to_string(),
        })
        .mark(Mark::bar("policy", "hidden_safe_per_second", Fill::Good, "no answer is late after losing the cache"))
        .mark(Mark::Tick { x: "floor_per_second", y: "policy", name: "carried with no cache at all".to_string() })
        .mark(Mark::rule_x(carried, format!("{what}: {}", load(Some(carried)))));
    Section::new(group.id("glance"), "At a glance").figure(figure)
}

fn glance_caption(group: &Group) -> String {
    let Some(baseline) = group.baseline() else { return String::new() };
    let carried = baseline.load_per_second;
    let stands = match (region(baseline), baseline.advertised_per_second, baseline.hidden_safe_per_second) {
        (Region::OverloadedWarm, Some(advertised), _) => format!(
            "With {} the service carries {} while warm, less than the load of {}",
            baseline.policy,
            requests(advertised),
            grouped_rate(carried)
        ),
        (Region::Vulnerable, _, Some(hidden)) => format!(
            "With {} the service carries {} while warm, and recovers from a lost cache with no answer late only below {}: its load of {} \
             lies above that",
            baseline.policy,
            baseline.advertised_per_second.map_or("any load".to_string(), requests),
            grouped_rate(hidden),
            grouped_rate(carried)
        ),
        (Region::Unknown, ..) => {
            "What the service carries and recovers from is unknown: the trace is too short".to_string()
        }
        (_, _, hidden) => format!(
            "With {} the service recovers from a lost cache with no answer late {}: its load of {} lies below that",
            baseline.policy,
            hidden.map_or("at any load".to_string(), |hidden| format!("below {}", requests(hidden))),
            grouped_rate(carried)
        ),
    };
    format!("{stands}.{}", same_hidden(group))
}

/// Whether policies differ in what they survive.
fn same_hidden(group: &Group) -> String {
    let hidden: Vec<f64> = group.deployable().filter_map(|row| row.hidden_safe_per_second).collect();
    let (least, most) =
        (hidden.iter().copied().fold(f64::INFINITY, f64::min), hidden.iter().copied().fold(0.0, f64::max));
    match (hidden.len() == group.deployable().count(), hidden.len()) {
        (true, 2..) if most <= least * (1.0 + SAME) => {
            " Policies differ in what they carry while warm; a full loss they survive alike.".to_string()
        }
        (true, 2..) => {
            format!(" What the policies survive lies between {} and {}.", grouped_rate(least), grouped_rate(most))
        }
        _ => String::new(),
    }
}

/// Everything about every policy, in two tables, each as wide as a page.
pub(super) fn policies(group: &Group) -> Section {
    let title = format!("policies with a cache of {}, a backend of {}", group.cache(), group.trace.backend_text());
    let bounds = if group.rows.iter().any(|row| row.is_bound) {
        " In brackets: bounds, not policies one can deploy."
    } else {
        ""
    };
    let table = Table::of(title, group.rows.iter().copied())
        .column("policy", "", |row| named(row))
        .listed("hidden_safe_per_second", "hidden")
        .listed("advertised_per_second", "advertised")
        .listed("gap_ratio", "gap")
        .column("loss_survived_ratio", "loss survived", |row| match row.loss_survived_ratio {
            None => Cell::text(row.absent("overloaded warm")),
            Some(ratio) if ratio >= 1.0 => Cell::number(ratio, loss(ratio)),
            Some(ratio) => Cell::number(ratio, format!("~{}", percent(ratio))),
        })
        .column("nodes_needed", "nodes", |row| maybe(row.nodes_needed, Cell::count, "-"))
        .listed("miss_ratio", "misses")
        .listed("miss_ratio_worst_window", "worst window")
        .listed("floor_per_second", "floor")
        .column("widening_ratio", "widening", |row| match row.widening_ratio {
            _ if row.is_baseline() => Cell::text("-"),
            ratio => maybe(ratio, Cell::change, "unknown"),
        })
        .column("refill_seconds", "refill", |row| maybe(row.refill_seconds, Cell::seconds, "not seen"))
        .note(format!(
            "Rates are requests a second. loss survived: the largest share of the cache that may be lost at the load to carry; nodes: the \
             fewest of which any one may be lost; misses: share of the requests after warm-up; widening: of the gap with the same backend, \
             against {}; refill: until under 1% of the requests of the next ten steps miss only because of a full flush.{bounds}",
            group.report.config.baseline
        ));
    let section = Section::new(group.id("policies"), "The policies").table(table);
    if group.rows.iter().all(|row| row.hidden_measured_end.is_none()) {
        section
    } else {
        section.table(measured(group))
    }
}

/// The loads at which simulated outages heal.
fn measured<'r>(group: &Group<'r>) -> Of<&'r Row> {
    let load = |load: Option<f64>| maybe(load, Cell::rate, "none tried");
    Table::of("the load at which so many simulated outages heal, in requests a second", group.rows.iter().copied())
        .column("policy", "", |row| named(row))
        .column("hidden_95_per_second", "95% heal", |row| load(row.hidden_95_per_second))
        .column("hidden_95_per_second_low", "at least", |row| load(row.hidden_95_per_second_low))
        .column("hidden_95_per_second_high", "at most", |row| load(row.hidden_95_per_second_high))
        .column("hidden_50_per_second", "50% heal", |row| load(row.hidden_50_per_second))
        .column("hidden_05_per_second", "5% heal", |row| load(row.hidden_05_per_second))
        .note("At least and at most: the 95% interval of the load at which 95% heal.")
}

fn named(row: &Row) -> Cell {
    Cell::text(if row.is_baseline() { format!("{} (baseline)", name(row)) } else { name(row) })
}
