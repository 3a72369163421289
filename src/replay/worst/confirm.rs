//! The worst cases walked with the real cache, as the predicate of docs/definitions.md says: answers enter when they come.
//!
//! The cache passes the trace once, each miss filled at once, and is forked where the backend was idle last before each case.
//! From there on answers come when they come. Real caches do not always survive from some level on: for a policy whose
//! hits reorder, a slightly easier level may fail. So the limit is the lowest level from which on all that are tried survive.
//! Where hits do not bound what a loss does, moments around the cases are walked too, ever closer to the longest waits.

use super::aftermath::{Block, Until, Walker as Shadow};
use super::lattice::{Axis, Level, lowest};
use super::search::{Case, Subject};
use super::warm::Warm;
use crate::interrupt::Interrupt;
use crate::placement::{Losses, Lost};
use crate::replay::any_cache::AnyCache;
use crate::replay::survival::Walker;
use crate::request::{Requests, compressed};
use crate::service::Service;

/// Levels above a surviving one that must survive as well: up to 3 % above it.
const BEYOND: [Level; 6] = [44, 30, 20, 12, 6, 2];
/// The same for warm traffic, whose walks are as long as the trace.
const BEYOND_WARM: [Level; 3] = [30, 14, 5];
/// Round by round, how many of the cases with the longest waits are looked at more closely, and the moments around them that
/// are walked, in patiences. The first reaches back: a cache whose evictions after a loss are others than its twin's may be hurt
/// the most somewhat earlier than hits say.
const ROUNDS: [(usize, &[f64]); 5] = [
    (8, &[-8.0, -4.0, -2.0, -1.0, -0.5, -0.25, 0.25, 0.5, 1.0]),
    (6, &[-0.8, -0.4, -0.2, 0.2, 0.4]),
    (5, &[-0.3, -0.15, 0.15, 0.3]),
    (4, &[-0.12, -0.06, 0.06, 0.12]),
    (3, &[-0.04, -0.02, 0.02, 0.04]),
];
/// Requests walked after the moment at which a walk over hits is settled, for each that it took.
const LONGER: usize = 2;

/// What a limit rests on.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// What it is sought for.
    pub axis: Axis,
    /// What is lost; `None` for warm traffic.
    pub losses: Option<&'a Losses>,
    /// The limit that hits alone give.
    pub level: Level,
    /// The cases to walk.
    pub cases: Vec<Case>,
    /// Whether hits bound what the loss does.
    pub bound: bool,
}

/// One trace and one cell.
pub struct Confirm<'a> {
    /// All requests, at the recorded load.
    pub requests: Requests<'a>,
    /// What walks over hits look at.
    pub subject: Subject<'a>,
    /// The service.
    pub service: Service,
    /// By object, where its key lives.
    pub key_hashes: &'a [u32],
    /// Once it is set, what is found is void.
    pub interrupt: &'a Interrupt,
}

/// A part of the trace that is walked.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// How far the cache has passed the trace before.
    passed: usize,
    from: usize,
    end: usize,
    /// What is lost, and before which position.
    lost: Option<(usize, Lost)>,
    /// The case that this is.
    case: Option<Case>,
    /// Levels above a surviving one that must survive as well.
    beyond: &'static [Level],
    /// Whether they are tried even where the level need not rise.
    always: bool,
}

