//! Admission filters: what each admits, and that all of them lower hidden capacity.

use super::{Columns, build, run};
use crate::walks::survives;
use coldgap::cache::Lookaside;
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::replay::survival::Walker;
use coldgap::replay::worst::lattice::{TOLERANCE, largest};
use coldgap::service::Service;
use coldgap::units::{Demand, Seconds};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

fn zipf(keys: u32, requests: usize, seed: u64) -> Columns {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let popularity = Zipf::new(f64::from(keys), 1.0).unwrap();
    Columns::gets((0..requests).map(|_| popularity.sample(&mut random) as u32 - 1))
}

/// The largest load that survives a cold start of a cache that can hold every object.
fn hidden(spec: &str, columns: &Columns) -> f64 {
    struct Cold<'c>(&'c PolicySpec, &'c Columns);
    impl Visitor for Cold<'_> {
        type Output = f64;
        fn visit<P: Policy>(self) -> f64 {
            let Cold(spec, columns) = self;
            let objects = columns.object_count();
            let mut cache = build::<P>(spec, Capacity::Objects(objects as u64), objects, false);
            let mut walker = Walker::new(objects);
            let service = Service {
                demand: Demand::Answers,
                timeout: Seconds(1.0),
                service_time: Seconds(0.1),
                retries: 0,
                single_flight: true,
            };
            largest(1.0, &mut |load| {
                cache.flush();
                survives(&mut walker, &mut cache, &columns.requests(), &service, 300.0, 1000.0 * load)
            })
            .unwrap()
        }
    }
    let spec: PolicySpec = spec.parse().unwrap();
    policy::visit(spec.info().name, Cold(&spec, columns)).unwrap()
}

/// What is refused is fetched again, so a refill takes longer: "What is true", 1, in the definitions.
#[test]
fn filters_lower_hidden_capacity() {
    for seed in 1..=3 {
        let columns = zipf(20_000, 60_000, seed);
        let plain = hidden("lru", &columns);
        for filter in ["reject-first", "probabilistic", "probabilistic:p=50%,seed=9"] {
            let filtered = hidden(&format!("lru+{filter}"), &columns);
            assert!(filtered < 0.97 * plain, "{filter}: {filtered}, without {plain}");
        }
        let rarely = hidden("lru+probabilistic:p=10%", &columns);
        let often = hidden("lru+probabilistic:p=90%", &columns);
        assert!(rarely < often && often <= plain * (1.0 + TOLERANCE), "{rarely} {often} {plain}");
        assert_eq!(hidden("lru+tinylfu", &columns), plain, "a cache that is not full admits everything");
    }
}

#[test]
fn a_share_of_the_fetches_enters() {
    // Each object twice in a row: the second request hits where the first one inserted.
    let columns = Columns::gets((0..40_000).map(|i| i / 2));
    let hits = |spec: &str| run(spec, Capacity::Objects(100), &columns).hits as f64;
    for (spec, share) in [("lru+probabilistic", 0.1), ("lru+probabilistic:p=70%", 0.7)] {
        let deviation = (20_000.0 * share * (1.0_f64 - share)).sqrt();
        assert!((hits(spec) - 20_000.0 * share).abs() < 4.0 * deviation, "{spec}: {}", hits(spec));
    }
    assert_eq!(hits("lru+probabilistic:p=100%"), 20_000.0);
    assert_eq!(hits("lru+probabilistic:seed=1"), hits("lru+probabilistic"));
    assert_ne!(hits("lru+probabilistic:seed=2"), hits("lru+probabilistic"));
}

#[test]
fn only_small_objects_enter() {
    let columns = Columns::gets((0..1000).map(|i| i % 10)).sized(|object| 10 + object);
    // Objects 0 to 5 have at most 15 bytes and miss once; the other four always miss.
    assert_eq!(run("lru+size:max=15B", Capacity::Bytes(1000), &columns).misses, 6 + 400);
    assert_eq!(run("lru+size:max=15B", Capacity::Objects(10), &columns).misses, 6 + 400);
    assert_eq!(run("lru+size:max=1KiB", Capacity::Bytes(1000), &columns).misses, 10);
}

/// Small objects are popular, large ones are asked for as rarely as each other: whoever keeps the large ones out hits most.
#[test]
fn adaptsize_learns_to_keep_large_objects_out() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let small = Zipf::new(5000.0, 0.9).unwrap();
    let objects: Vec<u32> = (0..200_000)
        .map(|_| {
            if random.random_bool(0.3) {
                5000 + random.random_range(0..2000)
            } else {
                small.sample(&mut random) as u32 - 1
            }
        })
        .collect();
    let columns = Columns::gets(objects).sized(|object| if object < 5000 { 100 } else { 5000 });
    let misses = |spec: &str| run(spec, Capacity::Bytes(300_000), &columns).misses as f64;
    let lru = misses("lru");
    assert_eq!(misses("lru+adaptsize"), lru, "before the first tuning everything enters");
    let threshold = misses("lru+size:max=1000B");
    let tuned = misses("lru+adaptsize:interval=10000");
    assert!(threshold < 0.9 * lru, "{threshold} {lru}");
    assert!(tuned < 0.5 * (lru + threshold), "tuned {tuned}, threshold {threshold}, LRU {lru}");
}
