//! Cases in the order in which they are worth a look: those that were walked, and those that look crowded.
//!
//! Where a walk's answer is dear, a rank is cheap: a search climbs and clears the first of these. It knows what a search does,
//! and nothing of what follows.

use super::crowd::crowds;
use super::search::{Case, FIRST, REACH, Search, Subject};

/// Crowded cases that are walked, of each kind.
const CROWDED: usize = 192;
/// The longest warm waits before which losses are tried.
const BUSY: usize = 3;
/// Of the effort of a search, the share that ranks moments.
const RANKING: f64 = 0.005;

impl Search<'_> {
    /// Cases and what each needs, about: those that were walked, and those that look crowded, the worst first.
    pub(super) fn rank(&mut self) -> [Vec<(f64, Case)>; 3] {
        let effort = self.effort(RANKING);
        let before = self.walker.steps;
        let mut moments = self.spread(FIRST / 2);
        let mut ranked = Vec::new();
        self.try_all(&moments, &mut ranked);
        let each = ((self.walker.steps - before) / moments.len().max(1) as u64).max(1);
        moments = self.spread((effort / each).clamp(FIRST as u64, 20_000) as usize);
        moments.extend(self.busy_moments());
        self.try_all(&moments, &mut ranked);
        let crowded = [0.0, 0.5].map(|delay| self.crowded(delay));
        for case in crowded.iter().flat_map(|crowded| self.best(crowded, CROWDED)).collect::<Vec<_>>() {
            ranked.push((self.excess(case), case));
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let [at_once, delayed] = crowded;
        [ranked, at_once, delayed]
    }

    fn try_all(&mut self, moments: &[usize], into: &mut Vec<(f64, Case)>) {
        for moment in moments {
            for loss in 0..self.losses.ways.len() {
                let case = Case { loss, moment: *moment };
                into.push((self.excess(case), case));
            }
        }
    }

    /// Moments before the longest waits of warm traffic: what is lost there comes on top.
    fn busy_moments(&self) -> Vec<usize> {
        let Subject { tape, start, .. } = &self.subject;
        let width = self.apart(1.0);
        let wait = |i: usize| self.warm.backlog[i];
        let mut longest: Vec<(f64, usize)> = Vec::new();
        let mut slot = u64::MAX;
        for i in *start..tape.len() {
            let wait = wait(i);
            if tape.times[i] / width != slot {
                slot = tape.times[i] / width;
                longest.push((wait, i));
            } else if let Some(last) = longest.last_mut()
                && wait > last.0
            {
                *last = (wait, i);
            }
        }
        longest.sort_by(|a, b| b.0.total_cmp(&a.0));
        let before = |peak: usize| (0..4).map(move |i| (peak, i));
        longest
            .iter()
            .take(BUSY)
            .flat_map(|(_, peak)| before(*peak))
            .map(|(peak, i)| self.moved(peak, -(self.apart(0.5) as i64) * i))
            .collect()
    }

    /// The most crowded moments with each loss, the most crowded first.
    fn crowded(&self, delay: f64) -> Vec<(f64, Case)> {
        let Subject { tape, start, rules, .. } = &self.subject;
        let patience = rules.patience * self.axis.point(self.level).load * 1e9;
        let point = self.axis.point(self.level);
        crowds(tape, &self.warm, *start, (self.losses, self.room), point, patience, (delay * patience) as u64)
    }

    /// The worst case of each loss, the worst first.
    pub(super) fn tops(&self, ranked: &[(f64, Case)]) -> Vec<(f64, Case)> {
        let mut seen = vec![false; self.ways()];
        ranked.iter().filter(|(_, case)| !std::mem::replace(&mut seen[case.loss], true)).copied().collect()
    }

    /// The best of a ranking, at most `count`, no two of one loss in one neighbourhood.
    pub(super) fn best(&self, ranked: &[(f64, Case)], count: usize) -> Vec<Case> {
        let times = self.subject.tape.times;
        let apart = self.apart(REACH);
        let mut best: Vec<Case> = Vec::new();
        for (_, case) in ranked {
            if best.len() == count {
                break;
            }
            let near =
                |other: &Case| other.loss == case.loss && times[other.moment].abs_diff(times[case.moment]) < apart;
            if !best.iter().any(near) {
                best.push(*case);
            }
        }
        best
    }
}
