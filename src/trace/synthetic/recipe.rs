//! Recipes: what a synthetic trace shall look like, as written in a TOML file.
//!
//! A recipe is data that was checked: whatever [`Recipe::parse`] returns can be generated. How, stands elsewhere.

use super::quantity;
use crate::error::{Error, Result};
use crate::request::SECOND;
use crate::settings;
use crate::units::{Rate, Seconds};
use serde::Deserialize;

/// An example that names every field, its unit and its default; `coldgap synth --help` shows it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// No trace may be longer: times are nanoseconds in 64 bits, counted from 1970.
const LONGEST: Seconds = Seconds(100.0 * 365.25 * 86_400.0);

/// A synthetic trace, described. See [`EXAMPLE`] for the file's form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Where it was read from; the trace takes this name.
    #[serde(skip)]
    pub name: String,
    /// Decides every random choice: the same recipe and seed give the same trace.
    pub seed: u64,
    /// How many requests, of any operation.
    #[serde(deserialize_with = "quantity::requests")]
    pub requests: u64,
    /// When they arrive.
    pub arrivals: Arrivals,
    /// Which keys they ask for.
    pub keys: Keys,
    /// How large the objects are; without it the trace has no sizes.
    pub sizes: Option<Sizes>,
    /// What is done besides getting.
    #[serde(default)]
    pub operations: Operations,
    /// How long answers live; without it the trace has no times to live.
    pub ttl: Option<Ttl>,
}

/// When requests arrive.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// Requests a second, in the mean over a diurnal period and outside bursts.
    #[serde(deserialize_with = "quantity::request_rate")]
    pub rate: Rate,
    /// How the gaps between requests are distributed.
    #[serde(default)]
    pub spacing: Spacing,
    /// The recorded clock: times are cut down to whole multiples of it. A clock of `1s` or `1ms` makes a trace
    /// as servers log it; requests of one tick are then spread evenly inside it, as for every trace.
    #[serde(default = "microsecond", deserialize_with = "quantity::duration")]
    pub clock: Seconds,
    /// When the trace begins, in nanoseconds since 1970.
    #[serde(default, deserialize_with = "quantity::instant")]
    pub start: u64,
    /// A load that follows the day.
    pub diurnal: Option<Diurnal>,
    /// A load that jumps now and then.
    pub burst: Option<Burst>,
}

fn microsecond() -> Seconds {
    Seconds(1e-6)
}

/// How the gaps between requests are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spacing {
    /// Exponentially, as from very many users who know nothing of each other.
    #[default]
    Poisson,
    /// All alike.
    Even,
}

/// A load that follows the day: `rate x (1 + swing x cos(2 pi (t - peak) / period))`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diurnal {
    /// How far the load swings around its mean, as a share of it.
    #[serde(deserialize_with = "quantity::share")]
    pub swing: f64,
    /// How long a day is.
    #[serde(default = "day", deserialize_with = "quantity::duration")]
    pub period: Seconds,
    /// When the first peak is, after the trace's begin; by default half a period.
    #[serde(default, deserialize_with = "quantity::optional_duration")]
    pub peak: Option<Seconds>,
}

fn day() -> Seconds {
    Seconds(86_400.0)
}

/// A load that jumps: for `lasting`, every `every`, it is multiplied.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// From the begin of one burst to that of the next; the first comes after one such interval.
    #[serde(deserialize_with = "quantity::duration")]
    pub every: Seconds,
    /// How long it lasts.
    #[serde(deserialize_with = "quantity::duration")]
    pub lasting: Seconds,
    /// By what the load is multiplied meanwhile.
    #[serde(deserialize_with = "quantity::factor")]
    pub times: f64,
}

/// Which keys are asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// How many keys are popular at any time.
    #[serde(deserialize_with = "quantity::keys")]
    pub count: u64,
    /// Zipf's exponent: the r-th most popular key is asked for in proportion to `1 / r^zipf`. 0 makes all alike.
    #[serde(default = "one", deserialize_with = "quantity::exponent")]
    pub zipf: f64,
    /// Written before the key's number; with any, keys are text. An access log needs `/` or `/something/`.
    #[serde(default)]
    pub prefix: String,
    /// Share of the requests that ask for a key never asked for before or after.
    #[serde(default, deserialize_with = "quantity::share")]
    pub one_hit_wonders: f64,
    /// Share of the popular keys that is replaced by new ones in an hour, evenly over all ranks.
    #[serde(default, deserialize_with = "quantity::share")]
    pub drift: f64,
    /// A scan that comes back.
    pub scan: Option<Scan>,
}

fn one() -> f64 {
    1.0
}

/// A scan: a run of consecutive keys, each touched once. Every scan reads the same keys, and nothing else does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// From the begin of one scan to that of the next; the first comes after one such interval.
    #[serde(deserialize_with = "quantity::duration")]
    pub every: Seconds,
    /// How many keys it reads.
    #[serde(deserialize_with = "quantity::keys")]
    pub keys: u64,
    /// Share of the requests that are the scan's while it runs; it does not add to the load.
    #[serde(default = "half", deserialize_with = "quantity::positive_share")]
    pub share: f64,
}

