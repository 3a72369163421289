//! The outage simulation: its queueing core against closed forms, its laws, and the numbers of the outage model.

mod numbers;

use coldgap::cache::Cache;
use coldgap::outage::Model;
use coldgap::outage::run::{Scenario, simulate};
use coldgap::outage::window::Window;
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::request::{ObjectId, Requests, SECOND};
use coldgap::service::Service;
use coldgap::units::{Demand, Rate, Seconds};
use rand::SeedableRng;
use rand_distr::{Distribution, Exp, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Columns of gets that arrive at random, `rate` a second on average (Poisson).
pub struct Made {
    times: Vec<u64>,
    objects: Vec<ObjectId>,
    pub count: usize,
}

impl Made {
    /// Keys from Zipf(alpha); ids by popularity.
    pub fn zipf(alpha: f64, keys: usize, requests: usize, rate: f64, seed: u64) -> Made {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let popularity = Zipf::new(keys as f64, alpha).unwrap();
        let gaps = Exp::new(rate).unwrap();
        let mut time = 0.0;
        let mut times = Vec::with_capacity(requests);
        let mut objects = Vec::with_capacity(requests);
        for _ in 0..requests {
            times.push((time * 1e9) as u64);
            objects.push(ObjectId(popularity.sample(&mut random) as u32 - 1));
            time += gaps.sample(&mut random);
        }
        Made { times, objects, count: keys }
    }

    pub fn requests(&self) -> Requests<'_> {
        let (times, objects) = (self.times.as_slice(), self.objects.as_slice());
        Requests { times, objects, sizes: None, ops: None, ttls: None, next: None, second: SECOND }
    }

    /// Requests from a position on, and those before it.
    pub fn scenario(&self, from: usize, load: f64, model: Model, seed: u64) -> Scenario<'_> {
        let all = self.requests();
        Scenario {
            requests: all.slice(from..all.len()),
            history: all.slice(0..from),
            objects: self.count,
            load,
            model,
            steps: Vec::new(),
            window: Seconds(1.0),
            seed,
        }
    }
}

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

/// Runs a scenario on an empty cache of a policy.
pub fn outage(policy: &str, entries: u64, scenario: &Scenario<'_>, horizon: f64) -> Vec<Window> {
    struct Simulate<'a, 't>(u64, &'a Scenario<'t>, Seconds);
    impl Visitor for Simulate<'_, '_> {
        type Output = Vec<Window>;
        fn visit<P: Policy>(self) -> Self::Output {
            let Simulate(entries, scenario, horizon) = self;
            let capacity = Capacity::Objects(entries);
            let policy = P::new(capacity, &Parameters::default()).unwrap();
            let expires = scenario.requests.ttls.is_some();
            let mut cache = Cache::new(policy, capacity, scenario.cache_objects(), None, expires);
            simulate(scenario, &mut cache, horizon)
        }
    }
    policy::visit(policy, Simulate(entries, scenario, Seconds(horizon))).unwrap()
}
