//! The walk after a loss (requests a second) and the search for the worst moment (moments a second), on one core.
//!
//! Method: a million gets from Zipf(1.0) over 100,000 keys, 3,000 a second on average, made before any clock runs; the hits of
//! an LRU cache of 10,000 objects; T = 1 s, s = 10 ms; a backend with which the losses are just survived. `walk`: a full loss
//! at every 10,000th request; `lanes`: one of eight nodes, all eight side by side; `search`: what `gap` does for a row, and
//! `certificate`: the same until all moments are cleared. Criterion's `elem/s` is requests (moments) a second; of lanes, requests
//! of all lanes. The limit is that of reading 14 bytes a request in order, and one at random.

mod zipf;

use coldgap::placement::Losses;
use coldgap::replay::worst::aftermath::{Block, Until, Walker};
use coldgap::replay::worst::columns::Columns;
use coldgap::replay::worst::lanes::{Alternatives, Lanes};
use coldgap::replay::worst::lattice::{Axis, level_of, value};
use coldgap::replay::worst::search::{Search, Subject};
use coldgap::replay::worst::tape::Rules;
use coldgap::replay::worst::warm::Warm;
use coldgap::request::Requests;
use coldgap::units::Demand;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::SeedableRng;
use rand_distr::{Distribution, Exp};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;

const KEYS: usize = 100_000;
const CACHED: usize = 10_000;
const REQUESTS: usize = 1_000_000;

fn worst(criterion: &mut Criterion) {
    let objects = zipf::zipf(1.0, KEYS, REQUESTS);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    let gaps = Exp::new(3000.0).expect("the rate is positive");
    let mut time = 0.0;
    let mut arrival = || {
        time += gaps.sample(&mut random);
        (time * 1e9) as u64
    };
    let times: Vec<u64> = (0..REQUESTS).map(|_| arrival()).collect();
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
    let hashes: Vec<u32> = (0..KEYS as u32).map(|key| key.wrapping_mul(0x9e37_79b9).rotate_left(13)).collect();
    let columns = Columns::of(&requests, &hashes);
    let mut cache = lru::LruCache::new(std::num::NonZeroUsize::new(CACHED).expect("not zero"));
    let missed: Vec<bool> = objects.iter().map(|object| cache.put(object.0, ()).is_none()).collect();
    let hits = columns.hits(&requests, &missed, CACHED as u64);
    let rules = Rules { patience: 0.99, service_time: 0.01, single_flight: false };
    let tape = columns.tape(&requests, Demand::Answers);
    let subject = Subject { tape, hits: &hits, start: REQUESTS / 4, rules };
    let axis = Axis::Backend { load: 1.0 };
    let base = subject.warm_level(axis, level_of(1000.0)).expect("some backend is enough");

    let mut group = criterion.benchmark_group("worst");
    group.sample_size(10);
    let mut warm = Warm::default();
    for (name, losses) in [("walk", Losses::of(1, 1)), ("lanes", Losses::of(1, 8))] {
        let level = Search::new(subject, axis, &losses, base).find(&[], &[], false).level;
        let (point, room) = (axis.point(level), subject.room(&losses));
        warm.walk(&tape, &hits, subject.start, point, &rules).expect("the level survives warm");
        let moments = || (subject.start..REQUESTS).step_by(10_000);
        let (mut walker, mut lanes) = (Walker::default(), Lanes::default());
        let mut one = |moment: usize| match losses.ways[..] {
            [lost] => {
                let before = walker.steps;
                walker.walk(&tape, &warm, point, &rules, Block::at(lost, moment, room), Until::Decided);
                walker.steps - before
            }
            _ => {
                let before = lanes.read;
                let all = Alternatives { losses: &losses, moments: moment..moment + 1, room };
                lanes.failing(&tape, &warm, point, &rules, all);
                (lanes.read - before) * losses.ways.len() as u64
            }
        };
        let steps: u64 = moments().map(&mut one).sum();
        group.throughput(Throughput::Elements(steps));
        group.bench_function(name, |bencher| bencher.iter(|| moments().map(&mut one).sum::<u64>()));
        println!("{name}: at a backend of {:.1}", value(level));
        for (name, exhaustive) in [("search", false), ("certificate", true)] {
            group.throughput(Throughput::Elements(((REQUESTS - subject.start) * losses.ways.len()) as u64));
            let id = format!("{name} {} of {}", losses.count, losses.nodes);
            group.bench_function(id, |bencher| {
                bencher.iter(|| black_box(Search::new(subject, axis, &losses, base).find(&[], &[], exhaustive).level));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, worst);
criterion_main!(benches);
