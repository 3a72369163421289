//! The numbers of `coldgap outage` that a gate may look at: what comes of the outage.

use super::super::Head;
use super::super::outage::{OutageReport, Verdict};
use super::Unit::{Count, Load, Share, Time};
use super::{Field, Gated, Reading, Scope, Subject};
use crate::policy::Capacity;

const FIELDS: &[Field<Verdict>] = &[
    // A service that stays down never recovers.
    Field::new("recovery_seconds", "recovery", Time, |verdict| Reading::limit(verdict.recovery_seconds)),
    Field::new("user_seconds_lost", "user_seconds_lost", Time, |verdict| Reading::Number(verdict.user_seconds_lost)),
    Field::new("requests_failed", "requests_failed", Count, |verdict| Reading::Number(verdict.requests_failed as f64)),
    Field::new("worst_success_ratio", "worst_success", Share, |verdict| Reading::Number(verdict.worst_success_ratio)),
    Field::new("miss_ratio", "miss_ratio", Share, |verdict| Reading::Number(verdict.miss_ratio)),
    Field::new("load_per_second", "load", Load, |verdict| Reading::Number(verdict.load_per_second)),
    Field::new("escape_per_second", "escape", Load, |verdict| Reading::Number(verdict.escape_per_second)),
    Field::new("shed_ratio", "shed", Share, |verdict| Reading::Number(verdict.shed_ratio)),
    Field::new("backlog_seconds", "backlog", Time, |verdict| Reading::Number(verdict.backlog_seconds)),
    Field::new("hidden_95_per_second", "hidden_95", Load, |verdict| edge(verdict.hidden_95_per_second)),
    Field::new("hidden_95_per_second_low", "hidden_95_low", Load, |verdict| edge(verdict.hidden_95_per_second_low)),
    Field::new("hidden_95_per_second_high", "hidden_95_high", Load, |verdict| edge(verdict.hidden_95_per_second_high)),
    Field::new("hidden_50_per_second", "hidden_50", Load, |verdict| edge(verdict.hidden_50_per_second)),
    Field::new("hidden_50_per_second_low", "hidden_50_low", Load, |verdict| edge(verdict.hidden_50_per_second_low)),
    Field::new("hidden_50_per_second_high", "hidden_50_high", Load, |verdict| edge(verdict.hidden_50_per_second_high)),
    Field::new("hidden_05_per_second", "hidden_05", Load, |verdict| edge(verdict.hidden_05_per_second)),
    Field::new("hidden_05_per_second_low", "hidden_05_low", Load, |verdict| edge(verdict.hidden_05_per_second_low)),
    Field::new("hidden_05_per_second_high", "hidden_05_high", Load, |verdict| edge(verdict.hidden_05_per_second_high)),
];

fn edge(load: Option<f64>) -> Reading {
    load.map_or(Reading::Unknown("no load that was tried shows it; --quick tries none"), Reading::Number)
}

impl Gated for OutageReport {
    type Row = Verdict;

    fn fields() -> &'static [Field<Verdict>] {
        FIELDS
    }

    fn head(&self) -> &Head {
        &self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn scope(&self) -> Scope {
        Scope { policies: vec![self.config.policy.clone()], losses: Vec::new(), demand: self.config.backend.of }
    }

    fn subjects(&self) -> Vec<Subject<'_, Verdict>> {
        let objects = Capacity::Objects(self.config.cache_capacity_objects.unwrap_or(0));
        vec![Subject {
            trace: &self.trace.name,
            policy: &self.config.policy,
            by_default: true,
            capacity: self.config.cache_capacity_bytes.map_or(objects, Capacity::Bytes),
            loss: 0.0,
            row: &self.verdict,
        }]
    }
}
