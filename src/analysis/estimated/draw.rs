//! Which keys are drawn, and what part of a trace they are: the sample and its halves, each a trace of its own for a service as
//! many times smaller.
//!
//! **Keys that flood.** Where misses of a key that is being fetched ask again, a key that is asked for hundreds of times while
//! a client waits is a lump in the backend's queue. In a sample it would be there with many times its weight, or not at all.
//! So keys whose requests within one timeout may be more than [`LUMP`] of what the sample's backend answers meanwhile are all
//! taken, and count as much less as they are more: what a miss of theirs costs, and the place they take in the cache, are
//! the sample's share of those of others. Of a trace that is itself a sample they are drawn as all are, since of its service's
//! keys that flood it has a share only.
//!
//! It knows keys and columns, and no limit.

use super::super::sampled::Sampling;
use super::interval::{GROUPS, SPLITS};
use crate::policy::Capacity;
use crate::request::{ObjectId, Op};
use crate::service::Service;
use crate::trace::Trace;
use crate::trace::sample::{Drawn, Part, place};
use crate::units::{Demand, Ratio, UnitName};

/// A key floods if this share of what the sample's backend answers within a timeout are requests of its own.
const LUMP: f64 = 0.1;
/// What the weight of a key that floods comes to at the least, so that rounding it does not matter.
const FINEST: f64 = 100.0;

/// Which keys of a trace are drawn.
pub(super) struct Drawing<'t> {
    trace: &'t Trace,
    /// Position of the first counted request.
    warm: usize,
    /// The share of the trace's keys.
    share: f64,
    /// By object, where its key stands between 0 and 1.
    places: Vec<f64>,
    /// By object, whether it is taken in any case.
    floods: Vec<bool>,
}

/// Some keys as a trace of a smaller service.
pub(super) struct Piece {
    pub trace: Trace,
    /// The share of the requests that only warm the caches.
    pub warmup: Ratio,
    /// The share of the trace's keys that it stands for.
    pub share: f64,
    /// What one answer and one place in the cache count here; `None` where no key floods, so that they are as ever.
    weights: Option<Weights>,
}

struct Weights {
    answer: f64,
    place: f64,
}

impl<'t> Drawing<'t> {
    /// Draws a share of a trace's keys. `answers`: what the backend answers a second, of the whole trace.
    pub fn new(
        trace: &'t Trace,
        warm: usize,
        Sampling { share, seed }: Sampling,
        service: &Service,
        answers: f64,
    ) -> Drawing<'t> {
        let Drawn { seed, .. } = Drawn::next(trace.sample, share, seed);
        let objects = || (0..trace.object_count() as u32).map(ObjectId);
        let share = share.get();
        let most = LUMP * share * answers * service.timeout.0;
        // Where fetches are joined a key asks but once.
        let may_flood = !service.single_flight && trace.sample.is_none() && share < 1.0;
        let floods = match may_flood {
            true => at_once(trace, service).into_iter().map(|gets| gets > 1 && f64::from(gets) > most).collect(),
            false => vec![false; trace.object_count()],
        };
        let places = objects().map(|object| place(trace.keys.get(object), seed)).collect();
        Drawing { trace, warm, share, places, floods }
    }

    fn is_drawn(&self, object: ObjectId) -> bool {
        self.floods[object.index()] || self.places[object.index()] < self.share
    }

    /// Requests in the sample.
    pub fn requests(&self) -> usize {
        self.trace.objects.iter().filter(|object| self.is_drawn(**object)).count()
    }

    /// Keys in the sample.
    pub fn objects(&self) -> usize {
        (0..self.places.len() as u32).filter(|object| self.is_drawn(ObjectId(*object))).count()
    }

    /// Keys that are taken in any case.
    pub fn flooding(&self) -> usize {
        self.floods.iter().filter(|floods| **floods).count()
    }

    /// The sample.
    pub fn sample(&self, counts: &Counts) -> Piece {
        self.piece(self.share, counts, |_| true)
    }

    /// One of the halves of a split.
    pub fn half(&self, split: usize, side: u32, counts: &Counts) -> Piece {
        self.piece(self.share / 2.0, counts, |group| (group & SPLITS[split]).count_ones() % 2 == side)
    }

    fn piece(&self, share: f64, counts: &Counts, has: impl Fn(usize) -> bool) -> Piece {
        let group = |place: f64| ((place / self.share * GROUPS as f64) as usize).min(GROUPS - 1);
        let kept = |object: ObjectId| {
            let place = self.places[object.index()];
            self.floods[object.index()] || place < self.share && has(group(place))
        };
        let Part { mut trace, whole_ids, warm } = Part::of(self.trace, self.warm, kept);
        let weights = self.floods.contains(&true).then(|| {
            let floods: Vec<bool> = whole_ids.iter().map(|id| self.floods[id.index()]).collect();
            let (costs, answer) = weighed(&trace, counts.answers(&trace), &floods, share);
            let (sizes, place) = weighed(&trace, counts.places(&trace), &floods, share);
            (trace.costs, trace.sizes) = (Some(costs), Some(sizes));
            Weights { answer, place }
        });
        if counts.look_ahead {
            trace.look_ahead();
        }
        // Half a request more, so that rounding down meets the position.
        let warmup = Ratio::new((warm as f64 + 0.5) / trace.len().max(1) as f64).unwrap_or(Ratio::NONE);
        Piece { trace, warmup, share, weights }
    }
}

