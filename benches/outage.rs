//! Events of the outage simulation a second, on one core. An event is an arrival, an answer, a timeout or a retry.
//!
//! Method: 2 million gets from Zipf(1.0) over 100,000 keys, made before any clock runs; an LRU cache of 43,016 entries that is
//! empty at first; a backend of 300 a second. `heals`: a load of 600 a second; `collapses`: 2,900, so that the backlog grows to
//! a million; `retries`: 2,000 with three retries; `late`: 1,400 where late answers fill. Criterion's `elem/s` is events a
//! second. metafor's simulator does some 25,000.

use coldgap::cache::Cache;
use coldgap::outage::run::{Scenario, simulate};
use coldgap::outage::window::Window;
use coldgap::outage::{Fill, Model};
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::request::{ObjectId, Requests};
use coldgap::service::Service;
use coldgap::units::{Demand, Rate, Seconds};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::SeedableRng;
use rand_distr::{Distribution, Exp, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

const KEYS: usize = 100_000;
const REQUESTS: usize = 2_000_000;

/// Arrivals at random, 1,000 a second on average.
fn trace() -> (Vec<u64>, Vec<ObjectId>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let popularity = Zipf::new(KEYS as f64, 1.0).expect("the exponent is positive");
    let gaps = Exp::new(1000.0).expect("the rate is positive");
    let mut time = 0.0;
    let mut draw = || {
        time += gaps.sample(&mut random);
        ((time * 1e9) as u64, ObjectId(popularity.sample(&mut random) as u32 - 1))
    };
    (0..REQUESTS).map(|_| draw()).unzip()
}

/// Runs a scenario on an empty LRU cache.
struct Outage<'a, 't>(&'a Scenario<'t>);

impl Visitor for Outage<'_, '_> {
    type Output = u64;
    fn visit<P: Policy>(self) -> u64 {
        let capacity = Capacity::Objects(43_016);
        let policy = P::new(capacity, &Parameters::default()).expect("defaults are valid");
        let mut cache = Cache::new(policy, capacity, KEYS, None, false);
        simulate(self.0, &mut cache, Seconds(900.0)).iter().map(Window::events).sum()
    }
}

fn outages(criterion: &mut Criterion) {
    let (times, objects) = trace();
    let requests = Requests {
        times: &times,
        objects: &objects,
        sizes: None,
        costs: None,
        chained: None,
        ops: None,
        ttls: None,
        next: None,
    };
    let model = |retries| {
        let (timeout, service_time) = (Seconds(1.0), Seconds(0.1));
        let service = Service { demand: Demand::Answers, timeout, service_time, retries, single_flight: false };
        Model::new(&service, Rate::answers(300.0))
    };
    let late = Model { fill: Fill::Late, ..model(0) };
    let mut group = criterion.benchmark_group("outage");
    group.sample_size(10);
    for (name, load, model) in
        [("heals", 0.6, model(0)), ("collapses", 2.9, model(0)), ("retries", 2.0, model(3)), ("late", 1.4, late)]
    {
        let (history, steps, window) = (requests.slice(0..0), Vec::new(), Seconds(1.0));
        let scenario = Scenario { requests, history, key_hashes: &vec![0; KEYS], load, model, steps, window, seed: 1 };
        let run = || policy::visit("lru", Outage(&scenario));
        group.throughput(Throughput::Elements(run().unwrap_or(0)));
        group.bench_function(name, |bencher| bencher.iter(run));
    }
    group.finish();
}

criterion_group!(benches, outages);
criterion_main!(benches);
