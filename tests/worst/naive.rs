//! The predicate of docs/definitions.md for a loss at a moment, written again without regard to cost: one cache, one list of
//! answers on their way, one backlog; the loss of every node at every moment that is asked for, each walked by itself.
//!
//! It shares nothing with the engine's search: no hit bits, no rule that spares a moment, no early end but one. A walk ends
//! only once its backlog has been that of undisturbed traffic for a long while.

use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::Policy;
use coldgap::request::{ObjectId, Op, Request, Requests};
use coldgap::service::Service;
use coldgap::units::Demand;
use std::collections::VecDeque;

/// A walk goes on for so many patiences and so many requests with undisturbed traffic's backlog, before it ends.
const CALM: (f64, usize) = (6.0, 1500);

/// A cache that can be copied and wounded.
pub trait Store: Clone {
    /// Whether a get hits.
    fn get(&mut self, request: &Request) -> bool;
    /// The answer to a request came.
    fn put(&mut self, request: &Request, at: u64);
    /// The application wrote the object.
    fn write(&mut self, request: &Request);
    /// The object is no longer valid.
    fn delete(&mut self, object: ObjectId);
    /// These are gone.
    fn lose(&mut self, gone: &dyn Fn(ObjectId) -> bool);
}

impl<P: Policy> Store for Cache<P> {
    fn get(&mut self, request: &Request) -> bool {
        self.lookup(request)
    }
    fn put(&mut self, request: &Request, at: u64) {
        self.insert(request, at);
    }
    fn write(&mut self, request: &Request) {
        Lookaside::write(self, request);
    }
    fn delete(&mut self, object: ObjectId) {
        self.invalidate(object);
    }
    fn lose(&mut self, gone: &dyn Fn(ObjectId) -> bool) {
        self.lose_where(gone);
    }
}

/// A backend, and how much faster than recorded requests come.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub mu: f64,
    pub load: f64,
}

/// `lost` neighbours of `nodes` nodes, from node `first` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    pub first: u32,
    pub lost: u32,
    pub nodes: u32,
}

impl Way {
    /// All ways to lose so many of so many nodes.
    pub fn all(lost: u32, nodes: u32) -> Vec<Way> {
        (0..if lost < nodes { nodes } else { 1 }).map(|first| Way { first, lost, nodes }).collect()
    }
    fn takes(self, hash: u32) -> bool {
        let node = (u64::from(hash) * u64::from(self.nodes)) >> 32;
        (node as u32 + self.nodes - self.first) % self.nodes < self.lost
    }
}

/// The cache, what is on its way to it, and when the backend will be idle, seconds.
#[derive(Clone)]
struct System<S> {
    cache: S,
    answers: VecDeque<(u64, Request)>,
    free_at: f64,
}

/// One trace, one service, one cache that was filled by the requests before `start`.
pub struct Brute<'t, S> {
    pub requests: Requests<'t>,
    /// By object.
    pub hashes: &'t [u32],
    pub start: usize,
    pub service: Service,
    /// Empty.
    pub cache: S,
}

