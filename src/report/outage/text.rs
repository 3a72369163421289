//! The outage for reading in a terminal: what happens, why, how to come back, and what would have broken the loop.

use super::sentence::share;
use super::{OutageReport, RemedyRow, TimelineRow, TraceFacts, alerts};
use crate::report::chart;
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::{Look, Tone};
use crate::units::{Seconds, grouped, grouped_rate, significant};

/// Columns and lines of a chart.
const CHART: (usize, usize) = (64, 4);

/// Columns before a chart.
const LEAD: usize = 14;

/// Every table of the report.
pub fn details(report: &OutageReport, look: &Look) -> String {
    let mut out = Sheet::new(look);
    out.blank();
    if let Some(about) = &report.about {
        out.prose("  ", about);
        out.blank();
    }
    let heals = ["stable", "vulnerable"].contains(&report.verdict.phase.as_ref());
    let tone = if heals { Tone::Good } else { Tone::Bad };
    out.said(tone, "  ", &report.verdict.sentence);
    out.prose("  ", &report.verdict.why);
    out.blank();
    charts(&mut out, report);
    timeline(&mut out, report);
    cost(&mut out, report);
    healing(&mut out, report);
    ramp(&mut out, report);
    remedies(&mut out, report);
    alerts::section(&mut out, report);
    out.end(&report.head, [origin(&report.trace)])
}

fn charts(out: &mut Sheet, report: &OutageReport) {
    let width = report.config.window_seconds;
    let asked: Vec<Option<f64>> = report.windows.iter().map(|window| Some(window.asked as f64 / width)).collect();
    let columns = columns(out, report);
    let asked = chart::binned(&asked, columns);
    let most = asked.iter().flatten().fold(f64::MIN_POSITIVE, |most, value| value.max(most));
    answered(out, report, CHART.1);
    out.led("  ", &format!("ASKED OF THE BACKEND (it can give {})", backend(report)));
    chart(out, &asked, most, &format!("{}/s", grouped_rate(most)), CHART.1);
    axis(out, report);
}

/// The share that is answered in time, over the outage, in a chart of so many lines.
pub(in crate::report) fn answered_chart(out: &mut Sheet, report: &OutageReport, lines: usize) {
    answered(out, report, lines);
    axis(out, report);
}

/// Columns of a chart over all windows.
fn columns(out: &Sheet, report: &OutageReport) -> usize {
    out.look.chart(CHART.0, LEAD).min(report.windows.len())
}

fn answered(out: &mut Sheet, report: &OutageReport, lines: usize) {
    let success: Vec<Option<f64>> = report.windows.iter().map(|window| window.success_ratio).collect();
    out.led("  ", "ANSWERED IN TIME");
    let columns = columns(out, report);
    chart(out, &chart::binned(&success, columns), 1.0, "100%", lines);
}

fn axis(out: &mut Sheet, report: &OutageReport) {
    let columns = columns(out, report);
    let lead = report.windows.iter().filter(|window| window.start_seconds < -1e-6).count();
    let at = lead * columns / report.windows.len().max(1);
    let first = report.events.first().map_or("", |event| event.what.as_str());
    let label = format!("^ {first}");
    let end = Seconds(report.verdict.watched_seconds.round()).to_string();
    let gap = columns.saturating_sub(at + label.chars().count() + end.len()).max(1);
    let axis = format!("{:LEAD$}{}{label}{}{end}", "", " ".repeat(at), " ".repeat(gap));
    if axis.chars().count() <= out.look.room() {
        out.line(&axis);
    } else {
        let gap = columns.saturating_sub(at + 1 + end.len()).max(1);
        out.line(&format!("{:LEAD$}{}^{}{end}", "", " ".repeat(at), " ".repeat(gap)));
        out.prose("  ", &label);
    }
    out.blank();
}

fn chart(out: &mut Sheet, values: &[Option<f64>], top: f64, label: &str, lines: usize) {
    for (i, row) in chart::area(values, top, lines, out.look.ink).iter().enumerate() {
        out.line(&format!("  {:>10} |{row}", if i == 0 { label } else { "" }));
    }
    out.line(&format!("  {:>10} +{}", "0", "-".repeat(values.len())));
}

fn backend(report: &OutageReport) -> String {
    report.config.backend.to_string()
}

