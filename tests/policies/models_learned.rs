//! LeCaR and Cacheus against naive models written from the authors' programs without regard to cost, request by request.
//! Models and policies draw from generators of the same seed, in the same order.

use super::{Columns, build};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::request::{ObjectId, Op};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeSet, VecDeque};

/// What the models know of an object.
#[derive(Debug, Clone, Copy)]
struct Entry {
    object: u32,
    weight: u64,
    frequency: u32,
    /// When its frequency last changed.
    time: u64,
    evicted: u64,
    is_new: bool,
    is_demoted: bool,
}

/// A queue whose oldest entry stands first.
type Queue = VecDeque<Entry>;

fn take(queue: &mut Queue, object: u32) -> Option<Entry> {
    let i = queue.iter().position(|entry| entry.object == object)?;
    queue.remove(i)
}

fn weight<'q>(queues: impl IntoIterator<Item = &'q Queue>) -> u64 {
    queues.into_iter().flatten().map(|entry| entry.weight).sum()
}

/// What both have: two experts' weights, histories of their victims, and a generator. 0 stands for LRU, 1 for LFU.
struct Learner {
    capacity: u64,
    /// None where the capacity is in bytes.
    objects: Option<u64>,
    trust: [f64; 2],
    histories: [Queue; 2],
    history_capacity: u64,
    time: u64,
    random: Xoshiro256PlusPlus,
}

impl Learner {
    fn new(capacity: Capacity, history: f64) -> Learner {
        Learner {
            capacity: capacity.amount(),
            objects: capacity.objects(),
            trust: [0.5, 0.5],
            histories: Default::default(),
            history_capacity: (capacity.amount() as f64 * history) as u64,
            time: 0,
            random: Xoshiro256PlusPlus::seed_from_u64(1),
        }
    }

    fn choose(&mut self) -> usize {
        usize::from(self.random.random::<f64>() >= self.trust[0])
    }

    fn adjust(&mut self, expert: usize, regret: f64) {
        self.trust[expert] *= (-regret).exp();
        let sum = self.trust[0] + self.trust[1];
        self.trust = self.trust.map(|trust| trust / sum);
        if self.trust[0] >= 0.99 {
            self.trust = [0.99, 1.0 - 0.99];
        } else if self.trust[1] >= 0.99 {
            self.trust = [0.01, 0.99];
        }
    }

    fn remember(&mut self, entry: Entry, expert: usize) {
        let history = &mut self.histories[expert];
        if entry.weight <= self.history_capacity {
            history.push_back(entry);
            while weight([&*history]) > self.history_capacity {
                history.pop_front();
            }
        }
    }
}

/// A model of a cache: what is asked for, and what it holds then.
trait Model {
    fn get(&mut self, object: u32, weight: u64);
    fn delete(&mut self, object: u32);
    fn held(&self) -> BTreeSet<u32>;
}

struct LeCaR {
    learner: Learner,
    recency: Queue,
    keeps_frequency: bool,
}

impl Model for LeCaR {
    fn get(&mut self, object: u32, size: u64) {
        self.learner.time += 1;
        let time = self.learner.time;
        if let Some(mut entry) = take(&mut self.recency, object) {
            entry.frequency += 1;
            entry.time = time;
            self.recency.push_back(entry);
            return;
        }
        let mut frequency = 1;
        for expert in [0, 1] {
            if let Some(ghost) = take(&mut self.learner.histories[expert], object) {
                let cache = self.learner.objects.unwrap_or(self.recency.len() as u64).max(1);
                let discount = 0.005f64.powf((time - ghost.evicted) as f64 / cache as f64);
                self.learner.adjust(expert, 0.45 * discount);
                frequency = if self.keeps_frequency { ghost.frequency + 1 } else { 1 };
            }
        }
        if size > self.learner.capacity {
            return;
        }
        while weight([&self.recency]) + size > self.learner.capacity {
            let lru = self.recency[0].object;
            let lfu = self.recency.iter().min_by_key(|entry| (entry.frequency, entry.time)).unwrap().object;
            let policy = (lru != lfu).then(|| self.learner.choose());
            let mut victim = take(&mut self.recency, if policy == Some(1) { lfu } else { lru }).unwrap();
            victim.evicted = time;
            if let Some(expert) = policy {
                self.learner.remember(victim, expert);
            }
        }
        let entry = Entry { object, weight: size, frequency, time, evicted: 0, is_new: false, is_demoted: false };
        self.recency.push_back(entry);
    }

    fn delete(&mut self, object: u32) {
        take(&mut self.recency, object);
    }

    fn held(&self) -> BTreeSet<u32> {
        self.recency.iter().map(|entry| entry.object).collect()
    }
}

/// The learning rate of the authors' program.
struct Rate {
    now: f64,
    reset: f64,
    current: f64,
    previous: f64,
    length: u64,
    passed: u64,
    hits: u64,
    hit_rate_previous: f64,
    zero_count: u32,
    negative_count: u32,
}