impl Confirm<'_> {
    /// The level that the real cache needs: that of the claim, or a higher one, with the case that needs it. `cache` is empty.
    pub fn level(&self, cache: &mut Box<dyn AnyCache>, claim: &Claim<'_>) -> (Level, Option<Case>) {
        // Lives end after so many real seconds, so where there are any what is cached depends on the load.
        let load = if self.requests.ttls.is_some() { claim.axis.point(claim.level).load } else { 1.0 };
        let times = compressed(self.requests.times, 0, 0, load);
        let requests = Requests { times: &times, ..self.requests };
        let (mut copy, empty) = (cache.fork(), cache.fork());
        let mut walker = Walker::new(cache.object_count());
        let (mut level, mut raised_by) = (claim.level, None);
        let patience = self.subject.rules.patience * claim.axis.point(claim.level).load;
        let mut cases = claim.cases.clone();
        let rounds: &[(usize, &[f64])] = if claim.bound { &[] } else { &ROUNDS };
        let mut waits: Vec<(f64, Case)> = Vec::new();
        for round in 0..=rounds.len() {
            empty.copy_to(cache);
            for stretch in self.stretches(claim, &cases, round == 0) {
                cache.replay(&requests.slice(stretch.passed..stretch.from));
                let begin = times[stretch.from];
                let mut longest = 0.0;
                let before = level;
                level = settled(level, &stretch, &mut |level| {
                    let point = claim.axis.point(level);
                    let part = self.requests.slice(stretch.from..stretch.end);
                    let arrivals = compressed(part.times, part.times[0], begin, point.load);
                    let part = Requests { times: &arrivals, ..part };
                    cache.copy_to(&mut copy);
                    walker.begin(begin);
                    let mut walk = |cache: &mut dyn AnyCache, part: Requests<'_>| {
                        cache.walk(&mut walker, &part, &self.service, point.mu).is_none()
                    };
                    let Some((moment, lost)) = stretch.lost else {
                        return self.interrupt.is_set() || walk(&mut *copy, part);
                    };
                    let moment = moment - stretch.from;
                    if !walk(&mut *copy, part.slice(0..moment)) {
                        return self.interrupt.is_set();
                    }
                    copy.lose_where(&|object| lost.holds(self.key_hashes[object.index()]));
                    let survives = self.interrupt.is_set() || walk(&mut *copy, part.slice(moment..part.len()));
                    if survives {
                        longest = walker.longest();
                    }
                    survives
                });
                if level > before {
                    raised_by = stretch.case;
                }
                waits.extend(stretch.case.map(|case| (longest, case)));
            }
            let Some((count, steps)) = rounds.get(round) else { break };
            waits.sort_by(|a, b| b.0.total_cmp(&a.0));
            let best: Vec<Case> = waits.iter().take(*count).map(|(_, case)| *case).collect();
            cases = self.around(&best, &steps.iter().map(|step| step * patience).collect::<Vec<f64>>());
        }
        (level, raised_by)
    }

    /// Moments around those of cases, so many seconds before and after.
    fn around(&self, cases: &[Case], seconds: &[f64]) -> Vec<Case> {
        let Subject { tape, start, .. } = self.subject;
        let mut found: Vec<Case> = Vec::new();
        for Case { loss, moment } in cases {
            for seconds in seconds {
                let time = tape.times[*moment].saturating_add_signed((seconds * 1e9) as i64);
                let case = Case { loss: *loss, moment: tape.position_at(time).clamp(start, tape.len() - 1) };
                if !found.contains(&case) && !cases.contains(&case) {
                    found.push(case);
                }
            }
        }
        found
    }

    /// What is walked with the real cache for a claim, in order of the trace.
    fn stretches(&self, claim: &Claim<'_>, cases: &[Case], first: bool) -> Vec<Stretch> {
        let Subject { tape, hits, start, rules } = self.subject;
        let Some(losses) = claim.losses else {
            let (end, beyond) = (tape.len(), &BEYOND_WARM);
            return vec![Stretch { passed: 0, from: start, end, lost: None, case: None, beyond, always: true }];
        };
        let point = claim.axis.point(claim.level);
        let (mut warm, mut shadow) = (Warm::default(), Shadow::default());
        if warm.walk(&tape, hits, start, point, &rules).is_err() {
            return Vec::new();
        }
        let patience = (rules.patience * point.load * 1e9) as u64;
        let mut stretch = |(rank, case): (usize, &Case)| {
            let early = tape.times[case.moment].saturating_sub(patience);
            let idle = |i: &usize| tape.times[*i] <= early && warm.backlog[*i] == 0.0;
            let from = (start..=case.moment).rev().find(idle).unwrap_or(start);
            let before = shadow.steps;
            shadow.walk(
                &tape,
                &warm,
                point,
                &rules,
                Block::at(losses.ways[case.loss], case.moment, self.subject.room(losses)),
                Until::Alone,
            );
            let took = (shadow.steps - before) as usize;
            let later = tape.position_at(tape.times[case.moment].saturating_add(2 * patience));
            let end = (case.moment + LONGER * took).max(later).min(tape.len());
            let lost = Some((case.moment, losses.ways[case.loss]));
            let always = first && rank == 0;
            Stretch { passed: 0, from, end, lost, case: Some(*case), beyond: &BEYOND, always }
        };
        let mut stretches: Vec<Stretch> = cases.iter().enumerate().map(&mut stretch).collect();
        stretches.sort_by_key(|stretch| stretch.from);
        for i in 1..stretches.len() {
            stretches[i].passed = stretches[i - 1].from;
        }
        stretches
    }
}

/// The lowest level, from `level` on, that survives as do those beyond it that are tried.
fn settled(level: Level, stretch: &Stretch, survives: &mut dyn FnMut(Level) -> bool) -> Level {
    let Stretch { beyond, always, .. } = stretch;
    let mut level = level;
    if !survives(level) {
        match lowest(level + 1, &mut |at| at > level && survives(at)) {
            Some(found) => level = found,
            None => return level,
        }
    } else if !always {
        return level;
    }
    while let Some(failing) = beyond.iter().map(|step| level + step).find(|at| !survives(*at)) {
        level = failing + 1;
        if !survives(level) {
            level = lowest(level + 1, &mut |at| at > level && survives(at)).unwrap_or(level);
        }
    }
    level
}
