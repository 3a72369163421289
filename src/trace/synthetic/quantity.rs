//! The values that recipe fields may take, each refused where it stands so that the error names its line.
//!
//! It knows numbers and units; what a field means is the recipe's.

use crate::units::{CacheSize, Demand, Rate, Ratio, Seconds};
use chrono::DateTime;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::str::FromStr;

/// More requests than this have no 32-bit positions.
const MOST_REQUESTS: u64 = u32::MAX as u64 - 1;

/// More popular keys than this would need over 4 GB for their table alone.
const MOST_KEYS: u64 = 500_000_000;

/// A steeper popularity than this leaves one key.
const STEEPEST: f64 = 10.0;

/// A number or a text with a unit.
enum Scalar {
    Number(f64),
    Text(String),
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a text with a unit")
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value as f64))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value as f64))
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(value.to_string()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A text with a unit.
fn unit<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(deserializer: D) -> Result<T, D::Error> {
    let text = match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) => text,
        Scalar::Number(number) => return Err(D::Error::custom(format!("{number} has no unit; quote it with one"))),
    };
    text.parse().map_err(D::Error::custom)
}

/// A number for which `fits` holds; NaN fits nothing.
fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    fits: impl Fn(f64) -> bool,
    wanted: &str,
) -> Result<f64, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Number(number) if fits(number) => Ok(number),
        Scalar::Number(number) => Err(D::Error::custom(format!("{number} is not {wanted}"))),
        Scalar::Text(text) => Err(D::Error::custom(format!("'{text}' is not {wanted}"))),
    }
}

/// A whole number in a range.
fn whole<'de, D: Deserializer<'de>>(deserializer: D, most: u64) -> Result<u64, D::Error> {
    let wanted = format!("a whole number from 1 to {most}");
    let fits = |number: f64| number.fract() == 0.0 && (1.0..=most as f64).contains(&number);
    number(deserializer, fits, &wanted).map(|number| number as u64)
}

pub fn requests<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    whole(deserializer, MOST_REQUESTS)
}

pub fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    whole(deserializer, MOST_KEYS)
}

/// `3000/s`: requests, not bytes.
pub fn request_rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rate, D::Error> {
    let rate: Rate = unit(deserializer)?;
    if rate.of != Demand::Answers {
        return Err(D::Error::custom("requests are counted, not bytes; write it like 3000/s"));
    }
    Ok(rate)
}

/// `90s`, above zero.
pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Seconds, D::Error> {
    let length: Seconds = unit(deserializer)?;
    if length.0 <= 0.0 {
        return Err(D::Error::custom("a length of time must be above zero"));
    }
    Ok(length)
}

/// `18h`, where the field is there.
pub fn optional_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Seconds>, D::Error> {
    unit(deserializer).map(Some)
}

/// A TOML date and time with its offset from UTC, as nanoseconds since 1970.
pub fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?.to_string();
    let wrong =
        || D::Error::custom(format!("{written} is not a time from 1970 to 2100; write it like 2026-03-02T00:00:00Z"));
    let instant = DateTime::parse_from_rfc3339(&written).map_err(|_| wrong())?;
    let nanoseconds = instant.timestamp_nanos_opt().ok_or_else(wrong)?;
    // 4,102,444,800 s is the begin of 2100: with 100 years more it still fits what Parquet calls a timestamp.
    u64::try_from(nanoseconds).ok().filter(|time| *time < 4_102_444_800 * 1_000_000_000).ok_or_else(wrong)
}

/// `0.25` or `25%`.
pub fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let wrong =
        |text: String| D::Error::custom(format!("{text} is not a share from 0 to 1; write it like 0.25 or 25%"));
    match Scalar::deserialize(deserializer)? {
        Scalar::Number(number) => Ratio::new(number).map(Ratio::get).ok_or_else(|| wrong(number.to_string())),
        Scalar::Text(text) => text.parse().map(Ratio::get).map_err(|_| wrong(format!("'{text}'"))),
    }
}

pub fn positive_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match share(deserializer)? {
        0.0 => Err(D::Error::custom("the share must be above 0")),
        share => Ok(share),
    }
}

/// `4096` or `4KiB`.
pub fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let most = u64::from(u32::MAX);
    let wanted = format!("a size from 1 to {most} bytes; write it like 4096 or 4KiB");
    let (written, size) = match Scalar::deserialize(deserializer)? {
        Scalar::Number(number) => (number.to_string(), (number.fract() == 0.0).then_some(number as u64)),
        Scalar::Text(text) => match text.parse() {
            Ok(CacheSize::Bytes(bytes)) => (text, Some(bytes)),
            _ => (text, None),
        },
    };
    size.filter(|size| (1..=most).contains(size)).ok_or_else(|| D::Error::custom(format!("{written} is not {wanted}")))
}

/// A factor that makes more of something, within reason.
pub fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |number| (1.0..=1e6).contains(&number), "a factor from 1 to 1000000")
}

pub fn exponent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |number| (0.0..=STEEPEST).contains(&number), "an exponent from 0 to 10")
}

pub fn spread<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |number| (0.0..=STEEPEST).contains(&number), "a spread from 0 to 10")
}

/// `24h`, as whole seconds.
pub fn whole_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let length: Seconds = unit(deserializer)?;
    let seconds = length.0.round();
    if (length.0 - seconds).abs() > 1e-6 || !(1.0..=f64::from(u32::MAX)).contains(&seconds) {
        return Err(D::Error::custom("a time to live is a whole number of seconds, at least 1s"));
    }
    Ok(seconds as u32)
}