fn round3(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

impl Rate {
    fn new(length: u64) -> Rate {
        let now = (2.0 * 2f64.ln() / length as f64).sqrt();
        Rate {
            now,
            reset: now.clamp(0.001, 1.0),
            current: now,
            previous: 0.0,
            length,
            passed: 0,
            hits: 0,
            hit_rate_previous: 0.0,
            zero_count: 0,
            negative_count: 0,
        }
    }

    fn update(&mut self, next_length: u64, random: &mut Xoshiro256PlusPlus) {
        self.passed += 1;
        if self.passed < self.length {
            return;
        }
        let hit_rate = round3(self.hits as f64 / self.length as f64);
        let difference = round3(hit_rate - self.hit_rate_previous);
        let delta_rate = round3(self.current) - round3(self.previous);
        let delta = delta_rate * difference;
        if delta > 0.0 {
            self.now = (self.now + (self.now * delta_rate).abs()).min(1.0);
        } else if delta < 0.0 {
            self.now = (self.now - (self.now * delta_rate).abs()).max(0.001);
        }
        if delta != 0.0 {
            self.zero_count = 0;
            self.negative_count = 0;
        } else if difference <= 0.0 {
            if hit_rate <= 0.0 && difference == 0.0 {
                self.zero_count += 1;
            }
            if difference < 0.0 {
                self.negative_count += 1;
                self.zero_count += 1;
            }
            if self.zero_count >= 10 {
                self.now = self.reset;
                self.zero_count = 0;
            } else if difference < 0.0 {
                if self.negative_count >= 10 {
                    self.now = self.reset;
                    self.negative_count = 0;
                } else if self.now >= 1.0 {
                    self.now = 0.9;
                } else if self.now <= 0.001 {
                    self.now = 0.005;
                } else if random.random() {
                    self.now = (self.now * 1.25).min(1.0);
                } else {
                    self.now = (self.now * 0.75).max(0.001);
                }
            }
        }
        self.previous = self.current;
        self.current = self.now;
        self.hit_rate_previous = hit_rate;
        self.hits = 0;
        self.length = next_length;
        self.passed = 0;
    }
}

struct Cacheus {
    learner: Learner,
    rate: Option<Rate>,
    s: Queue,
    q: Queue,
    s_limit: u64,
}

impl Cacheus {
    fn new(capacity: Capacity) -> Cacheus {
        let amount = capacity.amount();
        let q_limit = ((0.01 * amount as f64 + 0.5) as u64).max(1);
        Cacheus {
            learner: Learner::new(capacity, 0.5),
            rate: capacity.objects().map(Rate::new),
            s: Queue::new(),
            q: Queue::new(),
            s_limit: amount - q_limit,
        }
    }

    fn cached(&self) -> u64 {
        (self.s.len() + self.q.len()) as u64
    }

    /// Parts of the history and of the queue are counted anew each time.
    fn adjust_size(&mut self, hit_in_q: bool, weight: u64) {
        let demoted = self.q.iter().filter(|entry| entry.is_demoted).count() as f64;
        let new = self.learner.histories[0].iter().filter(|entry| entry.is_new).count() as f64;
        let step = |of: f64, to: f64| ((of / to.max(1.0) + 0.5) as u64).max(1) * weight;
        let most = self.learner.capacity - 1;
        self.s_limit = if hit_in_q {
            (self.s_limit + step(new, demoted)).min(most)
        } else {
            let q_limit = self.learner.capacity - self.s_limit;
            // One object has no two parts.
            if most == 0 { 0 } else { self.learner.capacity - (q_limit + step(demoted, new)).min(most) }
        };
    }

    fn demote(&mut self) {
        let mut entry = self.s.pop_front().unwrap();
        entry.is_demoted = true;
        self.q.push_back(entry);
    }

    fn limit_stack(&mut self) {
        while !self.s.is_empty() && weight([&self.s]) >= self.s_limit {
            self.demote();
        }
    }

    fn evict(&mut self) {
        if self.rate.is_none() {
            self.rate = Some(Rate::new(self.cached()));
        }
        let lru = self.q.front().or(self.s.front()).unwrap().object;
        let all = self.s.iter().chain(&self.q);
        let lfu = all.min_by_key(|entry| (entry.frequency, std::cmp::Reverse(entry.time))).unwrap().object;
        let policy = (lru != lfu).then(|| self.learner.choose());
        let object = if policy == Some(1) { lfu } else { lru };
        let mut victim = take(&mut self.q, object).or_else(|| take(&mut self.s, object)).unwrap();
        victim.is_demoted = false;
        if let Some(expert) = policy {
            self.learner.remember(victim, expert);
        }
    }
}

impl Model for Cacheus {
    fn get(&mut self, object: u32, size: u64) {
        self.learner.time += 1;
        let time = self.learner.time;
        let length = self.learner.objects.unwrap_or(self.cached()).max(1);
        let hit = self.held().contains(&object);
        if let Some(rate) = &mut self.rate {
            rate.update(length, &mut self.learner.random);
            rate.hits += u64::from(hit);
        }
        if let Some(mut entry) = take(&mut self.s, object) {
            entry.frequency += 1;
            entry.time = time;
            self.s.push_back(entry);
            return;
        }
        if let Some(i) = self.q.iter().position(|entry| entry.object == object) {
            if self.q[i].is_demoted {
                // The object itself counts among the demoted.
                self.adjust_size(true, self.q[i].weight);
            }
            let entry = self.q.remove(i).unwrap();
            while !self.s.is_empty() && weight([&self.s]) + entry.weight > self.s_limit {
                self.demote();
            }
            let frequency = entry.frequency + 1;
            self.s.push_back(Entry { frequency, time, is_demoted: false, is_new: false, ..entry });
            return;
        }
        let mut entry =
            Entry { object, weight: size, frequency: 1, time, evicted: 0, is_new: false, is_demoted: false };
        let mut returns = false;
        for expert in [0, 1] {
            if let Some(ghost) = take(&mut self.learner.histories[expert], object) {
                if expert == 0 && ghost.is_new {
                    self.adjust_size(false, ghost.weight);
                }
                let rate = self.rate.as_ref().unwrap().now;
                self.learner.adjust(expert, rate);
                entry.frequency = ghost.frequency + 1;
                returns = true;
            }
        }
        if size > self.learner.capacity {
            return;
        }
        let is_full = weight([&self.s, &self.q]) + size > self.learner.capacity;
        while weight([&self.s, &self.q]) + size > self.learner.capacity {
            self.evict();
        }
        if returns {
            self.s.push_back(entry);
            self.limit_stack();
        } else if !is_full && self.q.is_empty() && weight([&self.s]) + size <= self.s_limit {
            self.s.push_back(entry);
        } else if !is_full && weight([&self.q]) + size <= self.learner.capacity - self.s_limit {
            self.q.push_back(entry);
        } else {
            entry.is_new = true;
            self.q.push_back(entry);
            self.limit_stack();
        }
    }

    fn delete(&mut self, object: u32) {
        take(&mut self.s, object);
        take(&mut self.q, object);
    }

    fn held(&self) -> BTreeSet<u32> {
        self.s.iter().chain(&self.q).map(|entry| entry.object).collect()
    }
}

/// Popularity that shifts, scans and deletes: enough for either expert to be wrong at times.
fn trace(seed: u64) -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut scanned = 0;
    let objects: Vec<u32> = (0..6000u32)
        .map(|i| {
            if i % 1000 < 150 {
                scanned = (scanned + 1) % 200;
                return scanned;
            }
            ((rng.random::<f64>().powi(3) * 150.0) as u32 + i / 2000 * 40) % 200
        })
        .collect();
    let mut columns = Columns::gets(objects);
    columns.ops =
        Some(columns.objects.iter().map(|_| if rng.random_bool(0.03) { Op::Delete } else { Op::Get }).collect());
    columns.sized(|object| 1 + object * 7919 % 23)
}

