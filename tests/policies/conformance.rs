//! What the cache and every registered policy owe each other, on random operations: gets whose answers come at once, late,
//! never or twice; sets with changing sizes; deletes; times to live; partial losses, forks and flushes.

use super::{Columns, build};
use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::admission::FILTERS;
use coldgap::policy::spec::{PolicySpec, parse_list};
use coldgap::policy::{self, ALL, Capacity, Info, Nodes, ParameterError, Parameters, Policy, Victim, Visitor};
use coldgap::replay::replay;
use coldgap::request::{ObjectId, Op, Request, SECOND};
use coldgap::units::Ratio;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

const OBJECTS: u32 = 60;

/// What a policy decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Refused(ObjectId),
    Evicted(ObjectId),
    Overflowed(ObjectId),
    Entered(ObjectId),
}

thread_local! {
    /// The decisions since the test last took them.
    static DECISIONS: RefCell<Vec<Decision>> = const { RefCell::new(Vec::new()) };
}

fn take_decisions() -> Vec<Decision> {
    DECISIONS.with_borrow_mut(std::mem::take)
}

/// A policy under observation. It also checks that the cache calls it as the trait promises.
#[derive(Clone)]
struct Watched<P> {
    policy: P,
    cached: BTreeMap<u32, u64>,
    /// The victim that was named, until something else is called.
    named: Option<ObjectId>,
}

impl<P: Policy> Policy for Watched<P> {
    const INFO: Info = P::INFO;
    const VICTIM: Option<Victim<Self>> = match P::VICTIM {
        Some(_) => Some(Watched::name_victim),
        None => None,
    };
    type Node = P::Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        Ok(Watched { policy: P::new(capacity, parameters)?, cached: BTreeMap::new(), named: None })
    }
    fn resize(&mut self, nodes: &mut Nodes<P::Node>, capacity: Capacity) {
        self.named = None;
        self.policy.resize(nodes, capacity);
    }
    fn on_miss(&mut self, nodes: &mut Nodes<P::Node>, request: &Request) {
        assert!(!self.cached.contains_key(&request.object.0));
        self.policy.on_miss(nodes, request);
    }
    fn recall(&mut self, nodes: &mut Nodes<P::Node>, object: ObjectId) {
        assert!(!self.cached.contains_key(&object.0));
        self.policy.recall(nodes, object);
    }
    fn on_hit(&mut self, nodes: &mut Nodes<P::Node>, request: &Request) {
        self.named = None;
        assert!(self.cached.contains_key(&request.object.0));
        self.policy.on_hit(nodes, request);
    }
    fn admit(&mut self, nodes: &mut Nodes<P::Node>, request: &Request) -> bool {
        assert!(!self.cached.contains_key(&request.object.0));
        let admitted = self.policy.admit(nodes, request);
        if !admitted {
            DECISIONS.with_borrow_mut(|decisions| decisions.push(Decision::Refused(request.object)));
        }
        admitted
    }
    fn gives_way(&mut self, nodes: &mut Nodes<P::Node>, request: &Request) -> bool {
        assert!(!self.cached.contains_key(&request.object.0));
        let gives_way = self.policy.gives_way(nodes, request);
        if gives_way {
            DECISIONS.with_borrow_mut(|decisions| decisions.push(Decision::Refused(request.object)));
        }
        gives_way
    }
    fn on_insert(&mut self, nodes: &mut Nodes<P::Node>, request: &Request) {
        let weight = nodes.weight_of(request.size);
        assert_eq!(nodes.weight(request.object), weight);
        assert!(self.cached.insert(request.object.0, weight).is_none());
        self.named = None;
        self.policy.on_insert(nodes, request);
        DECISIONS.with_borrow_mut(|decisions| decisions.push(Decision::Entered(request.object)));
    }
    fn evict(&mut self, nodes: &mut Nodes<P::Node>, entering: Option<&Request>) -> ObjectId {
        assert!(!self.cached.is_empty(), "a victim is asked for while nothing is cached");
        assert!(entering.is_none_or(|request| !self.cached.contains_key(&request.object.0)));
        let victim = self.policy.evict(nodes, entering);
        assert!(self.named.take().is_none_or(|named| named == victim), "another was named");
        self.note_victim(nodes, victim, Decision::Evicted(victim));
        victim
    }
    fn overflow(&mut self, nodes: &mut Nodes<P::Node>, entering: Option<&Request>) -> Option<ObjectId> {
        let victim = self.policy.overflow(nodes, entering)?;
        self.note_victim(nodes, victim, Decision::Overflowed(victim));
        Some(victim)
    }
    fn on_remove(&mut self, nodes: &mut Nodes<P::Node>, object: ObjectId) {
        self.named = None;
        assert!(self.cached.remove(&object.0).is_some());
        self.policy.on_remove(nodes, object);
    }
    fn forget(&mut self, nodes: &mut Nodes<P::Node>, object: ObjectId) {
        assert!(!self.cached.contains_key(&object.0));
        self.policy.forget(nodes, object);
    }
    fn prefetch(&self, nodes: &Nodes<P::Node>, object: ObjectId) {
        self.policy.prefetch(nodes, object);
    }
}

