//! Requests replayed a second, for one cell (policy x cache size) on one core.
//!
//! Method: 8 million gets drawn from Zipf(1.0) over 1 million objects with a fixed seed, made before any clock runs.
//! Ids are given at first touch, as interning a real trace gives them, so popular objects tend to low ids but the order
//! within the tail is random. No times and no sizes; capacities are 10 % and 1 % of the 1 million objects. Each
//! measurement replays the whole trace through an empty cache, so that it includes filling; making the cache and
//! the oracle for policies that need one is not measured. Every registered policy is measured; criterion's `elem/s` is
//! requests a second; `curve` is LRU at 40 sizes in one pass over the same trace. Run it on a quiet machine: `cargo bench --bench replay`, or `... -- 'replay/10%/lru'` for one.

use coldgap::cache::Cache;
use coldgap::policy::{self, ALL, Capacity, Parameters, Policy, Visitor};
use coldgap::replay::{replay, stack_distance};
use coldgap::request::{NEVER, ObjectId, Requests, SECOND};
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::time::Duration;

const OBJECTS: usize = 1_000_000;
const REQUESTS: usize = 8_000_000;

/// Draws the trace; ids go by first touch.
fn zipf() -> Vec<ObjectId> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let popularity = Zipf::new(OBJECTS as f64, 1.0).expect("the exponent is positive");
    let mut ids = vec![None; OBJECTS + 1];
    let mut touched = 0;
    let mut draw = || {
        let rank = popularity.sample(&mut random) as usize;
        *ids[rank].get_or_insert_with(|| {
            touched += 1;
            ObjectId(touched - 1)
        })
    };
    (0..REQUESTS).map(|_| draw()).collect()
}

/// For each request the position of its object's next one.
fn next_requests(objects: &[ObjectId]) -> Vec<u32> {
    let mut seen = vec![NEVER; OBJECTS];
    let mut next = vec![NEVER; objects.len()];
    for (i, object) in objects.iter().enumerate().rev() {
        next[i] = std::mem::replace(&mut seen[object.index()], i as u32);
    }
    next
}

/// Measures one policy at one size.
struct Measure<'m, 'c> {
    group: &'m mut BenchmarkGroup<'c, WallTime>,
    capacity: Capacity,
    requests: Requests<'m>,
}

impl Visitor for Measure<'_, '_> {
    type Output = ();
    fn visit<P: Policy>(self) {
        let Measure { group, capacity, requests } = self;
        let empty = || {
            let policy = P::new(capacity, &Parameters::default()).expect("defaults are valid");
            Cache::<P>::new(policy, capacity, OBJECTS, None, false)
        };
        group.bench_function(P::INFO.name, |bencher| {
            bencher.iter_batched_ref(empty, |cache| replay(cache, &requests), BatchSize::LargeInput);
        });
    }
}

fn cells(criterion: &mut Criterion) {
    let objects = zipf();
    let next = next_requests(&objects);
    for (share, entries) in [("10%", OBJECTS / 10), ("1%", OBJECTS / 100)] {
        let mut group = criterion.benchmark_group(format!("replay/{share}"));
        group.throughput(Throughput::Elements(REQUESTS as u64));
        group.sample_size(20).measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_secs(1));
        for info in ALL {
            let next = info.needs_future.then_some(next.as_slice());
            let requests =
                Requests { times: &[], objects: &objects, sizes: None, ops: None, ttls: None, next, second: SECOND };
            let capacity = Capacity::Objects(entries as u64);
            policy::visit(info.name, Measure { group: &mut group, capacity, requests });
        }
        group.finish();
    }
}

fn one_pass(requests: &Requests<'_>, sizes: &[u64]) -> Vec<Tally> {
    let mut distances = StackDistances::new(OBJECTS, requests.len(), 0, sizes.to_vec());
    distances.feed(requests);
    distances.totals()
}

/// LRU at 40 sizes in one pass.
fn curve(criterion: &mut Criterion) {
    let objects = zipf();
    let requests =
        Requests { times: &[], objects: &objects, sizes: None, ops: None, ttls: None, next: None, second: SECOND };
    let sizes: Vec<u64> =
        (0..40).map(|i| 100.0 * 10f64.powf(f64::from(i) * 4.0 / 39.0)).map(|size| size as u64).collect();
    let mut group = criterion.benchmark_group("curve");
    group.throughput(Throughput::Elements(REQUESTS as u64)).sample_size(20);
    group.bench_function("lru/40 sizes", |bencher| bencher.iter(|| one_pass(&requests, &sizes)));
    group.finish();
}

criterion_group!(benches, cells, curve);
criterion_main!(benches);
