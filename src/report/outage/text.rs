//! The outage for reading in a terminal: what happens, why, how to come back, and what would have broken the loop.

use super::sentence::share;
use super::{OutageReport, RemedyRow, TimelineRow, TraceFacts, alerts};
use crate::prose;
use crate::report::chart::{self, Ink};
use crate::report::{Head, gates};
use crate::units::{Seconds, grouped, grouped_rate, significant};
use std::fmt::Write;

/// Columns of a line.
const WIDTH: usize = 92;

/// Columns and lines of a chart.
const CHART: (usize, usize) = (64, 4);

/// The whole report.
pub fn render(report: &OutageReport) -> String {
    let mut out = String::new();
    line(&mut out, "");
    if let Some(about) = &report.about {
        line(&mut out, &wrapped(about, "  "));
        line(&mut out, "");
    }
    line(&mut out, &wrapped(&report.verdict.sentence, "  "));
    line(&mut out, &wrapped(&report.verdict.why, "  "));
    line(&mut out, "");
    charts(&mut out, report);
    timeline(&mut out, report);
    cost(&mut out, report);
    ramp(&mut out, report);
    remedies(&mut out, report);
    alerts::lines(report).iter().for_each(|text| line(&mut out, text));
    if report.alerts.is_some() {
        line(&mut out, "");
    }
    out += &gates::text::section(&report.head.gates);
    list(&mut out, "WARNINGS", &report.head.warnings);
    list(&mut out, "ASSUMPTIONS", &report.head.assumptions);
    provenance(&mut out, &report.head, &report.trace);
    out
}

fn charts(out: &mut String, report: &OutageReport) {
    let success: Vec<Option<f64>> = report.windows.iter().map(|window| window.success_ratio).collect();
    let width = report.config.window_seconds;
    let asked: Vec<Option<f64>> = report.windows.iter().map(|window| Some(window.asked as f64 / width)).collect();
    let most = chart::binned(&asked, CHART.0).into_iter().flatten().fold(f64::MIN_POSITIVE, f64::max);
    line(out, "  ANSWERED IN TIME");
    chart(out, &chart::binned(&success, CHART.0), 1.0, "100%");
    line(out, &format!("  ASKED OF THE BACKEND (it can give {})", backend(report)));
    chart(out, &chart::binned(&asked, CHART.0), most, &format!("{}/s", grouped_rate(most)));
    let columns = CHART.0.min(report.windows.len());
    let lead = report.windows.iter().filter(|window| window.start_seconds < -1e-6).count();
    let at = lead * columns / report.windows.len().max(1);
    let first = report.events.first().map_or("", |event| event.what.as_str());
    let label = format!("^ {first}");
    let end = Seconds(report.verdict.watched_seconds.round()).to_string();
    let gap = columns.saturating_sub(at + label.chars().count() + end.len()).max(1);
    line(out, &format!("{:14}{}{label}{}{end}", "", " ".repeat(at), " ".repeat(gap)));
    line(out, "");
}

fn chart(out: &mut String, values: &[Option<f64>], top: f64, label: &str) {
    for (i, row) in chart::area(values, top, CHART.1, Ink::Ascii).iter().enumerate() {
        line(out, &format!("  {:>10} |{row}", if i == 0 { label } else { "" }));
    }
    line(out, &format!("  {:>10} +{}", "0", "-".repeat(values.len())));
}

fn backend(report: &OutageReport) -> String {
    report.config.backend.to_string()
}

fn timeline(out: &mut String, report: &OutageReport) {
    line(out, "  TIMELINE, from the trigger on");
    line(
        out,
        &format!(
            "  {:>14} {:>9} {:>8} {:>9} {:>9} {:>9} {:>10} {:>7} {:>9}",
            "", "offered/s", "in time", "asked/s", "answered", "queue", "least wait", "hits", "inserts/s"
        ),
    );
    for row in &report.timeline {
        for event in report.events.iter().filter(|event| begins_in(event.at_seconds, row)) {
            line(out, &format!("  {:>7} {}", clock(event.at_seconds), event.what));
        }
        line(
            out,
            &format!(
                "  {:>14} {:>9} {:>8} {:>9} {:>9} {:>9} {:>10} {:>7} {:>9}",
                format!("{} .. {}", clock(row.from_seconds), clock(row.to_seconds)),
                grouped_rate(row.offered_per_second),
                row.success_ratio.map_or("-".to_string(), share),
                grouped_rate(row.asked_per_second),
                grouped_rate(row.answered_per_second),
                grouped(row.queue),
                Seconds(row.min_delay_seconds).to_string(),
                row.hit_ratio.map_or("-".to_string(), share),
                grouped_rate(row.inserts_per_second),
            ),
        );
    }
    line(
        out,
        &wrapped(
            "asked: fetches sent to the backend; least wait: the shortest in its queue. After a spike it returns to 0; above the \
             clients' timeout everybody's answer is late.",
            "  ",
        ),
    );
    line(out, "");
}

fn begins_in(at: f64, row: &TimelineRow) -> bool {
    at >= row.from_seconds - 1e-6 && at < row.to_seconds - 1e-6
}

/// `-10 s`, `90 s`, `5 min`.
fn clock(seconds: f64) -> String {
    match seconds.abs() {
        whole if whole < 600.0 => format!("{}s", significant((seconds * 10.0).round() / 10.0)),
        _ => format!("{}min", significant(seconds / 60.0)),
    }
}

