//! What one cache withstands in each of several disjoint stretches of the trace, each by itself: how far limits that are
//! maxima over the whole trace vary from one part of it to the next.
//!
//! In each stretch the backend starts idle, the cache is as warm as the trace left it, and a loss happens at the start. The
//! same starting guesses serve every cache, so that equal behaviour gives equal numbers. It knows no statistics.

use super::any_cache::AnyCache;
use super::hunt::{Ground, Trials, largest_share};
use super::limits::{largest, smallest};
use super::refill::refill;
use crate::request::Requests;
use crate::units::{Ratio, Seconds};
use std::ops::Range;

/// Stretches that a trace is cut into.
pub const STRETCHES: usize = 20;
/// Requests that a stretch must hold.
const ENOUGH: usize = 100;

/// What one stretch withstands. Loads are factors of the recorded load.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Position of its first request.
    pub start: usize,
    /// For losing nothing, each share, and everything: what is lost, and what that leaves.
    pub losses: Vec<(Ratio, Limits)>,
    /// The largest share whose loss at its start survives at the load to carry.
    pub loss_survived: f64,
    /// Seconds until the cache is refilled after a flush at its start; `None` where the horizon comes first.
    pub refill_seconds: Option<f64>,
}

/// What a loss at a stretch's start leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// Shares that are lost, in rising order.
    pub losses: &'a [Ratio],
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

/// Walks every stretch.
pub fn stretches(mut cache: Box<dyn AnyCache>, ground: &Ground<'_>, walk: &Walk<'_>) -> Vec<Stretch> {
    let mut trials = Trials::new(&*cache, ground);
    let mut wounded = cache.fork();
    let mut position = 0;
    let mut all = Vec::new();
    for range in cut(ground) {
        if ground.interrupt.is_set() {
            break;
        }
        cache.replay(&ground.requests.slice(position..range.start));
        position = range.start;
        let requests = ground.requests.slice(range.clone());
        let mut losses: Vec<(Ratio, Limits)> = Vec::new();
        let parts = walk.losses.iter().copied().filter(|share| *share < Ratio::ALL);
        for share in [Ratio::NONE].into_iter().chain(parts).chain([Ratio::ALL]) {
            cache.copy_to(&mut wounded);
            wounded.lose(share);
            let found = limits(&mut trials, &*wounded, &requests, ground.load, walk.mu);
            // What survives a larger loss survives a smaller one.
            let limits = losses.last().map_or(found, |(_, smaller)| Limits {
                backend: smaller.backend.zip(found.backend).map(|(smaller, found)| found.max(smaller)),
                load: match (smaller.load, found.load) {
                    (Some(smaller), Some(found)) => Some(found.min(smaller)),
                    (smaller, found) => found.or(smaller),
                },
            });
            losses.push((share, limits));
        }
        let loss_survived = largest_share(1.0, |share| {
            cache.copy_to(&mut wounded);
            wounded.lose(share);
            trials.survives(&*wounded, &requests, ground.load, walk.mu)
        });
        let (mut twin, mut flushed) = (cache.fork(), cache.fork());
        let refill = refill(&mut *twin, &mut *flushed, &ground.aftermath(range.start), walk.window);
        let refill_seconds = refill.over.map(|(seconds, _)| seconds);
        all.push(Stretch { start: range.start, losses, loss_survived, refill_seconds });
    }
    all
}

fn limits(trials: &mut Trials<'_>, start: &dyn AnyCache, requests: &Requests<'_>, load: f64, mu: f64) -> Limits {
    Limits {
        backend: smallest(mu, |mu| trials.survives(start, requests, load, mu)),
        load: largest(load, |load| trials.survives(start, requests, load, mu)),
    }
}
