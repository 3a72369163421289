//! The look-aside cache: membership, weight, times to live and loss. The order of eviction is the policy's.
//!
//! Lookup and insert are two calls, because a backend may answer too late for an insert. The cache knows no trace file,
//! no backend and no report.

use crate::bitset::BitSet;
use crate::policy::admission::Admission;
use crate::policy::in_place::clone_in_place;
use crate::policy::{Capacity, Nodes, Policy, Population, run};
use crate::request::{ObjectId, Op, Request};
use crate::units::Ratio;

/// A cache as an application sees it. Times are nanoseconds of trace time.
pub trait Lookaside: Send {
    /// Asks for an object: true where it is cached and alive, or dead for no longer than it is served.
    fn lookup(&mut self, request: &Request) -> bool;

    /// The backend's answer to `request` arrived at `now`: inserts the object, unless it is cached already, larger
    /// than the cache, or refused by admission.
    fn insert(&mut self, request: &Request, now: u64);

    /// The application wrote the object: inserts or updates it.
    fn write(&mut self, request: &Request);

    /// The object is no longer valid: drops it if it is cached.
    fn invalidate(&mut self, object: ObjectId);

    /// Loses the chosen objects.
    fn lose_where(&mut self, chosen: impl FnMut(ObjectId) -> bool);

    /// Loses everything: the cache is as new.
    fn flush(&mut self);

    /// Keeps a share of its capacity, and evicts what no longer fits.
    fn shrink(&mut self, share: Ratio);

    /// From now on lookups find objects for so many nanoseconds after their death; 0 at first.
    fn serve_stale(&mut self, longer: u64);

    /// When a cached object dies; `u64::MAX` where it does not.
    fn dies_at(&self, object: ObjectId) -> u64;

    /// Objects cached now, counted one by one.
    fn entries(&self) -> u64;

    /// How often the policy had a say since the cache was made or flushed: evictions and refusals. While there are none,
    /// caches of all policies that admit everything hold the same objects.
    fn decisions(&self) -> u64;

    /// A hint: this object will be asked for in some 24 requests.
    fn prefetch_node(&self, object: ObjectId);

    /// A hint: this object will be asked for in some 12 requests; its node was fetched before.
    fn prefetch_neighbours(&self, object: ObjectId);

    /// A run of gets with an instant backend, of objects that all count 1 and have no time to live. `missed`, as long as
    /// `objects`, becomes 1 for each get that missed and 0 for the others. False, with nothing done, where they must be
    /// asked one by one.
    fn run(&mut self, _objects: &[ObjectId], _missed: &mut [u8]) -> bool {
        false
    }

    /// One request with an instant backend: a miss is filled at once. True where it was a get that missed.
    #[inline(always)]
    fn access(&mut self, request: &Request) -> bool {
        match request.op {
            Op::Get => {
                let miss = !self.lookup(request);
                if miss {
                    self.insert(request, request.time);
                }
                miss
            }
            Op::Set => {
                self.write(request);
                false
            }
            Op::Delete => {
                self.invalidate(request.object);
                false
            }
        }
    }
}

/// Times to live, kept only for traces that have any.
struct Expiry {
    /// When each cached object dies.
    dies: Vec<u64>,
    /// The last time to live that was said for each object: a fill does not say one, the write before it did.
    ttl: Vec<u64>,
    /// How long a dead object is still served.
    stale: u64,
}
clone_in_place!(Expiry { dies, ttl, stale });

/// A cache whose eviction order is `P`'s. Memory: one bit, one node and (in bytes) one weight per object of the trace.
pub struct Cache<P: Policy> {
    /// What it holds at most.
    limit: Capacity,
    used: u64,
    /// Whether runs of gets may pass without times and sizes: all objects count 1, none dies, no filter refuses them, and the
    /// policy reads neither the future nor times.
    runs: bool,
    decisions: u64,
    cached: BitSet,
    nodes: Nodes<P::Node>,
    policy: P,
    new_policy: P,
    admission: Option<Box<dyn Admission>>,
    expiry: Option<Expiry>,
}

