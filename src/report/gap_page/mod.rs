//! The gap report as a document: what may be cut and what happens if the cache is lost, then what that rests on. It chooses
//! words and columns; every number is the report's.

pub(super) mod answers;
mod capacity;
mod cold;
mod cut;
mod growth;
mod healing;
mod loads;
mod lost;
mod moments;
mod money;
mod sizes;

use super::decisions::IfLost;
use super::format::{capacity_text, given, load, loss_name as loss, policy};
use super::knobs::page as knobs;
use super::page::{Cell, Page, Section, maybe};
use super::words::{ended, origin};
use super::{Region, Report, Row, TraceReport};
use crate::units::{Demand, Seconds, grouped, grouped_rate};

/// One trace at one cache size, and what names it.
struct Group<'r> {
    report: &'r Report,
    trace: &'r TraceReport,
    /// A row per policy: those for losing nothing.
    rows: Vec<&'r Row>,
    /// True for the trace's first cache size, which stands for it where one must.
    is_first: bool,
    /// Begins the ids of the trace's sections.
    trace_prefix: String,
    /// Begins the ids of its own.
    prefix: String,
}

/// The document.
pub fn page(report: &Report) -> Page {
    let mut page = Page::new("What may be cut, and what a lost cache costs", subtitle(report), &report.head);
    let alone = report.traces.len() == 1;
    for (i, trace) in report.traces.iter().enumerate() {
        let prefix = if alone { String::new() } else { format!("trace{}-", i + 1) };
        let groups = groups(report, trace, &prefix);
        let Some(first) = groups.first() else { continue };
        if let Some(baseline) = first.baseline() {
            page.answers.extend(answers::answers(report, trace, baseline, if alone { "" } else { &trace.name }));
        }
        let parts = match groups.as_slice() {
            [only] => only.sections(),
            several => several.iter().map(Group::part).collect(),
        };
        let parts = parts.into_iter().chain([loads::section(first)]).filter(|part| !part.is_empty());
        if alone {
            page.sections.extend(parts);
        } else {
            let whole = Section { sections: parts.collect(), ..Section::new(format!("trace{}", i + 1), &*trace.name) };
            page.sections.push(whole);
        }
    }
    ended(page.section(left_out(report)), &report.head, &traces(report))
}

/// What somebody asked for beyond the answers, in short: a grown load, costs, other sizes, of each trace.
pub(super) fn asked_for(report: &Report) -> Vec<Section> {
    let of_trace = |trace| {
        let groups = groups(report, trace, "");
        let grown =
            groups.iter().map(|group| Section::new("grown", "Once the load has grown").table(growth::grown(group)));
        let first = groups.first().into_iter().flat_map(|group| [money::section(group), sizes::summary(group)]);
        grown.chain(first).collect::<Vec<_>>()
    };
    report.traces.iter().flat_map(of_trace).collect()
}