fn cost(out: &mut String, report: &OutageReport) {
    let verdict = &report.verdict;
    let watched = Seconds(verdict.watched_seconds.round());
    if verdict.requests_failed == 0 {
        return;
    }
    line(
        out,
        &wrapped(
            &format!(
                "LOST in the {watched} after the trigger: {}, whose users waited {} for nothing.",
                counted(verdict.requests_failed, "failed request"),
                counted(verdict.user_seconds_lost.round() as u64, "user-second")
            ),
            "  ",
        ),
    );
    if let (Some(low), high) = (verdict.heals_low_per_second, verdict.heals_high_per_second) {
        let until =
            high.map_or(String::new(), |high| format!(", and no longer in every one at {}/s", grouped_rate(high)));
        line(
            out,
            &wrapped(
                &format!(
                    "HEALS BY ITSELF from this outage up to {}/s in every simulation{until}. These are loads of the busiest window; \
                     as recorded it has {}/s.",
                    grouped_rate(low),
                    grouped_rate(report.trace.today_per_second)
                ),
                "  ",
            ),
        );
    }
    line(out, "");
}

fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

fn ramp(out: &mut String, report: &OutageReport) {
    let verdict = &report.verdict;
    if verdict.phase != "metastable" {
        return;
    }
    line(out, "  HOW TO COME BACK without changing anything else");
    if verdict.shed_ratio > 0.0 {
        line(
            out,
            &wrapped(
                &format!(
                    "Escape load: {} requests/s. Above it the queue does not shrink, so shed at least {} of today's {}.",
                    grouped_rate(verdict.escape_per_second),
                    share(verdict.shed_ratio),
                    grouped_rate(verdict.load_per_second)
                ),
                "    ",
            ),
        );
    }
    if verdict.backlog_seconds >= 1.0 {
        line(
            out,
            &wrapped(
                &format!(
                    "At the end the oldest in the queue have waited {}: work for clients who left long ago. Emptying it (a restart \
                     of the backend or its connection pool) saves the time it takes to work it off.",
                    Seconds(verdict.backlog_seconds)
                ),
                "    ",
            ),
        );
    }
    let Some(ramp) = &report.ramp else {
        line(out, &wrapped("No schedule was found that lets the load back before the trace ends.", "    "));
        line(out, "");
        return;
    };
    line(out, &format!("    {:>8} {:>12} {:>9} {:>10}", "at", "let in", "share", "hold for"));
    for step in &ramp.steps {
        line(
            out,
            &format!(
                "    {:>8} {:>12} {:>9} {:>10}",
                clock(step.at_seconds),
                format!("{}/s", grouped_rate(step.load_per_second)),
                share(step.load_ratio),
                step.hold_seconds.map_or("-".to_string(), clock)
            ),
        );
    }
    let seeds: Vec<String> = ramp.seeds.iter().map(u64::to_string).collect();
    line(
        out,
        &wrapped(
            &format!(
                "Simulated: with each of the seeds {} every step became calm within its hold, and the service was well at the full \
                 load {} after the first cut. In earnest, go on only while the least wait returns to 0.",
                seeds.join(", "),
                Seconds(ramp.takes_seconds)
            ),
            "    ",
        ),
    );
    line(out, "");
}

fn remedies(out: &mut String, report: &OutageReport) {
    if report.remedies.is_empty() {
        return;
    }
    line(out, "  WHAT BREAKS THE LOOP: each alone, in the same outage, the quickest first");
    let edges = report.remedies.iter().any(|row| row.heals_low_per_second.or(row.heals_high_per_second).is_some());
    let act = report.config.act_seconds;
    let columns = |what: &str, acted: String, before: &str, edge: String| {
        let acted = act.map_or(String::new(), |_| format!(" {acted:>18}"));
        let edge = if edges { format!(" {edge:>14}") } else { String::new() };
        format!("    {what:<34}{acted} {before:>18}{edge}")
    };
    let acted = act.map_or(String::new(), |act| format!("switched on {} in", clock(act)));
    line(out, &columns("", acted, "in place before", "heals up to".to_string()));
    for row in &report.remedies {
        let cured = healed_in(row.switched_on_recovery_seconds);
        line(out, &columns(&row.what, cured, &healed_in(row.in_place_recovery_seconds), heals_up_to(row)));
    }
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
        if let Some(low) = report.verdict.heals_low_per_second {
            note += &format!(" Without any remedy: {}.", grouped_rate(low));
        }
    }
    line(out, &wrapped(&note, "    "));
    line(out, "");
}

fn healed_in(recovery: Option<f64>) -> String {
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

/// Who made the report, of what.
pub(in crate::report) fn provenance(out: &mut String, head: &Head, trace: &TraceFacts) {
    line(out, "PROVENANCE");
    let Head { tool, schema_version, command, .. } = head;
    line(out, &format!("  {} {}, report schema {schema_version}", tool.name, tool.version));
    line(out, &format!("  {command}"));
    line(
        out,
        &format!(
            "  {}: {}, {} requests ({} gets), {} objects, fingerprint {}",
            trace.name,
            trace.format,
            grouped(trace.requests),
            grouped(trace.gets),
            grouped(trace.objects),
            trace.fingerprint
        ),
    );
}

/// Sentences, each an item.
pub(in crate::report) fn list(out: &mut String, title: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    line(out, title);
    for sentence in sentences {
        let text = wrapped(sentence, "    ");
        let _ = writeln!(out, "  - {}", text.trim_start());
    }
    line(out, "");
}

/// A line without blanks at its end.
pub(in crate::report) fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

/// As narrow as the report.
pub(in crate::report) fn wrapped(text: &str, indent: &str) -> String {
    prose::wrapped(text, indent, WIDTH)
}
