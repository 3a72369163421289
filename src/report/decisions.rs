//! The decisions of the main report for reading in a terminal, below what may be cut: how far the load may grow.

use super::text::{backend, line, load, loss_name, name_width, signed_percent, wrapped};
use super::{Report, Row, TraceReport};
use crate::units::Growth;

/// How far the load may grow until today's backend stops surviving each loss, and what the grown load needs.
pub(super) fn growth(out: &mut String, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let Some(first) = group.first() else { return };
    let width = name_width(group);
    let names = report.losses(first).map(|row| format!("{:>12}", loss_name(row.loss_ratio))).collect::<String>();
    line(out, &format!("  HOW FAR THE LOAD MAY GROW until today's {} no longer survive losing...", trace.backend.rate));
    line(out, &format!("    {:<width$} {names}", ""));
    for row in group {
        let grows = |loss: &Row| loss.growth_ratio.map_or("no limit".to_string(), signed_percent);
        let cells = report.losses(row).map(|loss| format!("{:>12}", grows(loss))).collect::<String>();
        line(out, &format!("    {:<width$} {cells}", row.policy));
    }
    line(out, &wrapped("below 0: by so much the load is too high already.", "    "));
    line(out, "");
    let Some(by) = report.config.growth_ratio else { return };
    let grown: Vec<_> = report.growth.iter().filter(|row| row.trace == trace.name).collect();
    let carried = load(grown.first().map(|row| row.load_per_second));
    line(
        out,
        &format!(
            "  ONCE THE LOAD HAS GROWN BY {}: backend needed to carry {carried} and survive losing...",
            Growth(by)
        ),
    );
    line(out, &format!("    {:<width$} {names}", ""));
    for row in group {
        let own = grown.iter().filter(|grown| grown.policy == row.policy && grown.cache_capacity == row.capacity());
        let needed = |value| format!("{:>12}", backend(value, trace.backend.rate.of));
        let cells = own.map(|grown| needed(grown.least_backend_per_second)).collect::<String>();
        line(out, &format!("    {:<width$} {cells}", row.policy));
    }
    line(out, "");
}
