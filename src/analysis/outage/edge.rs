//! The load up to which the service heals from this outage: without a remedy, and with each of them in place.

use super::closed_loop::Draw;
use super::is_trigger;
use super::remedies::Tried;
use super::stage::Stage;
use crate::analysis::healing::{Effort, Experiment, Healing, Try, fastest};
use crate::capacity::floor_long_run;
use crate::error::Result;
use crate::outage::Model;
use crate::outage::remedy::Remedy;
use crate::outage::run::Scenario;
use crate::outage::search::{Bracket, Search};
use crate::outage::trigger::Step;
use crate::replay::any_cache::AnyCache;
use crate::request::Requests;
use crate::units::Seconds;

/// Seeds with which remedies, and whether it is felt, are tried at each load.
const SEEDS: u64 = 2;

/// Loads that are tried one after the other until one is felt, each so many times the last.
const NEXT: f64 = 1.1;
const NEXT_LOADS: i32 = 24;
/// How often the last step is halved then: to less than a hundredth.
const HALVINGS: usize = 4;

/// The outage with its trigger at once: before it nothing happens. Loads are factors of the recorded one.
struct AtOnce<'s, 't> {
    stage: &'s Stage<'t>,
    warm: &'s dyn AnyCache,
    steps: Vec<Step>,
    /// When the triggers are over.
    quiet: Seconds,
    length: Seconds,
    /// Position at which it begins.
    begin: usize,
}

impl<'s, 't> AtOnce<'s, 't> {
    fn new(stage: &'s Stage<'t>, warm: &'s dyn AnyCache) -> AtOnce<'s, 't> {
        let begins = stage.begins;
        let triggers = stage.steps.iter().filter(|step| is_trigger(&step.what));
        let steps = triggers.map(|step| Step { at: Seconds(step.at.0 - begins.0), ..*step }).collect();
        let lead = Seconds(begins.0 * stage.load).nanoseconds();
        let begin = stage.requests.position_at(stage.requests.times[0].saturating_add(lead));
        AtOnce {
            stage,
            warm,
            steps,
            quiet: Seconds(stage.over.0 - begins.0),
            length: Seconds(stage.end.0 - begins.0),
            begin: begin.min(stage.requests.len() - 1),
        }
    }

    fn requests(&self) -> Requests<'t> {
        self.stage.requests.slice(self.begin..self.stage.requests.len())
    }

    fn scenario<'a>(&'a self, model: &Model, steps: &[Step], load: f64, seed: u64) -> Scenario<'a> {
        Scenario { requests: self.requests(), load, ..self.stage.scenario(model, steps, seed) }
    }

    /// Whether it ends well.
    fn heals(&self, remedy: Option<Remedy>, load: f64, draw: Draw) -> bool {
        let mut model = draw.model(&self.stage.model);
        let mut steps = self.steps.clone();
        if let Some(remedy) = remedy {
            remedy.apply(&mut model);
            if matches!(remedy, Remedy::WarmUp { .. }) {
                steps.push(Step::remedy(self.quiet, remedy));
            }
        }
        let scenario = self.scenario(&model, &steps, load, draw.seed);
        let outcome = self.warm.fork().trial(&scenario, self.quiet, self.length);
        outcome.healed || outcome.user_seconds_lost == 0.0
    }

    /// Whether users feel it, in any of some simulations.
    fn is_felt(&self, load: f64) -> Result<bool> {
        let felt = self.stage.each(&self.stage.draws(SEEDS), |draw| {
            let model = draw.model(&self.stage.model);
            let scenario = self.scenario(&model, &self.steps, load, draw.seed);
            let windows = self.warm.fork().simulate(&scenario, self.length);
            Ok(super::is_felt(&self.stage.judge_between(&windows, &model, Seconds(0.0), self.quiet)))
        })?;
        Ok(felt.contains(&true))
    }

    /// The load that the warm cache lets through to the backend at its full capacity in the long run, or at which the trace
    /// passes too fast for trials.
    fn most(&self, today: f64) -> f64 {
        let tally = self.warm.fork().replay(&self.requests());
        let carried = self.stage.answers() / tally.miss_ratio().unwrap_or(1.0).max(1e-3) / today;
        carried.min(fastest(&self.requests(), self.stage.model.client.timeout))
    }
}

