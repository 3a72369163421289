//! What a backend's capacity is counted in: the share of it that one miss takes.
//!
//! It knows words, and not which column of a trace holds what they count.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a backend's capacity is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Demand {
    /// Every miss takes one answer.
    Answers,
    /// A miss takes as many bytes as the object has.
    Bytes,
    /// A miss takes what the trace's column of costs says, in units of this name: `ms`, `tokens`.
    Units(UnitName),
}

impl Demand {
    /// What is counted.
    pub fn name(&self) -> &str {
        match self {
            Demand::Answers => "answers",
            Demand::Bytes => "bytes",
            Demand::Units(name) => name.as_str(),
        }
    }
}

impl From<String> for Demand {
    fn from(name: String) -> Demand {
        match (name.as_str(), UnitName::new(&name)) {
            ("bytes", _) => Demand::Bytes,
            ("answers", _) | (_, None) => Demand::Answers,
            (_, Some(name)) => Demand::Units(name),
        }
    }
}

impl From<Demand> for String {
    fn from(demand: Demand) -> String {
        demand.name().to_string()
    }
}

/// Letters of a unit's name at the most.
const LONGEST: usize = 15;

/// The name of a unit that a person chose: a few letters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UnitName([u8; LONGEST]);

impl UnitName {
    /// Of a word: it begins with a letter, and goes on with letters, digits, `_` and `-`. `None` for any other, or a longer one.
    pub fn new(word: &str) -> Option<UnitName> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let is_name = word.starts_with(|first: char| first.is_ascii_alphabetic()) && word.bytes().all(fits);
        let mut name = [0; LONGEST];
        name.get_mut(..word.len()).filter(|_| is_name)?.copy_from_slice(word.as_bytes());
        Some(UnitName(name))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl fmt::Debug for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_units() {
        for word in ["ms", "tokens", "GPU-seconds", "a23456789_12345"] {
            assert_eq!(UnitName::new(word).unwrap().as_str(), word);
            assert_eq!(String::from(Demand::from(word.to_string())), word);
        }
        for word in ["", "7ms", "a b", "a23456789_123456", "m\u{e9}"] {
            assert!(UnitName::new(word).is_none(), "{word}");
        }
        assert_eq!(Demand::from("bytes".to_string()), Demand::Bytes);
    }
}
