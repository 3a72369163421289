//! The load up to which the service heals from this outage: without a remedy, and with each of them in place.

use super::is_trigger;
use super::remedies::Tried;
use super::stage::Stage;
use crate::cache::Cache;
use crate::error::Result;
use crate::outage::remedy::Remedy;
use crate::outage::run::Scenario;
use crate::outage::search::{Bracket, Search, trial};
use crate::outage::trigger::Step;
use crate::policy::Policy;
use crate::replay::replay;
use crate::units::Seconds;

/// Seeds at which each load is tried.
const SEEDS: u64 = 2;

/// Fills in the remedies' edges; gives the one without a remedy. Loads are requests a second of the busiest window.
pub(super) fn find<P: Policy>(
    stage: &Stage<'_>,
    warm: &Cache<P>,
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
    let lead = stage.requests.position_at(stage.requests.times[0] + Seconds(stage.begins.0 * stage.load).nanoseconds());
    let lead = lead.min(stage.requests.len() - 1);
    let lowest = stage.answers() / (1.0 + f64::from(stage.model.client.retries)) / today;
    let highest = most_carried(stage, warm, lead) / today;
    if lowest >= highest {
        return Ok(None);
    }
    let mut variants: Vec<(Option<Remedy>, Search)> = vec![(None, Search::new(lowest, highest))];
    variants.extend(remedies.iter().map(|tried| (Some(tried.remedy), Search::new(lowest, highest))));
    loop {
        let jobs: Vec<(usize, f64, u64)> = variants
            .iter()
            .enumerate()
            .flat_map(|(i, (_, search))| search.round().into_iter().map(move |load| (i, load)))
            .flat_map(|(i, load)| (0..SEEDS).map(move |seed| (i, load, seed)))
            .collect();
        if jobs.is_empty() {
            break;
        }
        let healed = stage.each(&jobs, |(i, load, seed)| {
            let mut model = stage.model;
            let mut steps = steps.clone();
            if let Some(remedy) = variants[*i].0 {
                remedy.apply(&mut model);
                if matches!(remedy, Remedy::WarmUp { .. }) {
                    steps.push(Step::remedy(quiet, remedy));
                }
            }
            let scenario = Scenario {
                requests: stage.requests.slice(lead..stage.requests.len()),
                load: *load,
                ..stage.scenario(&model, &steps, stage.seed + seed)
            };
            Ok(trial(&scenario, &mut warm.clone(), quiet, Seconds(stage.end.0 - stage.begins.0)).healed)
        })?;
        for (trials, jobs) in healed.chunks(SEEDS as usize).zip(jobs.chunks(SEEDS as usize)) {
            let (i, load, _) = jobs[0];
            variants[i].1.learn(load, trials.iter().all(|healed| *healed));
        }
    }
    let bracket = |search: &Search| {
        let Bracket { low, high } = search.bracket();
        Bracket { low: low.map(|load| load * today), high: high.map(|load| load * today) }
    };
    for (tried, (_, search)) in remedies.iter_mut().zip(&variants[1..]) {
        tried.edge = Some(bracket(search));
    }
    Ok(Some(bracket(&variants[0].1)))
}

/// The load that the warm cache lets through to the backend at its full capacity, in requests a second.
fn most_carried<P: Policy>(stage: &Stage<'_>, warm: &Cache<P>, lead: usize) -> f64 {
    let mut cache = warm.clone();
    let tally = replay(&mut cache, &stage.requests.slice(lead..stage.requests.len()));
    stage.answers() / tally.miss_ratio().unwrap_or(1.0).max(1e-3)
}
