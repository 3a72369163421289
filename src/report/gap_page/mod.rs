//! The gap report as a document: what may be cut and what happens if the cache is lost, then what that rests on. It chooses
//! words and columns; every number is the report's.

mod answers;
mod capacity;
mod cold;
mod cut;
mod loads;

use super::assumptions::{capacity_text, percent};
use super::page::{Page, Section};
use super::words::ended;
use super::{Region, Report, Row, TraceReport};
use crate::policy::Capacity;
use crate::units::{Demand, Rate, Seconds, grouped, grouped_rate};

/// One trace at one cache size, and what names it.
struct Group<'r> {
    report: &'r Report,
    trace: &'r TraceReport,
    /// A row per policy: those for losing nothing.
    rows: &'r [&'r Row],
    /// Begins the ids of its sections.
    prefix: String,
}

/// The document.
pub fn page(report: &Report) -> Page {
    let names: Vec<&str> = report.traces.iter().map(|trace| trace.name.as_str()).collect();
    let mut page = Page::new("What may be cut, and what a lost cache costs", subtitle(report), &report.head);
    for (i, trace) in report.traces.iter().enumerate() {
        let cells: Vec<&Row> = report.cells(&trace.name).collect();
        let groups: Vec<&[&Row]> = cells.chunks(report.config.policies.len().max(1)).collect();
        let alone = names.len() == 1;
        let group = |j: usize| {
            let trace_part = if alone { String::new() } else { format!("trace{}-", i + 1) };
            let size_part = if groups.len() == 1 { String::new() } else { format!("size{}-", j + 1) };
            Group { report, trace, rows: groups[j], prefix: trace_part + &size_part }
        };
        if groups.is_empty() {
            continue;
        }
        let first = group(0);
        page.answers.extend(answers::answers(&first, if alone { "" } else { &trace.name }));
        let mut parts: Vec<Section> = Vec::new();
        for j in 0..groups.len() {
            let group = group(j);
            let sections = group.sections();
            if groups.len() == 1 {
                parts.extend(sections);
            } else {
                let what = format!("With a cache of {}", group.cache());
                let mut part = Section::new(format!("{}all", group.prefix), what);
                part.sections = sections;
                parts.push(part);
            }
        }
        parts.push(loads::section(&first, if alone { String::new() } else { format!("trace{}-", i + 1) }));
        if alone {
            parts.into_iter().for_each(|part| page.sections.push(part));
        } else {
            let mut whole = Section::new(format!("trace{}", i + 1), trace.name.clone());
            whole.sections = parts;
            page.sections.push(whole);
        }
    }
    ended(page, &report.head, &traces(report))
}

/// The trace, the policies, the cache and the backend in a line.
fn subtitle(report: &Report) -> String {
    let names: Vec<&str> = report.traces.iter().map(|trace| trace.name.as_str()).collect();
    let mut parts = vec![names.join(", "), format!("policies {}", report.config.policies.join(", "))];
    if let [trace] = report.traces.as_slice() {
        let assumed = if trace.backend.assumed { " (assumed: none was given)" } else { "" };
        parts.push(format!("backend {}{assumed}", trace.backend.rate));
        parts.push(format!("load {}", load(Some(trace.load_per_second))));
    }
    parts.join(" · ")
}

fn traces(report: &Report) -> Vec<String> {
    let line = |trace: &TraceReport| {
        let footprint = trace.footprint_bytes.map_or(String::new(), |bytes| format!(", {} bytes", grouped(bytes)));
        format!(
            "{}: {}, {} requests ({} gets), {} objects{footprint}, {}, fingerprint {}",
            trace.name,
            trace.format,
            grouped(trace.requests),
            grouped(trace.gets),
            grouped(trace.objects),
            Seconds(trace.span_seconds),
            trace.fingerprint
        )
    };
    report.traces.iter().map(line).collect()
}

impl<'r> Group<'r> {
    fn sections(&self) -> Vec<Section> {
        vec![
            capacity::glance(self),
            cut::losses(self),
            cut::section(self),
            capacity::policies(self),
            cold::section(self),
        ]
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
        let baseline = self.baseline()?;
        let best = self.deployable().min_by_key(|row| row.misses)?;
        (best.misses < baseline.misses).then_some(best)
    }

    fn cache(&self) -> String {
        self.rows.first().map_or(String::new(), |row| {
            capacity_text(match row.cache_capacity_bytes {
                Some(bytes) => Capacity::Bytes(bytes),
                None => Capacity::Objects(row.capacity()),
            })
        })
    }

    /// What the backend's capacity is counted in.
    fn demand(&self) -> Demand {
        self.trace.backend.rate.of
    }

    /// A backend's capacity in words.
    fn backend(&self, per_second: f64) -> String {
        Rate { per_second, of: self.demand() }.to_string()
    }
}

/// Where the service stands with this policy and cache size.
fn region(row: &Row) -> Region {
    let below = |capacity: Option<f64>| capacity.is_some_and(|capacity| capacity < row.load_per_second);
    match row {
        _ if below(row.advertised_per_second) => Region::OverloadedWarm,
        _ if below(row.hidden_safe_per_second) => Region::Vulnerable,
        _ => Region::Survives,
    }
}

/// A policy's name; a bound's in brackets.
fn name(row: &Row) -> String {
    if row.is_bound { format!("({})", row.policy) } else { row.policy.clone() }
}

/// A load in words; `no limit` where none was found.
fn load(value: Option<f64>) -> String {
    value.map_or("no limit".to_string(), |value| Rate::answers(value).to_string())
}

/// A loss in words.
fn loss(ratio: f64) -> String {
    match ratio {
        0.0 => "nothing".to_string(),
        1.0 => "everything".to_string(),
        part => percent(part),
    }
}

/// Requests a second in a sentence.
fn requests(per_second: f64) -> String {
    format!("{} requests a second", grouped_rate(per_second))
}
