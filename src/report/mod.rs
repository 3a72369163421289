//! The report: versioned data that every renderer shares. What a renderer prints stands in here; none computes.
//!
//! It is made from findings ([`build`]), and knows neither traces' files nor how it will look.

mod assumptions;
mod brief;
mod build;
mod cells;
pub mod chart;
mod column;
pub mod compare;
pub mod decisions;
mod details;
pub mod dictionary;
pub mod estimate;
pub mod explain;
pub mod format;
#[cfg(feature = "cli")]
pub mod frame;
mod gap_page;
mod gate_row;
pub mod gates;
pub mod head;
pub mod html;
pub mod json;
mod kinds;
pub mod knobs;
pub mod markdown;
pub mod metrics;
mod named;
pub mod outage;
pub mod page;
pub mod part;
pub mod render;
pub mod replay;
mod replay_page;
mod row;
pub mod saved;
pub mod schema;
pub mod sheet;
mod verdict;
mod words;

pub use crate::capacity::Region;
pub use build::build;
pub use head::Head;
pub use row::Row;

use decisions::{GrowthRow, IfLost, MoneyRow, Sensitivity, SizeRow};

use crate::analysis::CompulsoryPoint;
use crate::units::{Demand, Rate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes when a field changes its meaning or goes away; a new field does not count.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that `coldgap gap` found on one or more traces.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// What every report begins with.
    #[serde(flatten)]
    pub head: Head,
    /// The resolved configuration.
    pub config: Config,
    /// One per trace.
    pub traces: Vec<TraceReport>,
    /// One per trace, cache size, policy and loss.
    pub rows: Vec<Row>,
    /// One per trace, cache size, policy and loss: what the grown load needs. Empty without `--growth`.
    pub growth: Vec<GrowthRow>,
    /// The baseline's outage, one per trace; empty with `--quick`, and for traces too short to simulate.
    pub if_lost: Vec<IfLost>,
    /// One per trace, cache size, policy and loss: what it costs to survive. Empty without prices.
    pub money: Vec<MoneyRow>,
    /// One per trace and cache size, for the baseline. Empty without `--full`.
    pub sizes: Vec<SizeRow>,
    /// One per trace: the knobs of the baseline's service. Empty without `--full`, and with `--quick`.
    pub sensitivity: Vec<Sensitivity>,
    /// One per trace, cache size, policy and window.
    pub windows: Vec<WindowRow>,
    /// One per trace, loss and slice of it: the longest wait that losing so much then would bring the baseline at the first cache
    /// size. Empty where it is overloaded warm, and for a trace too short for limits.
    #[serde(default)]
    pub moments: Vec<MomentRow>,
    /// What came of every simulated outage, by load; empty with `--quick`.
    #[serde(default)]
    pub healing: Vec<HealingRow>,
    /// One per trace, cache size, policy and step: the refill after a full flush.
    pub refill: Vec<RefillRow>,
    /// One per trace, cache size, policy, stretch of the trace and loss: how limits vary from one part of it to the next. Empty
    /// with --quick and for a short trace. `compare` takes its noise from it.
    #[serde(default)]
    pub stretches: Vec<StretchRow>,
}

/// The configuration as it was used.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// Policies, as given.
    pub policies: Vec<String>,
    /// The policy others are compared with.
    pub baseline: String,
    /// Cache sizes, as given.
    pub caches: Vec<String>,
    /// Whether every object counts 1.
    pub ignore_size: bool,
    /// The client's timeout.
    pub timeout_seconds: f64,
    /// The backend's mean service time.
    pub service_time_seconds: f64,
    /// Retries after a timeout.
    pub retries: u32,
    /// Whether fetches of one key are joined.
    pub single_flight: bool,
    /// How service times scatter in simulations; older reports do not say this and the next two.
    #[serde(default)]
    pub service_times: String,
    /// The queue before the backend.
    #[serde(default)]
    pub queue_rule: String,
    /// What becomes of work whose client gave up.
    #[serde(default)]
    pub abandoned_work: String,
    /// Share of the requests that only warm the caches.
    pub warmup_ratio: f64,
    /// How much of the trace after a loss is walked.
    pub horizon_seconds: f64,
    /// Shares whose loss is tried.
    pub losses: Vec<f64>,
    /// By which share the load is to grow.
    pub growth_ratio: Option<f64>,
    /// The loss that must be survived.
    pub survive_ratio: Option<f64>,
    /// Nodes of the cache.
    pub nodes: u32,
    /// What the backend costs.
    pub backend_price: Option<String>,
    /// What the cache costs.
    pub cache_price: Option<String>,
    /// Whether other cache sizes and the service's knobs were tried.
    pub full: bool,
    /// Seeds of the simulated outages; none where hidden capacity was not measured.
    pub seeds: Vec<u64>,
}

