//! One outage, told from a trace: what happens at a moment, whether the service heals, what each remedy would have done,
//! and how the load may be let back. It composes replays and simulations, prints nothing and knows no report.

mod alerts;
pub mod closed_loop;
pub mod demo;
pub(super) mod edge;
pub(super) mod moment;
mod ramp;
mod remedies;
pub mod said;
pub mod scenario;
pub mod setup;
pub(super) mod stage;
pub mod words;

pub use alerts::{Alert, Alerts, Signal};
pub use moment::Moment;
pub use ramp::{Ramp, RampStep, SEEDS as RAMP_SEEDS};
pub use remedies::Tried;

use super::Facts;
use super::healing::{Healing, LEAST_AFTER_LOSS};
use crate::capacity;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::outage::trigger::Happening;
use crate::outage::verdict::{HEALTHY, Phase, Verdict, loaded};
use crate::outage::window::Window;
use crate::policy::Capacity;
use crate::progress::Watch;
use crate::replay::any_cache::AnyCache;
use crate::replay::windows::Windows;
use crate::trace::Trace;
use crate::units::Seconds;
use closed_loop::Draw;
use scenario::Deed;
use serde::{Deserialize, Serialize};
use setup::{Setup, today};
use stage::Stage;

/// How long the service is watched before the trigger.
const LEAD: Seconds = Seconds(10.0);

/// Windows that must follow the last trigger for anything to be said.
const LEAST_WINDOWS: usize = 10;

/// What to find out.
#[derive(Clone)]
pub struct Question {
    /// The service, its load, and when it happens.
    pub setup: Setup,
    /// What happens when, after that moment.
    pub deeds: Vec<(Seconds, Deed)>,
    /// Width of windows, in real time; `None`: one that suits the load.
    pub window: Option<Seconds>,
    /// When remedies are switched on, after the last trigger's end.
    pub act_after: Seconds,
    /// What to find out beside what happens.
    pub extent: Extent,
}

/// What to find out beside what happens; each costs more runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// What each remedy does.
    pub remedies: bool,
    /// Up to which load the service heals, without a remedy and with each that is tried.
    pub edges: bool,
    /// How to let the load back.
    pub ramp: bool,
    /// Which alerts tell an outage that stays from one that heals.
    pub alerts: bool,
}

/// What was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Story {
    /// What the trace says of itself.
    pub facts: Facts,
    /// The cache's capacity.
    pub capacity: Capacity,
    /// The same over the footprint.
    pub capacity_ratio: f64,
    /// When it happens.
    pub moment: Moment,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// The load as a factor of the recorded one.
    pub load: f64,
    /// True where the backend was assumed.
    pub backend_assumed: bool,
    /// Everything around the cache.
    pub model: Model,
    /// What happens, after the run's begin.
    pub steps: Vec<crate::outage::trigger::Step>,
    /// When the first trigger begins, and when the last is over, after the run's begin.
    pub begins: Seconds,
    /// When the last trigger is over.
    pub over: Seconds,
    /// When remedies are switched on.
    pub act: Seconds,
    /// How long was simulated, from the run's begin.
    pub ran: Seconds,
    /// True where the trace ended before the horizon.
    pub spent: bool,
    /// Width of the windows.
    pub width: Seconds,
    /// What the service met.
    pub windows: Vec<Window>,
    /// The same without any trigger.
    pub control: Verdict,
    /// What comes of it.
    pub verdict: Verdict,
    /// Each remedy alone, the best first.
    pub remedies: Vec<Tried>,
    /// Up to which loads it heals without a remedy; `None` where that was not sought.
    pub healing: Option<Healing>,
    /// The lowest load that was tried, above this one, at which users feel it; where they do not at this one.
    pub felt_from: Option<f64>,
    /// How to let the load back; `None` where nothing needs it, or none was found.
    pub ramp: Option<Ramp>,
    /// Which alerts tell an outage that stays from one that heals; `None` where it was not asked for.
    pub alerts: Option<Alerts>,
}

impl Story {
    /// Whether the service is well while nothing happens: else the trigger is not to blame.
    pub fn is_well_warm(&self) -> bool {
        self.control.healed
    }

    /// Whether it was over before remedies could be switched on.
    pub fn is_over_before_anybody_acts(&self) -> bool {
        self.verdict.recovery.is_some_and(|recovery| self.begins.0 + recovery.0 <= self.act.0)
    }

