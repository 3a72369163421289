//! How often a loss would be as bad: the levels that it needs at many moments, evenly spaced in time.
//!
//! The worst of many moments is an extreme value, which one moment decides and which falls as a trace grows; quantiles of
//! the moments do not.

use super::aftermath::Until;
use super::lattice::Level;
use super::search::Search;

/// Moments tried.
const MOMENTS: usize = 200;
impl Search<'_> {
    /// The level that survives a loss at all but a share of the moments, at `worst` (the limit for all of them) or below.
    pub fn quantile(&mut self, share: f64, worst: Level) -> Level {
        let mut open = self.spread(MOMENTS);
        let most = (share * open.len() as f64) as usize;
        let (mut low, mut high) = (self.base(), worst);
        // Moments that fail at `high` too; those in `open` fail at levels from `low` on, some of them below `high`.
        let mut failing = 0;
        while high - low > 1 && !open.is_empty() {
            let middle = low + (high - low) / 2;
            self.warm_up(middle);
            let (fail, survive): (Vec<usize>, Vec<usize>) =
                open.into_iter().partition(|moment| !self.survives_at(*moment));
            if failing + fail.len() <= most {
                high = middle;
                failing += fail.len();
                open = survive;
            } else {
                low = middle;
                open = fail;
            }
        }
        high
    }

    /// Whether every loss at a moment survives at the level of the warm walk.
    fn survives_at(&mut self, moment: usize) -> bool {
        let rules = self.rules();
        (0..self.ways()).all(|loss| self.peak(loss, moment..moment + 1, Until::Alone).survives(&rules))
    }
}
