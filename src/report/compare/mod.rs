//! The report of `compare`: two configurations on one trace, or two saved reports, metric by metric, with the noise of each
//! change, and what the change means for the backend.
//!
//! It is made from gap reports alone ([`build`]), whether they were saved or have just been made: what cannot be taken from
//! them is unknown, and nothing unknown is called a change.

mod assumptions;
mod build;
mod gates;
mod metric;
mod noise;
pub mod page;
mod sentence;
mod side;
pub(super) mod state;
#[cfg(feature = "cli")]
mod table;
pub(super) mod words;

pub use build::build;
pub use side::{Choice, View};

use super::Head;
use super::named::named;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that `coldgap compare` found.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CompareReport {
    /// What every report begins with.
    #[serde(flatten)]
    pub head: Head,
    /// What is compared with.
    pub baseline: Side,
    /// What is compared.
    pub candidate: Side,
    /// In what the two sides differ: the changes include all of it.
    pub differences: Vec<Difference>,
    /// The verdict.
    pub verdict: Verdict,
    /// One per metric, and per loss where it depends on one.
    pub changes: Vec<Change>,
    /// One per loss: what the candidate's saving looks like, and what it is.
    pub decisions: Vec<Decision>,
    /// The candidate with a backend cut by the saving; null where there is no material saving, the backends differ already,
    /// or saved reports do not say.
    pub banked: Option<Banked>,
    /// How the noise was found.
    pub noise: Noise,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in the gap report")]
pub struct Side {
    /// The trace, or the saved report.
    pub source: String,
    pub tool_version: String,
    pub trace: String,
    pub fingerprint: String,
    pub policy: String,
    pub cache_capacity_objects: Option<u64>,
    pub cache_capacity_bytes: Option<u64>,
    pub cache_capacity_ratio: f64,
    pub backend_per_second: f64,
    pub backend_unit: String,
    pub backend_assumed: bool,
    pub load_per_second: f64,
    pub timeout_seconds: f64,
    pub service_time_seconds: f64,
    pub retries: u32,
    pub single_flight: bool,
    #[serde(default)]
    pub service_times: String,
    #[serde(default)]
    pub queue_rule: String,
    #[serde(default)]
    pub abandoned_work: String,
    pub warmup_ratio: f64,
    pub horizon_seconds: f64,
    pub window_seconds: f64,
    pub seeds: Vec<u64>,
}

/// Something in which the sides differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Difference {
    pub what: String,
    pub baseline: String,
    pub candidate: String,
}

/// What to make of the changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// Whether any change is material; null where no noise is known, so that none could be.
    pub material: Option<bool>,
    /// What changed and what did not, in a sentence or two.
    pub headline: String,
    /// What that means for the backend, in a sentence or two.
    pub capacity: String,
}

named! {
    /// Whether a change is more than noise.
    pub enum Material {
        /// It is.
        Yes = "yes",
        /// It is not.
        No = "no",
        /// The noise, or the change itself, is not known.
        Unknown = "unknown",
    }
}

named! {
    /// What a change means for the service.
    pub enum Direction {
        /// It is material and good.
        Better = "better",
        /// It is material and bad.
        Worse = "worse",
        /// It is not material, or nobody knows.
        Neither = "neither",
    }
}

/// One metric of both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its name, for gates: `miss_ratio`, `advertised`, `hidden`, `gap`, ...
    pub metric: String,
    /// The share lost, where the metric depends on one.
    pub loss_ratio: Option<f64>,
    /// `ratio`, `per_second`, `bytes_per_second`, `seconds`, `times` or `nodes`.
    pub unit: String,
    /// The baseline's value; null: no limit, or unknown. A bracket's geometric middle.
    pub baseline: Option<f64>,
    /// The candidate's.
    pub candidate: Option<f64>,
    /// candidate - baseline.
    pub change_absolute: Option<f64>,
    /// candidate / baseline - 1.
    pub change_ratio: Option<f64>,
    /// The absolute change lies between this, in 95 % of the resamples, ...
    pub noise_low: Option<f64>,
    /// ... and this.
    pub noise_high: Option<f64>,
    /// Whether it is more than noise: 0 lies outside.
    pub material: Material,
    /// Whether it is good.
    pub direction: Direction,
}

/// A saving and a loss that must be survived all the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The share lost.
    pub loss_ratio: f64,
    /// What misses promise: 1 - candidate / baseline. Negative: more misses.
    pub looks_like_ratio: Option<f64>,
    /// Whether that is more than noise.
    pub looks_like_material: Material,
    /// What the backend may be cut by, if the loss must be survived as before: 1 - candidate / baseline of the least backends.
    pub is_ratio: Option<f64>,
    /// The baseline's least backend.
    pub baseline_per_second: Option<f64>,
    /// The candidate's.
    pub candidate_per_second: Option<f64>,
    /// Whether the least backends differ by more than noise.
    pub material: Material,
}

/// The incentive trap priced: the candidate once its saving was handed back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct Banked {
    /// By how much the backend is cut: the saving.
    pub cut_ratio: f64,
    pub backend_per_second: f64,
    pub advertised_per_second: Option<f64>,
    pub hidden_safe_per_second: Option<f64>,
    pub gap_ratio: Option<f64>,
    pub loss_survived_ratio: Option<f64>,
    /// Against the baseline with the backend that it has.
    pub hidden_change_ratio: Option<f64>,
    pub gap_change_ratio: Option<f64>,
    pub baseline_loss_survived_ratio: Option<f64>,
}

/// How the noise was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Noise {
    /// Whether both sides saw the same traffic, so that they were resampled together.
    pub paired: bool,
    /// Resamples.
    pub draws: usize,
    /// Windows after warm-up that were resampled; null where there were too few.
    pub windows: Option<usize>,
    /// Successive windows in a block.
    pub block_windows: Option<usize>,
    /// Stretches of the trace that were subsampled; 0 where the reports hold none.
    pub stretches: usize,
    /// How many of them each subsample has.
    pub stretches_drawn: usize,
}

impl CompareReport {
    /// A metric that does not depend on a loss, by its name.
    pub fn change(&self, metric: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.metric == metric && change.loss_ratio.is_none())
    }
}
