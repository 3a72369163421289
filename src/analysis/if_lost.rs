//! What becomes of a full flush at the load to carry, simulated: in numbers for every cell, and told for the baseline, with
//! how its cache's nodes may restart. It asks `outage` and `knobs`, and simulates nothing itself.

use super::knobs::restart::{self, Restarts};
use super::knobs::{self, Known, Scene};
use super::outage::scenario::Deed;
use super::outage::setup::Setup;
use super::outage::stage::worst;
use super::outage::{self, Extent, Moment, Story, least_room, suitable_width};
use super::{Finding, Question, Sweep};
use crate::capacity;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::outage::trigger::{Happening, Trigger};
use crate::policy::Capacity;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::ground::Ground;
use crate::replay::windows::Windows;
use crate::trace::Trace;
use crate::units::{CacheSize, Load, Rate, Seconds};
use serde::{Deserialize, Serialize};

/// Begins the reason of a moment that is the worst.
pub const WORST: &str = "where a flush is worst";

/// What is lost with the cache, in the worst of the simulations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lost {
    /// Whether it healed in all of them; `None` where it stayed down in none, and yet was not over in some.
    pub recovers: Option<bool>,
    /// How long that took, where it did.
    pub recovery: Option<Seconds>,
    /// Requests that failed until the simulation's end.
    pub requests_failed: u64,
    /// What users waited for nothing in that time.
    pub user_seconds_lost: f64,
    /// The load under which the collapsed service climbs out, requests a second.
    pub escape: f64,
    /// The share of the load to carry to shed for that; 0 where it heals by itself.
    pub shed: f64,
}

/// The baseline's outage.
#[derive(Clone, Serialize, Deserialize)]
pub struct IfLost {
    /// The seed of the outage that is told.
    pub seed: u64,
    /// The outage, of the seed and the distribution of service times with which it went worst.
    pub story: Story,
    /// How often it was simulated, and how often it healed.
    pub simulations: (usize, usize),
    /// How nodes may restart.
    pub restarts: Restarts,
}

/// The service whose cache is lost.
pub(super) struct Service<'a> {
    pub trace: &'a Trace,
    pub question: &'a Question,
    pub windows: &'a Windows,
    pub ground: &'a Ground<'a>,
    pub backend: Rate,
    pub today: f64,
    pub interrupt: &'a Interrupt,
}

