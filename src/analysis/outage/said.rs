//! What is said of a service: the backend and its clients' patience. What nobody says has a default, and is told as unsaid.

use super::closed_loop::ClosedLoop;
use super::scenario::{Deed, Scenario, one_policy};
use super::setup::Setup;
use super::{Extent, Question, words};
use crate::analysis::{AUTO_BACKEND_HEADROOM, Backend, Sweep};
use crate::error::{Error, Result};
use crate::outage::backend::Scatter;
use crate::outage::client::Backoff;
use crate::outage::trigger::{Happening, Trigger};
use crate::outage::{Fill, SameKey};
use crate::service::Service;
use crate::units::{CacheSize, Demand, Rate, Ratio, Seconds};

/// Settings of a service.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What somebody said beside the backend's capacity, as flags say it: `--timeout 20s`.
    pub said: Vec<String>,
    /// What was left open, each with what is taken instead: `timeout (1 s)`.
    pub unsaid: Vec<String>,
}

/// A service as it was said.
pub struct Said {
    /// The backend's capacity.
    pub backend: Backend,
    /// What capacities depend on.
    pub service: Service,
    /// What simulations know beside that.
    pub closed_loop: ClosedLoop,
    /// What of it was said, and what was left open.
    pub settings: Settings,
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

impl Scenario {
    /// The service, with defaults where nothing is said. `otherwise`: the backend where neither its capacity nor its servers are.
    ///
    /// # Errors
    /// A timeout within which no answer can come; a backend, servers and a service time that contradict each other.
    pub fn service(&self, otherwise: Backend) -> Result<Said> {
        let (rate, service_time) = capacity(self.backend, self.servers, self.service_time)?;
        let backend = rate.map_or(otherwise, Backend::Given);
        let timeout = self.timeout.unwrap_or(Seconds(1.0));
        if timeout.0 <= service_time.0 {
            return Err(Error::usage(format!(
                "the timeout ({timeout}) must be longer than the service time ({service_time})"
            ))
            .hint("no answer could ever be in time; check --timeout and --service-time"));
        }
        let same_key = self.single_flight.unwrap_or(SameKey::EachAsks);
        let service = Service {
            demand: rate.map_or(Demand::Answers, |rate| rate.of),
            timeout,
            service_time,
            retries: self.retries.unwrap_or(0),
            single_flight: same_key != SameKey::EachAsks,
        };
        let plain = ClosedLoop::default();
        let late = self.late_answers.unwrap_or(false);
        let said = |own: &[Scatter]| (!own.is_empty()).then(|| own.to_vec());
        let closed_loop = ClosedLoop {
            service_times: said(&self.service).unwrap_or(plain.service_times),
            servers: self.servers,
            queue: self.queue.unwrap_or(plain.queue),
            abandoned: self.abandoned.unwrap_or(plain.abandoned),
            same_key,
            fill: if late { Fill::Late } else { Fill::InTime },
            backoff: self.backoff.unwrap_or(plain.backoff),
            budget: self.retry_budget.map(|share| words::budget(share.get())),
            error_cost: self.error_cost.unwrap_or(plain.error_cost),
        };
        let assumed = rate.is_none() && otherwise == Backend::Assumed;
        let unsaid = [
            assumed.then(|| format!("backend ({AUTO_BACKEND_HEADROOM}x what it needs warm)")),
            self.timeout.is_none().then(|| format!("timeout ({timeout})")),
            (self.service_time.is_none() && self.servers.is_none()).then(|| format!("service time ({service_time})")),
            self.retries.is_none().then(|| "retries (0)".to_string()),
        ];
        let settings = Settings { said: self.told(), unsaid: unsaid.into_iter().flatten().collect() };
        Ok(Said { backend, service, closed_loop, settings })
    }

