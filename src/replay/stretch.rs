//! What one cache withstands in each of several disjoint stretches of the trace, each by itself: how far limits that are
//! maxima over the whole trace vary from one part of it to the next.
//!
//! In each stretch the backend starts idle, the cache is as warm as the trace left it, and a loss happens at the start. The
//! same starting guesses serve every cache, so that equal behaviour gives equal numbers. It knows no statistics.

use super::hunt::{Ground, Trials, largest_share};
use super::limits::{largest, smallest};
use super::refill::refill;
use super::replay;
use crate::cache::{Cache, Lookaside};
use crate::policy::Policy;
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
    /// The largest load that survives warm; `None`: any does.
    pub advertised: Option<f64>,
    /// The largest load that survives a full flush at its start; `None`: any does.
    pub hidden: Option<f64>,
    /// The smallest backend at the load to carry, for losing nothing and then each of the shares, never falling; `None`:
    /// none survives.
    pub least_backends: Vec<Option<f64>>,
    /// The largest share whose loss at its start survives at the load to carry.
    pub loss_survived: f64,
    /// Seconds until the cache is refilled after a flush at its start; `None` where the horizon comes first.
    pub refill_seconds: Option<f64>,
}

/// Cuts what comes after warm-up into [`STRETCHES`] of equal length; none where one of them would hold too little.
pub fn cut(ground: &Ground<'_>) -> Vec<Range<usize>> {
    let requests = &ground.requests;
    let (first, last) = (requests.times[ground.warm], requests.times[requests.len() - 1]);
    let position = |i: usize| match i {
        0 => ground.warm,
        STRETCHES => requests.len(),
        i => requests.position_at(first + ((last - first) as u128 * i as u128 / STRETCHES as u128) as u64),
    };
    let all: Vec<Range<usize>> = (0..STRETCHES).map(|i| position(i)..position(i + 1)).collect();
    if all.iter().all(|range| range.len() >= ENOUGH) { all } else { Vec::new() }
}

/// Walks every stretch with a backend of `mu`. `window`: the width by which a refill is judged; it may go on beyond its
/// stretch.
pub fn stretches<P: Policy>(
    mut cache: Cache<P>,
    ground: &Ground<'_>,
    mu: f64,
    losses: &[Ratio],
    window: Seconds,
) -> Vec<Stretch> {
    let mut trials = Trials::new(&cache, ground);
    let mut wounded = cache.clone();
    let mut position = 0;
    let mut all = Vec::new();
    for range in cut(ground) {
        if ground.interrupt.is_set() {
            break;
        }
        replay(&mut cache, &ground.requests.slice(position..range.start));
        position = range.start;
        let requests = ground.requests.slice(range.clone());
        let advertised = largest(ground.load, |load| trials.survives(&cache, &requests, load, mu));
        let mut least = smallest(mu, |mu| trials.survives(&cache, &requests, ground.load, mu));
        let mut least_backends = vec![least];
        for share in losses {
            wounded.copy_from(&cache);
            wounded.lose(*share);
            // What survives a larger loss survives a smaller one.
            let needed = smallest(mu, |mu| trials.survives(&wounded, &requests, ground.load, mu));
            least = least.zip(needed).map(|(least, needed)| least.max(needed));
            least_backends.push(least);
        }
        wounded.copy_from(&cache);
        wounded.lose(Ratio::ALL);
        let hidden = largest(ground.load, |load| trials.survives(&wounded, &requests, load, mu));
        let loss_survived = largest_share(1.0, |share| {
            wounded.copy_from(&cache);
            wounded.lose(share);
            trials.survives(&wounded, &requests, ground.load, mu)
        });
        let (mut twin, mut flushed) = (cache.clone(), cache.clone());
        let refill = refill(&mut twin, &mut flushed, &ground.aftermath(range.start), window);
        all.push(Stretch {
            start: range.start,
            advertised,
            hidden,
            least_backends,
            loss_survived,
            refill_seconds: refill.over.map(|(seconds, _)| seconds),
        });
    }
    all
}
