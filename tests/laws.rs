//! Laws of survival and of the refill, on random small traces; and a second, naive writing of the predicate.

use crate::walks;
use coldgap::cache::Cache;
use coldgap::error::Spot;
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::replay::refill::refill;
use coldgap::replay::replay;
use coldgap::replay::survival::Walker;
use coldgap::replay::worst::lattice::{TOLERANCE, smallest};
use coldgap::request::Op;
use coldgap::service::Service;
use coldgap::trace::builder::{Builder, Row};
use coldgap::trace::{Key, ReadOptions, Trace};
use coldgap::units::{Demand, Seconds};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// Gaps in microseconds, keys, operations.
fn rows(keys: u64, deletes: bool) -> impl Strategy<Value = Vec<(u64, u64, Op)>> {
    let op = prop_oneof![9 => Just(Op::Get), 1 => Just(if deletes { Op::Delete } else { Op::Get })];
    prop::collection::vec((0u64..30_000, 0..keys, op), 50..400)
}

fn trace(rows: &[(u64, u64, Op)]) -> Trace {
    let options = ReadOptions::default();
    let mut builder = Builder::new("made", "made", &options);
    let mut time = 1;
    for (i, (gap, key, op)) in rows.iter().enumerate() {
        // Whole seconds would be spread inside the tick; these are not.
        time += gap * 1000 + 1;
        let row = Row { time: Some(time), key: Key::Number(*key), size: None, op: *op, ttl: 0 };
        let _ = builder.push(row, Spot::Row(i as u64)).unwrap();
    }
    builder.finish().unwrap()
}

fn service(timeout: f64, single_flight: bool) -> Service {
    Service {
        demand: Demand::Answers,
        timeout: Seconds(timeout),
        service_time: Seconds(0.02),
        retries: 0,
        single_flight,
    }
}

/// Runs `survives` of a policy's cache of 20 objects, empty or warmed by the first half and then wounded.
struct Walk<'t> {
    trace: &'t Trace,
    service: Service,
    mu: f64,
    load: f64,
}

impl Visitor for Walk<'_> {
    type Output = bool;
    fn visit<P: Policy>(self) -> bool {
        let capacity = Capacity::Objects(20);
        let policy = P::new(capacity, &Parameters::default()).unwrap();
        let mut cache = Cache::new(policy, capacity, self.trace.object_count(), None, false);
        let mut walker = Walker::new(self.trace.object_count());
        walks::survives(&mut walker, &mut cache, &self.trace.requests(), &self.service, self.mu, self.load)
    }
}

fn survives(policy: &str, trace: &Trace, service: Service, mu: f64, load: f64) -> bool {
    policy::visit(policy, Walk { trace, service, mu, load }).unwrap()
}

fn required(policy: &str, trace: &Trace, service: Service) -> f64 {
    smallest(50.0, &mut |mu| survives(policy, trace, service, mu, 1.0)).unwrap()
}

