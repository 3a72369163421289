//! Composes replay and capacity into findings: the only place that knows both. It prints nothing and knows no format of
//! trace or report.

pub mod asked;
pub mod calibration;
pub mod curve;
pub mod enough;
mod facts;
mod finding;
pub mod forecast;
mod healing;
mod if_lost;
mod job;
pub mod knobs;
mod moments;
mod money;
pub mod noise;
pub mod outage;
pub mod run;
pub mod sampled;
mod sizes;
mod strata;
mod study;
mod sweep;
mod withstand;

pub use facts::{CompulsoryPoint, Facts};
pub use finding::{Finding, LossFinding, Need};
pub use healing::{End, Estimate, Healing, Measured, Point};
pub use if_lost::{IfLost, Lost};
pub use job::{Job, ONE_PASS};
pub use moments::Moments;
pub use money::{Offer, Prices};
pub use run::{Monitor, SweepCell, Swept};
pub use sweep::{AUTO_CACHE_SHARE, Sweep};
pub use withstand::MOST_NODES;

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::progress::Watch;
use crate::replay::cell::Cell;
use crate::replay::ground::Ground;
use crate::replay::refill::Refill;
use crate::replay::stretch::Stretch;
use crate::replay::windows::{MOST_WINDOWS, Windows};
use crate::replay::worst::columns::Columns;
use crate::service::Service;
use crate::trace::Trace;
use crate::units::{Amount, Demand, Load, Loss, Rate, Seconds};
use finding::WarmResult;
use forecast::{Forecast, Limit};
use healing::{Effort, Laboratory, Limits, Outage, Shelf};
use outage::closed_loop::{ClosedLoop, Draw};
use study::Study;

/// A backend that is not given is taken to be this much above what the baseline needs warm.
pub const AUTO_BACKEND_HEADROOM: f64 = 1.1;

/// What is said of the backend's capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Backend {
    /// So much.
    Given(Rate),
    /// What the baseline needs warm, and some headroom.
    Assumed,
    /// Nothing: whatever depends on it is unknown, and is not sought.
    Unknown,
}

impl Backend {
    /// What was given.
    pub fn given(self) -> Option<Rate> {
        match self {
            Backend::Given(rate) => Some(rate),
            Backend::Assumed | Backend::Unknown => None,
        }
    }
}

/// What to find out about a trace.
#[derive(Clone)]
pub struct Question {
    /// Policies to compare, cache sizes, warm-up, threads.
    pub sweep: Sweep,
    /// Position of the baseline among the policies.
    pub baseline: usize,
    /// The backend's capacity.
    pub backend: Backend,
    /// The backend's and the clients' other properties.
    pub service: Service,
    /// What simulations know beside that.
    pub closed_loop: ClosedLoop,
    /// The load to carry; `None`: that of the busiest window.
    pub load: Option<Load>,
    /// Width of windows; `None`: one that suits the trace.
    pub window: Option<Seconds>,
    /// How much of the trace after a loss is walked.
    pub horizon: Seconds,
    /// Losses that are tried, in rising order of their shares.
    pub losses: Vec<Loss>,
    /// By which share the load will have grown; `None`: not asked.
    pub growth: Option<f64>,
    /// Seeds of the simulated outages; none: nothing is simulated.
    pub seeds: Vec<u64>,
    /// Whether limits are also found for each stretch of the trace by itself.
    pub stretches: bool,
    /// Nodes of the cache, whose restarts are tried.
    pub nodes: u32,
    /// The loss that must be survived; it is among the losses. `None`: nobody said.
    pub survive: Option<Loss>,
    /// Whether every moment and node is cleared, not only searched.
    pub certify: bool,
    /// True where nobody said it and it was taken to be one node.
    pub survive_assumed: bool,
    /// What backend and cache cost; `None`: no matter.
    pub prices: Option<Prices>,
    /// Whether also to find what other cache sizes and every knob of the service do.
    pub full: bool,
}

impl Question {
    /// What chance gives the simulated outages; nothing where none are run.
    pub fn draws(&self) -> Vec<Draw> {
        let first = self.seeds.first().copied().unwrap_or(0);
        self.closed_loop.draws(first, self.seeds.len() as u64)
    }

