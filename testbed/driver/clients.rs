//! The application around the cache: look up, else ask the pool and wait up to a timeout, try again, insert what comes in time.
//! It counts what happens, and plays no trace.

use crate::pool::{Fetch, News, Pool};
use crate::store::Store;
use coldgap::outage::window::Window;
use coldgap::outage::{Abandoned, Fill, SameKey};
use std::collections::{HashMap, VecDeque};
use std::io::Result;
use std::time::{Duration, Instant};

/// Bytes of a cached value.
const BYTES: usize = 100;

/// How clients behave.
#[derive(Clone, Copy)]
pub struct Rules {
    pub timeout: Duration,
    pub retries: u32,
    pub same_key: SameKey,
    pub abandoned: Abandoned,
    pub fill: Fill,
}

/// A request that missed and waits.
struct Call {
    key: u32,
    arrived: Instant,
    retries: u32,
    /// The fetch it waits for; `None` once it was answered or given up.
    fetch: Option<usize>,
}

/// A fetch that was sent.
struct Sent {
    key: u32,
    /// The calls that still wait for it, in order.
    waiting: VecDeque<usize>,
    /// Whether whoever asked gave up.
    orphaned: bool,
}

/// All clients.
pub struct Clients<'c> {
    rules: Rules,
    cache: &'c mut dyn Store,
    pool: &'c Pool,
    calls: Vec<Call>,
    sent: Vec<Sent>,
    /// Fetches that a miss of the same key can join.
    under_way: HashMap<u32, usize>,
    /// When tries are over, in order: all wait equally long. Whose they are, and what they wait for.
    ends: VecDeque<(Instant, usize, usize)>,
    /// The shortest wait of those whose query began since the last window was closed.
    least_wait: Option<Duration>,
    window: Window,
}

impl<'c> Clients<'c> {
    pub fn new(rules: Rules, cache: &'c mut dyn Store, pool: &'c Pool) -> Clients<'c> {
        let (under_way, window) = (HashMap::new(), Window::default());
        let (calls, sent, ends) = (Vec::new(), Vec::new(), VecDeque::new());
        Clients { rules, cache, pool, calls, sent, under_way, ends, least_wait: None, window }
    }

    /// Loses the cache.
    pub fn flush(&mut self) -> Result<()> {
        self.cache.flush()
    }

    /// A request arrives.
    pub fn arrive(&mut self, key: u32) -> Result<()> {
        self.window.offered += 1;
        self.window.lookups += 1;
        if self.cache.get(key)? {
            self.window.hits += 1;
            self.window.in_time += 1;
            return Ok(());
        }
        self.calls.push(Call { key, arrived: Instant::now(), retries: 0, fetch: None });
        self.ask(self.calls.len() - 1)
    }

    /// The pool did something.
    pub fn hear(&mut self, news: News) -> Result<()> {
        match news {
            News::Began(waited) => self.least_wait = Some(self.least_wait.map_or(waited, |least| least.min(waited))),
            News::Answered(fetch) => return self.answer(fetch),
            News::Dropped(fetch) => return self.refuse(fetch),
            News::Broken(error) => return Err(error),
        }
        Ok(())
    }

    /// When the next try is over, answered or not; `None` where none is under way.
    pub fn next_end(&self) -> Option<Instant> {
        self.ends.front().map(|(end, ..)| *end)
    }

    /// Ends the tries whose time is over.
    pub fn end_tries(&mut self, now: Instant) -> Result<()> {
        while self.next_end().is_some_and(|end| end <= now) {
            let Some((_, call, fetch)) = self.ends.pop_front() else { break };
            if self.calls[call].fetch == Some(fetch) {
                self.calls[call].fetch = None;
                self.give_up(call, fetch)?;
            }
        }
        Ok(())
    }

    /// What was counted since the last call. The windows' starts are the caller's.
    pub fn close_window(&mut self, now: Instant) -> Window {
        let (queue, oldest) = self.pool.waiting();
        let oldest = oldest.map_or(Duration::ZERO, |asked| now.saturating_duration_since(asked));
        let min_delay = self.least_wait.take().unwrap_or(oldest).as_nanos() as u64;
        Window { queue: queue as u64, min_delay, ..std::mem::take(&mut self.window) }
    }

    fn ask(&mut self, call: usize) -> Result<()> {
        let key = self.calls[call].key;
        let joined = self.under_way.get(&key).copied().filter(|_| self.rules.same_key != SameKey::EachAsks);
        let asked = Instant::now();
        let number = joined.unwrap_or(self.sent.len());
        if joined.is_none() {
            self.window.asked += 1;
            self.sent.push(Sent { key, waiting: VecDeque::new(), orphaned: false });
            self.under_way.insert(key, number);
        }
        self.sent[number].waiting.push_back(call);
        self.calls[call].fetch = Some(number);
        self.ends.push_back((asked + self.rules.timeout, call, number));
        if joined.is_none() && !self.pool.ask(Fetch { number, key, asked }) {
            return self.refuse(number);
        }
        Ok(())
    }

    /// The pool did not take a fetch, or dropped it: all who wait for it are told.
    fn refuse(&mut self, fetch: usize) -> Result<()> {
        self.window.drops += 1;
        self.land(fetch);
        for call in std::mem::take(&mut self.sent[fetch].waiting) {
            self.calls[call].fetch = None;
            self.try_again(call)?;
        }
        Ok(())
    }

    /// A try's time is over: the first that waits gives up, and tries again or fails.
    fn give_up(&mut self, call: usize, fetch: usize) -> Result<()> {
        self.window.timeouts += 1;
        self.sent[fetch].waiting.pop_front();
        self.sent[fetch].orphaned = true;
        if self.rules.same_key != SameKey::Kept && self.rules.fill != Fill::Late {
            self.land(fetch);
        }
        if self.sent[fetch].waiting.is_empty() {
            self.pool.abandon(fetch, self.rules.abandoned)?;
        }
        self.try_again(call)
    }

    /// A try got no answer: the next one, or the request has failed.
    fn try_again(&mut self, call: usize) -> Result<()> {
        let Call { key, arrived, retries, .. } = self.calls[call];
        if retries == self.rules.retries {
            self.window.failures += 1;
            self.window.lost += arrived.elapsed().as_nanos() as u64;
            return Ok(());
        }
        self.window.retries += 1;
        self.calls[call].retries += 1;
        if self.cache.get(key)? {
            self.window.in_time += 1;
            return Ok(());
        }
        self.ask(call)
    }

    fn answer(&mut self, fetch: usize) -> Result<()> {
        self.window.answered += 1;
        self.land(fetch);
        let Sent { key, waiting, orphaned } = &mut self.sent[fetch];
        let (key, waiting) = (*key, std::mem::take(waiting));
        // Where single-flight is kept, only whoever asked inserts.
        let has_filler = !*orphaned || self.rules.same_key != SameKey::Kept;
        if self.rules.fill == Fill::Late || has_filler && !waiting.is_empty() {
            self.window.inserts += 1;
            self.cache.set(key, BYTES)?;
        }
        for call in waiting {
            self.window.in_time += 1;
            self.calls[call].fetch = None;
        }
        Ok(())
    }

    /// The fetch can be joined no longer.
    fn land(&mut self, fetch: usize) {
        let key = self.sent[fetch].key;
        if self.under_way.get(&key) == Some(&fetch) {
            self.under_way.remove(&key);
        }
    }
}
