//! What a full flush does at the load to carry, as simulated: the baseline's outage over time, and every policy's in a line.

use super::{Group, name};
use crate::report::Row;
use crate::report::decisions::IfLost;
use crate::report::knobs::page::restarts_table;
use crate::report::outage::page::Timeline;
use crate::report::page::{Cell, Of, Section, Table, Tone, maybe};
use crate::units::{Rate, Seconds};

/// The simulated outage.
pub(super) fn section(group: &Group) -> Section {
    let section = Section::new(group.id("lost"), "If the whole cache is lost");
    if group.report.config.seeds.is_empty() {
        return section;
    }
    let Some(told) = group.told() else {
        return section.prose("Unknown: the trace is too short to simulate it at this load.").table(policies(group));
    };
    let is_own = group.rows.iter().any(|row| row.is_baseline() && row.capacity() == told.cache_capacity);
    if !is_own {
        return section.table(policies(group));
    }
    let timeline = Timeline {
        windows: &told.windows,
        joined: &told.timeline,
        events: &told.events,
        timeout_seconds: group.report.config.timeout_seconds,
        backend: group.trace.rate().unwrap_or(Rate::answers(0.0)),
        window_seconds: told.window_seconds,
    };
    let [felt, waits] = timeline.figures(&group.id("lost"));
    section
        .prose(format!("{}: {} {}", told.policy, told.verdict.sentence, told.verdict.why))
        .prose(healed(told))
        .figure(felt)
        .figure(waits)
        .table(policies(group))
        .prose(told.restarts_sentence.clone())
        .table(restarts_table(&told.restarts, told.restarts.batches.iter().chain(&told.restarts.spacings)))
}

/// In how many simulations it healed.
fn healed(told: &IfLost) -> String {
    let healed = match told.simulations_healed {
        0 => "It healed in none of them".to_string(),
        all if all == told.simulations => "It healed in each of them".to_string(),
        some => format!("It healed in {some} of them"),
    };
    format!(
        "Simulated {} times, the cache emptied {} into the trace ({}). {healed}; this is the one that went worst, with seed {}. It is one \
         moment: of outages at all that were tried, which calmer ones are among, more may heal.",
        told.simulations,
        Seconds(told.moment_seconds),
        told.moment_reason,
        told.seed
    )
}

fn policies<'r>(group: &Group<'r>) -> Of<&'r Row> {
    let if_down = |row: &Row, cell: Cell| if row.recovers == Some(true) { Cell::text("-") } else { cell };
    Table::of("after a full flush, as simulated", group.rows.iter().copied())
        .column("policy", "", |row| Cell::text(name(row)))
        .column("recovery_seconds", "heals after", |row| recovery(row))
        .listed("requests_failed", "requests that fail")
        .column("escape_per_second", "escape load, requests/s", |row| {
            if_down(row, maybe(row.escape_per_second, Cell::rate, "unknown"))
        })
        .column("shed_ratio", "shed at least", |row| if_down(row, maybe(row.shed_ratio, Cell::share, "unknown")))
        .note(
            "heals after: in the slowest of the simulations, if it did in all; unsettled: not over when they ended, though nothing keeps \
             it down; requests that fail: in the worst of them; escape load: once it is down it climbs out only below it, so at least that share of the load must be shed.",
        )
}

fn recovery(row: &Row) -> Cell {
    match (row.recovers, row.recovery_seconds) {
        (Some(true), Some(seconds)) => Cell::seconds(seconds).tone(Tone::Good),
        (Some(_), _) if row.loss_survived_ratio.is_none() => Cell::text("overloaded warm").tone(Tone::Bad),
        (Some(_), _) => Cell::text("it does not").tone(Tone::Bad),
        (None, _) if row.user_seconds_lost.is_some() => Cell::text("unsettled").tone(Tone::Careful),
        (None, _) => Cell::text("unknown"),
    }
}
