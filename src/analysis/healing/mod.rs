//! Hidden capacity, measured: which share of simulated outages heals, by load, beside the safe bound.
//!
//! One cell after the other, trials side by side: a full flush at each of some moments, with other seeds and distributions of
//! service times. Each distribution has its own curve, and what is printed is the lower. Only where outages cease to heal is
//! the warm cache tried as well: where it does not stay well either, the flush is not to blame. Moments and loads are chosen
//! from the cell's own limits alone, so that a policy's result does not depend on its company.

mod curve;
mod experiment;
#[cfg(test)]
mod tests;

pub(super) use experiment::{Effort, Experiment, Try};
pub use experiment::{Estimate, Healing, Point};

use super::outage::closed_loop::Draw;
use crate::analysis::job::new_cache;
use crate::error::Result;
use crate::hash::mix;
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::outage::backend::Scatter;
use crate::outage::run::Scenario;
use crate::policy::Capacity;
use crate::replay::any_cache::AnyCache;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::windows::Windows;
use crate::request::{Request, Requests, SECOND};
use crate::trace::Trace;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Busiest windows at whose start a flush is tried.
const BUSIEST: usize = 3;
/// The lowest load tried lies so far below the safe bound: below it nothing was ever seen to stay down.
const BELOW_SAFE: f64 = 0.5;
/// Trials at the safe bound, for each distribution.
const AT_SAFE: usize = 60;
/// Of a cache in bytes, an object that is small takes one in so many parts of it.
const SMALL: u64 = 100;
/// A cache in bytes that is fuller than this may have decided something, whatever its policy.
const NEARLY_FULL: f64 = 0.9;
/// A trial is judged by windows of this width.
const WINDOW: Seconds = Seconds(1.0);
/// It says something only if the trace goes on for so long after the loss, and for so many timeouts.
pub(super) const LEAST_AFTER_LOSS: (Seconds, f64) = (Seconds(30.0), 20.0);

/// What ended the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// A service that was well while warm stayed down after a flush.
    StaysDown,
    /// It healed at all loads up to the advertised one.
    Advertised,
    /// At the next load the warm cache does not stay well either: the flush is not to blame.
    OverloadedWarm,
    /// At higher loads the trace passes too fast for a trial to say anything.
    TraceTooShort,
    /// Any load survives a flush for sure.
    NoLimit,
}

impl End {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            End::StaysDown => "stays_down",
            End::Advertised => "advertised",
            End::OverloadedWarm => "overloaded_warm",
            End::TraceTooShort => "trace_too_short",
            End::NoLimit => "no_limit",
        }
    }
}

/// Measured hidden capacity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The healing curve; no loads where the flush is not to blame.
    pub healing: Healing,
    /// The share healed at the safe bound, with the distribution with which it is the smallest; `None` where none was tried.
    pub at_safe: Option<f64>,
    /// What ended the search.
    pub end: End,
    /// When the flush happens that most often did not heal, seconds since the trace began.
    pub worst_moment: Option<f64>,
}

/// A trial whose outcome is the same for all caches of one capacity that fill up without a decision.
type Shared = (Capacity, Trial);

/// A full flush, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Trial {
    moment: usize,
    /// The load factor's bits: loads are compared exactly.
    load: u64,
    /// Of the laboratory's distributions.
    service: usize,
    seed: u64,
    flushed: bool,
}

/// Where trials are run.
pub(super) struct Laboratory<'a> {
    pub trace: &'a Trace,
    /// The whole trace, or the same with other keys.
    pub requests: Requests<'a>,
    pub key_hashes: &'a [u32],
    /// How long an outage is followed.
    pub horizon: Seconds,
    pub interrupt: &'a Interrupt,
    pub model: Model,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// Distributions of service times.
    pub service_times: &'a [Scatter],
    pub seed: u64,
    pub threads: usize,
    /// Outcomes that other policies may take over.
    pub shared: Shelf,
}

