//! Restarting the cache's nodes under load: how many at once, and how long after one another, so that nobody feels it.

use super::bench::Scene;
use crate::analysis::job::new_cache;
use crate::error::Result;
use crate::outage::run::Scenario;
use crate::outage::trigger::{Happening, Step, Trigger};
use crate::outage::verdict::{HEALTHY, judge};
use crate::placement::counted_from;
use crate::replay::any_cache::AnyCache;
use crate::replay::grid;
use crate::request::SECOND;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// Times between two restarts that are tried, in seconds.
const SPACINGS: [f64; 12] = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];
/// Windows that must follow the last restart.
const FOLLOW: f64 = 20.0;

/// A way of restarting, tried at every moment with every seed; the worst of them counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
    /// Moments of the trace at which it was tried: those that leave enough of it.
    pub moments: usize,
}

impl Restart {
    /// Whether nobody felt it.
    pub fn is_safe(&self) -> bool {
        self.healed && self.worst_success >= HEALTHY
    }
}

/// What was found, at the load to carry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Restarts {
    /// Nodes of the cache.
    pub nodes: u32,
    /// Without any restart; `None` where no trial fits into the trace.
    pub control: Option<Restart>,
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

/// What to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every batch and every spacing.
    All,
    /// From the gentlest on, only up to the first that users feel: enough for what is safe, in fewer trials.
    Edges,
}

/// Tries restarts.
///
/// # Errors
/// An interrupt.
pub fn restarts(scene: &Scene<'_>, extent: Extent) -> Result<Restarts> {
    let nodes = scene.nodes;
    let mut cache = new_cache(&scene.cell, scene.trace)?;
    let requests = scene.trace.requests();
    let mut begins = Vec::new();
    let mut position = 0;
    for (moment, first) in &scene.restarts {
        cache.replay(&requests.slice(position..*moment));
        position = *moment;
        let key_hashes = scene.key_hashes.iter().map(|hash| counted_from(*hash, *first, nodes)).collect();
        begins.push(Begin { position, cache: cache.fork(), key_hashes });
    }
    let trials = Trials { scene, begins };
    let rolling = |seconds: &f64| Trigger::RollingRestart { nodes, interval: Seconds(*seconds) };
    let batches = (1..=nodes).map(|lost| Trigger::Shards { lost, of: nodes });
    // The gentlest first.
    let spacings = SPACINGS.iter().rev().filter(|_| nodes > 1).map(rolling);
    match extent {
        Extent::All => {
            let batches: Vec<Trigger> = batches.collect();
            let spacings: Vec<Trigger> = spacings.collect();
            let all: Vec<Option<Trigger>> =
                std::iter::once(None).chain(batches.iter().chain(&spacings).copied().map(Some)).collect();
            let mut tried = trials.run(&all)?.into_iter();
            let control = tried.next().flatten();
            let batches: Vec<Restart> = tried.by_ref().take(batches.len()).flatten().collect();
            let mut spacings: Vec<Restart> = tried.flatten().collect();
            spacings.reverse();
            Ok(Restarts { nodes, control, batches, spacings })
        }
        Extent::Edges => {
            let control = trials.run(&[None])?.into_iter().next().flatten();
            let (mut safe_batches, mut safe_spacings) = (Vec::new(), Vec::new());
            if control.is_some_and(|control| control.is_safe()) {
                safe_batches = trials.up_to_the_edge(batches)?;
                safe_spacings = trials.up_to_the_edge(spacings)?;
                safe_spacings.reverse();
            }
            Ok(Restarts { nodes, control, batches: safe_batches, spacings: safe_spacings })
        }
    }
}

/// Restarts tried at every moment with every seed.
struct Trials<'a, 't> {
    scene: &'a Scene<'t>,
    begins: Vec<Begin>,
}

