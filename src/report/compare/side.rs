//! One side of a comparison: the cell of a gap report that it is about.

use super::{Difference, Side};
use crate::error::{Error, Result};
use crate::report::format::{capacity_of, capacity_text, percent};
use crate::report::{Report, Row, StretchRow, TraceReport, WindowRow};
use crate::units::{Demand, Rate, Seconds};

/// Which cell of a report.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Its policy; `None`: the report's baseline.
    pub policy: Option<String>,
    /// The trace's fingerprint; `None`: the first trace.
    pub fingerprint: Option<String>,
}

/// A cell of a gap report.
#[derive(Debug, Clone)]
pub struct View<'r> {
    /// Where it is from.
    pub source: String,
    /// The report.
    pub report: &'r Report,
    /// The trace.
    pub trace: &'r TraceReport,
    /// One row per loss, the first for losing nothing.
    pub rows: Vec<&'r Row>,
    /// Its windows after warm-up.
    pub windows: Vec<&'r WindowRow>,
    /// Its stretches, each with one row per loss.
    pub stretches: Vec<Vec<&'r StretchRow>>,
}

impl<'r> View<'r> {
    /// The chosen cell. `source`: how the user named where the report is from.
    ///
    /// # Errors
    /// A report that does not hold it.
    pub fn new(report: &'r Report, source: &str, choice: &Choice) -> Result<View<'r>> {
        let nothing = || Error::usage("this report holds no trace").at(source, None);
        let wanted = choice.fingerprint.as_ref();
        let same = |trace: &&TraceReport| wanted.is_some_and(|wanted| *wanted == trace.fingerprint);
        let trace = report.traces.iter().find(same).or(report.traces.first()).ok_or_else(nothing)?;
        let policy = choice.policy.as_deref().unwrap_or(&report.config.baseline);
        let cells: Vec<&Row> = report.cells(&trace.name).collect();
        let chosen = |row: &&&Row| row.policy == policy;
        let Some(cell) = cells.iter().find(chosen) else {
            let there: Vec<String> =
                cells.iter().map(|row| format!("{} at {}", row.policy, capacity_text(row.cache()))).collect();
            return Err(Error::usage(format!("this report holds no {policy}"))
                .at(source, None)
                .hint(format!("it holds {}", there.join(", "))));
        };
        if trace.backend.is_none() {
            return Err(Error::usage("this report was made without a backend, so it says nothing of what is survived")
                .at(source, None)
                .hint("make it again and say what the backend can do: -b 300/s"));
        }
        let of_cell = |trace: &str, policy: &str, amount: u64| {
            trace == cell.trace && policy == cell.policy && amount == cell.capacity()
        };
        let windows =
            report.windows.iter().filter(|row| !row.warmup && of_cell(&row.trace, &row.policy, row.cache_capacity));
        let stretches = report.stretches.iter().filter(|row| of_cell(&row.trace, &row.policy, row.cache_capacity));
        let stretches: Vec<&StretchRow> = stretches.collect();
        Ok(View {
            source: source.to_string(),
            report,
            trace,
            rows: report.losses(cell).collect(),
            windows: windows.collect(),
            stretches: stretches.chunk_by(|a, b| a.start_seconds == b.start_seconds).map(<[_]>::to_vec).collect(),
        })
    }

    /// The row for losing nothing.
    pub fn cell(&self) -> &'r Row {
        self.rows[0]
    }

    /// What one miss takes of the backend, over all that is asked: the miss ratio, or that of bytes or costs.
    pub fn demand_ratio(&self) -> Option<f64> {
        let cell = self.cell();
        let ratio = |(missed, all): (u64, u64)| missed as f64 / all as f64;
        match self.trace.demand() {
            Demand::Answers => cell.miss_ratio,
            Demand::Bytes => cell.bytes_missed.zip(cell.bytes_requested).map(ratio),
            Demand::Units(_) => cell.cost_missed.zip(cell.cost_requested).map(ratio),
        }
    }