impl<P: Policy> Watched<P> {
    fn name_victim(&mut self, nodes: &mut Nodes<P::Node>) -> ObjectId {
        let victim = P::VICTIM.unwrap();
        let named = victim(&mut self.policy, nodes);
        assert_eq!(named, victim(&mut self.policy, nodes), "asked again, it says the same");
        assert!(self.cached.contains_key(&named.0));
        self.named = Some(named);
        named
    }
    fn note_victim(&mut self, nodes: &Nodes<P::Node>, victim: ObjectId, decision: Decision) {
        let weight = self.cached.remove(&victim.0);
        let weight = weight.unwrap_or_else(|| panic!("{}: the victim is not cached", P::INFO.name));
        assert_eq!(nodes.weight(victim), weight, "a cached object keeps its weight");
        DECISIONS.with_borrow_mut(|decisions| decisions.push(decision));
    }
}

/// What should be cached, by the cache's own documentation; only refusals and victims are taken from the policy.
struct Shadow {
    capacity: Capacity,
    limit: u64,
    /// Weight and time of death.
    cached: BTreeMap<u32, (u64, u64)>,
    ttl: BTreeMap<u32, u64>,
    /// Whether an admission filter may refuse what the policy admits.
    filtered: bool,
}

impl Shadow {
    fn weight(&self, request: &Request) -> u64 {
        if matches!(self.capacity, Capacity::Bytes(_)) { u64::from(request.size.max(1)) } else { 1 }
    }
    fn used(&self) -> u64 {
        self.cached.values().map(|(weight, _)| weight).sum()
    }
    fn death(&self, object: u32, now: u64) -> u64 {
        self.ttl.get(&object).map_or(u64::MAX, |ttl| now + ttl)
    }
    fn learn(&mut self, request: &Request) {
        if request.ttl > 0 {
            self.ttl.insert(request.object.0, request.ttl);
        }
    }
    /// What the policy gave up because a part of it is full: after a hit, or before an insertion.
    fn overflow(&mut self, decisions: &mut VecDeque<Decision>) {
        while let Some(Decision::Overflowed(victim)) = decisions.front() {
            assert!(self.cached.remove(&victim.0).is_some());
            decisions.pop_front();
        }
    }
    fn shrink(&mut self, share: Ratio, decisions: &mut VecDeque<Decision>) {
        if self.limit == u64::MAX {
            return;
        }
        self.limit = ((self.limit as f64 * share.get()) as u64).max(1);
        while self.used() > self.limit {
            match decisions.pop_front() {
                Some(Decision::Evicted(victim)) => assert!(self.cached.remove(&victim.0).is_some()),
                other => panic!("no room, but {other:?}"),
            }
        }
        self.overflow(decisions);
    }
    /// True for a hit.
    fn lookup(&mut self, request: &Request, decisions: &mut VecDeque<Decision>) -> bool {
        self.learn(request);
        let hit = self.cached.get(&request.object.0).is_some_and(|(_, dies)| *dies > request.time);
        if hit {
            self.overflow(decisions);
        } else {
            self.cached.remove(&request.object.0);
        }
        hit
    }
    fn insert(&mut self, request: &Request, now: u64, decisions: &mut VecDeque<Decision>) {
        let object = request.object.0;
        if self.cached.get(&object).is_some_and(|(_, dies)| *dies > now) {
            return;
        }
        self.cached.remove(&object);
        let weight = self.weight(request);
        if weight > self.limit {
            return;
        }
        if decisions.front() == Some(&Decision::Refused(request.object)) {
            decisions.pop_front();
            return;
        }
        while self.used() + weight > self.limit {
            match decisions.pop_front() {
                Some(Decision::Evicted(victim)) => assert!(self.cached.remove(&victim.0).is_some()),
                // It gives way to those that are left.
                Some(Decision::Refused(object)) if object == request.object => return,
                _ => {
                    assert!(self.filtered, "no victim, but no room");
                    return;
                }
            }
        }
        self.overflow(decisions);
        if decisions.pop_front() != Some(Decision::Entered(request.object)) {
            assert!(self.filtered, "not admitted");
            return;
        }
        self.cached.insert(object, (weight, self.death(object, now)));
    }
    fn write(&mut self, request: &Request, decisions: &mut VecDeque<Decision>) {
        self.learn(request);
        let object = request.object.0;
        // An expired entry is no entry.
        self.cached.retain(|cached, (_, dies)| *cached != object || *dies > request.time);
        if self.cached.get(&object).is_some_and(|(weight, _)| *weight == self.weight(request)) {
            let dies = self.death(object, request.time);
            self.cached.insert(object, (self.weight(request), dies));
            self.overflow(decisions);
        } else {
            self.cached.remove(&object);
            self.insert(request, request.time, decisions);
        }
    }
}

