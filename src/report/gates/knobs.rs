//! The numbers of `coldgap sensitivity` and `coldgap warmup` that a gate may look at: those of the service as it is, and
//! those of restarts.

use super::super::Head;
use super::super::knobs::{Config, Restarts, SensitivityReport, SensitivityRow, WarmupReport};
use super::Unit::{Count, Load, Share, Time};
use super::{Field, Gated, Reading, Scope, Subject};
use crate::policy::Capacity;

const SENSITIVITY: &[Field<SensitivityRow>] = &[
    Field::new("hidden_95_per_second", "hidden_95", Load, |row| measured(row.hidden_95_per_second)),
    Field::new("hidden_95_per_second_low", "hidden_95_low", Load, |row| measured(row.hidden_95_per_second_low)),
    Field::new("hidden_95_per_second_high", "hidden_95_high", Load, |row| measured(row.hidden_95_per_second_high)),
    Field::new("hidden_50_per_second", "hidden_50", Load, |row| measured(row.hidden_50_per_second)),
    Field::new("hidden_safe_per_second", "hidden", Load, |row| Reading::known(row.hidden_safe_per_second)),
    Field::new("advertised_per_second", "advertised", Load, |row| Reading::limit(row.advertised_per_second)),
];

/// A load of the healing curve.
fn measured(load: Option<f64>) -> Reading {
    load.map_or(Reading::Unknown("no load that was tried shows it"), Reading::Number)
}

const RESTARTS: &[Field<Restarts>] = &[
    Field::new("safe_batch_nodes", "safe_batch", Count, |restarts| {
        restarts
            .safe_batch_nodes
            .map_or(Reading::Unknown("not even one, or not known"), |nodes| Reading::Number(f64::from(nodes)))
    }),
    Field::new("safe_spacing_seconds", "safe_spacing", Time, |restarts| {
        restarts.safe_spacing_seconds.map_or(Reading::Unknown("none that was tried"), Reading::Number)
    }),
    Field::new("control_worst_success_ratio", "control_worst_success", Share, |restarts| {
        Reading::known(restarts.control_worst_success_ratio)
    }),
];

fn scope(config: &Config) -> Scope {
    Scope { policies: vec![config.policy.clone()], losses: Vec::new(), demand: config.backend.of }
}

fn subject<'r, R>(trace: &'r str, config: &'r Config, row: &'r R) -> Subject<'r, R> {
    let objects = Capacity::Objects(config.cache_capacity_objects.unwrap_or(0));
    Subject {
        trace,
        policy: &config.policy,
        by_default: true,
        capacity: config.cache_capacity_bytes.map_or(objects, Capacity::Bytes),
        loss: 0.0,
        row,
    }
}

/// The first row is the service as it is.
impl Gated for SensitivityReport {
    type Row = SensitivityRow;

    fn fields() -> &'static [Field<SensitivityRow>] {
        SENSITIVITY
    }

    fn head(&self) -> &Head {
        &self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn scope(&self) -> Scope {
        scope(&self.config)
    }

    fn subjects(&self) -> Vec<Subject<'_, SensitivityRow>> {
        self.rows.iter().take(1).map(|row| subject(&self.trace.name, &self.config, row)).collect()
    }
}

impl Gated for WarmupReport {
    type Row = Restarts;

    fn fields() -> &'static [Field<Restarts>] {
        RESTARTS
    }

    fn head(&self) -> &Head {
        &self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn scope(&self) -> Scope {
        scope(&self.config)
    }

    fn subjects(&self) -> Vec<Subject<'_, Restarts>> {
        vec![subject(&self.trace.name, &self.config, &self.restarts)]
    }
}
