//! The result table of `coldgap gap`: its columns, and what gates see of them.

use super::Report;
use super::cells::cells;
use super::column::{known, limit, rows};
use super::gates::Reading;
use std::borrow::Cow;

cells!(Report: Row);

rows! {
    table;
    /// One row of the result table: a policy at a cache size on a trace, and one loss. All columns before `loss` repeat
    /// for each loss.
    #[allow(missing_docs, reason = "the names say it, with units; docs/definitions.md defines each")]
    pub struct Row {
        pub trace: String,
        pub policy: String,
        pub is_bound: bool,
        pub baseline: String,
        pub cache_capacity_objects: Option<u64>,
        pub cache_capacity_bytes: Option<u64>,
        pub cache_capacity_ratio: f64,
        pub requests: u64,
        pub hits: u64,
        pub misses: u64 => Count "misses" known,
        pub miss_ratio: Option<f64> => Share "miss_ratio" known,
        pub miss_ratio_worst_window: Option<f64> => Share "miss_ratio_worst_window" known,
        pub bytes_requested: Option<u64>,
        pub bytes_missed: Option<u64> => Bytes "bytes_missed" known,
        pub cost_requested: Option<u64>,
        pub cost_missed: Option<u64> => Count "cost_missed" known,
        pub compulsory_misses: u64 => Count "compulsory_misses" known,
        pub transient_misses: Option<i64> => Count "transient_misses" known,
        pub refill_seconds: Option<f64> => Time "refill" refill,
        pub refill_requests: Option<u64> => Count "refill_requests" refill,
        pub backend_per_second: Option<f64> => Backend "backend" known,
        pub backend_unit: Cow<'static, str>,
        pub load_per_second: f64 => Load "load" known,
        pub advertised_per_second: Option<f64> => Load "advertised" within,
        /// The load carried in the long run while the cache is warm, requests a second: backend / miss ratio. Null: never a miss.
        pub advertised_long_run_per_second: Option<f64> => Load "advertised_long_run" limit,
        pub floor_per_second: Option<f64> => Load "floor" within,
        pub floor_long_run_per_second: Option<f64> => Load "floor_long_run" known,
        pub hidden_safe_per_second: Option<f64> => Load "hidden" within,
        pub hidden_safe_per_second_p01: Option<f64> => Load "hidden_p01" within,
        pub hidden_safe_per_second_p50: Option<f64> => Load "hidden_p50" within,
        pub hidden_safe_certified: bool,
        pub limits_known: bool,
        pub advertised_reclaimed_per_second: Option<f64> => Load "advertised_reclaimed" known,
        pub hidden_safe_reclaimed_per_second: Option<f64> => Load "hidden_reclaimed" known,
        pub worst_moment_seconds: Option<f64>,
        pub hidden_95_per_second: Option<f64> => Load "hidden_95" measured,
        pub hidden_95_per_second_low: Option<f64> => Load "hidden_95_low" measured,
        pub hidden_95_per_second_high: Option<f64> => Load "hidden_95_high" measured,
        pub hidden_50_per_second: Option<f64> => Load "hidden_50" measured,
        pub hidden_50_per_second_low: Option<f64> => Load "hidden_50_low" measured,
        pub hidden_50_per_second_high: Option<f64> => Load "hidden_50_high" measured,
        pub hidden_05_per_second: Option<f64> => Load "hidden_05" measured,
        pub hidden_05_per_second_low: Option<f64> => Load "hidden_05_low" measured,
        pub hidden_05_per_second_high: Option<f64> => Load "hidden_05_high" measured,
        pub hidden_measured_service: Option<String>,
        pub healed_at_safe_ratio: Option<f64> => Share "healed_at_safe" simulated,
        pub hidden_measured_end: Option<Cow<'static, str>>,
        pub hidden_measured_worst_moment_seconds: Option<f64>,
        pub gap_ratio: Option<f64> => Times "gap" gap,
        pub gap_per_second: Option<f64> => Load "gap_per_second" known,
        pub gap_floor_ratio: Option<f64> => Times "gap_floor" known,
        pub amplification: Option<f64> => Times "amplification" limit,
        pub widening_ratio: Option<f64> => Share "widening" known,
        pub widening_reclaimed_ratio: Option<f64> => Share "widening_reclaimed" known,
        pub naive_saving_ratio: Option<f64> => Share "naive_saving" known,
        pub loss_survived_ratio: Option<f64> => Share "loss_survived" survived,
        pub nodes_needed: Option<u64> => Count "nodes_needed" within,
        pub recovers: Option<bool>,
        pub recovery_seconds: Option<f64> => Time "recovery" recovery,
        pub requests_failed: Option<u64> => Count "requests_failed" simulated,
        pub user_seconds_lost: Option<f64> => Time "user_seconds_lost" simulated,
        pub escape_per_second: Option<f64> => Load "escape" simulated,
        pub shed_ratio: Option<f64> => Share "shed" simulated,
        pub loss: String,
        pub loss_ratio: f64,
        pub loss_worst_moment_seconds: Option<f64>,
        pub loss_worst_node: Option<u32>,
        pub loss_certified: bool,
        pub least_backend_per_second: Option<f64> => Backend "least_backend" within per loss,
        pub least_backend_mildest_node_per_second: Option<f64> => Backend "least_backend_mildest_node" known per loss,
        pub safe_cut_ratio: Option<f64> => Share "safe_cut" cut per loss,
        pub reclaimable_ratio: Option<f64> => Share "reclaimable" known per loss,
        pub load_limit_per_second: Option<f64> => Load "load_limit" within per loss,
        pub growth_ratio: Option<f64> => Share "growth" within per loss,
    }
}

