//! The numbers of `coldgap gap` that a gate may look at, and what an absent one means.

use super::super::{Head, Report, Row, TraceReport};
use super::Unit::{Backend, Bytes, Count, Load, Share, Time, Times};
use super::{Field, Gated, Reading, Scope, Subject};
use crate::units::Demand;

const FIELDS: &[Field<Row>] = &[
    Field::new("gap_ratio", "gap", Times, gap),
    Field::new("gap_floor_ratio", "gap_floor", Times, |row| Reading::known(row.gap_floor_ratio)),
    Field::new("gap_per_second", "gap_per_second", Load, |row| Reading::known(row.gap_per_second)),
    Field::new("hidden_safe_per_second", "hidden", Load, |row| limit(row, row.hidden_safe_per_second)),
    Field::new("hidden_safe_per_second_p01", "hidden_p01", Load, |row| limit(row, row.hidden_safe_per_second_p01)),
    Field::new("hidden_safe_per_second_p50", "hidden_p50", Load, |row| limit(row, row.hidden_safe_per_second_p50)),
    Field::new("hidden_95_per_second", "hidden_95", Load, |row| measured(row, row.hidden_95_per_second)),
    Field::new("hidden_95_per_second_low", "hidden_95_low", Load, |row| measured(row, row.hidden_95_per_second_low)),
    Field::new("hidden_95_per_second_high", "hidden_95_high", Load, |row| measured(row, row.hidden_95_per_second_high)),
    Field::new("hidden_50_per_second", "hidden_50", Load, |row| measured(row, row.hidden_50_per_second)),
    Field::new("hidden_50_per_second_low", "hidden_50_low", Load, |row| measured(row, row.hidden_50_per_second_low)),
    Field::new("hidden_50_per_second_high", "hidden_50_high", Load, |row| measured(row, row.hidden_50_per_second_high)),
    Field::new("hidden_05_per_second", "hidden_05", Load, |row| measured(row, row.hidden_05_per_second)),
    Field::new("hidden_05_per_second_low", "hidden_05_low", Load, |row| measured(row, row.hidden_05_per_second_low)),
    Field::new("hidden_05_per_second_high", "hidden_05_high", Load, |row| measured(row, row.hidden_05_per_second_high)),
    Field::new("healed_at_safe_ratio", "healed_at_safe", Share, |row| simulated(row.healed_at_safe_ratio)),
    Field::new("advertised_reclaimed_per_second", "advertised_reclaimed", Load, |row| {
        Reading::known(row.advertised_reclaimed_per_second)
    }),
    Field::new("hidden_safe_reclaimed_per_second", "hidden_reclaimed", Load, |row| {
        Reading::known(row.hidden_safe_reclaimed_per_second)
    }),
    Field::new("advertised_per_second", "advertised", Load, |row| limit(row, row.advertised_per_second)),
    Field::new("advertised_long_run_per_second", "advertised_long_run", Load, |row| {
        Reading::limit(row.advertised_long_run_per_second)
    }),
    Field::new("floor_per_second", "floor", Load, |row| limit(row, row.floor_per_second)),
    Field::new("floor_long_run_per_second", "floor_long_run", Load, |row| {
        Reading::known(row.floor_long_run_per_second)
    }),
    Field::new("load_per_second", "load", Load, |row| Reading::Number(row.load_per_second)),
    Field::new("backend_per_second", "backend", Backend, |row| Reading::known(row.backend_per_second)),
    Field::new("amplification", "amplification", Times, |row| Reading::limit(row.amplification)),
    Field::new("widening_ratio", "widening", Share, |row| Reading::known(row.widening_ratio)),
    Field::new("widening_reclaimed_ratio", "widening_reclaimed", Share, |row| {
        Reading::known(row.widening_reclaimed_ratio)
    }),
    Field::new("naive_saving_ratio", "naive_saving", Share, |row| Reading::known(row.naive_saving_ratio)),
    Field::new("loss_survived_ratio", "loss_survived", Share, |row| {
        row.loss_survived_ratio.map_or(Reading::Unknown(row.absent("overloaded warm")), Reading::Number)
    }),
    Field::per_loss("least_backend_per_second", "least_backend", Backend, |row| {
        limit(row, row.least_backend_per_second)
    }),
    Field::per_loss("least_backend_mildest_node_per_second", "least_backend_mildest_node", Backend, |row| {
        Reading::known(row.least_backend_mildest_node_per_second)
    }),
    Field::per_loss("safe_cut_ratio", "safe_cut", Share, |row| {
        row.safe_cut_ratio.map_or(Reading::Unknown(row.absent("no backend is enough")), Reading::Number)
    }),
    Field::per_loss("reclaimable_ratio", "reclaimable", Share, |row| Reading::known(row.reclaimable_ratio)),
    Field::per_loss("load_limit_per_second", "load_limit", Load, |row| limit(row, row.load_limit_per_second)),
    Field::per_loss("growth_ratio", "growth", Share, |row| limit(row, row.growth_ratio)),
    // Where nothing may be lost, no number of nodes is enough.
    Field::new("nodes_needed", "nodes_needed", Count, |row| limit(row, row.nodes_needed.map(|nodes| nodes as f64))),
    Field::new("recovery_seconds", "recovery", Time, recovery),
    Field::new("user_seconds_lost", "user_seconds_lost", Time, |row| simulated(row.user_seconds_lost)),
    Field::new("escape_per_second", "escape", Load, |row| simulated(row.escape_per_second)),
    Field::new("shed_ratio", "shed", Share, |row| simulated(row.shed_ratio)),
    Field::new("miss_ratio", "miss_ratio", Share, |row| Reading::known(row.miss_ratio)),
    Field::new("miss_ratio_worst_window", "miss_ratio_worst_window", Share, |row| {
        Reading::known(row.miss_ratio_worst_window)
    }),
    Field::new("misses", "misses", Count, |row| Reading::Number(row.misses as f64)),
    Field::new("compulsory_misses", "compulsory_misses", Count, |row| Reading::Number(row.compulsory_misses as f64)),
    Field::new("transient_misses", "transient_misses", Count, |row| {
        Reading::known(row.transient_misses.map(|misses| misses as f64))
    }),
    Field::new("bytes_missed", "bytes_missed", Bytes, |row| Reading::count(row.bytes_missed)),
    Field::new("refill_seconds", "refill", Time, |row| refill(row.refill_seconds)),
    Field::new("refill_requests", "refill_requests", Count, |row| {
        refill(row.refill_requests.map(|requests| requests as f64))
    }),
];

