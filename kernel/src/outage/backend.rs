//! The backend: how long answers take, and how many it works on at once. It knows requests' sizes and nothing of caches,
//! queues or clients.

use super::slab::NONE;
use crate::hash::mix;
use crate::request::{Request, SECOND};
use crate::units::{Demand, Rate, Ratio, Seconds};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;
use std::str::FromStr;

/// The largest variation of service times that can be asked for: beyond it no run is long enough to meet its mean.
const MOST_VARIED: f64 = 10.0;

/// A backend. Its capacity `mu` is counted in answers or in bytes a second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Backend {
    /// What it does a second at most.
    pub mu: Rate,
    /// How it does it.
    pub kind: Kind,
}

/// How a backend works.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `count` servers, each of which works on one answer at a time; the mean service time is `count / mu`.
    Servers {
        /// How many.
        count: u32,
        /// How service times scatter.
        service: Scatter,
    },
    /// One line that lets `mu` a second pass; an answer comes `latency` after its turn began.
    PureRate {
        /// How long an answer takes beside its wait.
        latency: Seconds,
    },
    /// Servers that hinder each other: with n of them at work, a service takes
    /// `1 + serial (n - 1) + crosstalk n (n - 1)` times as long (Gunther's universal scalability law), so that capacity
    /// falls once concurrency is high. `mu` is what all servers would do without hindrance.
    Contended {
        /// How many at most.
        count: u32,
        /// How service times scatter.
        service: Scatter,
        /// What is serialised.
        serial: f64,
        /// What it costs each pair to agree.
        crosstalk: f64,
    },
}

/// How service times scatter around their mean. People write `constant`, `exponential` or `lognormal:0.5`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scatter {
    /// Not at all.
    Constant,
    /// Exponentially.
    Exponential,
    /// Lognormally, with this standard deviation as a multiple of the mean.
    Lognormal {
        /// Standard deviation over mean, above 0.
        variation: f64,
    },
}

impl fmt::Display for Scatter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scatter::Constant => f.pad("constant"),
            Scatter::Exponential => f.pad("exponential"),
            Scatter::Lognormal { variation } => f.pad(&format!("lognormal:{variation}")),
        }
    }
}

impl FromStr for Scatter {
    type Err = String;
    fn from_str(text: &str) -> Result<Scatter, String> {
        // Fields of other words have names; this one may be called by its own.
        let variation = |text: &str| {
            let value: f64 = text.strip_prefix("variation=").unwrap_or(text).parse().ok()?;
            (value > 0.0 && value <= MOST_VARIED).then_some(value)
        };
        match text.split_once(':') {
            None if text == "constant" => Ok(Scatter::Constant),
            None if text == "exponential" => Ok(Scatter::Exponential),
            Some(("lognormal", field)) => {
                variation(field).map(|variation| Scatter::Lognormal { variation }).ok_or_else(|| {
                    format!("lognormal: the variation must be above 0 and at most {MOST_VARIED}, not '{field}'")
                })
            }
            _ => Err(format!(
                "'{text}' is no distribution of service times; write constant, exponential or lognormal:0.5"
            )),
        }
    }
}

impl Backend {
    /// As many exponential servers as give `mu` with this mean service time; at least one.
    pub fn servers(mu: Rate, service_time: Seconds) -> Backend {
        let count = (mu.per_second * service_time.0).round().clamp(1.0, f64::from(u32::MAX)) as u32;
        // A rate in bytes or costs says nothing of how many answers are worked on at once.
        let count = if mu.of == Demand::Answers { count } else { 1 };
        Backend { mu, kind: Kind::Servers { count, service: Scatter::Exponential } }
    }

    /// The same backend with other service times; a pure rate has none.
    #[must_use]
    pub fn with_service(mut self, scatter: Scatter) -> Backend {
        if let Kind::Servers { service, .. } | Kind::Contended { service, .. } = &mut self.kind {
            *service = scatter;
        }
        self
    }