    /// Whether cache sizes around the one given are tried, to find the cheapest.
    pub fn sweeps_prices(&self) -> bool {
        self.prices.is_some() && self.sweep.sizes.len() == 1
    }
}

/// What was found on one trace.
#[derive(Clone)]
pub struct Findings {
    /// What the trace says of itself.
    pub facts: Facts,
    /// Its windows.
    pub windows: Windows,
    /// Position of the first counted request.
    pub warm: usize,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// When the busiest window starts, seconds since the trace began.
    pub busiest_at: f64,
    /// The load to carry, requests a second.
    pub load: f64,
    /// The backend's capacity; `None` where nobody said it: then all that depends on it is unknown.
    pub backend: Option<Rate>,
    /// True where the backend was assumed.
    pub backend_assumed: bool,
    /// How many moments a loss was sought at: every request after warm-up.
    pub moments: usize,
    /// False where the trace ends too soon after warm-up to tell, at the load to carry: then no load, backend or share that is
    /// a limit is known.
    pub limits_known: bool,
    /// Whether requests of one tick of the clock were spread at random as well, and the worse taken.
    pub spread_at_random: bool,
    /// At how many of them outages were simulated.
    pub moments_measured: usize,
    /// When the flush of the refill curves happens, seconds since the trace began.
    pub flush_at: f64,
    /// One per cache size and policy; sizes outermost.
    pub cells: Vec<Finding>,
    /// The refill of each cell after that flush; empty without a backend, as the moment is the worst for one.
    pub refills: Vec<Refill>,
    /// What each stretch of the trace withstands by itself, by cell; none where that was not asked for, or the trace is short.
    pub stretches: Vec<Vec<Stretch>>,
    /// When losing nodes would hurt the baseline, by loss; empty where warm traffic itself is not carried, or the trace is short.
    pub hurts: Vec<Moments>,
    /// The baseline's outage; `None` where nothing is simulated, or the trace is too short.
    pub if_lost: Option<IfLost>,
    /// Cache sizes around the first one, in rising order: of the baseline, and of all policies where prices ask for them.
    pub sizes: Vec<Finding>,
    /// What the knobs of the baseline's service do; empty unless asked for.
    pub sensitivity: Vec<knobs::sensitivity::Row>,
    /// What surviving each loss costs; empty without prices.
    pub offers: Vec<Offer>,
}

