//! The metrics that are compared: where each stands in a gap report, what it is counted in, and which way is better.

use super::side::View;
use crate::report::Row;
use crate::units::UnitName;

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 0..=1.
    Ratio,
    /// Requests or answers a second.
    PerSecond,
    /// Bytes a second.
    BytesPerSecond,
    /// Units of a trace's costs a second.
    UnitsPerSecond(UnitName),
    /// So many times something else.
    Times,
    /// Seconds.
    Seconds,
    /// Cache nodes.
    Nodes,
}

impl Unit {
    /// The name in the tables.
    pub fn name(self) -> String {
        let name = match self {
            Unit::UnitsPerSecond(name) => return format!("{}_per_second", name.as_str()),
            Unit::Ratio => "ratio",
            Unit::PerSecond => "per_second",
            Unit::BytesPerSecond => "bytes_per_second",
            Unit::Times => "times",
            Unit::Seconds => "seconds",
            Unit::Nodes => "nodes",
        };
        name.to_string()
    }
}

/// Where the noise of a metric comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The mean miss ratio over time.
    Mean,
    /// The worst of the windows.
    WorstWindow,
    /// The worst of the stretches.
    Stretches,
    /// A single flush.
    OneFlush,
    /// The interval of a healing curve, and the stretches.
    Healing,
    /// None: it follows from the configuration.
    Formula,
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// The name in the tables and for gates.
    pub name: &'static str,
    /// The name for reading.
    pub label: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Whether more of it is better.
    pub more_is_better: bool,
    /// Where its noise comes from.
    pub source: Source,
    /// Its value in the row for losing nothing.
    pub value: fn(&Row) -> Option<f64>,
}

impl Metric {
    /// Its value on one side.
    pub fn of(&self, view: &View<'_>) -> Option<f64> {
        (self.value)(view.cell())
    }
}

/// The smallest backend that survives a loss at the load to carry.
pub const LEAST_BACKEND: &str = "least_backend";
/// The largest load that survives a loss with the backend as it is.
pub const LOAD_LIMIT: &str = "load_limit";

/// The metrics that do not depend on a loss, in the order of the report.
pub const METRICS: [Metric; 11] = [
    Metric {
        name: "miss_ratio",
        label: "misses",
        unit: Unit::Ratio,
        more_is_better: false,
        source: Source::Mean,
        value: |row| row.miss_ratio,
    },
    Metric {
        name: "miss_ratio_worst_window",
        label: "misses, worst window",
        unit: Unit::Ratio,
        more_is_better: false,
        source: Source::WorstWindow,
        value: |row| row.miss_ratio_worst_window,
    },
    Metric {
        name: "advertised",
        label: "advertised",
        unit: Unit::PerSecond,
        more_is_better: true,
        source: Source::Stretches,
        value: |row| row.advertised_per_second,
    },
    Metric {
        name: "hidden",
        label: "hidden, safe bound",
        unit: Unit::PerSecond,
        more_is_better: true,
        source: Source::Stretches,
        value: |row| row.hidden_safe_per_second,
    },
    Metric {
        name: "hidden_95",
        label: "hidden, 95 % heal",
        unit: Unit::PerSecond,
        more_is_better: true,
        source: Source::Healing,
        value: |row| row.hidden_95_per_second,
    },
    Metric {
        name: "floor_long_run",
        label: "floor, long run",
        unit: Unit::PerSecond,
        more_is_better: true,
        source: Source::Formula,
        value: |row| row.floor_long_run_per_second,
    },
    Metric {
        name: "gap",
        label: "gap",
        unit: Unit::Times,
        more_is_better: false,
        source: Source::Stretches,
        value: |row| row.gap_ratio,
    },
    Metric {
        name: "amplification",
        label: "amplification",
        unit: Unit::Times,
        more_is_better: false,
        source: Source::Mean,
        value: |row| row.amplification,
    },
    Metric {
        name: "loss_survived",
        label: "loss survived",
        unit: Unit::Ratio,
        more_is_better: true,
        source: Source::Stretches,
        value: |row| row.loss_survived_ratio,
    },
    Metric {
        name: "nodes_needed",
        label: "cache nodes needed",
        unit: Unit::Nodes,
        more_is_better: false,
        source: Source::Stretches,
        value: |row| row.nodes_needed.map(|nodes| nodes as f64),
    },
    Metric {
        name: "refill",
        label: "refill after a flush",
        unit: Unit::Seconds,
        more_is_better: false,
        source: Source::OneFlush,
        value: |row| row.refill_seconds,
    },
];
