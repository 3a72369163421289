//! AdaptSize: an object enters with probability exp(-size / c), so small ones nearly always and large ones hardly ever.
//! Every so many requests c is chosen anew: the one with the most hits by a Markov model of the cache.
//!
//! Paper: D. S. Berger, R. K. Sitaraman, M. Harchol-Balter, "AdaptSize: Orchestrating the Hot Object Memory Cache in a
//! Content Delivery Network", NSDI 2017. Parameters: `interval`, `seed`.
//! The model (section 4.2): with request rate r, size s and the time T that an object stays without a hit, it is cached
//! with odds (exp(r T) - 1) exp(-s / c), and T is such that what is cached fills the capacity. Here T is at most an
//! interval: the steady state of longer ones is never reached, and would let next to nothing enter. Rates are smoothed over
//! intervals by the factor that the authors' code has. Objects of nearly the same rate and size are one class of the
//! model, eight classes to a doubling, so that a tuning costs one pass over the objects and not one per value of c.
//! Until the first interval is over everything enters. Where the cache counts objects each has size 1: then all enter with
//! one probability, and AdaptSize is a probabilistic filter that tunes itself.
//! Cost: constant but for the tuning: one pass over the objects of the trace per interval. Memory: 12 bytes per object of
//! the trace.
//! Poor where large objects are popular, and while a cache refills: their share of the fetches never falls.

use super::{Admission, FilterInfo};
use crate::policy::{Capacity, Parameter, ParameterError, Parameters, SEED};
use crate::request::{ObjectId, Request, weight};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;

pub const INFO: FilterInfo = FilterInfo {
    name: "adaptsize",
    aliases: &["adapt-size"],
    summary: "inserts with probability exp(-size/c); c is tuned by a model of the cache; without sizes one probability for all",
    paper: "Berger, Sitaraman, Harchol-Balter, AdaptSize, NSDI 2017",
    weakness: "large objects that are popular",
    parameters: &[Parameter { name: "interval", default: "250000", help: "requests between tunings, 1 or more" }, SEED],
    needs_victim: false,
    new,
};

/// How much of the smoothed rates an interval keeps.
const KEPT: f64 = 0.3;
/// A smoothed count below this is forgotten.
const LEAST: f32 = 0.1;
/// Classes of rates and of sizes to each doubling.
const CLASSES: f64 = 8.0;
/// Values of c tried to each doubling.
const STEPS: u32 = 2;

#[derive(Clone)]
struct AdaptSize {
    capacity: Capacity,
    interval: u64,
    /// Requests since the last tuning.
    requests: u64,
    /// The size that enters with probability 1/e; infinite until it is tuned.
    c: f64,
    seen: Vec<Seen>,
    random: Xoshiro256PlusPlus,
    start: Xoshiro256PlusPlus,
}

/// What is known of an object: requests in this interval, smoothed requests in those before, its last size.
#[derive(Clone, Copy, Default)]
struct Seen {
    now: u32,
    before: f32,
    size: u32,
}

fn new(capacity: Capacity, objects: usize, parameters: &Parameters) -> Result<Box<dyn Admission>, ParameterError> {
    let start = Xoshiro256PlusPlus::seed_from_u64(parameters.number("seed", &INFO, 0..=u64::MAX)?);
    Ok(Box::new(AdaptSize {
        capacity,
        interval: parameters.number("interval", &INFO, 1..=u64::MAX)?,
        requests: 0,
        c: f64::INFINITY,
        seen: vec![Seen::default(); objects],
        random: start.clone(),
        start,
    }))
}

impl AdaptSize {
    fn size(&self, request: &Request) -> u32 {
        if self.capacity.bytes().is_some() { weight(request.size) } else { 1 }
    }

    fn tune(&mut self) {
        let mut classes: BTreeMap<(i32, i32), Class> = BTreeMap::new();
        let class_of = |value: f64| (value.log2() * CLASSES) as i32;
        for seen in &mut self.seen {
            let rate = f64::from(seen.before) * KEPT + f64::from(seen.now) * (1.0 - KEPT);
            *seen = Seen { now: 0, before: if rate < f64::from(LEAST) { 0.0 } else { rate as f32 }, ..*seen };
            if seen.before > 0.0 {
                let class = classes.entry((class_of(rate), class_of(f64::from(seen.size)))).or_default();
                class.objects += 1.0;
                class.rates += rate;
                class.sizes += f64::from(seen.size);
            }
        }
        let classes: Vec<Class> = classes.into_values().collect();
        self.c = best_c(&classes, self.capacity.amount() as f64);
    }
}

impl Admission for AdaptSize {
    fn on_request(&mut self, request: &Request) {
        let size = self.size(request);
        let seen = &mut self.seen[request.object.index()];
        seen.now += 1;
        seen.size = size;
        self.requests += 1;
        if self.requests >= self.interval {
            self.requests = 0;
            self.tune();
        }
    }

    fn admit(&mut self, request: &Request) -> bool {
        self.random.random::<f64>() < (-f64::from(self.size(request)) / self.c).exp()
    }

    /// Tuned anew when the interval is over; until then c stays what it is.
    fn resize(&mut self, capacity: Capacity) {
        self.capacity = capacity;
    }

    fn forget(&mut self, object: ObjectId) {
        self.seen[object.index()] = Seen::default();
    }

    fn reset(&mut self) {
        self.requests = 0;
        self.c = f64::INFINITY;
        self.seen.fill(Seen::default());
        self.random = self.start.clone();
    }

    fn memory(&self) -> u64 {
        size_of_val(&self.seen[..]) as u64
    }

    fn fork(&self) -> Box<dyn Admission> {
        Box::new(self.clone())
    }
}

/// Objects of nearly the same rate and size, added up.
#[derive(Debug, Clone, Copy, Default)]
struct Class {
    objects: f64,
    rates: f64,
    sizes: f64,
}

impl Class {
    /// The probability that one of its objects is cached.
    fn cached(&self, time: f64, c: f64) -> f64 {
        let (rate, size) = (self.rates / self.objects, self.sizes / self.objects);
        let admitted = (-size / c).exp();
        if admitted == 0.0 {
            return 0.0;
        }
        let odds = (rate * time).exp_m1() * admitted;
        if odds.is_infinite() { 1.0 } else { odds / (1.0 + odds) }
    }
}

/// The c with the most hits, from below the smallest size to where everything enters.
fn best_c(classes: &[Class], capacity: f64) -> f64 {
    let steps = STEPS * (capacity.log2().max(0.0) as u32 + 4);
    let tried = (0..=steps).map(|step| 0.25 * f64::from(step).exp2().powf(1.0 / f64::from(STEPS)));
    let best = tried.map(|c| (hits(classes, capacity, c), c)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(f64::INFINITY, |(_, c)| c)
}

/// Hits per interval by the model.
fn hits(classes: &[Class], capacity: f64, c: f64) -> f64 {
    let filled = |time: f64| classes.iter().map(|class| class.sizes * class.cached(time, c)).sum::<f64>();
    // From a time in which nothing was asked for to the interval, beyond which no rate is known.
    let (mut low, mut high) = (1e-9_f64, 1.0_f64);
    for _ in 0..24 {
        let middle = (low * high).sqrt();
        if filled(middle) <= capacity { low = middle } else { high = middle }
    }
    classes.iter().map(|class| class.rates * class.cached(low, c)).sum()
}
