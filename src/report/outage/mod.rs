//! The report of `coldgap outage`: one outage as versioned data, and for reading ([`text`]).

pub(super) mod alerts;
pub(super) mod assumptions;
pub(super) mod build;
pub mod demo;
mod gates;
mod names;
pub(super) mod page;
pub(super) mod sentence;
pub(super) mod timeline;

pub use build::build;

use super::Head;
use super::column::{known, limit, rows};
use super::named::named;
use super::words::origin;
use crate::analysis::Facts;
use crate::analysis::outage::Signal;
use crate::outage::Model;
use crate::outage::trigger::Step;
use crate::trace::Trace;
use crate::units::Rate;
use gates::edge;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One outage.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OutageReport {
    /// What every report begins with.
    #[serde(flatten)]
    pub head: Head,
    /// The resolved configuration.
    pub config: Config,
    /// The trace.
    pub trace: TraceFacts,
    /// What the scenario file says it shows.
    pub about: Option<String>,
    /// What happens when.
    pub events: Vec<Event>,
    /// What comes of it.
    pub verdict: Verdict,
    /// The windows joined into rows: what the text shows.
    pub timeline: Vec<TimelineRow>,
    /// Every window; also the table of CSV and Parquet.
    pub windows: Vec<WindowRow>,
    /// Each remedy alone, the best first.
    pub remedies: Vec<RemedyRow>,
    /// How to let the load back.
    pub ramp: Option<Ramp>,
    /// Which alerts tell an outage that stays from one that heals; null where it was not asked for.
    pub alerts: Option<Alerts>,
}

/// The configuration as it was used. Times are real time.
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
    pub moment_seconds: f64,
    pub moment_reason: String,
    pub horizon_seconds: f64,
    /// When remedies are switched on, after the first trigger's begin; null where the outage is over by then.
    pub act_seconds: Option<f64>,
    pub window_seconds: f64,
    pub warmup_ratio: f64,
    /// Steps after the run's begin, which is before the first trigger.
    pub steps: Vec<Step>,
    pub lead_seconds: f64,
}

/// The trace.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct TraceFacts {
    pub name: String,
    pub format: String,
    pub fingerprint: String,
    pub requests: u64,
    pub gets: u64,
    pub objects: u64,
    pub today_per_second: f64,
}

impl TraceFacts {
    pub(super) fn of(trace: &Trace, facts: &Facts, today: f64) -> TraceFacts {
        TraceFacts {
            name: trace.name.clone(),
            format: trace.format.clone(),
            fingerprint: trace.fingerprint.clone(),
            requests: trace.len() as u64,
            gets: facts.gets,
            objects: facts.objects,
            today_per_second: today,
        }
    }

    /// All of it in a line.
    pub(super) fn line(&self) -> String {
        let counts = [self.requests, self.gets, self.objects];
        origin(&self.name, &self.format, counts, "", &self.fingerprint)
    }
}

/// Something that happens.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// After the first trigger's begin.
    pub at_seconds: f64,
    /// What, in words.
    pub what: String,
}

rows! {
    /// What comes of the outage.
    #[allow(missing_docs, reason = "the names say it, with units")]
    pub struct Verdict {
        /// `stable`, `vulnerable`, `metastable`, `unsettled` or `overloaded_warm`.
        pub phase: Cow<'static, str>,
        /// Whether it heals, in sentences.
        pub sentence: String,
        /// Why it stays down, or how it healed.
        pub why: String,
        pub healed: bool,
        pub recovery_seconds: Option<f64> => Time "recovery" limit,
        pub user_seconds_lost: f64 => Time "user_seconds_lost" known,
        pub requests_failed: u64 => Count "requests_failed" known,
        pub worst_success_ratio: f64 => Share "worst_success" known,
        pub miss_ratio: f64 => Share "miss_ratio" known,
        pub load_per_second: f64 => Load "load" known,
        pub escape_per_second: f64 => Load "escape" known,
        pub shed_ratio: f64 => Share "shed" known,
        /// How long the backend alone works on what waits at the end.
        pub backlog_seconds: f64 => Time "backlog" known,
        /// From the trigger's begin to the end of what was simulated.
        pub watched_seconds: f64,
        /// Loads of the busiest window at which 95 %, 50 % and 5 % of outages like this heal by themselves, with 95 % intervals.
        pub hidden_95_per_second: Option<f64> => Load "hidden_95" edge,
        pub hidden_95_per_second_low: Option<f64> => Load "hidden_95_low" edge,
        pub hidden_95_per_second_high: Option<f64> => Load "hidden_95_high" edge,
        pub hidden_50_per_second: Option<f64> => Load "hidden_50" edge,
        pub hidden_50_per_second_low: Option<f64> => Load "hidden_50_low" edge,
        pub hidden_50_per_second_high: Option<f64> => Load "hidden_50_high" edge,
        pub hidden_05_per_second: Option<f64> => Load "hidden_05" edge,
        pub hidden_05_per_second_low: Option<f64> => Load "hidden_05_low" edge,
        pub hidden_05_per_second_high: Option<f64> => Load "hidden_05_high" edge,
        /// The distribution of service times with which the fewest heal.
        pub hidden_measured_service: Option<String>,
        /// Where users do not feel it: the lowest load that was tried, of the busiest window, at which they do.
        pub felt_from_per_second: Option<f64>,
    }
}