/// One thing that happens to a cache.
#[derive(Debug, Clone, Copy)]
enum Event {
    Get,
    Answer { now: u64 },
    Set,
    Delete,
    Lose(Ratio),
    Shrink(Ratio),
}

/// Applies the event; true for a hit.
fn apply<C: Lookaside>(cache: &mut C, event: Event, request: &Request) -> bool {
    match event {
        Event::Get => return cache.lookup(request),
        Event::Answer { now } => cache.insert(request, now),
        Event::Set => cache.write(request),
        Event::Delete => cache.invalidate(request.object),
        Event::Lose(share) => crate::walks::lose_share(cache, share.get()),
        Event::Shrink(share) => cache.shrink(share),
    }
    false
}

/// A cache with a fork that follows it and the shadow that both must agree with.
struct Test<P: Policy> {
    name: String,
    cache: Cache<Watched<P>>,
    fork: Cache<Watched<P>>,
    shadow: Shadow,
}

impl<P: Policy> Test<P> {
    fn step(&mut self, event: Event, request: &Request) -> bool {
        let hit = apply(&mut self.cache, event, request);
        let decisions = take_decisions();
        assert_eq!(apply(&mut self.fork, event, request), hit, "{}: the fork differs", self.name);
        assert_eq!(take_decisions(), decisions, "{}: the fork differs", self.name);
        let mut decisions = VecDeque::from(decisions);
        let shadow = &mut self.shadow;
        match event {
            Event::Get => assert_eq!(shadow.lookup(request, &mut decisions), hit, "{}", self.name),
            Event::Answer { now } => shadow.insert(request, now, &mut decisions),
            Event::Set => shadow.write(request, &mut decisions),
            Event::Delete => _ = shadow.cached.remove(&request.object.0),
            Event::Shrink(share) => shadow.shrink(share, &mut decisions),
            Event::Lose(_) => shadow.cached.retain(|object, _| self.cache.holds(ObjectId(*object))),
        }
        assert!(decisions.is_empty(), "{}: evicted more than was needed: {decisions:?}", self.name);
        for object in 0..OBJECTS {
            let expected = self.shadow.cached.contains_key(&object);
            assert_eq!(self.cache.holds(ObjectId(object)), expected, "{} {event:?} {object}", self.name);
            assert_eq!(self.fork.holds(ObjectId(object)), expected, "{}: the fork differs", self.name);
        }
        assert_eq!(self.cache.used(), self.shadow.used(), "{}", self.name);
        assert!(self.cache.used() <= self.shadow.limit, "{}", self.name);
        hit
    }
}

struct Conformance<'c> {
    spec: &'c PolicySpec,
    capacity: Capacity,
    seed: u64,
}

