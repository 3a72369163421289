//! The loop: arrivals, answers, timeouts and retries in order of time.
//!
//! There is no global list of events. Arrivals come in the trace's order, answers from a heap as small as the backend has
//! servers, timeouts in the order of their tries (all wait as long), retries from a heap; the earliest of their heads is
//! next. While the cache is warm and the queue empty, a hit costs a lookup and a comparison. At one instant effects go
//! first, then answers, timeouts, retries, arrivals: an answer at the timeout is in time, and fills before it is asked for.

use super::arrivals::Arrivals;
use super::backend::Station;
use super::breaker::Gate;
use super::client::Bucket;
use super::queue::{Line, Order};
use super::slab::{NONE, Slab};
use super::trigger::{Effect, Happening, Step, Trigger, effects};
use super::window::Window;
use super::{Model, SameKey, Sets};
use crate::cache::Lookaside;
use crate::hash::mix;
use crate::request::{Op, Request, Requests};
use crate::units::{Ratio, Seconds};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Requests looked ahead for an object's own node, and for its neighbours'.
const FAR: usize = 24;
const NEAR: usize = 12;

/// What is run.
#[derive(Debug, Clone)]
pub struct Scenario<'t> {
    /// Requests from the run's first arrival on.
    pub requests: Requests<'t>,
    /// Requests before it: what operators know of the keys' popularity. Where there are none, `requests` tells it.
    pub history: Requests<'t>,
    /// By object of the trace, where its key lives among nodes.
    pub key_hashes: &'t [u32],
    /// Load as a factor of the recorded one: the trace passes so many times as fast.
    pub load: f64,
    /// Everything around the cache.
    pub model: Model,
    /// What happens when.
    pub steps: Vec<Step>,
    /// Width of windows.
    pub window: Seconds,
    /// Seed of service times, jitter and shedding.
    pub seed: u64,
}

impl Scenario<'_> {
    /// For how many objects a cache must be made: the trace's, as many times as a key has names. `None` where that is more
    /// than ids can name.
    pub fn cache_objects(&self) -> Option<usize> {
        let renamed = |step: &Step| match step.what {
            Happening::Trigger(Trigger::Renamed(share)) => share.get(),
            _ => 0.0,
        };
        let names = 1.0 + self.steps.iter().map(renamed).sum::<f64>().ceil();
        let objects = self.key_hashes.len() as f64 * names;
        (objects <= f64::from(u32::MAX)).then_some(objects as usize)
    }

    /// Whether it ever matters that a key is being fetched already.
    fn tracks_fetches(&self) -> bool {
        let mut model = self.model;
        let tracks = |model: &Model| {
            model.same_key != SameKey::EachAsks || model.queue.order == Order::FillsFirst || model.stale.0 > 0.0
        };
        tracks(&model)
            || self.steps.iter().any(|step| match step.what {
                Happening::Remedy(remedy) => {
                    remedy.apply(&mut model);
                    tracks(&model)
                }
                _ => false,
            })
    }
}

/// A request that was not answered at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) request: Request,
    /// When it first arrived.
    pub(super) first: u64,
    /// The fetch it waits for, if any.
    pub(super) fetch: u32,
    /// The next call that waits for the same fetch.
    pub(super) next: u32,
    /// Names this try, so that its deadline is known as outdated after its end; 0 between tries.
    pub(super) serial: u32,
    /// Retries so far.
    pub(super) tries: u32,
}

/// Something asked of the backend.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fetch {
    pub(super) request: Request,
    /// The first and last call that wait, in the order in which they came.
    pub(super) head: u32,
    pub(super) tail: u32,
    /// The object's version when it was asked for: a write in between makes the answer useless, as with memcached's leases.
    pub(super) version: u32,
    pub(super) begun: bool,
    /// Whoever asked has given up; others may still wait.
    pub(super) orphaned: bool,
    pub(super) cancelled: bool,
    /// Sent by nobody who waits: a warm-up or a refresh. Its answer always enters the cache.
    pub(super) unbidden: bool,
}

/// When a try ends without an answer.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    at: u64,
    call: u32,
    serial: u32,
}

/// Keys that are fetched into the cache one by one.
pub(super) struct WarmUp {
    pub(super) keys: std::vec::IntoIter<Request>,
    pub(super) every: u64,
    pub(super) next: u64,
}

/// Requests that arrived, and what became of them: `arrived = in_time + failed + waiting` at every moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Requests that arrived.
    pub arrived: u64,
    /// Answered within a try's timeout.
    pub in_time: u64,
    /// Given up, shed or refused.
    pub failed: u64,
    /// Still waiting, for an answer or for the next try.
    pub waiting: u64,
}

