//! The worst cases walked with the real cache, as the predicate of docs/definitions.md says: answers enter when they come.
//!
//! The cache passes the trace, each miss filled at once, and is forked where the backend was idle last before each case.
//! From there on answers come when they come. Real caches do not always survive from some level on: for a policy whose
//! hits reorder, a slightly easier level may fail. So the limit is the lowest level from which on all that are tried survive.
//! Where hits do not bound what a loss does, it passes a second time, and moments around the worst cases are walked too, ever
//! closer to the longest waits.

use super::aftermath::{Block, Until, Walker as Shadow};
use super::lattice::{Axis, Level, lowest};
use super::search::{Case, Subject};
use super::tape::Point;
use super::warm::{STEPS_PER_CHECK, Warm};
use crate::interrupt::Interrupt;
use crate::placement::Losses;
use crate::replay::any_cache::AnyCache;
use crate::replay::survival::Walker;
use crate::request::{Requests, compressed};
use crate::service::Service;
use std::borrow::Cow;

/// Levels above a surviving one that must survive as well: up to 3 % above it.
const BEYOND: [Level; 6] = [44, 30, 20, 12, 6, 2];
/// The same for warm traffic, whose walks are as long as the trace.
const BEYOND_WARM: [Level; 3] = [30, 14, 5];
/// Where hits do not bound what a loss does: of how many cases, no two within [`APART`] patiences, the neighbourhood is walked.
const REGIONS: usize = 8;
const APART: f64 = 0.5;
/// Step by step, the moments that are walked around that of the longest wait so far, in patiences, where that wait is at least
/// so long: the finer the step, the less it adds. The first reach back: a cache whose evictions after a loss are others than
/// its twin's may be hurt the most somewhat earlier than hits say.
const AROUND: [(f64, &[f64]); 4] = [
    (0.4, &[-8.0, -4.0, -2.0, -1.0, -0.5, -0.25, 0.25, 0.5, 1.0]),
    (0.65, &[-0.8, -0.4, -0.2, 0.2, 0.4]),
    (0.8, &[-0.3, -0.15, 0.15, 0.3]),
    (0.9, &[-0.12, -0.06, 0.06, 0.12]),
];
/// Patiences before a case that [`AROUND`] may reach.
const REACH: f64 = 10.5;
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
struct Part {
    /// Where the walk begins: the backend is idle there.
    from: usize,
    /// Where it ends.
    end: usize,
    /// What is lost in it; `None` for warm traffic.
    case: Option<Case>,
}

/// Finds parts, from walks over hits.
struct Parts<'a> {
    subject: Subject<'a>,
    losses: &'a Losses,
    point: Point,
    warm: Warm,
    shadow: Shadow,
}

impl Parts<'_> {
    /// So many patiences, in nanoseconds of the trace.
    fn nanoseconds(&self, patiences: f64) -> u64 {
        self.subject.rules.nanoseconds(patiences, self.point.load)
    }

    /// The last position at which the backend is idle, so many patiences before another.
    fn idle_before(&self, moment: usize, patiences: f64) -> usize {
        let Subject { tape, start, .. } = self.subject;
        let early = tape.times[moment].saturating_sub(self.nanoseconds(patiences));
        let idle = |i: &usize| tape.times[*i] <= early && self.warm.backlog[*i] == 0.0;
        (start..=moment).rev().find(idle).unwrap_or(start)
    }

    /// The part that a case needs.
    fn of(&mut self, case: Case) -> Part {
        let Subject { tape, rules, .. } = self.subject;
        let steps = self.shadow.steps;
        let lost = Block::at(self.losses.ways[case.loss], case.moment, self.subject.room(self.losses));
        self.shadow.walk(&tape, &self.warm, self.point, &rules, lost, Until::Alone);
        let took = (self.shadow.steps - steps) as usize;
        let later = tape.position_at(tape.times[case.moment].saturating_add(self.nanoseconds(2.0)));
        let end = (case.moment + LONGER * took).max(later).min(tape.len());
        Part { from: self.idle_before(case.moment, 1.0), end, case: Some(case) }
    }

    /// The cases with the longest waits, no two in one neighbourhood.
    fn apart(&self, mut waits: Vec<(f64, Case)>) -> Vec<(f64, Case)> {
        waits.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (times, apart) = (self.subject.tape.times, self.nanoseconds(APART));
        let mut best: Vec<(f64, Case)> = Vec::new();
        for (wait, case) in waits {
            let near = |(_, other): &(f64, Case)| {
                other.loss == case.loss && times[other.moment].abs_diff(times[case.moment]) < apart
            };
            if best.len() < REGIONS && !best.iter().any(near) {
                best.push((wait, case));
            }
        }
        best
    }

    /// The case so many patiences later (or earlier).
    fn moved(&self, case: Case, patiences: f64) -> Case {
        let Subject { tape, start, .. } = self.subject;
        let by = self.nanoseconds(patiences.abs()) as i64 * patiences.signum() as i64;
        let time = tape.times[case.moment].saturating_add_signed(by);
        Case { moment: tape.position_at(time).clamp(start, tape.len() - 1), ..case }
    }
}

/// Walks with the real cache at levels of a claim.
struct Walks<'a> {
    confirm: &'a Confirm<'a>,
    claim: &'a Claim<'a>,
    /// Passes the trace; what it has passed; and how it began.
    cache: &'a mut Box<dyn AnyCache>,
    passed: usize,
    empty: Box<dyn AnyCache>,
    copy: Box<dyn AnyCache>,
    /// When requests arrive at the load of the pass.
    times: Cow<'a, [u64]>,
    walker: Walker,
    level: Level,
    raised_by: Option<Case>,
}

