//! Hidden capacity, measured: between which loads simulated outages cease to heal, beside the safe bound.
//!
//! One cell after the other, the trials of a load side by side: a full flush at each moment with each seed. Only where
//! some do not heal is the warm cache tried at that load, for where it does not stay well either, the flush is not to
//! blame. Loads are chosen from the cell's own limits alone, so that a policy's result does not depend on its company.

use crate::error::Result;
use crate::outage::Model;
use crate::outage::run::Scenario;
use crate::outage::search::{Bracket, Search};
use crate::policy::Capacity;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::ground::Ground;
use crate::replay::windows::Windows;
use crate::request::SECOND;
use crate::trace::Trace;
use crate::units::Seconds;
use std::collections::HashMap;

/// Busiest windows at whose start a flush is tried.
const BUSIEST: usize = 3;
/// The first loads lie between the safe bound and so many times that.
const SPAN: f64 = 8.0;
/// A trial is judged by windows of this width.
const WINDOW: Seconds = Seconds(1.0);
/// It says something only if the trace goes on for so long after the loss, and for so many timeouts.
pub(super) const LEAST_AFTER_LOSS: (Seconds, f64) = (Seconds(30.0), 20.0);

/// What ended the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Measured hidden capacity, in requests a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The largest load tried up to which every trial healed; `None`: none did, or none could be tried.
    pub low: Option<f64>,
    /// The smallest load tried at which a flush was seen not to heal; `None` where none was.
    pub high: Option<f64>,
    /// What ended the search.
    pub end: End,
    /// When the flush happens that most often did not heal at `high`, seconds since the trace began.
    pub worst_moment: Option<f64>,
}

/// A load at which some trial of a flush did not heal, and the moments at which, those that fail most often first.
type Failure = (f64, Vec<usize>);

/// A trial whose outcome is the same for all caches of one capacity that fill up without a decision.
type Shared = (Capacity, Trial);

/// A full flush, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Trial {
    moment: usize,
    /// The load factor's bits: loads are compared exactly.
    load: u64,
    seed: u64,
    flushed: bool,
}

/// Where trials are run.
pub(super) struct Laboratory<'a> {
    trace: &'a Trace,
    ground: &'a Ground<'a>,
    model: Model,
    today: f64,
    seeds: &'a [u64],
    threads: usize,
    moments: Vec<usize>,
    /// Outcomes that other policies may take over.
    shared: HashMap<Shared, bool>,
}

impl<'a> Laboratory<'a> {
    /// `worst`: positions at which a flush is worst for some cell; the busiest windows and the end of warm-up are added.
    pub(super) fn new(
        trace: &'a Trace,
        ground: &'a Ground<'a>,
        windows: &Windows,
        (model, today): (Model, f64),
        (seeds, threads): (&'a [u64], usize),
        worst: impl Iterator<Item = usize>,
    ) -> Laboratory<'a> {
        let mut moments = windows.busiest_starts(ground.warm, BUSIEST);
        moments.push(ground.warm);
        moments.extend(worst);
        moments.sort_unstable();
        moments.dedup();
        Laboratory { trace, ground, model, today, seeds, threads, moments, shared: HashMap::new() }
    }

    /// How many moments are tried.
    pub(super) fn moments(&self) -> usize {
        self.moments.len()
    }

    /// Measures one cell. `safe`, `advertised`: its limits in requests a second, `None` where there is none; `floor`: the
    /// load it serves without a cache.
    pub(super) fn measure(
        &mut self,
        cell: &Cell,
        safe: Option<f64>,
        advertised: Option<f64>,
        floor: Option<f64>,
    ) -> Result<Measured> {
        let Some(safe) = safe else {
            return Ok(Measured { low: None, high: None, end: End::NoLimit, worst_moment: None });
        };
        let advertised = advertised.map_or(f64::INFINITY, |advertised| advertised / self.today);
        let readable = self.moments.iter().map(|moment| self.fastest(*moment)).fold(0.0, f64::max);
        let most = advertised.min(readable);
        let from =
            if safe > 0.0 { safe } else { floor.filter(|floor| *floor > 0.0).unwrap_or(self.today) } / self.today;
        if from > readable {
            return Ok(Measured { low: None, high: None, end: End::TraceTooShort, worst_moment: None });
        }
        let (bracket, failures) = self.search(cell, from.min(most), most)?;
        let low = bracket.low.map(|load| load * self.today);
        let Some(high) = bracket.high else {
            let end = if most < advertised { End::TraceTooShort } else { End::Advertised };
            return Ok(Measured { low, high: None, end, worst_moment: None });
        };
        let failing = failures.into_iter().find(|(load, _)| *load == high).map(|(_, moments)| moments);
        Ok(match self.flush_to_blame(cell, high, failing.unwrap_or_default())? {
            None => Measured { low, high: None, end: End::OverloadedWarm, worst_moment: None },
            Some(moment) => Measured {
                low,
                high: Some(high * self.today),
                end: End::StaysDown,
                worst_moment: Some(self.ground.requests.times[moment] as f64 / SECOND as f64),
            },
        })
    }