impl Balance {
    /// Whether no request was lost or counted twice.
    pub fn holds(&self) -> bool {
        self.arrived == self.in_time + self.failed + self.waiting
    }
}

/// A run under way.
pub struct Run<'t, 'c, C: Lookaside> {
    pub(super) cache: &'c mut C,
    pub(super) requests: Requests<'t>,
    pub(super) history: Requests<'t>,
    pub(super) arrivals: Arrivals<'t>,
    pub(super) model: Model,
    pub(super) station: Station,
    pub(super) line: Line,
    pub(super) calls: Slab<Call>,
    pub(super) fetches: Slab<Fetch>,
    deadlines: VecDeque<Deadline>,
    retries: BinaryHeap<Reverse<(u64, u32)>>,
    pub(super) bucket: Bucket,
    pub(super) gate: Gate,
    effects: Vec<(u64, Effect)>,
    effects_done: usize,
    pub(super) warm_up: Option<WarmUp>,
    /// Per object: the fetch under way that may be joined, plus 1; 0 where there is none. Empty where nobody asks for it.
    pub(super) under_way: Vec<u32>,
    /// Per object: how often it was written. Empty where the trace has only gets.
    pub(super) versions: Vec<u32>,
    /// Objects of the trace, and how many names the cache has room for of each.
    pub(super) objects: u32,
    pub(super) key_hashes: &'t [u32],
    pub(super) names: u32,
    /// The sum of the shares that have been renamed.
    pub(super) renamed: f64,
    pub(super) load: f64,
    pub(super) spike: f64,
    timeout: u64,
    serial: u32,
    pub(super) random: Xoshiro256PlusPlus,
    start: u64,
    /// The next window's end, effect or fetch of a warm-up.
    rare: u64,
    /// Not after the next event that is no arrival.
    pub(super) next: u64,
    pub(super) window: Window,
    window_end: u64,
    width: u64,
    /// Whether a service began in this window.
    pub(super) began: bool,
    windows: Vec<Window>,
    settled: Balance,
    /// Whether the last get missed: what is behind it in its chain asks the backend, too.
    broken: bool,
}

impl<'t, 'c, C: Lookaside> Run<'t, 'c, C> {
    /// A run that begins with the first request, an idle backend and this cache, which must be made for
    /// [`Scenario::cache_objects`].
    pub fn new(scenario: &Scenario<'t>, cache: &'c mut C) -> Run<'t, 'c, C> {
        let start = scenario.requests.times.first().copied().unwrap_or(0);
        let width = scenario.window.nanoseconds().max(1);
        let objects = scenario.cache_objects().unwrap_or(scenario.key_hashes.len());
        cache.serve_stale(scenario.model.stale.nanoseconds());
        let mut run = Run {
            cache,
            requests: scenario.requests,
            history: scenario.history,
            arrivals: Arrivals::new(scenario.requests, scenario.load),
            model: scenario.model,
            station: Station::new(scenario.model.backend, scenario.seed),
            line: Line::new(),
            calls: Slab::new(),
            fetches: Slab::new(),
            deadlines: VecDeque::new(),
            retries: BinaryHeap::new(),
            bucket: Bucket::new(),
            gate: Gate::new(),
            effects: effects(&scenario.steps, start),
            effects_done: 0,
            warm_up: None,
            under_way: vec![0; if scenario.tracks_fetches() { objects } else { 0 }],
            versions: vec![0; if scenario.requests.ops.is_some() { objects } else { 0 }],
            objects: scenario.key_hashes.len() as u32,
            key_hashes: scenario.key_hashes,
            names: (objects / scenario.key_hashes.len().max(1)) as u32,
            renamed: 0.0,
            load: scenario.load,
            spike: 1.0,
            timeout: scenario.model.client.timeout.nanoseconds(),
            serial: 0,
            random: Xoshiro256PlusPlus::seed_from_u64(mix(scenario.seed ^ 0xc11e)),
            start,
            rare: start,
            next: 0,
            window: Window { min_delay: u64::MAX, ..Window::default() },
            window_end: start.saturating_add(width),
            width,
            began: false,
            windows: Vec::new(),
            settled: Balance { arrived: 0, in_time: 0, failed: 0, waiting: 0 },
            broken: false,
        };
        run.schedule();
        run
    }

    /// Runs on until so long after the begin: events at that moment included, arrivals at it not.
    pub fn until(&mut self, end: Seconds) {
        // The last moment there is stands for never: what is due then does not happen.
        let end = self.start.saturating_add(end.nanoseconds()).min(u64::MAX - 1);
        loop {
            let at = self.arrivals.next;
            if self.next <= at.min(end) {
                self.step();
            } else if at < end {
                self.arrive();
            } else {
                break;
            }
        }
    }

