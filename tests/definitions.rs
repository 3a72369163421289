//! The check values of definitions.md: numbers that coldgap did not make.
//!
//! The Zipf table there comes from a formula and from a discrete-event simulation; the predicate must agree within 3 %.

use crate::walks::survives;
use coldgap::cache::{Cache, Lookaside};
use coldgap::capacity;
use coldgap::interrupt::Interrupt;
use coldgap::placement::Losses;
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::replay::ground::Ground;
use coldgap::replay::survival::Walker;
use coldgap::replay::worst::columns::Columns;
use coldgap::replay::worst::lattice::{Axis, TOLERANCE, largest, smallest};
use coldgap::replay::worst::search::Search;
use coldgap::request::SECOND;
use coldgap::service::Service;
use coldgap::trace::builder::{Builder, Row};
use coldgap::trace::{Key, ReadOptions, Trace};
use coldgap::units::{Demand, Seconds};
use rand::SeedableRng;
use rand_distr::{Distribution, Exp, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

const ENTRIES: u64 = 43_016;
const KEYS: f64 = 100_000.0;

fn trace_of(rows: impl Iterator<Item = (u64, u64)>) -> Trace {
    let options = ReadOptions::default();
    let mut builder = Builder::new("made", "made", &options);
    for (i, (time, key)) in rows.enumerate() {
        let row = Row { time: Some(time), key: Key::Number(key), size: None, op: Default::default(), ttl: 0 };
        let _ = builder.push(row, coldgap::error::Spot::Row(i as u64)).unwrap();
    }
    builder.finish().unwrap()
}

/// Poisson arrivals, 1,000 a second.
fn zipf(alpha: f64, requests: usize, seed: u64) -> Trace {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let keys = Zipf::new(KEYS, alpha).unwrap();
    let gaps = Exp::new(1000.0).unwrap();
    let mut time = 0.0;
    trace_of((0..requests).map(|_| {
        time += gaps.sample(&mut random);
        ((time * 1e9) as u64, keys.sample(&mut random) as u64)
    }))
}

fn service(timeout: f64, single_flight: bool) -> Service {
    Service {
        demand: Demand::Answers,
        timeout: Seconds(timeout),
        service_time: Seconds(0.1),
        retries: 0,
        single_flight,
    }
}

/// The largest load (requests a second) that survives a cold start of an empty cache at the trace's begin.
fn hidden(policy: &str, filter: bool, trace: &Trace, mu: f64, service: Service) -> f64 {
    struct Cold<'t>(&'t Trace, f64, Service, bool);
    impl Visitor for Cold<'_> {
        type Output = f64;
        fn visit<P: Policy>(self) -> f64 {
            let Cold(trace, mu, service, filter) = self;
            let capacity = Capacity::Objects(ENTRIES);
            let policy = P::new(capacity, &Parameters::default()).unwrap();
            let filter = filter.then(|| {
                let spec: PolicySpec = "lru+reject-first".parse().unwrap();
                spec.new_filter(capacity, trace.object_count()).unwrap().unwrap()
            });
            let mut cache = Cache::new(policy, capacity, trace.object_count(), filter, false);
            let mut walker = Walker::new(trace.object_count());
            let factor = largest(1.0, &mut |factor| {
                cache.flush();
                survives(&mut walker, &mut cache, &trace.requests(), &service, mu, factor)
            });
            1000.0 * factor.unwrap()
        }
    }
    policy::visit(policy, Cold(trace, mu, service, filter)).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    let off = found / expected - 1.0;
    assert!(
        off.abs() <= tolerance,
        "found {found:.1}, expected {expected} within {:.1} %, off by {:.1} %",
        tolerance * 100.0,
        off * 100.0
    );
}

/// The mean over seeds: the table's figures are expectations, and one trace's supremum scatters by some 3 %.
fn mean_hidden(policy: &str, filter: bool, alpha: f64, requests: usize, service: Service) -> f64 {
    const SEEDS: u64 = 8;
    let sum: f64 = (1..=SEEDS).map(|seed| hidden(policy, filter, &zipf(alpha, requests, seed), 300.0, service)).sum();
    sum / SEEDS as f64
}

