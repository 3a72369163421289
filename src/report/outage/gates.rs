//! What gates see of `coldgap outage`: what comes of the outage.

use super::{OutageReport, Verdict};
use crate::report::format::capacity_of;
use crate::report::gates::{Gated, Reading, Scope, Subject};

/// A load of the healing curve.
pub fn edge(_: &Verdict, load: Option<f64>) -> Reading {
    load.map_or(Reading::Unknown("no load that was tried shows it; --quick tries none"), Reading::Number)
}

impl Gated for OutageReport {
    type Row = Verdict;

    fn scope(&self) -> Scope {
        Scope { policies: vec![self.config.policy.clone()], losses: Vec::new(), demand: self.config.backend.of }
    }

    fn subjects(&self) -> Vec<Subject<'_, Verdict>> {
        let config = &self.config;
        let capacity = capacity_of(config.cache_capacity_objects, config.cache_capacity_bytes);
        vec![Subject::only(&self.trace.name, &config.policy, capacity, &self.verdict)]
    }
}