    /// Whether the trigger leaves no lasting mark on a service that is well without it.
    pub fn recovers(&self) -> bool {
        self.is_well_warm() && self.verdict.healed
    }

    /// Whether a service that is well without the trigger is kept down after it. Neither this nor [`Story::recovers`]: it was not
    /// over when the simulation ended, and nothing keeps it down.
    pub fn stays_down(&self) -> bool {
        !self.is_well_warm() || self.verdict.phase == Phase::Metastable
    }

    /// The load that is offered in the end, requests a second of the busiest window: as every load is counted.
    pub fn offered(&self) -> f64 {
        let made = self.steps.iter().filter(|step| step.at <= self.ran).rev().find_map(|step| match step.what {
            Happening::Load(factor) => Some(factor),
            _ => None,
        });
        self.today * made.unwrap_or(self.load)
    }

    /// The share of that load to shed for it to heal; 0 where it heals by itself.
    pub fn shed(&self) -> f64 {
        if self.verdict.healed { 0.0 } else { capacity::shed_share(self.verdict.escape_load, self.offered()) }
    }

    /// Whether users felt anything.
    pub fn is_felt(&self) -> bool {
        is_felt(&self.verdict)
    }
}

/// Tells the outage, with the distribution of service times with which it goes worst. `watch` is told of [`STEPS`] steps.
///
/// # Errors
/// An interrupt; a trace without times, gets or sizes where they are needed; a moment outside the trace; a cache size it cannot give; a
/// warm-up that leaves nothing.
pub fn tell(trace: &Trace, question: &Question, interrupt: &Interrupt, watch: &dyn Watch) -> Result<Story> {
    watch.phase("replaying warm");
    let mut ready = Ready::new(trace, question, interrupt)?;
    watch.step();
    ready.stage.model = ready.stage.worst_model(&*ready.warm)?;
    ready.tell(question, watch)
}

/// Tells it once for each draw.
///
/// # Errors
/// See [`tell`].
pub(super) fn tell_each(
    trace: &Trace,
    question: &Question,
    draws: &[Draw],
    interrupt: &Interrupt,
    step: &dyn Fn(),
) -> Result<Vec<Story>> {
    let mut ready = Ready::new(trace, question, interrupt)?;
    let surroundings = ready.stage.model;
    let tell = |draw: &Draw| {
        (ready.stage.model, ready.stage.seed) = (draw.model(&surroundings), draw.seed);
        step();
        ready.tell(question, &())
    };
    draws.iter().map(tell).collect()
}

/// All that an outage needs: what is known of the trace, and the warm cache just before it.
struct Ready<'t> {
    facts: Facts,
    capacity: Capacity,
    moment: Moment,
    today: f64,
    stage: Stage<'t>,
    warm: Box<dyn AnyCache>,
}