#[test]
fn zipf_hidden_does_not_depend_on_the_policy() {
    near(mean_hidden("lru", false, 1.0, 200_000, service(1.0, true)), 680.0, 0.03);
    let trace = zipf(1.0, 200_000, 1);
    let lru = hidden("lru", false, &trace, 300.0, service(1.0, true));
    for policy in ["fifo", "lfu", "s3fifo", "sieve", "clock", "belady", "unbounded"] {
        assert_eq!(hidden(policy, false, &trace, 300.0, service(1.0, true)), lru, "{policy}");
    }
}

#[test]
fn zipf_hidden_by_timeout() {
    for (timeout, requests, expected) in
        [(0.5, 200_000, 590.0), (2.0, 300_000, 790.0), (5.0, 400_000, 990.0), (15.0, 600_000, 1410.0)]
    {
        near(mean_hidden("lru", false, 1.0, requests, service(timeout, true)), expected, 0.03);
    }
    // Each miss asks: safe.
    for (timeout, expected) in [(0.5, 530.0), (1.0, 615.0), (2.0, 705.0), (5.0, 850.0)] {
        near(mean_hidden("lru", false, 1.0, 400_000, service(timeout, false)), expected, 0.03);
    }
}

#[test]
fn admission_lowers_hidden_and_skew_moves_it() {
    near(mean_hidden("lru", true, 1.0, 200_000, service(1.0, true)), 570.0, 0.03);
    near(mean_hidden("lru", false, 0.8, 200_000, service(1.0, true)), 427.0, 0.03);
}

#[test]
fn a_real_memcached_and_postgresql() {
    // Pool of 10 connections, 0.1 s a query, mu about 98; safe bound 158..172 by seed there, so a seed's scatter around it.
    for seed in 1..=4 {
        let bound = hidden("lru", false, &zipf(1.0, 200_000, seed), 98.0, service(1.0, false));
        assert!((150.0..=185.0).contains(&bound), "seed {seed}: {bound}");
    }
}

/// What one policy does warm, warmed by the first half of the trace.
struct Warm {
    miss_ratio: f64,
    /// Requests a second.
    advertised: f64,
    /// The fewest nodes of which any may be lost at the load.
    nodes: Option<u32>,
}

fn warm(policy: &str, trace: &Trace, mu: f64, load: f64) -> Warm {
    struct Replayed<'t>(&'t Trace, &'t mut Vec<bool>);
    impl Visitor for Replayed<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let Replayed(trace, missed) = self;
            let capacity = Capacity::Objects(ENTRIES);
            let policy = P::new(capacity, &Parameters::default()).unwrap();
            let mut cache = Cache::new(policy, capacity, trace.object_count(), None, false);
            let requests = trace.requests();
            missed.extend((0..requests.len()).map(|i| cache.access(&requests.get(i))));
        }
    }
    let (requests, key_hashes) = (trace.requests(), trace.key_hashes());
    let mut missed = Vec::new();
    policy::visit(policy, Replayed(trace, &mut missed)).unwrap();
    let warm = trace.len() / 2;
    let miss_ratio = missed[warm..].iter().filter(|miss| **miss).count() as f64 / (trace.len() - warm) as f64;
    let columns = Columns::of(&requests, &key_hashes);
    let ground = Ground {
        requests,
        key_hashes: &key_hashes,
        columns: &columns,
        warm,
        horizon: Seconds(900.0),
        service: service(1.0, true),
        load: load / 1000.0,
        interrupt: Interrupt::default(),
    };
    let hits = columns.hits(&requests, &missed, 0);
    let axis = Axis::Load { mu };
    let advertised = axis.limit(ground.subject(&hits).warm_level(axis, axis.level(2.0)).unwrap());
    let axis = Axis::Backend { load: ground.load };
    let level = axis.level(mu);
    let survives = |nodes: &u32| Search::new(ground.subject(&hits), axis, &Losses::of(1, *nodes), level).survives();
    let carried = ground.subject(&hits).warm_level(axis, level).is_some_and(|warm| warm <= level);
    let nodes = if carried { (1..=64).find(survives) } else { None };
    Warm { miss_ratio, advertised: 1000.0 * advertised, nodes }
}

