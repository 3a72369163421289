//! What comes late: writes to entries whose time is over, and retries, which know less than later requests.

use super::build;
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::request::{NEVER, ObjectId, Op, Request, SECOND};

/// Requests of these sizes and next positions.
fn get(object: u32, size: u32, next: u32) -> Request {
    Request { object: ObjectId(object), size, next, ..Request::default() }
}

/// Whether somebody looked in between must not matter.
#[test]
fn an_expired_entry_is_none_when_it_is_written() {
    struct Write {
        looks_before: bool,
    }
    impl Visitor for Write {
        type Output = bool;
        fn visit<P: Policy>(self) -> bool {
            let mut cache: Cache<P> = build(&"fifo".parse().unwrap(), Capacity::Objects(2), 3, true);
            let set = |at: u64, object, ttl: u64| Request {
                time: at * SECOND,
                ttl: ttl * SECOND,
                op: Op::Set,
                ..get(object, 1, NEVER)
            };
            cache.write(&set(0, 0, 5));
            cache.write(&set(1, 1, 100));
            if self.looks_before {
                assert!(!cache.lookup(&Request { time: 19 * SECOND, ..get(0, 1, NEVER) }));
            }
            cache.write(&set(20, 0, 100));
            cache.write(&set(21, 2, 100));
            cache.lookup(&Request { time: 22 * SECOND, ..get(0, 1, NEVER) })
        }
    }
    for looks_before in [true, false] {
        assert!(policy::visit("fifo", Write { looks_before }).unwrap(), "looked before: {looks_before}");
    }
}

#[test]
fn a_retry_does_not_tell_belady_an_older_future() {
    struct Retry;
    impl Visitor for Retry {
        type Output = ();
        fn visit<P: Policy>(self) {
            let mut cache: Cache<P> = build(&"belady".parse().unwrap(), Capacity::Objects(2), 3, false);
            let first = get(0, 1, 5);
            cache.lookup(&first);
            cache.lookup(&get(0, 1, 9));
            // The first one timed out, and asks again.
            cache.lookup(&first);
            cache.insert(&first, 0);
            cache.access(&get(1, 1, 7));
            cache.access(&get(2, 1, 8));
            assert!(!cache.holds(ObjectId(0)) && cache.holds(ObjectId(1)), "0 is asked for last");
            // A retry that hits.
            cache.lookup(&get(1, 1, 12));
            cache.lookup(&get(1, 1, 7));
            cache.access(&get(0, 1, 10));
            assert!(!cache.holds(ObjectId(1)) && cache.holds(ObjectId(2)), "1 is asked for last");
        }
    }
    policy::visit("belady", Retry).unwrap();
}

#[test]
fn retries_are_no_positions_to_belady_size() {
    struct Retries;
    impl Visitor for Retries {
        type Output = ();
        fn visit<P: Policy>(self) {
            let mut cache: Cache<P> = build(&"belady-size".parse().unwrap(), Capacity::Bytes(4), 3, false);
            cache.access(&get(0, 1, 100));
            cache.access(&get(1, 3, 45));
            let waiting = get(2, 1, 20);
            (0..35).for_each(|_| _ = cache.lookup(&waiting));
            cache.insert(&waiting, 0);
            // At position 3 the costs are 97 x 1 and 42 x 3; at 38 they would be 62 x 1 and 7 x 3.
            assert!(cache.holds(ObjectId(0)) && !cache.holds(ObjectId(1)));
        }
    }
    policy::visit("belady-size", Retries).unwrap();
}
