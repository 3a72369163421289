//! The report of `coldgap replay`: miss ratios by policy and cache size, as data and for reading.

use super::assumptions::{capacity_text, percent};
use super::{SCHEMA_VERSION, Tool};
use crate::analysis::Swept;
use crate::policy::Capacity;
use crate::replay::cell::Cell;
use crate::trace::source::About;
use crate::units::grouped;
use serde::Serialize;
use std::fmt::{self, Write};

/// Miss ratios on one or more traces.
#[derive(Debug, Clone, Serialize)]
pub struct ReplayReport {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The program.
    pub tool: Tool,
    /// The command, without what does not change the result.
    pub command: String,
    /// What was assumed, in sentences.
    pub assumptions: Vec<String>,
    /// True where the run was interrupted: `missing` was not replayed.
    pub partial: bool,
    /// What an interrupt left undone.
    pub missing: Vec<MissingCell>,
    /// The traces.
    pub traces: Vec<ReplayTrace>,
    /// One per trace, cache size and policy.
    pub rows: Vec<ReplayRow>,
}

/// One trace.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct ReplayTrace {
    pub name: String,
    pub format: String,
    pub fingerprint: String,
    pub requests: u64,
    pub gets: u64,
    pub objects: u64,
    pub footprint_bytes: Option<u64>,
}

/// A cell that was not replayed; all of a trace where it has no policy.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names are those of the rows")]
pub struct MissingCell {
    pub trace: String,
    pub policy: Option<String>,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
}

/// One policy at one cache size on one trace: the first columns of the gap report's rows, by the same names.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names say it, with units; definitions as in the gap report")]
pub struct ReplayRow {
    pub trace: String,
    pub policy: String,
    pub is_bound: bool,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
    pub cache_capacity_ratio: f64,
    pub requests: u64,
    pub hits: u64,
    pub misses: u64,
    pub miss_ratio: Option<f64>,
    pub bytes_requested: Option<u64>,
    pub bytes_missed: Option<u64>,
    pub compulsory_misses: u64,
}

impl ReplayReport {
    /// An empty report of this command.
    pub fn new(command: String, assumptions: Vec<String>) -> ReplayReport {
        let tool = Tool::this();
        ReplayReport {
            schema_version: SCHEMA_VERSION,
            tool,
            command,
            assumptions,
            partial: false,
            missing: Vec::new(),
            traces: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds what was found on one trace.
    pub fn add(&mut self, trace: &About<'_>, found: &Swept) {
        let Swept { facts, cells, missing } = found;
        self.missing.extend(missing.iter().map(|cell| MissingCell::of(trace.name, Some(cell))));
        self.partial |= !missing.is_empty();
        self.assumptions.extend(trace.notes.iter().map(|note| format!("{}: {note}", trace.name)));
        self.traces.push(ReplayTrace {
            name: trace.name.to_string(),
            format: trace.format.to_string(),
            fingerprint: trace.fingerprint.to_string(),
            requests: trace.requests as u64,
            gets: facts.gets,
            objects: facts.objects,
            footprint_bytes: facts.footprint_bytes,
        });
        for found in cells {
            let info = found.cell.policy.info();
            let total = found.total;
            self.rows.push(ReplayRow {
                trace: trace.name.to_string(),
                policy: found.cell.policy.to_string(),
                is_bound: info.needs_future || info.unbounded,
                cache_capacity_objects: found.cell.capacity.objects(),
                cache_capacity_bytes: found.cell.capacity.bytes(),
                cache_capacity_ratio: found.capacity_ratio,
                requests: total.requests,
                hits: total.hits,
                misses: total.misses,
                miss_ratio: total.miss_ratio(),
                bytes_requested: trace.sized.then_some(facts.bytes_requested),
                bytes_missed: trace.sized.then_some(total.bytes_missed),
                compulsory_misses: facts.compulsory_misses,
            });
        }
    }

    /// Says that a whole trace was not replayed.
    pub fn miss(&mut self, trace: &str) {
        self.partial = true;
        self.missing.push(MissingCell::of(trace, None));
    }

    /// The report for reading in a terminal.
    pub fn render(&self) -> String {
        let mut out = String::new();
        if self.partial {
            out.push_str("PARTIAL: the run was interrupted. What is missing stands at the end.\n\n");
        }
        for trace in &self.traces {
            let rows: Vec<&ReplayRow> = self.rows.iter().filter(|row| row.trace == trace.name).collect();
            let _ = writeln!(
                out,
                "{}: {}, {} gets on {} objects, fingerprint {}\n",
                trace.name,
                trace.format,
                grouped(trace.gets),
                grouped(trace.objects),
                trace.fingerprint
            );
            let width = rows.iter().map(|row| row.policy.len() + 2).max().unwrap_or(0);
            let _ =
                writeln!(out, "  {:<width$} {:>12} {:>10} {:>14}   cache", "", "misses", "miss ratio", "bytes missed");
            for row in rows {
                let name = if row.is_bound { format!("({})", row.policy) } else { row.policy.clone() };
                let capacity = match row.cache_capacity_bytes {
                    Some(bytes) => Capacity::Bytes(bytes),
                    None => Capacity::Objects(row.cache_capacity_objects.unwrap_or(0)),
                };
                let _ = writeln!(
                    out,
                    "  {name:<width$} {:>12} {:>10} {:>14}   {}, {} of the footprint",
                    grouped(row.misses),
                    row.miss_ratio.map_or("unknown".to_string(), percent),
                    row.bytes_missed.map_or("-".to_string(), grouped),
                    capacity_text(capacity),
                    percent(row.cache_capacity_ratio)
                );
            }
            out.push('\n');
        }
        for missing in &self.missing {
            let _ = writeln!(out, "- MISSING: {missing}");
        }
        for assumption in &self.assumptions {
            let _ = writeln!(out, "- {assumption}");
        }
        out
    }
}

impl MissingCell {
    fn of(trace: &str, cell: Option<&Cell>) -> MissingCell {
        MissingCell {
            trace: trace.to_string(),
            policy: cell.map(|cell| cell.policy.to_string()),
            cache_capacity_objects: cell.and_then(|cell| cell.capacity.objects()),
            cache_capacity_bytes: cell.and_then(|cell| cell.capacity.bytes()),
        }
    }
}

impl fmt::Display for MissingCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capacity = self.cache_capacity_bytes.map(Capacity::Bytes);
        let capacity = capacity.or(self.cache_capacity_objects.map(Capacity::Objects));
        match (&self.policy, capacity) {
            (Some(policy), Some(capacity)) => write!(f, "{}: {policy}, {}", self.trace, capacity_text(capacity)),
            _ => write!(f, "{}: all of it", self.trace),
        }
    }
}