named! {
    /// Before, during or after the triggers.
    #[allow(missing_docs, reason = "the names say it")]
    pub enum Phase {
        Before = "before",
        Trigger = "trigger",
        After = "after",
    }
}

impl Phase {
    /// At a time after the first trigger's begin, where the last is over at `over`.
    fn at(time: f64, over: f64) -> Phase {
        match time + 1e-6 {
            time if time < 0.0 => Phase::Before,
            time if time < over => Phase::Trigger,
            _ => Phase::After,
        }
    }
}

/// Some windows as one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; times are after the first trigger's begin")]
pub struct TimelineRow {
    pub from_seconds: f64,
    pub to_seconds: f64,
    pub phase: Phase,
    pub offered_per_second: f64,
    pub success_ratio: Option<f64>,
    pub asked_per_second: f64,
    pub answered_per_second: f64,
    pub queue: u64,
    pub min_delay_seconds: f64,
    pub hit_ratio: Option<f64>,
    pub inserts_per_second: f64,
    pub retries_per_second: f64,
    pub drops_per_second: f64,
    pub user_seconds_lost: f64,
}

rows! {
    table;
    /// One window.
    #[allow(missing_docs, reason = "the names say it, with units; as in the outage's model")]
    pub struct WindowRow {
        pub start_seconds: f64,
        pub phase: Cow<'static, str>,
        pub offered: u64,
        pub lookups: u64,
        pub hits: u64,
        pub asked: u64,
        pub answered: u64,
        pub in_time: u64,
        pub timeouts: u64,
        pub retries: u64,
        pub failures: u64,
        pub inserts: u64,
        pub drops: u64,
        pub queue: u64,
        pub min_delay_seconds: f64,
        pub max_delay_seconds: f64,
        pub entries: u64,
        pub success_ratio: Option<f64>,
        pub miss_ratio: Option<f64>,
        pub user_seconds_lost: f64,
    }
}

/// One remedy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct RemedyRow {
    /// In words.
    pub what: String,
    pub remedy: crate::outage::remedy::Remedy,
    /// Switched on while the service is down.
    pub switched_on_healed: bool,
    /// From the switching on.
    pub switched_on_recovery_seconds: Option<f64>,
    /// In place before the trigger.
    pub in_place_healed: bool,
    /// From the trigger.
    pub in_place_recovery_seconds: Option<f64>,
    pub in_place_user_seconds_lost: f64,
    pub in_place_worst_success_ratio: f64,
    pub heals_low_per_second: Option<f64>,
    pub heals_high_per_second: Option<f64>,
}

/// How to let the load back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Ramp {
    /// The steps.
    pub steps: Vec<RampStep>,
    /// From the first step until the service is calm at the full load.
    pub takes_seconds: f64,
    /// How often the whole schedule was simulated, with other seeds and distributions of service times; it always healed.
    pub simulations: usize,
}

/// One step of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; times are after the first trigger's begin")]
pub struct RampStep {
    pub at_seconds: f64,
    pub load_per_second: f64,
    pub load_ratio: f64,
    pub hold_seconds: Option<f64>,
}

/// Alerts, from losses of a share of the cache.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units; times are after the loss")]
pub struct Alerts {
    pub survived_loss_ratio: Option<f64>,
    pub fatal_loss_ratio: Option<f64>,
    pub felt_seconds: Option<f64>,
    pub watched_seconds: f64,
    pub runs: usize,
    pub signals: Vec<SignalRow>,
}

/// One signal; a wait is in seconds, the others are shares of the lookups.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names say it, with units")]
pub struct SignalRow {
    pub signal: Signal,
    /// The highest in any run that healed.
    pub healed_most: f64,
    /// The least peak of the runs that did not.
    pub stayed_least: f64,
    pub threshold: Option<f64>,
    /// In the slowest of the runs that did not heal.
    pub fires_seconds: Option<f64>,
}