impl<S: Store> Brute<'_, S> {
    fn request(&self, i: usize, load: f64) -> Request {
        let request = self.requests.get(i);
        let time = if load == 1.0 { request.time } else { (request.time as f64 / load) as u64 };
        Request { time, ..request }
    }

    /// Filled by the requests before the start, each answered at once; an idle backend.
    fn begun(&self, load: f64) -> System<S> {
        let mut cache = self.cache.clone();
        for i in 0..self.start {
            let request = self.request(i, load);
            match request.op {
                Op::Get => {
                    if !cache.get(&request) {
                        cache.put(&request, request.time);
                    }
                }
                Op::Set => cache.write(&request),
                Op::Delete => cache.delete(request.object),
            }
        }
        System { cache, answers: VecDeque::new(), free_at: f64::MIN }
    }

    /// Whether the answer to this request, if it asks, comes in time.
    fn step(&self, system: &mut System<S>, i: usize, point: Point) -> bool {
        let request = self.request(i, point.load);
        while let Some((at, answered)) = system.answers.front().copied() {
            if at > request.time {
                break;
            }
            system.answers.pop_front();
            system.cache.put(&answered, at);
        }
        match request.op {
            Op::Set => {
                system.answers.retain(|(_, answer)| answer.object != request.object);
                system.cache.write(&request);
            }
            Op::Delete => {
                system.answers.retain(|(_, answer)| answer.object != request.object);
                system.cache.delete(request.object);
            }
            Op::Get => {
                let joins = |system: &System<S>| system.answers.iter().any(|(_, of)| of.object == request.object);
                if system.cache.get(&request) || (self.service.single_flight && joins(system)) {
                    return true;
                }
                let now = request.time as f64 / 1e9;
                let turn = system.free_at.max(now);
                if turn - now > self.service.timeout.0 - self.service.service_time.0 {
                    return false;
                }
                system.answers.push_back((((turn + self.service.service_time.0) * 1e9) as u64, request));
                let share = if self.service.demand == Demand::Bytes { f64::from(request.size) } else { 1.0 };
                system.free_at = turn + share / point.mu;
            }
        }
        true
    }

    /// When undisturbed traffic leaves the backend idle, as each request finds it; `None` where an answer comes too late.
    pub fn warm(&self, point: Point) -> Option<Vec<f64>> {
        let mut system = self.begun(point.load);
        let mut free_at = vec![f64::MIN; self.requests.len()];
        for i in self.start..self.requests.len() {
            free_at[i] = system.free_at;
            if !self.step(&mut system, i, point) {
                return None;
            }
        }
        Some(free_at)
    }

    /// Whether all answers come in time after a loss.
    fn heals(&self, mut system: System<S>, moment: usize, way: Way, point: Point, warm: &[f64]) -> bool {
        system.cache.lose(&|object| way.takes(self.hashes[object.index()]));
        let calm_time = CALM.0 * self.service.timeout.0 * 1e9;
        let (mut calm_since, mut calm) = (self.request(moment, point.load).time, 0);
        for i in moment..self.requests.len() {
            let time = self.request(i, point.load).time;
            let now = time as f64 / 1e9;
            if (system.free_at.max(now) - warm[i].max(now)).abs() > 1e-9 {
                (calm_since, calm) = (time, 0);
            }
            calm += 1;
            if calm > CALM.1 && (time - calm_since) as f64 > calm_time {
                return true;
            }
            if !self.step(&mut system, i, point) {
                return false;
            }
        }
        true
    }

    /// The system as undisturbed traffic leaves it for each of these moments in rising order, until `visit` says no more.
    fn visit(&self, moments: &[usize], point: Point, mut visit: impl FnMut(usize, &System<S>) -> bool) {
        let mut system = self.begun(point.load);
        let mut at = self.start;
        for moment in moments {
            while at < *moment {
                self.step(&mut system, at, point);
                at += 1;
            }
            if !visit(*moment, &system) {
                return;
            }
        }
    }

    /// The first of these cases that does not heal. Warm traffic must survive.
    pub fn first_failure(&self, moments: &[usize], ways: &[Way], point: Point, warm: &[f64]) -> Option<(usize, Way)> {
        let mut found = None;
        self.visit(moments, point, |moment, system| {
            found = ways.iter().find(|way| !self.heals(system.clone(), moment, **way, point, warm)).map(|way| (moment, *way));
            found.is_none()
        });
        found
    }

    /// The smallest factor, of those from `least` on, by which the point must be eased for all of these cases to heal, to
    /// within a thousandth; and the case that decides, `None` where warm traffic does.
    pub fn needs(
        &self,
        moments: &[usize],
        ways: &[Way],
        eased: &dyn Fn(f64) -> Point,
        least: f64,
    ) -> (f64, Option<(usize, Way)>) {
        let mut factor = least;
        let mut decides = None;
        if self.warm(eased(factor)).is_none() {
            factor = narrowed(factor, |factor| self.warm(eased(factor)).is_some());
        }
        let mut rest = moments;
        while let Some(warm) = self.warm(eased(factor))
            && let Some((moment, way)) = self.first_failure(rest, ways, eased(factor), &warm)
        {
            let survives = |factor: f64| {
                let warm = self.warm(eased(factor));
                warm.is_some_and(|warm| self.first_failure(&[moment], &[way], eased(factor), &warm).is_none())
            };
            factor = narrowed(factor, survives);
            decides = Some((moment, way));
            rest = &rest[rest.partition_point(|other| *other < moment)..];
        }
        (factor, decides)
    }
}

/// The least factor above one that does not survive that does, by doubling steps and halving, to within a thousandth.
fn narrowed(fails: f64, survives: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high, mut step) = (fails, fails * 1.004, 1.004);
    while !survives(high) {
        (low, step) = (high, step * step);
        high *= step;
        assert!(high < 1e6 * fails, "nothing survives");
    }
    while high / low > 1.001 {
        let middle = (low * high).sqrt();
        if survives(middle) { high = middle } else { low = middle }
    }
    high
}
