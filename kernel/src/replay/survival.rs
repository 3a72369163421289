//! The predicate everything rests on: does the backend keep up with a replay, so that every answer comes in time?
//!
//! The backend's unfinished work is walked in seconds of service (the Lindley recursion, at event resolution), and a miss
//! enters the cache when its answer comes, not before. `docs/definitions.md`, "Required backend".

use crate::cache::Lookaside;
use crate::request::{Op, Request, Requests};
use crate::service::Service;
use std::collections::VecDeque;

/// Requests looked ahead for prefetching nodes.
const AHEAD: usize = 16;

/// An answer on its way.
#[derive(Debug, Clone, Copy)]
struct Fetch {
    /// When it comes, in nanoseconds of trace time.
    at: u64,
    request: Request,
    /// A write came after it was asked: it will not be inserted, as with memcached's leases.
    stale: bool,
}

/// A backend's queue and the answers on their way, from one part of a walk to the next.
#[derive(Debug, Clone)]
pub struct Walker {
    fetches: VecDeque<Fetch>,
    /// Fetches under way per object, stale ones left out.
    under_way: Vec<u32>,
    /// The backend's unfinished work, nanoseconds of service.
    unfinished: f64,
    /// When the last request came.
    last: u64,
    /// Requests since the walk began, of all its parts.
    position: usize,
    backlog_since: usize,
    /// The longest wait that was not too long, nanoseconds.
    longest: f64,
    /// Whether the last get missed: what is behind it in its chain asks the backend, too.
    broken: bool,
}

impl Walker {
    /// For a trace of so many objects.
    pub fn new(objects: usize) -> Walker {
        Walker {
            fetches: VecDeque::new(),
            under_way: vec![0; objects],
            unfinished: 0.0,
            last: 0,
            position: 0,
            backlog_since: 0,
            longest: 0.0,
            broken: false,
        }
    }

    /// The longest wait since the walk began of those that were not too long, nanoseconds.
    pub fn longest(&self) -> f64 {
        self.longest
    }

    /// Begins anew at `now`, with an idle backend.
    pub fn begin(&mut self, now: u64) {
        for fetch in self.fetches.drain(..) {
            self.under_way[fetch.request.object.index()] = 0;
        }
        (self.unfinished, self.last, self.position, self.backlog_since) = (0.0, now, 0, 0);
        (self.longest, self.broken) = (0.0, false);
    }

    /// Lets `cache` replay `requests` from its present state and the backend's, with `mu` answers (or bytes) a second, up to
    /// the first fetch that waits longer than the service's patience. `None` where no fetch does; else the position, since
    /// the walk began, at which the backlog began that made it wait.
    pub fn walk<C: Lookaside>(
        &mut self,
        cache: &mut C,
        requests: &Requests<'_>,
        service: &Service,
        mu: f64,
    ) -> Option<usize> {
        let patience = service.patience().0 * 1e9;
        let service_time = service.service_time.0 * 1e9;
        let unit_cost = 1e9 / mu;
        for i in 0..requests.len() {
            if let Some(object) = requests.objects.get(i + AHEAD) {
                cache.prefetch_node(*object);
            }
            let request = requests.get(i);
            self.unfinished = (self.unfinished - (request.time - self.last) as f64).max(0.0);
            self.last = request.time;
            self.deliver(cache, request.time);
            match request.op {
                Op::Get => {
                    let hits = cache.lookup(&request);
                    self.broken = !hits | (self.broken & request.chained);
                    if !self.broken || (!hits && service.single_flight && self.is_under_way(&request)) {
                        continue;
                    }
                    if self.unfinished > patience {
                        return Some(self.backlog_since);
                    }
                    self.longest = self.longest.max(self.unfinished);
                    if self.unfinished == 0.0 {
                        self.backlog_since = self.position + i;
                    }
                    let at = request.time.saturating_add((self.unfinished + service_time) as u64);
                    self.unfinished += unit_cost * request.share(service.demand);
                    // What is there behind what is not is worked out anew, and stays.
                    if !hits {
                        self.under_way[request.object.index()] += 1;
                        self.fetches.push_back(Fetch { at, request, stale: false });
                    }
                }
                // A request that only starts a life anew brings no other answer.
                Op::Set if request.renews => cache.write(&request),
                Op::Set => {
                    self.make_stale(&request);
                    cache.write(&request);
                }
                Op::Delete => {
                    self.make_stale(&request);
                    cache.invalidate(request.object);
                }
            }
        }
        self.position += requests.len();
        None
    }

    /// Inserts what has been answered by `now`. One FIFO queue with a constant service time answers in order.
    #[inline(always)]
    fn deliver<C: Lookaside>(&mut self, cache: &mut C, now: u64) {
        while let Some(fetch) = self.fetches.front()
            && fetch.at <= now
        {
            let fetch = *fetch;
            self.fetches.pop_front();
            if !fetch.stale {
                self.under_way[fetch.request.object.index()] -= 1;
                cache.insert(&fetch.request, fetch.at);
            }
        }
    }

    #[inline(always)]
    fn is_under_way(&self, request: &Request) -> bool {
        self.under_way[request.object.index()] > 0
    }

    fn make_stale(&mut self, write: &Request) {
        if !self.is_under_way(write) {
            return;
        }
        for fetch in &mut self.fetches {
            fetch.stale |= fetch.request.object == write.object;
        }
        self.under_way[write.object.index()] = 0;
    }
}