/// Answers a question about a trace. `watch` is told of up to [`steps`] steps.
///
/// # Errors
/// A trace without times, without gets or with all requests at one instant; windows too narrow for it; a cache size that the trace cannot give; a warm-up that
/// leaves nothing; a backend in bytes for a trace without sizes; an interrupt.
pub fn analyse(trace: &Trace, question: &Question, interrupt: &Interrupt, watch: &dyn Watch) -> Result<Findings> {
    let step = &|| watch.step();
    watch.phase("replaying warm");
    let requests = trace.requests();
    let warm = question.sweep.warm_position(trace.len())?;
    if !trace.has_times() {
        return Err(Error::trace("the trace has no times, so it has no load")
            .at(&trace.name, None)
            .hint("give it a rate: --rate 3000/s"));
    }
    if question.service.demand == Demand::Bytes && trace.sizes.is_none() {
        return Err(Error::usage("the backend is given in bytes a second, but the trace has no sizes")
            .at(&trace.name, None)
            .hint("give it in answers a second: -b 300/s"));
    }
    check_window(trace, question)?;
    let windows = Windows::cut(&requests, question.window);
    let facts = Facts::of(trace, warm);
    if facts.gets == 0 {
        return Err(Error::trace("the trace has no gets, so it has no load")
            .at(&trace.name, None)
            .hint("check the op column: coldgap inspect"));
    }
    let no_load = || {
        Error::trace("all requests carry the same time, so there is no load")
            .at(&trace.name, None)
            .hint("check the time column (coldgap inspect), or read the trace without it and give --rate")
    };
    let (busiest, today) = windows.busiest().filter(|(_, load)| *load > 0.0).ok_or_else(no_load)?;
    let busiest_at = busiest.start as f64 / 1e9;
    let load_factor = match question.load {
        None => 1.0,
        Some(Load::TimesToday(factor)) => factor,
        Some(Load::PerSecond(load)) => load / today,
    };
    let key_hashes = trace.key_hashes();
    let columns = Columns::of(&requests, &key_hashes);
    let ground = Ground {
        requests,
        key_hashes: &key_hashes,
        columns: &columns,
        warm,
        horizon: question.horizon,
        service: question.service,
        load: load_factor,
        interrupt: interrupt.clone(),
    };

    let cells = question.sweep.cells(&trace.about(), &facts)?;
    let per_size = question.sweep.policies.len();
    let limits_known = lasts(&ground) >= question.service.least_while();
    let study = Study { trace, question, facts: &facts, windows: &windows, today, limits_known, interrupt, step };
    check_prices(trace, question, &cells)?;
    let warm_runs = study.warm(&ground, &cells)?;
    let (backend, backend_assumed) = backend(trace, question, &warm_runs)?;
    watch.phase("seeking the worst moment");
    let mut findings = study.findings(&ground, backend, &cells, warm_runs, (per_size, question.baseline))?;
    let flush = findings[question.baseline].worst_position;
    let shared = Findings {
        today,
        busiest_at,
        load: today * load_factor,
        backend,
        backend_assumed,
        moments: requests.len() - warm,
        limits_known,
        spread_at_random: study.spreads().next().is_some(),
        moments_measured: healing::moments(&windows, warm, flush).len(),
        flush_at: requests.times[flush] as f64 / 1e9,
        warm,
        facts: facts.clone(),
        windows: windows.clone(),
        cells: Vec::new(),
        refills: Vec::new(),
        stretches: Vec::new(),
        hurts: Vec::new(),
        if_lost: None,
        sizes: Vec::new(),
        sensitivity: Vec::new(),
        offers: Vec::new(),
    };
    let Some(backend) = backend else { return Ok(Findings { cells: findings, ..shared }) };
    watch.phase("refilling");
    let refills = study.refills(&ground, &cells, flush)?;
    let stretches = study.stretches(&ground, backend, &findings)?;
    let hurts = study.moments(&ground, backend, &findings[question.baseline])?;

    watch.phase("trying other sizes");
    let grid = sizes::grid(question, findings[0].cell.capacity, &facts);
    let warm_runs = study.warm(&ground, &grid.cells)?;
    let others = study.findings(&ground, Some(backend), &grid.cells, warm_runs, (grid.per_size, grid.baseline))?;
    let sizes = sizes::with_first(others, &findings, question);
    let offers = question.prices.as_ref().filter(|_| limits_known).map_or(Vec::new(), |prices| {
        let choice = if question.sweeps_prices() { &sizes } else { &findings };
        money::offers(prices, choice, &findings[question.baseline], backend)
    });

    let mut laboratory = Laboratory {
        trace,
        requests,
        key_hashes: &key_hashes,
        horizon: question.horizon,
        interrupt,
        model: question.closed_loop.model(&question.service, backend),
        today,
        service_times: &question.closed_loop.service_times,
        seed: question.seeds.first().copied().unwrap_or(1),
        threads: question.sweep.threads,
        shared: Shelf::default(),
    };
    let (mut if_lost, mut sensitivity) = (None, Vec::new());
    if limits_known && !question.seeds.is_empty() {
        watch.phase("simulating outages");
        for finding in &mut findings {
            let Finding { hidden: safe, advertised, floor, worst_position, .. } = *finding;
            let moments = healing::moments(&windows, warm, worst_position);
            let limits = Limits { safe, advertised, floor };
            let (cell, moments) = (&finding.cell, moments.as_slice());
            let outage = Outage { cell, moments, filled: &[], limits, effort: Effort::Intervals };
            finding.measured = Some(laboratory.measure(outage)?);
            step();
        }
        let service =
            if_lost::Service { trace, question, windows: &windows, ground: &ground, backend, today, interrupt };
        let baseline = &findings[question.baseline];
        if question.full {
            sensitivity = service.sensitivity(baseline, step)?;
        }
        if let Some(moment) = service.moment(baseline)? {
            let (losses, told) = service.lose(&findings, &moment, step)?;
            findings.iter_mut().zip(losses).for_each(|(finding, lost)| finding.lost = Some(lost));
            if_lost = Some(told);
        }
    }
    Ok(Findings { cells: findings, refills, stretches, hurts, if_lost, sizes, sensitivity, offers, ..shared })
}