    /// The same backend with so many servers; a pure rate has none.
    #[must_use]
    pub fn with_count(mut self, servers: u32) -> Backend {
        if let Kind::Servers { count, .. } | Kind::Contended { count, .. } = &mut self.kind {
            *count = servers.max(1);
        }
        self
    }

    fn count(&self) -> usize {
        match self.kind {
            Kind::Servers { count, .. } | Kind::Contended { count, .. } => count as usize,
            Kind::PureRate { .. } => 1,
        }
    }
}

/// A backend at work. Fetches are named by integers.
pub(super) struct Station {
    backend: Backend,
    count: usize,
    /// Nanoseconds of one server's time per unit of demand.
    unit: f64,
    /// Services under way: when they end, whose they are. Of a pure rate: the turn under way, which is nobody's.
    busy: BinaryHeap<Reverse<(u64, u32)>>,
    /// Answers of a pure rate, in order of their times.
    answers: VecDeque<(u64, u32)>,
    /// When the next service ends or answer comes; `u64::MAX` while there is none.
    pub(super) next: u64,
    /// Share of its speed that is left.
    speed: f64,
    stalled: bool,
    /// Work on errors, in units of demand, done before the next answer.
    debt: f64,
    random: Xoshiro256PlusPlus,
}

/// What happened at the backend.
pub(super) struct Done {
    /// The fetch that is answered now, if any.
    pub(super) answered: Option<u32>,
    /// Whether a server is free now.
    pub(super) freed: bool,
}

impl Station {
    pub(super) fn new(backend: Backend, seed: u64) -> Station {
        let count = backend.count();
        Station {
            backend,
            count,
            unit: count as f64 * SECOND as f64 / backend.mu.per_second,
            busy: BinaryHeap::new(),
            answers: VecDeque::new(),
            next: u64::MAX,
            speed: 1.0,
            stalled: false,
            debt: 0.0,
            random: Xoshiro256PlusPlus::seed_from_u64(mix(seed ^ 0x5e41)),
        }
    }

    /// Whether a service may begin.
    #[inline(always)]
    pub(super) fn is_free(&self) -> bool {
        self.busy.len() < self.count && !self.stalled
    }

    /// Share of its usual speed at which it works from now on.
    pub(super) fn slow_to(&mut self, share: Ratio) {
        self.speed = share.get().max(1e-9);
    }

    /// While it stalls, nothing begins.
    pub(super) fn stall(&mut self, stalled: bool) {
        self.stalled = stalled;
    }

    /// An error cost this share of an answer.
    #[inline(always)]
    pub(super) fn charge(&mut self, share: Ratio, request: &Request) {
        self.debt += share.get() * request.share(self.backend.mu.of);
    }

    /// Begins a service. Only while [`Station::is_free`].
    #[inline(always)]
    pub(super) fn begin(&mut self, fetch: u32, request: &Request, now: u64) {
        let scale = self.unit / self.speed;
        let debt = std::mem::take(&mut self.debt) * scale;
        let work = debt + request.share(self.backend.mu.of) * self.scatter() * scale;
        let end = now.saturating_add((work * self.hindrance()) as u64);
        if let Kind::PureRate { latency } = self.backend.kind {
            let answer = now.saturating_add(debt as u64).saturating_add(latency.nanoseconds());
            self.answers.push_back((answer, fetch));
            self.busy.push(Reverse((end, NONE)));
            self.next = self.next.min(answer);
        } else {
            self.busy.push(Reverse((end, fetch)));
        }
        self.next = self.next.min(end);
    }

    fn hindrance(&self) -> f64 {
        match self.backend.kind {
            Kind::Contended { serial, crosstalk, .. } => {
                let (n, others) = (self.busy.len() as f64 + 1.0, self.busy.len() as f64);
                1.0 + serial * others + crosstalk * n * others
            }
            _ => 1.0,
        }
    }