fn timeline(out: &mut Sheet, report: &OutageReport) {
    out.led("  ", "TIMELINE, from the trigger on");
    let mut table = Columns::new(2).right("", 14).right("offered/s", 9).right("in time", 8).right("asked/s", 9);
    table = table.right("answered", 9).right("queue", 9).right("least wait", 10).right("hits", 7).right("inserts/s", 9);
    for row in &report.timeline {
        for event in report.events.iter().filter(|event| begins_in(event.at_seconds, row)) {
            table.note(7, &clock(event.at_seconds), &event.what);
        }
        table.row([
            format!("{} .. {}", clock(row.from_seconds), clock(row.to_seconds)),
            grouped_rate(row.offered_per_second),
            row.success_ratio.map_or("-".to_string(), share),
            grouped_rate(row.asked_per_second),
            grouped_rate(row.answered_per_second),
            grouped(row.queue),
            Seconds(row.min_delay_seconds).to_string(),
            row.hit_ratio.map_or("-".to_string(), share),
            grouped_rate(row.inserts_per_second),
        ]);
    }
    out.table(&table);
    out.prose("  ", 
            "asked: fetches sent to the backend; least wait: the shortest in its queue. After a spike it returns to 0; above the \
             clients' timeout everybody's answer is late.");
    out.blank();
}

fn begins_in(at: f64, row: &TimelineRow) -> bool {
    at >= row.from_seconds - 1e-6 && at < row.to_seconds - 1e-6
}

/// `-10 s`, `90 s`, `5 min`.
pub(in crate::report) fn clock(seconds: f64) -> String {
    match seconds.abs() {
        whole if whole < 600.0 => format!("{}s", significant((seconds * 10.0).round() / 10.0)),
        _ => format!("{}min", significant(seconds / 60.0)),
    }
}

fn cost(out: &mut Sheet, report: &OutageReport) {
    let verdict = &report.verdict;
    let watched = Seconds(verdict.watched_seconds.round());
    if verdict.requests_failed == 0 {
        return;
    }
    out.prose(
        "  ",
        &format!(
            "LOST in the {watched} after the trigger: {}, whose users waited {} for nothing.",
            counted(verdict.requests_failed, "failed request"),
            counted(verdict.user_seconds_lost.round() as u64, "user-second")
        ),
    );
    out.blank();
}

/// Up to which load it heals by itself.
fn healing(out: &mut Sheet, report: &OutageReport) {
    let verdict = &report.verdict;
    let between = |low: Option<f64>, high: Option<f64>| match (low.map(grouped_rate), high.map(grouped_rate)) {
        (Some(low), Some(high)) => format!(" ({low} to {high})"),
        (Some(low), None) => format!(" (at least {low})"),
        (None, Some(high)) => format!(" (at most {high})"),
        (None, None) => String::new(),
    };
    let text = match (verdict.hidden_95_per_second, verdict.hidden_95_per_second_low) {
        (Some(most), low) => {
            let rest = [(50, verdict.hidden_50_per_second), (5, verdict.hidden_05_per_second)];
            let rest: Vec<String> = rest
                .into_iter()
                .filter_map(|(share, load)| Some(format!("{share}% at {}/s", grouped_rate(load?))))
                .collect();
            format!(
                "HEALS BY ITSELF from this outage in 95% of simulations at {}/s{}, {}. These are loads of the busiest window; as \
                 recorded it has {}/s.",
                grouped_rate(most),
                between(low, verdict.hidden_95_per_second_high),
                rest.join(", "),
                grouped_rate(report.trace.today_per_second)
            )
        }
        (None, Some(low)) => format!(
            "HEALS BY ITSELF from this outage in more than 95% of simulations up to {}/s at least: no load that the warm cache \
             carries was found at which fewer do.",
            grouped_rate(low)
        ),
        (None, None) => return,
    };
    out.prose("  ", &text);
    if let Some(load) = verdict.felt_from_per_second {
        out.prose("  ", &format!("Users would feel it from {}/s on.", grouped_rate(load)));
    }
    out.blank();
}

fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

