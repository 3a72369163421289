//! What one cache withstands in each of several disjoint stretches of the trace, each by itself: how far limits that are
//! maxima over the whole trace vary from one part of it to the next.
//!
//! In each stretch the backend starts idle, the cache is as warm as the trace left it, and a loss happens at the start. It
//! knows no statistics.

use super::any_cache::AnyCache;
use super::ground::{Ground, Walks};
use super::refill::refill;
use super::worst::columns::Hits;
use super::worst::lattice::{Axis, EASIEST, level_of};
use crate::capacity;
use crate::placement::Losses;
use crate::units::{Loss, Seconds};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Stretches that a trace is cut into.
pub const STRETCHES: usize = 20;
/// Requests that a stretch must hold.
const ENOUGH: usize = 100;
/// Numbers of nodes of which one is lost, to see how few are enough.
const NODES: [u32; 10] = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64];

/// What one stretch withstands. Loads are factors of the recorded load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// When it begins, nanoseconds since the trace began.
    pub start: u64,
    /// For losing nothing, each loss, and everything: what is lost, and what that leaves.
    pub losses: Vec<(Loss, Limits)>,
    /// The largest share of one node whose loss at its start survives at the load to carry, whichever node it is.
    pub loss_survived: f64,
    /// Seconds until the cache is refilled after a flush at its start; `None` where the horizon comes first.
    pub refill_seconds: Option<f64>,
}

/// What a loss at a stretch's start leaves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// The smallest backend at the load to carry, never below that of a smaller loss; `None`: none survives.
    pub backend: Option<f64>,
    /// The largest load, never above that of a smaller loss; `None`: any survives.
    pub load: Option<f64>,
}

/// How stretches are walked.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    /// The backend.
    pub mu: f64,
    /// Losses, in rising order of their shares.
    pub losses: &'a [Loss],
    /// The width by which a refill is judged; it may go on beyond its stretch.
    pub window: Seconds,
}

/// Cuts what comes after warm-up into [`STRETCHES`] of equal length; none where one of them would hold too little.
fn cut(ground: &Ground<'_>) -> Vec<Range<usize>> {
    let requests = &ground.requests;
    let (first, last) = (requests.times[ground.warm], requests.times[requests.len() - 1]);
    let position = |i: usize| match i {
        0 => ground.warm,
        STRETCHES => requests.len(),
        i => requests.position_at(first + (u128::from(last - first) * i as u128 / STRETCHES as u128) as u64),
    };
    let all: Vec<Range<usize>> = (0..STRETCHES).map(|i| position(i)..position(i + 1)).collect();
    if all.iter().all(|range| range.len() >= ENOUGH) { all } else { Vec::new() }
}

/// Walks every stretch. `hits`: of the warm replay. `cache`: empty.
pub fn stretches(mut cache: Box<dyn AnyCache>, hits: &Hits, ground: &Ground<'_>, walk: &Walk<'_>) -> Vec<Stretch> {
    let mut position = 0;
    let mut all = Vec::new();
    let mut walks = Walks::default();
    for range in cut(ground) {
        if ground.interrupt.is_set() {
            break;
        }
        cache.replay(&ground.requests.slice(position..range.start));
        position = range.start;
        let parts = walk.losses.iter().copied().filter(|loss| !loss.is_everything());
        let tried: Vec<Loss> = [Loss::NOTHING].into_iter().chain(parts).chain([Loss::EVERYTHING]).collect();
        let (mut backends, mut loads) = (Vec::new(), Vec::new());
        let axes = [Axis::Backend { load: ground.load }, Axis::Load { mu: walk.mu }];
        let mut guesses = [level_of(walk.mu), axes[1].level(ground.load)];
        for loss in &tried {
            let lost = (loss.lost > 0).then(|| Losses::of(loss.lost, loss.nodes));
            let found =
                [0, 1].map(|i| ground.level_in(&mut walks, hits, range.clone(), axes[i], guesses[i], lost.as_ref()));
            guesses = [0, 1].map(|i| found[i].unwrap_or(guesses[i]));
            backends.push(found[0].map(|level| if level == EASIEST { 0.0 } else { axes[0].limit(level) }));
            loads.push(found[1].map_or(Some(0.0), |level| (level > EASIEST).then(|| axes[1].limit(level))));
        }
        let backends = capacity::least_backend(backends[0], backends[1..].iter().copied());
        let loads = capacity::load_limit(loads[0], loads[1..].iter().copied());
        let limits = backends.into_iter().zip(loads).map(|(backend, load)| Limits { backend, load });
        let losses = tried.into_iter().zip(limits).collect();
        let mu = level_of(walk.mu);
        let mut survives = |nodes: &&u32| {
            let losses = Losses::of(1, **nodes);
            let axis = Axis::Backend { load: ground.load };
            ground.level_in(&mut walks, hits, range.clone(), axis, mu, Some(&losses)).is_some_and(|level| level <= mu)
        };
        let loss_survived = capacity::loss_survived(NODES.iter().find(&mut survives).copied());
        let (mut twin, mut flushed) = (cache.fork(), cache.fork());
        let refill = refill(&mut *twin, &mut *flushed, &ground.aftermath(range.start), walk.window);
        let refill_seconds = refill.over.map(|(seconds, _)| seconds);
        all.push(Stretch { start: ground.requests.times[range.start], losses, loss_survived, refill_seconds });
    }
    all
}
