//! Quantities with units: how people write them, and how they are printed.
//!
//! This module parses `4GiB`, `10%`, `300/s`, `90s`, `50_000obj` and prints them back. It must not know
//! what any of them is used for.

mod demand;
mod loss;
mod price;

pub use demand::{Demand, UnitName};
pub use loss::Loss;
pub use price::{Amount, BackendPrice, CachePrice, Price};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A quantity that could not be read; says what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(String);

fn bad<T>(text: &str, what: &str, examples: &str) -> Result<T, UnitError> {
    Err(UnitError(format!("'{text}' is not {what}; write it like {examples}")))
}

/// Splits `12.5MB` into the number and what follows; underscores may group digits.
fn split_number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let digits: String = text[..end].chars().filter(|c| *c != '_').collect();
    let number: f64 = digits.parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim_start()))
}

/// Bytes per unit name: decimal `kB MB GB TB`, binary `KiB MiB GiB TiB`.
fn byte_factor(unit: &str) -> Option<f64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024f64.powi(2),
        "gib" => 1024f64.powi(3),
        "tib" => 1024f64.powi(4),
        _ => return None,
    })
}

/// A century in nanoseconds: whatever lasts longer ends with no trace.
const NEVER_ENDING: u64 = 100 * 365 * 86_400 * 1_000_000_000;

/// A length of time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    /// The same length in whole nanoseconds, the resolution of trace times; at most [`NEVER_ENDING`], so that it can be added
    /// to them.
    pub fn nanoseconds(self) -> u64 {
        ((self.0 * 1e9).round() as u64).min(NEVER_ENDING)
    }
}

impl FromStr for Seconds {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let what = "a length of time";
        let examples = "10ms, 1s, 90s, 15min or 1h";
        let Some((number, unit)) = split_number(text) else { return bad(text, what, examples) };
        if unit.is_empty() && number != 0.0 {
            return Err(UnitError(format!("{} what? Write {0}ms, {0}s or {0}min", text.trim())));
        }
        let factor = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" | "" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return bad(text, what, examples),
        };
        let seconds = number * factor;
        if seconds.is_finite() { Ok(Seconds(seconds)) } else { bad(text, what, examples) }
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0;
        let text = match s {
            _ if s == 0.0 => "0 s".to_string(),
            _ if s < 1e-3 => format!("{} us", significant(s * 1e6)),
            _ if s < 1.0 => format!("{} ms", significant(s * 1e3)),
            _ if s < 600.0 => format!("{} s", significant(s)),
            _ if s < 7200.0 => format!("{} min", significant(s / 60.0)),
            _ if s < 172_800.0 => format!("{} h", significant(s / 3600.0)),
            _ => format!("{} d", significant(s / 86_400.0)),
        };
        f.pad(&text)
    }
}

/// A share of a whole, 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[serde(into = "f64", try_from = "f64")]
pub struct Ratio(f64);

impl From<Ratio> for f64 {
    fn from(ratio: Ratio) -> f64 {
        ratio.0
    }
}

impl TryFrom<f64> for Ratio {
    type Error = UnitError;
    fn try_from(value: f64) -> Result<Ratio, UnitError> {
        Ratio::new(value).map_or_else(|| bad(&value.to_string(), "a share between 0 and 1", "0.125"), Ok)
    }
}

impl Ratio {
    /// The whole.
    pub const ALL: Ratio = Ratio(1.0);
    /// Nothing of it.
    pub const NONE: Ratio = Ratio(0.0);

    /// `None` outside 0..=1.
    pub fn new(value: f64) -> Option<Ratio> {
        (0.0..=1.0).contains(&value).then_some(Ratio(value))
    }

    /// The value, 0..=1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Ratio {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let parsed = match split_number(text) {
            Some((number, "%")) => Ratio::new(number / 100.0),
            Some((number, "")) => Ratio::new(number),
            _ => None,
        };
        parsed.map_or_else(|| bad(text, "a share between 0% and 100%", "12.5% or 0.125"), Ok)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", significant(self.0 * 100.0)))
    }
}

/// An increase, as a share of what is there: `30%`, `150%`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Growth(pub f64);

impl FromStr for Growth {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        match split_number(text) {
            Some((percent, "%")) if percent > 0.0 => Ok(Growth(percent / 100.0)),
            _ => bad(text, "an increase above 0%", "30% or 150%"),
        }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", significant(self.0 * 100.0)))
    }
}

/// A rate, `300/s` (answers or requests), `250MB/s`, or `20000tokens/s` in units of a trace's costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// Units a second.
    pub per_second: f64,
    /// What is counted.
    pub of: Demand,
}

impl Rate {
    /// Answers (or requests) a second.
    pub fn answers(per_second: f64) -> Rate {
        Rate { per_second, of: Demand::Answers }
    }
}

