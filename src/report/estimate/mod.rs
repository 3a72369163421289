//! The report of `coldgap gap --sample`: what was estimated from some of the keys, each number with its interval, as data.

mod answers;
mod build;
pub mod page;

pub(in crate::report) use answers::answers;
pub use build::build;

use super::cells::cells;
use super::column::{known, rows};
use super::gates::Reading;
use super::{BackendReport, Config, Head};
use crate::units::Demand;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Everything that `coldgap gap --sample` estimated on one or more traces.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EstimateReport {
    /// What every report begins with.
    #[serde(flatten)]
    pub head: Head,
    /// The resolved configuration.
    pub config: Config,
    /// One per trace.
    pub traces: Vec<EstimateTrace>,
    /// One per trace, cache size, policy and loss.
    pub rows: Vec<EstimateRow>,
}

/// One trace, and what was drawn of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EstimateTrace {
    /// As the user named it.
    pub name: String,
    /// The files it was read from, in the order of their first requests.
    pub files: Vec<String>,
    /// The format it was read as; several where its files have several.
    pub format: String,
    /// Equal for equal requests in any format.
    pub fingerprint: String,
    /// Requests of any operation.
    pub requests: u64,
    /// Gets.
    pub gets: u64,
    /// Distinct objects.
    pub objects: u64,
    /// From the first to the last request.
    pub span_seconds: f64,
    /// Width of the windows.
    pub window_seconds: f64,
    /// Load of the busiest window of the service.
    pub today_per_second: f64,
    /// The load to carry.
    pub load_per_second: f64,
    /// The capacity of the service's backend.
    pub backend: BackendReport,
    /// The share of the service's keys that was drawn.
    pub sample_ratio: f64,
    /// What they were hashed with.
    pub sample_seed: u64,
    /// Requests in the sample.
    pub sample_requests: u64,
    /// Keys in the sample.
    pub sample_objects: u64,
    /// Keys among them that are there in any case, since so many requests for them come at once.
    pub sample_flooding: u64,
}

cells!(EstimateReport: EstimateRow);

rows! {
    table;
    /// One row of the result table: a policy at a cache size on a trace, and one loss. All columns before `loss` repeat
    /// for each loss. Null: the sample does not say; of nodes also that no number up to 64 is enough.
    #[allow(missing_docs, reason = "the names say it, with units; those of the gap report mean the same")]
    pub struct EstimateRow {
        pub trace: String,
        pub policy: String,
        pub baseline: String,
        pub cache_capacity_objects: Option<u64>,
        pub cache_capacity_bytes: Option<u64>,
        pub cache_capacity_ratio: f64,
        /// The share of the service's keys that the numbers are estimated from.
        pub sample_ratio: f64,
        pub miss_ratio: Option<f64> => Share "miss_ratio" said,
        pub miss_ratio_low: Option<f64> => Share "miss_ratio_low" said,
        pub miss_ratio_high: Option<f64> => Share "miss_ratio_high" said,
        pub backend_per_second: f64 => Backend "backend" known,
        pub backend_unit: Cow<'static, str>,
        pub load_per_second: f64 => Load "load" known,
        pub advertised_per_second: Option<f64> => Load "advertised" said,
        /// The lower end of its 95 % interval.
        pub advertised_per_second_low: Option<f64> => Load "advertised_low" said,
        /// The upper end of its 95 % interval.
        pub advertised_per_second_high: Option<f64> => Load "advertised_high" said,
        pub hidden_safe_per_second: Option<f64> => Load "hidden" said,
        /// The lower end of its 95 % interval.
        pub hidden_safe_per_second_low: Option<f64> => Load "hidden_low" said,
        /// The upper end of its 95 % interval.
        pub hidden_safe_per_second_high: Option<f64> => Load "hidden_high" said,
        pub nodes_needed: Option<u64> => Count "nodes_needed" said,
        /// The lower end of its 95 % interval.
        pub nodes_needed_low: Option<u64> => Count "nodes_needed_low" said,
        /// The upper end of its 95 % interval.
        pub nodes_needed_high: Option<u64> => Count "nodes_needed_high" said,
        pub loss: String,
        pub loss_ratio: f64,
        pub least_backend_per_second: Option<f64> => Backend "least_backend" said per loss,
        /// The lower end of its 95 % interval.
        pub least_backend_per_second_low: Option<f64> => Backend "least_backend_low" said per loss,
        /// The upper end of its 95 % interval.
        pub least_backend_per_second_high: Option<f64> => Backend "least_backend_high" said per loss,
        /// What may be cut of the backend at the least if this loss must be survived: by the upper end of the least backend; below
        /// 0: so much must be added to be on the safe side.
        pub safe_cut_ratio_low: Option<f64> => Share "safe_cut_low" said per loss,
    }
}

impl EstimateTrace {
    /// What the backend's capacity is counted in.
    pub fn demand(&self) -> Demand {
        self.backend.rate.of
    }
}

fn said(_: &EstimateRow, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown("the sample does not say"), Reading::Number)
}
