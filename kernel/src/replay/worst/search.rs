//! The worst moment and the worst node of a loss, for one cell: the level that survives a loss at every request.
//!
//! Moments are ranked by walks at some of them and by how crowded the others look; the best of each are climbed, and then
//! whole neighbourhoods are cleared, the likeliest first, until all are or the effort is spent. What was cleared holds
//! no moment that is worse by more than [`SLACK`] levels. A block of moments that cannot be cleared in one walk is halved; a
//! single moment that fails raises the limit.
//! It knows columns and backlogs, no cache and no policy.

use super::aftermath::{Block, Peak, Until, Walker};
use super::columns::Hits;
use super::lanes::{Alternatives, Lanes};
use super::lattice::{Axis, Level, STEPS_PER_OCTAVE, lowest};
use super::tape::{Rules, Tape};
use super::warm::Warm;
use crate::placement::Losses;
use std::ops::Range;

/// Levels by which a cleared moment may be worse than the limit: 0.27 %.
pub const SLACK: Level = 4;
/// Moments of a neighbourhood reach this far, in patiences.
pub(super) const REACH: f64 = 0.5;
/// Moments by which the limit is brought near before anything is ranked.
pub(super) const FIRST: usize = 12;
/// The best cases that are climbed.
const CLIMBED: usize = 8;
/// The shortest stride of a climb, in patiences.
const FINEST: f64 = 0.01;
/// Losses that look the mildest, of which the mildest is sought.
const MILDEST: usize = 3;
/// Cases that are said to have come near.
const NEAR: usize = 30;
/// Of those that came near on another axis, how many are said to have come near on this one as well.
const SOWN: usize = 4;
/// Neighbourhoods that are cleared after the last one that raised the limit, as a share of all and at least: ranked well, the worst
/// is among the first.
const CLEARED: f64 = 0.2;
const LEAST_CLEARED: usize = 8;
/// Requests of a block that is cleared in one walk, at most.
const BLOCK: usize = 512;
/// Requests walked since the limit was raised last, for each request of the trace, before the search gives up clearing; and
/// at least.
const WALKS_PER_REQUEST: f64 = 96.0;
const LEAST_WALKS: f64 = 1e6;
/// Standard deviations by which nodes may hold less than their share.
const DEVIATIONS: f64 = 4.0;
/// Levels by which the warm walk's may lie below that of walks before failures of blocks are not believed.
const STALE: Level = 16;
/// The same while the limit is brought near, before warm traffic is walked anew: the harder its level, the further apart are
/// the moments at which the backend is idle, from which it is walked alone.
const FAR: Level = 64;

/// A loss at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// The nodes that are lost: which of the losses.
    pub loss: usize,
    /// The position before which they are.
    pub moment: usize,
}

/// A limit and the case that decides it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The lowest level that survives all cases tried.
    pub level: Level,
    /// The case that decides it; `None` where warm traffic does.
    pub case: Option<Case>,
    /// What came near, the worst first: where another limit of the cell is likely decided as well.
    pub near: Vec<Case>,
    /// What the mildest of the losses needs, about; `None` where there is but one.
    pub mildest: Option<Level>,
    /// Whether every moment of every loss was cleared.
    pub certified: bool,
}

/// What a search looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The trace's columns.
    pub tape: Tape<'a>,
    /// What the warm replay says.
    pub hits: &'a Hits,
    /// Position of the first request after warm-up.
    pub start: usize,
    /// How answers come.
    pub rules: Rules,
}

impl Subject<'_> {
    /// Objects that may come after a loss before the cache evicts again: what its nodes held of a full cache, less what chance
    /// may have put elsewhere.
    pub fn room(&self, losses: &Losses) -> u64 {
        let (all, share) = (self.hits.room as f64, f64::from(losses.count) / f64::from(losses.nodes));
        (all * share - DEVIATIONS * (all * share * (1.0 - share)).sqrt()).max(0.0) as u64
    }

    /// The lowest level that warm traffic survives; `None` where none does.
    pub fn warm_level(&self, axis: Axis, guess: Level) -> Option<Level> {
        let mut warm = Warm::default();
        lowest(guess, &mut |level| warm.walk(&self.tape, self.hits, self.start, axis.point(level), &self.rules).is_ok())
    }
}

