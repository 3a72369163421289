//! What surrounds the cache beside what the predicate knows of ([`Service`]): how the backend's times scatter, its queue, its
//! retries, what fills the cache. A simulation knows all of it, and is tried with every distribution of service times.

use super::words::QueueWord;
use crate::outage::backend::Scatter;
use crate::outage::client::{Backoff, Budget};
use crate::outage::queue::Order;
use crate::outage::{Abandoned, Fill, Model, SameKey};
use crate::service::Service;
use crate::units::{Demand, Rate, Ratio};
use std::borrow::Cow;

/// The loop that a simulation closes.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedLoop {
    /// How service times scatter: each is tried, and the worse outcome counts. At least one.
    pub service_times: Vec<Scatter>,
    /// How many answers the backend works on at once; `None`: as many as its capacity and service time say.
    pub servers: Option<u32>,
    /// The queue before the backend.
    pub queue: QueueWord,
    /// What becomes of work whose client gave up.
    pub abandoned: Abandoned,
    /// What a miss does while the same key is being fetched.
    pub same_key: SameKey,
    /// Which answers enter the cache.
    pub fill: Fill,
    /// How long clients wait before they try again.
    pub backoff: Backoff,
    /// What retries all clients together may spend; `None`: any.
    pub budget: Option<Budget>,
    /// What refusing or dropping an ask costs the backend, as a share of an answer.
    pub error_cost: Ratio,
}

impl Default for ClosedLoop {
    fn default() -> ClosedLoop {
        ClosedLoop {
            service_times: vec![Scatter::Constant, Scatter::Exponential],
            servers: None,
            queue: QueueWord::Unbounded,
            abandoned: Abandoned::Finished,
            same_key: SameKey::EachAsks,
            fill: Fill::InTime,
            backoff: Backoff::None,
            budget: None,
            error_cost: Ratio::NONE,
        }
    }
}

/// What chance gives a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// How service times scatter.
    pub service: Scatter,
    /// The seed of everything that is drawn.
    pub seed: u64,
}

impl Draw {
    /// The same surroundings, with these service times.
    pub fn model(&self, model: &Model) -> Model {
        Model { backend: model.backend.with_service(self.service), ..*model }
    }
}

impl ClosedLoop {
    /// Everything around the cache, with this backend; service times as the first distribution says.
    pub fn model(&self, service: &Service, backend: Rate) -> Model {
        let service = Service { demand: backend.of, ..*service };
        let mut model = Model::new(&service, backend);
        if let Some(servers) = self.servers {
            model.backend = model.backend.with_count(servers);
        }
        model.backend = model.backend.with_service(self.service_times[0]);
        model.queue = self.queue.queue(service.patience());
        model.abandoned = self.abandoned;
        model.same_key = self.same_key;
        model.fill = self.fill;
        model.client.backoff = self.backoff;
        model.client.budget = self.budget;
        model.error_cost = self.error_cost;
        model
    }

    /// `count` seeds from `first` on with every distribution; where nothing is drawn, one is as good as many.
    pub fn draws(&self, first: u64, count: u64) -> Vec<Draw> {
        let jitters = matches!(self.backoff, Backoff::Exponential { jitter, .. } if jitter.get() > 0.0);
        let seeds = |service: Scatter| if service == Scatter::Constant && !jitters { 1 } else { count };
        let of = |service| (0..seeds(service)).map(move |i| Draw { service, seed: first.wrapping_add(i) });
        self.service_times.iter().flat_map(|service| of(*service)).collect()
    }

    /// The distributions, as people write them.
    pub fn service_times(&self) -> String {
        self.service_times.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    }
}

/// Why the predicate, which speaks of one FIFO queue that is left by answers alone, says nothing of this one; `None` where
/// it does. `reachable`: the longest queue whose last ask is answered in time.
pub fn beyond_the_predicate(model: &Model, reachable: f64) -> Option<Cow<'static, str>> {
    match (model.queue.order, model.queue.bound) {
        (Order::Fifo, Some(bound)) if f64::from(bound) < reachable && model.backend.mu.of == Demand::Answers => {
            Some(format!("at most {bound} wait, and others might have been answered in time").into())
        }
        (Order::Fifo, _) => None,
        _ => Some("the queue is not first in, first out".into()),
    }
}