fn ramp(out: &mut Sheet, report: &OutageReport) {
    let verdict = &report.verdict;
    if verdict.phase != "metastable" {
        return;
    }
    out.led("  ", "HOW TO COME BACK without changing anything else");
    if verdict.shed_ratio > 0.0 {
        out.prose(
            "    ",
            &format!(
                "Escape load: {} requests/s. Above it the queue does not shrink, so shed at least {} of today's {}.",
                grouped_rate(verdict.escape_per_second),
                share(verdict.shed_ratio),
                grouped_rate(verdict.load_per_second)
            ),
        );
    }
    if verdict.backlog_seconds >= 1.0 {
        out.prose("    ", 
                &format!(
                    "At the end the oldest in the queue have waited {}: work for clients who left long ago. Emptying it (a restart \
                     of the backend or its connection pool) saves the time it takes to work it off.",
                    Seconds(verdict.backlog_seconds)
                ));
    }
    let Some(ramp) = &report.ramp else {
        out.prose("    ", "No schedule was found that lets the load back before the trace ends.");
        out.blank();
        return;
    };
    let mut table = Columns::new(4).right("at", 8).right("let in", 12).right("share", 9).right("hold for", 10);
    for step in &ramp.steps {
        table.row([
            clock(step.at_seconds),
            format!("{}/s", grouped_rate(step.load_per_second)),
            share(step.load_ratio),
            step.hold_seconds.map_or("-".to_string(), clock),
        ]);
    }
    out.table(&table);
    out.prose(
        "    ",
        &format!(
            "In each of {} simulations every step became calm within its hold, and the service was well at the full \
                 load {} after the first cut. In earnest, go on only while the least wait returns to 0.",
            ramp.simulations,
            Seconds(ramp.takes_seconds)
        ),
    );
    out.blank();
}

fn remedies(out: &mut Sheet, report: &OutageReport) {
    if report.remedies.is_empty() {
        return;
    }
    out.led("  ", "WHAT BREAKS THE LOOP: each alone, in the same outage, the quickest first");
    let edges = report.remedies.iter().any(|row| row.heals_low_per_second.or(row.heals_high_per_second).is_some());
    let act = report.config.act_seconds;
    let mut table = Columns::new(4).left("", 34);
    if let Some(act) = act {
        table = table.right(format!("switched on {} in", clock(act)), 18);
    }
    table = table.right("in place before", 18);
    if edges {
        table = table.right("heals up to", 14);
    }
    for row in &report.remedies {
        let acted = act.map(|_| healed_in(row.switched_on_recovery_seconds));
        let edge = edges.then(|| heals_up_to(row));
        let cells = std::iter::once(row.what.clone()).chain(acted).chain([healed_in(row.in_place_recovery_seconds)]);
        table.row(cells.chain(edge));
    }
    out.table(&table);
    let watched = Seconds(report.verdict.watched_seconds.round());
    let mut note = format!(
        "Time until the service is well again, from the switch or the trigger; 'no': not in the {watched} simulated."
    );
    if let Some(seconds) = report.verdict.recovery_seconds {
        note += &format!(" Without any: {}.", healed_in(Some(seconds)));
    }
    if edges {
        note += " Heals up to: the largest load (requests/s) at which every trial healed with it in place; 'any': every load that \
                 the warm cache lets the backend carry.";
        if let Some(load) = report.verdict.hidden_95_per_second {
            note += &format!(" Without any remedy 95% heal at {}.", grouped_rate(load));
        }
    }
    out.prose("    ", &note);
    out.blank();
}

pub(in crate::report) fn healed_in(recovery: Option<f64>) -> String {
    match recovery {
        None => "no".to_string(),
        Some(seconds) if seconds < 0.5 => "at once".to_string(),
        Some(seconds) => format!("heals in {}", clock(seconds)),
    }
}

fn heals_up_to(row: &RemedyRow) -> String {
    match (row.heals_low_per_second, row.heals_high_per_second) {
        (Some(_), None) => "any".to_string(),
        (Some(low), Some(_)) => grouped_rate(low),
        (None, Some(high)) => format!("under {}", grouped_rate(high)),
        (None, None) => "-".to_string(),
    }
}

/// What a trace is, for the end of a report.
pub(in crate::report) fn origin(trace: &TraceFacts) -> String {
    format!(
        "{}: {}, {} requests ({} gets), {} objects, fingerprint {}",
        trace.name,
        trace.format,
        grouped(trace.requests),
        grouped(trace.gets),
        grouped(trace.objects),
        trace.fingerprint
    )
}
