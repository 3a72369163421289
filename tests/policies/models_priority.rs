//! Policies that rank objects, against naive models of them written without regard to cost, request by request: GDSF,
//! LFUDA, LRU-K, MQ.

use super::{Columns, build};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::request::{ObjectId, Op};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeSet;

/// A model of a cache: what is asked for, and what it holds then.
trait Model {
    /// The object is asked for, and inserted where it is not held.
    fn get(&mut self, object: u32, weight: u64);
    /// The object is no longer valid.
    fn delete(&mut self, object: u32);
    /// What is held.
    fn held(&self) -> BTreeSet<u32>;
}

/// GDSF and LFUDA: greedy dual. A rank is the level plus a value, and the level is the rank of what was evicted last.
struct GreedyDual {
    /// Object, weight, requests, rank, when it was ranked.
    items: Vec<(u32, u64, u64, f64, u64)>,
    capacity: u64,
    level: f64,
    now: u64,
    value: fn(requests: u64, weight: u64) -> f64,
    /// As published for GDSF by libCacheSim: the new object is inserted first, and may be evicted at once.
    inserts_first: bool,
}

impl GreedyDual {
    fn evict_down_to(&mut self, limit: u64) {
        while self.items.iter().map(|item| item.1).sum::<u64>() > limit {
            let least = |a: &usize, b: &usize| {
                let (a, b) = (&self.items[*a], &self.items[*b]);
                a.3.total_cmp(&b.3).then(a.4.cmp(&b.4))
            };
            let victim = (0..self.items.len()).min_by(least).unwrap();
            self.level = self.items.remove(victim).3;
        }
    }
}

impl Model for GreedyDual {
    fn get(&mut self, object: u32, weight: u64) {
        self.now += 1;
        if let Some(item) = self.items.iter_mut().find(|item| item.0 == object) {
            item.2 += 1;
            item.3 = self.level + (self.value)(item.2, item.1);
            item.4 = self.now;
        } else if weight <= self.capacity {
            if !self.inserts_first {
                self.evict_down_to(self.capacity - weight);
            }
            self.items.push((object, weight, 1, self.level + (self.value)(1, weight), self.now));
            self.evict_down_to(self.capacity);
        }
    }
    fn delete(&mut self, object: u32) {
        self.items.retain(|item| item.0 != object);
    }
    fn held(&self) -> BTreeSet<u32> {
        self.items.iter().map(|item| item.0).collect()
    }
}

/// LRU-K with the whole history of every cached object.
struct LruK {
    /// Object, weight, times of its requests.
    items: Vec<(u32, u64, Vec<u64>)>,
    capacity: u64,
    k: usize,
    now: u64,
}

impl Model for LruK {
    fn get(&mut self, object: u32, weight: u64) {
        self.now += 1;
        if let Some(item) = self.items.iter_mut().find(|item| item.0 == object) {
            item.2.push(self.now);
            return;
        }
        if weight > self.capacity {
            return;
        }
        while self.items.iter().map(|item| item.1).sum::<u64>() + weight > self.capacity {
            let (k, now) = (self.k, self.now);
            let distance = |times: &[u64]| times.len().checked_sub(k).map_or(u64::MAX, |i| now - times[i]);
            // The largest backward k-distance; among the infinite ones the object that came first.
            let victim =
                (0..self.items.len()).max_by_key(|i| (distance(&self.items[*i].2), now - self.items[*i].2[0])).unwrap();
            self.items.remove(victim);
        }
        self.items.push((object, weight, vec![self.now]));
    }
    fn delete(&mut self, object: u32) {
        self.items.retain(|item| item.0 != object);
    }
    fn held(&self) -> BTreeSet<u32> {
        self.items.iter().map(|item| item.0).collect()
    }
}