impl Visitor for Conformance<'_> {
    type Output = ();
    fn visit<P: Policy>(self) {
        let Conformance { spec, capacity, seed } = self;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let cache: Cache<Watched<P>> = build(spec, capacity, OBJECTS as usize, true);
        let limit = if P::INFO.unbounded { u64::MAX } else { capacity.amount() };
        let filtered = spec.filter().is_some();
        let shadow = Shadow { capacity, limit, cached: BTreeMap::new(), ttl: BTreeMap::new(), filtered };
        let name = format!("{spec} {capacity:?} seed {seed}");
        let mut test = Test { name, fork: cache.clone(), cache, shadow };
        // The oracle of `next` may be any increasing position here: no policy may rely on more.
        let mut late: Vec<(u32, Request)> = Vec::new();
        for i in 0..2500u32 {
            let now = u64::from(i) * SECOND;
            let object = ObjectId((rng.random::<f64>().powi(2) * f64::from(OBJECTS)) as u32);
            let request = Request {
                time: now,
                ttl: if rng.random_bool(0.1) { rng.random_range(1..200) * SECOND } else { 0 },
                object,
                size: if rng.random_bool(0.03) { 1000 } else { rng.random_range(0..30) },
                next: i + rng.random_range(1..100),
                op: Op::Get,
                cost: 1,
                chained: false,
                renews: false,
            };
            match rng.random_range(0..1000) {
                0..850 => {
                    if !test.step(Event::Get, &request) {
                        match rng.random_range(0..10) {
                            0..5 => _ = test.step(Event::Answer { now }, &request),
                            5..8 => late.push((i + rng.random_range(1..40), request)),
                            8 => late.extend([(i + 2, request), (i + 60, request)]),
                            _ => {}
                        }
                    }
                }
                850..930 => _ = test.step(Event::Set, &request),
                930..980 => _ = test.step(Event::Delete, &request),
                980..987 => _ = test.step(Event::Lose(Ratio::new(rng.random()).unwrap()), &request),
                // Down to a third of the capacity at last, in the run's few times that this comes.
                987 => _ = test.step(Event::Shrink(Ratio::new(rng.random_range(0.6..1.0)).unwrap()), &request),
                988..994 => test.fork.copy_from(&test.cache),
                994..998 => test.fork = test.cache.clone(),
                _ => {
                    test.cache.flush();
                    test.fork.flush();
                    test.shadow.cached.clear();
                }
            }
            while let Some(due) = late.iter().position(|(due, _)| *due <= i) {
                let (_, request) = late.swap_remove(due);
                test.step(Event::Answer { now }, &request);
            }
        }
    }
}

/// Every registered policy, parameters that change what enters, and every filter before policies of different kinds.
fn specs() -> Vec<PolicySpec> {
    let variants = [
        "s3fifo:fill=paper",
        "s3fifo:small=100%,ghost=100%,promote=1",
        "s3fifo:ghost=0%",
        "slru:fill=paper",
        "slru:segments=1",
        "2q:in=100%,out=100%",
        "2q:in=60%,out=0%",
        "arc:step=byte",
        "lirs:hir=30%",
        "lirs:hir=70%,queue-hit=paper",
        "lirs:hir=100%",
        "qdlp:small=100%",
        "qdlp:small=60%,ghost=0%,promote=3",
        "clock2q+:small=100%,window=0%",
        "clock2q+:window=100%,count=objects",
        "lecar:ghost=0%",
        "lecar:ghost=100%,frequency=new",
        "cacheus:ghost=0%",
        "cacheus:ghost=100%",
        "w-tinylfu:window=0%",
        "w-tinylfu:window=40%,sample=1",
        "fifo+adaptsize:interval=50",
        "fifo+size:max=20B",
    ];
    let before = ["lru", "s3fifo", "sieve", "clock", "lfu", "belady"];
    let filtered = FILTERS.iter().flat_map(|filter| {
        // A filter that compares with victims cannot stand before all of them.
        before.into_iter().filter_map(|policy| format!("{policy}+{}", filter.name).parse().ok())
    });
    let variants = variants.map(|spec| spec.parse().unwrap());
    ALL.iter().map(PolicySpec::of).chain(variants).chain(filtered).collect()
}

#[test]
fn every_policy_keeps_the_contract() {
    for spec in specs() {
        for seed in 0..6 {
            let objects = [1, 2, 9, 10, 25, 60].map(Capacity::Objects);
            let bytes = [1, 9, 30, 100, 300, 900].map(Capacity::Bytes);
            for capacity in objects.into_iter().chain(bytes) {
                policy::visit(spec.info().name, Conformance { spec: &spec, capacity, seed }).unwrap();
            }
        }
    }
}

/// Gets, sets of new sizes and deletes.
fn mixed(seed: u64) -> Columns {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let objects: Vec<u32> = (0..3000).map(|_| (rng.random::<f64>().powi(3) * 200.0) as u32).collect();
    let mut columns = Columns::gets(objects);
    columns.sizes = Some(columns.objects.iter().map(|_| rng.random_range(1..40)).collect());
    let op = |_: &ObjectId| match rng.random_range(0..20) {
        0 => Op::Set,
        1 => Op::Delete,
        _ => Op::Get,
    };
    columns.ops = Some(columns.objects.iter().map(op).collect());
    columns
}

