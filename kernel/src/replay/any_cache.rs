//! A cache of whatever policy. Code that asks questions is written over it and compiled once, not once per policy: a call
//! through it is a loop over many requests, never a single request. It knows loops, and no question.

use super::survival::Walker;
use super::{Tally, noting, replay};
use crate::cache::{Cache, Lookaside};
use crate::outage::any_run::AnyRun;
use crate::outage::run::{Run, Scenario, simulate};
use crate::outage::search::{Outcome, settle, trial};
use crate::outage::window::Window;
use crate::placement::Lost;
use crate::policy::Policy;
use crate::request::{Request, Requests};
use crate::service::Service;
use crate::units::Seconds;
use std::any::Any;

/// A cache whose policy is not known to the caller. [`Cell::cache`](super::cell::Cell::cache) makes them.
pub trait AnyCache: Any + Send + Sync {
    /// A copy.
    fn fork(&self) -> Box<dyn AnyCache>;

    /// Makes `copy` a copy of this cache; without allocating where it is a fork of it, or the other way round.
    fn copy_to(&self, copy: &mut Box<dyn AnyCache>);

    /// Replays requests, each miss filled at once.
    fn replay(&mut self, requests: &Requests<'_>) -> Tally;

    /// The same, and appends for each request whether it was a get that missed.
    fn replay_noting(&mut self, requests: &Requests<'_>, missed: &mut Vec<bool>) -> Tally;

    /// Walks the predicate: see [`Walker::walk`].
    fn walk(&mut self, walker: &mut Walker, requests: &Requests<'_>, service: &Service, mu: f64) -> Option<usize>;

    /// Simulates an outage with this cache: see [`simulate`].
    fn simulate(&mut self, scenario: &Scenario<'_>, horizon: Seconds) -> Vec<Window>;

    /// Tries a load on this cache: see [`trial`].
    fn trial(&mut self, scenario: &Scenario<'_>, quiet: Seconds, horizon: Seconds) -> Outcome;

    /// Simulates an outage until all is calm again: see [`settle`].
    fn settle(&mut self, scenario: &Scenario<'_>, quiet: Seconds, horizon: Seconds) -> Vec<Window>;

    /// Begins a simulation of an outage, which the caller continues window by window.
    fn begin<'a>(&'a mut self, scenario: &Scenario<'a>) -> Box<dyn AnyRun + 'a>;

    /// Inserts the objects of these requests, the first one first, as if their answers came at `now`.
    fn fill(&mut self, requests: &mut dyn Iterator<Item = &Request>, now: u64);

    /// Loses the keys of some nodes. `key_hashes`: by object.
    fn lose(&mut self, lost: Lost, key_hashes: &[u32]);

    /// Loses everything.
    fn flush(&mut self);

    /// Objects cached now.
    fn entries(&self) -> u64;

    /// What is cached now, in the capacity's unit.
    fn used(&self) -> u64;

    /// What is cached as a share of the capacity; 0 where the capacity has no limit.
    fn filled(&self) -> f64;

    /// How often the policy had a say: see [`Lookaside::decisions`].
    fn decisions(&self) -> u64;

    /// Objects of the trace, cached or not.
    fn object_count(&self) -> usize;
}

impl<P: Policy> AnyCache for Cache<P> {
    fn fork(&self) -> Box<dyn AnyCache> {
        Box::new(self.clone())
    }

    fn copy_to(&self, copy: &mut Box<dyn AnyCache>) {
        let any: &mut dyn Any = &mut **copy;
        match any.downcast_mut::<Cache<P>>() {
            Some(same) => same.copy_from(self),
            None => *copy = self.fork(),
        }
    }

    fn replay(&mut self, requests: &Requests<'_>) -> Tally {
        replay(self, requests)
    }

    fn replay_noting(&mut self, requests: &Requests<'_>, missed: &mut Vec<bool>) -> Tally {
        noting(self, requests, Some(missed))
    }

    fn walk(&mut self, walker: &mut Walker, requests: &Requests<'_>, service: &Service, mu: f64) -> Option<usize> {
        walker.walk(self, requests, service, mu)
    }

    fn simulate(&mut self, scenario: &Scenario<'_>, horizon: Seconds) -> Vec<Window> {
        simulate(scenario, self, horizon)
    }

    fn trial(&mut self, scenario: &Scenario<'_>, quiet: Seconds, horizon: Seconds) -> Outcome {
        trial(scenario, self, quiet, horizon)
    }

    fn settle(&mut self, scenario: &Scenario<'_>, quiet: Seconds, horizon: Seconds) -> Vec<Window> {
        settle(scenario, self, quiet, horizon)
    }

    fn begin<'a>(&'a mut self, scenario: &Scenario<'a>) -> Box<dyn AnyRun + 'a> {
        Box::new(Run::new(scenario, self))
    }

    fn fill(&mut self, requests: &mut dyn Iterator<Item = &Request>, now: u64) {
        requests.for_each(|request| self.insert(request, now));
    }

    fn lose(&mut self, lost: Lost, key_hashes: &[u32]) {
        self.lose_where(|object| lost.holds(key_hashes[object.index()]));
    }

    fn flush(&mut self) {
        Lookaside::flush(self);
    }

    fn entries(&self) -> u64 {
        Lookaside::entries(self)
    }

    fn used(&self) -> u64 {
        Cache::used(self)
    }

    fn filled(&self) -> f64 {
        Cache::filled(self)
    }

    fn decisions(&self) -> u64 {
        Lookaside::decisions(self)
    }

    fn object_count(&self) -> usize {
        Cache::object_count(self)
    }
}
