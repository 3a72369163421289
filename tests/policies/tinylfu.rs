//! W-TinyLFU and the filter TinyLFU against naive models, request by request. The models insert first and evict then, as
//! the paper and Caffeine do; the cache makes room first.

use super::{Columns, build};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::request::{ObjectId, Op, Request};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, BTreeSet};

/// Object and weight; the oldest stands first.
type Queue = Vec<(u32, u64)>;

fn weight(queue: &Queue) -> u64 {
    queue.iter().map(|(_, weight)| weight).sum()
}

fn take(queue: &mut Queue, object: u32) -> Option<(u32, u64)> {
    let at = queue.iter().position(|(other, _)| *other == object)?;
    Some(queue.remove(at))
}

/// Counters that are all halved, one by one, when the sample is full.
#[derive(Default)]
struct Frequencies {
    counts: BTreeMap<u32, u32>,
    requests: u64,
}

impl Frequencies {
    fn add(&mut self, object: u32, entries: u64) {
        let count = self.counts.entry(object).or_default();
        *count = (*count + 1).min(15);
        self.requests += 1;
        if self.requests >= 10 * entries.max(1) {
            self.requests /= 2;
            self.counts.values_mut().for_each(|count| *count /= 2);
        }
    }

    fn of(&self, object: u32) -> u32 {
        self.counts.get(&object).copied().unwrap_or(0)
    }
}

trait Model {
    fn get(&mut self, object: u32, weight: u64);
    fn delete(&mut self, object: u32);
    fn held(&self) -> BTreeSet<u32>;
}

struct WTinyLfu {
    capacity: Capacity,
    window: Queue,
    probation: Queue,
    protected: Queue,
    frequencies: Frequencies,
}

impl WTinyLfu {
    fn main_capacity(&self) -> u64 {
        self.capacity.amount() * 99 / 100
    }
    fn used(&self) -> u64 {
        weight(&self.window) + weight(&self.probation) + weight(&self.protected)
    }
    /// What the main cache would give up, candidates apart.
    fn victim(&self, candidates: &[u32]) -> Option<u32> {
        let main = self.probation.iter().chain(&self.protected);
        main.map(|(object, _)| *object).find(|object| !candidates.contains(object))
    }
}

impl Model for WTinyLfu {
    fn get(&mut self, object: u32, item_weight: u64) {
        let entries = self.capacity.objects().unwrap_or(self.held().len() as u64);
        self.frequencies.add(object, entries);
        let window_capacity = self.capacity.amount() - self.main_capacity();
        let protected_capacity = self.main_capacity() * 8 / 10;
        if let Some(item) = take(&mut self.window, object) {
            self.window.push(item);
        } else if let Some(item) = take(&mut self.protected, object) {
            self.protected.push(item);
        } else if let Some(item) = take(&mut self.probation, object) {
            let fits = item.1 <= protected_capacity;
            if fits {
                self.protected.push(item)
            } else {
                self.probation.push(item)
            }
            while weight(&self.protected) > protected_capacity {
                let cooled = self.protected.remove(0);
                self.probation.push(cooled);
            }
        } else if item_weight <= self.capacity.amount() {
            let mut candidates = Vec::new();
            if item_weight <= window_capacity {
                self.window.push((object, item_weight));
                while weight(&self.window) > window_capacity {
                    let candidate = self.window.remove(0);
                    candidates.push(candidate.0);
                    self.probation.push(candidate);
                }
            } else {
                let stopped =
                    self.victim(&[]).is_some_and(|victim| self.frequencies.of(object) <= self.frequencies.of(victim));
                if stopped && self.used() + item_weight > self.capacity.amount() {
                    return;
                }
                self.probation.push((object, item_weight));
            }
            let large = (candidates.is_empty() && item_weight > window_capacity).then_some(object);
            while self.used() > self.capacity.amount() {
                let kept: Vec<u32> = candidates.iter().copied().chain(large).collect();
                let loser = match (candidates.first().copied(), self.victim(&kept)) {
                    (Some(candidate), Some(victim)) if self.frequencies.of(candidate) > self.frequencies.of(victim) => {
                        victim
                    }
                    (Some(candidate), _) => candidate,
                    (None, Some(victim)) => victim,
                    (None, None) => self.window[0].0,
                };
                candidates.retain(|candidate| *candidate != loser);
                self.delete(loser);
            }
        }
    }
    fn delete(&mut self, object: u32) {
        for queue in [&mut self.window, &mut self.probation, &mut self.protected] {
            take(queue, object);
        }
    }
    fn held(&self) -> BTreeSet<u32> {
        let all = self.window.iter().chain(&self.probation).chain(&self.protected);
        all.map(|(object, _)| *object).collect()
    }
}

