//! How often a loss would be as bad: the levels that it needs at many moments, evenly spaced in time.
//!
//! The worst of many moments is an extreme value, which one moment decides and which falls as a trace grows; quantiles of
//! the moments do not.

use super::aftermath::Until;
use super::lattice::{Axis, Level, STEPS_PER_OCTAVE};
use super::search::Search;

/// Moments tried.
const MOMENTS: usize = 400;
/// Walks through the moments at the most, each at the level that the last one found.
const ROUNDS: usize = 4;

impl Search<'_> {
    /// The level that survives a loss at all but a share of the moments, at `worst` (the limit for all of them) or below.
    pub fn quantile(&mut self, share: f64, worst: Level) -> Level {
        let moments = self.spread(MOMENTS);
        let mut level = worst;
        for _ in 0..ROUNDS {
            self.warm_up(level);
            let mut needs: Vec<Level> = moments.iter().map(|moment| level + self.shortfall(*moment)).collect();
            needs.sort_unstable_by(|a, b| b.cmp(a));
            let found = needs[((share * needs.len() as f64) as usize).min(needs.len() - 1)].clamp(self.base(), worst);
            if found == level {
                break;
            }
            level = found;
        }
        level
    }

    /// By how many levels that of the warm walk is too low for the worst loss at a moment; exact where it is near.
    fn shortfall(&mut self, moment: usize) -> Level {
        let (patience, axis) = (self.rules().patience, self.axis());
        let need = |(wait, busy): (f64, f64)| match axis {
            Axis::Backend { .. } => (wait + busy) / (patience + busy),
            Axis::Load { .. } => (wait + busy - patience).max(1e-6) / busy.max(1e-6),
        };
        let peaks: Vec<(f64, f64)> = (0..self.ways())
            .map(|loss| self.peak(loss, moment..moment + 1, Until::Past))
            .map(|peak| (peak.wait, peak.busy))
            .collect();
        let factor = peaks.into_iter().map(need).fold(0.0, f64::max).max(1e-3);
        (factor.log2() * f64::from(STEPS_PER_OCTAVE)).ceil() as Level
    }
}
