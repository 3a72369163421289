//! Measures hidden capacity for variants of one service: the experiment of `gap`, at the same moments for all of them.
//! It knows no knob by name.

use crate::analysis::healing::{self, Effort, Estimate, Healing, Laboratory, Limits, Outage, Shelf};
use crate::analysis::job::new_cache;
use crate::analysis::outage::closed_loop::{Draw, beyond_the_predicate};
use crate::analysis::outage::moment::Moment;
use crate::analysis::outage::setup::{Setup, today};
use crate::analysis::outage::suitable_width;
use crate::analysis::{Facts, Finding, Question, analyse, sweep};
use crate::capacity;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::outage::run::Scenario;
use crate::replay::any_cache::AnyCache;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::survival::Walker;
use crate::replay::windows::Windows;
use crate::replay::worst::lattice::{TOLERANCE, largest};
use crate::request::{Request, Requests, SECOND, compressed};
use crate::service::Service;
use crate::trace::Trace;
use crate::units::{Load, Loss, Rate, Seconds};
use serde::{Deserialize, Serialize};

/// Seeds with which each restart is tried at each moment, for each distribution of service times.
pub const SEEDS: u64 = 2;

/// What `gap` finds of the service as it is.
#[derive(Clone)]
pub struct Known {
    limits: Limits,
    /// The position at which a flush is worst.
    worst: usize,
    /// When losing one node is worst, and which; where that was sought, and warm traffic does not decide.
    node: Option<(Seconds, u32)>,
    /// The healing curve, where it was measured.
    healing: Option<Healing>,
}

impl Known {
    /// Of a finding about a cache of so many nodes.
    pub fn of(finding: &Finding, nodes: u32) -> Known {
        let Finding { hidden: safe, advertised, floor, worst_position: worst, .. } = *finding;
        let healing = finding.measured.as_ref().map(|measured| measured.healing.clone());
        let one = finding.losses.iter().find(|lost| lost.need.loss == Loss::one_of(nodes));
        let node = one.and_then(|lost| Some((Seconds(lost.need.worst_moment?), lost.need.worst_node?)));
        Known { limits: Limits { safe, advertised, floor }, worst, node, healing }
    }

    /// Finds it; when losing one of several nodes is worst, too.
    fn find(
        trace: &Trace,
        setup: &Setup,
        backend: Rate,
        load: f64,
        nodes: u32,
        interrupt: &Interrupt,
    ) -> Result<Known> {
        let question = Question {
            sweep: setup.sweep.clone(),
            baseline: 0,
            backend: crate::analysis::Backend::Given(backend),
            service: Service { demand: backend.of, ..setup.service },
            closed_loop: setup.closed_loop.clone(),
            load: Some(Load::TimesToday(load)),
            window: setup.load_window,
            horizon: setup.horizon,
            losses: (nodes > 1).then_some(Loss::one_of(nodes)).into_iter().collect(),
            growth: None,
            seeds: Vec::new(),
            stretches: false,
            nodes,
            survive: None,
            certify: false,
            survive_assumed: false,
            prices: None,
            full: false,
        };
        Ok(Known::of(&analyse(trace, &question, interrupt, &())?.cells[0], nodes))
    }
}

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
    /// Positions at which the whole cache is lost: those of `gap`.
    pub moments: Vec<usize>,
    /// Where nodes restart: a position, and the node that is the first to.
    pub restarts: Vec<(usize, u32)>,
    /// Nodes of the cache, as far as restarts are tried.
    pub nodes: u32,
    /// The service as it is, as `gap` finds it.
    known: Known,
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
    /// What is in the cache when the trial begins, for each moment, the most important first; nothing where there is no list.
    pub filled: Vec<Vec<Request>>,
}

/// What was found for one variant. Loads are requests a second of the busiest window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The healing curve of the service as it is: that of `gap`. Of others only the load at which half heals, so many times that
    /// of `gap` as few trials of both tell: they meet the same chance, and what it does to both of them goes out.
    pub hidden: [Estimate; 3],
    /// The safe bound: of the service as it is that of `gap`, of others so many times that as walks from an idle backend at these
    /// moments tell of both; `None` where it is not defined, or any load is safe.
    pub safe: Option<f64>,
    /// By those walks for the service as it is too, to be compared.
    walked: Option<f64>,
    /// The load that the warm cache lets the backend carry in the long run: mu / m.
    pub advertised: Option<f64>,
}