    /// What was said of the service beside its backend's capacity, as flags say it.
    fn told(&self) -> Vec<String> {
        let of = |flag: &str, value: Option<String>| value.map(|value| format!("--{flag} {value}"));
        let time = |flag: &str, value: Option<Seconds>| of(flag, value.map(written));
        let share = |flag: &str, value: Option<Ratio>| of(flag, value.map(|share| format!("{}%", share.get() * 100.0)));
        let scatter: Vec<String> = self.service.iter().map(ToString::to_string).collect();
        let backoff = self.backoff.map(|backoff| match backoff {
            Backoff::None => "none".to_string(),
            Backoff::Fixed(wait) => written(wait),
            Backoff::Exponential { first, cap, jitter } => {
                format!("exponential:first={},cap={},jitter={jitter}", written(first), written(cap))
            }
        });
        let same_key = self.single_flight.filter(|same_key| *same_key != SameKey::EachAsks);
        let late = self.late_answers.filter(|late| *late);
        let all = [
            time("timeout", self.timeout),
            time("service-time", self.service_time),
            of("servers", self.servers.map(|count| count.to_string())),
            of("service", Some(scatter.join(",")).filter(|scatter| !scatter.is_empty())),
            of("retries", self.retries.map(|count| count.to_string())),
            of("backoff", backoff),
            share("retry-budget", self.retry_budget),
            of("queue", self.queue.map(|queue| queue.to_string())),
            of("abandoned", self.abandoned.map(|abandoned| abandoned.to_string())),
            share("error-cost", self.error_cost),
            same_key.map(|same_key| format!("--single-flight={same_key}")),
            late.map(|_| "--late-answers".to_string()),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A time as a flag says it.
fn written(time: Seconds) -> String {
    format!("{}s", time.0)
}

impl Scenario {
    /// The service under its load, with defaults where nothing is said, and what was said and left open. Policy and size of `sweep` are
    /// the scenario's.
    ///
    /// # Errors
    /// See [`Scenario::service`]; no backend; a horizon that is too short.
    pub fn setup(&self, sweep: Sweep, otherwise: Backend) -> Result<(Setup, Settings)> {
        let horizon = self.horizon.unwrap_or(Seconds(900.0));
        let Said { backend, service, closed_loop, mut settings } = self.service(otherwise)?;
        if self.cache.is_none() {
            settings.unsaid.push("cache size (10%)".to_string());
        }
        check_lengths(None, horizon, &service)?;
        let policy = self.policy.clone().map_or_else(|| one_policy("lru"), Ok)?;
        let size = self.cache.unwrap_or(CacheSize::Auto);
        let setup = Setup {
            sweep: Sweep { policies: vec![policy], sizes: vec![size], ..sweep },
            backend: backend.needed()?.given(),
            service,
            closed_loop,
            load: self.load,
            load_window: None,
            at: self.at,
            horizon,
            seed: self.seed.unwrap_or(1),
        };
        Ok((setup, settings))
    }

    /// The question about an outage of this service: `triggers` at its begin, else the scenario's steps, else the loss of the
    /// whole cache. `window`: as in [`Question`].
    ///
    /// # Errors
    /// A window or a delay of remedies that does not fit into the horizon.
    pub fn outage(
        &self,
        setup: Setup,
        triggers: &[Trigger],
        window: Option<Seconds>,
        extent: Extent,
    ) -> Result<Question> {
        let act_after = self.act_after.unwrap_or(Seconds(30.0));
        check_times(setup.horizon, window, act_after)?;
        let happens = |trigger: &Trigger| (Seconds(0.0), Deed::Happens(Happening::Trigger(*trigger)));
        let deeds = match (triggers, self.steps()) {
            ([], steps) if steps.is_empty() => vec![happens(&Trigger::Flush)],
            ([], steps) => steps,
            (triggers, _) => triggers.iter().map(happens).collect(),
        };
        Ok(Question { setup, deeds, window, act_after, extent })
    }
}

fn check_times(horizon: Seconds, window: Option<Seconds>, act_after: Seconds) -> Result<()> {
    const MOST_WINDOWS: f64 = 100_000.0;
    let window = window.unwrap_or(horizon);
    if window.nanoseconds() == 0 {
        return Err(Error::usage("a window must be longer than nothing").hint("write it like --window 1s"));
    }
    if act_after >= horizon {
        return Err(Error::usage(format!(
            "remedies are switched on after {act_after}, when the horizon of {horizon} is over"
        ))
        .hint("lower --act-after or give a longer --horizon"));
    }
    if horizon.0 / window.0 > MOST_WINDOWS {
        return Err(Error::usage(format!("a horizon of {horizon} has more than 100,000 windows of {window}"))
            .hint("give a wider --window or a shorter --horizon"));
    }
    Ok(())
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
