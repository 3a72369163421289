//! What gates see of `coldgap sensitivity` and `coldgap warmup`: the service as it is, and restarts.

use super::{Config, Restarts, SensitivityReport, SensitivityRow, WarmupReport};
use crate::report::format::capacity_of;
use crate::report::gates::{Gated, Reading, Scope, Subject};

/// A load of the healing curve.
pub fn measured(_: &SensitivityRow, load: Option<f64>) -> Reading {
    load.map_or(Reading::Unknown("no load that was tried shows it"), Reading::Number)
}

/// Nodes that may restart at once.
pub fn batch(_: &Restarts, nodes: Option<f64>) -> Reading {
    nodes.map_or(Reading::Unknown("not even one, or not known"), Reading::Number)
}

/// Time between two restarts.
pub fn spacing(_: &Restarts, time: Option<f64>) -> Reading {
    time.map_or(Reading::Unknown("none that was tried"), Reading::Number)
}

fn scope(config: &Config) -> Scope {
    Scope { policies: vec![config.policy.clone()], losses: Vec::new(), demand: config.backend.of }
}

fn subject<'r, R>(trace: &'r str, config: &'r Config, row: &'r R) -> Subject<'r, R> {
    let capacity = capacity_of(config.cache_capacity_objects, config.cache_capacity_bytes);
    Subject::only(trace, &config.policy, capacity, row)
}

/// The first row is the service as it is.
impl Gated for SensitivityReport {
    type Row = SensitivityRow;

    fn scope(&self) -> Scope {
        scope(&self.config)
    }

    fn subjects(&self) -> Vec<Subject<'_, SensitivityRow>> {
        self.rows.iter().take(1).map(|row| subject(&self.trace.name, &self.config, row)).collect()
    }
}

impl Gated for WarmupReport {
    type Row = Restarts;

    fn scope(&self) -> Scope {
        scope(&self.config)
    }

    fn subjects(&self) -> Vec<Subject<'_, Restarts>> {
        vec![subject(&self.trace.name, &self.config, &self.restarts)]
    }
}
