//! Measures hidden capacity for variants of one service: full flushes at the same moments, loads and seeds for all of them.
//! It knows no knob by name.

use crate::analysis::outage::closed_loop::{Draw, beyond_the_predicate};
use crate::analysis::outage::edge::close_in;
use crate::analysis::outage::moment::Moment;
use crate::analysis::outage::setup::{Setup, mean_demand, today};
use crate::analysis::outage::suitable_width;
use crate::analysis::{Facts, sweep};
use crate::capacity;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::outage::run::Scenario;
use crate::outage::search::{Bracket, Search};
use crate::replay::any_cache::AnyCache;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::survival::Walker;
use crate::replay::windows::Windows;
use crate::replay::worst::lattice::{TOLERANCE, largest};
use crate::request::{Request, Requests, SECOND, compressed};
use crate::service::Service;
use crate::trace::Trace;
use crate::units::Seconds;

/// Seeds with which each load is tried at each moment, for each distribution of service times.
pub const SEEDS: u64 = 2;

/// The service and its trace, and where losses are tried.
pub struct Scene<'t> {
    /// The trace.
    pub trace: &'t Trace,
    /// What people said.
    pub setup: &'t Setup,
    /// What the trace says of itself.
    pub facts: Facts,
    /// By object, where its key lives.
    pub key_hashes: Vec<u32>,
    /// Policy and capacity.
    pub cell: Cell,
    /// The capacity over the footprint.
    pub capacity_ratio: f64,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// The load to carry, as a factor of the recorded one.
    pub load: f64,
    /// Everything around the cache.
    pub model: Model,
    /// Positions at which the cache is lost.
    pub moments: Vec<usize>,
    /// Width of the windows.
    pub width: Seconds,
    pub(super) mean_demand: f64,
    pub(super) interrupt: &'t Interrupt,
}

/// A service that is tried.
pub(super) struct Variant<'t> {
    pub cell: Cell,
    pub service: Service,
    pub model: Model,
    pub requests: Requests<'t>,
    /// What is in the cache when the trial begins, for each moment, the most important first.
    pub filled: Vec<Vec<Request>>,
}

/// What was found for one variant. Loads are requests a second of the busiest window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Between these loads healing ends.
    pub hidden: Bracket,
    /// The safe bound by the predicate, at the same moments; `None` where it is not defined, or any load is safe.
    pub safe: Option<f64>,
    /// The load that the warm cache lets the backend carry in the long run: mu / m.
    pub advertised: Option<f64>,
}

impl Edge {
    /// The hidden capacity of this one as a factor of `base`'s: by the loads up to which all trials healed.
    pub fn over(&self, base: &Edge) -> Option<f64> {
        Some(self.hidden.low? / base.hidden.low?)
    }
}

fn too_short(lasts: Seconds, timeout: Seconds) -> Error {
    Error::trace(format!(
        "after warm-up the trace lasts {lasts} at this load: too short for clients that wait {timeout}"
    ))
    .hint("give it ten timeouts: a longer trace, a lower --load, a shorter --timeout")
}

impl<'t> Scene<'t> {
    /// Finds what the setup leaves open.
    ///
    /// # Errors
    /// See [`crate::analysis::outage::tell`].
    pub fn new(trace: &'t Trace, setup: &'t Setup, interrupt: &'t Interrupt) -> Result<Scene<'t>> {
        let requests = trace.requests();
        setup.check(trace)?;
        let warm = setup.sweep.warm_position(trace.len())?;
        let facts = Facts::of(trace, warm);
        let windows = Windows::cut(&requests, setup.load_window);
        let today = today(trace, &windows)?;
        let load = setup.factor(today);
        let lasts = Seconds((requests.times[requests.len() - 1] - requests.times[warm]) as f64 / 1e9 / load);
        if lasts < setup.service.least_while() {
            return Err(too_short(lasts, setup.service.timeout).at(&trace.name, None));
        }
        let busiest = Moment::choose(&requests, &windows, warm, setup.at, Seconds(setup.horizon.0 * load))
            .map_err(|error| error.at(&trace.name, None))?;
        let mut moments = vec![requests.position_at(busiest.at.nanoseconds()).min(requests.len() - 1)];
        if setup.at.is_none() {
            moments.push(warm);
        }
        moments.sort_unstable();
        moments.dedup();
        let cell = setup.cell(trace, &facts)?;
        let backend = setup.backend(trace, &cell, warm, load, interrupt)?;
        Ok(Scene {
            capacity_ratio: sweep::capacity_ratio(cell.capacity, &facts),
            mean_demand: mean_demand(backend, &facts),
            model: setup.model(backend),
            width: suitable_width(today * load),
            trace,
            key_hashes: trace.key_hashes(),
            setup,
            facts,
            cell,
            today,
            load,
            moments,
            interrupt,
        })
    }

    /// What chance gives the trials of each load at each moment.
    pub(super) fn draws(&self) -> Vec<Draw> {
        self.setup.closed_loop.draws(self.setup.seed, SEEDS)
    }

    /// When the losses happen, after the trace's first request.
    pub fn moments(&self) -> Vec<Seconds> {
        let times = self.trace.requests().times;
        self.moments.iter().map(|moment| Seconds(times[*moment] as f64 / SECOND as f64)).collect()
    }

    /// Answers a second that the backend can give.
    pub fn answers(&self) -> f64 {
        self.model.backend.mu.per_second / self.mean_demand.max(f64::MIN_POSITIVE)
    }

    /// The service as it is.
    pub(super) fn base(&self) -> Variant<'t> {
        Variant {
            cell: self.cell.clone(),
            service: Service { demand: self.model.backend.mu.of, ..self.setup.service },
            model: self.model,
            requests: self.trace.requests(),
            filled: vec![Vec::new(); self.moments.len()],
        }
    }