impl<P: Policy> Cache<P> {
    /// An empty cache for a trace of `objects` objects. `expires`: whether the trace has times to live.
    pub fn new(
        policy: P,
        capacity: Capacity,
        objects: usize,
        admission: Option<Box<dyn Admission>>,
        expires: bool,
    ) -> Self {
        Cache {
            limit: if P::INFO.unbounded { capacity.with(u64::MAX) } else { capacity },
            used: 0,
            runs: matches!(capacity, Capacity::Objects(_))
                && admission.is_none()
                && !expires
                && !P::INFO.needs_future
                && !P::INFO.needs_time,
            decisions: 0,
            cached: BitSet::new(objects),
            nodes: Nodes::new(objects, capacity),
            new_policy: policy.clone(),
            policy,
            admission,
            expiry: expires.then(|| Expiry { dies: vec![0; objects], ttl: vec![0; objects], stale: 0 }),
        }
    }

    /// Bytes that [`Cache::new`] allocates for these arguments, and what the policy adds; admission is not counted.
    pub fn memory(capacity: Capacity, population: &Population, expires: bool) -> u64 {
        let weight = capacity.bytes().map_or(0, |_| size_of::<u32>());
        let expiry = if expires { 2 * size_of::<u64>() } else { 0 };
        let objects = population.objects;
        let nodes = objects * (size_of::<P::Node>() + weight + expiry);
        (nodes + objects.div_ceil(8)) as u64 + P::memory(population)
    }

    /// What is cached now, in the capacity's unit.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// What is cached as a share of the capacity; 0 where the capacity has no limit.
    pub fn filled(&self) -> f64 {
        self.used as f64 / self.limit.amount() as f64
    }

    /// True where the object is cached, alive or not.
    pub fn holds(&self, object: ObjectId) -> bool {
        self.cached.contains(object)
    }

    /// Objects of the trace, cached or not.
    pub fn object_count(&self) -> usize {
        self.nodes.len()
    }

    /// Becomes a copy of another cache that was made with the same arguments. Nothing is allocated anew but an admission filter,
    /// and room for what the other's policy has grown to.
    pub fn copy_from(&mut self, other: &Cache<P>) {
        if self.limit != other.limit {
            self.new_policy.clone_from(&other.new_policy);
        }
        self.limit = other.limit;
        self.used = other.used;
        self.decisions = other.decisions;
        self.cached.copy_from(&other.cached);
        self.nodes.copy_from(&other.nodes);
        self.policy.clone_from(&other.policy);
        self.admission = other.admission.as_ref().map(|filter| filter.fork());
        self.expiry.clone_from(&other.expiry);
    }

    /// True where the object is cached and its time has come at `now`.
    #[inline(always)]
    fn is_dead(&self, object: ObjectId, now: u64) -> bool {
        self.expiry.as_ref().is_some_and(|expiry| expiry.dies[object.index()] <= now)
    }

    /// True where the object is cached and no lookup finds it any more at `now`.
    #[inline(always)]
    fn is_gone(&self, object: ObjectId, now: u64) -> bool {
        self.expiry.as_ref().is_some_and(|expiry| expiry.dies[object.index()].saturating_add(expiry.stale) <= now)
    }

    #[inline(always)]
    fn learn_ttl(&mut self, request: &Request) {
        if let Some(expiry) = &mut self.expiry
            && request.ttl > 0
        {
            expiry.ttl[request.object.index()] = request.ttl;
        }
    }

    #[inline(always)]
    fn start_life(&mut self, object: ObjectId, now: u64) {
        if let Some(expiry) = &mut self.expiry {
            let ttl = expiry.ttl[object.index()];
            expiry.dies[object.index()] = if ttl == 0 { u64::MAX } else { now.saturating_add(ttl) };
        }
    }

    /// After a hit: some gets start the life anew.
    #[inline(always)]
    fn renew(&mut self, request: &Request) {
        if request.renews {
            self.start_life(request.object, request.time);
        }
    }

    /// A request that only uses the object and starts its life anew, if it is cached and alive.
    fn touch(&mut self, request: &Request) {
        if self.cached.contains(request.object) && !self.is_dead(request.object, request.time) {
            self.learn(request);
            self.hit(request);
            self.renew(request);
        }
    }

