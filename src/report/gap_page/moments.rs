//! When losing nodes would hurt: the longest wait after each loss, over the trace, beside how long clients wait.

use super::Group;
use crate::report::MomentRow;
use crate::report::format::loss_in_full;
use crate::report::page::{Axis, Cell, Figure, Mark, Section, Table, Unit, maybe};
use crate::units::Seconds;

/// The map of moments; empty where there is none. At the first cache size of a trace.
pub(super) fn section(group: &Group) -> Section {
    let rows: Vec<&MomentRow> = group.report.moments.iter().filter(|row| row.trace == group.trace.name).collect();
    let config = &group.report.config;
    let table = Table::of(format!("the longest wait after a loss, {}", config.baseline), rows.iter().copied())
        .column("loss", "lost", |row| Cell::text(loss_in_full(&row.loss)))
        .column("start_seconds", "lost from", |row| Cell::seconds(row.start_seconds))
        .column("wait_seconds", "longest wait", |row| match row.wait_seconds {
            Some(wait) => Cell::seconds(wait),
            None => Cell::number(config.timeout_seconds, "too late"),
        })
        .column("node", "node", |row| maybe(row.node.map(u64::from), Cell::count, "all"))
        .note(
            "A row stands for the time until the next one of its loss begins; of the nodes and moments tried in it, it has the worst. \
             Where answers come too late, the line lies at the timeout.",
        );
    let id = format!("{}moments", group.trace_prefix);
    let figure = Figure::new(format!("{id}-chart"), caption(group, &rows), table)
        .x(Axis::linear("lost so long into the trace", Unit::Seconds))
        .y(Axis::linear("longest wait in the backend's queue", Unit::Seconds))
        .mark(Mark::lines("start_seconds", "wait_seconds", "loss"))
        .mark(Mark::rule_y(config.timeout_seconds, format!("clients wait {}", Seconds(config.timeout_seconds))));
    Section::new(id, "When would losing a node hurt?").figure(figure)
}

/// How much of the time each loss may happen in.
fn caption(group: &Group, rows: &[&MomentRow]) -> String {
    let mut losses: Vec<&str> = rows.iter().map(|row| row.loss.as_str()).collect();
    losses.dedup();
    let late = |loss: &&str| {
        let own = || rows.iter().filter(|row| row.loss == *loss);
        let late = own().filter(|row| row.wait_seconds.is_none()).count();
        match (late, own().count()) {
            (0, _) => format!("{} at no time", loss_in_full(loss)),
            (late, all) if late == all => format!("{} at any time", loss_in_full(loss)),
            (late, all) => format!("{} in {late} of {all} slices of the trace", loss_in_full(loss)),
        }
    };
    let told: Vec<String> = losses.iter().map(late).collect();
    format!("With {} answers come too late after losing {}.", group.report.config.baseline, told.join(", "))
}