    /// The windows that are complete.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Ends the run: the windows that are complete.
    pub fn finish(self) -> Vec<Window> {
        self.windows
    }

    /// Whether all requests have arrived.
    pub fn is_spent(&self) -> bool {
        self.arrivals.next == u64::MAX
    }

    /// Whether all requests have arrived, and nobody waits any more.
    pub fn is_over(&self) -> bool {
        self.is_spent() && self.calls.len() == 0
    }

    /// Requests of the trace that have arrived, of any operation.
    pub fn position(&self) -> usize {
        self.arrivals.position()
    }

    /// The cache as it is now.
    pub fn cache(&self) -> &C {
        self.cache
    }

    /// What became of all requests so far.
    pub fn balance(&self) -> Balance {
        Balance {
            arrived: self.settled.arrived + self.window.offered,
            in_time: self.settled.in_time + self.window.in_time,
            failed: self.settled.failed + self.window.failures,
            waiting: self.calls.len() as u64,
        }
    }

    /// What is next beside arrivals.
    #[inline(always)]
    fn schedule(&mut self) {
        let deadline = self.deadlines.front().map_or(u64::MAX, |deadline| deadline.at);
        let retry = self.retries.peek().map_or(u64::MAX, |Reverse((at, _))| *at);
        self.next = self.rare.min(self.station.next).min(deadline).min(retry);
    }

