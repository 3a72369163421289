//! Restarting the cache's nodes under load: how many at once, and how long after one another, so that nobody feels it.

use super::bench::{SEEDS, Scene};
use crate::cache::Cache;
use crate::error::Result;
use crate::outage::run::{Scenario, simulate};
use crate::outage::trigger::{Happening, Step, Trigger};
use crate::outage::verdict::{HEALTHY, judge};
use crate::policy::Policy;
use crate::replay::cell::Task;
use crate::replay::grid;
use crate::replay::replay;
use crate::request::SECOND;
use crate::units::Seconds;

/// Times between two restarts that are tried, in seconds.
const SPACINGS: [f64; 12] = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];
/// Windows that must follow the last restart.
const FOLLOW: f64 = 20.0;

/// A way of restarting, tried at every moment with every seed; the worst of them counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Restart {
    /// Nodes that restart at once.
    pub at_once: u32,
    /// Time between two restarts; `None` where there is one only.
    pub spacing: Option<Seconds>,
    /// Whether all healed.
    pub healed: bool,
    /// The lowest success over five windows.
    pub worst_success: f64,
    /// From the first restart until the service was well again, in the slowest.
    pub recovery: Option<Seconds>,
}

impl Restart {
    /// Whether nobody felt it.
    pub fn is_safe(&self) -> bool {
        self.healed && self.worst_success >= HEALTHY
    }
}

/// What was found, at the load to carry.
#[derive(Debug, Clone)]
pub struct Restarts {
    /// Nodes of the cache.
    pub nodes: u32,
    /// Without any restart.
    pub control: Restart,
    /// One restart of 1, 2, ... nodes.
    pub batches: Vec<Restart>,
    /// All nodes one after the other, in rising order of the time between; those for which the trace is long enough.
    pub spacings: Vec<Restart>,
}

impl Restarts {
    /// The largest batch that nobody feels, as no smaller one.
    pub fn safe_batch(&self) -> Option<u32> {
        self.batches.iter().take_while(|batch| batch.is_safe()).last().map(|batch| batch.at_once)
    }

    /// The smallest time between restarts that nobody feels, as no longer one.
    pub fn safe_spacing(&self) -> Option<Seconds> {
        self.spacings.iter().rev().take_while(|restart| restart.is_safe()).last().and_then(|restart| restart.spacing)
    }
}

/// Tries all.
///
/// # Errors
/// An interrupt.
pub fn restarts(scene: &Scene<'_>, nodes: u32) -> Result<Restarts> {
    scene.cell.with_cache(scene.trace, Restarting { scene, nodes })?
}

struct Restarting<'a, 't> {
    scene: &'a Scene<'t>,
    nodes: u32,
}

impl Task for Restarting<'_, '_> {
    type Output = Result<Restarts>;

    fn run<P: Policy>(self, mut cache: Cache<P>) -> Result<Restarts> {
        let Restarting { scene, nodes } = self;
        let requests = scene.trace.requests();
        let mut caches = Vec::new();
        let mut position = 0;
        for moment in &scene.moments {
            replay(&mut cache, &requests.slice(position..*moment));
            position = *moment;
            caches.push(cache.clone());
        }
        let last = requests.times[requests.len() - 1];
        let left = |moment: usize| (last - requests.times[moment]) as f64 / SECOND as f64 / scene.load;
        let room = scene.moments.iter().map(|moment| left(*moment).min(scene.setup.horizon.0));
        let room: Vec<f64> = room.collect();
        let longest = room.iter().copied().fold(0.0, f64::max);
        let fits = |trigger: &Trigger, room: f64| trigger.lasts().0 + FOLLOW * scene.width.0 <= room;
        let rolling = |seconds: f64| Trigger::RollingRestart { nodes, interval: Seconds(seconds) };
        let mut triggers: Vec<Option<Trigger>> = vec![None];
        triggers.extend((1..=nodes).map(|lost| Some(Trigger::Shards { lost, of: nodes })));
        let spacings = SPACINGS.into_iter().map(rolling).filter(|trigger| nodes > 1 && fits(trigger, longest));
        triggers.extend(spacings.map(Some));

        let mut jobs = Vec::new();
        for (i, trigger) in triggers.iter().enumerate() {
            let moments = (0..caches.len()).filter(|m| trigger.is_none_or(|trigger| fits(&trigger, room[*m])));
            jobs.extend(moments.flat_map(|moment| (0..SEEDS).map(move |seed| (i, moment, scene.setup.seed + seed))));
        }
        let verdicts = grid::run(&jobs, scene.setup.sweep.threads, |&(i, moment, seed)| {
            scene.interrupt.check()?;
            let after = requests.slice(scene.moments[moment]..requests.len());
            let steps: Vec<Step> = triggers[i]
                .iter()
                .map(|trigger| Step { at: Seconds(0.0), what: Happening::Trigger(*trigger) })
                .collect();
            let scenario = Scenario { steps, ..scene.scenario(&scene.model, &after, scene.load, seed) };
            let windows = simulate(&scenario, &mut caches[moment].clone(), scene.setup.horizon);
            let over = triggers[i].map_or(Seconds(0.0), |trigger| trigger.lasts());
            Ok(judge(&windows, scene.width, Seconds(0.0), over, &scene.model, scene.mean_demand))
        })?;
        let worst = |i: usize| {
            let (at_once, spacing) = match triggers[i] {
                Some(Trigger::Shards { lost, .. }) => (lost, None),
                Some(Trigger::RollingRestart { interval, .. }) => (1, Some(interval)),
                _ => (0, None),
            };
            let mine = jobs.iter().zip(&verdicts).filter(|(job, _)| job.0 == i).map(|(_, verdict)| verdict);
            let none = Restart { at_once, spacing, healed: true, worst_success: 1.0, recovery: Some(Seconds(0.0)) };
            mine.fold(none, |worst, verdict| Restart {
                healed: worst.healed && verdict.healed,
                worst_success: worst.worst_success.min(verdict.worst_success),
                recovery: worst.recovery.zip(verdict.recovery).map(|(a, b)| Seconds(a.0.max(b.0))),
                ..worst
            })
        };
        let tried: Vec<Restart> = (0..triggers.len()).map(worst).collect();
        let (control, rest) = (tried[0], &tried[1..]);
        let (batches, spacings) = rest.split_at(nodes as usize);
        Ok(Restarts { nodes, control, batches: batches.to_vec(), spacings: spacings.to_vec() })
    }
}