    /// A service time with mean 1.
    #[inline(always)]
    fn scatter(&mut self) -> f64 {
        match self.backend.kind {
            Kind::PureRate { .. } => 1.0,
            Kind::Servers { service, .. } | Kind::Contended { service, .. } => match service {
                Scatter::Constant => 1.0,
                Scatter::Exponential => -(1.0 - self.random.random::<f64>()).ln(),
                Scatter::Lognormal { variation } => {
                    let variance = (1.0 + variation * variation).ln();
                    let normal: f64 = StandardNormal.sample(&mut self.random);
                    (variance.sqrt() * normal - variance / 2.0).exp()
                }
            },
        }
    }

    /// What happens at [`Station::next`].
    #[inline(always)]
    pub(super) fn step(&mut self) -> Done {
        let now = self.next;
        let done = match self.answers.front() {
            Some((at, fetch)) if *at <= now => {
                let answered = Some(*fetch);
                self.answers.pop_front();
                Done { answered, freed: false }
            }
            _ => {
                let ended = self.busy.pop().map(|Reverse((_, fetch))| fetch);
                Done { answered: ended.filter(|fetch| *fetch != NONE), freed: true }
            }
        };
        self.schedule();
        done
    }

    /// Stops working on a fetch; true where it was in service. An answer whose turn is over comes all the same.
    pub(super) fn cancel(&mut self, fetch: u32) -> bool {
        let before = self.busy.len();
        if self.answers.back().is_some_and(|(_, last)| *last == fetch) && before > 0 {
            self.answers.pop_back();
            self.busy.clear();
        } else {
            self.busy.retain(|Reverse((_, other))| *other != fetch);
        }
        self.schedule();
        self.busy.len() < before
    }

    #[inline(always)]
    fn schedule(&mut self) {
        let service = self.busy.peek().map_or(u64::MAX, |Reverse((at, _))| *at);
        let answer = self.answers.front().map_or(u64::MAX, |(at, _)| *at);
        self.next = service.min(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sample mean and standard deviation.
    fn drawn(service: Scatter) -> (f64, f64) {
        const COUNT: usize = 400_000;
        let backend = Backend { mu: Rate::answers(1.0), kind: Kind::Servers { count: 1, service } };
        let mut station = Station::new(backend, 7);
        let times: Vec<f64> = (0..COUNT).map(|_| station.scatter()).collect();
        let mean = times.iter().sum::<f64>() / COUNT as f64;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / COUNT as f64;
        (mean, variance.sqrt())
    }

    #[test]
    fn service_times_have_mean_1_and_the_variation_that_was_asked_for() {
        assert_eq!(drawn(Scatter::Constant), (1.0, 0.0));
        for (scatter, variation) in [
            (Scatter::Exponential, 1.0),
            (Scatter::Lognormal { variation: 0.2 }, 0.2),
            (Scatter::Lognormal { variation: 1.0 }, 1.0),
            (Scatter::Lognormal { variation: 2.0 }, 2.0),
        ] {
            let (mean, deviation) = drawn(scatter);
            // Five standard errors of the mean; the deviation of a heavy tail converges more slowly.
            assert!((mean - 1.0).abs() < 5.0 * variation / 400_000f64.sqrt(), "{scatter}: {mean}");
            assert!((deviation / variation - 1.0).abs() < 0.1, "{scatter}: {deviation}");
        }
    }

    #[test]
    fn distributions_are_read_as_they_are_printed() {
        for text in ["constant", "exponential", "lognormal:0.5", "lognormal:2"] {
            assert_eq!(text.parse::<Scatter>().map(|scatter| scatter.to_string()), Ok(text.to_string()));
        }
        assert_eq!("lognormal:variation=0.5".parse(), Ok(Scatter::Lognormal { variation: 0.5 }));
        for text in
            ["", "const", "lognormal", "lognormal:", "lognormal:0", "lognormal:-1", "lognormal:inf", "lognormal:11"]
        {
            assert!(text.parse::<Scatter>().is_err(), "{text}");
        }
    }
}
