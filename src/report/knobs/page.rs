//! What moves hidden capacity, as documents: one change at a time, and what is loaded beforehand.

use super::sentence::name;
use super::{Config, RestartRow, Restarts, SensitivityReport, SensitivityRow, WarmupReport};
use crate::report::Head;
use crate::report::outage::TraceFacts;
use crate::report::page::{Answer, Axis, Cell, Chart, Figure, Fill, Mark, Page, Section, Table, Tone, Unit, maybe};
use crate::report::words::ended;
use crate::units::{Seconds, grouped, significant};

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
        .section(preloads(report))
        .section(restarts(&report.restarts));
    ended(page, &report.head, &[report.trace.line()])
}

fn document(head: &Head, config: &Config, trace: &TraceFacts, question: &str, sentence: &str) -> Page {
    let subtitle =
        format!("{} · {} with a cache of {} · backend {}", trace.name, config.policy, config.cache, config.backend);
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

fn preloads(report: &WarmupReport) -> Section {
    let mut table = Table::new(
        "hidden capacity with the hottest keys back at once, in requests a second",
        &[
            ("keys", "keys"),
            ("entries_ratio", "of the cache"),
            ("bytes", "bytes"),
            ("hidden_50_per_second", "half heal at"),
            ("hidden_factor", "change"),
            ("hidden_safe_per_second", "safe bound"),
            ("gain_per_thousand_keys", "gain per 1,000 keys"),
            ("gain_per_gib", "gain per GiB"),
        ],
    )
    .note("The gain is over the row above. Changes of a few hundredths are chance.");
    for row in &report.rows {
        table.row([
            Cell::count(row.keys),
            Cell::share(row.entries_ratio),
            row.bytes.map_or_else(|| Cell::text("-"), |size| Cell::bytes(size as f64)),
            maybe(row.hidden_50_per_second, Cell::rate, "none of those tried"),
            maybe(row.hidden_factor, Cell::times, "-"),
            maybe(row.hidden_safe_per_second, Cell::rate, "-"),
            maybe(row.gain_per_thousand_keys, Cell::plain, "-"),
            maybe(row.gain_per_gib, Cell::plain, "-"),
        ]);
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

fn restarts(found: &Restarts) -> Section {
    Section::new("restarts", "Restarting nodes").table(restarts_table(found))
}

/// The ways of restarting that were tried, whichever report they stand in.
pub(in crate::report) fn restarts_table(found: &Restarts) -> Table {
    let mut table = Table::new(
        format!("restarts of {} cache nodes", found.nodes),
        &[
            ("what", ""),
            ("worst_success_ratio", "in time, worst"),
            ("recovery_seconds", "well again after"),
            ("safe", "safe"),
        ],
    )
    .note("in time, worst: the lowest share answered in time over five windows; safe: nobody feels it.");
    let mut add = |what: String, row: &RestartRow| {
        let safe = if row.safe { Cell::text("yes").tone(Tone::Good) } else { Cell::text("no").tone(Tone::Bad) };
        table.row([
            Cell::text(what),
            Cell::share(row.worst_success_ratio),
            maybe(row.recovery_seconds, Cell::seconds, "not seen"),
            safe,
        ]);
    };
    for row in &found.batches {
        add(format!("{} at once", grouped(u64::from(row.at_once))), row);
    }
    for row in &found.spacings {
        add(format!("all, one every {}", Seconds(row.spacing_seconds.unwrap_or(0.0))), row);
    }
    table
}