    /// Finds the edge of each variant. The first is the base: all are tried at loads from the same grid, so that what changes
    /// nothing gives the same numbers; but for those that ask for other keys. `step` is called twice a variant.
    pub(super) fn edges(&self, variants: &[Variant<'_>], step: &(dyn Fn() + Sync)) -> Result<Vec<Edge>> {
        let threads = self.setup.sweep.threads;
        let replayed = grid::run(variants, threads, |variant| {
            self.interrupt.check()?;
            let found = self.replay(variant);
            step();
            found
        })?;
        let advertised = |i: usize| replayed[i].0.and_then(|m| capacity::advertised_long_run(self.answers(), m));
        let base_keys = self.trace.requests().objects.as_ptr();
        let lowest = capacity::floor_long_run(self.answers(), self.model.client.retries, 1.0) / self.today;
        let mut searches: Vec<Search> = (0..variants.len())
            .map(|i| {
                let same_keys = std::ptr::eq(variants[i].requests.objects.as_ptr(), base_keys);
                let highest = advertised(if same_keys { 0 } else { i }).map_or(lowest * 1e3, |most| most / self.today);
                Search::new(lowest, highest)
            })
            .collect();
        let draws = self.draws();
        let tries: Vec<(usize, Draw)> =
            (0..self.moments.len()).flat_map(|moment| draws.iter().map(move |draw| (moment, *draw))).collect();
        close_in(&mut searches, &tries, |jobs| {
            grid::run(jobs, threads, |&(i, load, (moment, draw))| {
                self.interrupt.check()?;
                let variant = &variants[i];
                self.heals(variant, load, moment, draw)
            })
        })?;
        let scaled = |load: Option<f64>| load.map(|load| load * self.today);
        let edges = searches.iter().zip(&replayed).enumerate();
        Ok(edges
            .map(|(i, (search, (_, safe)))| {
                step();
                let Bracket { low, high } = search.bracket();
                Edge {
                    hidden: Bracket { low: scaled(low), high: scaled(high) },
                    safe: scaled(*safe),
                    advertised: advertised(i),
                }
            })
            .collect())
    }

    /// Where the predicate's bottleneck lies for the service as it is: the moment that decides, how many requests come from the
    /// loss up to the first late answer just above the safe bound, and how long that takes. `None` where there is no such.
    pub(super) fn bottleneck(&self) -> Result<Option<(usize, usize, Seconds)>> {
        let variant = self.base();
        let mut walks = Walks::new(self, &variant)?;
        let limits = walks.safe().into_iter().enumerate().filter_map(|(moment, limit)| Some((moment, limit?)));
        let least = limits.filter(|(_, limit)| *limit > 0.0).min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((moment, limit)) = least else { return Ok(None) };
        let load = limit * (1.0 + 2.0 * TOLERANCE);
        let begin = self.moments[moment];
        let (mut low, mut high) = (0, variant.requests.len() - begin);
        if walks.survives(moment, load, high) {
            return Ok(None);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if walks.survives(moment, load, middle) { low = middle } else { high = middle }
        }
        let times = variant.requests.times;
        let took = (times[begin + high - 1] - times[begin]) as f64 / SECOND as f64 / load;
        Ok(Some((moment, high, Seconds(took))))
    }

    /// The warm miss ratio of a variant and its safe bound (a factor of the recorded load).
    fn replay(&self, variant: &Variant<'_>) -> Result<(Option<f64>, Option<f64>)> {
        let safe = if self.is_safe_defined(variant) { Walks::new(self, variant)?.safe() } else { Vec::new() };
        let safe = safe.into_iter().flatten().reduce(f64::min).filter(|load| *load > 0.0);
        let mut cache = self.empty(variant)?;
        let warm = self.setup.sweep.warm_position(variant.requests.len()).unwrap_or(0);
        cache.replay(&variant.requests.slice(0..warm));
        Ok((cache.replay(&variant.requests.slice(warm..variant.requests.len())).miss_ratio(), safe))
    }

    /// The predicate speaks of one FIFO queue. A bound that no wait in time can reach does not matter to it.
    fn is_safe_defined(&self, variant: &Variant<'_>) -> bool {
        let reachable = self.answers() * variant.service.patience().0;
        beyond_the_predicate(&variant.model, reachable).is_none()
    }

    /// One trial: whether it healed.
    fn heals(&self, variant: &Variant<'_>, load: f64, moment: usize, draw: Draw) -> Result<bool> {
        let mut cache = self.empty(variant)?;
        let requests = variant.requests.slice(self.moments[moment]..variant.requests.len());
        variant.fill(&mut *cache, moment, requests.times[0]);
        let scenario = self.scenario(&draw.model(&variant.model), &requests, load, draw.seed);
        Ok(cache.trial(&scenario, Seconds(0.0), self.setup.horizon).healed)
    }

    fn empty(&self, variant: &Variant<'_>) -> Result<Box<dyn AnyCache>> {
        variant.cell.cache_for(self.trace.object_count(), self.trace.ttls.is_some())
    }

    /// A run of this scene.
    pub(super) fn scenario<'v>(&'v self, model: &Model, requests: &Requests<'v>, load: f64, seed: u64) -> Scenario<'v> {
        Scenario {
            requests: *requests,
            history: requests.slice(0..0),
            key_hashes: &self.key_hashes,
            load,
            model: *model,
            steps: Vec::new(),
            window: self.width,
            seed,
        }
    }
}

impl Variant<'_> {
    /// Fills an empty cache with what is in it when a trial begins at a moment.
    fn fill(&self, cache: &mut dyn AnyCache, moment: usize, now: u64) {
        // What matters most enters last: a policy of recency keeps it longest.
        cache.fill(&mut self.filled[moment].iter().rev(), now);
    }
}