/// LRU or FIFO behind the filter.
struct Filtered {
    capacity: Capacity,
    queue: Queue,
    moves_on_hit: bool,
    frequencies: Frequencies,
    asked: (u64, u64),
}

impl Model for Filtered {
    fn get(&mut self, object: u32, item_weight: u64) {
        self.asked = (self.asked.0 + 1, self.asked.1 + item_weight);
        let entries = match self.capacity {
            Capacity::Objects(objects) => objects,
            Capacity::Bytes(bytes) => bytes * self.asked.0 / self.asked.1,
        };
        self.frequencies.add(object, entries);
        if self.held().contains(&object) {
            if self.moves_on_hit {
                let item = take(&mut self.queue, object).unwrap();
                self.queue.push(item);
            }
            return;
        }
        if item_weight > self.capacity.amount() {
            return;
        }
        while weight(&self.queue) + item_weight > self.capacity.amount() {
            if self.frequencies.of(object) <= self.frequencies.of(self.queue[0].0) {
                return;
            }
            self.queue.remove(0);
        }
        self.queue.push((object, item_weight));
    }
    fn delete(&mut self, object: u32) {
        take(&mut self.queue, object);
    }
    fn held(&self) -> BTreeSet<u32> {
        self.queue.iter().map(|(object, _)| *object).collect()
    }
}

fn model(spec: &str, capacity: Capacity) -> Box<dyn Model> {
    let frequencies = Frequencies::default();
    match spec {
        "w-tinylfu" => {
            let (window, probation, protected) = Default::default();
            Box::new(WTinyLfu { capacity, window, probation, protected, frequencies })
        }
        _ => {
            let moves_on_hit = spec.starts_with("lru");
            Box::new(Filtered { capacity, queue: vec![], moves_on_hit, frequencies, asked: (0, 0) })
        }
    }
}

/// Skewed gets whose favourites change, with some deletes.
fn trace(seed: u64) -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let objects: Vec<u32> =
        (0..5000u32).map(|i| ((rng.random::<f64>().powi(3) * 150.0) as u32 + i / 50) % 150).collect();
    let mut columns = Columns::gets(objects);
    columns.ops =
        Some(columns.objects.iter().map(|_| if rng.random_bool(0.03) { Op::Delete } else { Op::Get }).collect());
    columns.sizes = Some(columns.objects.iter().map(|object| 1 + object.0 * 7919 % 23).collect());
    columns
}

struct Compare<'c>(&'c PolicySpec, Capacity, &'c Columns);

impl Visitor for Compare<'_> {
    type Output = ();
    fn visit<P: Policy>(self) {
        let Compare(spec, capacity, columns) = self;
        let objects = columns.object_count();
        let mut cache: Cache<P> = build(spec, capacity, objects, false);
        let mut model = model(&spec.to_string(), capacity);
        for i in 0..columns.objects.len() {
            let request: Request = columns.requests().get(i);
            cache.access(&request);
            match request.op {
                Op::Delete => model.delete(request.object.0),
                _ => model.get(request.object.0, if capacity.bytes().is_some() { u64::from(request.size) } else { 1 }),
            }
            let held: BTreeSet<u32> = (0..objects as u32).filter(|object| cache.holds(ObjectId(*object))).collect();
            assert_eq!(held, model.held(), "{spec} {capacity:?} request {i}");
        }
    }
}

#[test]
fn frequency_decides_as_in_the_naive_models() {
    for spec in ["w-tinylfu", "lru+tinylfu", "fifo+tinylfu"].map(|spec| spec.parse::<PolicySpec>().unwrap()) {
        for seed in 0..4 {
            let columns = trace(seed);
            let objects = [1, 2, 7, 40, 100, 120].map(Capacity::Objects);
            let bytes = [5, 60, 300, 1000].map(Capacity::Bytes);
            for capacity in objects.into_iter().chain(bytes) {
                policy::visit(spec.info().name, Compare(&spec, capacity, &columns)).unwrap();
            }
        }
    }
}