/// definitions.md's predicate for a cache that never evicts, written again: nothing is kept but sets and a list of
/// answers that is searched from end to end at each request.
fn naive(trace: &Trace, service: Service, mu: f64) -> bool {
    let requests = trace.requests();
    let (mut cached, mut answers): (HashSet<u32>, Vec<(f64, u32)>) = (HashSet::new(), Vec::new());
    let (mut free_at, patience) = (f64::MIN, service.timeout.0 - service.service_time.0);
    for i in 0..trace.len() {
        let now = requests.times[i] as f64 / 1e9;
        let object = requests.objects[i].0;
        // Answers carry whole nanoseconds in the product; the margin is below any gap of these traces.
        answers.retain(|(at, key)| {
            let arrived = *at <= now + 1e-12;
            if arrived {
                cached.insert(*key);
            }
            !arrived
        });
        if requests.ops.is_some_and(|ops| ops[i] == Op::Delete) {
            cached.remove(&object);
            answers.retain(|(_, key)| *key != object);
            continue;
        }
        if cached.contains(&object) || (service.single_flight && answers.iter().any(|(_, key)| *key == object)) {
            continue;
        }
        let wait = (free_at - now).max(0.0);
        if wait > patience {
            return false;
        }
        answers.push(((((now + wait + service.service_time.0) * 1e9).floor()) / 1e9, object));
        free_at = now + wait + 1.0 / mu;
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_predicate_agrees_with_a_naive_one(rows in rows(60, true), timeout in 0.03f64..1.0, single in any::<bool>()) {
        let trace = trace(&rows);
        let service = service(timeout, single);
        let found = required("unbounded", &trace, service);
        let other = smallest(50.0, &mut |mu| naive(&trace, service, mu)).unwrap();
        prop_assert!((found / other - 1.0).abs() <= 3.0 * TOLERANCE, "{found} {other}");
    }

    #[test]
    fn patience_lowers_what_is_required(rows in rows(60, false), timeout in 0.03f64..1.0) {
        let trace = trace(&rows);
        for single in [false, true] {
            let short = required("unbounded", &trace, service(timeout, single));
            let long = required("unbounded", &trace, service(2.0 * timeout, single));
            prop_assert!(long <= short * (1.0 + 2.0 * TOLERANCE), "{long} {short}");
        }
        let each = required("unbounded", &trace, service(timeout, false));
        let joined = required("unbounded", &trace, service(timeout, true));
        prop_assert!(joined <= each * (1.0 + 2.0 * TOLERANCE));
    }

    /// A load k times as high is the same as a backend k times as slow and clients k times as patient: only ratios of
    /// times count.
    #[test]
    fn time_has_no_unit(rows in rows(60, false), timeout in 0.05f64..1.0, mu in 5.0f64..100.0, load in 0.25f64..4.0) {
        let trace = trace(&rows);
        let here = service(timeout, false);
        let there = Service { timeout: Seconds(timeout * load), service_time: Seconds(0.02 * load), ..here };
        let fast = smallest(mu, &mut |mu| survives("lru", &trace, here, mu, load)).unwrap();
        let slow = smallest(mu, &mut |mu| survives("lru", &trace, there, mu / load, 1.0)).unwrap();
        prop_assert!((fast / slow - 1.0).abs() <= 3.0 * TOLERANCE, "{fast} {slow}");
    }

    /// Until the first eviction all policies that admit every fetch hold the same keys.
    #[test]
    fn refill_curves_are_alike_until_the_cache_is_full(rows in rows(20, false)) {
        struct Cold<'t>(&'t Trace);
        impl Visitor for Cold<'_> {
            type Output = Vec<u64>;
            fn visit<P: Policy>(self) -> Vec<u64> {
                let capacity = Capacity::Objects(20);
                let policy = P::new(capacity, &Parameters::default()).unwrap();
                let mut twin = Cache::new(policy, capacity, self.0.object_count(), None, false);
                let mut flushed = twin.clone();
                let found = refill(&mut twin, &mut flushed, &self.0.requests(), Seconds(1.0));
                assert_eq!(found.transient_misses, 0, "an empty cache has nothing to lose");
                found.steps.iter().map(|step| step.misses).collect()
            }
        }
        let mut trace = trace(&rows);
        trace.look_ahead();
        let mut curves = HashMap::new();
        for info in policy::ALL {
            curves.insert(policy::visit(info.name, Cold(&trace)).unwrap(), info.name);
        }
        prop_assert_eq!(curves.len(), 1, "{:?}", curves);
    }

    /// A flush costs LRU at most as many misses as it held objects, and never saves one.
    #[test]
    fn the_cold_start_transient_of_lru_is_bounded(rows in rows(100, false), half in 10usize..40) {
        struct Transient<'t>(&'t Trace, usize);
        impl Visitor for Transient<'_> {
            type Output = (i64, u64);
            fn visit<P: Policy>(self) -> (i64, u64) {
                let capacity = Capacity::Objects(20);
                let policy = P::new(capacity, &Parameters::default()).unwrap();
                let mut twin = Cache::new(policy, capacity, self.0.object_count(), None, false);
                let requests = self.0.requests();
                replay(&mut twin, &requests.slice(0..self.1));
                let held = twin.used();
                let mut flushed = twin.clone();
                let rest = requests.slice(self.1..requests.len());
                (refill(&mut twin, &mut flushed, &rest, Seconds(1.0)).transient_misses, held)
            }
        }
        let (transient, held) = policy::visit("lru", Transient(&trace(&rows), half)).unwrap();
        prop_assert!((0..=held as i64).contains(&transient), "{transient} of {held}");
    }

    /// Lost shares are nested, so LRU never keeps a key after a larger loss that it lost in a smaller one.
    #[test]
    fn a_larger_loss_leaves_fewer_objects(rows in rows(100, false), a in 0.0f64..1.0, b in 0.0f64..1.0) {
        struct Lose<'t>(&'t Trace, f64);
        impl Visitor for Lose<'_> {
            type Output = Vec<bool>;
            fn visit<P: Policy>(self) -> Vec<bool> {
                let capacity = Capacity::Objects(50);
                let policy = P::new(capacity, &Parameters::default()).unwrap();
                let mut cache = Cache::new(policy, capacity, self.0.object_count(), None, false);
                replay(&mut cache, &self.0.requests());
                walks::lose_share(&mut cache, self.1);
                (0..self.0.object_count() as u32).map(|i| cache.holds(coldgap::request::ObjectId(i))).collect()
            }
        }
        let trace = trace(&rows);
        for policy in ["lru", "sieve", "s3fifo"] {
            let small = policy::visit(policy, Lose(&trace, a.min(b))).unwrap();
            let large = policy::visit(policy, Lose(&trace, a.max(b))).unwrap();
            prop_assert!(large.iter().zip(&small).all(|(large, small)| !large || *small));
        }
    }
}
