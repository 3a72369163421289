//! Each way of breaking the loop, tried alone: in place before the trigger, and switched on while the service is down.

use super::closed_loop::Draw;
use super::stage::{Stage, worst};
use super::words;
use crate::error::Result;
use crate::outage::breaker::Breaker;
use crate::outage::queue::CoDel;
use crate::outage::remedy::Remedy;
use crate::outage::search::Bracket;
use crate::outage::trigger::{Happening, Step};
use crate::outage::verdict::Verdict;
use crate::replay::any_cache::AnyCache;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What one remedy does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tried {
    /// The remedy.
    pub remedy: Remedy,
    /// The outage with the remedy in place before it.
    pub before: Verdict,
    /// The outage with the remedy switched on while it lasts.
    pub during: Verdict,
    /// The loads between which healing ends with the remedy in place, requests a second; `None` where it was not sought.
    pub edge: Option<Bracket>,
}

/// A queue bound of this share of what the backend answers within a timeout keeps most waits in time.
const BOUND: f64 = 0.5;
/// Retries allowed per request.
const RETRIES: f64 = 0.1;
/// The share of the backend that a warm-up may take.
const WARM_UP: f64 = 0.5;

/// Every remedy that would change anything here, with settings that suit the service. Shedding is not among them: while it
/// lasts its users are not served, and how to end it is the ramp's question.
fn candidates(stage: &Stage<'_>, entries: u64) -> Vec<Remedy> {
    let client = stage.model.client;
    let bound = (BOUND * stage.answers() * client.timeout.0).max(1.0) as u32;
    let mut all = vec![
        Remedy::BoundedQueue(bound),
        Remedy::Lifo,
        Remedy::AdaptiveLifo(CoDel::default()),
        Remedy::Deadline(stage.patience),
        Remedy::CircuitBreaker(Breaker::default()),
        Remedy::FillsFirst,
        Remedy::SingleFlight,
        Remedy::LateFills,
        Remedy::Cancel,
        Remedy::WarmUp { keys: entries.clamp(1, u64::from(u32::MAX)) as u32, per_second: WARM_UP * stage.answers() },
        Remedy::FastErrors,
    ];
    if client.retries > 0 {
        all.extend([Remedy::NoRetries, Remedy::RetryBudget(words::budget(RETRIES)), Remedy::FirstTriesFirst]);
    }
    if stage.requests.ttls.is_some() {
        all.push(Remedy::ServeStale(Seconds(60.0)));
    }
    all.retain(|remedy| {
        let mut model = stage.model;
        remedy.apply(&mut model);
        model != stage.model || matches!(remedy, Remedy::WarmUp { .. })
    });
    all
}

/// Tries all, and ranks them: first what heals soonest when switched on, then what heals soonest when in place before; only
/// by the latter where the outage is over before anybody acts.
pub(super) fn try_all(stage: &Stage<'_>, warm: &dyn AnyCache, untreated: &Verdict) -> Result<Vec<Tried>> {
    let remedies = candidates(stage, warm.entries());
    let draws = stage.draws(1);
    let ways = remedies.iter().flat_map(|remedy| [(*remedy, Seconds(0.0)), (*remedy, stage.act)]);
    let jobs: Vec<(Remedy, Seconds, Draw)> =
        ways.flat_map(|(remedy, from)| draws.iter().map(move |draw| (remedy, from, *draw))).collect();
    let verdicts = stage.each(&jobs, |(remedy, from, draw)| Ok(with(stage, warm, *remedy, *from, *draw)))?;
    let verdicts: Vec<Verdict> = verdicts.chunks_exact(draws.len()).map(|of_way| of_way[worst(of_way)]).collect();
    let mut tried: Vec<Tried> = remedies
        .iter()
        .zip(verdicts.chunks_exact(2))
        .map(|(remedy, both)| Tried { remedy: *remedy, before: both[0], during: both[1], edge: None })
        .collect();
    let time = |verdict: &Verdict| verdict.recovery.map_or(f64::INFINITY, |time| time.0);
    let late = stage.begins.0 + time(untreated) <= stage.act.0;
    tried.sort_by(|a, b| {
        let during = if late { Ordering::Equal } else { time(&a.during).total_cmp(&time(&b.during)) };
        let before = time(&a.before).total_cmp(&time(&b.before));
        let lost = a.before.user_seconds_lost.total_cmp(&b.before.user_seconds_lost);
        during.then(before).then(lost)
    });
    Ok(tried)
}

/// The outage with one remedy, from the begin (0) or from a moment on.
fn with(stage: &Stage<'_>, warm: &dyn AnyCache, remedy: Remedy, from: Seconds, draw: Draw) -> Verdict {
    // A warm-up before there is anything to warm would do nothing: it begins with the trigger's end.
    let work = matches!(remedy, Remedy::WarmUp { .. });
    let from = if from.0 == 0.0 && work { stage.over } else { from };
    let mut model = draw.model(&stage.model);
    let mut steps = stage.steps.clone();
    if from.0 == 0.0 {
        remedy.apply(&mut model);
    } else {
        steps.push(Step { at: from, what: Happening::Remedy(remedy) });
    }
    let windows = stage.play(warm, &model, &steps);
    remedy.apply(&mut model);
    stage.judge(&windows, &model)
}
