//! The decisions of the main report for reading in a terminal: what happens if the cache is lost, how far the load may grow,
//! what it costs, what other sizes and knobs do.

use super::{IfLost, MoneyRow};
use crate::policy::Capacity;
use crate::report::format::{capacity_text, limit, load, loss_in_full, loss_name, percent, signed_percent};
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::text::{backend, name_width};
use crate::report::{Report, Row, TraceReport};
use crate::units::{Growth, Seconds, grouped, grouped_rate, significant};

/// How far the load may grow until today's backend stops surviving each loss, and what the grown load needs.
pub(in crate::report) fn growth(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let Some(first) = group.first() else { return };
    let by_loss = || {
        let table = Columns::new(4).left("", name_width(group) + 1);
        report.losses(first).fold(table, |table, row| table.right(loss_in_full(&row.loss), 11))
    };
    let rate = trace.backend_text();
    out.led("  ", &format!("HOW FAR THE LOAD MAY GROW until today's {rate} no longer survive losing..."));
    let mut table = by_loss();
    for row in group {
        let grows = |loss: &Row| loss.growth_ratio.map_or_else(|| loss.absent("no limit").to_string(), signed_percent);
        table.row(std::iter::once(row.policy.clone()).chain(report.losses(row).map(grows)));
    }
    out.table(&table);
    out.prose("    ", "below 0: by so much the load is too high already.");
    out.blank();
    growth_asked(out, report, trace, group);
}

/// What the grown load needs, where somebody asked.
pub(in crate::report) fn growth_asked(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let (Some(by), Some(first)) = (report.config.growth_ratio, group.first()) else { return };
    let by_loss = || {
        let table = Columns::new(4).left("", name_width(group) + 1);
        report.losses(first).fold(table, |table, row| table.right(loss_in_full(&row.loss), 11))
    };
    let grown: Vec<_> = report.growth.iter().filter(|row| row.trace == trace.name).collect();
    let carried = load(grown.first().map(|row| row.load_per_second));
    let by = Growth(by);
    out.led("  ", &format!("ONCE THE LOAD HAS GROWN BY {by}: backend needed to carry {carried} and survive losing..."));
    let mut table = by_loss();
    for row in group {
        let own = grown.iter().filter(|grown| grown.policy == row.policy && grown.cache_capacity == row.capacity());
        let needed = own.map(|grown| backend(grown.least_backend_per_second, trace));
        table.row(std::iter::once(row.policy.clone()).chain(needed));
    }
    out.table(&table);
    out.blank();
}

/// What a full flush at the load to carry does, and how nodes may restart.
pub(in crate::report) fn if_lost(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row]) {
    let carried = load(Some(trace.load_per_second));
    if report.config.seeds.is_empty() {
        out.led("  ", "IF THE CACHE IS LOST: left out (--quick)");
        out.blank();
        return;
    }
    let Some(told) = report.if_lost.iter().find(|told| told.trace == trace.name) else {
        out.led("  ", "IF THE CACHE IS LOST: unknown; the trace is too short to simulate it at this load");
        out.blank();
        return;
    };
    let moment = Seconds(told.moment_seconds);
    out.led("  ", &format!("IF THE CACHE IS LOST at {carried}, {moment} into the trace (simulated)"));
    if group.iter().any(|row| row.is_baseline() && row.capacity() == told.cache_capacity) {
        out.prose("    ", &format!("{}: {} {}", told.policy, told.verdict.sentence, told.verdict.why));
        out.prose("    ", &healed(told));
    }
    let mut table = Columns::new(4).left("", name_width(group)).right("heals", 16).right("users wait in vain", 18);
    table = table.right("escape load", 14).right("shed", 10);
    for row in group {
        let heals = match (row.recovers, row.recovery_seconds) {
            (Some(true), Some(seconds)) if seconds < 0.5 => "at once".to_string(),
            (Some(true), Some(seconds)) => format!("after {}", Seconds(seconds)),
            (Some(_), _) if row.loss_survived_ratio.is_none() => "overloaded warm".to_string(),
            (Some(_), _) => "no".to_string(),
            (None, _) if row.user_seconds_lost.is_some() => "unsettled".to_string(),
            (None, _) => "unknown".to_string(),
        };
        let lost =
            row.user_seconds_lost.map_or("unknown".to_string(), |lost| format!("{} s", grouped_rate(lost.round())));
        let heals_by_itself = row.recovers == Some(true);
        let or_none = |text: String| if heals_by_itself { "-".to_string() } else { text };
        let escape = or_none(load(row.escape_per_second));
        let shed = or_none(row.shed_ratio.map_or("unknown".to_string(), percent));
        table.row([row.policy.clone(), heals, lost, escape, shed]);
    }
    out.table(&table);
    out.prose(
        "    ",
        "heals: in the slowest of the simulations, if in all; unsettled: not over when they ended, though nothing keeps it down; escape load: once it is down it climbs out only below it, so shed \
         at least that share of the load. `coldgap outage` shows the timeline and what breaks the loop.",
    );
    out.prose("    ", &told.restarts_sentence);
    out.blank();
}