fn half() -> f64 {
    0.5
}

/// How large objects are: lognormal, cut off at 1 byte and at `max`. An object keeps its size.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Bytes in the mean over objects, before the cut.
    #[serde(deserialize_with = "quantity::bytes")]
    pub mean: u64,
    /// Standard deviation of the logarithm of the size; 0 makes all objects alike.
    #[serde(default, deserialize_with = "quantity::spread")]
    pub spread: f64,
    /// Bytes of the largest object.
    #[serde(default = "largest", deserialize_with = "quantity::bytes")]
    pub max: u64,
}

fn largest() -> u64 {
    u64::from(u32::MAX)
}

/// What is done besides getting; the rest are gets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// Share of the requests that write.
    #[serde(default, deserialize_with = "quantity::share")]
    pub set: f64,
    /// Share of the requests that delete.
    #[serde(default, deserialize_with = "quantity::share")]
    pub delete: f64,
}

/// How long answers live; drawn anew for every request that says so.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ttl {
    /// The lives and their shares; what is missing to 1 says nothing.
    pub values: Vec<Life>,
    /// Whether gets say it too, not only sets.
    #[serde(default)]
    pub on_gets: bool,
}

/// One time to live and how common it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// Whole seconds.
    #[serde(deserialize_with = "quantity::whole_seconds")]
    pub lives: u32,
    /// Share of the requests that say a time to live.
    #[serde(deserialize_with = "quantity::share")]
    pub share: f64,
}

impl Recipe {
    /// Reads a recipe; `name` is the file it came from, for errors and as the trace's name.
    ///
    /// # Errors
    /// Text that is no TOML, an unknown field, or a value that makes no trace; each with its line or field.
    pub fn parse(text: &str, name: &str) -> Result<Recipe> {
        let mut recipe: Recipe = toml::from_str(text).map_err(|error| {
            settings::unreadable(text, name, &error).hint("coldgap synth --help shows a recipe with every field")
        })?;
        recipe.name = name.to_string();
        recipe.check().map_err(|error| error.at(name, None))?;
        Ok(recipe)
    }

    /// Rules that bind several fields.
    fn check(&self) -> Result<()> {
        let Recipe { arrivals, keys, operations, .. } = self;
        let rate = arrivals.rate.per_second;
        if self.requests as f64 / rate > LONGEST.0 {
            return Err(Error::usage(format!("{} requests at {} take over 100 years", self.requests, arrivals.rate))
                .hint("raise arrivals.rate or lower requests"));
        }
        if let Some(diurnal) = &arrivals.diurnal {
            enough(rate, diurnal.period, "arrivals.diurnal.period")?;
        }
        if let Some(burst) = &arrivals.burst {
            enough(rate, burst.every, "arrivals.burst.every")?;
            if burst.lasting >= burst.every {
                return Err(Error::usage("arrivals.burst.lasting is not shorter than arrivals.burst.every")
                    .hint("for a load that is always higher, raise arrivals.rate"));
            }
        }
        if let Some(scan) = &keys.scan
            && scan.keys as f64 > rate * scan.share * scan.every.0
        {
            return Err(Error::usage(format!("keys.scan of {} keys does not end before the next begins", scan.keys))
                .hint("lower keys.scan.keys, or raise its share or the time between scans"));
        }
        if keys.prefix.contains(|c: char| c.is_control()) {
            return Err(Error::usage("keys.prefix has a control character").hint("write it like \"/item/\""));
        }
        at_most_one(operations.set + operations.delete, "operations.set and operations.delete")?;
        if let Some(ttl) = &self.ttl {
            at_most_one(ttl.values.iter().map(|life| life.share).sum(), "the shares of ttl.values")?;
            if !ttl.on_gets && operations.set == 0.0 {
                return Err(Error::usage("only sets say a time to live, and the recipe has no sets")
                    .hint("set operations.set above 0, or ttl.on_gets = true"));
            }
        }
        Ok(())
    }
}

/// Refuses a period so short that the load within it would mean nothing.
fn enough(rate: f64, period: Seconds, field: &str) -> Result<()> {
    const LEAST: f64 = 100.0;
    if rate * period.0 < LEAST {
        return Err(Error::usage(format!("{field} of {period} holds fewer than {LEAST} requests"))
            .hint(format!("make {field} longer or arrivals.rate higher")));
    }
    Ok(())
}

/// Refuses shares of more than the whole, but not their rounding.
fn at_most_one(sum: f64, fields: &str) -> Result<()> {
    if sum > 1.0 + 1e-9 {
        return Err(Error::usage(format!("{fields} add up to {sum:.3}, more than 1"))
            .hint("shares are parts of one whole: lower them"));
    }
    Ok(())
}

/// Nanoseconds of trace time, never 0.
pub(super) fn nanoseconds(length: Seconds) -> f64 {
    (length.0 * SECOND as f64).max(1.0)
}
