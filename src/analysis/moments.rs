//! When losing nodes would hurt: the longest wait after each loss, over the moments of the trace, for one cell at the load to
//! carry.

use super::study::Study;
use super::{Finding, LossFinding, Need};
use crate::error::Result;
use crate::placement::Losses;
use crate::replay::grid;
use crate::replay::ground::Ground;
use crate::replay::worst::aftermath::Walker;
use crate::replay::worst::columns::Hits;
use crate::replay::worst::map::{Hurt, SLICES, carried, hurt, slices};
use crate::replay::worst::search::Case;
use crate::replay::worst::tape::Point;
use crate::units::{Loss, Rate};
use serde::{Deserialize, Serialize};

/// Slices that one task walks.
const TOGETHER: usize = SLICES / 8;

/// A loss over the trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// What is lost.
    pub loss: Loss,
    /// The longest wait, slice by slice; nothing where warm traffic itself waits too long.
    pub slices: Vec<Hurt>,
}

impl Study<'_> {
    /// Of every loss tried.
    pub fn moments(&self, ground: &Ground<'_>, backend: Rate, finding: &Finding, hits: &Hits) -> Result<Vec<Moments>> {
        let subject = ground.subject(hits);
        let point = Point { mu: backend.per_second, load: ground.load };
        let Some(warm) = Some(()).filter(|()| self.limits_known).and_then(|()| carried(&subject, point)) else {
            return Ok(Vec::new());
        };
        let slices = slices(&subject);
        let tried = || finding.losses.iter().filter(|lost| lost.need.loss.lost > 0);
        let ways: Vec<Losses> = tried().map(|lost| Losses::of(lost.need.loss.lost, lost.need.loss.nodes)).collect();
        let worst = |i: usize| {
            let need = tried().nth(i)?.need;
            let moment = subject.tape.position_at((need.worst_moment? * 1e9).round() as u64);
            Some(Case { loss: need.worst_node.unwrap_or(0) as usize, moment })
        };
        let worst: Vec<Option<Case>> = (0..ways.len()).map(worst).collect();
        let blocks = slices.len().div_ceil(TOGETHER);
        let jobs: Vec<(usize, usize)> = (0..ways.len()).flat_map(|loss| (0..blocks).map(move |i| (loss, i))).collect();
        let found = grid::run(&jobs, self.question.sweep.threads, |&(loss, block)| {
            self.interrupt.check()?;
            let mut walker = Walker::default();
            let of_block = slices.chunks(TOGETHER).nth(block).unwrap_or_default();
            let hurt = |slice: &(u64, std::ops::Range<usize>)| {
                hurt(&mut walker, &subject, &warm, point, &ways[loss], slice.clone(), worst[loss])
            };
            Ok(of_block.iter().map(hurt).collect::<Vec<Hurt>>())
        })?;
        let of_loss = found.chunks(blocks.max(1)).map(<[_]>::concat);
        let moments = |(lost, mut slices): (&LossFinding, Vec<Hurt>)| {
            mark_worst(&mut slices, &lost.need, backend.per_second);
            Moments { loss: lost.need.loss, slices }
        };
        Ok(tried().zip(of_loss).map(moments).collect())
    }
}

/// Marks the slice of the worst moment as too late where this backend is too small for the loss: that was found with the real cache,
/// of which the hits walked here may know less.
fn mark_worst(slices: &mut [Hurt], need: &Need, backend: f64) {
    let Some(worst) = need.worst_moment.filter(|_| need.per_second.is_none_or(|least| least > backend)) else { return };
    let worst = (worst * 1e9).round() as u64;
    if let Some(slice) = slices.iter_mut().rev().find(|slice| slice.start <= worst) {
        (slice.wait, slice.loss) = (None, need.worst_node.unwrap_or(0) as usize);
    }
}
