//! How many nodes a cache must have for the loss of any one of them to be survived, from what losses of some parts need.
//!
//! What a part of 1 / N needs is taken to lie on the line between the nearest parts that were tried. It knows needs, and no
//! cache.

use super::interval::Interval;
use crate::analysis::withstand::MOST_NODES;
use crate::units::Loss;
use serde::{Deserialize, Serialize};

/// One node of so many is lost in any case.
const TRIED: [u32; 6] = [1, 2, 4, 8, 16, MOST_NODES];

/// The fewest nodes of which any may be lost; `None` where no number up to [`MOST_NODES`] is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodes {
    /// The best guess.
    pub value: Option<u64>,
    /// The lower end.
    pub low: Option<u64>,
    /// The upper end.
    pub high: Option<u64>,
}

/// Losses that must be tried for it.
pub(super) fn losses() -> impl Iterator<Item = Loss> {
    TRIED.into_iter().map(Loss::one_of)
}

impl Nodes {
    /// With a backend, from what losses need, nothing first; `None` where one of them is unknown.
    pub(super) fn of(needs: &[(Loss, Option<Interval>)], mu: f64) -> Option<Nodes> {
        let known = |of: fn(&Interval) -> f64| {
            let points = needs.iter().map(|(loss, need)| Some((loss.share(), of(need.as_ref()?))));
            points.collect::<Option<Vec<(f64, f64)>>>()
        };
        let (value, low, high) = (known(|need| need.value)?, known(|need| need.low)?, known(|need| need.high)?);
        Some(Nodes { value: fewest(&value, mu), low: fewest(&low, mu), high: fewest(&high, mu) })
    }
}

/// The fewest nodes of which one is at or below the backend, on the line through needs by share lost.
fn fewest(needs: &[(f64, f64)], mu: f64) -> Option<u64> {
    let at = |share: f64| {
        let above = needs.iter().position(|(of, _)| *of >= share)?;
        let (to, need) = needs[above];
        let (from, less) = needs[above.saturating_sub(1)];
        Some(if to > from { less + (need - less) * (share - from) / (to - from) } else { need })
    };
    (1..=MOST_NODES).find(|nodes| at(1.0 / f64::from(*nodes)).is_some_and(|need| need <= mu)).map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_those_whose_part_the_backend_covers() {
        // 100 while nothing is lost, and 100 more for the whole cache.
        let need = |share: f64| 100.0 + 100.0 * share;
        let needs: Vec<(f64, f64)> = [0.0, 1.0 / 64.0, 0.125, 0.5, 1.0].map(|share| (share, need(share))).to_vec();
        for (mu, nodes) in [(200.0, Some(1)), (199.0, Some(2)), (134.0, Some(3)), (110.0, Some(10)), (101.0, None)] {
            assert_eq!(fewest(&needs, mu), nodes, "{mu}");
        }
        assert_eq!(fewest(&needs, 102.0), Some(50));
    }
}
