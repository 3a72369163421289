//! The outage simulation: its queueing core against closed forms, its laws, and the numbers of the outage model.

mod behaviour;
mod laws;
mod numbers;
mod queueing;
mod real_stack;
mod time;

use coldgap::cache::{Cache, Lookaside};
use coldgap::outage::Model;
use coldgap::outage::run::{Scenario, simulate};
use coldgap::outage::search::{Bracket, Outcome, search, trial};
use coldgap::outage::window::Window;
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::request::{ObjectId, Requests};
use coldgap::service::Service;
use coldgap::units::{Demand, Rate, Ratio, Seconds};
use rand::SeedableRng;
use rand_distr::{Distribution, Exp, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Columns of gets.
pub struct Made {
    pub times: Vec<u64>,
    pub objects: Vec<ObjectId>,
    /// Keys.
    pub keys: usize,
}

impl Made {
    /// Poisson arrivals, `rate` a second, of keys from Zipf(alpha); ids by popularity.
    pub fn zipf(alpha: f64, keys: usize, requests: usize, rate: f64, seed: u64) -> Made {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let popularity = Zipf::new(keys as f64, alpha).unwrap();
        let gaps = Exp::new(rate).unwrap();
        let mut made = Made { times: Vec::new(), objects: Vec::new(), keys };
        let mut time = 0.0;
        for _ in 0..requests {
            made.times.push((time * 1e9) as u64);
            made.objects.push(ObjectId(popularity.sample(&mut random) as u32 - 1));
            time += gaps.sample(&mut random);
        }
        made
    }

    pub fn requests(&self) -> Requests<'_> {
        let (times, objects) = (self.times.as_slice(), self.objects.as_slice());
        Requests { times, objects, sizes: None, costs: None, chained: None, ops: None, ttls: None, next: None }
    }

    /// Requests from a position on, and those before it as history.
    pub fn scenario(&self, from: usize, load: f64, model: Model, seed: u64) -> Scenario<'_> {
        let all = self.requests();
        Scenario {
            requests: all.slice(from..all.len()),
            history: all.slice(0..from),
            key_hashes: crate::walks::hashes(self.keys),
            load,
            model,
            steps: Vec::new(),
            window: Seconds(1.0),
            seed,
        }
    }
}

/// The default model.
pub fn model(mu: f64, timeout: f64, service_time: f64, retries: u32) -> Model {
    let service = Service {
        demand: Demand::Answers,
        timeout: Seconds(timeout),
        service_time: Seconds(service_time),
        retries,
        single_flight: false,
    };
    Model::new(&service, Rate::answers(mu))
}

/// A share that is one.
pub fn ratio(share: f64) -> Ratio {
    Ratio::new(share).unwrap()
}

/// Work on an LRU cache.
pub trait Work {
    type Output;
    fn on<P: Policy>(self, cache: Cache<P>) -> Self::Output;
}

/// Does work on an empty LRU cache for so many objects.
pub fn with_lru<W: Work>(entries: u64, objects: usize, expires: bool, work: W) -> W::Output {
    struct Build<W>(u64, usize, bool, W);
    impl<W: Work> Visitor for Build<W> {
        type Output = W::Output;
        fn visit<P: Policy>(self) -> Self::Output {
            let capacity = Capacity::Objects(self.0);
            let policy = P::new(capacity, &Parameters::default()).unwrap();
            self.3.on(Cache::new(policy, capacity, self.1, None, self.2))
        }
    }
    policy::visit("lru", Build(entries, objects, expires, work)).unwrap()
}

/// Runs a scenario on an LRU cache that was warmed with the scenario's history.
pub fn outage(entries: u64, scenario: &Scenario<'_>, horizon: f64) -> Vec<Window> {
    struct Simulate<'a, 't>(&'a Scenario<'t>, f64);
    impl Work for Simulate<'_, '_> {
        type Output = Vec<Window>;
        fn on<P: Policy>(self, mut cache: Cache<P>) -> Self::Output {
            warm(&mut cache, &self.0.history);
            simulate(self.0, &mut cache, Seconds(self.1))
        }
    }
    let expires = scenario.requests.ttls.is_some();
    with_lru(entries, scenario.cache_objects().unwrap(), expires, Simulate(scenario, horizon))
}

fn warm<C: Lookaside>(cache: &mut C, requests: &Requests<'_>) {
    for i in 0..requests.len() {
        cache.access(&requests.get(i));
    }
}

/// A trial on an LRU cache of 43,016 entries that is empty at first.
pub fn cold_trial(scenario: &Scenario<'_>, horizon: f64) -> Outcome {
    struct Cold<'a, 't>(&'a Scenario<'t>, f64);
    impl Work for Cold<'_, '_> {
        type Output = Outcome;
        fn on<P: Policy>(self, mut cache: Cache<P>) -> Outcome {
            trial(self.0, &mut cache, Seconds(0.0), Seconds(self.1))
        }
    }
    with_lru(43_016, scenario.key_hashes.len(), false, Cold(scenario, horizon))
}

/// Between which loads (factors) an empty cache ceases to heal within `horizon` seconds.
pub fn hidden(made: &Made, model: Model, (from, to): (f64, f64), horizon: f64) -> Bracket {
    search(from, to, |load| cold_trial(&made.scenario(0, load, model, 1), horizon).healed)
}
