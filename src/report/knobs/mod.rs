//! The reports of `coldgap sensitivity` and `coldgap warmup`: what moves hidden capacity, as versioned data.

pub(super) mod build;
mod gates;
pub(super) mod page;
pub(super) mod sentence;

pub use build::{sensitivity, warmup};

use super::Head;
use super::column::{known, limit, rows};
use super::outage::TraceFacts;
use crate::outage::Model;
use crate::units::Rate;
use gates::{batch, measured, spacing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The knob that is none: other keys, whose rows are compared with each other only.
pub(super) const SKEW: &str = "skew";

/// Hidden capacity against the service's knobs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "as in the report of an outage")]
pub struct SensitivityReport {
    #[serde(flatten)]
    pub head: Head,
    pub config: Config,
    pub trace: TraceFacts,
    /// What moves it most, and whether eviction does.
    pub sentence: String,
    /// The first is the service as it is; also the table of CSV and Parquet.
    pub rows: Vec<SensitivityRow>,
}

/// Hidden capacity against what is loaded beforehand, and restarts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "as in the report of an outage")]
pub struct WarmupReport {
    #[serde(flatten)]
    pub head: Head,
    pub config: Config,
    pub trace: TraceFacts,
    /// What it buys, and how to restart.
    pub sentence: String,
    /// In rising order of keys; the first loads nothing. Also the table of CSV and Parquet.
    pub rows: Vec<PreloadRow>,
    /// Null where no answer is ever late.
    pub elasticity: Option<Elasticity>,
    pub restarts: Restarts,
}

/// The configuration as it was used.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct Config {
    pub policy: String,
    pub cache: String,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
    pub cache_capacity_ratio: f64,
    pub backend: Rate,
    pub backend_assumed: bool,
    pub model: Model,
    pub load_ratio: f64,
    /// When the cache is lost, after the trace's first request.
    pub moments_seconds: Vec<f64>,
    pub seeds: u64,
    pub horizon_seconds: f64,
    pub window_seconds: f64,
    pub warmup_ratio: f64,
}

rows! {
    table;
    /// One change of the service.
    #[allow(missing_docs, reason = "the names say it, with units")]
    pub struct SensitivityRow {
        /// `base`, `timeout`, `queue`, `retries`, `single_flight`, `insert_rule`, `eviction` or `skew`.
        pub knob: Cow<'static, str>,
        pub setting: String,
        /// The load at which 95 % of outages heal, with its interval, as gap gives it; null in all rows but the first.
        pub hidden_95_per_second: Option<f64> => Load "hidden_95" measured,
        pub hidden_95_per_second_low: Option<f64> => Load "hidden_95_low" measured,
        pub hidden_95_per_second_high: Option<f64> => Load "hidden_95_high" measured,
        /// The load at which half of them do; null: at none of those tried. Of all rows but the first, the first row's times what few
        /// trials of both tell.
        pub hidden_50_per_second: Option<f64> => Load "hidden_50" measured,
        /// That load over the base row's.
        pub hidden_factor: Option<f64>,
        /// Null where the predicate is not defined.
        pub hidden_safe_per_second: Option<f64> => Load "hidden" known,
        /// Long-run: mu / m.
        pub advertised_per_second: Option<f64> => Load "advertised" limit,
    }
}

rows! {
    table;
    /// Some of the hottest keys, loaded beforehand.
    #[allow(missing_docs, reason = "the names say it, with units; gains are over the row before")]
    pub struct PreloadRow {
        pub keys: u64,
        pub entries_ratio: f64,
        pub bytes: Option<u64>,
        /// The load at which 95 % of outages heal, with its interval, as gap gives it; null in all rows but the first.
        pub hidden_95_per_second: Option<f64>,
        pub hidden_95_per_second_low: Option<f64>,
        pub hidden_95_per_second_high: Option<f64>,
        /// The load at which half of them do; null: at none of those tried. Of all rows but the first, the first row's times what few
        /// trials of both tell.
        pub hidden_50_per_second: Option<f64>,
        /// That load over the first row's.
        pub hidden_factor: Option<f64>,
        pub hidden_safe_per_second: Option<f64>,
        pub gain_per_thousand_keys: Option<f64>,
        pub gain_per_gib: Option<f64>,
    }
}

/// A tenth of the cold misses answered from elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct Elasticity {
    pub deciding_seconds: f64,
    pub deciding_requests: u64,
    pub cold_keys: u64,
    pub spared_keys: u64,
    pub spared_ratio: f64,
    pub hidden_50_per_second: Option<f64>,
    pub hidden_safe_per_second: Option<f64>,
    /// Relative gain of the safe bound over the share that was spared.
    pub safe_elasticity: Option<f64>,
    /// The same of the measured hidden capacity.
    pub hidden_elasticity: Option<f64>,
}

rows! {
    /// Restarts of the cache's nodes, at the load to carry.
    #[allow(missing_docs, reason = "the names say it, with units")]
    pub struct Restarts {
        pub nodes: u32,
        pub load_per_second: f64,
        /// In the worst five windows while nothing restarts; null where the trace is too short to see anything.
        pub control_worst_success_ratio: Option<f64> => Share "control_worst_success" known,
        /// Null: unknown, or not even one.
        pub safe_batch_nodes: Option<u32> => Count "safe_batch" batch,
        /// Null: unknown, or none of those tried.
        pub safe_spacing_seconds: Option<f64> => Time "safe_spacing" spacing,
        pub batches: Vec<RestartRow>,
        pub spacings: Vec<RestartRow>,
    }
}

/// One way of restarting: the worst of its trials.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct RestartRow {
    pub at_once: u32,
    pub spacing_seconds: Option<f64>,
    pub safe: bool,
    pub healed: bool,
    pub worst_success_ratio: f64,
    pub recovery_seconds: Option<f64>,
    /// Moments of the trace at which it was tried: those that leave enough of it. Reports of older versions do not say it.
    #[serde(default)]
    pub moments_tried: usize,
}
