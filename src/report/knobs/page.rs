//! What moves hidden capacity, as documents: one change at a time, and what is loaded beforehand.

use super::sentence::name;
use super::{Config, Elasticity, RestartRow, Restarts, SKEW, SensitivityReport, SensitivityRow, WarmupReport};
use crate::outage::search::TOLERANCE;
use crate::report::format::{capacity_of, capacity_text, given, percent, times};
use crate::report::head::Headed;
use crate::report::outage::TraceFacts;
use crate::report::page::{Answer, Axis, Cell, Figure, Fill, Mark, Of, Page, Section, Table, Tone, Unit, maybe};
use crate::report::words::ended;
use crate::units::{Seconds, grouped, grouped_rate};

/// The load that heals against the knobs.
pub fn sensitivity(report: &SensitivityReport) -> Page {
    let question = "What moves the load that heals by itself?";
    let page = document("What moves the load that heals", report, &report.config, &report.trace)
        .answer(Answer::told(question, &report.sentence, Tone::Plain))
        .section(knobs("knobs", &report.rows, &report.sentence));
    ended(page, &report.head, &[report.trace.line()])
}

/// What loading the hottest keys buys, and how nodes may restart.
pub fn warmup(report: &WarmupReport) -> Page {
    let question = "What does loading keys beforehand buy, and how may nodes restart?";
    let page = document("What loading keys beforehand buys", report, &report.config, &report.trace)
        .answer(Answer::told(question, &report.sentence, Tone::Plain))
        .section(preloads(report).prose(elasticity(report.elasticity.as_ref())))
        .section(restarts(&report.restarts));
    ended(page, &report.head, &[report.trace.line()])
}

fn document(title: &str, report: &impl Headed, config: &Config, trace: &TraceFacts) -> Page {
    let cache = capacity_text(capacity_of(config.cache_capacity_objects, config.cache_capacity_bytes));
    let backend = format!("{}{}", config.backend, given(config.backend_assumed));
    let subtitle = format!("{} · {} with a cache of {cache} · backend {backend}", trace.name, config.policy);
    Page::new(title, subtitle, report.head())
}

/// The load at which half heal with each change, whichever report it stands in; below it, with other keys.
pub(in crate::report) fn knobs(id: &str, rows: &[SensitivityRow], sentence: &str) -> Section {
    let base = rows.first().and_then(|row| row.hidden_50_per_second);
    // Where trials tell nothing the safe bound is what there is.
    let (key, name) = match base {
        Some(_) => ("hidden_50_per_second", "half heal at"),
        None => ("hidden_safe_per_second", "safe bound"),
    };
    let [settings, keys] = [false, true].map(|keys| knobs_table(rows.iter().filter(|row| (row.knob == SKEW) == keys)));
    let figure = Figure::new(format!("{id}-chart"), sentence, settings)
        .x(Axis::linear("requests a second", Unit::Number))
        .y(Axis::words("setting"))
        .mark(Mark::bar("setting", key, Fill::Good, name))
        .mark(base.map(|base| Mark::rule_x(base, "as it is")));
    Section::new(id, "What moves the load that heals").figure(figure).table(keys)
}

/// Changes of the service and what they do, all of them or the strongest; or what other keys do, which are no setting.
pub(in crate::report) fn knobs_table<'r>(rows: impl IntoIterator<Item = &'r SensitivityRow>) -> Of<&'r SensitivityRow> {
    let rows: Vec<&SensitivityRow> = rows.into_iter().collect();
    let keys = rows.iter().all(|row| row.knob == SKEW);
    let tried = rows.iter().any(|row| row.hidden_50_per_second.is_some());
    let title = match keys {
        true => "loads with other keys, drawn anew, in requests a second: compare them with each other only",
        false => "loads with one change at a time, in requests a second",
    };
    let table = Table::of(title, rows)
        .column("setting", "", |row| match &*row.knob {
            "base" | SKEW => Cell::text(&row.setting),
            knob => Cell::text(format!("{}: {}", name(knob), row.setting)),
        })
        .column_if(tried, "hidden_50_per_second", "half heal at", |row| {
            maybe(row.hidden_50_per_second, Cell::rate, "none of those tried")
        })
        .column_if(tried && !keys, "hidden_factor", "change", |row| maybe(row.hidden_factor, Cell::times, "-"))
        .column("hidden_safe_per_second", "safe bound", |row| maybe(row.hidden_safe_per_second, Cell::rate, "-"))
        .column("advertised_per_second", "warm, mean", |row| maybe(row.advertised_per_second, Cell::rate, "-"));
    let half = "half heal at: the load at which half of the simulated losses of the whole cache heal; change: that load over the first \
                row's, a few hundredths are chance; ";
    let note = "safe bound: hidden capacity, below it no answer is ever late, '-' where none is defined; warm, mean: carried on average \
                while the cache is warm, backend over miss ratio.";
    if keys { table } else { table.note(format!("{}{note}", if tried { half } else { "" })) }
}