    /// One event at [`Run::next`], if there is one.
    #[inline(always)]
    fn step(&mut self) {
        let now = self.next;
        if self.rare <= now {
            self.step_rarely(now);
        } else if self.station.next <= now {
            let done = self.station.step();
            if let Some(fetch) = done.answered {
                self.answer(fetch, now);
            }
            if done.freed {
                self.begin_next(now);
            }
        } else if let Some(deadline) = self.deadlines.front().filter(|deadline| deadline.at <= now) {
            let Deadline { call, serial, .. } = *deadline;
            self.deadlines.pop_front();
            if self.calls[call].serial == serial {
                self.time_out(call, now);
            }
        } else if let Some(Reverse((_, call))) = self.retries.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            self.retries.pop();
            self.retry(call, now);
        }
        self.schedule();
    }

    /// A window's end, an effect, or the next fetch of a warm-up.
    #[inline(never)]
    fn step_rarely(&mut self, now: u64) {
        if self.window_end <= now {
            self.close_window(now);
        } else if let Some((_, effect)) = self.effects.get(self.effects_done).copied().filter(|(at, _)| *at <= now) {
            self.effects_done += 1;
            self.apply(effect, now);
        } else if self.warm_up.as_ref().is_some_and(|warm_up| warm_up.next <= now) {
            self.warm_next(now);
        }
        let effect = self.effects.get(self.effects_done).map_or(u64::MAX, |(at, _)| *at);
        let warm_up = self.warm_up.as_ref().map_or(u64::MAX, |warm_up| warm_up.next);
        self.rare = self.window_end.min(effect).min(warm_up);
    }

    fn close_window(&mut self, now: u64) {
        if !self.began {
            self.window.min_delay = self.longest_wait(now);
        }
        self.window.queue = self.line.waiting() as u64;
        self.window.entries = self.cache.entries();
        let balance = self.balance();
        debug_assert!(balance.holds(), "{balance:?}");
        self.settled = balance;
        self.windows.push(self.window);
        self.window = Window { start: now - self.start, min_delay: u64::MAX, ..Window::default() };
        self.window_end = now.saturating_add(self.width);
        self.began = false;
    }

    /// How long the oldest has waited of those that wait in the queue; 0 where none does.
    fn longest_wait(&mut self, now: u64) -> u64 {
        let fetches = &mut self.fetches;
        let oldest = self.line.oldest(|fetch| {
            let gone = fetches[fetch].cancelled;
            if gone {
                fetches.remove(fetch);
            }
            gone
        });
        oldest.into_iter().flatten().map(|fetch| now - fetches[fetch].request.time).max().unwrap_or(0)
    }

    #[inline(always)]
    fn arrive(&mut self) {
        if let Some(object) = self.arrivals.ahead(FAR) {
            self.cache.prefetch_node(object);
        }
        if let Some(object) = self.arrivals.ahead(NEAR) {
            self.cache.prefetch_neighbours(object);
        }
        let mut request = self.arrivals.take();
        self.prepare(&mut request);
        if request.op != Op::Get {
            return self.write(&request);
        }
        self.window.offered += 1;
        if let Some(budget) = &self.model.client.budget {
            self.bucket.earn(budget);
        }
        if self.model.shed > Ratio::NONE && self.random.random::<f64>() < self.model.shed.get() {
            self.window.failures += 1;
            self.window.lost = self.window.lost.saturating_add(self.timeout);
            return;
        }
        self.window.lookups += 1;
        let hits = self.look(&request);
        self.broken = !hits | (self.broken & request.chained);
        if !self.broken {
            self.window.hits += 1;
            self.window.in_time += 1;
            return;
        }
        let first = request.time;
        let call = self.calls.add(Call { request, first, fetch: NONE, next: NONE, serial: 0, tries: 0 });
        self.ask(call, first);
    }

    /// A set or a delete: what is under way for the object has become useless.
    fn write(&mut self, request: &Request) {
        // One that only starts a life anew brings no other answer.
        if request.renews {
            return self.cache.write(request);
        }
        let index = request.object.index();
        self.versions[index] = self.versions[index].wrapping_add(1);
        if let Some(under_way) = self.under_way.get_mut(index) {
            *under_way = 0;
        }
        if request.op == Op::Set && self.model.sets == Sets::WriteThrough {
            self.cache.write(request);
        } else {
            self.cache.invalidate(request.object);
        }
    }

    /// A lookup.
    #[inline(always)]
    pub(super) fn look(&mut self, request: &Request) -> bool {
        let hit = self.cache.lookup(request);
        if hit && self.model.stale.0 > 0.0 {
            self.refresh_if_stale(request);
        }
        hit
    }

    /// Starts the clock of a try.
    #[inline(always)]
    pub(super) fn start_try(&mut self, call: u32, now: u64) {
        self.serial = self.serial.wrapping_add(1).max(1);
        self.calls[call].serial = self.serial;
        let at = now.saturating_add(self.timeout);
        self.deadlines.push_back(Deadline { at, call, serial: self.serial });
        self.next = self.next.min(at);
    }

    /// A try ended without an answer: whether the call tries again, and after how many nanoseconds.
    #[inline(always)]
    fn next_try(&mut self, call: u32, now: u64) -> Option<u64> {
        let client = &self.model.client;
        if let Some(breaker) = &client.breaker {
            self.gate.learn(breaker, now, false);
        }
        let tries = self.calls[call].tries;
        if tries >= client.retries || client.budget.is_some_and(|budget| !self.bucket.pay(&budget, now)) {
            return None;
        }
        let random = &mut self.random;
        Some(client.backoff.wait(tries, || random.random()))
    }

    /// A try was refused: its call comes back later, never in the middle of the present event, or is given up.
    pub(super) fn refuse(&mut self, call: u32, now: u64) {
        match self.next_try(call, now) {
            Some(wait) => self.retry_at(call, now.saturating_add(wait)),
            None => self.fail(call, now),
        }
    }

    fn retry_at(&mut self, call: u32, at: u64) {
        self.calls[call].serial = 0;
        self.retries.push(Reverse((at, call)));
        self.next = self.next.min(at);
    }

    /// A try's time is over.
    #[inline(always)]
    fn time_out(&mut self, call: u32, now: u64) {
        self.window.timeouts += 1;
        self.give_up(call, now);
        match self.next_try(call, now) {
            Some(0) => self.retry(call, now),
            Some(wait) => self.retry_at(call, now.saturating_add(wait)),
            None => self.fail(call, now),
        }
    }

    #[inline(always)]
    fn retry(&mut self, call: u32, now: u64) {
        self.window.retries += 1;
        let entry = &mut self.calls[call];
        entry.tries += 1;
        entry.request.time = now;
        let request = entry.request;
        if self.look(&request) {
            self.succeed(call);
        } else {
            self.ask(call, now);
        }
    }

    #[inline(always)]
    pub(super) fn succeed(&mut self, call: u32) {
        self.window.in_time += 1;
        self.close(call);
    }

    pub(super) fn fail(&mut self, call: u32, now: u64) {
        self.window.failures += 1;
        let waited = now - self.calls[call].first;
        self.window.lost = self.window.lost.saturating_add(waited.max(self.timeout));
        self.close(call);
    }

    #[inline(always)]
    fn close(&mut self, call: u32) {
        self.calls[call].serial = 0;
        self.calls.remove(call);
    }
}

/// Runs a scenario for so long, or until its last request is answered or given up; the windows that are complete.
pub fn simulate<C: Lookaside>(scenario: &Scenario<'_>, cache: &mut C, horizon: Seconds) -> Vec<Window> {
    let mut run = Run::new(scenario, cache);
    let mut end = Seconds(0.0);
    while end < horizon && !run.is_over() {
        end = Seconds((end.0 + scenario.window.0).min(horizon.0));
        run.until(end);
    }
    run.finish()
}
