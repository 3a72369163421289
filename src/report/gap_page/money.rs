//! What it costs to survive a loss: cache size, policy and backend together.

use super::{Group, loss};
use crate::policy::Capacity;
use crate::report::decisions::MoneyRow;
use crate::report::format::{capacity_of, capacity_text, percent};
use crate::report::page::{Axis, Cell, Figure, Mark, Of, Section, Table, Tone, Unit, maybe};
use crate::units::grouped_rate;

/// Costs by loss; empty without prices. At the first cache size of a trace.
pub(super) fn section(group: &Group) -> Section {
    let prefix = &group.trace_prefix;
    let rows: Vec<&MoneyRow> = group.report.money.iter().filter(|row| row.trace == group.trace.name).collect();
    let mut offers: Vec<&MoneyRow> = rows.iter().copied().filter(|row| row.must_survive).collect();
    offers.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let mut frontier: Vec<&MoneyRow> = rows.iter().copied().filter(|row| row.cheapest).collect();
    frontier.sort_by(|a, b| a.loss_ratio.total_cmp(&b.loss_ratio));
    let survived = offers.first().map_or(String::new(), |row| loss(row.loss_ratio));
    let today = |row: &&MoneyRow| Mark::rule_y(row.today_cost, format!("today: {}", grouped_rate(row.today_cost)));
    let caption = offers.first().map_or(String::new(), |best| caption(best));
    let cheapest = table(group, "the cheapest way to survive each loss", &frontier);
    let figure = Figure::new(format!("{prefix}money-chart"), caption, cheapest)
        .x(Axis::linear("share of the cache whose loss is survived", Unit::Share))
        .y(Axis::linear("cost a month", Unit::Number))
        .mark(Mark::line("loss_ratio", "cost", "the cheapest"))
        .mark(rows.first().map(today));
    Section::new(format!("{prefix}money"), "What it costs").figure(figure).table(table(
        group,
        &format!("all ways to survive losing {survived}, the cheapest first"),
        &offers,
    ))
}

fn cost(row: &MoneyRow) -> f64 {
    row.cost.unwrap_or(f64::INFINITY)
}

fn caption(best: &MoneyRow) -> String {
    let Some(cost) = best.cost else { return "No backend is large enough to survive that loss.".to_string() };
    let against = match best.saving_ratio {
        Some(saving) if saving >= 0.0 => {
            format!("{} less than today's {}", percent(saving), grouped_rate(best.today_cost))
        }
        Some(saving) => format!("{} more than today's {}", percent(-saving), grouped_rate(best.today_cost)),
        None => format!("today {}", grouped_rate(best.today_cost)),
    };
    format!(
        "To survive losing {} the cheapest is {} with a cache of {}: {} a month, {against}.",
        loss(best.loss_ratio),
        best.policy,
        capacity_text(capacity(best)),
        grouped_rate(cost)
    )
}

fn capacity(row: &MoneyRow) -> Capacity {
    capacity_of(row.cache_capacity_objects, row.cache_capacity_bytes)
}

fn table<'r>(group: &Group, title: &str, rows: &[&'r MoneyRow]) -> Of<&'r MoneyRow> {
    let judged = |row: &MoneyRow| if row.cheapest { Tone::Good } else { Tone::Plain };
    Table::of(title, rows.iter().copied())
        .column("policy", "", |row| Cell::text(&row.policy))
        .column("cache_capacity", "cache", |row| Cell::capacity(capacity(row)))
        .column("loss_ratio", "survives losing", |row| Cell::number(row.loss_ratio, loss(row.loss_ratio)))
        .column("least_backend_per_second", "backend", |row| group.needed(row.least_backend_per_second))
        .column("backend_cost", "backend costs", |row| maybe(row.backend_cost, Cell::rate, "-"))
        .column("cache_cost", "cache costs", |row| Cell::rate(row.cache_cost))
        .column("cost", "together", |row| maybe(row.cost, Cell::rate, "-").tone(judged(row)))
        .column("saving_ratio", "saves", |row| maybe(row.saving_ratio, Cell::change, "-"))
        .note(
            "Costs a month in the currency of the prices; saves: against today's backend and the baseline's first cache size.",
        )
}
