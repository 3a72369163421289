//! What moves hidden capacity, as documents: one change at a time, and what is loaded beforehand.

use super::sentence::name;
use super::{Config, Elasticity, RestartRow, Restarts, SensitivityReport, SensitivityRow, WarmupReport};
use crate::report::Head;
use crate::report::format::{capacity_of, capacity_text, percent};
use crate::report::outage::TraceFacts;
use crate::report::page::{Answer, Axis, Cell, Chart, Figure, Fill, Mark, Page, Section, Table, Tone, Unit, maybe};
use crate::report::words::ended;
use crate::units::{Seconds, grouped, grouped_rate, significant};

/// Hidden capacity against the knobs.
pub fn sensitivity(report: &SensitivityReport) -> Page {
    let question = "What moves the load that heals by itself?";
    let page = document(&report.head, &report.config, &report.trace, question, &report.sentence).section(knobs(
        "knobs",
        &report.rows,
        &report.sentence,
    ));
    ended(page, &report.head, &[report.trace.line()])
}

/// What loading the hottest keys buys, and how nodes may restart.
pub fn warmup(report: &WarmupReport) -> Page {
    let question = "What does loading keys beforehand buy, and how may nodes restart?";
    let page = document(&report.head, &report.config, &report.trace, question, &report.sentence)
        .section(preloads(report).prose(elasticity(report.elasticity.as_ref())))
        .section(restarts(&report.restarts));
    ended(page, &report.head, &[report.trace.line()])
}

fn document(head: &Head, config: &Config, trace: &TraceFacts, question: &str, sentence: &str) -> Page {
    let cache = capacity_text(capacity_of(config.cache_capacity_objects, config.cache_capacity_bytes));
    let subtitle = format!("{} · {} with a cache of {cache} · backend {}", trace.name, config.policy, config.backend);
    let mut page = Page::new("Hidden capacity", subtitle, head);
    let (short, text) = sentence.split_once(". ").unwrap_or((sentence, ""));
    page.answers.push(Answer {
        question: question.to_string(),
        short: short.trim_end_matches('.').to_string(),
        also: String::new(),
        text: text.to_string(),
        tone: Tone::Plain,
    });
    page
}

/// Hidden capacity of each change, whichever report it stands in.
pub(in crate::report) fn knobs(id: &str, rows: &[SensitivityRow], sentence: &str) -> Section {
    let mut table = Table::new(
        "hidden capacity with one change at a time, in requests a second",
        &[
            ("setting", ""),
            ("hidden_50_per_second", "half heal at"),
            ("hidden_factor", "change"),
            ("hidden_safe_per_second", "safe bound"),
            ("advertised_per_second", "advertised"),
        ],
    )
    .note(
        "half heal at: the load at which half of the simulated outages heal after a full flush; change: the same over the first \
         row's, a few hundredths are chance; safe bound: below it no answer is ever late, '-' where none is defined; advertised: \
         carried in the long run while the cache is warm.",
    );
    for row in rows {
        let what =
            if row.knob == "base" { row.setting.clone() } else { format!("{}: {}", name(&row.knob), row.setting) };
        table.row([
            Cell::text(what),
            maybe(row.hidden_50_per_second, Cell::rate, "none of those tried"),
            maybe(row.hidden_factor, Cell::times, "-"),
            maybe(row.hidden_safe_per_second, Cell::rate, "-"),
            maybe(row.advertised_per_second, Cell::rate, "-"),
        ]);
    }
    let base = rows.first().and_then(|row| row.hidden_50_per_second);
    let mut marks = vec![Mark::bar("setting", "hidden_50_per_second", Fill::Good, "half heal at")];
    marks.extend(base.map(|base| Mark::rule_x(base, "as it is")));
    let chart = Chart { x: Axis::linear("requests a second", Unit::Number), y: Axis::words("setting"), marks };
    Section::new(id, "What moves hidden capacity").figure(Figure {
        id: format!("{id}-chart"),
        caption: sentence.to_string(),
        chart,
        table,
    })
}

