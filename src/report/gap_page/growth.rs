//! How far the load may grow until today's backend stops surviving a loss, and what a grown load needs.

use super::{Group, load, loss, name};
use crate::report::decisions::GrowthRow;
use crate::report::format::percent;
use crate::report::page::{Axis, Cell, Figure, Mark, Section, Table, Unit, maybe};

/// Room to grow by loss; with `--growth`, the backend that the grown load needs.
pub(super) fn section(group: &Group) -> Section {
    let losses = group.rows.iter().flat_map(|row| group.report.losses(row));
    let table = Table::of("how far the load may grow until today's backend stops surviving a loss", losses)
        .column("policy", "", |row| Cell::text(name(row)))
        .column("loss_ratio", "share lost", |row| Cell::loss(row.loss_ratio, &row.loss))
        .listed("load_limit_per_second", "largest load, requests/s")
        .column("growth_ratio", "room to grow", |row| maybe(row.growth_ratio, Cell::change, row.absent("no limit")))
        .note("Below zero: today's load is already too high for that loss.");
    let figure = Figure::new(group.id("growth-chart"), caption(group), table)
        .x(Axis::linear("share of the cache that is lost", Unit::Share))
        .y(Axis::linear("room for the load to grow", Unit::Change))
        .mark(Mark::lines("loss_ratio", "growth_ratio", "policy"))
        .mark(Mark::rule_y(0.0, format!("the load to carry: {}", load(Some(group.trace.load_per_second)))));
    Section::new(group.id("growth"), "How far the load may grow").figure(figure).table(grown(group))
}

fn caption(group: &Group) -> String {
    let Some(baseline) = group.baseline().filter(|row| row.limits_known) else { return String::new() };
    let room = |row: &crate::report::Row| match row.growth_ratio {
        None => "without limit".to_string(),
        Some(ratio) if ratio >= 0.0 => format!("by {}", percent(ratio)),
        Some(ratio) => format!("not at all (it must fall by {})", percent(-ratio)),
    };
    let told: Vec<String> = group
        .report
        .losses(baseline)
        .filter(|row| row.loss_ratio == 0.0 || row.loss_ratio == 1.0)
        .map(|row| format!("{} if {} is lost", room(row), loss(row.loss_ratio)))
        .collect();
    format!("With {} and today's backend the load may grow {}.", baseline.policy, told.join(", and "))
}

/// What the grown load needs, where somebody asked.
pub(super) fn grown(group: &Group) -> Table {
    let own = |row: &&GrowthRow| {
        row.trace == group.trace.name && group.rows.first().is_some_and(|first| first.capacity() == row.cache_capacity)
    };
    let rows: Vec<&GrowthRow> = group.report.growth.iter().filter(own).collect();
    let Some(first) = rows.first() else { return Table::default() };
    let title =
        format!("once the load has grown by {}, to {}", percent(first.growth_ratio), load(Some(first.load_per_second)));
    Table::of(title, rows)
        .column("policy", "", |row| Cell::text(&row.policy))
        .column("loss_ratio", "share lost", |row| Cell::number(row.loss_ratio, loss(row.loss_ratio)))
        .column("least_backend_per_second", "least backend", |row| group.needed(row.least_backend_per_second))
        .column("safe_cut_ratio", "may be cut", |row| super::cut::of_backend(row.safe_cut_ratio))
        .into()
}