#[test]
fn a_flushed_cache_is_as_new_and_gets_alone_are_counted() {
    struct Flush<'f>(&'f PolicySpec, Capacity);
    impl Visitor for Flush<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let (before, after) = (mixed(1), mixed(2));
            let objects = before.object_count().max(after.object_count());
            let mut used: Cache<P> = build(self.0, self.1, objects, false);
            let mut fresh = used.clone();
            replay(&mut used, &before.requests());
            used.flush();
            let tally = replay(&mut used, &after.requests());
            assert_eq!(tally, replay(&mut fresh, &after.requests()), "{} {:?}", self.0, self.1);
            let gets = after.ops.unwrap().iter().filter(|op| **op == Op::Get).count() as u64;
            assert_eq!((tally.requests, tally.hits + tally.misses), (gets, gets));
        }
    }
    for spec in specs().into_iter().chain(parse_list("all+reject-first").unwrap()) {
        for capacity in [Capacity::Objects(1), Capacity::Objects(50), Capacity::Bytes(1000)] {
            policy::visit(spec.info().name, Flush(&spec, capacity)).unwrap();
        }
    }
}

/// A replay may leave runs of gets to the policy; asking one by one must come to the same, also after a loss, when
/// objects are gone from the middle of the order.
#[test]
fn runs_of_gets_equal_single_gets() {
    struct Runs<'r>(&'r PolicySpec, u64);
    impl Visitor for Runs<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.1);
            let objects: Vec<u32> = (0..30_000).map(|_| (rng.random::<f64>().powi(3) * 1000.0) as u32).collect();
            let columns = Columns::gets(objects);
            let requests = columns.requests();
            let mut in_runs: Cache<P> = build(self.0, Capacity::Objects(self.1), 1000, false);
            let mut singly = in_runs.clone();
            for part in [0..9_000, 9_000..10_000, 10_000..30_000] {
                let misses = part.clone().filter(|i| singly.access(&requests.get(*i))).count() as u64;
                assert_eq!(replay(&mut in_runs, &requests.slice(part)).misses, misses, "{} {}", self.0, self.1);
                let held = |cache: &Cache<P>| (0..1000).filter(|i| cache.holds(ObjectId(*i))).collect::<Vec<_>>();
                assert_eq!(held(&in_runs), held(&singly), "{} {}", self.0, self.1);
                crate::walks::lose_share(&mut in_runs, 0.3);
                crate::walks::lose_share(&mut singly, 0.3);
            }
        }
    }
    for spec in specs() {
        for capacity in [1, 2, 3, 30, 63, 64, 65, 400] {
            policy::visit(spec.info().name, Runs(&spec, capacity)).unwrap();
        }
    }
}

#[test]
fn an_object_larger_than_the_cache_never_enters_and_others_can() {
    struct Large<'l>(&'l PolicySpec);
    impl Visitor for Large<'_> {
        type Output = (u64, u64);
        fn visit<P: Policy>(self) -> (u64, u64) {
            let count = |size| {
                let columns = Columns::gets(vec![0; 10]).sized(|_| size);
                let mut cache: Cache<P> = build(self.0, Capacity::Bytes(100), 1, false);
                replay(&mut cache, &columns.requests()).misses
            };
            // A hundredth of the cache: LIRS refuses what is larger than that.
            (count(101), count(1))
        }
    }
    for info in ALL.iter().filter(|info| !info.unbounded) {
        assert_eq!(policy::visit(info.name, Large(&PolicySpec::of(info))).unwrap(), (10, 1), "{}", info.name);
    }
}

/// The ghost is met when the object is asked for; that the answer comes later, after the ghost would have been
/// forgotten, must not matter.
#[test]
fn a_ghost_is_remembered_until_its_answer_comes() {
    struct Late<'l>(&'l PolicySpec);
    impl Visitor for Late<'_> {
        type Output = ();
        fn visit<P: Policy>(self) {
            let mut cache: Cache<P> = build(self.0, Capacity::Objects(10), 1000, false);
            let get = |object| Request { object: ObjectId(object), size: 1, ..Request::default() };
            // 0..10 fill the cache; 10 and 11 push 0 and 1 out of the small queue, into the ghosts.
            (0..12).for_each(|object| _ = cache.access(&get(object)));
            assert!(!cache.lookup(&get(0)), "asked for, not answered yet");
            (100..150).for_each(|object| _ = cache.access(&get(object)));
            cache.insert(&get(0), 0);
            cache.insert(&get(1), 0);
            (200..250).for_each(|object| _ = cache.access(&get(object)));
            assert!(cache.holds(ObjectId(0)), "in the main queue, beyond the reach of a scan");
            assert!(!cache.holds(ObjectId(1)), "forgotten, so in the small queue, and swept out");
        }
    }
    for spec in ["s3fifo:fill=paper", "qdlp", "2q"].map(|spec| spec.parse::<PolicySpec>().unwrap()) {
        policy::visit(spec.info().name, Late(&spec)).unwrap();
    }
}