/// What [`analyse`] would take, and the cells it would replay.
///
/// # Errors
/// A limit that was asked for and that it does not fit into; see also [`Sweep::cells`].
pub fn forecast(trace: &Trace, question: &Question, limit: Option<Limit>) -> Result<(Forecast, Vec<Cell>)> {
    let (sweep, about) = (&question.sweep, trace.about());
    let facts = Facts::of(trace, sweep.warm_position(trace.len())?);
    let mut cells = sweep.cells(&about, &facts)?;
    cells.extend(sizes::grid(question, cells[0].capacity, &facts).cells);
    Ok((Forecast::of_gap(&about, &facts, trace.memory(), &cells, sweep.threads, limit)?, cells))
}

/// How long requests keep coming after warm-up, at the load to carry.
fn lasts(ground: &Ground<'_>) -> Seconds {
    let times = ground.requests.times;
    Seconds((times[times.len() - 1] - times[ground.warm]) as f64 / 1e9 / ground.load)
}

fn check_window(trace: &Trace, question: &Question) -> Result<()> {
    let span = trace.times.last().copied().unwrap_or(0);
    match question.window {
        Some(window) if span / window.nanoseconds().max(1) > MOST_WINDOWS => {
            Err(Error::usage(format!("windows of {window} cut this trace into more than a million"))
                .at(&trace.name, None)
                .hint("leave --window out, or give a wider one"))
        }
        _ => Ok(()),
    }
}

/// Prices must be for what capacities are counted in.
fn check_prices(trace: &Trace, question: &Question, cells: &[Cell]) -> Result<()> {
    let Some(price) = question.prices.map(|prices| prices.cache) else { return Ok(()) };
    let fits = |cell: &Cell| matches!(price.of, Amount::Objects(_)) == cell.capacity.objects().is_some();
    if cells.iter().all(fits) {
        return Ok(());
    }
    let (counted, hint) = match price.of {
        Amount::Bytes(_) => {
            ("objects", "write it like --cache-price '2 per 1000obj', or give the size in bytes: -c 4GiB")
        }
        Amount::Objects(_) => ("bytes", "write it like --cache-price '5 per GiB', or count objects: --ignore-size"),
    };
    Err(Error::usage(format!("the cache is priced at {price}, but its size is counted in {counted}"))
        .at(&trace.name, None)
        .hint(hint))
}

/// How many steps `analyse` tells of, at the most: a short trace leaves simulations out.
pub fn steps(question: &Question) -> u64 {
    let cells = (question.sweep.policies.len() * question.sweep.sizes.len()) as u64;
    if question.backend == Backend::Unknown {
        return cells;
    }
    let seeds = question.seeds.len() as u64;
    let simulated = if seeds == 0 { 0 } else { cells * (1 + seeds) + 1 };
    let knobs = if seeds > 0 && question.full { knobs::sensitivity::STEPS } else { 0 };
    let stretches = if question.stretches { cells } else { 0 };
    let spreads = 1 + study::SPREADS.len() as u64;
    let found = 1 + withstand::STEPS * spreads;
    (1 + found) * cells + stretches + found * sizes::most_cells(question) as u64 + simulated + knobs
}

/// The backend given, or what the baseline of the first size needs warm and some headroom; and whether it was assumed.
fn backend(trace: &Trace, question: &Question, warm_runs: &[WarmResult]) -> Result<(Option<Rate>, bool)> {
    match question.backend {
        Backend::Given(backend) => return Ok((Some(backend), false)),
        Backend::Unknown => return Ok((None, false)),
        Backend::Assumed => {}
    }
    match warm_runs[question.baseline].backend().filter(|mu| *mu > 0.0) {
        Some(mu) => Ok((Some(Rate { per_second: mu * AUTO_BACKEND_HEADROOM, of: question.service.demand }), true)),
        None => Err(Error::usage(
            "a backend cannot be assumed: after warm-up the baseline never misses, or no backend suffices",
        )
        .at(&trace.name, None)
        .hint("say what the backend can do: -b 300/s")),
    }
}