/// MQ, as figure 7 of the paper.
struct Mq {
    /// Object, weight, frequency, expiry; the oldest first.
    queues: Vec<Vec<(u32, u64, u64, u64)>>,
    /// Object, weight, frequency.
    history: Vec<(u32, u64, u64)>,
    capacity: u64,
    history_capacity: u64,
    lifetime: u64,
    now: u64,
}

impl Mq {
    fn take(&mut self, object: u32) -> Option<(u32, u64, u64, u64)> {
        self.queues.iter_mut().find_map(|queue| {
            let i = queue.iter().position(|item| item.0 == object)?;
            Some(queue.remove(i))
        })
    }
    fn put(&mut self, object: u32, weight: u64, frequency: u64) {
        let queue = (63 - frequency.leading_zeros() as usize).min(self.queues.len() - 1);
        self.queues[queue].push((object, weight, frequency, self.now + self.lifetime));
        self.now += 1;
        for k in 1..self.queues.len() {
            if self.queues[k].first().is_some_and(|item| item.3 < self.now) {
                let item = self.queues[k].remove(0);
                self.queues[k - 1].push((item.0, item.1, item.2, self.now + self.lifetime));
            }
        }
    }
    fn evict(&mut self) {
        let lowest = self.queues.iter_mut().find(|queue| !queue.is_empty()).unwrap();
        let (object, weight, frequency, _) = lowest.remove(0);
        if weight <= self.history_capacity {
            while self.history.iter().map(|item| item.1).sum::<u64>() + weight > self.history_capacity {
                self.history.remove(0);
            }
            self.history.push((object, weight, frequency));
        }
    }
}

impl Model for Mq {
    fn get(&mut self, object: u32, weight: u64) {
        if let Some((_, weight, frequency, _)) = self.take(object) {
            self.put(object, weight, frequency + 1);
            return;
        }
        let remembered = self.history.iter().position(|item| item.0 == object);
        let frequency = remembered.map_or(0, |i| self.history.remove(i).2);
        if weight > self.capacity {
            return;
        }
        while self.queues.iter().flatten().map(|item| item.1).sum::<u64>() + weight > self.capacity {
            self.evict();
        }
        self.put(object, weight, frequency + 1);
    }
    fn delete(&mut self, object: u32) {
        self.take(object);
    }
    fn held(&self) -> BTreeSet<u32> {
        self.queues.iter().flatten().map(|item| item.0).collect()
    }
}

fn model(spec: &str, capacity: u64) -> Box<dyn Model> {
    let greedy =
        |value, inserts_first| GreedyDual { items: vec![], capacity, level: 0.0, now: 0, value, inserts_first };
    let mq = |queues, lifetime, ghost| Mq {
        queues: vec![vec![]; queues],
        history: vec![],
        capacity,
        history_capacity: capacity * ghost,
        lifetime,
        now: 0,
    };
    match spec {
        "gdsf" => Box::new(greedy(|requests, weight| requests as f64 * 1e6 / weight as f64, true)),
        "lfuda" => Box::new(greedy(|requests, _| requests as f64, false)),
        "mq" => Box::new(mq(8, 10_000, 4)),
        "mq:ghost=1,lifetime=20,queues=3" => Box::new(mq(3, 20, 1)),
        "mq:ghost=0,lifetime=150" => Box::new(mq(8, 150, 0)),
        _ => Box::new(LruK {
            items: vec![],
            capacity,
            k: spec.strip_prefix("lru-k:k=").map_or(2, |k| k.parse().unwrap()),
            now: 0,
        }),
    }
}

/// Skewed gets with some deletes.
fn trace(seed: u64) -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut columns =
        Columns::gets((0..4000).map(|_| (rng.random::<f64>().powi(3) * 150.0) as u32).collect::<Vec<_>>());
    let op = |_: &ObjectId| if rng.random_bool(0.04) { Op::Delete } else { Op::Get };
    columns.ops = Some(columns.objects.iter().map(op).collect());
    columns.sized(|object| 1 + object * 7919 % 23)
}