/// Outcomes that are kept.
#[derive(Default)]
pub(super) struct Shelf(HashMap<Shared, bool>);

/// A cell, and where it loses its cache.
#[derive(Clone, Copy)]
pub(super) struct Outage<'a> {
    pub cell: &'a Cell,
    /// Positions.
    pub moments: &'a [usize],
    /// What is back in the cache at once, by moment, the most important first; nothing where there is no such list.
    pub filled: &'a [Vec<Request>],
    pub limits: Limits,
    pub effort: Effort,
}

/// What the trials of a cell need.
struct Subject<'a> {
    cell: &'a Cell,
    moments: &'a [usize],
    /// Whether other policies' outcomes are this one's until something is decided.
    shares: bool,
    /// The flushed cache at each moment.
    flushed: Vec<Box<dyn AnyCache>>,
    /// Caches of earlier trials, to be written over: a new one is memory that the system must clear.
    spare: Mutex<Vec<Box<dyn AnyCache>>>,
}

impl Subject<'_> {
    /// A copy of the flushed cache at a moment.
    fn flushed(&self, moment: usize) -> Box<dyn AnyCache> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match spare {
            Some(mut cache) => {
                self.flushed[moment].copy_to(&mut cache);
                cache
            }
            None => self.flushed[moment].fork(),
        }
    }

    /// Takes back what a trial needs no longer.
    fn give_back(&self, cache: Box<dyn AnyCache>) {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(cache);
    }
}

/// The limits of a cell that are known, in requests a second; `None` where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub safe: Option<f64>,
    pub advertised: Option<f64>,
    pub floor: Option<f64>,
}

impl Limits {
    /// All of them so many times as high.
    pub fn times(self, factor: f64) -> Limits {
        let of = |limit: Option<f64>| limit.map(|limit| limit * factor);
        Limits { safe: of(self.safe), advertised: of(self.advertised), floor: of(self.floor) }
    }
}

/// The moments at which outages of a cell are tried: where a flush is worst for it, the busiest windows, the end of warm-up.
pub(super) fn moments(windows: &Windows, warm: usize, worst: usize) -> Vec<usize> {
    let mut moments = windows.busiest_starts(warm, BUSIEST);
    moments.extend([warm, worst]);
    moments.sort_unstable();
    moments.dedup();
    moments
}

