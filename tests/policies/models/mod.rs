//! Every policy against a naive model of it, written from its paper without regard to cost, request by request; and LRU
//! against another's implementation.

mod adaptive;
mod basic;
mod clockpro;
mod filtered;
mod recency;
mod servers;

use super::{Columns, build};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::request::{ObjectId, Op, Request, SECOND};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::HashSet;
use std::num::NonZeroUsize;

/// A cached object as the models see it.
#[derive(Debug, Clone, Copy)]
struct Item {
    object: u32,
    weight: u64,
    hits: u32,
    next: u32,
}

fn position(queue: &[Item], object: u32) -> Option<usize> {
    queue.iter().position(|item| item.object == object)
}

fn weight(queue: &[Item]) -> u64 {
    queue.iter().map(|item| item.weight).sum()
}

/// A model: how to mark a hit, where to insert, what to evict. The oldest item of a queue stands first.
trait Model {
    /// A request comes at this second.
    fn tick(&mut self, _: u64) {}
    fn queues(&mut self) -> Vec<&mut Vec<Item>>;
    fn insert(&mut self, item: Item);
    fn evict(&mut self);
    fn admits(&mut self, _: &Item) -> bool {
        true
    }
    fn hit(&mut self, object: u32, next: u32) {
        for queue in self.queues() {
            if let Some(i) = position(queue, object) {
                queue[i].hits += 1;
                queue[i].next = next;
            }
        }
    }
    fn remove(&mut self, object: u32) {
        self.queues().into_iter().for_each(|queue| queue.retain(|item| item.object != object));
    }
}

/// The model of a policy, of an empty cache of this capacity.
fn model(spec: &str, capacity: u64) -> Box<dyn Model> {
    match spec {
        "fifo" => basic::single(false, |_| 0),
        "lru" => basic::single(true, |_| 0),
        "clock" => basic::single(false, basic::second_chance),
        "lfu" => basic::single(true, basic::least_hits),
        "belady" => basic::single(false, basic::farthest),
        "sieve" => Box::new(basic::Sieve::default()),
        "s3fifo" => Box::new(filtered::S3Fifo::new(capacity, false)),
        "s3fifo:fill=paper" => Box::new(filtered::S3Fifo::new(capacity, true)),
        "2q" => Box::new(filtered::TwoQ::new(capacity)),
        "qdlp" => Box::new(filtered::Qdlp::new(capacity)),
        "clock2q+" => Box::new(filtered::Clock2QPlus::new(capacity, false)),
        "clock2q+:count=objects" => Box::new(filtered::Clock2QPlus::new(capacity, true)),
        "slru" => Box::new(recency::Slru::new(capacity, 4, true)),
        "slru:segments=3" => Box::new(recency::Slru::new(capacity, 3, true)),
        "slru:fill=paper,segments=2" => Box::new(recency::Slru::new(capacity, 2, false)),
        "arc" => Box::new(adaptive::Arc::new(capacity, false)),
        "arc:step=byte" => Box::new(adaptive::Arc::new(capacity, true)),
        "lirs" => Box::new(recency::Lirs::new(capacity, capacity / 100, true)),
        "lirs:hir=20%" => Box::new(recency::Lirs::new(capacity, capacity / 5, true)),
        "lirs:hir=20%,queue-hit=paper" => Box::new(recency::Lirs::new(capacity, capacity / 5, false)),
        "car" => Box::new(adaptive::Car::new(capacity)),
        "clock-pro" => Box::new(clockpro::ClockPro::new(capacity)),
        "memcached" => Box::new(servers::Memcached::default()),
        _ => panic!("{spec} has no model"),
    }
}

/// What is cached by the model after a request.
fn step(model: &mut dyn Model, request: &Request, capacity: Capacity) {
    let object = request.object.0;
    model.tick(request.time / SECOND);
    let cached = model.queues().iter().any(|queue| position(queue, object).is_some());
    let weight_of = if matches!(capacity, Capacity::Bytes(_)) { u64::from(request.size.max(1)) } else { 1 };
    match request.op {
        Op::Delete if cached => model.remove(object),
        Op::Get if cached => model.hit(object, request.next),
        Op::Get => {
            let item = Item { object, weight: weight_of, hits: 0, next: request.next };
            if weight_of <= capacity.amount() && model.admits(&item) {
                while model.queues().iter().map(|queue| weight(queue)).sum::<u64>() + weight_of > capacity.amount() {
                    model.evict();
                }
                model.insert(item);
            }
        }
        _ => {}
    }
}