/// What loading so many keys beforehand buys.
pub(in crate::report) fn preloads(report: &WarmupReport) -> Section {
    // What traces without sizes have no number for is left out.
    let sized = report.rows.iter().any(|row| row.bytes.is_some());
    let of_size = |all: &[(&'static str, &'static str)]| if sized { all[..1].to_vec() } else { all[1..].to_vec() };
    let columns = [
        vec![("keys", "keys"), ("entries_ratio", "of the cache")],
        of_size(&[("bytes", "bytes")]),
        vec![
            ("hidden_50_per_second", "half heal at"),
            ("hidden_factor", "change"),
            ("hidden_safe_per_second", "safe bound"),
        ],
        of_size(&[("gain_per_gib", "gain per GiB"), ("gain_per_thousand_keys", "gain per 1,000 keys")]),
    ];
    let title = "hidden capacity with the hottest keys back at once, in requests a second";
    let mut table = Table::new(title, &columns.concat())
        .note("The gain is over the row above. Changes of a few hundredths are chance.");
    for row in &report.rows {
        let size = sized.then(|| row.bytes.map_or_else(|| Cell::text("-"), |size| Cell::bytes(size as f64)));
        let gain = if sized { row.gain_per_gib } else { row.gain_per_thousand_keys };
        let found = [
            maybe(row.hidden_50_per_second, Cell::rate, "none tried"),
            maybe(row.hidden_factor, Cell::times, "-"),
            maybe(row.hidden_safe_per_second, Cell::rate, "-"),
            maybe(gain, gained, "-"),
        ];
        table.row([Cell::count(row.keys), Cell::share(row.entries_ratio)].into_iter().chain(size).chain(found));
    }
    let chart = Chart {
        x: Axis::linear("share of the cache's entries loaded beforehand", Unit::Share),
        y: Axis::linear("requests a second", Unit::Number),
        marks: vec![
            Mark::line("entries_ratio", "hidden_50_per_second", "half heal at"),
            Mark::line("entries_ratio", "hidden_safe_per_second", "safe bound"),
        ],
    };
    let best = report.rows.iter().filter_map(|row| Some((row.hidden_factor?, row.keys)));
    let best = best.max_by(|a, b| a.0.total_cmp(&b.0));
    let caption = best.map_or(String::new(), |(factor, keys)| {
        format!(
            "With the {} hottest keys back at once half heal at {}x the load at which they do without.",
            grouped(keys),
            significant(factor)
        )
    });
    Section::new("preload", "Loading the hottest keys").figure(Figure {
        id: "preload-chart".to_string(),
        caption,
        chart,
        table,
    })
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
pub(in crate::report) fn restarts_table<'r>(found: &Restarts, rows: impl Iterator<Item = &'r RestartRow>) -> Table {
    let mut table = Table::new(
        format!("restarts of {} cache nodes at {} requests a second", found.nodes, grouped_rate(found.load_per_second)),
        &[
            ("what", ""),
            ("worst_success_ratio", "in time, worst"),
            ("recovery_seconds", "well again after"),
            ("safe", "safe"),
        ],
    )
    .note("in time, worst: the lowest share answered in time over five windows; safe: nobody feels it.");
    for row in rows {
        let what = match row.spacing_seconds {
            Some(spacing) => format!("all, one every {}", Seconds(spacing)),
            None => format!("{} node{} at once", row.at_once, if row.at_once == 1 { "" } else { "s" }),
        };
        let well = |seconds: f64| match seconds {
            soon if soon < 0.5 => Cell::number(soon, "at once"),
            later => Cell::seconds(later),
        };
        let safe = if row.safe { Cell::text("yes").tone(Tone::Good) } else { Cell::text("no").tone(Tone::Bad) };
        let success = Cell::share(row.worst_success_ratio);
        table.row([Cell::text(what), success, maybe(row.recovery_seconds, well, "not seen"), safe]);
    }
    table
}
