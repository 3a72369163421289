//! What sets an outage off, and what is done against it: values with a moment, and the effects they come down to.
//!
//! It knows no cache and no backend; `run.rs` applies effects.

use super::remedy::Remedy;
use crate::placement::Lost;
use crate::request::{Op, Request, Requests};
use crate::units::{Ratio, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What sets an outage off. All but the shrunken cache, the renamed keys and lost entries end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The whole cache is emptied.
    Flush,
    /// `lost` shards of `of` are emptied.
    Shards {
        /// How many are lost.
        lost: u32,
        /// How many there are.
        of: u32,
    },
    /// A share of the keys is lost, chosen by hash.
    Loss(Ratio),
    /// The keys that were asked for most are lost.
    Hottest(u32),
    /// Nodes restart empty, one after the other.
    RollingRestart {
        /// How many.
        nodes: u32,
        /// Time between two of them.
        interval: Seconds,
    },
    /// A share of the keys gets other names, as after a changed key prefix: what is cached under the old ones is never
    /// asked for again, and stays until it is evicted. Several add up: each renames its share, and takes keys that still have
    /// their first name before others.
    Renamed(Ratio),
    /// More requests for a while: the trace passes so many times as fast.
    Spike {
        /// How many times the load.
        factor: f64,
        /// How long.
        lasts: Seconds,
    },
    /// The backend works at a share of its speed for a while.
    SlowBackend {
        /// The share that is left, above 0.
        speed: Ratio,
        /// How long.
        lasts: Seconds,
    },
    /// The backend begins nothing for a while, then all that has been asked meanwhile: a network's stall and the burst
    /// after it [HotOS'21 section 2.1].
    Stall {
        /// How long.
        lasts: Seconds,
    },
    /// The cache keeps a share of its capacity.
    Shrunk(Ratio),
}

/// Something that happens at a moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// After the run's begin.
    pub at: Seconds,
    /// What happens.
    pub what: Happening,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// Something breaks.
    Trigger(Trigger),
    /// Somebody acts.
    Remedy(Remedy),
    /// The load becomes another, as a factor of the recorded one.
    Load(f64),
}

impl Step {
    /// A trigger.
    pub fn trigger(at: Seconds, trigger: Trigger) -> Step {
        Step { at, what: Happening::Trigger(trigger) }
    }

    /// A remedy.
    pub fn remedy(at: Seconds, remedy: Remedy) -> Step {
        Step { at, what: Happening::Remedy(remedy) }
    }
}

/// What the loop has to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Effect {
    Flush,
    Lose(Lost),
    LoseHottest(u32),
    Rename(Ratio),
    Load(f64),
    Spike(f64),
    Speed(Ratio),
    Stall(bool),
    Shrink(Ratio),
    Apply(Remedy),
}

impl Trigger {
    /// How long after its begin the trigger is over.
    pub fn lasts(&self) -> Seconds {
        match *self {
            Trigger::RollingRestart { nodes, interval } => Seconds(interval.0 * f64::from(nodes.saturating_sub(1))),
            Trigger::Spike { lasts, .. } | Trigger::SlowBackend { lasts, .. } | Trigger::Stall { lasts } => lasts,
            _ => Seconds(0.0),
        }
    }

    fn effects(&self, at: u64, into: &mut Vec<(u64, Effect)>) {
        let end = at.saturating_add(self.lasts().nanoseconds());
        match *self {
            Trigger::Flush => into.push((at, Effect::Flush)),
            Trigger::Shards { lost, of } => {
                into.push((at, Effect::Lose(Lost::of(0, lost.min(of), of.max(1)))));
            }
            Trigger::Loss(share) => into.push((at, Effect::Lose(Lost::share(share.get())))),
            Trigger::Hottest(count) => into.push((at, Effect::LoseHottest(count))),
            Trigger::RollingRestart { nodes, interval } => {
                let when = |node: u32| at.saturating_add(Seconds(interval.0 * f64::from(node)).nanoseconds());
                into.extend((0..nodes).map(|node| (when(node), Effect::Lose(Lost::of(node, 1, nodes)))));
            }
            Trigger::Renamed(share) => into.push((at, Effect::Rename(share))),
            Trigger::Spike { factor, .. } => into.extend([(at, Effect::Spike(factor)), (end, Effect::Spike(1.0))]),
            Trigger::SlowBackend { speed, .. } => {
                into.extend([(at, Effect::Speed(speed)), (end, Effect::Speed(Ratio::ALL))]);
            }
            Trigger::Stall { .. } => into.extend([(at, Effect::Stall(true)), (end, Effect::Stall(false))]),
            Trigger::Shrunk(share) => into.push((at, Effect::Shrink(share))),
        }
    }
}

/// The effects of steps, in order of time, for a run that begins at `start`.
pub(super) fn effects(steps: &[Step], start: u64) -> Vec<(u64, Effect)> {
    let mut all = Vec::new();
    for step in steps {
        let at = start.saturating_add(step.at.nanoseconds());
        match step.what {
            Happening::Trigger(trigger) => trigger.effects(at, &mut all),
            Happening::Remedy(remedy) => all.push((at, Effect::Apply(remedy))),
            Happening::Load(load) => all.push((at, Effect::Load(load))),
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all
}

/// The last get of each of the objects that gets ask for most, the first in the order of their ids among equals.
pub fn hottest(requests: &Requests<'_>, count: usize) -> Vec<Request> {
    // Gets of each object, and the position of the last.
    let mut asked: Vec<(u32, u32)> = Vec::new();
    for (i, object) in requests.objects.iter().enumerate() {
        if requests.ops.is_none_or(|ops| ops[i] == Op::Get) {
            if object.index() >= asked.len() {
                asked.resize(object.index() + 1, (0, 0));
            }
            let (gets, last) = &mut asked[object.index()];
            *gets += 1;
            *last = i as u32;
        }
    }
    let mut objects: Vec<u32> = (0..asked.len() as u32).filter(|id| asked[*id as usize].0 > 0).collect();
    objects.sort_unstable_by_key(|id| (Reverse(asked[*id as usize].0), *id));
    objects.into_iter().take(count).map(|id| requests.get(asked[id as usize].1 as usize)).collect()
}
