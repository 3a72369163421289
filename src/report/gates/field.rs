//! The numbers of a report that a gate may look at: their names, how their limits are written, what an absent one means.
//!
//! It knows no report; each kind lists its own fields.

use super::super::format::percent;
use crate::units::{CacheSize, Demand, Rate, Seconds, grouped, significant};

/// A number of a report's row: a column, by its name.
pub struct Field<R> {
    /// The column in JSON, CSV and Parquet.
    pub name: &'static str,
    /// What people call it.
    pub word: &'static str,
    /// How its limits are written.
    pub unit: Unit,
    /// What it means, where that is special to this kind of report; may be empty.
    pub help: fn() -> &'static str,
    /// Whether there is one per loss.
    pub per_loss: bool,
    /// Its value in a row.
    pub read: fn(&R) -> Reading,
}

/// Rows whose numbers are those of their list.
pub trait Listed: Sized + 'static {
    /// The numbers that a gate may look at, and a table show.
    fn fields() -> &'static [Field<Self>];
}

/// A number as a report has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Known.
    Number(f64),
    /// Larger than any limit.
    NoLimit,
    /// Not known, and why.
    Unknown(&'static str),
}

/// What a field counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `12.5%`, also above 100% and below 0.
    Share,
    /// `3x`.
    Times,
    /// `1200/s`, requests a second.
    Load,
    /// `400/s` or `250MB/s`, whichever the backend's capacity is counted in.
    Backend,
    /// `60s`.
    Time,
    /// `1_000_000`.
    Count,
    /// `5GiB`.
    Bytes,
}

impl<R> Field<R> {
    /// A field that every row has once, by its word.
    pub const fn new(word: &'static str, unit: Unit, read: fn(&R) -> Reading) -> Field<R> {
        Field { name: word, word, unit, help: || "", per_loss: false, read }
    }

    /// What it goes by: its word, its column's name, that without the unit.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        [Some(self.word), Some(self.name), bare(self.name)].into_iter().flatten()
    }
}

/// A column's name without its unit; `None` where it has none.
pub fn bare(name: &str) -> Option<&str> {
    ["_per_second", "_ratio", "_seconds"].iter().find_map(|unit| name.strip_suffix(unit))
}

impl Unit {
    /// What a limit looks like, for people.
    pub fn example(self, demand: Demand) -> &'static str {
        match self {
            Unit::Share => "a share, like 12.5% or 0.125",
            Unit::Times => "a factor, like 3x",
            Unit::Load => "requests a second, like 1200/s",
            Unit::Backend if demand == Demand::Bytes => "bytes a second, like 250MB/s",
            Unit::Backend if demand != Demand::Answers => "what the backend is given in, like 20000tokens/s",
            Unit::Backend => "answers a second, like 400/s",
            Unit::Time => "a length of time, like 60s",
            Unit::Count => "a count, like 1000",
            Unit::Bytes => "bytes, like 5GiB",
        }
    }

    /// A limit as people write it; `None` where it is written in another unit.
    pub fn parse(self, text: &str, demand: Demand) -> Option<f64> {
        let rate =
            |demand: Demand| text.parse::<Rate>().ok().filter(|rate| rate.of == demand).map(|rate| rate.per_second);
        match self {
            Unit::Share => match text.strip_suffix('%') {
                Some(percent) => number(percent).map(|percent| percent / 100.0),
                // A bare number above 1 is a percentage that lacks its sign.
                None => number(text).filter(|share| (-1.0..=1.0).contains(share)),
            },
            Unit::Times => number(text.strip_suffix('x').unwrap_or(text)),
            Unit::Load => rate(Demand::Answers),
            Unit::Backend => rate(demand),
            Unit::Time => text.parse::<Seconds>().ok().map(|time| time.0),
            Unit::Count => number(text),
            Unit::Bytes => match text.parse() {
                Ok(CacheSize::Bytes(bytes)) => Some(bytes as f64),
                _ => None,
            },
        }
    }

    /// A value as people read it.
    pub fn show(self, value: f64, demand: Demand) -> String {
        match self {
            Unit::Share => percent(value),
            Unit::Times => format!("{}x", significant(value)),
            Unit::Load => Rate::answers(value).to_string(),
            Unit::Backend => Rate { per_second: value, of: demand }.to_string(),
            Unit::Time => Seconds(value).to_string(),
            Unit::Count if value < 0.0 => format!("-{}", grouped(-value as u64)),
            Unit::Count => grouped(value as u64),
            Unit::Bytes => format!("{} bytes", grouped(value as u64)),
        }
    }
}

/// A finite number; underscores may group its digits.
fn number(text: &str) -> Option<f64> {
    text.trim().replace('_', "").parse().ok().filter(|number: &f64| number.is_finite())
}