/// Walks of one variant, each from the empty cache.
struct Walks<'a, 't> {
    scene: &'a Scene<'t>,
    variant: &'a Variant<'a>,
    walker: Walker,
    empty: Box<dyn AnyCache>,
    cache: Box<dyn AnyCache>,
}

impl<'a, 't> Walks<'a, 't> {
    fn new(scene: &'a Scene<'t>, variant: &'a Variant<'a>) -> Result<Walks<'a, 't>> {
        let empty = scene.empty(variant)?;
        Ok(Walks { scene, variant, walker: Walker::new(empty.object_count()), cache: empty.fork(), empty })
    }

    /// The largest load that survives, for each moment.
    fn safe(&mut self) -> Vec<Option<f64>> {
        (0..self.scene.moments.len())
            .map(|moment| largest(self.scene.load, &mut |load| self.survives(moment, load, usize::MAX)))
            .collect()
    }

    /// Whether no answer is late among the first `most` requests after the loss.
    fn survives(&mut self, moment: usize, load: f64, most: usize) -> bool {
        let Walks { scene, variant, .. } = *self;
        if scene.interrupt.is_set() {
            return true;
        }
        let begin = scene.moments[moment];
        let horizon = Seconds(scene.setup.horizon.0 * load);
        let end = variant.requests.times[begin].saturating_add(horizon.nanoseconds());
        let end = variant.requests.position_at(end).min(begin.saturating_add(most));
        let requests = variant.requests.slice(begin..end.max(begin + 1));
        self.empty.copy_to(&mut self.cache);
        variant.fill(&mut *self.cache, moment, requests.times[0]);
        let arrivals = compressed(requests.times, requests.times[0], requests.times[0], load);
        let requests = Requests { times: &arrivals, ..requests };
        let mu = variant.model.backend.mu.per_second;
        self.walker.begin(arrivals[0]);
        self.cache.walk(&mut self.walker, &requests, &variant.service, mu).is_none()
    }
}
