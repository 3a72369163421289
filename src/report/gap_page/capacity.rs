//! What each policy carries, and what it survives: the figure at a glance, and the table of all policies.

use super::{Group, load, loss, name, region, requests};
use crate::report::format::percent;
use crate::report::page::{Axis, Cell, Chart, Figure, Fill, Mark, Section, Table, Unit, maybe};
use crate::report::{Region, Row};
use crate::units::grouped_rate;

/// Hidden capacities that differ by less are called the same.
const SAME: f64 = 0.01;

/// Advertised, today, hidden and floor of every policy.
pub(super) fn glance(group: &Group) -> Section {
    let mut table = Table::new(
        "capacities in requests a second",
        &[
            ("policy", ""),
            ("floor_per_second", "floor"),
            ("hidden_safe_per_second", "hidden"),
            ("hidden_safe_per_second_p01", "at 1 in 100 moments"),
            ("hidden_safe_per_second_p50", "typically"),
            ("advertised_per_second", "advertised"),
            ("gap_ratio", "gap"),
            ("gap_floor_ratio", "to the floor"),
        ],
    )
    .note(
        "floor: carried with no cache at all; hidden: no answer is late below it after losing the cache at the \
         worst moment, and at other moments beside it; advertised: carried \
         while the cache is warm; gap: advertised over hidden, and over the floor.",
    );
    for row in &group.rows {
        table.row([
            Cell::text(name(row)),
            maybe(row.floor_per_second, Cell::rate, row.absent("no limit")),
            maybe(row.hidden_safe_per_second, Cell::rate, row.absent("no limit")),
            maybe(row.hidden_safe_per_second_p01, Cell::rate, row.absent("no limit")),
            maybe(row.hidden_safe_per_second_p50, Cell::rate, row.absent("no limit")),
            maybe(row.advertised_per_second, Cell::rate, row.absent("no limit")),
            maybe(row.gap_ratio, Cell::times, "unknown"),
            maybe(row.gap_floor_ratio, Cell::times, "unknown"),
        ]);
    }
    let carried = group.trace.load_per_second;
    let what = if carried == group.trace.today_per_second { "today" } else { "load to carry" };
    let mut hidden = Mark::bar(
        "policy",
        "advertised_per_second",
        Fill::Bad,
        "carried only while the cache is warm: may not heal after losing it",
    );
    if let Mark::Bar { from, .. } = &mut hidden {
        *from = Some("hidden_safe_per_second".to_string());
    }
    let chart = Chart {
        x: Axis::linear("requests a second", Unit::Number),
        y: Axis::words("policy"),
        marks: vec![
            hidden,
            Mark::bar("policy", "hidden_safe_per_second", Fill::Good, "no answer is late after losing the cache"),
            Mark::Tick {
                x: "floor_per_second".to_string(),
                y: "policy".to_string(),
                name: "carried with no cache at all".to_string(),
            },
            Mark::rule_x(carried, format!("{what}: {}", load(Some(carried)))),
        ],
    };
    Section::new(group.id("glance"), "At a glance").figure(Figure {
        id: group.id("glance-chart"),
        caption: glance_caption(group),
        chart,
        table,
    })
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
            "With {} the service carries {} while warm, and comes back from a lost cache with no answer late only below {}: its load of {} \
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
            "With {} the service comes back from a lost cache with no answer late {}: its load of {} lies below that",
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
    let columns = [
        ("policy", ""),
        ("miss_ratio", "misses"),
        ("miss_ratio_worst_window", "worst window"),
        ("advertised_per_second", "advertised"),
        ("hidden_safe_per_second", "hidden"),
        ("floor_per_second", "floor"),
        ("gap_ratio", "gap"),
        ("widening_ratio", "widening"),
        ("refill_seconds", "refill"),
        ("loss_survived_ratio", "loss survived"),
        ("nodes_needed", "nodes"),
    ];
    let mut table = Table::new(title, &columns).note(format!(
        "Rates are requests a second. misses: share of the requests after warm-up; widening: of the gap, against {}; refill: how long a full \
         flush costs misses; loss survived: the largest share of the cache that may be lost at the load to carry; nodes: the fewest of which any one may be lost.{bounds}",
        group.report.config.baseline
    ));
    group.rows.iter().for_each(|row| table.row(policy(row)));
    let section = Section::new(group.id("policies"), "The policies").table(table);
    if group.rows.iter().all(|row| row.hidden_measured_end.is_none()) {
        section
    } else {
        section.table(measured(group))
    }
}

/// The loads at which simulated outages heal.
fn measured(group: &Group) -> Table {
    let columns = [
        ("policy", ""),
        ("hidden_95_per_second", "95% heal"),
        ("hidden_95_per_second_low", "at least"),
        ("hidden_95_per_second_high", "at most"),
        ("hidden_50_per_second", "50% heal"),
        ("hidden_05_per_second", "5% heal"),
    ];
    let title = "the load at which so many simulated outages heal, in requests a second";
    let mut table =
        Table::new(title, &columns).note("At least and at most: the 95% interval of the load at which 95% heal.");
    for row in &group.rows {
        let loads = [
            row.hidden_95_per_second,
            row.hidden_95_per_second_low,
            row.hidden_95_per_second_high,
            row.hidden_50_per_second,
            row.hidden_05_per_second,
        ];
        let loads = loads.map(|load| maybe(load, Cell::rate, "none tried"));
        table.row(std::iter::once(named(row)).chain(loads));
    }
    table
}

fn named(row: &Row) -> Cell {
    Cell::text(if row.is_baseline() { format!("{} (baseline)", name(row)) } else { name(row) })
}

fn policy(row: &Row) -> [Cell; 11] {
    let survived = match row.loss_survived_ratio {
        None => Cell::text(row.absent("overloaded warm")),
        Some(ratio) if ratio >= 1.0 => Cell::number(ratio, loss(ratio)),
        Some(ratio) => Cell::number(ratio, format!("~{}", percent(ratio))),
    };
    let load = |value: Option<f64>| maybe(value, Cell::rate, row.absent("no limit"));
    [
        named(row),
        maybe(row.miss_ratio, Cell::share, "unknown"),
        maybe(row.miss_ratio_worst_window, Cell::share, "unknown"),
        load(row.advertised_per_second),
        load(row.hidden_safe_per_second),
        load(row.floor_per_second),
        maybe(row.gap_ratio, Cell::times, "unknown"),
        if row.is_baseline() { Cell::text("-") } else { maybe(row.widening_ratio, Cell::change, "unknown") },
        maybe(row.refill_seconds, Cell::seconds, "not seen"),
        survived,
        row.nodes_needed.map_or_else(|| Cell::text("-"), Cell::count),
    ]
}