struct Compare<'c>(&'c PolicySpec, Capacity, &'c Columns);

impl Visitor for Compare<'_> {
    type Output = u64;
    /// The misses that cache and model agree on.
    fn visit<P: Policy>(self) -> u64 {
        let Compare(spec, capacity, columns) = self;
        let objects = columns.object_count() as u32;
        let mut cache: Cache<P> = build(spec, capacity, objects as usize, false);
        let mut model = model(&spec.to_string(), capacity.amount());
        let mut misses = 0;
        for i in 0..columns.objects.len() {
            let request = columns.requests().get(i);
            misses += u64::from(cache.access(&request));
            match request.op {
                Op::Delete => model.delete(request.object.0),
                _ if capacity.bytes().is_some() => model.get(request.object.0, u64::from(request.size)),
                _ => model.get(request.object.0, 1),
            }
            let held: BTreeSet<u32> = (0..objects).filter(|object| cache.holds(ObjectId(*object))).collect();
            assert_eq!(held, model.held(), "{spec} {capacity:?} request {i}");
        }
        misses
    }
}

#[test]
fn ranking_policies_hold_what_their_naive_models_hold() {
    let specs = [
        "gdsf",
        "lfuda",
        "lru-k:k=1",
        "lru-k",
        "lru-k:k=3",
        "lru-k:k=4",
        "mq",
        "mq:ghost=1,lifetime=20,queues=3",
        "mq:ghost=0,lifetime=150",
    ];
    for spec in specs.map(|spec| spec.parse::<PolicySpec>().unwrap()) {
        for seed in 0..4 {
            let columns = trace(seed);
            let in_bytes = [5, 60, 300].map(Capacity::Bytes);
            for capacity in [1, 3, 7, 10, 40].map(Capacity::Objects).into_iter().chain(in_bytes) {
                policy::visit(spec.info().name, Compare(&spec, capacity, &columns)).unwrap();
            }
        }
    }
}

#[test]
fn lru_1_is_lru() {
    for seed in 0..4 {
        let columns = trace(seed);
        for capacity in [Capacity::Objects(20), Capacity::Bytes(200)] {
            assert_eq!(super::run("lru-k:k=1", capacity, &columns), super::run("lru", capacity, &columns));
        }
    }
}

/// Evicted, an object is remembered with its count; lost, it is not. One that is asked for in between keeps its count until
/// the answer comes.
#[test]
fn mq_remembers_what_was_evicted_and_forgets_what_was_lost() {
    struct Remember(bool);
    impl Visitor for Remember {
        type Output = bool;
        fn visit<P: Policy>(self) -> bool {
            let spec: PolicySpec = "mq:lifetime=100000".parse().unwrap();
            let mut cache: Cache<P> = build(&spec, Capacity::Objects(10), 1000, false);
            let get = |object| coldgap::request::Request { object: ObjectId(object), size: 1, ..Default::default() };
            (0..4).for_each(|_| _ = cache.access(&get(0)));
            // As many requests and newer, so that 0 is evicted.
            (1..11).for_each(|object| (0..4).for_each(|_| _ = cache.access(&get(object))));
            assert!(!cache.holds(ObjectId(0)));
            if self.0 {
                crate::walks::lose_share(&mut cache, 0.999_999);
            }
            assert!(!cache.lookup(&get(0)), "asked for, not answered yet");
            (100..150).for_each(|object| _ = cache.access(&get(object)));
            cache.insert(&get(0), 0);
            (200..250).for_each(|object| _ = cache.access(&get(object)));
            cache.holds(ObjectId(0))
        }
    }
    assert!(
        policy::visit("mq", Remember(false)).unwrap(),
        "in the queue of four requests and more, beyond the reach of a scan"
    );
    assert!(!policy::visit("mq", Remember(true)).unwrap(), "in the lowest queue, and swept out");
}