    /// The bracket, and the moments that failed at each load that did.
    fn search(&mut self, cell: &Cell, from: f64, most: f64) -> Result<(Bracket, Vec<Failure>)> {
        let mut search = Search::new(from, from * SPAN);
        let mut failures = Vec::new();
        loop {
            let loads = search.round();
            if loads.is_empty() {
                match search.bracket() {
                    // All healed: look further up.
                    Bracket { low: Some(low), high: None } if low < most => search = Search::new(low, low * SPAN),
                    bracket => return Ok((bracket, failures)),
                }
            }
            for load in loads.into_iter().map(|load| load.min(most)) {
                let failing = self.failing(cell, load)?;
                let healed = failing.is_empty();
                search.learn(load, healed);
                if !healed {
                    failures.push((load, failing));
                }
                // Whatever lies above a load that fails cannot move the bracket.
                if !healed || load >= most {
                    break;
                }
            }
        }
    }

    /// The moments at which some trial of a flush does not heal, those that fail most often first.
    fn failing(&mut self, cell: &Cell, load: f64) -> Result<Vec<usize>> {
        let moments: Vec<usize> = self.moments.iter().copied().filter(|moment| load <= self.fastest(*moment)).collect();
        let trials = |moment: usize| self.seeds.iter().map(move |seed| trial_of(moment, load, *seed, true));
        let trials: Vec<Trial> = moments.iter().flat_map(|moment| trials(*moment)).collect();
        let well = self.run(cell, &trials)?;
        let failures =
            |moment: usize| trials.iter().zip(&well).filter(|(trial, well)| trial.moment == moment && !**well).count();
        let mut failing: Vec<usize> = moments.into_iter().filter(|moment| failures(*moment) > 0).collect();
        failing.sort_by_key(|moment| std::cmp::Reverse(failures(*moment)));
        Ok(failing)
    }

    /// The first of these moments at which the warm cache stays well at this load with every seed.
    fn flush_to_blame(&mut self, cell: &Cell, load: f64, failing: Vec<usize>) -> Result<Option<usize>> {
        for moment in failing {
            let trials: Vec<Trial> = self.seeds.iter().map(|seed| trial_of(moment, load, *seed, false)).collect();
            if self.run(cell, &trials)?.into_iter().all(|well| well) {
                return Ok(Some(moment));
            }
        }
        Ok(None)
    }

    /// Whether each trial ended well.
    fn run(&mut self, cell: &Cell, trials: &[Trial]) -> Result<Vec<bool>> {
        let shares = fills_up(cell);
        let key = |trial: &Trial| (cell.capacity, *trial);
        let is_known = |trial: &&Trial| shares && self.shared.contains_key(&key(trial));
        let unknown: Vec<Trial> = trials.iter().filter(|trial| !is_known(trial)).copied().collect();
        let ended = grid::run(&unknown, self.threads, |trial| {
            self.ground.interrupt.check()?;
            self.try_one(cell, trial)
        })?;
        let mut ended: HashMap<Trial, Ended> = unknown.into_iter().zip(ended).collect();
        let alike = ended.iter().filter(|(trial, ended)| shares && trial.flushed && !ended.decided);
        self.shared.extend(alike.map(|(trial, ended)| (key(trial), ended.well)));
        let outcome = |trial: &Trial| match ended.remove(trial) {
            Some(ended) => ended.well,
            None => self.shared[&key(trial)],
        };
        Ok(trials.iter().map(outcome).collect())
    }

    /// One trial, on an empty cache of the cell.
    fn try_one(&self, cell: &Cell, trial: &Trial) -> Result<Ended> {
        let Trial { moment, load, seed, flushed } = *trial;
        let mut cache = cell.cache(self.trace)?;
        let history = self.ground.requests.slice(0..moment);
        // A flush leaves an empty cache; times to live that were said before it still hold.
        if !flushed || self.trace.ttls.is_some() {
            cache.replay(&history);
        }
        if flushed {
            cache.flush();
        }
        let scenario = Scenario {
            requests: self.ground.aftermath(moment),
            history,
            key_hashes: self.ground.key_hashes,
            load: f64::from_bits(load),
            model: self.model,
            steps: Vec::new(),
            window: WINDOW,
            seed,
        };
        let outcome = cache.trial(&scenario, Seconds(0.0), self.ground.horizon);
        Ok(Ended { well: outcome.healed || outcome.user_seconds_lost == 0.0, decided: outcome.decided })
    }

    /// The largest load factor at which enough of the trace is left after a moment.
    fn fastest(&self, moment: usize) -> f64 {
        let times = self.ground.aftermath(moment).times;
        let rest = times.last().map_or(0, |last| last - times[0]) as f64 / SECOND as f64;
        rest / LEAST_AFTER_LOSS.0.0.max(LEAST_AFTER_LOSS.1 * self.model.client.timeout.0)
    }
}

fn trial_of(moment: usize, load: f64, seed: u64, flushed: bool) -> Trial {
    Trial { moment, load: load.to_bits(), seed, flushed }
}

/// Whether a cell's cache holds whatever was fetched until it is full, as all caches do that admit everything: the same
/// then happens in all of them. In bytes an object may be too large for a part of one of them.
fn fills_up(cell: &Cell) -> bool {
    let policy = &cell.policy;
    let in_objects = cell.capacity.objects().is_some();
    in_objects && policy.filter().is_none() && policy.info().fills_up
}

/// How a trial ended.
struct Ended {
    /// It healed, or nobody ever waited in vain.
    well: bool,
    /// The policy decided something.
    decided: bool,
}