    /// Makes room and inserts an object that is not cached, unless it may not enter.
    #[inline(always)]
    fn enter(&mut self, request: &Request, now: u64) {
        let weight = self.nodes.weight_of(request.size);
        let limit = self.limit.amount();
        if weight > limit || !self.policy.admit(&mut self.nodes, request) {
            self.decisions += 1;
            return;
        }
        if let Some(filter) = &mut self.admission
            && !filter.admit(&{ *request })
        {
            self.decisions += 1;
            return;
        }
        while self.used + weight > limit {
            self.decisions += 1;
            if self.policy.gives_way(&mut self.nodes, request) || self.keeps_victim(request.object) {
                return;
            }
            self.evict(Some(request));
        }
        self.drop_overflow(Some(request));
        self.nodes.set_weight(request.object, request.size);
        self.cached.insert(request.object);
        self.used += weight;
        self.policy.on_insert(&mut self.nodes, request);
        self.start_life(request.object, now);
    }

    /// Whether the admission filter keeps the next victim rather than let this object in for it.
    #[inline(always)]
    fn keeps_victim(&mut self, candidate: ObjectId) -> bool {
        let (Some(filter), Some(victim)) = (&self.admission, P::VICTIM) else { return false };
        !filter.may_replace(candidate, victim(&mut self.policy, &mut self.nodes))
    }

    /// A request comes: times to live and frequencies are learnt, whether it hits or not.
    #[inline(always)]
    fn learn(&mut self, request: &Request) {
        self.learn_ttl(request);
        if let Some(filter) = &mut self.admission {
            filter.on_request(&{ *request });
        }
    }

    #[inline(always)]
    fn evict(&mut self, entering: Option<&Request>) {
        let victim = self.policy.evict(&mut self.nodes, entering);
        self.give_up(victim);
    }

    /// The policy has unlinked an object.
    #[inline(always)]
    fn give_up(&mut self, object: ObjectId) {
        self.cached.remove(object);
        self.used -= self.nodes.weight(object);
    }

    #[inline(always)]
    fn drop_overflow(&mut self, entering: Option<&Request>) {
        while let Some(victim) = self.policy.overflow(&mut self.nodes, entering) {
            self.decisions += 1;
            self.give_up(victim);
        }
    }

    /// A get or a write of what is cached.
    #[inline(always)]
    fn hit(&mut self, request: &Request) {
        self.policy.on_hit(&mut self.nodes, request);
        self.drop_overflow(None);
    }

    /// A request, or an answer to one, finds the object not cached.
    #[inline(always)]
    fn miss(&mut self, request: &Request) {
        self.policy.on_miss(&mut self.nodes, request);
        self.policy.recall(&mut self.nodes, request.object);
    }

    /// Whether the object is cached and alive. What is dead is dropped.
    #[inline(always)]
    fn is_alive(&mut self, object: ObjectId, now: u64) -> bool {
        let is_cached = self.cached.contains(object);
        if is_cached && self.is_dead(object, now) {
            self.drop_cached(object);
            return false;
        }
        is_cached
    }

    fn drop_cached(&mut self, object: ObjectId) {
        self.policy.on_remove(&mut self.nodes, object);
        self.give_up(object);
    }
}

impl<P: Policy> Clone for Cache<P> {
    fn clone(&self) -> Self {
        Cache {
            limit: self.limit,
            used: self.used,
            runs: self.runs,
            decisions: self.decisions,
            cached: self.cached.clone(),
            nodes: self.nodes.clone(),
            policy: self.policy.clone(),
            new_policy: self.new_policy.clone(),
            admission: self.admission.as_ref().map(|filter| filter.fork()),
            expiry: self.expiry.clone(),
        }
    }
}

impl<P: Policy> Lookaside for Cache<P> {
    #[inline(always)]
    fn lookup(&mut self, request: &Request) -> bool {
        self.learn(request);
        let is_cached = self.cached.contains(request.object);
        let hit = is_cached && !self.is_gone(request.object, request.time);
        if hit {
            self.hit(request);
            self.renew(request);
        } else {
            if is_cached {
                self.drop_cached(request.object);
            }
            self.miss(request);
        }
        hit
    }