    /// What the comparison's report says of this side.
    pub fn side(&self) -> Side {
        let (cell, config) = (self.cell(), &self.report.config);
        Side {
            source: self.source.clone(),
            tool_version: self.report.head.tool.version.to_string(),
            trace: self.trace.name.clone(),
            fingerprint: self.trace.fingerprint.clone(),
            policy: cell.policy.clone(),
            cache_capacity_objects: cell.cache_capacity_objects,
            cache_capacity_bytes: cell.cache_capacity_bytes,
            cache_capacity_ratio: cell.cache_capacity_ratio,
            backend_per_second: cell.backend_per_second.unwrap_or(0.0),
            backend_unit: cell.backend_unit.to_string(),
            backend_assumed: self.trace.backend.is_some_and(|backend| backend.assumed),
            load_per_second: cell.load_per_second,
            timeout_seconds: config.timeout_seconds,
            service_time_seconds: config.service_time_seconds,
            retries: config.retries,
            single_flight: config.single_flight,
            service_times: config.service_times.clone(),
            queue_rule: config.queue_rule.clone(),
            abandoned_work: config.abandoned_work.clone(),
            warmup_ratio: config.warmup_ratio,
            horizon_seconds: config.horizon_seconds,
            window_seconds: self.trace.window_seconds,
            seeds: config.seeds.clone(),
        }
    }
}

/// A property of a side, for reading.
type Shown<'a> = &'a dyn Fn(&Side) -> String;

impl Side {
    /// The cache size for reading.
    pub fn cache(&self) -> String {
        capacity_text(capacity_of(self.cache_capacity_objects, self.cache_capacity_bytes))
    }

    /// The backend for reading.
    pub fn backend(&self) -> String {
        self.rate(self.backend_per_second)
    }

    /// A backend's capacity in this side's unit, for reading.
    pub fn rate(&self, per_second: f64) -> String {
        Rate { per_second, of: Demand::from(self.backend_unit.clone()) }.to_string()
    }

    /// In what this side and another differ.
    pub fn differences(&self, other: &Side) -> Vec<Difference> {
        let joins = |side: &Side| if side.single_flight { "joined" } else { "asked again" }.to_string();
        let seconds = |of: fn(&Side) -> f64| move |side: &Side| Seconds(of(side)).to_string();
        let simulated =
            |side: &Side| if side.seeds.is_empty() { "no".to_string() } else { format!("seeds {:?}", side.seeds) };
        let all: [(&str, Shown<'_>); 17] = [
            ("policy", &|side| side.policy.clone()),
            ("cache", &Side::cache),
            ("backend", &Side::backend),
            ("load", &|side| Rate::answers(side.load_per_second).to_string()),
            ("timeout", &seconds(|side| side.timeout_seconds)),
            ("service time", &seconds(|side| side.service_time_seconds)),
            ("retries", &|side| side.retries.to_string()),
            ("a miss on a key being fetched", &joins),
            ("service times scatter", &|side| side.service_times.clone()),
            ("queue", &|side| side.queue_rule.clone()),
            ("abandoned work", &|side| side.abandoned_work.clone()),
            ("warm-up", &|side| percent(side.warmup_ratio)),
            ("horizon", &seconds(|side| side.horizon_seconds)),
            ("window", &seconds(|side| side.window_seconds)),
            ("simulated outages", &simulated),
            ("trace (fingerprint)", &|side| format!("{} ({})", side.trace, side.fingerprint)),
            ("coldgap", &|side| side.tool_version.clone()),
        ];
        let same_trace = self.fingerprint == other.fingerprint;
        all.iter()
            .filter(|(what, _)| !(same_trace && what.starts_with("trace")))
            .map(|(what, of)| Difference { what: (*what).to_string(), baseline: of(self), candidate: of(other) })
            .filter(|difference| difference.baseline != difference.candidate)
            // Reports of older versions do not say all.
            .filter(|difference| !difference.baseline.is_empty() && !difference.candidate.is_empty())
            .collect()
    }
}
