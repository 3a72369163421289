//! The decisions of the main report as data, beside its rows: the load that has grown, the cache that is lost, what it costs,
//! other sizes and knobs. It is made by [`build`].

pub(super) mod assumptions;
pub(super) mod build;

use super::knobs::{Restarts, SensitivityRow};
use super::outage::{Event, TimelineRow, Verdict, WindowRow};
use crate::analysis::WORST;
use crate::units::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a policy at a cache size needs to survive one loss once the load has grown.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in [`super::Row`]")]
pub struct GrowthRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    pub growth_ratio: f64,
    pub load_per_second: f64,
    pub loss_ratio: f64,
    pub least_backend_per_second: Option<f64>,
    pub safe_cut_ratio: Option<f64>,
}

/// A full flush of the baseline's cache at the load to carry, simulated: what `coldgap outage` tells of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in [`super::outage::OutageReport`]")]
pub struct IfLost {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    /// Of the flush, after the trace's first request.
    pub moment_seconds: f64,
    pub moment_reason: String,
    /// The seed that is told: the one with which it went worst.
    pub seed: u64,
    /// How often it was simulated, with other seeds and distributions of service times, and how often it healed.
    pub simulations: usize,
    pub simulations_healed: usize,
    pub window_seconds: f64,
    pub events: Vec<Event>,
    pub verdict: Verdict,
    pub timeline: Vec<TimelineRow>,
    pub windows: Vec<WindowRow>,
    /// How the cache's nodes may restart: from the gentlest way on, up to the first that users feel.
    pub restarts: Restarts,
    /// The same in a sentence.
    pub restarts_sentence: String,
}

impl IfLost {
    /// When the cache was lost, to follow a number of simulations.
    pub(super) fn when(&self) -> String {
        match self.is_worst() {
            true => "at the worst moment".to_string(),
            false => format!("{} into the trace", Seconds(self.moment_seconds)),
        }
    }

    /// Whether it was lost where that is worst, and not where the trace goes on for long enough.
    pub(super) fn is_worst(&self) -> bool {
        self.moment_reason.starts_with(WORST)
    }
}

/// One loss survived by one policy at one cache size, and what that costs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; sums are in the currency of the prices")]
pub struct MoneyRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
    pub cache_capacity_ratio: f64,
    pub loss_ratio: f64,
    /// True for the loss that `--survive` names.
    pub must_survive: bool,
    pub least_backend_per_second: Option<f64>,
    pub backend_cost: Option<f64>,
    pub cache_cost: f64,
    pub cost: Option<f64>,
    /// Of today's backend and the baseline's first cache size.
    pub today_cost: f64,
    pub saving_ratio: Option<f64>,
    /// No other survives this loss for less.
    pub cheapest: bool,
    /// The cheapest, and no larger loss is survived for as little.
    pub on_frontier: bool,
}

/// The baseline at one cache size, without simulation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in [`super::Row`]")]
pub struct SizeRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
    pub cache_capacity_ratio: f64,
    pub miss_ratio: Option<f64>,
    pub advertised_per_second: Option<f64>,
    pub hidden_safe_per_second: Option<f64>,
    pub gap_ratio: Option<f64>,
    pub loss_survived_ratio: Option<f64>,
    /// To carry the load while nothing is lost.
    pub least_backend_warm_per_second: Option<f64>,
    /// To survive the largest loss of those that are tried.
    pub least_backend_per_second: Option<f64>,
    pub loss_ratio: f64,
}

/// What the knobs of the baseline's service do on one trace.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Sensitivity {
    pub trace: String,
    pub sentence: String,
    pub rows: Vec<SensitivityRow>,
}