impl FromStr for Rate {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let what = "a rate above zero";
        let examples = "300/s, 12_000/min, 250MB/s or, in units of the trace's costs, 20000tokens/s";
        let Some((number, unit)) = split_number(text) else { return bad(text, what, examples) };
        if unit.is_empty() && number > 0.0 {
            let bare = text.trim();
            return Err(UnitError(format!(
                "{bare} what? Write {bare}/s for answers a second, {bare}MB/s for bandwidth"
            )));
        }
        let Some((unit, time)) = unit.split_once('/') else { return bad(text, what, examples) };
        let seconds = match time.trim() {
            "s" | "sec" => 1.0,
            "min" | "m" => 60.0,
            "h" => 3600.0,
            _ => return bad(text, what, examples),
        };
        let (factor, of) = match unit.trim() {
            "" => (1.0, Demand::Answers),
            "k" => (1e3, Demand::Answers),
            unit => match (byte_factor(unit), UnitName::new(unit)) {
                (Some(factor), _) => (factor, Demand::Bytes),
                (None, Some(name)) => (1.0, Demand::Units(name)),
                (None, None) => return bad(text, what, examples),
            },
        };
        let per_second = number * factor / seconds;
        if per_second <= 0.0 || !per_second.is_finite() {
            return bad(text, what, examples);
        }
        Ok(Rate { per_second, of })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            Demand::Answers => f.pad(&format!("{}/s", grouped_rate(self.per_second))),
            Demand::Bytes => f.pad(&format!("{}/s", bytes(self.per_second))),
            Demand::Units(name) => f.pad(&format!("{} {}/s", grouped_rate(self.per_second), name.as_str())),
        }
    }
}

/// A cache size as a person writes it; it becomes a capacity once the trace is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CacheSize {
    /// `50_000obj`: so many objects, whatever their sizes.
    Objects(u64),
    /// `4GiB`: so many bytes.
    Bytes(u64),
    /// `10%`: a share of the trace's footprint.
    Share(Ratio),
    /// `auto`: coldgap chooses and says what it chose.
    Auto,
}

impl FromStr for CacheSize {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let what = "a cache size above zero";
        let examples = "4GiB, 5000000B, 50_000obj, 10% or auto";
        if text == "auto" {
            return Ok(CacheSize::Auto);
        }
        let Some((number, unit)) = split_number(text) else { return bad(text, what, examples) };
        let whole = |value: f64| (value >= 1.0 && value < u64::MAX as f64).then_some(value as u64);
        let size = match unit {
            "%" if number > 0.0 => Ratio::new(number / 100.0).map(CacheSize::Share),
            "obj" | "objects" | "entries" => whole(number).filter(|_| number.fract() == 0.0).map(CacheSize::Objects),
            unit => byte_factor(unit).and_then(|factor| whole(number * factor)).map(CacheSize::Bytes),
        };
        size.map_or_else(|| bad(text, what, examples), Ok)
    }
}

impl fmt::Display for CacheSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            CacheSize::Objects(n) => format!("{n}obj"),
            CacheSize::Bytes(n) => format!("{n}B"),
            CacheSize::Share(ratio) => ratio.to_string(),
            CacheSize::Auto => "auto".to_string(),
        };
        f.pad(&text)
    }
}

/// A load as a person writes it: absolute, or as a multiple of today's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Load {
    /// `3000/s`: requests a second.
    PerSecond(f64),
    /// `2x`: times the load of the trace's busiest window.
    TimesToday(f64),
}

