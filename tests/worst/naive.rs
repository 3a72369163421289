//! The predicate of docs/definitions.md for a loss at a moment, written again without regard to cost: one cache, one list of
//! answers on their way, one backlog; the loss of every node at every moment that is asked for, each walked by itself.
//!
//! It shares nothing with the engine's search: no hit bits, no rule that spares a moment, no early end but one. A walk ends
//! only once its backlog has been about that of undisturbed traffic for a long while; a burst that comes later is met by
//! losses at later moments.

use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::Policy;
use coldgap::request::{ObjectId, Op, Request, Requests};
use coldgap::service::Service;
use coldgap::units::Demand;
use std::collections::VecDeque;

/// A walk goes on for so many timeouts and so many requests after its backlog was last longer than that of undisturbed traffic
/// by this share of the patience.
const CALM: (f64, usize, f64) = (1.0, 150, 0.1);

/// A cache that can be copied and wounded.
pub trait Store: Send + Sync {
    /// A copy.
    fn fork(&self) -> Box<dyn Store>;
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
    fn fork(&self) -> Box<dyn Store> {
        Box::new(self.clone())
    }
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

/// A loss before the request at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub moment: usize,
    pub way: Way,
}

/// The cache, what is on its way to it, and when the backend will be idle, seconds.
struct System {
    cache: Box<dyn Store>,
    answers: VecDeque<(u64, Request)>,
    free_at: f64,
    /// Whether the last get missed.
    broken: bool,
}

/// One trace, one service, one cache that is filled by the requests before `start`.
pub struct Brute<'t> {
    pub requests: Requests<'t>,
    /// By object.
    pub hashes: &'t [u32],
    pub start: usize,
    pub service: Service,
    /// Empty.
    pub cache: Box<dyn Store>,
}

/// The same with a backend and a load, and what undisturbed traffic does there.
pub struct Walks<'b, 't> {
    brute: &'b Brute<'t>,
    mu: f64,
    times: Vec<u64>,
    /// When the backend will be idle, as each request finds it.
    free_at: Vec<f64>,
}

impl<'t> Brute<'t> {
    /// Undisturbed traffic at a point; `None` where an answer comes too late.
    pub fn at(&self, point: Point) -> Option<Walks<'_, 't>> {
        let faster = |time: &u64| if point.load == 1.0 { *time } else { (*time as f64 / point.load) as u64 };
        let times = self.requests.times.iter().map(faster).collect();
        let mut walks = Walks { brute: self, mu: point.mu, times, free_at: vec![f64::MIN; self.requests.len()] };
        let mut system = walks.begun();
        for i in self.start..self.requests.len() {
            walks.free_at[i] = system.free_at;
            if walks.step(&mut system, i).is_infinite() {
                return None;
            }
        }
        Some(walks)
    }

    /// The factor above `fails` by which a point must be eased for a case to survive, to within a thousandth.
    pub fn needs(&self, case: Option<Case>, eased: &dyn Fn(f64) -> Point, fails: f64) -> f64 {
        let survives = |factor: f64| {
            let Some(walks) = self.at(eased(factor)) else { return false };
            case.is_none_or(|case| walks.waits(&[case.moment], &[case.way])[0].0.is_finite())
        };
        let (mut low, mut high, mut step) = (fails, fails * 1.004, 1.004);
        while !survives(high) {
            (low, step) = (high, step * step);
            high *= step;
            assert!(high < 1e6, "nothing survives");
        }
        while high / low > 1.001 {
            let middle = (low * high).sqrt();
            if survives(middle) { high = middle } else { low = middle }
        }
        high
    }
}

impl Walks<'_, '_> {
    fn request(&self, i: usize) -> Request {
        Request { time: self.times[i], ..self.brute.requests.get(i) }
    }

    /// Filled by the requests before the start, each answered at once; an idle backend.
    fn begun(&self) -> System {
        let mut cache = self.brute.cache.fork();
        for i in 0..self.brute.start {
            let request = self.request(i);
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
        System { cache, answers: VecDeque::new(), free_at: f64::MIN, broken: false }
    }

    /// How long a request waits in the backend's queue, seconds: infinitely long where its answer would come too late.
    fn step(&self, system: &mut System, i: usize) -> f64 {
        let (request, service) = (self.request(i), self.brute.service);
        while let Some((at, answered)) = system.answers.front().copied()
            && at <= request.time
        {
            system.answers.pop_front();
            system.cache.put(&answered, at);
        }
        // What was asked for before its key was written is not inserted; starting a life anew writes nothing.
        if request.op != Op::Get && !(request.op == Op::Set && request.renews) {
            system.answers.retain(|(_, answer)| answer.object != request.object);
        }
        match request.op {
            Op::Set => system.cache.write(&request),
            Op::Delete => system.cache.delete(request.object),
            Op::Get => {
                let joins = |system: &System| system.answers.iter().any(|(_, of)| of.object == request.object);
                let is_there = system.cache.get(&request);
                let behind = request.chained && system.broken;
                system.broken = !is_there || behind;
                if is_there && !behind || (!is_there && service.single_flight && joins(system)) {
                    return 0.0;
                }
                let now = request.time as f64 / 1e9;
                let turn = system.free_at.max(now);
                if turn - now > service.timeout.0 - service.service_time.0 {
                    return f64::INFINITY;
                }
                // What is there and only behind what is not is worked out, and not brought.
                if !is_there {
                    system.answers.push_back((((turn + service.service_time.0) * 1e9) as u64, request));
                }
                let share = match service.demand {
                    Demand::Answers => 1.0,
                    Demand::Bytes => f64::from(request.size),
                    Demand::Units(_) => f64::from(request.cost),
                };
                system.free_at = turn + share / self.mu;
                return turn - now;
            }
        }
        0.0
    }

    /// The longest wait after a loss.
    fn wait(&self, mut system: System, Case { moment, way }: Case) -> f64 {
        let Brute { hashes, service, .. } = self.brute;
        system.cache.lose(&|object| way.takes(hashes[object.index()]));
        let long = (CALM.0 * service.timeout.0 * 1e9) as u64;
        let excess = CALM.2 * (service.timeout.0 - service.service_time.0);
        let (mut longest, mut calm_from) = (0.0_f64, moment);
        for (i, time) in self.times.iter().enumerate().skip(moment) {
            let now = *time as f64 / 1e9;
            if system.free_at.max(now) - self.free_at[i].max(now) > excess {
                calm_from = i;
            }
            if i - calm_from > CALM.1 && time - self.times[calm_from] > long {
                break;
            }
            longest = longest.max(self.step(&mut system, i));
            if longest.is_infinite() {
                break;
            }
        }
        longest
    }

    /// The longest waits after each of these losses. `moments` rise.
    pub fn waits(&self, moments: &[usize], ways: &[Way]) -> Vec<(f64, Case)> {
        let mut system = self.begun();
        let mut at = self.brute.start;
        let mut found = Vec::new();
        for moment in moments {
            while at < *moment {
                self.step(&mut system, at);
                at += 1;
            }
            for way in ways {
                let case = Case { moment: *moment, way: *way };
                let System { cache, answers, free_at, broken } = &system;
                let wounded =
                    System { cache: cache.fork(), answers: answers.clone(), free_at: *free_at, broken: *broken };
                found.push((self.wait(wounded, case), case));
            }
        }
        found
    }
}