/// Why a number of a simulation is absent.
const NOT_SIMULATED: &str = "not simulated: --quick leaves it out";

/// A number that is without limit where it is absent, unless the trace is too short to say.
fn limit(row: &Row, value: Option<f64>) -> Reading {
    match (row.limits_known, value, row.backend_per_second) {
        (true, ..) => Reading::limit(value),
        // Of least backends that of losing nothing is known without one.
        (false, Some(value), None) => Reading::Number(value),
        (false, _, None) => Reading::Unknown("no backend was given: -b 300/s"),
        (false, ..) => Reading::Unknown("the trace is too short for this timeout"),
    }
}

/// Advertised without limit over a hidden capacity that has one.
fn gap(row: &Row) -> Reading {
    match (row.gap_ratio, row.advertised_per_second, row.hidden_safe_per_second) {
        (None, None, Some(_)) => Reading::NoLimit,
        (ratio, ..) => Reading::known(ratio),
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
fn simulated(value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown(NOT_SIMULATED), Reading::Number)
}

/// A service that stays down takes longer than any limit.
fn recovery(row: &Row) -> Reading {
    match (row.recovers, row.user_seconds_lost) {
        (Some(true), _) => simulated(row.recovery_seconds),
        (Some(false), _) => Reading::NoLimit,
        (None, Some(_)) => Reading::Unknown("the simulation does not settle whether it recovers"),
        (None, None) => Reading::Unknown(NOT_SIMULATED),
    }
}

fn refill(value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown("not refilled before the trace or the horizon ended"), Reading::Number)
}

fn subject(row: &Row) -> Subject<'_, Row> {
    Subject {
        trace: &row.trace,
        policy: &row.policy,
        by_default: row.is_baseline(),
        capacity: row.cache(),
        loss: row.loss_ratio,
        row,
    }
}

impl Gated for Report {
    type Row = Row;

    fn fields() -> &'static [Field<Row>] {
        FIELDS
    }

    fn head(&self) -> &Head {
        &self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn scope(&self) -> Scope {
        Scope {
            policies: self.config.policies.clone(),
            losses: [&[0.0], &*self.config.losses].concat(),
            demand: self.traces.first().map_or(Demand::Answers, TraceReport::demand),
        }
    }

    fn subjects(&self) -> Vec<Subject<'_, Row>> {
        self.rows.iter().map(subject).collect()
    }
}
