//! How to let the load back after a collapse: cut it below the escape load, wait until the service is calm, raise it, and
//! so on. Each step is found by simulating all steps before it, with several seeds.

use super::closed_loop::Draw;
use super::stage::Stage;
use crate::error::Result;
use crate::outage::trigger::{Happening, Step};
use crate::outage::verdict::{HEALTHY, Verdict};
use crate::outage::window::Window;
use crate::replay::any_cache::AnyCache;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// How many seeds a schedule is simulated with, for each distribution of service times.
pub const SEEDS: u64 = 5;
/// The first load, as a share of the escape load: what is left of the backend works off the queue, which nobody waits for.
const FIRST: f64 = 0.3;
/// By how much each step raises the load, at first.
const RAISE: f64 = 2.0;
/// A step is over after so many calm windows in a row.
const CALM: usize = 10;
/// And the last one after so many.
const CALM_IN_THE_END: usize = 30;
/// Windows that are simulated at once; holds are multiples of them.
const AT_ONCE: usize = 5;
/// How long one step may take to become calm.
const PATIENCE: Seconds = Seconds(1800.0);
/// Tries before it is given up.
const TRIES: usize = 40;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RampStep {
    /// When, after the run's begin.
    pub at: Seconds,
    /// The load, as a share of the full one.
    pub share: f64,
    /// How long it is held before the next; `None` for the last.
    pub hold: Option<Seconds>,
}

/// A schedule that was simulated to its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ramp {
    /// The steps; the last is the full load.
    pub steps: Vec<RampStep>,
    /// From the first step until the service is calm at the full load, in the slowest of the simulations.
    pub takes: Seconds,
    /// With how many seeds and distributions of service times.
    pub simulations: usize,
}

/// A schedule that brought the service back with every seed; `None` where none was found, or the trace ends before.
pub(super) fn find(stage: &Stage<'_>, warm: &dyn AnyCache, verdict: &Verdict) -> Result<Option<Ramp>> {
    let escape = (verdict.escape_load / verdict.load.max(f64::MIN_POSITIVE)).min(1.0);
    let draws = stage.draws(SEEDS);
    let mut steps = vec![RampStep { at: stage.act, share: FIRST * escape, hold: None }];
    for _ in 0..TRIES {
        let last = steps[steps.len() - 1];
        match calm_after(stage, warm, &steps, &draws)? {
            Some(hold) if last.share >= 1.0 => {
                let takes = Seconds(last.at.0 + hold.0 - stage.act.0);
                return Ok(Some(Ramp { takes, steps, simulations: draws.len() }));
            }
            Some(hold) => {
                let index = steps.len() - 1;
                steps[index].hold = Some(hold);
                let share = (last.share * RAISE).min(1.0);
                steps.push(RampStep { at: Seconds(last.at.0 + hold.0), share, hold: None });
            }
            // Too steep: half as far, in proportion. The first step has none before it: lower.
            None => {
                let index = steps.len() - 1;
                let below = if index == 0 { last.share / RAISE } else { steps[index - 1].share };
                steps[index].share = (last.share * below).sqrt();
                if last.share / below < 1.05 {
                    return Ok(None);
                }
            }
        }
    }
    Ok(None)
}

/// How long after the last of these steps the service is calm with every seed, in whole multiples of five windows.
fn calm_after(stage: &Stage<'_>, warm: &dyn AnyCache, steps: &[RampStep], draws: &[Draw]) -> Result<Option<Seconds>> {
    let last = steps[steps.len() - 1];
    let long = if last.share >= 1.0 { CALM_IN_THE_END } else { CALM };
    let mut all = stage.steps.clone();
    all.extend(steps.iter().map(|step| Step { at: step.at, what: Happening::Load(stage.load * step.share) }));
    let times = stage.each(draws, |draw| {
        let mut cache = warm.fork();
        let scenario = stage.scenario(&draw.model(&stage.model), &all, draw.seed);
        let mut run = cache.begin(&scenario);
        run.until(last.at);
        let (from, mut now) = (run.windows().len(), last.at);
        while now.0 < last.at.0 + PATIENCE.0 && !run.is_spent() {
            now = Seconds(now.0 + AT_ONCE as f64 * stage.window.0);
            run.until(now);
            let calm = calm(run.windows().get(from..).unwrap_or_default(), long);
            if calm.is_some() {
                return Ok(calm);
            }
        }
        Ok(None)
    })?;
    let slowest: Option<usize> = times.into_iter().try_fold(0, |slowest, time| time.map(|time| slowest.max(time)));
    Ok(slowest.map(|windows| Seconds((windows.div_ceil(AT_ONCE) * AT_ONCE) as f64 * stage.window.0)))
}

/// The windows until the first stretch so long that is calm has passed.
fn calm(windows: &[Window], long: usize) -> Option<usize> {
    let is_calm = |window: &Window| window.min_delay == 0 && window.success().is_none_or(|success| success >= HEALTHY);
    windows.windows(long).position(|stretch| stretch.iter().all(is_calm)).map(|begin| begin + long)
}