/// Skewed gets with some deletes, over few enough objects that every queue turns often.
fn trace(seed: u64) -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let objects: Vec<u32> = (0..4000).map(|_| (rng.random::<f64>().powi(3) * 150.0) as u32).collect();
    let mut columns = Columns::gets(objects);
    columns.ops =
        Some(columns.objects.iter().map(|_| if rng.random_bool(0.04) { Op::Delete } else { Op::Get }).collect());
    columns.sizes = Some(columns.objects.iter().map(|object| 1 + object.0 * 7919 % 23).collect());
    columns
}

#[test]
fn every_policy_holds_what_its_naive_model_holds() {
    struct Compare<'c>(&'c PolicySpec, Capacity, &'c Columns, u64);
    impl Visitor for Compare<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let Compare(spec, capacity, columns, seed) = self;
            let objects = columns.object_count();
            let mut cache: Cache<P> = build(spec, capacity, objects, false);
            let mut model = model(&spec.to_string(), capacity.amount());
            for i in 0..columns.objects.len() {
                let request = columns.requests().get(i);
                cache.access(&request);
                step(&mut *model, &request, capacity);
                let expected: HashSet<u32> =
                    model.queues().into_iter().flat_map(|queue| queue.iter().map(|item| item.object)).collect();
                let held: HashSet<u32> = (0..objects as u32).filter(|object| cache.holds(ObjectId(*object))).collect();
                // Belady may choose among objects that are never asked for again.
                let alike = if P::INFO.needs_future { held.len() == expected.len() } else { held == expected };
                let exact = !P::INFO.needs_future || matches!(capacity, Capacity::Objects(_));
                assert!(alike || !exact, "{spec} {capacity:?} seed {seed} request {i}: {held:?}, model {expected:?}");
            }
        }
    }
    let specs = [
        "fifo",
        "lru",
        "clock",
        "sieve",
        "s3fifo",
        "s3fifo:fill=paper",
        "lfu",
        "belady",
        "slru",
        "slru:segments=3",
        "slru:fill=paper,segments=2",
        "2q",
        "qdlp",
        "clock2q+",
        "clock2q+:count=objects",
        "arc",
        "arc:step=byte",
        "car",
        "clock-pro",
        "memcached",
        "lirs",
        "lirs:hir=20%",
        "lirs:hir=20%,queue-hit=paper",
    ];
    for spec in specs.map(|spec| spec.parse::<PolicySpec>().unwrap()) {
        for seed in 0..4 {
            let columns = trace(seed);
            for capacity in
                [1, 3, 7, 10, 40].map(Capacity::Objects).into_iter().chain([5, 60, 300].map(Capacity::Bytes))
            {
                policy::visit(spec.info().name, Compare(&spec, capacity, &columns, seed)).unwrap();
            }
        }
    }
}

#[test]
fn belady_hits_when_its_naive_model_hits() {
    let spec: PolicySpec = "belady".parse().unwrap();
    struct Hits<'h>(&'h PolicySpec, Capacity, &'h Columns);
    impl Visitor for Hits<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let Hits(spec, capacity, columns) = self;
            let mut cache: Cache<P> = build(spec, capacity, columns.object_count(), false);
            let mut model = model("belady", capacity.amount());
            for i in 0..columns.objects.len() {
                let request = columns.requests().get(i);
                let cached = model.queues().iter().any(|queue| position(queue, request.object.0).is_some());
                assert_eq!(cache.access(&request), !cached, "{capacity:?} request {i}");
                step(&mut *model, &request, capacity);
            }
        }
    }
    for seed in 0..4 {
        let columns = Columns { ops: None, ..trace(seed) };
        for capacity in [1, 7, 40].map(Capacity::Objects).into_iter().chain([5, 60, 300].map(Capacity::Bytes)) {
            policy::visit("belady", Hits(&spec, capacity, &columns)).unwrap();
        }
    }
}

#[test]
fn lru_hits_when_the_lru_crate_hits() {
    for (seed, capacity) in [(1, 1), (2, 5), (3, 30), (4, 149)] {
        let columns = Columns { ops: None, sizes: None, ..trace(seed) };
        let mut other = lru::LruCache::new(NonZeroUsize::new(capacity).unwrap());
        let mut misses = 0;
        for object in &columns.objects {
            if other.get(&object.0).is_none() {
                misses += 1;
                other.put(object.0, ());
            }
        }
        assert_eq!(super::run("lru", Capacity::Objects(capacity as u64), &columns).misses, misses);
    }
}

#[test]
fn reject_first_inserts_at_the_second_fetch() {
    let columns = Columns::gets([0, 0, 0, 1, 2, 1, 1, 0]);
    // Misses: 0 0 . 1 2 1 . . - the second fetch of 0 and of 1 inserts them, 2 never enters.
    assert_eq!(super::run("lru+reject-first", Capacity::Objects(2), &columns).misses, 5);
    assert_eq!(super::run("lru", Capacity::Objects(2), &columns).misses, 4);
}
