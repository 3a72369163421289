//! Policies that draw at random, against what can be known of them all the same: closed forms; the rule they sample for,
//! when the sample is so large that it finds the best; and traces whose optimum is plain.

use super::{Columns, build, run};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::request::{NEVER, ObjectId};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The miss ratio of RANDOM, and of FIFO, where each request is for object i with probability p(i), whatever was before:
/// (c + 1) e(c + 1) / e(c), with e(k) the k-th elementary symmetric polynomial of p (Gelenbe 1973). Here for popularities
/// proportional to 1 / rank; scaled by c, so that no e(k) leaves the range of numbers.
fn gelenbe(objects: u32, capacity: usize) -> f64 {
    let mut e = vec![0.0; capacity + 2];
    e[0] = 1.0;
    let mut sum = 0.0;
    for rank in 1..=objects {
        let weight = capacity as f64 / f64::from(rank);
        sum += weight;
        for k in (1..e.len()).rev() {
            e[k] += weight * e[k - 1];
        }
    }
    (capacity + 1) as f64 * e[capacity + 1] / (e[capacity] * sum)
}

#[test]
fn random_misses_as_gelenbe_says() {
    let objects = 300;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let zipf = Zipf::new(f64::from(objects), 1.0).unwrap();
    let columns = Columns::gets((0..500_000).map(|_| zipf.sample(&mut rng) as u32 - 1).collect::<Vec<_>>());
    for capacity in [1, 5, 30, 150] {
        let expected = gelenbe(objects, capacity);
        for spec in ["random", "random:seed=2", "fifo"] {
            let ratio = run(spec, Capacity::Objects(capacity as u64), &columns).miss_ratio().unwrap();
            assert!((ratio / expected - 1.0).abs() < 0.015, "{spec} {capacity}: {ratio}, expected {expected}");
        }
    }
}

/// What is worth least by the rule that a policy samples for; the largest is evicted.
trait Rule {
    /// How bad it is to keep an object of which this is known, at the request `now`.
    fn badness(now: usize, known: &Known) -> f64;
}

/// What a model knows of an object.
#[derive(Clone, Copy)]
struct Known {
    requests: u64,
    inserted: usize,
    next: u32,
    weight: f64,
}

struct HyperbolicRule;
impl Rule for HyperbolicRule {
    fn badness(now: usize, known: &Known) -> f64 {
        (now - known.inserted) as f64 / known.requests as f64
    }
}

/// Redis' counters without decay, and rising at every hit.
struct LeastHitsRule;
impl Rule for LeastHitsRule {
    fn badness(_: usize, known: &Known) -> f64 {
        1.0 / known.requests as f64
    }
}

struct BeladySizeRule;
impl Rule for BeladySizeRule {
    fn badness(now: usize, known: &Known) -> f64 {
        if known.next == NEVER { f64::INFINITY } else { known.weight * (known.next as usize - now - 1) as f64 }
    }
}

/// Replays, and checks at each request that nothing was kept that is worse than what was evicted.
struct Check<'c, R>(&'c PolicySpec, Capacity, &'c Columns, std::marker::PhantomData<R>);

impl<R: Rule> Visitor for Check<'_, R> {
    type Output = usize;
    fn visit<P: Policy>(self) -> usize {
        let Check(spec, capacity, columns, _) = self;
        let objects = columns.object_count();
        let mut cache: Cache<P> = build(spec, capacity, objects, false);
        let mut known: Vec<Option<Known>> = vec![None; objects];
        let mut evicted = 0;
        for now in 0..columns.objects.len() {
            let request = columns.requests().get(now);
            let object = request.object.index();
            cache.access(&request);
            let mut best_gone = f64::INFINITY;
            let mut worst_kept = 0.0f64;
            for other in (0..objects).filter(|other| *other != object) {
                let Some(before) = known[other] else { continue };
                if cache.holds(ObjectId(other as u32)) {
                    worst_kept = worst_kept.max(R::badness(now, &before));
                } else {
                    best_gone = best_gone.min(R::badness(now, &before));
                    known[other] = None;
                    evicted += 1;
                }
            }
            assert!(best_gone >= worst_kept * (1.0 - 1e-12), "{spec} {capacity:?} {now}: {best_gone} < {worst_kept}");
            let weight = if capacity.bytes().is_some() { f64::from(request.size) } else { 1.0 };
            let entered = Known { requests: 0, inserted: now, next: NEVER, weight };
            let held = cache.holds(request.object);
            assert!(held || request.next == NEVER || request.size > 300, "only what is useless may give way");
            known[object] = held.then(|| {
                let before = known[object].unwrap_or(entered);
                Known { requests: before.requests + 1, next: request.next, ..before }
            });
        }
        evicted
    }
}

