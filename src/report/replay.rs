//! The report of `coldgap replay`: miss ratios by policy and cache size, as data and for reading.

use super::assumptions::{capacity_text, percent};
use super::{SCHEMA_VERSION, Tool};
use crate::analysis::{Facts, SweepCell};
use crate::policy::Capacity;
use crate::trace::Trace;
use crate::units::grouped;
use serde::Serialize;
use std::fmt::Write;

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
            traces: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds what was found on one trace.
    pub fn add(&mut self, trace: &Trace, facts: &Facts, cells: &[SweepCell]) {
        let sized = trace.sizes.is_some();
        self.assumptions.extend(trace.notes.iter().map(|note| format!("{}: {note}", trace.name)));
        self.traces.push(ReplayTrace {
            name: trace.name.clone(),
            format: trace.format.clone(),
            fingerprint: trace.fingerprint.clone(),
            requests: trace.len() as u64,
            gets: facts.gets,
            objects: facts.objects,
            footprint_bytes: facts.footprint_bytes,
        });
        for found in cells {
            let info = found.cell.policy.info();
            let total = found.observation.total;
            self.rows.push(ReplayRow {
                trace: trace.name.clone(),
                policy: found.cell.policy.to_string(),
                is_bound: info.needs_future || info.unbounded,
                cache_capacity_objects: found.cell.capacity.objects(),
                cache_capacity_bytes: found.cell.capacity.bytes(),
                cache_capacity_ratio: found.capacity_ratio,
                requests: total.requests,
                hits: total.hits,
                misses: total.misses,
                miss_ratio: total.miss_ratio(),
                bytes_requested: sized.then_some(facts.bytes_requested),
                bytes_missed: sized.then_some(total.bytes_missed),
                compulsory_misses: facts.compulsory_misses,
            });
        }
    }

    /// The report for reading in a terminal.
    pub fn render(&self) -> String {
        let mut out = String::new();
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
        for assumption in &self.assumptions {
            let _ = writeln!(out, "- {assumption}");
        }
        out
    }
}
