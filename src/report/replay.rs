//! The report of `coldgap replay`: miss ratios by policy and cache size, as data.

use super::column::{known, rows};
use super::format::{capacity_of, capacity_text, percent, policy};
use super::gates::{Gated, Reading, Scope, Subject};
use super::head::{Head, Kind};
use crate::analysis::sampled::{FEWEST_OBJECTS, GROUPS, Sampled};
use crate::analysis::{Facts, Swept};
use crate::policy::Capacity;
use crate::policy::spec::PolicySpec;
use crate::replay::cell::Cell;
use crate::trace::source::About;
use crate::units::{Demand, grouped};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Miss ratios on one or more traces.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReplayReport {
    /// What every report begins with.
    #[serde(flatten)]
    pub head: Head,
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are those of the rows")]
pub struct MissingCell {
    pub trace: String,
    pub policy: Option<String>,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
}

rows! {
    table;
    /// One policy at one cache size on one trace: the first columns of the gap report's rows, by the same names.
    #[allow(missing_docs, reason = "the names say it, with units; definitions as in the gap report")]
    pub struct ReplayRow {
        pub trace: String,
        pub policy: String,
        pub is_bound: bool,
        pub cache_capacity_objects: Option<u64>,
        pub cache_capacity_bytes: Option<u64>,
        pub cache_capacity_ratio: f64,
        pub requests: u64,
        /// Null here and below where a sample says nothing.
        pub hits: Option<u64>,
        pub misses: Option<u64> => Count "misses" sampled,
        pub miss_ratio: Option<f64> => Share "miss_ratio" sampled,
        pub bytes_requested: Option<u64>,
        pub bytes_missed: Option<u64> => Bytes "bytes_missed" sized,
        pub compulsory_misses: u64 => Count "compulsory_misses" known,
        /// The share of the keys that hits and misses are estimated from; null where they are exact, as the next two.
        pub sample_ratio: Option<f64>,
        /// The true miss ratio lies between these in 95 of 100 draws.
        pub miss_ratio_low: Option<f64> => Share "miss_ratio_low" band,
        pub miss_ratio_high: Option<f64> => Share "miss_ratio_high" band,
    }
}

impl ReplayReport {
    /// An empty report of this command.
    pub fn new(command: &str, seed: Option<u64>, assumptions: Vec<String>) -> ReplayReport {
        ReplayReport {
            head: Head::new(Kind::Replay, command, seed, assumptions),
            partial: false,
            missing: Vec::new(),
            traces: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds what was found on one trace.
    pub fn add(&mut self, trace: &About, found: &Swept) {
        let Swept { facts, cells, missing } = found;
        self.add_trace(trace, facts, missing);
        for found in cells {
            let total = found.total;
            self.rows.push(ReplayRow {
                requests: total.requests,
                hits: Some(total.hits),
                misses: Some(total.misses),
                miss_ratio: total.miss_ratio(),
                bytes_missed: trace.sized.then_some(total.bytes_missed),
                ..row(trace, facts, &found.cell.policy, found.cell.capacity, found.capacity_ratio)
            });
        }
    }

    /// Adds what a sample says of one trace.
    pub fn add_sampled(&mut self, trace: &About, found: &Sampled) {
        let Sampled { facts, sampling, objects, cells, missing } = found;
        self.add_trace(trace, facts, missing);
        self.head.assumptions.push(format!(
            "{}: estimated from {} of its {} objects ({}, by a hash of the key, seed {}) in caches that hold the same share \
             of them: first touches are counted in the whole trace, other misses scaled up by classes of how often a key \
             repeats",
            trace.name,
            grouped(*objects as u64),
            grouped(facts.objects),
            sampling.share,
            sampling.seed
        ));
        if let Some(drawn) = trace.sample {
            self.head.assumptions.push(format!(
                "{}: the trace is itself a sample, {} of a larger one's keys: what is estimated is what a replay of this file gives",
                trace.name, drawn.share
            ));
        }
        self.head.assumptions.push(format!(
            "a band is meant to hold the true miss ratio in 95 of 100 draws: {GROUPS} groups of the sample say how far chance \
             and the smaller caches lead astray; unknown where the sample's cache would hold fewer than {FEWEST_OBJECTS} objects"
        ));
        let ratio = |misses: f64| (facts.counted > 0).then(|| misses / facts.counted as f64);
        for found in cells {
            let estimate = found.estimate;
            let misses = estimate.map(|estimate| (estimate.misses.round() as u64).min(facts.counted));
            let bytes_missed =
                estimate.map(|estimate| (estimate.bytes_missed.round() as u64).min(facts.bytes_requested));
            self.rows.push(ReplayRow {
                hits: misses.map(|misses| facts.counted - misses),
                misses,
                miss_ratio: estimate.and_then(|estimate| ratio(estimate.misses)),
                bytes_missed: bytes_missed.filter(|_| trace.sized),
                sample_ratio: Some(sampling.share.get()),
                miss_ratio_low: estimate.and_then(|estimate| ratio(estimate.low)),
                miss_ratio_high: estimate.and_then(|estimate| ratio(estimate.high)),
                ..row(trace, facts, &found.cell.policy, found.cell.capacity, found.capacity_ratio)
            });
        }
    }

    fn add_trace(&mut self, trace: &About, facts: &Facts, missing: &[Cell]) {
        self.missing.extend(missing.iter().map(|cell| MissingCell::of(&trace.name, Some(cell))));
        self.partial |= !missing.is_empty();
        self.head.assumptions.extend(trace.notes.iter().map(|note| format!("{}: {note}", trace.name)));
        self.traces.push(ReplayTrace {
            name: trace.name.to_string(),
            format: trace.format.to_string(),
            fingerprint: trace.fingerprint.to_string(),
            requests: trace.requests as u64,
            gets: facts.gets,
            objects: facts.objects,
            footprint_bytes: facts.footprint_bytes,
        });
    }

    /// Says that a whole trace was not replayed.
    pub fn miss(&mut self, trace: &str) {
        self.partial = true;
        self.missing.push(MissingCell::of(trace, None));
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

/// A row without what a cache did.
fn row(trace: &About, facts: &Facts, policy: &PolicySpec, capacity: Capacity, capacity_ratio: f64) -> ReplayRow {
    ReplayRow {
        trace: trace.name.to_string(),
        policy: policy.to_string(),
        is_bound: policy.info().needs_future || policy.info().unbounded,
        cache_capacity_objects: capacity.objects(),
        cache_capacity_bytes: capacity.bytes(),
        cache_capacity_ratio: capacity_ratio,
        requests: facts.counted,
        hits: None,
        misses: None,
        miss_ratio: None,
        bytes_requested: trace.sized.then_some(facts.bytes_requested),
        bytes_missed: None,
        compulsory_misses: facts.compulsory_misses,
        sample_ratio: None,
        miss_ratio_low: None,
        miss_ratio_high: None,
    }
}

impl ReplayRow {
    /// The policy's name; a bound's in brackets.
    pub(super) fn name(&self) -> String {
        policy(&self.policy, self.is_bound)
    }

    /// The cache's size.
    pub(super) fn capacity(&self) -> Capacity {
        capacity_of(self.cache_capacity_objects, self.cache_capacity_bytes)
    }

    /// The miss ratio, and its band where it has one.
    pub(super) fn miss_ratio_text(&self) -> String {
        match (self.miss_ratio, self.miss_ratio_low, self.miss_ratio_high) {
            (None, ..) => "unknown".to_string(),
            (Some(ratio), Some(low), Some(high)) => {
                format!("{} ({} to {})", percent(ratio), percent(low), percent(high))
            }
            (Some(ratio), ..) => percent(ratio),
        }
    }
}

fn sampled(_: &ReplayRow, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown("the sample is too small"), Reading::Number)
}

fn sized(_: &ReplayRow, bytes: Option<f64>) -> Reading {
    bytes.map_or(Reading::Unknown("objects have no sizes, or the sample is too small"), Reading::Number)
}

/// An exact miss ratio is its own band.
fn band(row: &ReplayRow, edge: Option<f64>) -> Reading {
    sampled(row, if row.sample_ratio.is_some() { edge } else { row.miss_ratio })
}

/// It compares policies with none, so that a gate that names no policy is about all of them.
impl Gated for ReplayReport {
    type Row = ReplayRow;

    fn scope(&self) -> Scope {
        let mut policies: Vec<String> = self.rows.iter().map(|row| row.policy.clone()).collect();
        policies.sort_unstable();
        policies.dedup();
        Scope { policies, losses: Vec::new(), demand: Demand::Answers }
    }

    fn subjects(&self) -> Vec<Subject<'_, ReplayRow>> {
        self.rows.iter().map(|row| Subject::only(&row.trace, &row.policy, row.capacity(), row)).collect()
    }
}
