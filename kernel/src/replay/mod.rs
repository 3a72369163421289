//! Replays: one trace through one cache.
//!
//! [`replay`] fills every miss at once; [`survival`] lets answers come when the backend has worked them off. Nothing here
//! prints, reads a clock or knows a report.

pub mod any_cache;
pub mod by_object;
pub mod cell;
pub mod grid;
pub mod ground;
pub mod observe;
pub mod refill;
pub mod stack_distance;
pub mod stretch;
pub mod survival;
pub mod windows;
pub mod worst;

use crate::cache::Lookaside;
use crate::policy::run;
use crate::request::{NEVER, ObjectId, Op, Request, Requests};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// What a run of requests met. Gets only; other operations change the cache and are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Gets.
    pub requests: u64,
    /// Gets that found their object.
    pub hits: u64,
    /// Gets that did not.
    pub misses: u64,
    /// Bytes of the gets that did not; 1 per miss where the trace has no sizes.
    pub bytes_missed: u64,
    /// What the gets that did not cost the backend; 1 per miss where the trace has no costs.
    pub cost_missed: u64,
}

impl Tally {
    /// Misses over requests; `None` without requests.
    pub fn miss_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.misses as f64 / self.requests as f64)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.requests += other.requests;
        self.hits += other.hits;
        self.misses += other.misses;
        self.bytes_missed += other.bytes_missed;
        self.cost_missed += other.cost_missed;
    }
}

/// How many requests ahead an object's own state is fetched.
const FAR: usize = 24;
/// How many requests ahead its neighbours' are, once its own has arrived.
const NEAR: usize = 12;

/// Replays requests with an instant backend: every miss is filled at once.
pub fn replay<C: Lookaside>(cache: &mut C, requests: &Requests<'_>) -> Tally {
    noting(cache, requests, None)
}

/// The same; for each request is appended to `noted`, where that is given, whether it was a get whose object was not there: one
/// that misses only since its chain is broken is not among them.
fn noting<C: Lookaside>(cache: &mut C, requests: &Requests<'_>, noted: Option<&mut Vec<bool>>) -> Tally {
    if requests.ops.is_some() || requests.ttls.is_some() || requests.chained.is_some() {
        return mixed(cache, requests, noted);
    }
    // Cut to one length here, the columns need no further check for each request.
    let objects = requests.objects;
    let times = (!requests.times.is_empty()).then(|| &requests.times[..objects.len()]);
    let sizes = requests.sizes.map(|sizes| &sizes[..objects.len()]);
    let next = requests.next.map(|next| &next[..objects.len()]);
    let get = Request { size: 1, next: NEVER, ..Request::default() };
    let weights = [sizes, requests.costs.map(|costs| &costs[..objects.len()])];
    if times.is_none() && sizes.is_none() && next.is_none() {
        return gets(cache, objects, weights, noted, |_, object| Request { object, ..get });
    }
    gets(cache, objects, weights, noted, |i, object| Request {
        time: times.map_or(0, |times| times[i]),
        object,
        size: sizes.map_or(1, |sizes| sizes[i]),
        next: next.map_or(NEVER, |next| next[i]),
        ..get
    })
}

/// Only gets, none with a time to live: nothing but misses need be counted. `decode` gives the request at a position;
/// as a type parameter it costs nothing for columns that a trace does not have. `weights`: sizes and costs.
fn gets<C: Lookaside>(
    cache: &mut C,
    objects: &[ObjectId],
    weights: [Option<&[u32]>; 2],
    mut noted: Option<&mut Vec<bool>>,
    decode: impl Fn(usize, ObjectId) -> Request,
) -> Tally {
    let mut missed = [0; run::LENGTH];
    let mut misses = 0;
    let mut weight_missed = [0; 2];
    for first in (0..objects.len()).step_by(run::LENGTH) {
        let positions = first..objects.len().min(first + run::LENGTH);
        let missed = &mut missed[..positions.len()];
        if !cache.run(&objects[positions.clone()], missed) {
            for (i, missed) in positions.clone().zip(&mut *missed) {
                look_ahead(cache, objects, i);
                *missed = u8::from(cache.access(&decode(i, objects[i])));
            }
        }
        if let Some(noted) = &mut noted {
            noted.extend(missed.iter().map(|miss| *miss == 1));
        }
        let misses_here = run::misses(missed);
        misses += misses_here;
        for (sum, weights) in weight_missed.iter_mut().zip(weights) {
            *sum += match weights {
                Some(weights) => {
                    let weights = &weights[positions.clone()];
                    missed.iter().zip(weights).map(|(miss, weight)| u64::from(*miss) * u64::from(*weight)).sum()
                }
                None => misses_here,
            };
        }
    }
    let requests = objects.len() as u64;
    let [bytes_missed, cost_missed] = weight_missed;
    Tally { requests, hits: requests - misses, misses, bytes_missed, cost_missed }
}

/// Any requests.
fn mixed<C: Lookaside>(cache: &mut C, requests: &Requests<'_>, mut noted: Option<&mut Vec<bool>>) -> Tally {
    let mut tally = Tally::default();
    let mut broken = false;
    for i in 0..requests.len() {
        look_ahead(cache, requests.objects, i);
        let request = requests.get(i);
        let miss = cache.access(&request);
        if let Some(noted) = &mut noted {
            noted.push(miss);
        }
        if request.op == Op::Get {
            let miss = miss | (request.chained & broken);
            broken = miss;
            tally.requests += 1;
            tally.misses += u64::from(miss);
            tally.bytes_missed += if miss { u64::from(request.size) } else { 0 };
            tally.cost_missed += if miss { u64::from(request.cost) } else { 0 };
        }
    }
    tally.hits = tally.requests - tally.misses;
    tally
}

#[inline(always)]
fn look_ahead<C: Lookaside>(cache: &C, objects: &[ObjectId], i: usize) {
    if let Some(object) = objects.get(i + FAR) {
        cache.prefetch_node(*object);
    }
    if let Some(object) = objects.get(i + NEAR) {
        cache.prefetch_neighbours(*object);
    }
}
