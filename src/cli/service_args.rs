//! The flags that say what surrounds the cache: the backend, and the clients' patience.

use super::compare::CandidateArgs;
use crate::analysis::Backend;
use crate::analysis::outage::closed_loop::ClosedLoop;
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::outage::words::{self, QueueWord};
use crate::error::{Error, Result};
use crate::outage::backend::Scatter;
use crate::outage::client::Backoff;
use crate::outage::{Abandoned, Fill, SameKey};
use crate::service::Service;
use crate::units::{Demand, Rate, Ratio, Seconds};
use clap::Args;

/// The backend and its clients; a trace says none of it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The service")]
pub struct ServiceArgs {
    /// What the backend can do: 300/s answers, 250MB/s, or auto: 1.1x what the cache lets it need, a guess [default: of gap
    /// nothing, so that there is no verdict; else auto]
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

/// A service as it was said.
pub struct Said {
    /// The backend's capacity.
    pub backend: Backend,
    /// What capacities depend on.
    pub service: Service,
    /// What simulations know beside that.
    pub closed_loop: ClosedLoop,
    /// What was left open, each with what is taken instead.
    pub unsaid: Vec<String>,
}

/// `--backend`: a rate or `auto`.
#[derive(Debug, Clone, Copy)]
pub struct BackendArg(Option<Rate>);

/// Reads one.
pub fn parse_backend(text: &str) -> std::result::Result<BackendArg, String> {
    if text == "auto" {
        return Ok(BackendArg(None));
    }
    text.parse().map(|rate| BackendArg(Some(rate))).map_err(|error: crate::units::UnitError| error.to_string())
}

/// Refuses windows that hold nothing, and horizons within which nobody can see whether answers keep coming in time.
///
/// # Errors
/// One of these.
pub fn check_lengths(window: Option<Seconds>, horizon: Seconds, service: &Service) -> Result<()> {
    if window.is_some_and(|window| window.nanoseconds() == 0) {
        return Err(Error::usage("a window must be longer than nothing").hint("write it like --window 10s"));
    }
    let least = service.least_while();
    if horizon < least {
        return Err(Error::usage(format!(
            "a horizon of {horizon} is too short to tell what clients that wait {} recover from",
            service.timeout
        ))
        .hint(format!("give --horizon {}s or longer: ten timeouts", least.0)));
    }
    Ok(())
}

impl ServiceArgs {
    /// What the flags say, else the scenario, else a default.
    ///
    /// # Errors
    /// A timeout within which no answer can come; a backend, servers and a service time that contradict each other.
    pub fn resolve(&self, scenario: &Scenario) -> Result<Said> {
        let given = self.backend.map_or(scenario.backend, |BackendArg(backend)| backend);
        let servers = self.servers.or(scenario.servers);
        let asked_time = self.service_time.or(scenario.service_time);
        let (rate, service_time) = capacity(given, servers, asked_time)?;
        let backend = match (rate, self.backend) {
            (Some(rate), _) => Backend::Given(rate),
            (None, Some(_)) => Backend::Assumed,
            (None, None) => Backend::Unknown,
        };
        let asked_timeout = self.timeout.or(scenario.timeout);
        let retries = self.retries.or(scenario.retries);
        let timeout = asked_timeout.unwrap_or(Seconds(1.0));
        if timeout.0 <= service_time.0 {
            return Err(Error::usage(format!(
                "the timeout ({timeout}) must be longer than the service time ({service_time})"
            ))
            .hint("no answer could ever be in time; check --timeout and --service-time"));
        }
        let same_key = self.single_flight.or(scenario.single_flight).unwrap_or(SameKey::EachAsks);
        let service = Service {
            demand: rate.map_or(Demand::Answers, |rate| rate.of),
            timeout,
            service_time,
            retries: retries.unwrap_or(0),
            single_flight: same_key != SameKey::EachAsks,
        };
        let plain = ClosedLoop::default();
        let late = self.late_answers || scenario.late_answers.unwrap_or(false);
        let said = |own: &[Scatter]| (!own.is_empty()).then(|| own.to_vec());
        let closed_loop = ClosedLoop {
            service_times: said(&self.service).or_else(|| said(&scenario.service)).unwrap_or(plain.service_times),
            servers,
            queue: self.queue.or(scenario.queue).unwrap_or(plain.queue),
            abandoned: self.abandoned.or(scenario.abandoned).unwrap_or(plain.abandoned),
            same_key,
            fill: if late { Fill::Late } else { Fill::InTime },
            backoff: self.backoff.or(scenario.backoff).unwrap_or(plain.backoff),
            budget: self.retry_budget.or(scenario.retry_budget).map(|share| words::budget(share.get())),
            error_cost: self.error_cost.or(scenario.error_cost).unwrap_or(plain.error_cost),
        };
        let unsaid = [
            asked_timeout.is_none().then(|| format!("timeout ({timeout})")),
            (asked_time.is_none() && servers.is_none()).then(|| format!("service time ({service_time})")),
            retries.is_none().then(|| "retries (0)".to_string()),
        ];
        Ok(Said { backend, service, closed_loop, unsaid: unsaid.into_iter().flatten().collect() })
    }

    /// True where the command line says how long an answer takes.
    pub fn says_time(&self) -> bool {
        self.service_time.is_some() || self.servers.is_some()
    }

    /// The same with what is changed for a candidate.
    pub fn with(&self, changed: &CandidateArgs) -> ServiceArgs {
        ServiceArgs {
            backend: changed.candidate_backend.or(self.backend),
            service_time: changed.candidate_service_time.or(self.service_time),
            timeout: changed.candidate_timeout.or(self.timeout),
            retries: changed.candidate_retries.or(self.retries),
            single_flight: changed.candidate_single_flight.or(self.single_flight),
            ..self.clone()
        }
    }
}

/// Servers that differ from what capacity and service time say by more than this share contradict them.
const AGREE: f64 = 0.1;
/// The service time that is assumed where nobody says it.
const SERVICE_TIME: Seconds = Seconds(0.01);

/// The backend's capacity and mean service time: of capacity, servers and service time any two give the third.
fn capacity(
    backend: Option<Rate>,
    servers: Option<u32>,
    service_time: Option<Seconds>,
) -> Result<(Option<Rate>, Seconds)> {
    let count = f64::from(servers.unwrap_or(0));
    match (backend, servers, service_time) {
        (None, Some(_), None) => Err(Error::usage("--servers alone does not say what the backend can do")
            .hint("add how long one answer takes (--service-time 100ms), or the capacity (-b 300/s)")),
        (None, Some(_), Some(time)) if time.0 > 0.0 => Ok((Some(Rate::answers(count / time.0)), time)),
        (Some(rate), Some(_), None) if rate.of == Demand::Answers => Ok((backend, Seconds(count / rate.per_second))),
        (Some(rate), Some(_), Some(time))
            if rate.of == Demand::Answers && (rate.per_second * time.0 / count - 1.0).abs() > AGREE =>
        {
            Err(Error::usage(format!(
                "--servers {count} with {time} for an answer are {}, and --backend says {rate}",
                Rate::answers(count / time.0)
            ))
            .hint("leave one of --backend, --servers and --service-time out: two give the third"))
        }
        (_, _, time) => Ok((backend, time.unwrap_or(SERVICE_TIME))),
    }
}
