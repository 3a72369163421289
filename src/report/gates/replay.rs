//! The numbers of `coldgap replay` that a gate may look at. It compares policies with none, so that a gate that names no
//! policy is about all of them.

use super::super::Head;
use super::super::replay::{ReplayReport, ReplayRow};
use super::Unit::{Bytes, Count, Share};
use super::{Field, Gated, Reading, Scope, Subject};
use crate::units::Demand;

const FIELDS: &[Field<ReplayRow>] = &[
    Field::new("miss_ratio", "miss_ratio", Share, |row| sampled(row.miss_ratio)),
    Field::new("miss_ratio_low", "miss_ratio_low", Share, |row| band(row.miss_ratio_low, row)),
    Field::new("miss_ratio_high", "miss_ratio_high", Share, |row| band(row.miss_ratio_high, row)),
    Field::new("misses", "misses", Count, |row| sampled(row.misses.map(|misses| misses as f64))),
    Field::new("compulsory_misses", "compulsory_misses", Count, |row| Reading::Number(row.compulsory_misses as f64)),
    Field::new("bytes_missed", "bytes_missed", Bytes, |row| {
        row.bytes_missed.map_or(Reading::Unknown("objects have no sizes, or the sample is too small"), |bytes| {
            Reading::Number(bytes as f64)
        })
    }),
];

fn sampled(value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown("the sample is too small"), Reading::Number)
}

/// An exact miss ratio is its own band.
fn band(edge: Option<f64>, row: &ReplayRow) -> Reading {
    sampled(if row.sample_ratio.is_some() { edge } else { row.miss_ratio })
}

fn subject(row: &ReplayRow) -> Subject<'_, ReplayRow> {
    Subject { trace: &row.trace, policy: &row.policy, by_default: true, capacity: row.capacity(), loss: 0.0, row }
}

impl Gated for ReplayReport {
    type Row = ReplayRow;

    fn fields() -> &'static [Field<ReplayRow>] {
        FIELDS
    }

    fn head(&self) -> &Head {
        &self.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    fn scope(&self) -> Scope {
        let mut policies: Vec<String> = self.rows.iter().map(|row| row.policy.clone()).collect();
        policies.sort_unstable();
        policies.dedup();
        Scope { policies, losses: Vec::new(), demand: Demand::Answers }
    }

    fn subjects(&self) -> Vec<Subject<'_, ReplayRow>> {
        self.rows.iter().map(subject).collect()
    }
}
