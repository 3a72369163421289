//! The comparison as a table: one row per metric, and per loss where it depends on one.

use super::Change;
use crate::report::frame::{Column, Rows, column};

impl Rows for Change {
    fn columns(changes: &[Change]) -> Vec<Column> {
        let of = |name, value: fn(&Change) -> Option<f64>| column(name, changes.iter().map(value));
        let words = |name, word: fn(&Change) -> &str| column(name, changes.iter().map(word));
        vec![
            words("metric", |change| &change.metric),
            of("loss_ratio", |change| change.loss_ratio),
            words("unit", |change| &change.unit),
            of("baseline", |change| change.baseline),
            of("candidate", |change| change.candidate),
            of("change_absolute", |change| change.change_absolute),
            of("change_ratio", |change| change.change_ratio),
            of("noise_low", |change| change.noise_low),
            of("noise_high", |change| change.noise_high),
            words("material", |change| change.material.name()),
            words("direction", |change| change.direction.name()),
        ]
    }
}
