//! The numbers of `coldgap compare` that a gate may look at: how far a metric went up or down, whether or not that is more
//! than noise.

use super::{CompareReport, Direction};
use crate::report::column::known;
use crate::report::format::capacity_of;
use crate::report::gates::Unit::{Count, Share};
use crate::report::gates::{Field, Gated, Listed, Reading, Scope, Subject};
use crate::units::Demand;

/// The relative change of a metric, up or down, is a field.
macro_rules! changes {
    ($($metric:literal),+ $(,)?) => {
        &[$(
            Field::new(concat!($metric, "_increase"), Share, |report: &CompareReport| relative(report, $metric, 1.0)),
            Field::new(concat!($metric, "_decrease"), Share, |report: &CompareReport| relative(report, $metric, -1.0)),
        )+
            Field::new("loss_survived_increase", Share, |report| points(report, 1.0)),
            Field::new("loss_survived_decrease", Share, |report| points(report, -1.0)),
            Field::new("worse", Count, worse),
        ]
    };
}

const FIELDS: &[Field<CompareReport>] = changes![
    "gap",
    "hidden",
    "advertised",
    "miss_ratio",
    "miss_ratio_worst_window",
    "amplification",
    "nodes_needed",
    "refill",
];

fn relative(report: &CompareReport, metric: &str, sign: f64) -> Reading {
    known(report, report.change(metric).and_then(|change| change.change_ratio).map(|change| sign * change))
}

/// Shares of a cache are subtracted: from 10% to 12% is 2%.
fn points(report: &CompareReport, sign: f64) -> Reading {
    known(report, report.change("loss_survived").and_then(|change| change.change_absolute).map(|change| sign * change))
}

/// Metrics that are worse by more than noise.
fn worse(report: &CompareReport) -> Reading {
    Reading::Number(report.changes.iter().filter(|change| change.direction == Direction::Worse).count() as f64)
}

impl Listed for CompareReport {
    fn fields() -> &'static [Field<CompareReport>] {
        FIELDS
    }
}

impl Gated for CompareReport {
    type Row = CompareReport;

    fn scope(&self) -> Scope {
        Scope { policies: Vec::new(), losses: Vec::new(), demand: Demand::Answers }
    }

    fn subjects(&self) -> Vec<Subject<'_, CompareReport>> {
        let side = &self.candidate;
        let capacity = capacity_of(side.cache_capacity_objects, side.cache_capacity_bytes);
        vec![Subject::only(&side.trace, &side.policy, capacity, self)]
    }
}