impl Walks<'_> {
    /// Lets the cache pass the trace up to a position.
    fn pass(&mut self, to: usize) {
        if to < self.passed {
            self.empty.copy_to(self.cache);
            self.passed = 0;
        }
        let requests = Requests { times: &self.times, ..self.confirm.requests };
        while self.passed < to && !self.confirm.interrupt.is_set() {
            let next = to.min(self.passed + STEPS_PER_CHECK);
            self.cache.replay(&requests.slice(self.passed..next));
            self.passed = next;
        }
    }

    /// Raises the level to what the part needs; the longest wait that was in time. The cache has not passed its begin.
    fn settle(&mut self, part: Part, beyond: &[Level], always: bool) -> f64 {
        let mut longest = 0.0;
        let before = self.level;
        self.level = settled(before, beyond, always, &mut |level| {
            let survives = self.survives(level, part);
            if survives {
                longest = self.walker.longest();
            }
            survives
        });
        if self.level > before {
            self.raised_by = part.case;
        }
        longest
    }

    fn survives(&mut self, level: Level, part: Part) -> bool {
        let confirm = self.confirm;
        if confirm.interrupt.is_set() {
            return true;
        }
        let (point, begin) = (self.claim.axis.point(level), self.times[part.from]);
        let requests = confirm.requests.slice(part.from..part.end);
        let times = compressed(requests.times, requests.times[0], begin, point.load);
        let requests = Requests { times: &times, ..requests };
        self.cache.copy_to(&mut self.copy);
        let missing = Requests { times: &self.times, ..confirm.requests }.slice(self.passed..part.from);
        self.copy.replay(&missing);
        self.walker.begin(begin);
        let (copy, walker) = (&mut self.copy, &mut self.walker);
        let mut walk = |copy: &mut Box<dyn AnyCache>, requests: Requests<'_>| {
            confirm.interrupt.is_set() || copy.walk(walker, &requests, &confirm.service, point.mu).is_none()
        };
        let Some((case, losses)) = part.case.zip(self.claim.losses) else { return walk(copy, requests) };
        let moment = case.moment - part.from;
        if !walk(copy, requests.slice(0..moment)) {
            return false;
        }
        copy.lose(losses.ways[case.loss], confirm.key_hashes);
        walk(copy, requests.slice(moment..requests.len()))
    }

    /// Walks moments around a case, ever closer to the longest wait. `best`: its wait.
    fn climb(&mut self, parts: &mut Parts<'_>, mut best: (f64, Case)) {
        self.pass(parts.idle_before(best.1.moment, REACH));
        let mut tried = vec![best.1];
        for (worth, steps) in AROUND {
            if best.0 < worth * parts.subject.rules.patience * 1e9 {
                break;
            }
            let middle = best.1;
            for step in steps {
                let case = parts.moved(middle, *step);
                let part = parts.of(case);
                if tried.contains(&case) || part.from < self.passed {
                    continue;
                }
                tried.push(case);
                let wait = self.settle(part, &BEYOND, false);
                if wait > best.0 {
                    best = (wait, case);
                }
            }
        }
    }
}

impl Confirm<'_> {
    /// The level that the real cache needs: that of the claim, or a higher one, with the case that needs it. `cache` is empty.
    pub fn level(&self, cache: &mut Box<dyn AnyCache>, claim: &Claim<'_>) -> (Level, Option<Case>) {
        // Lives end after so many real seconds, so where there are any what is cached depends on the load.
        let load = if self.requests.ttls.is_some() { claim.axis.point(claim.level).load } else { 1.0 };
        let mut walks = Walks {
            confirm: self,
            claim,
            passed: 0,
            empty: cache.fork(),
            copy: cache.fork(),
            walker: Walker::new(cache.object_count()),
            cache,
            times: compressed(self.requests.times, 0, 0, load),
            level: claim.level,
            raised_by: None,
        };
        let Subject { tape, hits, start, rules } = self.subject;
        let Some(losses) = claim.losses else {
            walks.pass(start);
            walks.settle(Part { from: start, end: tape.len(), case: None }, &BEYOND_WARM, true);
            return (walks.level, None);
        };
        let (point, mut warm) = (claim.axis.point(claim.level), Warm::default());
        if warm.walk(&tape, hits, start, point, &rules).is_err() {
            return (walks.level, None);
        }
        let mut parts = Parts { subject: self.subject, losses, point, warm, shadow: Shadow::default() };
        let mut in_order: Vec<Part> = claim.cases.iter().map(|case| parts.of(*case)).collect();
        in_order.sort_by_key(|part| part.from);
        let mut waits: Vec<(f64, Case)> = Vec::new();
        for part in in_order {
            let always = part.case == claim.cases.first().copied();
            walks.pass(part.from);
            let wait = walks.settle(part, &BEYOND, always);
            waits.extend(part.case.map(|case| (wait, case)));
        }
        if !claim.bound {
            let mut best = parts.apart(waits);
            best.sort_by_key(|(_, case)| case.moment);
            for best in best {
                walks.climb(&mut parts, best);
            }
        }
        (walks.level, walks.raised_by)
    }
}

/// The lowest level, from `level` on, that survives as do those `beyond` it that are tried; `always`: even where it need not
/// rise.
fn settled(level: Level, beyond: &[Level], always: bool, survives: &mut dyn FnMut(Level) -> bool) -> Level {
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