/// What is counted of requests.
pub(super) struct Counts {
    /// By the backend.
    pub demand: Demand,
    /// By a cache of the whole trace.
    pub cache: Capacity,
    /// Whether a policy reads the future.
    pub look_ahead: bool,
}

impl Counts {
    fn answers<'t>(&self, trace: &'t Trace) -> Option<&'t [u32]> {
        match self.demand {
            Demand::Answers => None,
            Demand::Bytes => trace.sizes.as_deref(),
            Demand::Units(_) => trace.costs.as_deref(),
        }
    }

    fn places<'t>(&self, trace: &'t Trace) -> Option<&'t [u32]> {
        trace.sizes.as_deref().filter(|_| matches!(self.cache, Capacity::Bytes(_)))
    }
}

impl Piece {
    /// A backend's capacity here, of the trace's.
    pub fn backend(&self, per_second: f64) -> f64 {
        per_second * self.share * self.weights.as_ref().map_or(1.0, |weights| weights.answer)
    }

    /// What is counted here, where the trace's backend counts in `demand`.
    pub fn demand(&self, demand: Demand) -> Demand {
        let weighed = self.weights.as_ref().and(UnitName::new("weights"));
        weighed.map_or(demand, Demand::Units)
    }

    /// A cache here, of the trace's.
    pub fn capacity(&self, capacity: Capacity) -> Capacity {
        let scaled = |amount: u64, place: f64| ((amount as f64 * self.share * place).round() as u64).max(1);
        match (capacity, &self.weights) {
            (capacity, Some(weights)) => Capacity::Bytes(scaled(capacity.amount(), weights.place)),
            (Capacity::Objects(objects), None) => Capacity::Objects(scaled(objects, 1.0)),
            (Capacity::Bytes(bytes), None) => Capacity::Bytes(scaled(bytes, 1.0)),
        }
    }
}

/// The most gets of each object within one timeout, from multiples of it on.
fn at_once(trace: &Trace, service: &Service) -> Vec<u32> {
    let step = service.timeout.nanoseconds().max(1);
    let mut most = vec![0; trace.object_count()];
    let mut now = vec![(u64::MAX, 0); trace.object_count()];
    for (i, (object, time)) in trace.objects.iter().zip(&trace.times).enumerate() {
        if trace.ops.as_ref().is_some_and(|ops| ops[i] != Op::Get) {
            continue;
        }
        let (step, (at, gets)) = (time / step, &mut now[object.index()]);
        if *at != step {
            (*at, *gets) = (step, 0);
        }
        *gets += 1;
        most[object.index()] = most[object.index()].max(*gets);
    }
    most
}

/// What each request counts, where those of keys that flood count this share of others'; and what 1 is then.
fn weighed(trace: &Trace, counts: Option<&[u32]>, floods: &[bool], share: f64) -> (Vec<u32>, f64) {
    let most = counts.and_then(|counts| counts.iter().max()).copied().unwrap_or(1).max(1);
    let unit = (FINEST / share).min(f64::from(u32::MAX) / f64::from(most));
    let weigh = |(i, object): (usize, &ObjectId)| {
        let count = counts.map_or(1.0, |counts| f64::from(counts[i]));
        let weight = if floods[object.index()] { share } else { 1.0 };
        (count * unit * weight).round() as u32
    };
    (trace.objects.iter().enumerate().map(weigh).collect(), unit)
}