/// A moment at which nodes restart.
struct Begin {
    position: usize,
    /// The warm cache.
    cache: Box<dyn AnyCache>,
    /// By object, where its key lives, with the nodes counted from the one that is the first to restart.
    key_hashes: Vec<u32>,
}

impl Trials<'_, '_> {
    /// The worst trial of each restart (`None`: of no restart); `None` where the trace is too short for it at all moments.
    fn run(&self, restarts: &[Option<Trigger>]) -> Result<Vec<Option<Restart>>> {
        let scene = self.scene;
        let requests = scene.trace.requests();
        let draws = scene.draws();
        let mut jobs = Vec::new();
        for (i, restart) in restarts.iter().enumerate() {
            let lasts = restart.map_or(0.0, |trigger| trigger.lasts().0) + FOLLOW * scene.width.0;
            let moments = (0..self.begins.len()).filter(|moment| lasts <= self.room(*moment));
            jobs.extend(moments.flat_map(|moment| draws.iter().map(move |draw| (i, moment, *draw))));
        }
        let verdicts = grid::run(&jobs, scene.setup.sweep.threads, |&(i, moment, draw)| {
            scene.interrupt.check()?;
            let begin = &self.begins[moment];
            let after = requests.slice(begin.position..requests.len());
            let steps: Vec<Step> = restarts[i]
                .iter()
                .map(|trigger| Step { at: Seconds(0.0), what: Happening::Trigger(*trigger) })
                .collect();
            let model = draw.model(&scene.model);
            let scenario = scene.scenario(&model, &after, scene.load, draw.seed);
            let scenario = Scenario { steps, key_hashes: &begin.key_hashes, ..scenario };
            let over = restarts[i].map_or(Seconds(0.0), |trigger| trigger.lasts());
            let mut cache = begin.cache.fork();
            // Without a restart all that comes is looked at; with one, only what comes of it.
            let windows = match restarts[i] {
                None => cache.simulate(&scenario, scene.setup.horizon),
                Some(_) => cache.settle(&scenario, over, scene.setup.horizon),
            };
            Ok(judge(&windows, scene.width, Seconds(0.0), over, &scene.model, scene.mean_demand))
        })?;
        let worst = |i: usize| {
            let (at_once, spacing) = match restarts[i] {
                Some(Trigger::Shards { lost, .. }) => (lost, None),
                Some(Trigger::RollingRestart { interval, .. }) => (1, Some(interval)),
                _ => (0, None),
            };
            let mine = jobs.iter().zip(&verdicts).filter(|(job, _)| job.0 == i).map(|(_, verdict)| Restart {
                at_once,
                spacing,
                healed: verdict.healed,
                worst_success: verdict.worst_success,
                recovery: verdict.recovery,
                moments: jobs.iter().filter(|job| job.0 == i).count() / draws.len(),
            });
            mine.reduce(|worst, other| Restart {
                healed: worst.healed && other.healed,
                worst_success: worst.worst_success.min(other.worst_success),
                recovery: worst.recovery.zip(other.recovery).map(|(a, b)| Seconds(a.0.max(b.0))),
                ..worst
            })
        };
        Ok((0..restarts.len()).map(worst).collect())
    }

    /// Those that users do not feel, and the first that they do.
    fn up_to_the_edge(&self, restarts: impl Iterator<Item = Trigger>) -> Result<Vec<Restart>> {
        let mut tried = Vec::new();
        for restart in restarts {
            if let Some(found) = self.run(&[Some(restart)])?.into_iter().next().flatten() {
                tried.push(found);
                if !found.is_safe() {
                    break;
                }
            }
        }
        Ok(tried)
    }

    /// Real time that is left after a moment, which may be behind the last request.
    fn room(&self, moment: usize) -> f64 {
        let times = self.scene.trace.requests().times;
        let left = times.get(self.begins[moment].position).map_or(0, |begin| times[times.len() - 1] - begin);
        (left as f64 / SECOND as f64 / self.scene.load).min(self.scene.setup.horizon.0)
    }
}