/// A trace's rows by cache size.
fn groups<'r>(report: &'r Report, trace: &'r TraceReport, prefix: &str) -> Vec<Group<'r>> {
    let cells: Vec<&Row> = report.cells(&trace.name).collect();
    let sizes: Vec<&[&Row]> = cells.chunks(report.config.policies.len().max(1)).collect();
    let group = |(j, rows): (usize, &&[&'r Row])| Group {
        report,
        trace,
        rows: rows.to_vec(),
        is_first: j == 0,
        trace_prefix: prefix.to_string(),
        prefix: if sizes.len() == 1 { prefix.to_string() } else { format!("{prefix}size{}-", j + 1) },
    };
    sizes.iter().enumerate().map(group).collect()
}

/// What was not asked for, and how to ask.
fn left_out(report: &Report) -> Section {
    let config = &report.config;
    let all = [
        (config.seeds.is_empty(), "simulated outages: leave out --quick"),
        (!config.full, "other cache sizes, and every knob of the service: add --full"),
        (config.growth_ratio.is_none(), "the backend that a grown load needs: add --growth 30%"),
        (config.backend_price.is_none(), "money: add --backend-price '40 per 100/s' --cache-price '5 per GiB'"),
        (report.head.gates.is_empty(), "gates for a pipeline: add --fail-if 'gap > 3x'"),
    ];
    let items = all.iter().filter(|(is_out, _)| *is_out).map(|(_, what)| what.to_string());
    let commands = report.traces.iter().filter_map(|trace| answers::outage_command(report, trace));
    let told =
        commands.map(|command| format!("how an outage goes, what breaks it, and how to let the load back: {command}"));
    let items: Vec<String> = told.chain(items).collect();
    Section::new("more", "What this report leaves out").list(&items)
}

/// The trace, the policies, the cache and the backend in a line.
fn subtitle(report: &Report) -> String {
    let names: Vec<&str> = report.traces.iter().map(|trace| trace.name.as_str()).collect();
    let mut parts = vec![names.join(", "), format!("policies {}", report.config.policies.join(", "))];
    if let [trace] = report.traces.as_slice() {
        let assumed = trace.backend.is_some_and(|backend| backend.assumed);
        parts.push(format!("backend {}{}", trace.backend_text(), given(assumed)));
        parts.push(format!("load {}", load(Some(trace.load_per_second))));
    }
    parts.join(" · ")
}

fn traces(report: &Report) -> Vec<String> {
    let line = |trace: &TraceReport| {
        let footprint = trace.footprint_bytes.map_or(String::new(), |bytes| format!(", {} bytes", grouped(bytes)));
        let more = format!("{footprint}, {}", Seconds(trace.span_seconds));
        origin(&trace.name, &trace.format, [trace.requests, trace.gets, trace.objects], &more, &trace.fingerprint)
    };
    report.traces.iter().map(line).collect()
}

impl<'r> Group<'r> {
    fn sections(&self) -> Vec<Section> {
        if self.trace.backend.is_none() {
            return vec![cut::section(self)];
        }
        let of_trace = |section: fn(&Self) -> Section| if self.is_first { section(self) } else { Section::default() };
        let all = [
            capacity::glance(self),
            lost::section(self),
            healing::section(self),
            of_trace(moments::section),
            cut::losses(self),
            cut::section(self),
            capacity::policies(self),
            of_trace(sizes::section),
            cold::section(self),
            of_trace(Self::knobs),
            growth::section(self),
            of_trace(money::section),
        ];
        all.into_iter().filter(|section| !section.is_empty()).collect()
    }

    /// All of it, where a trace has several cache sizes.
    fn part(&self) -> Section {
        let heading = format!("With a cache of {}", self.cache());
        Section { sections: self.sections(), ..Section::new(self.id("all"), heading) }
    }

    /// An id that no other group has.
    fn id(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn baseline(&self) -> Option<&'r Row> {
        self.rows.iter().copied().find(|row| row.is_baseline())
    }

    /// The policies that one can deploy.
    fn deployable(&self) -> impl Iterator<Item = &'r Row> {
        self.rows.iter().copied().filter(|row| !row.is_bound)
    }

    /// The deployable policy with the fewest misses, where that is not the baseline.
    fn best(&self) -> Option<&'r Row> {
        answers::best(&self.rows)
    }

    fn cache(&self) -> String {
        self.rows.first().map_or(String::new(), |row| capacity_text(row.cache()))
    }

    /// Hidden capacity with one knob changed at a time, as `coldgap sensitivity` tells it; empty without `--full`.
    fn knobs(&self) -> Section {
        let found = self.report.sensitivity.iter().find(|found| found.trace == self.trace.name);
        let id = format!("{}knobs", self.trace_prefix);
        found.map_or_else(Section::default, |found| knobs::knobs(&id, &found.rows, &found.sentence))
    }

    /// The simulated outage of the trace's baseline.
    fn told(&self) -> Option<&'r IfLost> {
        self.report.if_lost.iter().find(|told| told.trace == self.trace.name)
    }

    /// A backend's capacity as a cell.
    fn needed(&self, least_backend: Option<f64>) -> Cell {
        let cell = |least| Cell::backend(least, self.demand());
        maybe(least_backend, cell, self.trace.absent("none is enough"))
    }

    /// What the backend's capacity is counted in.
    fn demand(&self) -> Demand {
        self.trace.demand()
    }
}

/// Where the service stands with this policy and cache size.
fn region(row: &Row) -> Region {
    if !row.limits_known {
        return Region::Unknown;
    }
    crate::capacity::region(row.load_per_second, row.advertised_per_second, row.hidden_safe_per_second)
}

/// A policy's name; a bound's in brackets.
fn name(row: &Row) -> String {
    policy(&row.policy, row.is_bound)
}

/// Requests a second in a sentence.
fn requests(per_second: f64) -> String {
    format!("{} requests a second", grouped_rate(per_second))
}