impl<'t> Ready<'t> {
    fn new(trace: &'t Trace, question: &Question, interrupt: &Interrupt) -> Result<Ready<'t>> {
        let requests = trace.requests();
        let setup = &question.setup;
        setup.check(trace)?;
        let warm = setup.sweep.warm_position(trace.len())?;
        let facts = Facts::of(trace, warm);
        let windows = Windows::cut(&requests, setup.load_window);
        let today = today(trace, &windows)?;
        let load = setup.factor(today);
        let moment = Moment::choose(&requests, &windows, warm, setup.at, Seconds(setup.horizon.0 * load))
            .map_err(|error| error.at(&trace.name, None))?;
        let cell = setup.cell(trace, &facts)?;
        let backend = setup.backend(trace, &cell, warm, load, interrupt)?;
        let model = setup.model(backend);
        let width = question.window.unwrap_or_else(|| suitable_width(today * load));
        let demand = facts.mean_share(backend.of);
        let stage = Stage::new(trace, question, width, model, &moment, load, today, demand, interrupt);
        let objects = stage.scenario(&model, &stage.steps, setup.seed).cache_objects().ok_or_else(|| {
            Error::usage("the scenario renames more keys than can be told apart")
                .at(&trace.name, None)
                .hint("rename fewer of them, or take a part of the trace: --limit")
        })?;
        let mut warm = cell.cache(objects, trace.ttls.is_some())?;
        warm.replay(&stage.history);
        Ok(Ready { facts, capacity: cell.capacity, moment, today, stage, warm })
    }

    /// The story of this stage.
    fn tell(&self, question: &Question, watch: &dyn Watch) -> Result<Story> {
        let Ready { facts, capacity, moment, today, stage, warm } = self;
        let told = told(stage, &**warm, question, *today, watch)?;
        // The verdict knows how those end who wait when the trace is over; the story is of the service under load.
        let windows = stage.whole(loaded(&told.windows)).to_vec();
        Ok(Story {
            facts: facts.clone(),
            capacity: *capacity,
            capacity_ratio: super::sweep::capacity_ratio(*capacity, facts),
            moment: moment.clone(),
            today: *today,
            load: stage.load,
            backend_assumed: question.setup.backend.is_none(),
            model: stage.model,
            steps: stage.steps.clone(),
            begins: stage.begins,
            over: stage.over,
            act: stage.act,
            ran: Seconds(windows.len() as f64 * stage.window.0),
            spent: stage.is_short(),
            width: stage.window,
            windows,
            control: told.control,
            verdict: told.verdict,
            remedies: told.remedies,
            healing: told.healing,
            felt_from: told.felt_from,
            ramp: told.ramp,
            alerts: told.alerts,
        })
    }
}

/// The narrowest of some widths in which so many requests arrive that a share of them means something.
pub(in crate::analysis) fn suitable_width(load: f64) -> Seconds {
    const WIDTHS: [f64; 5] = [1.0, 5.0, 10.0, 30.0, 60.0];
    const ENOUGH: f64 = 20.0;
    Seconds(WIDTHS.into_iter().find(|width| width * load >= ENOUGH).unwrap_or(WIDTHS[WIDTHS.len() - 1]))
}

/// What must follow a moment, in real time, for an outage to be told: some timeouts, and enough windows of this width.
pub(super) fn least_room(width: Seconds, timeout: Seconds) -> Seconds {
    let windows = (LEAST_WINDOWS + 2) as f64 * width.0;
    let (least, timeouts) = LEAST_AFTER_LOSS;
    Seconds(windows.max(least.0).max(timeouts * timeout.0))
}

/// What all runs of one story gave.
struct Told {
    windows: Vec<Window>,
    control: Verdict,
    verdict: Verdict,
    remedies: Vec<Tried>,
    healing: Option<Healing>,
    felt_from: Option<f64>,
    ramp: Option<Ramp>,
    alerts: Option<Alerts>,
}

/// All runs of one story, each from a fork of the warm cache.
fn told(stage: &Stage<'_>, warm: &dyn AnyCache, question: &Question, today: f64, watch: &dyn Watch) -> Result<Told> {
    watch.phase("simulating the outage");
    let (windows, control) = stage.play_and_control(warm)?;
    let follow = loaded(&windows).iter().filter(|window| window.start >= stage.over.nanoseconds()).count();
    if follow < LEAST_WINDOWS {
        return Err(Error::usage(format!(
            "the trace or the horizon ends {} after the triggers are over, which is too soon to see anything",
            Seconds(follow as f64 * stage.window.0)
        ))
        .hint("give an earlier --at, a lower --load, a longer --horizon, or a longer trace"));
    }
    let verdict = stage.judge(&windows, &stage.model);
    watch.step();
    watch.phase("trying remedies");
    let felt = is_felt(&verdict);
    let mut remedies = Vec::new();
    let (mut healing, mut felt_from) = (None, None);
    if felt && question.extent.remedies {
        remedies = remedies::try_all(stage, warm, &verdict)?;
    }
    watch.step();
    watch.phase("seeking the load that heals");
    if question.extent.edges {
        healing = edge::find(stage, warm, &mut remedies, today)?;
        if !felt && control.healed {
            felt_from = edge::felt_from(stage, warm, today)?;
        }
    }
    watch.step();
    watch.phase("seeking a way back");
    let mut ramp = None;
    if question.extent.ramp && control.healed && !verdict.healed {
        ramp = ramp::find(stage, warm, &verdict)?;
    }
    watch.step();
    let alerts = if question.extent.alerts { Some(alerts::find(stage, warm)?) } else { None };
    watch.step();
    Ok(Told { windows, control, verdict, remedies, healing, felt_from, ramp, alerts })
}

/// How many steps [`tell`] tells of.
pub const STEPS: u64 = 6;

fn is_felt(verdict: &Verdict) -> bool {
    verdict.worst_success < HEALTHY || !verdict.healed
}

/// True for a trigger.
fn is_trigger(what: &Happening) -> bool {
    matches!(what, Happening::Trigger(_))
}