/// What was found on one trace, whatever the policy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TraceReport {
    /// As the user named it.
    pub name: String,
    /// The files it was read from, in the order of their first requests; reports of older versions do not say it.
    #[serde(default)]
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
    /// Bytes of all distinct objects.
    pub footprint_bytes: Option<u64>,
    /// From the first to the last request.
    pub span_seconds: f64,
    /// Width of the windows.
    pub window_seconds: f64,
    /// Load of the busiest window.
    pub today_per_second: f64,
    /// When the busiest window starts.
    pub today_at_seconds: f64,
    /// The load to carry.
    pub load_per_second: f64,
    /// The backend's capacity; null where nobody said it: then all that depends on it is null, and unknown.
    pub backend: Option<BackendReport>,
    /// Moments at which losses were tried.
    pub moments: usize,
    /// False where the trace ends too soon after warm-up for this timeout, or no backend was given: then loads, backends and shares that are limits are
    /// null and unknown.
    pub limits_known: bool,
    /// Moments at which outages were simulated; null where none were.
    pub moments_measured: Option<usize>,
    /// The flush of the refill curves.
    pub refill_flush_seconds: f64,
    /// First touches over the whole trace.
    pub compulsory: Vec<CompulsoryPoint>,
    /// The sentence for the baseline at the first cache size.
    pub verdict: Verdict,
}

impl TraceReport {
    /// The backend's capacity; `None` where nobody said it.
    pub fn rate(&self) -> Option<Rate> {
        self.backend.map(|backend| backend.rate)
    }

    /// What the backend's capacity is counted in.
    pub fn demand(&self) -> Demand {
        self.rate().map_or(Demand::Answers, |rate| rate.of)
    }

    /// The backend's capacity for reading.
    pub fn backend_text(&self) -> String {
        self.rate().map_or("unknown".to_string(), |rate| rate.to_string())
    }

    /// What an absent limit means: `otherwise`, where limits are known.
    pub fn absent(&self, otherwise: &'static str) -> &'static str {
        if self.limits_known { otherwise } else { "unknown" }
    }
}

/// The backend's capacity.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
pub struct BackendReport {
    /// Answers or bytes.
    #[serde(flatten)]
    pub rate: Rate,
    /// True where it was not given.
    pub assumed: bool,
}

/// The verdict.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// Where the service stands.
    pub region: Region,
    /// In sentences.
    pub sentence: String,
}

/// One window of one warm replay, warm-up included.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct WindowRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    pub start_seconds: f64,
    pub warmup: bool,
    pub requests: u64,
    pub misses: u64,
    pub miss_ratio: Option<f64>,
    pub bytes_missed: Option<u64>,
    pub cost_missed: Option<u64>,
}

/// One slice of a trace, and the worst loss tried in it at the load to carry.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in the result table")]
pub struct MomentRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    pub loss: String,
    pub loss_ratio: f64,
    /// Where the slice begins; the next one begins where it ends.
    pub start_seconds: f64,
    /// The longest wait in the backend's queue until it is as long as without the loss; null: longer than clients wait, so answers
    /// come too late.
    pub wait_seconds: Option<f64>,
    /// The first of the nodes whose loss that is; null where the whole cache is lost.
    pub node: Option<u32>,
}

/// Trials of one load and one distribution of service times: a full flush at each of the moments tried.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in the result table")]
pub struct HealingRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    /// How service times scattered.
    pub service: String,
    pub load_per_second: f64,
    pub trials: u32,
    pub healed: u32,
    /// The share that heals, by the best fit of all trials that falls with the load.
    pub fitted_ratio: f64,
}

/// One step of one refill curve.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct RefillRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    pub seconds: f64,
    pub requests_since: u64,
    pub requests: u64,
    pub misses: u64,
    pub twin_misses: u64,
}

/// What one stretch of the trace withstands by itself, with a loss at its start. All but the last three columns repeat for
/// each loss.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; as in the result table")]
pub struct StretchRow {
    pub trace: String,
    pub policy: String,
    pub cache_capacity: u64,
    pub start_seconds: f64,
    pub loss_survived_ratio: f64,
    pub refill_seconds: Option<f64>,
    pub loss_ratio: f64,
    pub least_backend_per_second: Option<f64>,
    pub load_limit_per_second: Option<f64>,
}

impl Report {
    /// The outage that was told for a cell; `None` where none was.
    pub fn told<'r>(&'r self, cell: &Row) -> Option<&'r IfLost> {
        self.if_lost.iter().find(|told| told.trace == cell.trace && told.cache_capacity == cell.capacity())
    }
}
