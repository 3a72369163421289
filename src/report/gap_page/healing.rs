//! The healing curve of the baseline: which share of simulated outages heals, by load.

use super::Group;
use crate::report::HealingRow;
use crate::report::page::{Axis, Cell, Figure, Mark, Section, Table, Unit};
use crate::units::grouped_rate;

/// So far beyond the intervals the curve is drawn.
const MARGIN: f64 = 1.15;

/// The curve; empty where nothing was simulated, or where all outages heal.
pub(super) fn section(group: &Group) -> Section {
    let id = group.id("healing");
    let empty = || Section::new(id.clone(), "How many outages heal?");
    let Some(baseline) = group.rows.iter().find(|row| row.is_baseline()) else { return empty() };
    let (Some(most), Some(few)) = (baseline.hidden_95_per_second, baseline.hidden_05_per_second) else {
        return empty();
    };
    let low = baseline.hidden_95_per_second_low.unwrap_or(most) / MARGIN;
    let high = baseline.hidden_05_per_second_high.unwrap_or(few) * MARGIN;
    let is_drawn = |row: &&HealingRow| {
        row.trace == group.trace.name
            && row.policy == baseline.policy
            && baseline.capacity() == row.cache_capacity
            && (low..=high).contains(&row.load_per_second)
    };
    let rows = group.report.healing.iter().filter(is_drawn);
    let table = Table::of(format!("simulated losses of the whole cache, {}", baseline.policy), rows)
        .column("service", "service times", |row| Cell::text(&row.service))
        .column("load_per_second", "load", |row| Cell::rate(row.load_per_second))
        .column("trials", "trials", |row| Cell::count(u64::from(row.trials)))
        .column("healed", "healed", |row| Cell::count(u64::from(row.healed)))
        .column("fitted_ratio", "share that heals", |row| Cell::share(row.fitted_ratio))
        .note(
            "Loads are requests a second; the share is that of the best curve through all trials that falls with the load.",
        );
    let safe = baseline.hidden_safe_per_second.filter(|safe| (low..=high).contains(safe));
    let caption = format!(
        "With {} 95% of outages heal at {} requests a second, and 5% at {}: over all moments that are tried, the worst, the busiest \
         and the end of warm-up.",
        baseline.policy,
        grouped_rate(most),
        grouped_rate(few)
    );
    let figure = Figure::new(group.id("healing-chart"), caption, table)
        .x(Axis::linear("requests a second", Unit::Number))
        .y(Axis::linear("share that heals", Unit::Share))
        .mark(Mark::lines("load_per_second", "fitted_ratio", "service"))
        .mark(safe.map(|safe| Mark::rule_x(safe, "safe bound")));
    empty().figure(figure)
}
