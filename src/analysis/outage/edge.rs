//! The load up to which the service heals from this outage: without a remedy, and with each of them in place.

use super::is_trigger;
use super::remedies::Tried;
use super::stage::Stage;
use crate::capacity::floor_long_run;
use crate::error::Result;
use crate::outage::remedy::Remedy;
use crate::outage::run::Scenario;
use crate::outage::search::{Bracket, Search};
use crate::outage::trigger::Step;
use crate::replay::any_cache::AnyCache;
use crate::units::Seconds;

/// Seeds with which each load is tried.
const SEEDS: u64 = 2;

/// Fills in the remedies' edges; gives the one without a remedy. Loads are requests a second of the busiest window.
pub(super) fn find(
    stage: &Stage<'_>,
    warm: &dyn AnyCache,
    remedies: &mut [Tried],
    today: f64,
) -> Result<Option<Bracket>> {
    // The trigger comes at once: before it nothing happens.
    let steps: Vec<Step> = stage
        .steps
        .iter()
        .filter(|step| is_trigger(&step.what))
        .map(|step| Step { at: Seconds(step.at.0 - stage.begins.0), ..*step })
        .collect();
    let quiet = Seconds(stage.over.0 - stage.begins.0);
    let lead = stage
        .requests
        .position_at(stage.requests.times[0].saturating_add(Seconds(stage.begins.0 * stage.load).nanoseconds()));
    let lead = lead.min(stage.requests.len() - 1);
    let lowest = floor_long_run(stage.answers(), stage.model.client.retries, 1.0) / today;
    let highest = most_carried(stage, warm, lead) / today;
    if lowest >= highest {
        return Ok(None);
    }
    let variants: Vec<Option<Remedy>> =
        std::iter::once(None).chain(remedies.iter().map(|tried| Some(tried.remedy))).collect();
    let mut searches = vec![Search::new(lowest, highest); variants.len()];
    let draws = stage.draws(SEEDS);
    close_in(&mut searches, &draws, |jobs| {
        stage.each(jobs, |(i, load, draw)| {
            let mut model = draw.model(&stage.model);
            let mut steps = steps.clone();
            if let Some(remedy) = variants[*i] {
                remedy.apply(&mut model);
                if matches!(remedy, Remedy::WarmUp { .. }) {
                    steps.push(Step::remedy(quiet, remedy));
                }
            }
            let scenario = Scenario {
                requests: stage.requests.slice(lead..stage.requests.len()),
                load: *load,
                ..stage.scenario(&model, &steps, draw.seed)
            };
            Ok(warm.fork().trial(&scenario, quiet, Seconds(stage.end.0 - stage.begins.0)).healed)
        })
    })?;
    let bracket = |search: &Search| {
        let Bracket { low, high } = search.bracket();
        Bracket { low: low.map(|load| load * today), high: high.map(|load| load * today) }
    };
    for (tried, search) in remedies.iter_mut().zip(&searches[1..]) {
        tried.edge = Some(bracket(search));
    }
    Ok(Some(bracket(&searches[0])))
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

/// The load that the warm cache lets through to the backend at its full capacity, in requests a second.
fn most_carried(stage: &Stage<'_>, warm: &dyn AnyCache, lead: usize) -> f64 {
    let tally = warm.fork().replay(&stage.requests.slice(lead..stage.requests.len()));
    stage.answers() / tally.miss_ratio().unwrap_or(1.0).max(1e-3)
}
