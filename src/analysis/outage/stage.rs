//! What all runs of one outage share: the trace around the moment, the model, the steps, and how a run is judged.

use super::closed_loop::{ClosedLoop, Draw};
use super::moment::Moment;
use super::{LEAD, Question, is_trigger};
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::outage::backend::Scatter;
use crate::outage::run::Scenario;
use crate::outage::trigger::{Happening, Step};
use crate::outage::verdict::{Verdict, judge};
use crate::outage::window::Window;
use crate::replay::any_cache::AnyCache;
use crate::replay::grid;
use crate::replay::windows::MISSING;
use crate::request::{Requests, SECOND};
use crate::trace::Trace;
use crate::units::Seconds;

/// The setting of one outage. Times are real time after the run's begin.
pub(super) struct Stage<'t> {
    pub requests: Requests<'t>,
    pub history: Requests<'t>,
    pub key_hashes: Vec<u32>,
    pub load: f64,
    pub model: Model,
    pub steps: Vec<Step>,
    pub begins: Seconds,
    pub over: Seconds,
    /// When remedies are switched on.
    pub act: Seconds,
    pub end: Seconds,
    /// Of the trace's last tick, where its clock is coarse, what has passed: a trace that is cut rarely has the whole of it.
    last_tick: Seconds,
    pub window: Seconds,
    /// The longest wait for a turn at the backend with which an answer is in time.
    pub patience: Seconds,
    pub seed: u64,
    closed_loop: ClosedLoop,
    pub threads: usize,
    /// Looked at before every run.
    pub interrupt: Interrupt,
    mean_demand: f64,
}

