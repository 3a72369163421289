//! Composes replay and capacity into findings: the only place that knows both. It prints nothing and knows no format of
//! trace or report.

pub mod curve;
mod facts;
mod finding;
pub mod forecast;
mod job;
pub mod knobs;
mod measured;
pub mod noise;
pub mod outage;
pub mod run;
pub mod sampled;
mod strata;
mod sweep;

pub use facts::{CompulsoryPoint, Facts};
pub use finding::{Finding, LeastBackend};
pub use job::{Job, ONE_PASS};
pub use measured::{End, Measured};
pub use run::{Monitor, SweepCell, Swept};
pub use sweep::{AUTO_CACHE_SHARE, Sweep};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::policy::Policy;
use crate::replay::cell::{Cell, Task};
use crate::replay::grid;
use crate::replay::hunt::{Endurance, Ground, Search, Worst, endurance, warm_backend};
use crate::replay::observe::{Observation, observe};
use crate::replay::refill::{Refill, refill};
use crate::replay::stretch::{Stretch, stretches};
use crate::replay::replay;
use crate::replay::windows::{MOST_WINDOWS, Windows, moments};
use crate::service::Service;
use crate::trace::Trace;
use crate::units::{Demand, Load, Rate, Ratio, Seconds};
use forecast::{Forecast, Limit};
use measured::Laboratory;

/// A backend that is not given is taken to be this much above what the baseline needs warm.
pub const AUTO_BACKEND_HEADROOM: f64 = 1.1;

/// What to find out about a trace.
#[derive(Clone)]
pub struct Question {
    /// Policies to compare, cache sizes, warm-up, threads.
    pub sweep: Sweep,
    /// Position of the baseline among the policies.
    pub baseline: usize,
    /// The backend's capacity; `None`: assume what the baseline needs, and some headroom.
    pub backend: Option<Rate>,
    /// The backend's and the clients' other properties.
    pub service: Service,
    /// The load to carry; `None`: that of the busiest window.
    pub load: Option<Load>,
    /// Width of windows; `None`: one that suits the trace.
    pub window: Option<Seconds>,
    /// How much of the trace after a loss is walked.
    pub horizon: Seconds,
    /// Shares whose loss must be survived, each above 0.
    pub losses: Vec<Ratio>,
    /// Seeds of the simulated outages that measure hidden capacity; none: it is not measured.
    pub seeds: Vec<u64>,
    /// Whether limits are also found for each stretch of the trace by itself.
    pub stretches: bool,
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
    /// The backend's capacity.
    pub backend: Rate,
    /// True where the backend was assumed.
    pub backend_assumed: bool,
    /// How many moments were tried.
    pub moments: usize,
    /// At how many of them outages were simulated.
    pub moments_measured: usize,
    /// When the flush of the refill curves happens, seconds since the trace began.
    pub flush_at: f64,
    /// One per cache size and policy; sizes outermost.
    pub cells: Vec<Finding>,
}

/// Answers a question about a trace. `step` is called as work is done, [`steps`] times in all.
///
/// # Errors
/// A trace without times, without gets or with all requests at one instant; windows too narrow for it; a cache size that the trace cannot give; a warm-up that
/// leaves nothing; a backend in bytes for a trace without sizes; an interrupt.
pub fn analyse(
    trace: &Trace,
    question: &Question,
    interrupt: &Interrupt,
    step: impl Fn() + Sync + Send,
) -> Result<Findings> {
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
    let mut ground = Ground {
        requests,
        warm,
        moments: moments(&windows, warm, &requests, question.service.timeout),
        horizon: question.horizon,
        service: question.service,
        load: load_factor,
        interrupt: interrupt.clone(),
    };

    let cells = question.sweep.cells(&trace.about(), &facts)?;
    let per_size = question.sweep.policies.len();
    let warm_runs = grid::run(&cells, question.sweep.threads, |cell| {
        interrupt.check()?;
        let run = cell.with_cache(trace, WarmRun { ground: &ground, windows: &windows });
        step();
        run
    })?;
    // Where warm traffic alone comes closest to collapse, a loss is tried as well: for all cells, so that they compare.
    ground.moments.extend(warm_runs.iter().map(|run| run.worst.moment));
    ground.moments.sort_unstable();
    ground.moments.dedup();
    let ground = ground;
    let (backend, backend_assumed) = backend(trace, question, &warm_runs)?;

    let numbered: Vec<usize> = (0..cells.len()).collect();
    let miss_ratio = |i: usize| warm_runs[i].observation.total.miss_ratio().unwrap_or(0.0);
    let baseline_of = |i: usize| i - i % per_size + question.baseline;
    let endurances = grid::run(&numbered, question.sweep.threads, |&i| {
        interrupt.check()?;
        // The backend that is left once the policy's saving over the baseline has been handed back.
        let (own, baseline) = (miss_ratio(i), miss_ratio(baseline_of(i)));
        let reclaims = i != baseline_of(i) && own > 0.0 && baseline > 0.0;
        let mu_reclaimed = reclaims.then(|| backend.per_second * own / baseline);
        let search = Search { mu: backend.per_second, mu_reclaimed, losses: &question.losses };
        let found = cells[i].with_cache(trace, Hunt { ground: &ground, search });
        step();
        found
    })?;
    let flush = endurances[question.baseline].hidden.moment;
    let refills = grid::run(&cells, question.sweep.threads, |cell| {
        interrupt.check()?;
        let found = cell.with_cache(trace, Flush { ground: &ground, moment: flush, window: windows.width });
        step();
        found
    })?;

    let stretches = if question.stretches {
        grid::run(&cells, question.sweep.threads, |cell| {
            interrupt.check()?;
            let (mu, losses) = (backend.per_second, question.losses.as_slice());
            let found = cell.with_cache(trace, Stretched { ground: &ground, mu, losses, window: windows.width });
            step();
            found
        })?
    } else {
        vec![Vec::new(); cells.len()]
    };

    // What was cut short is void.
    interrupt.check()?;
    let scene = finding::Scene { facts: &facts, windows: &windows, ground: &ground, today, backend };
    let mut findings = Vec::with_capacity(cells.len());
    for (i, ((run, endurance), refill)) in warm_runs.into_iter().zip(endurances).zip(refills).enumerate() {
        let size = question.sweep.sizes[i / per_size];
        findings.push(Finding::new(&scene, cells[i].clone(), size, run, endurance, refill));
    }
    for (i, stretches) in stretches.into_iter().enumerate() {
        let baseline = findings[baseline_of(i)].clone();
        findings[i].compare(&baseline);
        findings[i].stretches = stretches;
    }
    let worst = findings.iter().map(|finding| finding.worst_position);
    let trials = (question.seeds.as_slice(), question.sweep.threads);
    let model = Model::new(&question.service, backend);
    let mut laboratory = Laboratory::new(trace, &ground, &windows, (model, today), trials, worst);
    if !question.seeds.is_empty() {
        for finding in &mut findings {
            let Finding { hidden, advertised, floor, .. } = *finding;
            finding.measured = Some(laboratory.measure(&finding.cell, hidden, advertised, floor)?);
            step();
        }
    }
    Ok(Findings {
        facts,
        today,
        busiest_at,
        load: today * load_factor,
        backend,
        backend_assumed,
        moments: ground.moments.len(),
        moments_measured: laboratory.moments(),
        flush_at: requests.times[flush] as f64 / 1e9,
        windows,
        warm,
        cells: findings,
    })
}

