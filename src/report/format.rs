//! Numbers as every report prints them: one way for each quantity, in text and on pages. It knows no report.

use crate::policy::Capacity;
use crate::units::{Demand, Loss, Rate, bytes, grouped, grouped_rate, rounded, significant};

/// `4,301 objects` or `12.3 MiB (12,900,000 bytes)`.
pub fn capacity_text(capacity: Capacity) -> String {
    match capacity {
        Capacity::Objects(n) => format!("{} objects", grouped(n)),
        Capacity::Bytes(n) => format!("{} ({} bytes)", bytes(n as f64), grouped(n)),
    }
}

/// A capacity that stands in two columns, of which one is filled.
pub fn capacity_of(objects: Option<u64>, bytes: Option<u64>) -> Capacity {
    bytes.map_or(Capacity::Objects(objects.unwrap_or(0)), Capacity::Bytes)
}

/// A share as a percentage of three significant digits.
pub fn percent(ratio: f64) -> String {
    format!("{}%", significant(ratio * 100.0))
}

/// A share as a percentage of so many significant digits.
pub fn percent_of(ratio: f64, digits: i32) -> String {
    format!("{}%", rounded(ratio * 100.0, digits))
}

/// A share as a whole percentage, without a sign where it is none.
pub fn whole_percent(ratio: f64) -> String {
    let rounded = (ratio * 100.0).round();
    format!("{}%", if rounded == 0.0 { 0.0 } else { rounded })
}

/// What may be cut of a backend, or must be added to it: `9.09%`, `add 31%`. A cut is never rounded up, an addition never
/// down.
pub fn cut(share: f64) -> String {
    match share {
        share if share.abs() < 5e-4 => "0%".to_string(),
        share if share < 0.0 => format!("add {}", percent((-share * 1000.0 - 1e-6).ceil() / 1000.0)),
        share => percent((share * 1000.0 + 1e-6).floor() / 1000.0),
    }
}

/// The same in whole percents from 10 on.
pub fn short_cut(share: f64) -> String {
    match share * 100.0 {
        percents if percents.abs() < 10.0 => cut(share),
        percents if percents < 0.0 => format!("add {}%", (-percents - 1e-4).ceil()),
        percents => format!("{}%", (percents + 1e-4).floor()),
    }
}

/// `3.05x`.
pub fn times(ratio: f64) -> String {
    format!("{}x", significant(ratio))
}

/// A load; `absent` where there is none.
pub fn limit(absent: &str, value: Option<f64>) -> String {
    value.map_or_else(|| absent.to_string(), |value| Rate::answers(value).to_string())
}

/// A load; `no limit` where none was found.
pub fn load(value: Option<f64>) -> String {
    limit("no limit", value)
}

/// The ends of an interval that are known, after a number: ` (950..1,100)`, ` (at least 950)`, or nothing; `show` writes an end.
pub fn interval(low: Option<f64>, high: Option<f64>, show: impl Fn(f64) -> String) -> String {
    match (low.map(&show), high.map(&show)) {
        (Some(low), Some(high)) => format!(" ({low}..{high})"),
        (Some(low), None) => format!(" (at least {low})"),
        (None, Some(high)) => format!(" (at most {high})"),
        (None, None) => String::new(),
    }
}

/// A backend's capacity, whose heading says the unit where that is the trace's own; `absent` where there is none.
pub fn backend(absent: &str, value: Option<f64>, of: Demand) -> String {
    match (value, of) {
        (None, _) => absent.to_string(),
        (Some(value), Demand::Answers | Demand::Units(_)) => grouped_rate(value),
        (Some(per_second), _) => Rate { per_second, of }.to_string(),
    }
}

/// A share of the cache that is lost, for a heading: `nothing`, `12.5%`, `everything`.
pub fn loss_name(share: f64) -> String {
    match share {
        0.0 => "nothing".to_string(),
        1.0 => "everything".to_string(),
        part => percent(part),
    }
}

/// A loss from how a row has it, for a heading: `1/8` as `1/8 (12.5%)`.
pub fn loss_in_full(loss: &str) -> String {
    loss.parse().map_or_else(|_| loss.to_string(), Loss::in_full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_has_one_sign_and_is_never_promised_too_large() {
        assert_eq!(cut(1.0 / 11.0), "9%");
        assert_eq!(cut(0.29), "29%");
        assert_eq!(cut(0.0199), "1.9%");
        assert_eq!(cut(-0.3001), "add 30.1%");
        assert_eq!(cut(0.0001), "0%");
        assert_eq!([0.29, 0.119, 0.0388, -0.0051].map(short_cut), ["29%", "11%", "3.8%", "add 0.6%"]);
        assert_eq!([-0.281, -1.3].map(short_cut), ["add 29%", "add 130%"]);
    }
}
