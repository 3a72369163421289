//! What things cost: `40 per 100/s`, `5 per GiB`, in whatever currency and for whatever time people count in.

use super::{CacheSize, Demand, Rate, UnitError, bad, significant};
use std::fmt;
use std::str::FromStr;

/// So much for so much of something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price<Of> {
    /// The sum.
    pub sum: f64,
    /// For this.
    pub of: Of,
}

/// Of a cache's capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many objects.
    Objects(u64),
    /// So many bytes.
    Bytes(u64),
}

/// Of a backend's capacity.
pub type BackendPrice = Price<Rate>;
/// Of a cache's capacity, in bytes or objects.
pub type CachePrice = Price<Amount>;

impl BackendPrice {
    /// What so many answers or bytes a second cost.
    pub fn cost(&self, per_second: f64) -> f64 {
        self.sum * per_second / self.of.per_second
    }
}

impl CachePrice {
    /// What a cache of so many bytes or objects costs.
    pub fn cost(&self, amount: u64) -> f64 {
        let (Amount::Objects(unit) | Amount::Bytes(unit)) = self.of;
        self.sum * amount as f64 / unit as f64
    }
}

/// The sum and what it is for.
fn split(text: &str) -> Option<(f64, &str)> {
    let (sum, of) = text.split_once(" per ")?;
    let sum: f64 = sum.trim().replace('_', "").parse().ok()?;
    (sum.is_finite() && sum >= 0.0).then_some((sum, of.trim()))
}

impl FromStr for BackendPrice {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let of = split(text).and_then(|(sum, of)| Some((sum, of.parse().ok()?)));
        let price = of.map(|(sum, of)| Price { sum, of });
        price.map_or_else(
            || bad(text, "the price of a backend", "'40 per 100/s' or '3 per 10MB/s', without a currency"),
            Ok,
        )
    }
}

impl FromStr for CachePrice {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let amount = |of: &str| {
            // `per GiB` is per 1 GiB.
            let one = if of.starts_with(|c: char| c.is_ascii_alphabetic()) { "1" } else { "" };
            match format!("{one}{of}").parse().ok()? {
                CacheSize::Objects(n) => Some(Amount::Objects(n)),
                CacheSize::Bytes(n) => Some(Amount::Bytes(n)),
                CacheSize::Share(_) | CacheSize::Auto => None,
            }
        };
        let of = split(text).and_then(|(sum, of)| Some((sum, amount(of)?)));
        let price = of.map(|(sum, of)| Price { sum, of });
        price
            .map_or_else(|| bad(text, "the price of a cache", "'5 per GiB' or '2 per 1000obj', without a currency"), Ok)
    }
}

impl fmt::Display for BackendPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of.of {
            Demand::Answers => format!("{}/s", significant(self.of.per_second)),
            Demand::Bytes | Demand::Units(_) => self.of.to_string(),
        };
        f.pad(&format!("{} per {of}", significant(self.sum)))
    }
}

impl fmt::Display for CachePrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            Amount::Bytes(n) => super::bytes(n as f64),
            Amount::Objects(n) => CacheSize::Objects(n).to_string(),
        };
        f.pad(&format!("{} per {of}", significant(self.sum)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_say_what_they_are_for() {
        let backend: BackendPrice = "40 per 100/s".parse().unwrap();
        assert_eq!(backend.cost(250.0), 100.0);
        let link: BackendPrice = "3 per 10MB/s".parse().unwrap();
        assert_eq!(link.cost(20e6), 6.0);
        let memory: CachePrice = "5 per GiB".parse().unwrap();
        assert_eq!(memory.cost(3 << 29), 7.5);
        let slots: CachePrice = "2 per 1000obj".parse().unwrap();
        assert_eq!(slots.cost(500), 1.0);
        assert_eq!((backend.to_string(), memory.to_string()), ("40 per 100/s".into(), "5 per 1 GiB".into()));
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in
            ["", "40", "40/100/s", "x per 100/s", "-1 per 100/s", "40 per", "40 per 5", "inf per 1/s", "$4 per 1/s"]
        {
            assert!(text.parse::<BackendPrice>().is_err(), "{text}");
        }
        for text in ["5", "5 per 10%", "5 per auto", "5 per 100/s", "5 per 0obj", "5 per é"] {
            assert!(text.parse::<CachePrice>().is_err(), "{text}");
        }
    }
}
