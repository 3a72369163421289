//! What must hold for any trace.

use super::{Columns, build, run, run_requests};
use coldgap::cache::Lookaside;
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, ALL, Capacity, Policy, Visitor};
use coldgap::replay::replay;
use coldgap::request::{Op, Requests};
use proptest::prelude::*;
use std::collections::HashSet;

/// Every registered policy, and variants that fill otherwise. Names with the bounds left out.
fn demand_policies() -> impl Iterator<Item = &'static str> {
    ALL.iter().filter(|info| !info.unbounded).map(|info| info.name).chain([
        "s3fifo:fill=paper",
        "s3fifo:ghost=0%",
        "slru:fill=paper",
    ])
}

/// Policies that keep out a new object which is worth less than the next victim: Belady, who inserts everything, is no
/// bound for them.
const GIVE_WAY: [&str; 2] = ["gdsf", "belady-size"];

/// Traces with some reuse at every distance: small ids are asked for more often.
fn objects() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec((0..40u32, 0..40u32).prop_map(|(a, b)| a.min(b)), 1..600)
}

/// A size that follows from the id.
fn size(object: u32) -> u32 {
    1 + object * 31 % 20
}

/// How often the policy decided something in a replay; `None` if it does not say that it fills up.
fn decisions(spec: &str, capacity: Capacity, columns: &Columns) -> Option<u64> {
    struct Count<'r>(&'r PolicySpec, Capacity, &'r Columns);
    impl Visitor for Count<'_> {
        type Output = Option<u64>;
        fn visit<P: Policy>(self) -> Option<u64> {
            let Count(spec, capacity, columns) = self;
            let mut cache = build::<P>(spec, capacity, columns.object_count(), false);
            replay(&mut cache, &columns.requests());
            P::INFO.fills_up.then(|| cache.decisions())
        }
    }
    let spec: PolicySpec = spec.parse().unwrap();
    policy::visit(spec.info().name, Count(&spec, capacity, columns)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Outcomes of simulated outages are shared among these.
    #[test]
    fn policies_that_fill_up_decide_nothing_while_there_is_room(objects in objects(), room in 0..5u64) {
        let columns = Columns::gets(objects);
        let distinct = columns.objects.iter().collect::<HashSet<_>>().len() as u64;
        for spec in demand_policies().chain(["s3fifo:small=1%", "clock2q+:small=1%", "w-tinylfu:window=50%"]) {
            let decided = decisions(spec, Capacity::Objects(distinct + room), &columns);
            prop_assert!(decided.unwrap_or(0) == 0, "{} decided {:?} times", spec, decided);
        }
        prop_assert_eq!(decisions("slru", Capacity::Objects(distinct), &columns), None, "its segments overflow");
    }

    /// The same where objects have sizes, each small beside the cache, until it is nine tenths full.
    #[test]
    fn policies_that_fill_up_decide_nothing_about_small_objects_while_there_is_room(
        objects in prop::collection::vec((0..400u32, 0..400u32).prop_map(|(a, b)| a.min(b)), 1500..2500)
    ) {
        let columns = Columns::gets(objects).sized(size);
        let bytes: u64 = columns.objects.iter().collect::<HashSet<_>>().iter().map(|id| u64::from(size(id.0))).sum();
        let capacity = (bytes * 10).div_ceil(9);
        prop_assert!(capacity >= 100 * 20, "the largest object is small: {capacity}");
        for spec in demand_policies().chain(["s3fifo:small=1%", "clock2q+:small=1%", "w-tinylfu:window=50%"]) {
            let decided = decisions(spec, Capacity::Bytes(capacity), &columns);
            prop_assert!(decided.unwrap_or(0) == 0, "{} decided {:?} times", spec, decided);
        }
    }

    #[test]
    fn a_larger_lru_never_misses_more(objects in objects(), capacity in 1..40u64) {
        let columns = Columns::gets(objects);
        let misses = |capacity| run("lru", Capacity::Objects(capacity), &columns).misses;
        prop_assert!(misses(capacity + 1) <= misses(capacity));
    }

    #[test]
    fn belady_never_misses_more_than_any_policy(objects in objects(), capacity in 1..40u64) {
        let columns = Columns::gets(objects);
        let capacity = Capacity::Objects(capacity);
        let bound = run("belady", capacity, &columns).misses;
        for spec in demand_policies().filter(|spec| !GIVE_WAY.contains(spec)) {
            prop_assert!(bound <= run(spec, capacity, &columns).misses, "{}", spec);
        }
    }

    /// With one place more, a cache that inserts everything can hold all that the other does, and the new object.
    #[test]
    fn belady_with_one_place_more_never_misses_more_than_a_policy_that_gives_way(
        objects in objects(), capacity in 1..40u64
    ) {
        let columns = Columns::gets(objects);
        let bound = run("belady", Capacity::Objects(capacity + 1), &columns).misses;
        for spec in GIVE_WAY {
            prop_assert!(bound <= run(spec, Capacity::Objects(capacity), &columns).misses, "{}", spec);
        }
    }

    #[test]
    fn until_the_cache_is_full_all_policies_miss_alike(objects in objects(), sized in any::<bool>()) {
        let columns = Columns::gets(objects).sized(size);
        let distinct: HashSet<u32> = columns.objects.iter().map(|object| object.0).collect();
        let footprint = distinct.iter().map(|object| if sized { u64::from(size(*object)) } else { 1 }).sum::<u64>();
        let capacity = |spec: &str| match (spec, sized) {
            // Its lowest segment is bounded like the others, so it overflows while others have room.
            ("slru", true) => Capacity::Bytes(4 * footprint),
            ("slru", false) => Capacity::Objects(footprint.next_multiple_of(4)),
            // It refuses objects above a hundredth of the cache, which is 20 here: the largest size.
            ("lirs", true) => Capacity::Bytes(footprint.max(2000)),
            // Those with a small queue refuse objects above a tenth.
            (_, true) => Capacity::Bytes(footprint.max(200)),
            (_, false) => Capacity::Objects(footprint),
        };
        let compulsory = run("unbounded", capacity("unbounded"), &columns);
        prop_assert_eq!(compulsory.misses, distinct.len() as u64);
        prop_assert_eq!(compulsory.bytes_missed, distinct.iter().map(|object| u64::from(size(*object))).sum::<u64>());
        for spec in demand_policies() {
            prop_assert_eq!(run(spec, capacity(spec), &columns), compulsory, "{}", spec);
        }
    }

    #[test]
    fn unbounded_misses_each_object_once_whatever_the_capacity(objects in objects()) {
        let columns = Columns::gets(objects);
        let distinct: HashSet<u32> = columns.objects.iter().map(|object| object.0).collect();
        let tally = run("unbounded", Capacity::Objects(1), &columns);
        prop_assert_eq!(tally.misses, distinct.len() as u64);
        prop_assert_eq!(tally.hits + tally.misses, columns.objects.len() as u64);
    }

    /// Replay has faster ways for traces without some columns: they must be the same replay.
    #[test]
    fn columns_that_say_nothing_change_nothing(objects in objects(), capacity in 1..40u64) {
        let timed = Columns::gets(objects);
        let spelt_out = Columns { ops: Some(vec![Op::Get; timed.objects.len()]), ..timed.clone() }.sized(|_| 1);
        for spec in demand_policies().filter(|spec| !spec.starts_with("belady")) {
            let tally = run(spec, Capacity::Objects(capacity), &timed);
            prop_assert_eq!(run(spec, Capacity::Objects(capacity), &spelt_out), tally, "{}", spec);
            if policy::info(spec).is_some_and(|info| info.needs_time) {
                continue;
            }
            let bare = Requests { times: &[], next: None, ..timed.requests() };
            prop_assert_eq!(run_requests(spec, Capacity::Objects(capacity), &bare, 40), tally, "{}", spec);
        }
    }
}
