//! One outage in some forty lines: does it heal, why, what to do, what would prevent it; the answered share, the timeline.

use super::{answers, close, hung, open, rests_on};
use crate::outage::trigger::{Happening, Trigger};
use crate::outage::verdict::HEALTHY;
use crate::prose::quoted;
use crate::report::details;
use crate::report::format::{compact, given, percent, percent_of};
use crate::report::outage::{OutageReport, RemedyRow, TimelineRow, page, sentence};
use crate::report::page::{Answer, Mark, Tone};
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::Look;
use crate::report::words::next;
use crate::units::{Seconds, coarse, grouped, grouped_rate, significant};

/// Rows of the timeline; `--details` has all of them.
const TIMELINE: usize = 6;
/// Lines of the chart.
const CHART: usize = 2;
/// Remedies that are shown.
const REMEDIES: usize = 4;

/// The report in short.
pub fn outage(report: &OutageReport, look: &Look) -> String {
    let mut out = open(look);
    if let Some(about) = &report.about {
        out.prose("  ", about);
        out.blank();
    }
    answers(&mut out, &said(report));
    out.prose("  ", &subject(report));
    rests_on(&mut out, &report.head, "");
    answered(&mut out, report);
    timeline(&mut out, report);
    remedies(&mut out, report);
    details::section(&mut out, &page::signals(report));
    let more = ["-o outage.html".to_string(), gap_command(report)];
    close(out, &report.head, &more)
}

/// The command that tells what may be cut of the same service.
fn gap_command(report: &OutageReport) -> String {
    let config = &report.config;
    let nodes = config.steps.iter().find_map(|step| match step.what {
        Happening::Trigger(Trigger::Shards { of: nodes, .. } | Trigger::RollingRestart { nodes, .. }) => Some(nodes),
        _ => None,
    });
    let own = [
        (config.policy != "lru").then(|| format!("--baseline {}", quoted(&config.policy))),
        (!matches!(config.cache.as_str(), "auto" | "10%")).then(|| format!("-c {}", config.cache)),
        (config.load_ratio != 1.0).then(|| format!("--load {}x", config.load_ratio)),
        nodes.map(|nodes| format!("--nodes {nodes}")),
    ];
    next("gap", std::slice::from_ref(&report.trace.name), &compact(config.backend), &own, &report.head)
}

fn said(report: &OutageReport) -> Vec<Answer> {
    let verdict = &report.verdict;
    let tone = match &*verdict.phase {
        "stable" | "vulnerable" => Tone::Good,
        "unsettled" => Tone::Careful,
        _ => Tone::Bad,
    };
    let plain = |question: &str, short: String, tone: Tone| Answer::new(question, short, "", tone);
    let mut all = vec![plain("Does it heal by itself?", verdict.sentence.clone(), tone)];
    all.push(plain("Why?", verdict.why.clone(), Tone::Plain));
    match &*verdict.phase {
        "metastable" => all.push(plain("What to do while down?", come_back(report), Tone::Plain)),
        "overloaded_warm" => all.push(plain("What to do while down?", shed(report), Tone::Plain)),
        _ => {}
    }
    let edge = sentence::edge(verdict, coarse);
    if !edge.is_empty() {
        all.push(plain("Up to what load?", edge, Tone::Plain));
    }
    all
}

/// Below which load it climbs out.
fn shed(report: &OutageReport) -> String {
    let verdict = &report.verdict;
    let well = format!("until {} are answered in time and the queue is empty", percent(HEALTHY));
    let escape = grouped_rate(verdict.escape_per_second);
    let shed = format!("It climbs out only below {escape}/s: shed over {} {well}", sentence::share(verdict.shed_ratio));
    match &*verdict.phase {
        "overloaded_warm" => format!("{shed}. What it carries once it is warm, and what would do, coldgap gap tells"),
        _ => shed,
    }
}

/// How to come back, in a sentence or two.
fn come_back(report: &OutageReport) -> String {
    let shed = shed(report);
    let Some(ramp) = &report.ramp else {
        return format!("{shed}. How long that takes is unknown: no schedule to let the load back was found");
    };
    let steps = ramp.steps.iter().map(|step| match step.hold_seconds {
        Some(hold) => format!("{}/s for {}", grouped_rate(step.load_per_second), Seconds(hold)),
        None => format!("all {}/s", grouped_rate(step.load_per_second)),
    });
    format!(
        "{shed}. Held in each of {} simulations, {} in all: let in {}, each only once the least wait is back at 0",
        ramp.simulations,
        Seconds(ramp.takes_seconds),
        steps.collect::<Vec<_>>().join(", then ")
    )
}

