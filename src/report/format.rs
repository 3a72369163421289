//! Numbers as every report prints them: one way for each quantity, in text and on pages. It knows no report.

use crate::policy::Capacity;
use crate::units::{Demand, Loss, Rate, bytes, grouped, grouped_rate, rounded, significant};

/// `4,301 objects` or `12.3 MiB`.
pub fn size(capacity: Capacity) -> String {
    match capacity {
        Capacity::Objects(n) => format!("{} objects", grouped(n)),
        Capacity::Bytes(n) => bytes(n as f64),
    }
}

/// `4,301 objects` or `12.3 MiB (12,900,000 bytes)`.
pub fn capacity_text(capacity: Capacity) -> String {
    let exact = capacity.bytes().map_or(String::new(), |n| format!(" ({} bytes)", grouped(n)));
    size(capacity) + &exact
}

/// A policy's name; a bound's in brackets.
pub fn policy(name: &str, is_bound: bool) -> String {
    if is_bound { format!("({name})") } else { name.to_string() }
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

/// What may be cut of a backend, or must be added to it: `9.1%`, `add 31.2%`, `add 130%`. A cut is never rounded up, an addition
/// never down: on a tenth of a percent, or on the third digit where that is more.
pub fn cut(share: f64) -> String {
    let percents = share.abs() * 100.0;
    let digit = 10f64.powi((percents.log10().floor() as i32 - 2).max(-1));
    match share {
        _ if percents < 0.05 => "0%".to_string(),
        share if share < 0.0 => format!("add {}", percent((percents / digit - 1e-5).ceil() * digit / 100.0)),
        _ => percent((percents / digit + 1e-5).floor() * digit / 100.0),
    }
}

/// `31.5% for 1/8, 0% for 1/2 or everything`: neighbours that are alike once, with all that they are for.
pub fn each_once(values: &[(String, String)], link: &str) -> String {
    let alike = values.chunk_by(|a, b| a.0 == b.0).map(|alike| {
        let what: Vec<&str> = alike.iter().map(|(_, what)| what.as_str()).collect();
        format!("{} {link} {}", alike[0].0, what.join(" or "))
    });
    alike.collect::<Vec<_>>().join(", ")
}

/// A rate as an option takes it.
pub fn compact(rate: Rate) -> String {
    let unit = match rate.of {
        Demand::Answers => "",
        Demand::Bytes => "B",
        Demand::Units(ref name) => name.as_str(),
    };
    format!("{}{unit}/s", rate.per_second)
}

/// What stands beside a backend's capacity that nobody gave.
pub fn given(assumed: bool) -> &'static str {
    if assumed { " (assumed)" } else { "" }
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

/// A backend's capacity, whose heading says the unit where that is the trace's own.
pub fn backend(per_second: f64, of: Demand) -> String {
    match of {
        Demand::Answers | Demand::Units(_) => grouped_rate(per_second),
        Demand::Bytes => Rate { per_second, of }.to_string(),
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
        assert_eq!([-0.1, -0.0051, -1.2932, -1.3].map(cut), ["add 10%", "add 0.6%", "add 130%", "add 130%"]);
    }
}