impl Row {
    /// The capacity's number, in whichever unit it has.
    pub fn capacity(&self) -> u64 {
        self.cache_capacity_objects.or(self.cache_capacity_bytes).unwrap_or(0)
    }

    /// What an absent limit means: `otherwise`, where limits are known.
    pub fn absent(&self, otherwise: &'static str) -> &'static str {
        if self.limits_known { otherwise } else { "unknown" }
    }

    /// Whether the backend carries the load with no cache at all, on average: bursts make answers late, and an outage is over once
    /// its queue has drained.
    pub fn drains(&self) -> bool {
        let floor = self.floor_per_second.zip(self.floor_long_run_per_second);
        floor.is_none_or(|(worst, mean)| self.load_per_second <= worst.max(mean))
    }

    /// The load below which the service climbs out once it is down, where a simulation showed that it stays down.
    pub fn let_in(&self) -> Option<f64> {
        let shed = self.shed_ratio.filter(|shed| *shed > 0.0 && self.recovers == Some(false))?;
        Some(self.load_per_second * (1.0 - shed))
    }
}

/// Why a number of a simulation is absent.
const NOT_SIMULATED: &str = "not simulated: --quick leaves it out";

/// A number that is without limit where it is absent, unless the trace is too short to say.
fn within(row: &Row, value: Option<f64>) -> Reading {
    match (row.limits_known, value, row.backend_per_second) {
        (true, ..) => limit(row, value),
        // Of least backends that of losing nothing is known without one.
        (false, Some(value), None) => Reading::Number(value),
        (false, _, None) => Reading::Unknown("no backend was given: -b 300/s"),
        (false, ..) => Reading::Unknown("the trace is too short for this timeout"),
    }
}

/// Advertised without limit over a hidden capacity that has one.
fn gap(row: &Row, ratio: Option<f64>) -> Reading {
    match (ratio, row.advertised_per_second, row.hidden_safe_per_second) {
        (None, None, Some(_)) => Reading::NoLimit,
        (ratio, ..) => known(row, ratio),
    }
}

/// A load that simulated outages showed. Absent where none were run, and where the search did not come to it.
fn measured(row: &Row, load: Option<f64>) -> Reading {
    match (load, row.hidden_measured_end.as_deref()) {
        (Some(load), _) => Reading::Number(load),
        (None, None) => Reading::Unknown(NOT_SIMULATED),
        (None, Some("no_limit")) => Reading::NoLimit,
        (None, Some(_)) => Reading::Unknown("no load that was tried shows it"),
    }
}

/// A number of the outage that losing the whole cache makes.
fn simulated(_: &Row, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown(NOT_SIMULATED), Reading::Number)
}

/// A service that stays down takes longer than any limit.
fn recovery(row: &Row, seconds: Option<f64>) -> Reading {
    match (row.recovers, row.user_seconds_lost) {
        (Some(true), _) => simulated(row, seconds),
        (Some(false), _) => Reading::NoLimit,
        (None, Some(_)) => Reading::Unknown("the simulation does not settle whether it recovers"),
        (None, None) => Reading::Unknown(NOT_SIMULATED),
    }
}

fn refill(_: &Row, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown("not refilled before the trace or the horizon ended"), Reading::Number)
}

/// Of nothing that is not carried warm anything survives.
fn survived(row: &Row, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown(row.absent("overloaded warm")), Reading::Number)
}

fn cut(row: &Row, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown(row.absent("no backend is enough")), Reading::Number)
}