/// What loading so many keys beforehand buys.
pub(in crate::report) fn preloads(report: &WarmupReport) -> Section {
    // What traces without sizes have no number for is left out, and so is what no trial told.
    let sized = report.rows.iter().any(|row| row.bytes.is_some());
    let tried = report.rows.iter().any(|row| row.hidden_50_per_second.is_some());
    let title = "loads with the hottest keys back at once, in requests a second";
    let table = Table::of(title, &report.rows)
        .column("keys", "keys", |row| Cell::count(row.keys))
        .column("entries_ratio", "of the cache", |row| Cell::share(row.entries_ratio))
        .column_if(sized, "bytes", "bytes", |row| maybe(row.bytes.map(|size| size as f64), Cell::bytes, "-"))
        .column_if(tried, "hidden_50_per_second", "half heal at", |row| {
            maybe(row.hidden_50_per_second, Cell::rate, "none tried")
        })
        .column_if(tried, "hidden_factor", "change", |row| maybe(row.hidden_factor, Cell::times, "-"))
        .column("hidden_safe_per_second", "safe bound", |row| maybe(row.hidden_safe_per_second, Cell::rate, "-"))
        .column_if(tried, "gain_per_thousand_keys", "gain per 1,000 keys", |row| {
            maybe(row.gain_per_thousand_keys, gained, "-")
        })
        .note(if tried { "The gain is over the row above. Changes of a few hundredths are chance." } else { "" });
    let best = report.rows.iter().filter_map(|row| Some((row.hidden_factor?, row.keys)));
    let best = best.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(factor, _)| *factor > 1.0 + TOLERANCE);
    let caption =
        best.map_or("Having them back does not move the load at which half heal.".to_string(), |(factor, keys)| {
            format!(
                "With the {} hottest keys back at once half heal at {} the load without.",
                grouped(keys),
                times(factor)
            )
        });
    let caption = if tried {
        caption
    } else {
        "At which load half heal is not known: no load that was tried shows it.".to_string()
    };
    let figure = Figure::new("preload-chart", caption, table)
        .x(Axis::linear("share of the cache's entries loaded beforehand", Unit::Share))
        .y(Axis::linear("requests a second", Unit::Number))
        .mark(tried.then(|| Mark::line("entries_ratio", "hidden_50_per_second", "half heal at")))
        .mark(Mark::line("entries_ratio", "hidden_safe_per_second", "safe bound"));
    Section::new("preload", "Loading the hottest keys").figure(figure)
}

/// `+1,990`, `-12`.
fn gained(load: f64) -> Cell {
    Cell::number(load, format!("{}{}", if load < 0.0 { "-" } else { "+" }, grouped_rate(load.abs())))
}

/// What fewer cold misses buy.
fn elasticity(found: Option<&Elasticity>) -> String {
    let Some(found) = found else {
        return "What fewer cold misses buy is unknown: no answer is late after a flush at any load of this trace."
            .to_string();
    };
    let each = |value: Option<f64>| value.map_or("unknown".to_string(), |value| format!("{value:.2}%"));
    let load = |value: Option<f64>| value.map_or("unknown".to_string(), grouped_rate);
    format!(
        "Fewer cold misses: the first {} after the flush decide ({} requests for {} keys, up to the first late answer just above \
         the safe bound). With {} of these keys, chosen by hash, answered from elsewhere ({}), half heal at {} and the safe bound \
         is {}: {} more for each 1% fewer cold misses by the safe bound, {} as measured.",
        Seconds((found.deciding_seconds * 100.0).round() / 100.0),
        grouped(found.deciding_requests),
        grouped(found.cold_keys),
        grouped(found.spared_keys),
        percent(found.spared_ratio),
        load(found.hidden_50_per_second),
        load(found.hidden_safe_per_second),
        each(found.safe_elasticity),
        each(found.hidden_elasticity),
    )
}

fn restarts(found: &Restarts) -> Section {
    let unknown = found.nodes > 1 && found.safe_spacing_seconds.is_none();
    let unknown = if unknown {
        "No time between restarts was found safe. Longer ones than these do not fit into the trace after the moments that were tried."
    } else {
        ""
    };
    let all = found.batches.iter().chain(&found.spacings);
    Section::new("restarts", "Restarting nodes").table(restarts_table(found, all)).prose(unknown)
}

/// Ways of restarting that were tried, whichever report they stand in.
pub(in crate::report) fn restarts_table<'r>(
    found: &Restarts,
    rows: impl Iterator<Item = &'r RestartRow>,
) -> Of<&'r RestartRow> {
    let title =
        format!("restarts of {} cache nodes at {} requests a second", found.nodes, grouped_rate(found.load_per_second));
    // Where nobody suffered there is nothing to be well from, though the nodes take their time.
    let well = |row: &RestartRow| match row.safe {
        true => Cell::text("not felt"),
        false => maybe(row.recovery_seconds, Cell::seconds, "not seen"),
    };
    Table::of(title, rows)
        .column("what", "", |row| match row.spacing_seconds {
            Some(spacing) => Cell::text(format!("all, one every {}", Seconds(spacing))),
            None => Cell::text(format!("{} node{} at once", row.at_once, if row.at_once == 1 { "" } else { "s" })),
        })
        .column("safe", "safe", |row| match row.safe {
            true => Cell::text("yes").tone(Tone::Good),
            false => Cell::text("no").tone(Tone::Bad),
        })
        .column("worst_success_ratio", "in time, worst", |row| Cell::share(row.worst_success_ratio))
        .column("recovery_seconds", "well again after", |row| well(row))
        .note(
            "safe: 97% or more stay in time, and it heals; in time, worst: the lowest share of the requests answered in time over five \
             windows; well again after: from the first restart on, where users felt it.",
        )
}
