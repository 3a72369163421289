//! The decisions of the main report for reading in a terminal, below what may be cut: how far the load may grow.

use super::sheet::Sheet;
use super::sheet::columns::Columns;
use super::text::{backend, load, loss_name, name_width, signed_percent};
use super::{Report, Row, TraceReport};
use crate::units::Growth;

/// How far the load may grow until today's backend stops surviving each loss, and what the grown load needs.
pub(super) fn growth(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let Some(first) = group.first() else { return };
    let by_loss = || {
        let table = Columns::new(4).left("", name_width(group) + 1);
        report.losses(first).fold(table, |table, row| table.right(loss_name(row.loss_ratio), 11))
    };
    let rate = trace.backend.rate;
    out.led("  ", &format!("HOW FAR THE LOAD MAY GROW until today's {rate} no longer survive losing..."));
    let mut table = by_loss();
    for row in group {
        let grows = |loss: &Row| loss.growth_ratio.map_or("no limit".to_string(), signed_percent);
        table.row(std::iter::once(row.policy.clone()).chain(report.losses(row).map(grows)));
    }
    out.table(&table);
    out.prose("    ", "below 0: by so much the load is too high already.");
    out.blank();
    let Some(by) = report.config.growth_ratio else { return };
    let grown: Vec<_> = report.growth.iter().filter(|row| row.trace == trace.name).collect();
    let carried = load(grown.first().map(|row| row.load_per_second));
    let by = Growth(by);
    out.led("  ", &format!("ONCE THE LOAD HAS GROWN BY {by}: backend needed to carry {carried} and survive losing..."));
    let mut table = by_loss();
    for row in group {
        let own = grown.iter().filter(|grown| grown.policy == row.policy && grown.cache_capacity == row.capacity());
        let needed = own.map(|grown| backend(grown.least_backend_per_second, rate.of));
        table.row(std::iter::once(row.policy.clone()).chain(needed));
    }
    out.table(&table);
    out.blank();
}