impl Laboratory<'_> {
    /// Measures one cell.
    pub(super) fn measure(&mut self, outage: Outage<'_>) -> Result<Measured> {
        let Outage { cell, moments, filled, limits, effort } = outage;
        let nothing = |end| Measured { healing: Healing::default(), at_safe: None, end, worst_moment: None };
        let Some(safe) = limits.safe else { return Ok(nothing(End::NoLimit)) };
        let advertised = limits.advertised.map_or(f64::INFINITY, |advertised| advertised / self.today);
        let readable = moments.iter().map(|moment| self.fastest(*moment)).fold(0.0, f64::max);
        let most = advertised.min(readable);
        let from = if safe > 0.0 { safe } else { limits.floor.filter(|floor| *floor > 0.0).unwrap_or(self.today) };
        let from = from / self.today;
        if from > readable {
            return Ok(nothing(End::TraceTooShort));
        }
        let flushed = |(i, at): (usize, &usize)| self.flushed(cell, *at, filled.get(i));
        let flushed = moments.iter().enumerate().map(flushed).collect::<Result<_>>()?;
        let shares = fills_up(cell, self.trace) && filled.is_empty();
        let subject = Subject { cell, moments, shares, flushed, spare: Mutex::default() };
        let readable = moments.iter().map(|at| (*at, self.fastest(*at))).collect();
        let experiment = Experiment::new((from.min(most) * BELOW_SAFE, most), readable, self.seed, effort);
        let (mut healing, failures) = experiment.healing(self.service_times, self.today, |service, tries| {
            let trial = |one: &Try| Trial {
                moment: subject.moments[one.moment],
                load: one.load.to_bits(),
                service,
                seed: one.seed,
                flushed: true,
            };
            self.run(&subject, &tries.iter().map(trial).collect::<Vec<_>>())
        })?;
        let worst = (0..failures.len()).filter(|i| failures[*i] > 0).max_by_key(|i| (failures[*i], usize::MAX - i));
        let end = match healing.hidden[0].load {
            None if most < advertised => End::TraceTooShort,
            None => End::Advertised,
            Some(load) if !self.flush_is_to_blame(&subject, load / self.today)? => End::OverloadedWarm,
            Some(_) => End::StaysDown,
        };
        if most == advertised {
            // More heal at every load that the warm cache carries, and above that the flush is not to blame.
            for estimate in healing.hidden.iter_mut().filter(|estimate| estimate.load.is_none()) {
                (estimate.load, estimate.high) = (limits.advertised, limits.advertised);
            }
        }
        if end == End::OverloadedWarm {
            (healing.hidden, healing.service) = ([Estimate::default(); 3], None);
        }
        let is_asked = safe > 0.0 && effort == Effort::Intervals;
        let at_safe = if is_asked { Some(self.healed_at(&subject, from)?) } else { None };
        Ok(Measured {
            healing,
            at_safe,
            end,
            worst_moment: worst.map(|i| self.requests.times[subject.moments[i]] as f64 / SECOND as f64),
        })
    }

    /// The share that heals at a load, with the distribution with which that is the smallest.
    fn healed_at(&mut self, subject: &Subject<'_>, load: f64) -> Result<f64> {
        let mut least = 1.0f64;
        for service in 0..self.service_times.len() {
            let each = AT_SAFE.div_ceil(subject.moments.len());
            let seeds = if self.service_times[service] == Scatter::Constant { 1 } else { each };
            let trial = |moment: usize, i: usize| Trial {
                moment,
                load: load.to_bits(),
                service,
                seed: mix(self.seed ^ mix(i as u64)),
                flushed: true,
            };
            let moments = subject.moments.iter().filter(|moment| load <= self.fastest(**moment));
            let trials: Vec<Trial> =
                moments.flat_map(|moment| (0..seeds).map(move |i| (*moment, i))).map(|(at, i)| trial(at, i)).collect();
            let well = self.run(subject, &trials)?;
            least = least.min(well.iter().filter(|well| **well).count() as f64 / well.len().max(1) as f64);
        }
        Ok(least)
    }

    /// Whether at some moment the warm cache stays well at this load with every distribution.
    fn flush_is_to_blame(&mut self, subject: &Subject<'_>, load: f64) -> Result<bool> {
        for moment in subject.moments.iter().copied() {
            if load > self.fastest(moment) {
                continue;
            }
            let of = |service| Trial { moment, load: load.to_bits(), service, seed: self.seed, flushed: false };
            let trials: Vec<Trial> = (0..self.service_times.len()).map(of).collect();
            if self.run(subject, &trials)?.into_iter().all(|well| well) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether each trial ended well.
    fn run(&mut self, subject: &Subject<'_>, trials: &[Trial]) -> Result<Vec<bool>> {
        let cell = subject.cell;
        let shares = subject.shares;
        let key = |trial: &Trial| (cell.capacity, *trial);
        let is_known = |trial: &&Trial| shares && self.shared.0.contains_key(&key(trial));
        let unknown: Vec<Trial> = trials.iter().filter(|trial| !is_known(trial)).copied().collect();
        let ended = grid::run(&unknown, self.threads, |trial| {
            self.interrupt.check()?;
            self.try_one(subject, trial)
        })?;
        let mut ended: HashMap<Trial, Ended> = unknown.into_iter().zip(ended).collect();
        let alike = ended.iter().filter(|(trial, ended)| shares && trial.flushed && !ended.decided);
        self.shared.0.extend(alike.map(|(trial, ended)| (key(trial), ended.well)));
        let outcome = |trial: &Trial| match ended.remove(trial) {
            Some(ended) => ended.well,
            None => self.shared.0[&key(trial)],
        };
        Ok(trials.iter().map(outcome).collect())
    }

    /// The empty cache after a flush; times to live that were said before it still hold.
    fn flushed(&self, cell: &Cell, moment: usize, filled: Option<&Vec<Request>>) -> Result<Box<dyn AnyCache>> {
        let mut cache = new_cache(cell, self.trace)?;
        if self.trace.ttls.is_some() {
            cache.replay(&self.requests.slice(0..moment));
            cache.flush();
        }
        if let Some(filled) = filled {
            // What matters most enters last: a policy of recency keeps it longest.
            cache.fill(&mut filled.iter().rev(), self.requests.times[moment]);
        }
        Ok(cache)
    }

    /// One trial.
    fn try_one(&self, subject: &Subject<'_>, trial: &Trial) -> Result<Ended> {
        let Trial { moment, load, service, seed, flushed } = *trial;
        let history = self.requests.slice(0..moment);
        let mut cache = match subject.moments.iter().position(|own| *own == moment).filter(|_| flushed) {
            Some(i) => subject.flushed(i),
            None => {
                let mut cache = new_cache(subject.cell, self.trace)?;
                cache.replay(&history);
                cache
            }
        };
        let draw = Draw { service: self.service_times[service], seed };
        let scenario = Scenario {
            requests: self.aftermath(moment),
            history,
            key_hashes: self.key_hashes,
            load: f64::from_bits(load),
            model: draw.model(&self.model),
            steps: Vec::new(),
            window: WINDOW,
            seed,
        };
        let outcome = cache.trial(&scenario, Seconds(0.0), self.horizon);
        let is_nearly_full = subject.cell.capacity.bytes().is_some() && cache.filled() > NEARLY_FULL;
        subject.give_back(cache);
        Ok(Ended {
            well: outcome.healed || outcome.user_seconds_lost == 0.0,
            decided: outcome.decided || is_nearly_full,
        })
    }

    /// The requests from a moment to the horizon.
    fn aftermath(&self, moment: usize) -> Requests<'_> {
        let end = self.requests.times[moment].saturating_add(self.horizon.nanoseconds());
        self.requests.slice(moment..self.requests.position_at(end))
    }

    /// The largest load factor at which enough of the trace is left after a moment.
    fn fastest(&self, moment: usize) -> f64 {
        fastest(&self.aftermath(moment), self.model.client.timeout)
    }
}