impl Edge {
    /// The load at which half heals as a factor of `base`'s.
    pub fn over(&self, base: &Edge) -> Option<f64> {
        Some(self.half()? / base.half()?)
    }

    /// The safe bound as a factor of `base`'s, both by walks.
    pub fn safe_over(&self, base: &Edge) -> Option<f64> {
        Some(self.walked? / base.walked?)
    }

    /// The load at which half heals.
    pub fn half(&self) -> Option<f64> {
        self.hidden[1].load
    }
}

fn too_short(lasts: Seconds, timeout: Seconds) -> Error {
    Error::trace(format!(
        "after warm-up the trace lasts {lasts} at this load: too short for clients that wait {timeout}"
    ))
    .hint("give it ten timeouts: a longer trace, a lower --load, a shorter --timeout")
}

impl<'t> Scene<'t> {
    /// Finds what the setup leaves open, and what `gap` does not say already. `nodes`: how many may restart; 1 where none do.
    ///
    /// # Errors
    /// See [`crate::analysis::outage::tell`].
    pub fn new(
        trace: &'t Trace,
        setup: &'t Setup,
        known: Option<Known>,
        nodes: u32,
        interrupt: &'t Interrupt,
    ) -> Result<Scene<'t>> {
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
        let at = requests.position_at(busiest.at.nanoseconds()).min(requests.len() - 1);
        let cell = setup.cell(trace, &facts)?;
        let backend = setup.backend(trace, &cell, warm, load, interrupt)?;
        let sought = if setup.at.is_none() { nodes } else { 1 };
        let known = known.map_or_else(|| Known::find(trace, setup, backend, load, sought, interrupt), Ok)?;
        let (mut moments, mut restarts) = (vec![at], vec![(at, 0)]);
        if setup.at.is_none() {
            moments = healing::moments(&windows, warm, known.worst);
            restarts.extend([(warm, 0), (known.worst, 0)]);
            restarts.extend(known.node.map(|(at, node)| (requests.position_at(at.nanoseconds()), node)));
        }
        restarts.sort_unstable();
        restarts.dedup();
        Ok(Scene {
            capacity_ratio: sweep::capacity_ratio(cell.capacity, &facts),
            mean_demand: facts.mean_share(backend.of),
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
            restarts,
            nodes,
            known,
            interrupt,
        })
    }

    /// What chance gives the trials of each restart at each moment.
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
            filled: Vec::new(),
        }
    }

    /// Finds the edge of each variant. The first is the service as it is. `step` is called twice a variant.
    pub(super) fn edges(&self, variants: &[Variant<'_>], step: &(dyn Fn() + Sync)) -> Result<Vec<Edge>> {
        let threads = self.setup.sweep.threads;
        let replayed = grid::run(variants, threads, |variant| {
            self.interrupt.check()?;
            let found = self.replay(variant);
            step();
            found
        })?;
        let advertised = |i: usize| replayed[i].0.and_then(|m| capacity::advertised_long_run(self.answers(), m));
        let mut shelf = Shelf::default();
        let mut edges = Vec::new();
        // The load at which half heals as `gap` finds it, over what as few trials as the others have tell.
        let mut scale = 1.0;
        for (i, variant) in variants.iter().enumerate() {
            let mut laboratory = self.laboratory(variant);
            // Until something is decided, all policies come to the same outcomes in the same service.
            if self.differs_in_policy(variant) {
                laboratory.shared = std::mem::take(&mut shelf);
            }
            // With other keys all limits are others.
            let limits = match (self.has_other_keys(variant), advertised(i).zip(advertised(0))) {
                (true, Some((own, base))) => self.known.limits.times(own / base),
                _ => self.known.limits,
            };
            let outage = |effort: Effort| Outage {
                cell: &variant.cell,
                moments: &self.moments,
                filled: &variant.filled,
                limits,
                effort,
            };
            let compared = laboratory.measure(outage(Effort::Compare))?.healing.hidden[1].load;
            let hidden = if i == 0 {
                let hidden = match &self.known.healing {
                    Some(healing) => healing.hidden,
                    None => laboratory.measure(outage(Effort::Intervals))?.healing.hidden,
                };
                scale = hidden[1].load.zip(compared).map_or(1.0, |(all, few)| all / few);
                hidden
            } else {
                let most = limits.advertised.unwrap_or(f64::INFINITY);
                // Where more heal at every load, the warm cache is the limit.
                let load = compared.map(|load| if load < most { (load * scale).min(most) } else { load });
                let unknown = Estimate::default();
                [unknown, Estimate { load, ..unknown }, unknown]
            };
            if self.differs_in_policy(variant) {
                shelf = laboratory.shared;
            }
            let walked = replayed[i].1.map(|load| load * self.today);
            // As many times `gap`'s as walks of both tell, like the load at which half heals.
            let safe = match (self.known.limits.safe, replayed[0].1.filter(|_| self.setup.at.is_none())) {
                (Some(safe), Some(base)) => walked.map(|own| safe * own / (base * self.today)),
                (None, Some(_)) if i == 0 => None,
                _ => walked,
            };
            // The walks begin after a loss: what is carried warm they do not know.
            let warm = limits.advertised.filter(|_| variant.model == self.model);
            let safe = safe.map(|safe| safe.min(warm.unwrap_or(f64::INFINITY)));
            edges.push(Edge { hidden, safe, walked, advertised: advertised(i) });
            step();
        }
        Ok(edges)
    }

    fn laboratory<'a>(&'a self, variant: &'a Variant<'_>) -> Laboratory<'a> {
        Laboratory {
            trace: self.trace,
            requests: variant.requests,
            key_hashes: &self.key_hashes,
            horizon: self.setup.horizon,
            interrupt: self.interrupt,
            model: variant.model,
            today: self.today,
            service_times: &self.setup.closed_loop.service_times,
            seed: self.setup.seed,
            threads: self.setup.sweep.threads,
            shared: Shelf::default(),
        }
    }

    fn has_other_keys(&self, variant: &Variant<'_>) -> bool {
        !std::ptr::eq(variant.requests.objects.as_ptr(), self.trace.requests().objects.as_ptr())
    }

    /// Whether it is the service as it is, but for the policy.
    fn differs_in_policy(&self, variant: &Variant<'_>) -> bool {
        variant.model == self.model && !self.has_other_keys(variant) && variant.filled.is_empty()
    }

    /// Where the predicate's bottleneck lies for the service as it is: the moment that decides, how many requests come from the
    /// loss up to the first late answer just above the safe bound, and how long that takes. `None` where there is no such.
    pub(super) fn bottleneck(&self) -> Result<Option<(usize, usize, Seconds)>> {
        let variant = self.base();
        let mut walks = Walks::new(self, &variant)?;
        let Some((moment, limit)) = walks.least().filter(|(_, limit)| *limit > 0.0) else { return Ok(None) };
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

    /// The warm miss ratio of a variant, and its safe bound (a factor of the recorded load).
    fn replay(&self, variant: &Variant<'_>) -> Result<(Option<f64>, Option<f64>)> {
        let safe = if self.is_safe_defined(variant) { Walks::new(self, variant)?.least() } else { None };
        let safe = safe.map(|(_, limit)| limit).filter(|limit| *limit > 0.0);
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

    fn empty(&self, variant: &Variant<'_>) -> Result<Box<dyn AnyCache>> {
        new_cache(&variant.cell, self.trace)
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
        if let Some(filled) = self.filled.get(moment) {
            cache.fill(&mut filled.iter().rev(), now);
        }
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

    /// The largest load that survives at all moments, and the first moment that allows no more; `None` where any load survives.
    fn least(&mut self) -> Option<(usize, f64)> {
        let Scene { known, today, load, .. } = self.scene;
        let guess = known.limits.safe.filter(|safe| *safe > 0.0).map_or(*load, |safe| safe / today);
        let mut least: Option<(usize, f64)> = None;
        for moment in 0..self.scene.moments.len() {
            let mut clears = |limit: f64| limit == 0.0 || self.survives(moment, limit, usize::MAX);
            if !least.map(|(_, limit)| limit).is_some_and(&mut clears) {
                let guess = least.map_or(guess, |(_, limit)| limit);
                let limit = largest(guess, &mut |load| self.survives(moment, load, usize::MAX));
                least = limit.map(|limit| (moment, limit)).or(least);
            }
        }
        least
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