fn healed(told: &IfLost) -> String {
    match told.simulations_healed {
        0 => format!("It healed in none of {} simulations.", told.simulations),
        all if all == told.simulations => format!("It healed in all {all} simulations; this is the slowest."),
        some => format!("It healed in {some} of {} simulations; this is one in which it did not.", told.simulations),
    }
}

/// The cheapest of every size for the loss that must be survived, and what surviving more costs.
pub(in crate::report) fn money(out: &mut Sheet, report: &Report, trace: &TraceReport) {
    let rows: Vec<&MoneyRow> = report.money.iter().filter(|row| row.trace == trace.name).collect();
    let (Some(first), Some(survive)) = (rows.first(), report.config.survive_ratio) else { return };
    let prices =
        [&report.config.backend_price, &report.config.cache_price].map(|price| price.clone().unwrap_or_default());
    let carried = load(Some(trace.load_per_second));
    let [of_backend, of_cache] = prices;
    let survive = loss_name(survive);
    out.led("  ", &format!("WHAT IT COSTS to carry {carried} and survive losing {survive} ({of_backend}, {of_cache})"));
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
    let today = sum(Some(first.today_cost));
    out.prose("    ", &format!("today: {today} for {} and the cache as it is. > the cheapest.", trace.backend_text()));
    out.blank();
    out.led("  ", "WHAT SURVIVING MORE COSTS: the cheapest for each loss");
    let mut frontier: Vec<&MoneyRow> = rows.iter().copied().filter(|row| row.cheapest).collect();
    frontier.sort_by(|a, b| a.loss_ratio.total_cmp(&b.loss_ratio));
    let size = |row: &MoneyRow| format!("{} ({})", loss_name(row.loss_ratio), capacity_text(capacity(row)));
    offers(out, trace, &frontier, size, "loss (cache)");
    out.blank();
}

fn offers(out: &mut Sheet, trace: &TraceReport, rows: &[&MoneyRow], name: impl Fn(&MoneyRow) -> String, title: &str) {
    let mut table = Columns::new(2).left(format!("  {title}"), 0).left("policy", 6).after(2).right("backend", 12);
    table = table.right("for it", 10).right("cache", 10).right("together", 10).right("change", 8);
    for row in rows {
        let mark = if row.cheapest && row.must_survive { '>' } else { ' ' };
        let backend = backend(row.least_backend_per_second, trace);
        let [for_it, cache, together] = [row.backend_cost, Some(row.cache_cost), row.cost].map(sum);
        let change = row.saving_ratio.map_or("-".to_string(), |saving| signed_percent(-saving));
        let name = format!("{mark} {}", name(row));
        table.row([name, row.policy.clone(), backend, for_it, cache, together, change]);
    }
    out.table(&table);
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
pub(in crate::report) fn sizes(out: &mut Sheet, report: &Report, trace: &TraceReport) {
    let rows: Vec<_> = report.sizes.iter().filter(|row| row.trace == trace.name).collect();
    let Some(first) = rows.first() else { return };
    out.led("  ", &format!("OTHER CACHE SIZES for {}", first.policy));
    let lost = format!("lose {}", loss_name(first.loss_ratio));
    let mut table =
        Columns::new(4).left("footprint", 10).right("misses", 8).right("advertised", 12).right("hidden", 12);
    table = table.right("gap", 8).right("backend: warm", 14).right(lost, 16);
    for row in rows {
        table.row([
            percent(row.cache_capacity_ratio),
            row.miss_ratio.map_or("unknown".to_string(), percent),
            limit(trace.absent("no limit"), row.advertised_per_second),
            limit(trace.absent("no limit"), row.hidden_safe_per_second),
            row.gap_ratio.map_or("unknown".to_string(), |gap| format!("{}x", significant(gap))),
            backend(row.least_backend_warm_per_second, trace),
            backend(row.least_backend_per_second, trace),
        ]);
    }
    out.table(&table);
    out.blank();
}

/// What the knobs do; the table is in the JSON.
pub(in crate::report) fn sensitivity(out: &mut Sheet, report: &Report, trace: &TraceReport) {
    let Some(found) = report.sensitivity.iter().find(|found| found.trace == trace.name) else { return };
    let rows = grouped(found.rows.len() as u64);
    out.prose("  ", &format!("WHICH KNOB: {} ({rows} rows in the JSON: sensitivity.)", found.sentence));
    out.blank();
}