fn subject(report: &OutageReport) -> String {
    let (config, verdict) = (&report.config, &report.verdict);
    let events: Vec<&str> = report.events.iter().map(|event| event.what.as_str()).take(2).collect();
    let of = percent_of(config.cache_capacity_ratio, 2);
    format!(
        "{} ({of} of the footprint), backend {}{}, load {}/s; {} {} into the trace",
        config.policy,
        config.backend,
        given(config.backend_assumed),
        grouped_rate(verdict.load_per_second),
        events.join("; "),
        Seconds(config.moment_seconds)
    )
}

/// The share that is answered in time, over the outage.
fn answered(out: &mut Sheet, report: &OutageReport) {
    let figure = page::timeline(report).felt(String::new());
    let line = figure.chart.marks.iter().find(|mark| matches!(mark, Mark::Line { .. }));
    if let Some(line) = line {
        out.prose("  ", "ANSWERED IN TIME");
        details::area(out, &figure, line, CHART);
        out.blank();
    }
}

/// `-10s`, `90s`, `15min`.
fn clock(seconds: f64) -> String {
    match seconds.abs() {
        whole if whole < 600.0 => format!("{}s", significant((seconds * 10.0).round() / 10.0)),
        _ => format!("{}min", significant(seconds / 60.0)),
    }
}

fn healed_in(recovery: Option<f64>) -> String {
    match recovery {
        None => "no".to_string(),
        Some(seconds) if seconds < 0.5 => "at once".to_string(),
        Some(seconds) => format!("heals in {}", clock(seconds)),
    }
}

fn timeline(out: &mut Sheet, report: &OutageReport) {
    let mut table = Columns::new(2).right("", 14).right("offered/s", 9).right("in time", 8).right("asked/s", 9);
    table = table.right("answered/s", 10).right("queue", 9).right("least wait", 10).right("hits", 7);
    for row in chosen(&report.timeline) {
        table.row([
            format!("{} .. {}", clock(row.from_seconds), clock(row.to_seconds)),
            grouped_rate(row.offered_per_second),
            row.success_ratio.map_or("-".to_string(), sentence::share),
            grouped_rate(row.asked_per_second),
            grouped_rate(row.answered_per_second),
            grouped(row.queue),
            Seconds(row.min_delay_seconds).to_string(),
            row.hit_ratio.map_or("-".to_string(), sentence::share),
        ]);
    }
    out.table(&table);
    out.blank();
}

/// The first rows, where the most happens, then some, evenly, and the last.
fn chosen(rows: &[TimelineRow]) -> Vec<&TimelineRow> {
    let first = TIMELINE / 2;
    if rows.len() <= TIMELINE {
        return rows.iter().collect();
    }
    let (head, rest) = rows.split_at(first);
    let wanted = TIMELINE - first;
    let evenly = (1..=wanted).map(|i| &rest[i * rest.len() / wanted - 1]);
    head.iter().chain(evenly).collect()
}

fn remedies(out: &mut Sheet, report: &OutageReport) {
    if report.remedies.is_empty() || report.verdict.phase == "overloaded_warm" {
        return;
    }
    let (works, fails): (Vec<&RemedyRow>, Vec<&RemedyRow>) =
        report.remedies.iter().partition(|row| row.in_place_healed || row.switched_on_healed);
    let act = report.config.act_seconds;
    out.prose("  ", "WHAT BREAKS THE LOOP, each alone");
    let mut table = Columns::new(4).left("", 34);
    if let Some(act) = act {
        table = table.right(format!("switched on {} in", clock(act)), 18);
    }
    table = table.right("in place before", 18);
    for row in works.iter().take(REMEDIES) {
        let acted = act.map(|_| healed_in(row.switched_on_recovery_seconds));
        table.row(std::iter::once(row.what.clone()).chain(acted).chain([healed_in(row.in_place_recovery_seconds)]));
    }
    if works.is_empty() {
        out.prose("    ", "None of those that were tried.");
    } else {
        out.table(&table);
    }
    let names: Vec<&str> = works.iter().skip(REMEDIES).map(|row| row.what.as_str()).collect();
    if !names.is_empty() {
        hung(out, None, "    also: ", &names.join("; "));
    }
    let names: Vec<&str> = fails.iter().map(|row| row.what.as_str()).collect();
    if !names.is_empty() {
        hung(out, None, "    does not: ", &names.join("; "));
    }
    out.blank();
}
