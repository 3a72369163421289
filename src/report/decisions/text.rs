//! The decisions of the main report for reading in a terminal: what happens if the cache is lost, how far the load may grow,
//! what it costs, what other sizes and knobs do.

use super::{IfLost, MoneyRow};
use crate::policy::Capacity;
use crate::report::assumptions::{capacity_text, percent};
use crate::report::text::{backend, line, load, loss_name, name_width, signed_percent, wrapped};
use crate::report::{Report, Row, TraceReport};
use crate::units::{Growth, Seconds, grouped, grouped_rate, significant};

/// How far the load may grow until today's backend stops surviving each loss, and what the grown load needs.
pub(in crate::report) fn growth(out: &mut String, report: &Report, trace: &TraceReport, group: &[&Row]) {
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

/// What a full flush at the load to carry does, and how nodes may restart.
pub(in crate::report) fn if_lost(out: &mut String, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let carried = load(Some(trace.load_per_second));
    if report.config.seeds.is_empty() {
        line(out, "  IF THE CACHE IS LOST: left out (--quick)");
        line(out, "");
        return;
    }
    let Some(told) = report.if_lost.iter().find(|told| told.trace == trace.name) else {
        line(out, "  IF THE CACHE IS LOST: unknown; the trace is too short to simulate it at this load");
        line(out, "");
        return;
    };
    line(
        out,
        &format!("  IF THE CACHE IS LOST at {carried}, {} into the trace (simulated)", Seconds(told.moment_seconds)),
    );
    if group.iter().any(|row| row.is_baseline() && row.capacity() == told.cache_capacity) {
        line(out, &wrapped(&format!("{}: {} {}", told.policy, told.verdict.sentence, told.verdict.why), "    "));
        line(out, &wrapped(&healed_seeds(told), "    "));
    }
    let width = name_width(group);
    let columns = |name: &str, heals: &str, lost: &str, escape: &str, shed: &str| {
        format!("    {name:<width$} {heals:>16} {lost:>18} {escape:>14} {shed:>10}")
    };
    line(out, &columns("", "heals", "users wait in vain", "escape load", "shed"));
    for row in group {
        let heals = match (row.recovers, row.recovery_seconds) {
            (Some(true), Some(seconds)) if seconds < 0.5 => "at once".to_string(),
            (Some(true), Some(seconds)) => format!("after {}", Seconds(seconds)),
            (Some(_), _) if row.loss_survived_ratio.is_none() => "overloaded warm".to_string(),
            (Some(_), _) => "no".to_string(),
            (None, _) => "unknown".to_string(),
        };
        let lost =
            row.user_seconds_lost.map_or("unknown".to_string(), |lost| format!("{} s", grouped_rate(lost.round())));
        let heals_by_itself = row.recovers == Some(true);
        let or_none = |text: String| if heals_by_itself { "-".to_string() } else { text };
        let escape = or_none(load(row.escape_per_second));
        let shed = or_none(row.shed_ratio.map_or("unknown".to_string(), percent));
        line(out, &columns(&row.policy, &heals, &lost, &escape, &shed));
    }
    line(
        out,
        &wrapped(
            "heals: in the slowest of the simulations, if in all; escape load: once it is down it climbs out only below it, so shed \
             at least that share of the load. `coldgap outage` shows the timeline and what breaks the loop.",
            "    ",
        ),
    );
    line(out, &wrapped(&told.restarts_sentence, "    "));
    line(out, "");
}

fn healed_seeds(told: &IfLost) -> String {
    match told.seeds_healed {
        0 => format!("It healed with none of {} seeds.", told.seeds),
        all if all == told.seeds => format!("It healed with all {all} seeds; this is the slowest."),
        some => format!("It healed with {some} of {} seeds; this is one with which it did not.", told.seeds),
    }
}

/// The cheapest of every size for the loss that must be survived, and what surviving more costs.
pub(in crate::report) fn money(out: &mut String, report: &Report, trace: &TraceReport) {
    let rows: Vec<&MoneyRow> = report.money.iter().filter(|row| row.trace == trace.name).collect();
    let (Some(first), Some(survive)) = (rows.first(), report.config.survive_ratio) else { return };
    let prices =
        [&report.config.backend_price, &report.config.cache_price].map(|price| price.clone().unwrap_or_default());
    let carried = load(Some(trace.load_per_second));
    line(
        out,
        &format!(
            "  WHAT IT COSTS to carry {carried} and survive losing {} ({}, {})",
            loss_name(survive),
            prices[0],
            prices[1]
        ),
    );
    let mut best: Vec<&MoneyRow> = Vec::new();
    for row in rows.iter().filter(|row| row.must_survive) {
        let cost = |row: &MoneyRow| row.cost.unwrap_or(f64::INFINITY);
        match best.last_mut() {
            Some(last) if capacity(last) == capacity(row) => {
                if cost(row) < cost(last) {
                    *last = row;
                }
            }
            _ => best.push(row),
        }
    }
    offers(out, trace, &best, |row| capacity_text(capacity(row)), "the cheapest policy at each size");
    line(
        out,
        &wrapped(
            &format!(
                "today: {} for {} and the cache as it is. > the cheapest.",
                sum(Some(first.today_cost)),
                trace.backend.rate
            ),
            "    ",
        ),
    );
    line(out, "");
    line(out, "  WHAT SURVIVING MORE COSTS: the cheapest for each loss");
    let mut frontier: Vec<&MoneyRow> = rows.iter().copied().filter(|row| row.cheapest).collect();
    frontier.sort_by(|a, b| a.loss_ratio.total_cmp(&b.loss_ratio));
    let size = |row: &MoneyRow| format!("{} ({})", loss_name(row.loss_ratio), capacity_text(capacity(row)));
    offers(out, trace, &frontier, size, "loss (cache)");
    line(out, "");
}

fn offers(out: &mut String, trace: &TraceReport, rows: &[&MoneyRow], name: impl Fn(&MoneyRow) -> String, title: &str) {
    let names: Vec<String> = rows.iter().map(|row| name(row)).collect();
    let width = names.iter().map(String::len).chain([title.len()]).max().unwrap_or(0);
    let policy = rows.iter().map(|row| row.policy.len()).max().unwrap_or(0).max(6);
    let columns = |mark: char, name: &str, by: &str, backend: &str, sums: [String; 3], saving: &str| {
        let [b, c, all] = sums;
        format!("  {mark} {name:<width$}  {by:<policy$} {backend:>12} {b:>10} {c:>10} {all:>10} {saving:>8}")
    };
    let heads = ["for it", "cache", "together"].map(str::to_string);
    line(out, &columns(' ', title, "policy", "backend", heads, "change"));
    for (row, name) in rows.iter().zip(&names) {
        let mark = if row.cheapest && row.must_survive { '>' } else { ' ' };
        let backend = backend(row.least_backend_per_second, trace.backend.rate.of);
        let sums = [row.backend_cost, Some(row.cache_cost), row.cost].map(sum);
        let change = row.saving_ratio.map_or("-".to_string(), |saving| signed_percent(-saving));
        line(out, &columns(mark, name, &row.policy, &backend, sums, &change));
    }
}

/// A sum of money.
fn sum(value: Option<f64>) -> String {
    value.map_or("-".to_string(), grouped_rate)
}

fn capacity(row: &MoneyRow) -> Capacity {
    match row.cache_capacity_bytes {
        Some(bytes) => Capacity::Bytes(bytes),
        None => Capacity::Objects(row.cache_capacity_objects.unwrap_or(0)),
    }
}

/// The baseline at other sizes.
pub(in crate::report) fn sizes(out: &mut String, report: &Report, trace: &TraceReport) {
    let rows: Vec<_> = report.sizes.iter().filter(|row| row.trace == trace.name).collect();
    let Some(first) = rows.first() else { return };
    line(out, &format!("  OTHER CACHE SIZES for {}", first.policy));
    let columns = |size: &str, misses: &str, advertised: &str, hidden: &str, gap: &str, warm: &str, lost: &str| {
        format!("    {size:>10} {misses:>8} {advertised:>12} {hidden:>12} {gap:>8} {warm:>14} {lost:>16}")
    };
    let lost = format!("lose {}", loss_name(first.loss_ratio));
    line(out, &columns("footprint", "misses", "advertised", "hidden", "gap", "backend: warm", &lost));
    for row in rows {
        line(
            out,
            &columns(
                &percent(row.cache_capacity_ratio),
                &row.miss_ratio.map_or("unknown".to_string(), percent),
                &load(row.advertised_per_second),
                &load(row.hidden_safe_per_second),
                &row.gap_ratio.map_or("unknown".to_string(), |gap| format!("{}x", significant(gap))),
                &backend(row.least_backend_warm_per_second, trace.backend.rate.of),
                &backend(row.least_backend_per_second, trace.backend.rate.of),
            ),
        );
    }
    line(out, "");
}

/// What the knobs do; the table is in the JSON.
pub(in crate::report) fn sensitivity(out: &mut String, report: &Report, trace: &TraceReport) {
    let Some(found) = report.sensitivity.iter().find(|found| found.trace == trace.name) else { return };
    let rows = grouped(found.rows.len() as u64);
    line(out, &wrapped(&format!("WHICH KNOB: {} ({rows} rows in the JSON: sensitivity.)", found.sentence), "  "));
    line(out, "");
}