impl Service<'_> {
    /// Where the cache is lost: where a flush is worst for the baseline, if enough of the trace follows to see what becomes
    /// of it; else the busiest window that leaves enough. `None`: the trace is too short.
    pub fn moment(&self, baseline: &Finding) -> Result<Option<Moment>> {
        let (question, load) = (self.question, self.ground.load);
        let width = suitable_width(self.today * load);
        let room = least_room(width, question.service.timeout);
        let requests = self.trace.requests();
        let follows = |at: f64| {
            // The last request within the horizon: there are traces with hours in which nobody comes.
            let end = requests.position_at(Seconds(at + question.horizon.0 * load).nanoseconds());
            let end = requests.times[end.saturating_sub(1)] as f64 / 1e9;
            room.0 <= question.horizon.0 && (end - at) / load >= room.0
        };
        let worst =
            [baseline.measured.as_ref().and_then(|measured| measured.worst_moment), Some(baseline.worst_moment)];
        if let Some(at) = worst.into_iter().flatten().find(|at| follows(*at))
            && baseline.hidden.is_some()
        {
            let why = format!("{WORST} for {}", baseline.policy());
            return Ok(Some(Moment { at: Seconds(at), why }));
        }
        let horizon = Seconds(question.horizon.0 * load);
        let moment = Moment::choose(&requests, self.windows, self.ground.warm, None, horizon)?;
        Ok(Some(moment).filter(|moment| follows(moment.at.0)))
    }

    /// Simulates the flush of every cell with every seed; tells that of the first cell's baseline. `step` is called once a
    /// simulation, and once for the restarts.
    pub fn lose(
        &self,
        cells: &[Cell],
        baseline: &Finding,
        moment: &Moment,
        step: &(dyn Fn() + Sync),
    ) -> Result<(Vec<Lost>, IfLost)> {
        let question = self.question;
        let draws = question.draws();
        let ask = |cell: &Cell| outage::Question {
            // Cells run side by side; each by itself on one thread.
            setup: Setup { at: Some(moment.at), ..self.setup(cell, 1) },
            deeds: vec![(Seconds(0.0), Deed::Happens(Happening::Trigger(Trigger::Flush)))],
            window: None,
            act_after: Seconds(0.0),
            extent: Extent { remedies: false, edges: false, ramp: false, alerts: false },
        };
        let of_cell = grid::run(cells, question.sweep.threads, |cell| {
            outage::tell_each(self.trace, &ask(cell), &draws, self.interrupt, step)
        })?;
        let told = &of_cell[question.baseline];
        let worst = worst(told.iter().map(|story| &story.verdict));
        let mut story = told[worst].clone();
        story.moment.why.clone_from(&moment.why);
        let setup = self.setup(&baseline.cell, question.sweep.threads);
        let known = Known::of(baseline, question.nodes);
        let scene = Scene::new(self.trace, &setup, Some(known), question.nodes, self.interrupt)?;
        let restarts = restart::restarts(&scene, restart::Extent::Edges)?;
        self.interrupt.check()?;
        step();
        let healed = told.iter().filter(|story| story.recovers()).count();
        let if_lost = IfLost { seed: draws[worst].seed, story, simulations: (told.len(), healed), restarts };
        let carried = self.today * self.ground.load;
        Ok((of_cell.iter().map(|stories| Lost::of(stories, carried)).collect(), if_lost))
    }

    /// The knobs of the baseline's service, one by one.
    pub fn sensitivity(&self, baseline: &Finding, step: &(dyn Fn() + Sync)) -> Result<Vec<knobs::sensitivity::Row>> {
        let setup = self.setup(&baseline.cell, self.question.sweep.threads);
        let scene = Scene::new(self.trace, &setup, Some(Known::of(baseline, 1)), 1, self.interrupt)?;
        let rows = knobs::sensitivity::sensitivity(&scene, &|_| {}, step)?;
        self.interrupt.check()?;
        Ok(rows)
    }

    /// One cell's service in the words of `outage`.
    fn setup(&self, cell: &Cell, threads: usize) -> Setup {
        let question = self.question;
        let size = match cell.capacity {
            Capacity::Objects(n) => CacheSize::Objects(n),
            Capacity::Bytes(n) => CacheSize::Bytes(n),
        };
        Setup {
            sweep: Sweep { policies: vec![cell.policy.clone()], sizes: vec![size], threads, ..question.sweep.clone() },
            backend: Some(self.backend),
            service: question.service,
            closed_loop: question.closed_loop.clone(),
            load: Some(Load::TimesToday(self.ground.load)),
            load_window: question.window,
            at: None,
            horizon: question.horizon,
            seed: question.seeds.first().copied().unwrap_or(1),
        }
    }
}

impl Lost {
    /// The worst of some simulations of one cell. `carried`: the load to carry, requests a second.
    fn of(stories: &[Story], carried: f64) -> Lost {
        let recovers = match stories.iter().all(Story::recovers) {
            true => Some(true),
            false => stories.iter().any(Story::stays_down).then_some(false),
        };
        let most = |of: fn(&Story) -> f64| stories.iter().map(of).fold(0.0, f64::max);
        let healed = stories.iter().all(|story| story.verdict.healed);
        // What one that healed would climb out at, nobody needs to know where another stays down.
        let down = stories.iter().filter(|story| healed || !story.verdict.healed);
        let escape = down.map(|story| story.verdict.escape_load).fold(f64::INFINITY, f64::min);
        Lost {
            recovers,
            recovery: (recovers == Some(true))
                .then(|| Seconds(most(|story| story.verdict.recovery.unwrap_or(Seconds(0.0)).0))),
            requests_failed: stories.iter().map(|story| story.verdict.requests_failed).max().unwrap_or(0),
            user_seconds_lost: most(|story| story.verdict.user_seconds_lost),
            escape,
            shed: if healed { 0.0 } else { capacity::shed_share(escape, carried) },
        }
    }
}