impl<'t> Stage<'t> {
    #[allow(clippy::too_many_arguments, reason = "all of them are this setting, and it is made in one place")]
    pub fn new(
        trace: &'t Trace,
        question: &Question,
        window: Seconds,
        model: Model,
        moment: &Moment,
        load: f64,
        today: f64,
        mean_demand: f64,
        interrupt: &Interrupt,
    ) -> Stage<'t> {
        let requests = trace.requests();
        let width = window.0;
        // So many whole windows before the moment that it is at the begin of one.
        let before = (LEAD.0 / width).ceil().min((moment.at.0 / load / width).floor());
        let lead = Seconds(before * width);
        let begin = requests.position_at(Seconds((moment.at.0 - lead.0 * load).max(0.0)).nanoseconds());
        let begin = begin.min(requests.len() - 1);
        let mut steps: Vec<Step> =
            question.deeds.iter().map(|(at, deed)| deed.step(Seconds(at.0 + lead.0), today)).collect();
        for step in &mut steps {
            // A load in a scenario is one of the trace's; the run's own load is its beginning.
            if let Happening::Load(factor) = &mut step.what {
                *factor = factor.max(1e-6);
            }
        }
        steps.sort_by(|a, b| a.at.0.total_cmp(&b.at.0));
        let triggers = || steps.iter().filter(|step| is_trigger(&step.what));
        let begins = triggers().map(|step| step.at.0).fold(f64::INFINITY, f64::min);
        let begins = Seconds(if begins.is_finite() { begins } else { lead.0 });
        let ends = |step: &Step| match step.what {
            Happening::Trigger(trigger) => step.at.0 + trigger.lasts().0,
            _ => 0.0,
        };
        let over = Seconds(triggers().map(ends).fold(begins.0, f64::max));
        Stage {
            requests: requests.slice(begin..requests.len()),
            history: requests.slice(0..begin),
            key_hashes: trace.key_hashes(),
            load,
            model,
            steps,
            begins,
            over,
            act: Seconds(over.0 + question.act_after.0),
            end: Seconds(begins.0 + question.setup.horizon.0),
            last_tick: Seconds(trace.since_last_tick() as f64 / SECOND as f64 / load),
            window,
            patience: question.setup.service.patience(),
            seed: question.setup.seed,
            closed_loop: question.setup.closed_loop.clone(),
            threads: question.setup.sweep.threads,
            interrupt: interrupt.clone(),
            mean_demand,
        }
    }

    /// The distributions of service times that are tried.
    pub fn service_times(&self) -> &[Scatter] {
        &self.closed_loop.service_times
    }

    /// So many seeds, with every distribution of service times.
    pub fn draws(&self, seeds: u64) -> Vec<Draw> {
        self.closed_loop.draws(self.seed, seeds)
    }

    pub fn scenario(&self, model: &Model, steps: &[Step], seed: u64) -> Scenario<'_> {
        Scenario {
            requests: self.requests,
            history: self.history,
            key_hashes: &self.key_hashes,
            load: self.load,
            model: *model,
            steps: steps.to_vec(),
            window: self.window,
            seed,
        }
    }

    /// Runs these steps from the warm cache.
    pub fn play(&self, warm: &dyn AnyCache, model: &Model, steps: &[Step]) -> Vec<Window> {
        warm.fork().simulate(&self.scenario(model, steps, self.seed), self.end)
    }

    /// Does independent runs on all threads.
    ///
    /// # Errors
    /// The first run's error, or an interrupt.
    pub fn each<J: Sync, R: Send>(&self, jobs: &[J], work: impl Fn(&J) -> Result<R> + Sync) -> Result<Vec<R>> {
        grid::run(jobs, self.threads, |job| {
            self.interrupt.check()?;
            work(job)
        })
    }

    /// The surroundings with the distribution of service times with which the outage goes worst, the first of equals.
    pub fn worst_model(&self, warm: &dyn AnyCache) -> Result<Model> {
        let draws = self.draws(1);
        if let [only] = draws[..] {
            return Ok(only.model(&self.model));
        }
        let verdicts = self.each(&draws, |draw| {
            let model = draw.model(&self.model);
            Ok(self.judge(&self.play(warm, &model, &self.steps), &model))
        })?;
        Ok(draws[worst(&verdicts)].model(&self.model))
    }

    /// The outage, and the same stretch without its triggers.
    pub fn play_and_control(&self, warm: &dyn AnyCache) -> Result<(Vec<Window>, Verdict)> {
        let calm: Vec<Step> = self.steps.iter().filter(|step| !is_trigger(&step.what)).copied().collect();
        let mut runs = self.each(&[self.steps.clone(), calm], |steps| Ok(self.play(warm, &self.model, steps)))?;
        let control = self.judge(&runs.pop().unwrap_or_default(), &self.model);
        Ok((runs.pop().unwrap_or_default(), control))
    }

    pub fn judge(&self, windows: &[Window], model: &Model) -> Verdict {
        self.judge_between(windows, model, self.begins, self.over)
    }

    /// Judges a run whose triggers begin and are over at other times.
    pub fn judge_between(&self, windows: &[Window], model: &Model, begins: Seconds, over: Seconds) -> Verdict {
        judge(windows, self.window, begins, over, model, self.mean_demand)
    }

    /// Judges a loss at the moment when the triggers begin.
    pub fn judge_loss(&self, windows: &[Window]) -> Verdict {
        judge(windows, self.window, self.begins, self.begins, &self.model, self.mean_demand)
    }

    /// Whether the trace ends before the horizon does.
    pub fn is_short(&self) -> bool {
        self.lasts() < self.end.0
    }

    /// Seconds that the trace takes at this load.
    fn lasts(&self) -> f64 {
        let span = self.requests.times[self.requests.len() - 1] - self.requests.times[0];
        span as f64 / SECOND as f64 / self.load
    }

    /// Without the last window, where the trace's end cuts it, or those of a last tick: it would look as if fewer came.
    pub fn whole<'w>(&self, windows: &'w [Window]) -> &'w [Window] {
        let whole = ((self.lasts() - self.last_tick.0) / self.window.0 + MISSING) as usize;
        let cut = 1 + (self.last_tick.0 / self.window.0) as usize;
        if (whole + 1..=whole + cut).contains(&windows.len()) { &windows[..whole] } else { windows }
    }

    /// Answers a second that the backend can give.
    pub fn answers(&self) -> f64 {
        self.model.backend.mu.per_second / self.mean_demand.max(f64::MIN_POSITIVE)
    }
}

/// Which outage takes the longest, of equals which costs users the most, of equals the first.
pub(in crate::analysis) fn worst<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>) -> usize {
    let took = |verdict: &Verdict| verdict.recovery.map_or(f64::INFINITY, |recovery| recovery.0);
    let worse = |a: &Verdict, b: &Verdict| {
        took(a).total_cmp(&took(b)).then(a.user_seconds_lost.total_cmp(&b.user_seconds_lost)).is_gt()
    };
    let all = verdicts.into_iter().enumerate();
    all.reduce(|worst, next| if worse(next.1, worst.1) { next } else { worst }).map_or(0, |(i, _)| i)
}