/// What [`analyse`] would take, and the cells it would replay.
///
/// # Errors
/// A limit that was asked for and that it does not fit into; see also [`Sweep::cells`].
pub fn forecast(trace: &Trace, question: &Question, limit: Option<Limit>) -> Result<(Forecast, Vec<Cell>)> {
    let (sweep, about) = (&question.sweep, trace.about());
    let facts = Facts::of(trace, sweep.warm_position(trace.len())?);
    let cells = sweep.cells(&about, &facts)?;
    Ok((Forecast::of_gap(&about, &facts, trace.memory(), &cells, sweep.threads, limit)?, cells))
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

/// How often `analyse` calls its `step`.
pub fn steps(question: &Question) -> u64 {
    let per_cell = 3 + u64::from(!question.seeds.is_empty()) + u64::from(question.stretches);
    per_cell * (question.sweep.policies.len() * question.sweep.sizes.len()) as u64
}

/// The backend given, or what the baseline of the first size needs warm and some headroom.
fn backend(trace: &Trace, question: &Question, warm_runs: &[WarmResult]) -> Result<(Rate, bool)> {
    if let Some(backend) = question.backend {
        return Ok((backend, false));
    }
    match warm_runs[question.baseline].worst.limit.filter(|mu| *mu > 0.0) {
        Some(mu) => Ok((Rate { per_second: mu * AUTO_BACKEND_HEADROOM, of: question.service.demand }, true)),
        None => Err(Error::usage(
            "a backend cannot be assumed: after warm-up the baseline never misses, or no backend suffices",
        )
        .at(&trace.name, None)
        .hint("say what the backend can do: -b 300/s")),
    }
}

/// The warm replay of one cell.
struct WarmRun<'a> {
    ground: &'a Ground<'a>,
    windows: &'a Windows,
}

/// What it gives.
pub(crate) struct WarmResult {
    observation: Observation,
    /// The smallest backend that survives, and where the backlog that decides it begins.
    worst: Worst,
    /// How full the cache was when warm-up ended, and in the end: shares of its capacity.
    filled: (f64, f64),
}

impl Task for WarmRun<'_> {
    type Output = WarmResult;

    fn run<P: Policy>(self, cache: Cache<P>) -> WarmResult {
        let worst = warm_backend(cache.clone(), self.ground);
        let mut warm = cache.clone();
        replay(&mut warm, &self.ground.requests.slice(0..self.ground.warm));
        let filled = warm.filled();
        let mut cache = cache;
        let observation = observe(&mut cache, &self.ground.requests, self.ground.warm, self.windows);
        WarmResult { observation, worst, filled: (filled, cache.filled()) }
    }
}

/// The search of one cell.
struct Hunt<'a> {
    ground: &'a Ground<'a>,
    search: Search<'a>,
}

impl Task for Hunt<'_> {
    type Output = Endurance;

    fn run<P: Policy>(self, cache: Cache<P>) -> Endurance {
        endurance(cache, self.ground, &self.search)
    }
}

/// The limits of one cell in each stretch of the trace by itself.
struct Stretched<'a> {
    ground: &'a Ground<'a>,
    mu: f64,
    losses: &'a [Ratio],
    window: Seconds,
}

impl Task for Stretched<'_> {
    type Output = Vec<Stretch>;

    fn run<P: Policy>(self, cache: Cache<P>) -> Vec<Stretch> {
        stretches(cache, self.ground, self.mu, self.losses, self.window)
    }
}

/// The refill of one cell after a flush at `moment`.
struct Flush<'a> {
    ground: &'a Ground<'a>,
    moment: usize,
    window: Seconds,
}

impl Task for Flush<'_> {
    type Output = Refill;

    fn run<P: Policy>(self, mut twin: Cache<P>) -> Refill {
        replay(&mut twin, &self.ground.requests.slice(0..self.moment));
        let mut flushed = twin.clone();
        refill(&mut twin, &mut flushed, &self.ground.aftermath(self.moment), self.window)
    }
}