/// The largest load factor at which enough of these requests comes for a trial to say something.
pub(super) fn fastest(aftermath: &Requests<'_>, timeout: Seconds) -> f64 {
    let times = aftermath.times;
    let rest = times.last().map_or(0, |last| last - times[0]) as f64 / SECOND as f64;
    let (least, timeouts) = LEAST_AFTER_LOSS;
    rest / least.0.max(timeouts * timeout.0)
}

/// Whether a cell's cache holds whatever was fetched until it is full, as all caches do that admit everything: the same
/// then happens in all of them. In bytes an object may be too large for a part of one of them, and parts overflow a little
/// before the whole does: so objects must be small, and the cache is taken to be full at [`NEARLY_FULL`].
fn fills_up(cell: &Cell, trace: &Trace) -> bool {
    let policy = &cell.policy;
    let is_small = |size: &u32| u64::from(*size) <= cell.capacity.amount() / SMALL;
    let fits = match cell.capacity {
        Capacity::Objects(_) => true,
        // Without writes and times to live nothing leaves it, and it was never fuller than in the end.
        Capacity::Bytes(_) => {
            trace.ops.is_none()
                && trace.ttls.is_none()
                && trace.sizes.as_ref().is_some_and(|sizes| sizes.iter().all(is_small))
        }
    };
    fits && policy.filter().is_none() && policy.info().fills_up
}

/// How a trial ended.
struct Ended {
    /// It healed, or nobody ever waited in vain.
    well: bool,
    /// The policy decided something.
    decided: bool,
}