/// Fills in the remedies' edges; gives the healing curve without a remedy. Loads are requests a second of the busiest window.
pub(super) fn find(
    stage: &Stage<'_>,
    warm: &dyn AnyCache,
    remedies: &mut [Tried],
    today: f64,
) -> Result<Option<Healing>> {
    let at_once = AtOnce::new(stage, warm);
    let lowest = floor_long_run(stage.answers(), stage.model.client.retries, 1.0) / today;
    let highest = at_once.most(today);
    if lowest >= highest {
        return Ok(None);
    }
    let draws = stage.draws(SEEDS);
    let mut searches = vec![Search::new(lowest, highest); remedies.len()];
    close_in(&mut searches, &draws, |jobs| {
        stage.each(jobs, |(i, load, draw)| Ok(at_once.heals(Some(remedies[*i].remedy), *load, *draw)))
    })?;
    for (tried, search) in remedies.iter_mut().zip(&searches) {
        let Bracket { low, high } = search.bracket();
        tried.edge = Some(Bracket { low: low.map(|load| load * today), high: high.map(|load| load * today) });
    }
    let experiment = Experiment::new((lowest, highest), vec![(at_once.begin, highest)], stage.seed, Effort::Intervals);
    let service_times = stage.service_times();
    let (healing, _) = experiment.healing(service_times, today, |service, tries| {
        let draw = |one: &Try| Draw { service: service_times[service], seed: one.seed };
        stage.each(tries, |one| Ok(at_once.heals(None, one.load, draw(one))))
    })?;
    Ok(Some(healing))
}

/// The load above the stage's from which users feel the outage, requests a second; `None` where they do at none.
pub(super) fn felt_from(stage: &Stage<'_>, warm: &dyn AnyCache, today: f64) -> Result<Option<f64>> {
    let at_once = AtOnce::new(stage, warm);
    let highest = at_once.most(today);
    let mut low = stage.load;
    for load in (1..=NEXT_LOADS).map(|i| stage.load * NEXT.powi(i)).take_while(|load| *load <= highest) {
        if at_once.is_felt(load)? {
            let mut high = load;
            for _ in 0..HALVINGS {
                let middle = (low * high).sqrt();
                if at_once.is_felt(middle)? { high = middle } else { low = middle }
            }
            return Ok(Some(high * today));
        }
        low = load;
    }
    Ok(None)
}

/// Closes in on the edges of several variants at once: every load of a round is tried in each of the `tries` (seeds, say), and
/// is good only if all of them heal. `run` does trials side by side, and says of each whether it healed.
///
/// # Errors
/// What `run` gives.
pub(in crate::analysis) fn close_in<K: Copy>(
    searches: &mut [Search],
    tries: &[K],
    run: impl Fn(&[(usize, f64, K)]) -> Result<Vec<bool>>,
) -> Result<()> {
    loop {
        let rounds = searches.iter().enumerate();
        let loads = rounds.flat_map(|(i, search)| search.round().into_iter().map(move |load| (i, load)));
        let jobs: Vec<(usize, f64, K)> =
            loads.flat_map(|(i, load)| tries.iter().map(move |try_| (i, load, *try_))).collect();
        if jobs.is_empty() {
            return Ok(());
        }
        let healed = run(&jobs)?;
        for (trials, jobs) in healed.chunks(tries.len()).zip(jobs.chunks(tries.len())) {
            let (i, load, _) = jobs[0];
            searches[i].learn(load, trials.iter().all(|healed| *healed));
        }
    }
}
