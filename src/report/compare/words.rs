//! A change in words, as every rendering of a comparison has it.

use super::metric::{LEAST_BACKEND, METRICS};
use super::{Change, CompareReport, Direction, Material};
use crate::report::format::{loss_name as loss, percent};
use crate::units::{Demand, Rate, Seconds, significant};

/// Name, baseline, candidate, change and noise of a row for reading.
pub fn cells(change: &Change) -> [String; 5] {
    let value = |value: Option<f64>| match value {
        Some(value) => amount(&change.unit, value),
        None => "-".to_string(),
    };
    [name_of(change), value(change.baseline), value(change.candidate), moved(change), noise(change)]
}

/// The columns' heads: whatever tells the sides apart.
pub fn names(report: &CompareReport) -> (String, String) {
    let (before, after) = (&report.baseline, &report.candidate);
    if before.policy == after.policy {
        ("baseline".to_string(), "candidate".to_string())
    } else {
        (before.policy.clone(), after.policy.clone())
    }
}

/// What to make of a change, in a word or two: what is not material is not called anything else.
pub fn word(change: &Change) -> &'static str {
    match (change.material, change.direction) {
        (Material::Yes, Direction::Better) => "better",
        (Material::Yes, _) => "worse",
        (Material::No, _) => "no material change",
        (Material::Unknown, _) if change.change_absolute.is_none() => "unknown",
        (Material::Unknown, _) => "noise unknown",
    }
}

/// The change: of shares in points, of nodes in nodes, else relative.
pub fn moved(change: &Change) -> String {
    match (change.unit.as_str(), change.change_absolute, change.change_ratio) {
        ("nodes", Some(absolute), _) => signed(absolute, significant),
        _ if in_points(change) => change.change_absolute.map_or("-".to_string(), points),
        (_, _, Some(ratio)) => signed(ratio, percent),
        (_, Some(absolute), None) => signed(absolute, significant),
        (_, None, _) => "-".to_string(),
    }
}

fn noise(change: &Change) -> String {
    let Some((low, high)) = change.noise_low.zip(change.noise_high) else { return "unknown".to_string() };
    let show = |value: f64| match (change.unit.as_str(), change.baseline) {
        ("nodes", _) => signed(value, significant),
        _ if in_points(change) => points(value),
        (_, Some(before)) if before > 0.0 => signed(value / before, percent),
        _ => signed(value, significant),
    };
    format!("{} .. {}", show(low), show(high))
}

/// Shares of a cache are told apart in points: half of a tiny share is no news.
fn in_points(change: &Change) -> bool {
    change.metric == "loss_survived"
}

fn points(share: f64) -> String {
    signed(share, |share| format!("{} points", significant(share * 100.0)))
}

fn signed(value: f64, show: impl Fn(f64) -> String) -> String {
    // What rounds to nothing has no sign.
    let value = if value.abs() < 5e-5 { 0.0 } else { value };
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", if value < 0.0 { format!("-{}", show(-value)) } else { show(value) })
}

/// A value in its unit.
pub fn amount(unit: &str, value: f64) -> String {
    match unit {
        "ratio" => percent(value),
        "per_second" => Rate::answers(value).to_string(),
        "times" => format!("{}x", significant(value)),
        "seconds" => Seconds(value).to_string(),
        unit => match unit.strip_suffix("_per_second") {
            Some(name) => Rate { per_second: value, of: Demand::from(name.to_string()) }.to_string(),
            None => significant(value),
        },
    }
}

/// The name of a change, with its loss.
pub fn name_of(change: &Change) -> String {
    match (METRICS.iter().find(|metric| metric.name == change.metric), change.loss_ratio) {
        (Some(metric), _) => metric.label.to_string(),
        (None, Some(share)) if change.metric == LEAST_BACKEND => format!("backend, losing {}", loss(share)),
        (None, Some(share)) => format!("load limit, losing {}", loss(share)),
        (None, None) => change.metric.clone(),
    }
}
