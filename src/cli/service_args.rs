//! The flags that say what surrounds the cache: the backend, and the clients' patience.

use crate::analysis::Backend;
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::outage::words::{self, QueueWord};
use crate::outage::backend::Scatter;
use crate::outage::client::Backoff;
use crate::outage::{Abandoned, SameKey};
use crate::units::{Rate, Ratio, Seconds};
use clap::Args;

/// The backend and its clients; a trace says none of it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The service")]
pub struct ServiceArgs {
    /// What the backend can do: 300/s answers, 250MB/s, or auto: 1.1x what the cache lets it need, a guess. Without it gap has no
    /// verdict, and what simulates has no answer
    #[arg(short, long, value_name = "RATE|auto", value_parser = parse_backend, allow_hyphen_values = true)]
    backend: Option<BackendArg>,
    /// How many answers the backend works on at once; with --service-time it says what the backend can do [default: as many
    /// as --backend and --service-time say]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    servers: Option<u32>,
    /// Mean time the backend works on one answer [default: 10ms]
    #[arg(long, value_name = "TIME")]
    service_time: Option<Seconds>,
    /// How service times scatter in simulations: constant, exponential, lognormal:0.5; all are tried, the worst counts
    /// [default: constant,exponential]
    #[arg(long, value_name = "HOW,...", value_delimiter = ',')]
    service: Vec<Scatter>,
    /// How long a client waits for an answer [default: 1s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<Seconds>,
    /// How often a client asks again after a timeout [default: 0]
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// How long it waits before that: none, a time, or exponential:first=100ms,cap=10s,jitter=50% [default: none]
    #[arg(long, value_name = "BACKOFF", value_parser = words::backoff)]
    backoff: Option<Backoff>,
    /// Retries that all clients together may send, per request: 10% [default: any]
    #[arg(long, value_name = "SHARE")]
    retry_budget: Option<Ratio>,
    /// The queue before the backend: unbounded, how many may wait, lifo, deadline, codel, priority [default: unbounded]
    #[arg(long, value_name = "QUEUE")]
    queue: Option<QueueWord>,
    /// What becomes of work whose client gave up: it is finished, leaves the queue unless begun, or is cancelled
    /// [default: finished]
    #[arg(long, value_name = "finished|leaves|cancelled")]
    abandoned: Option<Abandoned>,
    /// What refusing or dropping an ask costs the backend, as a share of an answer [default: 0%]
    #[arg(long, value_name = "SHARE")]
    error_cost: Option<Ratio>,
    /// A miss joins the fetch of the same key that is under way: joined, until whoever asked gives up; kept, until the answer
    #[arg(long, value_name = "joined|kept", num_args = 0..=1, require_equals = true, default_missing_value = "joined")]
    single_flight: Option<SameKey>,
    /// Answers enter the cache also when nobody waits for them any more (a read-through cache)
    #[arg(long)]
    late_answers: bool,
}

/// `--backend`: a rate or `auto`.
#[derive(Debug, Clone, Copy)]
pub struct BackendArg(Option<Rate>);

impl BackendArg {
    /// The capacity, where it is said.
    pub fn rate(self) -> Option<Rate> {
        self.0
    }

    /// Whether it is to be assumed.
    pub fn is_assumed(self) -> bool {
        self.0.is_none()
    }
}

/// Reads one.
pub fn parse_backend(text: &str) -> std::result::Result<BackendArg, String> {
    if text == "auto" {
        return Ok(BackendArg(None));
    }
    text.parse().map(|rate| BackendArg(Some(rate))).map_err(|error: crate::units::UnitError| error.to_string())
}

impl ServiceArgs {
    /// The scenario with what the flags say instead.
    pub fn over(&self, scenario: &Scenario) -> Scenario {
        let mut own = Scenario::default();
        own.servers = self.servers;
        own.service_time = self.service_time;
        own.service.clone_from(&self.service);
        own.timeout = self.timeout;
        own.retries = self.retries;
        own.backoff = self.backoff;
        own.retry_budget = self.retry_budget;
        own.queue = self.queue;
        own.abandoned = self.abandoned;
        own.error_cost = self.error_cost;
        own.single_flight = self.single_flight;
        own.late_answers = Some(self.late_answers).filter(|late| *late);
        let mut said = own.over(scenario);
        said.backend = self.backend.map_or(scenario.backend, |BackendArg(backend)| backend);
        said
    }

    /// True where the command line says how long an answer takes.
    pub fn says_time(&self) -> bool {
        self.service_time.is_some() || self.servers.is_some()
    }

    /// The backend where its capacity is not said: assumed where that was asked for.
    pub fn otherwise(&self) -> Backend {
        if self.backend.is_some() { Backend::Assumed } else { Backend::Unknown }
    }
}
