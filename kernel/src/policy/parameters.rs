//! Parameters of policies and filters: `s3fifo:small=10%,fill=paper`.
//!
//! It parses and checks names and values; what they mean is the policy's.

use crate::units::Ratio;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A parameter as documented.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The name before `=`.
    pub name: &'static str,
    /// The value where none is given.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// What has documented parameters: a policy's or a filter's entry in its registry.
pub trait Documented {
    /// The parameters.
    fn parameters(&self) -> &'static [Parameter];
}

/// The seed of a policy that draws at random: the same seed gives the same replay.
pub const SEED: Parameter = Parameter { name: "seed", default: "1", help: "what its random choices are drawn from" };

/// A parameter that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParameterError(pub String);

/// The parameters given for one policy or filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads `name=value,name=value`; every name must be among `known`.
    ///
    /// # Errors
    /// An unknown name, a name twice, or a missing `=`.
    pub fn parse(text: &str, known: &[Parameter]) -> Result<Parameters, ParameterError> {
        let mut given = BTreeMap::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(ParameterError(format!("'{part}' is not NAME=VALUE")));
            };
            if !known.iter().any(|parameter| parameter.name == name) {
                let names: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
                let has =
                    if names.is_empty() { "it has none".to_string() } else { format!("it has {}", names.join(", ")) };
                return Err(ParameterError(format!("there is no parameter '{name}'; {has}")));
            }
            if given.insert(name.to_string(), value.to_string()).is_some() {
                return Err(ParameterError(format!("'{name}' is given twice")));
            }
        }
        Ok(Parameters(given))
    }

    /// The value as written, or the documented default.
    pub fn text<'a>(&'a self, name: &str, info: &impl Documented) -> &'a str {
        let default = || {
            info.parameters().iter().find(|parameter| parameter.name == name).map_or("", |parameter| parameter.default)
        };
        self.0.get(name).map_or_else(default, String::as_str)
    }

    /// The value as a share.
    ///
    /// # Errors
    /// Text that is not a share between 0% and 100%.
    pub fn ratio(&self, name: &str, info: &impl Documented) -> Result<Ratio, ParameterError> {
        self.text(name, info).parse().map_err(|error| ParameterError(format!("{name}: {error}")))
    }

    /// The value as a share that must not be nothing.
    ///
    /// # Errors
    /// Text that is not a share above 0% and up to 100%.
    pub fn share_above_zero(&self, name: &str, info: &impl Documented) -> Result<f64, ParameterError> {
        let share = self.ratio(name, info)?.get();
        if share > 0.0 { Ok(share) } else { Err(ParameterError(format!("{name}: it needs a share above 0%"))) }
    }

    /// The value as a whole number within a range.
    ///
    /// # Errors
    /// Any other text, or a number outside the range.
    pub fn number(
        &self,
        name: &str,
        info: &impl Documented,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ParameterError> {
        let text = self.text(name, info);
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (low, high) = range.into_inner();
        let bounds = if high == u64::MAX { format!("{low} or more") } else { format!("{low} to {high}") };
        number.ok_or_else(|| ParameterError(format!("{name}: '{text}' is not a whole number, {bounds}")))
    }

    /// The value as one of several words.
    ///
    /// # Errors
    /// Any other word.
    pub fn choice<'c>(&self, name: &str, info: &impl Documented, words: &[&'c str]) -> Result<&'c str, ParameterError> {
        let text = self.text(name, info);
        words
            .iter()
            .find(|word| **word == text)
            .copied()
            .ok_or_else(|| ParameterError(format!("{name}: '{text}' is not one of {}", words.join(", "))))
    }
}

impl std::fmt::Display for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}{name}={value}")?;
        }
        Ok(())
    }
}
