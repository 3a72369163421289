//! The metrics that are compared: columns of the gap report's list, where their noise comes from, and which way is better.

use crate::report::Row;
use crate::report::gates::{Field, Listed, Reading, Unit};
use crate::units::{Demand, significant};

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
    /// The worst of the stretches, for the least backend that survives a loss.
    LeastBackend,
    /// The worst of the stretches, for the largest load that survives a loss.
    LoadLimit,
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// The word of its column, also the name in the tables and for gates.
    pub name: &'static str,
    /// The name for reading.
    pub label: &'static str,
    /// Whether more of it is better.
    pub more_is_better: bool,
    /// Where its noise comes from.
    pub source: Source,
}

impl Metric {
    const fn more(name: &'static str, label: &'static str, source: Source) -> Metric {
        Metric { name, label, more_is_better: true, source }
    }

    const fn less(name: &'static str, label: &'static str, source: Source) -> Metric {
        Metric { name, label, more_is_better: false, source }
    }

    /// Its column; `None` for none of those that are there (a test looks).
    pub fn column(&self) -> Option<&'static Field<Row>> {
        Row::fields().iter().find(|field| field.word == self.name)
    }

    /// Its value in a row; `None`: no limit, or unknown.
    pub fn of(&self, row: &Row) -> Option<f64> {
        match (self.column()?.read)(row) {
            Reading::Number(value) => Some(value),
            Reading::NoLimit | Reading::Unknown(_) => None,
        }
    }

    /// What it is counted in, as the tables name it.
    pub fn unit(&self, demand: Demand) -> String {
        let unit = self.column().map_or(Unit::Count, |column| column.unit);
        let known = || UNITS.iter().find(|(known, _)| *known == unit).map_or("", |(_, name)| name).to_string();
        match (unit, demand) {
            (Unit::Backend, Demand::Answers) => "per_second".to_string(),
            (Unit::Backend, Demand::Bytes) => format!("bytes{PER_SECOND}"),
            (Unit::Backend, Demand::Units(name)) => format!("{}{PER_SECOND}", name.as_str()),
            _ => known(),
        }
    }
}

/// Units and their names in the tables.
const UNITS: [(Unit, &str); 5] = [
    (Unit::Share, "ratio"),
    (Unit::Load, "per_second"),
    (Unit::Times, "times"),
    (Unit::Time, "seconds"),
    (Unit::Count, "nodes"),
];
/// Of other units of a backend than answers.
const PER_SECOND: &str = "_per_second";

/// A value in a unit of the tables, for reading.
pub fn amount(unit: &str, value: f64) -> String {
    match (UNITS.iter().find(|(_, name)| *name == unit), unit.strip_suffix(PER_SECOND)) {
        (Some((unit, _)), _) => unit.show(value, Demand::Answers),
        (None, Some(name)) => Unit::Backend.show(value, Demand::from(name.to_string())),
        (None, None) => significant(value),
    }
}

/// The smallest backend that survives a loss at the load to carry.
pub const LEAST_BACKEND: &str = "least_backend";
/// The largest load that survives a loss with the backend as it is.
pub const LOAD_LIMIT: &str = "load_limit";

/// All metrics, in the order of the report; those by loss come last.
pub const METRICS: [Metric; 13] = [
    Metric::less("miss_ratio", "misses", Source::Mean),
    Metric::less("miss_ratio_worst_window", "misses, worst window", Source::WorstWindow),
    Metric::more("advertised", "advertised", Source::Stretches),
    Metric::more("hidden", "hidden, safe bound", Source::Stretches),
    Metric::more("hidden_95", "hidden, 95 % heal", Source::Healing),
    Metric::more("floor_long_run", "floor, long run", Source::Formula),
    Metric::less("gap", "gap", Source::Stretches),
    Metric::less("amplification", "amplification", Source::Mean),
    Metric::more("loss_survived", "loss survived", Source::Stretches),
    Metric::less("nodes_needed", "cache nodes needed", Source::Stretches),
    Metric::less("refill", "refill after a flush", Source::OneFlush),
    Metric::less(LEAST_BACKEND, "backend", Source::LeastBackend),
    Metric::more(LOAD_LIMIT, "load limit", Source::LoadLimit),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_a_column_of_the_list() {
        for metric in METRICS {
            assert!(metric.column().is_some() && !metric.unit(Demand::Answers).is_empty(), "{}", metric.name);
        }
    }
}
