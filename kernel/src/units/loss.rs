//! Losses of cache nodes as people write them: `1/6`, `16.7%`, `100%`.

use super::{Ratio, UnitError, bad, significant, split_number};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// So many nodes of a cache are lost together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Loss {
    /// Nodes lost.
    pub lost: u32,
    /// Nodes of the cache, at most [`Loss::MOST_NODES`].
    pub nodes: u32,
}

impl Loss {
    /// No node.
    pub const NOTHING: Loss = Loss { lost: 0, nodes: 1 };
    /// The whole cache.
    pub const EVERYTHING: Loss = Loss { lost: 1, nodes: 1 };
    /// Nodes that a cache may have.
    pub const MOST_NODES: u32 = 256;
    /// A share that is written with a rounded last digit means the fraction of nodes within this of it.
    const ROUNDED: f64 = 0.0005;

    /// One node of `nodes`.
    pub fn one_of(nodes: u32) -> Loss {
        Loss { lost: 1, nodes }
    }

    /// The fraction with the fewest nodes that is this share; `None` for nothing, and where it takes more nodes than a cache
    /// may have.
    pub fn of_share(share: f64) -> Option<Loss> {
        let within = |tolerance: f64| {
            (1..=Loss::MOST_NODES).find_map(|nodes| {
                let lost = (share * f64::from(nodes)).round() as u32;
                let is_near = (f64::from(lost) / f64::from(nodes) - share).abs() <= tolerance;
                (lost > 0 && lost <= nodes && is_near).then_some(Loss { lost, nodes })
            })
        };
        within(1e-9).filter(|loss| loss.nodes <= 100).or_else(|| within(Loss::ROUNDED))
    }

    /// The share of the keys that is lost, 0..=1.
    pub fn share(self) -> f64 {
        f64::from(self.lost) / f64::from(self.nodes)
    }

    /// The same as a ratio.
    pub fn ratio(self) -> Ratio {
        Ratio(self.share())
    }

    /// Whether nothing is left.
    pub fn is_everything(self) -> bool {
        self.lost == self.nodes
    }
}

impl FromStr for Loss {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let what = "a loss of cache nodes";
        let examples = "1/6, 16.7%, 2/6 or 100%; a cache has at most 256 nodes";
        if let Some((lost, nodes)) = text.split_once('/') {
            return match (lost.trim().parse(), nodes.trim().parse()) {
                (Ok(lost), Ok(nodes)) if 0 < lost && lost <= nodes && nodes <= Loss::MOST_NODES => {
                    Ok(Loss { lost, nodes })
                }
                _ => bad(text, what, examples),
            };
        }
        let share = match split_number(text) {
            Some((number, "%")) => number / 100.0,
            Some((number, "")) => number,
            _ => return bad(text, what, examples),
        };
        Loss::of_share(share).map_or_else(|| bad(text, what, examples), Ok)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.lost, self.nodes) {
            (0, _) => f.pad("nothing"),
            (lost, nodes) if lost == nodes => f.pad("100%"),
            (lost, nodes) => f.pad(&format!("{lost}/{nodes}")),
        }
    }
}

impl Loss {
    /// For a heading: `1/6 (16.7%)`.
    pub fn in_full(self) -> String {
        match self.lost {
            0 => "nothing".to_string(),
            lost if lost == self.nodes => "everything".to_string(),
            _ => format!("{self} ({}%)", significant(self.share() * 100.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_nodes_of_nodes_however_written() {
        let loss = |text: &str| text.parse::<Loss>().map(|loss| (loss.lost, loss.nodes)).ok();
        assert_eq!(loss("1/6"), Some((1, 6)));
        assert_eq!(loss("2/6"), Some((2, 6)));
        assert_eq!(loss("16.7%"), Some((1, 6)));
        assert_eq!(loss("12.5%"), Some((1, 8)));
        assert_eq!(loss("0.125"), Some((1, 8)));
        assert_eq!(loss("5%"), Some((1, 20)));
        assert_eq!(loss("33%"), Some((33, 100)));
        assert_eq!(loss("33.3%"), Some((1, 3)));
        assert_eq!(loss("100%"), Some((1, 1)));
        for text in ["0%", "101%", "1/0", "0/6", "7/6", "1/257", "x", "", "0.01%", "-1/6"] {
            assert_eq!(loss(text), None, "{text}");
        }
    }
}