impl FromStr for Load {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        if let Some((number, "x")) = split_number(text)
            && number > 0.0
        {
            return Ok(Load::TimesToday(number));
        }
        match text.parse::<Rate>() {
            Ok(Rate { per_second, of: Demand::Answers }) => Ok(Load::PerSecond(per_second)),
            _ => bad(text, "a load above zero", "3000/s or 2x"),
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Load::PerSecond(rate) => Rate::answers(*rate).to_string(),
            Load::TimesToday(factor) => format!("{factor}x"),
        };
        f.pad(&text)
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A rate for reading: whole and grouped from 100 up, three significant digits below.
pub fn grouped_rate(rate: f64) -> String {
    if rate >= 100.0 { grouped(rate.round() as u64) } else { significant(rate) }
}

/// At most three significant digits, no trailing zeros; whole numbers stay as they are.
pub fn significant(value: f64) -> String {
    if value.abs() >= 1000.0 { format!("{value:.0}") } else { rounded(value, 3) }
}

/// At most so many significant digits, no trailing zeros.
pub fn rounded(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    let power = value.abs().log10().floor() as i32 - digits + 1;
    if power > 0 {
        let unit = 10f64.powi(power);
        return format!("{:.0}", (value / unit).round() * unit);
    }
    let decimals = (-power).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// A load that is promised, with three significant digits and never rounded up, grouped: `1,060` of 1,062 or of 1,069.
pub fn coarse(value: f64) -> String {
    const DIGITS: i32 = 3;
    let unit = 10f64.powi(value.max(f64::MIN_POSITIVE).log10().floor() as i32 - DIGITS + 1);
    let text = rounded((value / unit + 1e-9).floor() * unit, DIGITS);
    match text.parse() {
        Ok(whole) if value >= 100.0 => grouped(whole),
        _ => text,
    }
}

/// Bytes for reading, in binary units: `12.3 MiB`.
pub fn bytes(count: f64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let power = if count < 1.0 { 0 } else { ((count.log2() / 10.0) as usize).min(UNITS.len() - 1) };
    format!("{} {}", significant(count / 1024f64.powi(power as i32)), UNITS[power])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_parse_with_units_and_refuse_nonsense() {
        assert_eq!("4GiB".parse(), Ok(CacheSize::Bytes(4 << 30)));
        assert_eq!("5000000B".parse(), Ok(CacheSize::Bytes(5_000_000)));
        assert_eq!("50_000obj".parse(), Ok(CacheSize::Objects(50_000)));
        assert_eq!("0.5GB".parse(), Ok(CacheSize::Bytes(500_000_000)));
        assert_eq!("10%".parse(), Ok(CacheSize::Share(Ratio::new(0.1).unwrap())));
        for text in
            ["", "0obj", "-1B", "1.5obj", "4", "200%", "0%", "1e99GB", "GiB", "99999999999999999999TiB", "é", "10é"]
        {
            assert!(text.parse::<CacheSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_beyond_reason_is_never_and_can_be_added_to_any_time_of_a_trace() {
        let century = Seconds(100.0 * 365.0 * 86_400.0).nanoseconds();
        for text in ["99999999999d", "99999999999999999999999999h", "36500d"] {
            assert_eq!(text.parse::<Seconds>().unwrap().nanoseconds(), century, "{text}");
        }
        // 2262 is the last year that files of traces can say.
        assert!(century.checked_add(i64::MAX as u64).is_some());
        assert!(format!("{}d", "9".repeat(308)).parse::<Seconds>().is_err(), "no number that is finite in seconds");
    }

    #[test]
    fn rates_count_answers_or_bytes() {
        assert_eq!("300/s".parse(), Ok(Rate::answers(300.0)));
        assert_eq!("12_000/min".parse(), Ok(Rate::answers(200.0)));
        assert_eq!("250MB/s".parse(), Ok(Rate { per_second: 250e6, of: Demand::Bytes }));
        for text in ["300", "0/s", "/s", "3/x", "inf/s", "-2/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_loads_and_shares_parse() {
        assert_eq!("10ms".parse(), Ok(Seconds(0.01)));
        assert_eq!("15min".parse(), Ok(Seconds(900.0)));
        assert_eq!("0".parse(), Ok(Seconds(0.0)), "nothing is nothing in any unit");
        assert_eq!("2x".parse(), Ok(Load::TimesToday(2.0)));
        assert_eq!("3000/s".parse(), Ok(Load::PerSecond(3000.0)));
        assert_eq!("12.5%".parse::<Ratio>().unwrap().get(), 0.125);
        assert!("101%".parse::<Ratio>().is_err());
        assert_eq!("150%".parse(), Ok(Growth(1.5)));
        assert!(["0%", "-5%", "30", "x%"].iter().all(|text| text.parse::<Growth>().is_err()));
        assert!("5MB/s".parse::<Load>().is_err());
    }

    #[test]
    fn a_bare_number_is_answered_with_what_is_missing() {
        assert_eq!("1000".parse::<Seconds>().unwrap_err().to_string(), "1000 what? Write 1000ms, 1000s or 1000min");
        let rate = "300".parse::<Rate>().unwrap_err().to_string();
        assert_eq!(rate, "300 what? Write 300/s for answers a second, 300MB/s for bandwidth");
    }

    #[test]
    fn a_promised_load_has_three_digits_and_is_never_rounded_up() {
        assert_eq!([coarse(1069.9), coarse(1040.0), coarse(0.3456), coarse(0.0)], ["1,060", "1,040", "0.345", "0"]);
        assert_eq!([rounded(98.76, 2), rounded(0.0, 2), rounded(1234.5, 1)], ["99", "0", "1000"]);
        assert_eq!(significant(1234.5), "1234");
    }

    #[test]
    fn numbers_print_for_reading() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(100), "100");
        assert_eq!(significant(0.0123456), "0.0123");
        assert_eq!(significant(12.0), "12");
        assert_eq!(bytes(1536.0), "1.5 KiB");
        assert_eq!(Seconds(0.01).to_string(), "10 ms");
        assert_eq!(Seconds(68.2).to_string(), "68.2 s");
        assert_eq!(Ratio::new(0.125).unwrap().to_string(), "12.5%");
    }
}