    #[inline(always)]
    fn insert(&mut self, request: &Request, now: u64) {
        if !self.is_alive(request.object, now) {
            self.policy.recall(&mut self.nodes, request.object);
            self.enter(request, now);
        }
    }

    #[inline(always)]
    fn access(&mut self, request: &Request) -> bool {
        if request.op == Op::Get {
            let hit = self.lookup(request);
            if !hit {
                self.enter(request, request.time);
            }
            return !hit;
        }
        match request.op {
            Op::Set => self.write(request),
            _ => self.invalidate(request.object),
        }
        false
    }

    fn run(&mut self, objects: &[ObjectId], missed: &mut [u8]) -> bool {
        let limit = self.limit.amount();
        if !self.runs || limit == 0 {
            return false;
        }
        match P::RUN.filter(|_| self.used == limit) {
            Some(run) => {
                run(&mut self.policy, &mut self.nodes, &mut self.cached, objects, missed);
                self.decisions += run::misses(missed);
            }
            None => {
                let Cache { policy, nodes, cached, .. } = self;
                let mut room = limit - self.used;
                self.decisions += run::plain::run(policy, nodes, cached, &mut room, objects, missed);
                self.used = limit - room;
            }
        }
        true
    }

    fn write(&mut self, request: &Request) {
        if request.renews && request.op == Op::Set {
            return self.touch(request);
        }
        self.learn(request);
        if !self.is_alive(request.object, request.time) {
            self.miss(request);
            self.enter(request, request.time);
        } else if self.nodes.weight(request.object) == self.nodes.weight_of(request.size) {
            self.hit(request);
            self.start_life(request.object, request.time);
        } else {
            // A new size is a new object in the old one's place, as in memcached.
            self.drop_cached(request.object);
            self.enter(request, request.time);
        }
    }

    fn invalidate(&mut self, object: ObjectId) {
        if self.cached.contains(object) {
            self.drop_cached(object);
        }
    }

    fn lose_where(&mut self, mut chosen: impl FnMut(ObjectId) -> bool) {
        let objects = self.nodes.len() as u32;
        for object in (0..objects).map(ObjectId).filter(|object| chosen(*object)) {
            self.invalidate(object);
            self.policy.forget(&mut self.nodes, object);
            if let Some(filter) = &mut self.admission {
                filter.forget(object);
            }
        }
    }

    fn flush(&mut self) {
        self.used = 0;
        self.decisions = 0;
        self.cached.clear();
        self.nodes.reset();
        self.policy.clone_from(&self.new_policy);
        if let Some(filter) = &mut self.admission {
            filter.reset();
        }
    }

    fn shrink(&mut self, share: Ratio) {
        if P::INFO.unbounded {
            return;
        }
        self.limit = self.limit.with(self.limit.nonempty_part(share.get()));
        self.policy.resize(&mut self.nodes, self.limit);
        self.new_policy.resize(&mut self.nodes, self.limit);
        if let Some(filter) = &mut self.admission {
            filter.resize(self.limit);
        }
        while self.used > self.limit.amount() {
            self.decisions += 1;
            self.evict(None);
        }
        self.drop_overflow(None);
    }

    fn serve_stale(&mut self, longer: u64) {
        if let Some(expiry) = &mut self.expiry {
            expiry.stale = longer;
        }
    }

    fn dies_at(&self, object: ObjectId) -> u64 {
        self.expiry.as_ref().map_or(u64::MAX, |expiry| expiry.dies[object.index()])
    }

    fn entries(&self) -> u64 {
        self.cached.count()
    }

    fn decisions(&self) -> u64 {
        self.decisions
    }

    #[inline(always)]
    fn prefetch_node(&self, object: ObjectId) {
        self.cached.prefetch(object);
        self.nodes.prefetch(object);
    }

    #[inline(always)]
    fn prefetch_neighbours(&self, object: ObjectId) {
        // Also where the object is not cached: a useless fetch costs less than a branch nobody can predict.
        self.policy.prefetch(&self.nodes, object);
    }
}