/// Gets, some of objects that are never asked for again.
fn trace(seed: u64) -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut fresh = 150;
    let objects: Vec<u32> = (0..3000)
        .map(|_| {
            if rng.random_bool(0.05) {
                fresh += 1;
                return fresh;
            }
            (rng.random::<f64>().powi(3) * 150.0) as u32
        })
        .collect();
    Columns::gets(objects).sized(|object| 1 + object * 7919 % 23)
}

/// With 40 objects cached, one in 10^20 evictions misses the best.
#[test]
fn a_large_sample_finds_what_the_rule_says() {
    for seed in 0..3 {
        let columns = trace(seed);
        for capacity in [1, 2, 7, 40].map(Capacity::Objects).into_iter().chain([30, 300].map(Capacity::Bytes)) {
            let spec: PolicySpec = "hyperbolic:samples=2000".parse().unwrap();
            let check = Check(&spec, capacity, &columns, std::marker::PhantomData::<HyperbolicRule>);
            assert!(policy::visit("hyperbolic", check).unwrap() > 100);
            let spec: PolicySpec = "belady-size:samples=2000".parse().unwrap();
            let check = Check(&spec, capacity, &columns, std::marker::PhantomData::<BeladySizeRule>);
            assert!(policy::visit("belady-size", check).unwrap() > 100);
            let spec: PolicySpec = "redis-lfu:samples=2000,pool=1,factor=0,decay=0".parse().unwrap();
            let check = Check(&spec, capacity, &columns, std::marker::PhantomData::<LeastHitsRule>);
            assert!(policy::visit("redis-lfu", check).unwrap() > 100);
            if capacity.objects().is_some() {
                let misses = |spec| run(spec, capacity, &columns).misses;
                assert_eq!(misses("redis-lru:samples=2000,pool=1"), misses("lru"), "one request a second");
            }
        }
    }
}

/// An object that is never asked for again has its counter sink to nothing, however often it was hit.
#[test]
fn redis_counters_sink_by_one_a_minute() {
    // 600 hits bring a counter to some 16; the others' rise to 10 at most.
    let popular = std::iter::repeat_n(0, 600);
    let rounds = |minutes: u32| (0..minutes * 60).map(|second| 1 + second % 9);
    let misses = |spec: &str, minutes| {
        let columns = Columns::gets(popular.clone().chain(rounds(minutes)).chain([10, 11, 0]));
        run(spec, Capacity::Objects(10), &columns).misses
    };
    for (spec, minutes, again) in [("redis-lfu:samples=500", 2, 0), ("redis-lfu:samples=500", 20, 1)] {
        assert_eq!(misses(spec, minutes), 12 + again, "{spec} {minutes}");
    }
    assert_eq!(misses("redis-lfu:samples=500,decay=0", 20), 12, "without decay");
}

#[test]
fn belady_size_beats_belady_where_sizes_differ() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let objects: Vec<u32> = (0..40_000).map(|_| (rng.random::<f64>().powi(2) * 2000.0) as u32).collect();
    let columns = Columns::gets(objects).sized(|object| if object % 2 == 0 { 1 } else { 100 });
    let misses = |spec| run(spec, Capacity::Bytes(5000), &columns).misses;
    assert!(misses("belady-size") * 10 < misses("belady") * 9);
}

/// A loop over more than fits: LRU always misses, and at best all but one place hit whenever their turn comes.
#[test]
fn lhd_learns_a_loop() {
    let (objects, capacity) = (1000, 700);
    let columns = Columns::gets((0..400_000).map(|i| i % objects));
    let best = 1.0 - (f64::from(capacity) - 1.0) / (f64::from(objects) - 1.0);
    let ratio = |spec| {
        let tally = run(spec, Capacity::Objects(capacity as u64), &columns);
        tally.miss_ratio().unwrap()
    };
    assert_eq!(ratio("lru"), 1.0);
    let learnt = ratio("lhd:interval=4096");
    assert!(learnt >= best && learnt < best * 1.35, "{learnt}, best {best}");
}

/// Two kinds of objects, alike but for their size: what counts is hits for space.
#[test]
fn lhd_prefers_small_objects() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(4);
    let objects: Vec<u32> = (0..200_000).map(|_| rng.random_range(0..2000)).collect();
    let columns = Columns::gets(objects).sized(|object| if object % 2 == 0 { 1 } else { 50 });
    let misses = |spec| run(spec, Capacity::Bytes(2000), &columns).misses as f64;
    // All 1000 small ones fit, and are half of the requests.
    assert!(misses("lhd:interval=4096") < 0.61 * 200_000.0);
    assert!(misses("lru") > 0.9 * 200_000.0);
}