#[test]
fn every_learning_policy_holds_what_its_naive_model_holds() {
    struct Compare<'c>(&'c PolicySpec, Capacity, &'c Columns);
    impl Visitor for Compare<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let Compare(spec, capacity, columns) = self;
            let objects = columns.object_count();
            let mut cache: Cache<P> = build(spec, capacity, objects, false);
            let lecar = |history, keeps_frequency| -> Box<dyn Model> {
                let learner = Learner::new(capacity, history);
                Box::new(LeCaR { learner, recency: Queue::new(), keeps_frequency })
            };
            let mut model = match spec.to_string().as_str() {
                "lecar" => lecar(0.5, true),
                "cacheus" => Box::new(Cacheus::new(capacity)),
                _ => lecar(1.0, false),
            };
            for i in 0..columns.objects.len() {
                let request = columns.requests().get(i);
                cache.access(&request);
                match request.op {
                    Op::Get => {
                        let weight = if capacity.bytes().is_some() { u64::from(request.size) } else { 1 };
                        model.get(request.object.0, weight);
                    }
                    _ => model.delete(request.object.0),
                }
                let held: BTreeSet<u32> = (0..objects as u32).filter(|object| cache.holds(ObjectId(*object))).collect();
                assert_eq!(held, model.held(), "{spec} {capacity:?} request {i}");
            }
        }
    }
    for spec in ["lecar", "lecar:ghost=100%,frequency=new", "cacheus"].map(|spec| spec.parse::<PolicySpec>().unwrap()) {
        for seed in 0..4 {
            let columns = trace(seed);
            for capacity in
                [1, 2, 3, 10, 40, 120].map(Capacity::Objects).into_iter().chain([5, 60, 300, 1200].map(Capacity::Bytes))
            {
                policy::visit(spec.info().name, Compare(&spec, capacity, &columns)).unwrap();
            }
        }
    }
}