#[test]
fn zipf_advertised_and_loss_survived() {
    let trace = zipf(1.0, 2_000_000, 1);
    for (policy, advertised) in [("lru", 2997.0), ("fifo", 2412.0), ("s3fifo", 3488.0)] {
        let found = warm(policy, &trace, 300.0, 2000.0);
        near(capacity::advertised_long_run(300.0, found.miss_ratio).unwrap(), advertised, 0.03);
        near(found.advertised, advertised, 0.03);
    }
    near(warm("lru", &trace, 300.0, 2000.0).miss_ratio, 0.100, 0.01);
    // Load 2000, mu 266.9: "about 16 %", "20 %"; 13 % after the saving is reclaimed: of one flush. The worst moment and node
    // allow less, never much more.
    for (policy, mu, survived) in [("lru", 266.9, 0.16), ("s3fifo", 266.9, 0.20), ("s3fifo", 229.1, 0.13)] {
        let share = warm(policy, &trace, mu, 2000.0).nodes.map_or(0.0, |nodes| 1.0 / f64::from(nodes));
        assert!(share <= survived + 0.02 && share >= survived / 2.0, "{policy} at {mu}: {share}");
    }
}

/// The smallest backend that survives the whole trace from an empty cache that holds everything.
fn flush_backend(trace: &Trace, service: Service) -> f64 {
    struct Flush<'t>(&'t Trace, Service);
    impl Visitor for Flush<'_> {
        type Output = f64;
        fn visit<P: Policy>(self) -> f64 {
            let Flush(trace, service) = self;
            let capacity = Capacity::Objects(1);
            let policy = P::new(capacity, &Parameters::default()).unwrap();
            let mut cache = Cache::new(policy, capacity, trace.object_count(), None, false);
            let mut walker = Walker::new(trace.object_count());
            smallest(100.0, &mut |mu| {
                cache.flush();
                survives(&mut walker, &mut cache, &trace.requests(), &service, mu, 1.0)
            })
            .unwrap()
        }
    }
    policy::visit("unbounded", Flush(trace, service)).unwrap()
}

#[test]
fn with_single_flight_the_predicate_is_the_closed_form() {
    for seed in 0..6 {
        let trace = zipf(0.7, 4_000, seed);
        let mut seen = std::collections::HashSet::new();
        let requests = trace.requests();
        let first = (0..trace.len()).filter(|i| seen.insert(requests.objects[*i]));
        let fetches: Vec<f64> = first.map(|i| requests.times[i] as f64 / 1e9).collect();
        for timeout in [0.15, 0.5, 1.0, 3.0] {
            let service = service(timeout, true);
            let expected = capacity::single_flight_backend(&fetches, service.patience().0);
            near(flush_backend(&trace, service), expected, 2.0 * TOLERANCE);
        }
    }
}

#[test]
fn without_any_reuse_hidden_has_a_formula() {
    let keys = 50_000;
    let trace = trace_of((0..keys).map(|i| (i * SECOND / 1000, i)));
    for timeout in [0.5, 1.0, 10.0, 60.0] {
        let service = service(timeout, false);
        let expected = capacity::hidden_without_reuse(300.0, keys as f64, service.patience().0).unwrap();
        near(hidden("lru", false, &trace, 300.0, service), expected, 2.0 * TOLERANCE);
    }
}

#[test]
fn no_patience_needs_the_raw_rate_and_endless_patience_the_mean_miss_rate() {
    // 2,000 distinct requests a second, evenly spaced: with T -> s every one needs its answer at once.
    let even = trace_of((0..20_000).map(|i| (i * SECOND / 2000, i)));
    near(flush_backend(&even, service(0.1 + 1e-9, false)), 2000.0, 2.0 * TOLERANCE);
    // 1,000 misses in the first tenth of every 10 s, for 10,000 s: 100 a second in the mean.
    let bursts = trace_of((0..1_000_000).map(|i| ((i / 1000) * 10 * SECOND + (i % 1000) * SECOND / 1000, i)));
    near(flush_backend(&bursts, service(100.0, false)), 100.0, 0.02);
    assert!(flush_backend(&bursts, service(0.2, false)) > 800.0);
}
