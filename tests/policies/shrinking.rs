//! A cache that has shrunk: its policy works for the capacity that is left. The reference is a cache that was always small.

use super::{Columns, build};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, ALL, Capacity, Policy, Visitor};
use coldgap::replay::replay;
use coldgap::request::{ObjectId, Request};
use coldgap::units::Ratio;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const OBJECTS: u32 = 8_000;
/// Requests before the cache shrinks, until the policy has settled, and from there to the end.
const PARTS: [usize; 3] = [40_000, 20_000, 60_000];

/// Skewed gets whose popularity drifts, with scans in between: recency, frequency and ghosts all matter.
fn trace() -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let requests = PARTS.iter().sum::<usize>() as u32;
    let object = |i: u32| {
        if (i / 200).is_multiple_of(10) {
            return i % OBJECTS;
        }
        let rank = (rng.random::<f64>().powi(4) * f64::from(OBJECTS)) as u32;
        (rank * 7 + i / 4_000 * 11) % OBJECTS
    };
    Columns::gets((0..requests).map(object))
}

/// Miss ratios after the cache has settled: shrunk to a quarter, and always that small.
struct Shrunk<'s>(&'s PolicySpec, &'s Columns, Capacity, Capacity);

impl Visitor for Shrunk<'_> {
    type Output = [f64; 2];
    fn visit<P: Policy>(self) -> [f64; 2] {
        let Shrunk(spec, columns, large, small) = self;
        let requests = columns.requests();
        let (settled, end) = (PARTS[0] + PARTS[1], requests.len());
        let miss_ratio = |capacity, share| {
            let mut cache: Cache<P> = build(spec, capacity, OBJECTS as usize, false);
            replay(&mut cache, &requests.slice(0..PARTS[0]));
            cache.shrink(share);
            assert!(cache.used() <= small.amount() || P::INFO.unbounded);
            replay(&mut cache, &requests.slice(PARTS[0]..settled));
            let tally = replay(&mut cache, &requests.slice(settled..end));
            tally.misses as f64 / tally.requests as f64
        };
        [miss_ratio(large, Ratio::new(0.25).unwrap()), miss_ratio(small, Ratio::ALL)]
    }
}

#[test]
fn a_shrunken_cache_misses_as_one_that_was_always_small() {
    let in_objects = trace();
    let in_bytes = in_objects.clone().sized(|object| 1 + object * 7919 % 15);
    let mut wrong = Vec::new();
    for spec in ALL.iter().map(PolicySpec::of) {
        for (columns, large, small) in [
            (&in_objects, Capacity::Objects(2000), Capacity::Objects(500)),
            (&in_bytes, Capacity::Bytes(16_000), Capacity::Bytes(4_000)),
        ] {
            let [shrunk, always] = policy::visit(spec.info().name, Shrunk(&spec, columns, large, small)).unwrap();
            // LFU counts what the larger cache saw, and is the better for it.
            if shrunk > 1.02 * always || shrunk < 0.95 * always {
                wrong.push(format!("{spec} {small:?}: {shrunk:.4}, always small {always:.4}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Flushed after it has shrunk, a cache is as a new one of that size; and so is one that was made a copy of it before.
#[test]
fn a_shrunken_cache_that_is_flushed_is_a_new_small_one() {
    struct Flushed<'f>(&'f PolicySpec, &'f Columns);
    impl Visitor for Flushed<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let Flushed(spec, columns) = self;
            let requests = columns.requests().slice(0..20_000);
            let mut shrunk: Cache<P> = build(spec, Capacity::Objects(2000), OBJECTS as usize, false);
            let mut copy = shrunk.clone();
            replay(&mut shrunk, &requests);
            shrunk.shrink(Ratio::new(0.25).unwrap());
            copy.copy_from(&shrunk);
            let mut small: Cache<P> = build(spec, Capacity::Objects(500), OBJECTS as usize, false);
            let expected = replay(&mut small, &requests);
            for cache in [&mut shrunk, &mut copy] {
                cache.flush();
                assert_eq!(replay(cache, &requests), expected, "{spec}");
            }
        }
    }
    let columns = trace();
    for spec in ALL.iter().map(PolicySpec::of) {
        policy::visit(spec.info().name, Flushed(&spec, &columns)).unwrap();
    }
}

/// QDLP notes that an object is on its way to the main queue while it makes room there, which a shrunken cache may leave so:
/// the note must go with the object.
#[test]
fn what_is_moving_when_the_cache_shrinks_may_be_deleted() {
    struct Moving;
    impl Visitor for Moving {
        type Output = ();
        fn visit<P: Policy>(self) {
            let spec = "qdlp".parse().unwrap();
            let mut cache: Cache<P> = build(&spec, Capacity::Bytes(100), 200, false);
            let get = |object, size| Request { object: ObjectId(object), size, ..Request::default() };
            for object in 0..90 {
                cache.access(&get(object, 1));
                cache.access(&get(object, 1));
            }
            cache.access(&get(100, 10));
            cache.access(&get(100, 10));
            assert_eq!(cache.used(), 100);
            cache.shrink(Ratio::new(0.99).unwrap());
            cache.invalidate(ObjectId(100));
            for object in 101..200 {
                cache.access(&get(object, 1));
            }
            assert!(cache.used() <= 99);
        }
    }
    policy::visit("qdlp", Moving).unwrap();
}
