//! Composes replay and capacity into findings: the only place that knows both. It prints nothing and knows no format of
//! trace or report.

pub mod asked;
mod base;
pub mod calibration;
mod cost;
pub mod curve;
pub mod enough;
pub mod estimated;
mod facts;
mod finding;
pub mod forecast;
mod grids;
mod healing;
mod if_lost;
mod job;
pub mod knobs;
mod moments;
mod money;
pub mod noise;
pub mod outage;
mod parts;
pub mod run;
pub mod sampled;
mod sizes;
mod strata;
mod study;
mod sweep;
mod task;
mod withstand;

pub use cost::{Cost, costs};
pub use facts::{CompulsoryPoint, Facts};
pub use finding::{Finding, LossFinding, Need};
pub use healing::{End, Estimate, Healing, Measured, Point};
pub use if_lost::{IfLost, Lost, WORST};
pub use job::{Job, ONE_PASS};
pub use moments::Moments;
pub use money::{Offer, Prices};
pub use parts::{Done, Work, assemble, tasks, work};
pub use run::{Monitor, SweepCell, Swept};
pub use sweep::{AUTO_CACHE_SHARE, Sweep};
pub use task::Task;
pub use withstand::MOST_NODES;

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::progress::Watch;
use crate::replay::cell::Cell;
use crate::replay::refill::Refill;
use crate::replay::stretch::Stretch;
use crate::replay::windows::Windows;
use crate::service::Service;
use crate::trace::Trace;
use crate::trace::source::About;
use crate::units::{Load, Loss, Rate, Seconds};
use forecast::{Forecast, Limit};
use outage::closed_loop::{ClosedLoop, Draw};
use serde::{Deserialize, Serialize};

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

    /// The same, where the answer needs one.
    ///
    /// # Errors
    /// Where nobody said anything: a database that was made up answers nobody's question.
    pub fn needed(self) -> Result<Backend> {
        match self {
            Backend::Unknown => Err(Error::usage("nobody said what the backend can do, and all of this depends on it").hint(
                "say it: -b 300/s, or --servers 10 --service-time 30ms; what the load needs while the cache is warm, coldgap \
                 gap says without it, and -b auto takes 1.1x that",
            )),
            said => Ok(said),
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
#[derive(Clone, Serialize, Deserialize)]
pub struct Findings {
    /// The trace.
    pub trace: About,
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
    let Work { bare, done } = work(trace, question, &tasks(question), interrupt, watch)?;
    assemble(question, bare, done)
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
    Ok((Forecast::of_gap(trace, question, &facts, &cells, limit)?, cells))
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