/// One cell, one axis, one loss on whichever node.
pub struct Search<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) axis: Axis,
    pub(super) losses: &'a Losses,
    pub(super) room: u64,
    pub(super) walker: Walker,
    lanes: Lanes,
    pub(super) warm: Warm,
    /// The level of walks.
    pub(super) level: Level,
    /// That of `warm`, not above it: the backlog at a harder level is no less, so that walks which start with it, and end
    /// where they meet it, err on the safe side.
    warmed: Level,
    /// Warm traffic around one moment, at another level.
    local: Warm,
    base: Level,
    limit: Level,
    case: Option<Case>,
    /// Moments of the block that is tried next: twice as many as were cleared in one walk last, or half as many as were not.
    stride: usize,
}

impl<'a> Search<'a> {
    /// `losses`: the alternatives, of which the worst counts. `level`: one that warm traffic survives.
    pub fn new(subject: Subject<'a>, axis: Axis, losses: &'a Losses, level: Level) -> Search<'a> {
        let mut search = Search {
            subject,
            axis,
            losses,
            room: subject.room(losses),
            walker: Walker::default(),
            lanes: Lanes::default(),
            warm: Warm::default(),
            level,
            warmed: level,
            local: Warm::default(),
            base: level,
            limit: level,
            case: None,
            stride: BLOCK,
        };
        search.warm_up(level);
        search
    }

    /// Requests walked so far.
    pub fn steps(&self) -> u64 {
        self.walker.steps + self.lanes.steps
    }

    /// The lowest level tried: one that warm traffic survives.
    pub(super) fn base(&self) -> Level {
        self.base
    }

    pub(super) fn rules(&self) -> Rules {
        self.subject.rules
    }

    /// How many alternatives there are to lose.
    pub(super) fn ways(&self) -> usize {
        self.losses.ways.len()
    }

    /// The lowest level that survives. `seeds`: what came near with the same losses on another axis; `elsewhere`: moments that
    /// came near with other losses. `exhaustive`: go on until every moment is cleared.
    pub fn find(mut self, seeds: &[Case], elsewhere: &[usize], exhaustive: bool) -> Found {
        for case in seeds {
            self.bring_near(*case);
        }
        self.approach();
        for moment in elsewhere {
            self.bring_all_near(*moment);
        }
        self.warm_up(self.limit);
        let ranked = self.rank();
        let tops = self.tops(&ranked[0]);
        for (_, case) in &tops {
            self.raise(*case);
        }
        let mildest = self.mildest(&tops);
        let mut near: Vec<(f64, Case)> =
            self.best(&ranked[0], CLIMBED).into_iter().map(|case| self.climb(case)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let effort = if exhaustive { u64::MAX } else { self.effort(1.0) };
        let certified = self.clear_all(&ranked, effort, false) && exhaustive;
        let others = self.best(&ranked[0], NEAR);
        let sown = seeds.iter().take(SOWN).copied();
        let cases = self.case.into_iter().chain(sown).chain(near.into_iter().map(|(_, case)| case)).chain(others);
        let cases = cases.collect();
        Found { level: self.limit, case: self.case, near: cases, mildest, certified }
    }

    /// Whether the level that the search began with survives everywhere.
    pub fn survives(mut self) -> bool {
        let failed = |search: &Search<'_>| search.limit > search.base;
        self.approach();
        if failed(&self) {
            return false;
        }
        let ranked = self.rank();
        for case in self.best(&ranked[0], CLIMBED) {
            self.climb(case);
            if failed(&self) {
                return false;
            }
        }
        let effort = self.effort(1.0);
        self.clear_all(&ranked, effort, true);
        !failed(&self)
    }

    /// Requests to walk without a find before clearing is given up.
    pub(super) fn effort(&self, share: f64) -> u64 {
        let requests = (self.subject.tape.len() - self.subject.start) as f64;
        (share * (WALKS_PER_REQUEST * requests).max(LEAST_WALKS)) as u64
    }

    /// The backend that the loss that is felt the least needs, about: each needs what its worst moment of a few does. `None`
    /// where there is but one, and for loads. `tops`: the worst case of each loss, the worst first.
    fn mildest(&mut self, tops: &[(f64, Case)]) -> Option<Level> {
        if self.ways() == 1 || matches!(self.axis, Axis::Load { .. }) {
            return None;
        }
        let mut worst = (self.limit, self.case);
        let mut mildest = Level::MAX;
        for (_, case) in tops.iter().rev().take(MILDEST) {
            (self.limit, self.case) = (self.base, None);
            self.raise(*case);
            mildest = mildest.min(self.limit);
            if self.limit > worst.0 {
                worst = (self.limit, self.case);
            }
        }
        (self.limit, self.case) = worst;
        Some(mildest)
    }

    pub(super) fn warm_up(&mut self, level: Level) {
        (self.level, self.warmed) = (level, level);
        let Subject { tape, hits, start, rules } = &self.subject;
        // Levels from the warm limit on survive.
        let _ = self.warm.walk(tape, hits, *start, self.axis.point(level), rules);
    }

    /// The peak after a loss at any of the moments, at the level of `warm`.
    pub(super) fn peak(&mut self, loss: usize, moments: Range<usize>, until: Until) -> Peak {
        let point = self.axis.point(self.level);
        let Subject { tape, rules, .. } = &self.subject;
        self.walker.walk(
            tape,
            &self.warm,
            point,
            rules,
            Block { lost: self.losses.ways[loss], moments, room: self.room },
            until,
        )
    }

    /// Whether some loss at these moments is not survived at the present level, as far as one walk can say.
    fn fails(&mut self, loss: usize, moments: Range<usize>) -> bool {
        let rules = self.subject.rules;
        if self.peak(loss, moments.clone(), Until::Decided).survives(&rules) {
            return false;
        }
        let stale = self.level - self.warmed;
        if stale == 0 || (moments.len() > 1 && stale < STALE) {
            return true;
        }
        self.warm_up(self.level);
        !self.peak(loss, moments, Until::Decided).survives(&rules)
    }

    /// About how many levels above that of `warm` a case needs: the work that came since the backend was last idle, over the
    /// time until the last of it must be answered.
    pub(super) fn excess(&mut self, case: Case) -> f64 {
        let peak = self.peak(case.loss, case.moment..case.moment + 1, Until::Past);
        let factor = (peak.wait + peak.busy) / (self.subject.rules.patience + peak.busy);
        factor.max(1e-3).log2() * f64::from(STEPS_PER_OCTAVE)
    }

    /// So many patiences at the present level, in nanoseconds of the trace.
    pub(super) fn apart(&self, patiences: f64) -> u64 {
        self.subject.rules.nanoseconds(patiences, self.axis.point(self.level).load)
    }

    /// The position so many nanoseconds after (or before) another.
    pub(super) fn moved(&self, moment: usize, by: i64) -> usize {
        let tape = &self.subject.tape;
        let at = tape.times[moment].saturating_add_signed(by);
        tape.position_at(at).clamp(self.subject.start, tape.len() - 1)
    }

    /// At most `count` moments, evenly spaced in time.
    pub(super) fn spread(&self, count: usize) -> Vec<usize> {
        let Subject { tape, start, .. } = &self.subject;
        let (first, last) = (tape.times[*start], tape.times[tape.len() - 1]);
        let at = |i: usize| first + (u128::from(last - first) * i as u128 / count as u128) as u64;
        let mut moments: Vec<usize> = (0..count).map(|i| tape.position_at(at(i)).max(*start)).collect();
        moments.dedup();
        moments
    }

    /// Brings the limit near: far below it walks are long and say little.
    fn approach(&mut self) {
        self.warm_up(self.limit);
        for moment in self.spread(FIRST) {
            self.bring_all_near(moment);
        }
        self.warm_up(self.limit);
    }

    fn bring_all_near(&mut self, moment: usize) {
        for loss in 0..self.ways() {
            self.bring_near(Case { loss, moment });
        }
    }

    /// Raises the limit to what a case needs, before cases are compared.
    fn bring_near(&mut self, case: Case) {
        self.raise(case);
        self.level = self.limit;
        if self.level - self.warmed > FAR {
            self.warm_up(self.level);
        }
    }

    /// Goes uphill from a case, in smaller and smaller strides, and raises the limit to what the top needs.
    fn climb(&mut self, case: Case) -> (f64, Case) {
        let (mut here, mut need) = (case, self.excess(case));
        let mut stride = self.apart(0.25) as i64;
        let finest = self.apart(FINEST) as i64;
        while stride > finest {
            let sides = [self.moved(here.moment, -stride), self.moved(here.moment, stride)];
            let better = sides.into_iter().filter(|moment| *moment != here.moment).find_map(|moment| {
                let there = Case { moment, ..here };
                let excess = self.excess(there);
                (excess > need).then_some((there, excess))
            });
            match better {
                Some(found) => (here, need) = found,
                None => stride /= 2,
            }
        }
        self.raise(here);
        (need, here)
    }

    /// Raises the limit to what a case needs, by walks of its neighbourhood alone.
    fn raise(&mut self, case: Case) {
        let limit = self.limit;
        if self.surely_survives(case, limit) || self.alone_survives(case, limit) {
            return;
        }
        // What the case needs at the level of the warm walk says about where to begin.
        let guess = (f64::from(self.level) + self.excess(case)).ceil() as Level;
        let guess = guess.clamp(limit + 1, limit + STEPS_PER_OCTAVE);
        if let Some(level) = lowest(guess, &mut |level| level > limit && self.alone_survives(case, level)) {
            (self.limit, self.case) = (level, Some(case));
        }
    }

    /// Whether a case survives even with the backlog of the warm walk, where that is of a harder level or this one: it is no
    /// smaller then. Most do.
    fn surely_survives(&mut self, case: Case, level: Level) -> bool {
        if self.warmed > level {
            return false;
        }
        let before = std::mem::replace(&mut self.level, level);
        let peak = self.peak(case.loss, case.moment..case.moment + 1, Until::Alone);
        self.level = before;
        peak.survives(&self.subject.rules)
    }

    /// Whether a case survives at a level not below that of `warm`. Warm traffic is walked from where it left the backend idle,
    /// well before.
    fn alone_survives(&mut self, case: Case, level: Level) -> bool {
        let Subject { tape, hits, start, rules } = self.subject;
        let point = self.axis.point(level);
        let early = tape.times[case.moment].saturating_sub(self.apart(1.0));
        let idle = |i: &usize| tape.times[*i] <= early && self.warm.backlog[*i] == 0.0;
        let from = (start..case.moment).rev().find(idle).unwrap_or(start);
        let mut span = 4096;
        loop {
            let end = (case.moment + span).min(tape.len());
            let part = tape.up_to(end);
            if self.local.fill(&part, hits, from..end, point, &rules).is_err() {
                return false;
            }
            let before = self.walker.steps;
            let block = Block::at(self.losses.ways[case.loss], case.moment, self.room);
            let peak = self.walker.walk(&part, &self.local, point, &rules, block, Until::Alone);
            if !peak.survives(&rules) {
                return false;
            }
            let walked = (self.walker.steps - before) as usize;
            if case.moment + walked < end || end == tape.len() {
                return true;
            }
            span *= 4;
        }
    }

    /// Clears neighbourhoods in the order of rankings, until a share of them ([`CLEARED`]) or some `effort` requests brought no find, or
    /// (where the `first` failure is enough) the limit was raised. True where all were cleared.
    fn clear_all(&mut self, ranked: &[Vec<(f64, Case)>; 3], effort: u64, first: bool) -> bool {
        let begins = self.neighbourhoods();
        let mut cleared = vec![false; begins.len()];
        // A yes or no is asked of the level itself.
        let slack = if first { 0 } else { SLACK };
        self.warm_up(self.limit + slack);
        let mut stop = self.steps().saturating_add(effort);
        let mut limit = self.limit;
        let share = (CLEARED * begins.len() as f64) as usize;
        let (mut visited, most) = (0, if effort == u64::MAX { usize::MAX } else { share.max(LEAST_CLEARED) });
        let longest = ranked.iter().map(Vec::len).max().unwrap_or(0);
        let in_turn = (0..longest).flat_map(|i| ranked.iter().filter_map(move |list| list.get(i)));
        let of = |case: &Case| begins.partition_point(|begin| *begin <= case.moment) - 1;
        for place in in_turn.map(|(_, case)| of(case)).chain(0..begins.len()) {
            if std::mem::replace(&mut cleared[place], true) {
                continue;
            }
            if self.limit > limit {
                // Where one was found, others are near.
                (limit, stop) = (self.limit, self.steps().saturating_add(effort));
                visited = 0;
            }
            visited += 1;
            if self.steps() >= stop || visited > most || (first && self.limit > self.base) {
                return false;
            }
            let end = begins.get(place + 1).copied().unwrap_or(self.subject.tape.len());
            let mut from = begins[place];
            while from < end {
                let to = (from + BLOCK).min(end);
                for loss in self.failing(from..to) {
                    self.clear(loss, from..to, slack);
                }
                from = to;
            }
        }
        true
    }

    /// Where neighbourhoods begin that hold a request.
    fn neighbourhoods(&self) -> Vec<usize> {
        let Subject { tape, start, .. } = self.subject;
        let width = self.apart(REACH);
        let number = |i: usize| (tape.times[i] - tape.times[start]) / width;
        (start..tape.len()).filter(|i| *i == start || number(*i) != number(*i - 1)).collect()
    }

    /// The losses that are not survived at some of these moments, as far as one walk can say.
    fn failing(&mut self, moments: Range<usize>) -> Vec<usize> {
        if self.ways() == 1 {
            return if self.fails(0, moments) { vec![0] } else { Vec::new() };
        }
        let point = self.axis.point(self.level);
        let Subject { tape, rules, .. } = &self.subject;
        let all = Alternatives { losses: self.losses, moments, room: self.room };
        self.lanes.failing(tape, &self.warm, point, rules, all)
    }

    /// Clears the moments of a block that failed; walks are `slack` levels above the limit.
    fn clear(&mut self, loss: usize, block: Range<usize>, slack: Level) {
        let mut from = block.start;
        while from < block.end {
            let to = (from + self.stride).min(block.end);
            if !self.fails(loss, from..to) {
                if to - from == self.stride {
                    self.stride = (2 * self.stride).min(BLOCK);
                }
                from = to;
            } else if to - from > 1 {
                self.stride = (to - from) / 2;
            } else {
                self.limit = self.level;
                self.raise(Case { loss, moment: from });
                self.level = self.limit + slack;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{Made, requests};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Whatever level the warm walk is of: that of the losses that look the mildest is sought below it.
        #[test]
        fn what_surely_survives_does(
            requests in requests(),
            single_flight in any::<bool>(),
            (above, at) in (0i32..600, 0usize..250),
        ) {
            let made = Made::of(requests, 10);
            let rules = Rules { patience: 0.09, service_time: 0.01, single_flight };
            let subject = Subject { tape: made.tape(), hits: &made.hits, start: 0, rules };
            let axis = Axis::Backend { load: 1.0 };
            let Some(lowest_warm) = subject.warm_level(axis, 0) else { return Ok(()) };
            let losses = Losses::of(1, 3);
            let mut search = Search::new(subject, axis, &losses, lowest_warm);
            search.warm_up(lowest_warm + above);
            for loss in 0..3 {
                let case = Case { loss, moment: at.min(made.times.len() - 1) };
                for level in [lowest_warm, lowest_warm + above / 2, lowest_warm + above] {
                    if search.surely_survives(case, level) {
                        search.warm_up(level);
                        prop_assert!(search.alone_survives(case, level), "{case:?} at {level}");
                        search.warm_up(lowest_warm + above);
                    }
                }
            }
        }
    }
}
