//! Scenario files: an outage written down, with what happens when, and the service it happens to. It knows no run.

use super::words::{self, QueueWord};
use crate::error::{Error, Result};
use crate::outage::backend::Scatter;
use crate::outage::client::Backoff;
use crate::outage::trigger::{Happening, Step};
use crate::outage::{Abandoned, SameKey};
use crate::policy::spec::{self, PolicySpec};
use crate::settings;
use crate::units::{CacheSize, Load, Rate, Ratio, Seconds};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, de};
use std::fmt::Display;
use std::str::FromStr;

/// An example that names every field; `coldgap outage --help` shows it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// What a scenario file says. What it leaves out, the command line says, or a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub about: Option<String>,
    /// The eviction policy.
    #[serde(default, deserialize_with = "policy")]
    pub policy: Option<PolicySpec>,
    /// The cache size.
    #[serde(default, deserialize_with = "text")]
    pub cache: Option<CacheSize>,
    /// What the backend can do.
    #[serde(default, deserialize_with = "text")]
    pub backend: Option<Rate>,
    /// How many answers the backend works on at once.
    pub servers: Option<u32>,
    /// How service times scatter; none: as by default.
    #[serde(default, deserialize_with = "texts")]
    pub service: Vec<Scatter>,
    /// Mean time the backend works on one answer.
    #[serde(default, deserialize_with = "text")]
    pub service_time: Option<Seconds>,
    /// How long a client waits.
    #[serde(default, deserialize_with = "text")]
    pub timeout: Option<Seconds>,
    /// How often a client asks again.
    pub retries: Option<u32>,
    /// How long it waits before that.
    #[serde(default, deserialize_with = "backoff")]
    pub backoff: Option<Backoff>,
    /// A miss joins the fetch of the same key.
    #[serde(default, deserialize_with = "single_flight")]
    pub single_flight: Option<SameKey>,
    /// What becomes of work whose client gave up.
    #[serde(default, deserialize_with = "text")]
    pub abandoned: Option<Abandoned>,
    /// Retries that all clients together may send, per request.
    #[serde(default, deserialize_with = "text")]
    pub retry_budget: Option<Ratio>,
    /// Answers enter the cache also when nobody waits for them.
    pub late_answers: Option<bool>,
    /// The queue before the backend.
    #[serde(default, deserialize_with = "text")]
    pub queue: Option<QueueWord>,
    /// What refusing or dropping an ask costs the backend, as a share of an answer.
    #[serde(default, deserialize_with = "text")]
    pub error_cost: Option<Ratio>,
    /// The load.
    #[serde(default, deserialize_with = "text")]
    pub load: Option<Load>,
    /// When it begins, after the trace's first request.
    #[serde(default, deserialize_with = "text")]
    pub at: Option<Seconds>,
    /// How long it is followed.
    #[serde(default, deserialize_with = "text")]
    pub horizon: Option<Seconds>,
    /// When remedies are switched on, after the last trigger.
    #[serde(default, deserialize_with = "text")]
    pub act_after: Option<Seconds>,
    /// Seed of the simulation.
    pub seed: Option<u64>,
    /// What happens when.
    #[serde(default)]
    step: Vec<Line>,
}

/// One `[[step]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// After the scenario's begin.
    #[serde(deserialize_with = "length")]
    at: Seconds,
    trigger: Option<Parsed<Trigger>>,
    remedy: Option<Parsed<Remedy>>,
    #[serde(default, deserialize_with = "text")]
    load: Option<Load>,
}

/// A word of [`words`], read where it stands so that an error names its line.
#[derive(Debug, Clone)]
struct Parsed<K: Kind>(K::Value);

trait Kind {
    type Value: std::fmt::Debug + Clone;
    fn read(text: &str) -> std::result::Result<Self::Value, String>;
}

#[derive(Debug, Clone)]
struct Trigger;
#[derive(Debug, Clone)]
struct Remedy;

impl Kind for Trigger {
    type Value = crate::outage::trigger::Trigger;
    fn read(text: &str) -> std::result::Result<Self::Value, String> {
        words::trigger(text)
    }
}

impl Kind for Remedy {
    type Value = crate::outage::remedy::Remedy;
    fn read(text: &str) -> std::result::Result<Self::Value, String> {
        words::remedy(text)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Parsed<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        K::read(&String::deserialize(deserializer)?).map(Parsed).map_err(D::Error::custom)
    }
}

fn read<'de, D: Deserializer<'de>, T, E: Display>(
    deserializer: D,
    parse: impl Fn(&str) -> std::result::Result<T, E>,
) -> std::result::Result<T, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

fn text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(d: D) -> std::result::Result<Option<T>, D::Error> {
    read(d, str::parse).map(Some)
}

fn length<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Seconds, D::Error> {
    read(d, str::parse)
}

fn backoff<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Backoff>, D::Error> {
    read(d, words::backoff).map(Some)
}

/// Several values in one text, between commas.
fn texts<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(d: D) -> std::result::Result<Vec<T>, D::Error> {
    read(d, |text| text.split(',').map(|part| part.trim().parse()).collect())
}

/// `true`, or how long a fetch can be joined.
fn single_flight<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<SameKey>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Switch(bool),
        Word(String),
    }
    match Written::deserialize(d)? {
        Written::Switch(on) => Ok(Some(if on { SameKey::Joined } else { SameKey::EachAsks })),
        Written::Word(word) => word.parse().map(Some).map_err(de::Error::custom),
    }
}

fn policy<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<PolicySpec>, D::Error> {
    read(d, one_policy).map(Some)
}

/// Reads the name of exactly one policy.
///
/// # Errors
/// An unknown policy, or several.
pub fn one_policy(text: &str) -> Result<PolicySpec> {
    let mut policies = spec::parse_list(text)?;
    match (policies.pop(), policies.is_empty()) {
        (Some(policy), true) => Ok(policy),
        _ => Err(Error::usage(format!("an outage is told for one policy, not for '{text}'"))),
    }
}

impl Scenario {
    /// Reads a scenario; `name` is the file it came from.
    ///
    /// # Errors
    /// Text that is no TOML, an unknown key or word, a value that makes no sense; each with its line.
    pub fn parse(text: &str, name: &str) -> Result<Scenario> {
        let hint = "coldgap outage --help shows a scenario with every field";
        let scenario: Scenario =
            toml::from_str(text).map_err(|error| settings::unreadable(text, name, &error).hint(hint))?;
        for line in &scenario.step {
            let said = [line.trigger.is_some(), line.remedy.is_some(), line.load.is_some()];
            if said.iter().filter(|said| **said).count() != 1 {
                let at = line.at;
                return Err(Error::usage(format!("the step at {at} must have one of trigger, remedy and load"))
                    .at(name, None)
                    .hint(hint));
            }
        }
        if scenario.step.iter().all(|line| line.trigger.is_none()) {
            return Err(Error::usage("no step has a trigger, so nothing would happen").at(name, None).hint(hint));
        }
        Ok(scenario)
    }

    /// The other scenario with what this one says of the service instead.
    pub fn over(&self, other: &Scenario) -> Scenario {
        let mut said = other.clone();
        said.backend = self.backend.or(other.backend);
        said.servers = self.servers.or(other.servers);
        said.service_time = self.service_time.or(other.service_time);
        if !self.service.is_empty() {
            said.service.clone_from(&self.service);
        }
        said.timeout = self.timeout.or(other.timeout);
        said.retries = self.retries.or(other.retries);
        said.backoff = self.backoff.or(other.backoff);
        said.retry_budget = self.retry_budget.or(other.retry_budget);
        said.queue = self.queue.or(other.queue);
        said.abandoned = self.abandoned.or(other.abandoned);
        said.error_cost = self.error_cost.or(other.error_cost);
        said.single_flight = self.single_flight.or(other.single_flight);
        said.late_answers = self.late_answers.or(other.late_answers);
        said
    }

    /// Whether it says anything of the service but what the backend can do.
    pub fn says_service(&self) -> bool {
        let Scenario { service_time, service, timeout, retries, single_flight, abandoned, queue, .. } = self;
        service_time.or(*timeout).is_some()
            || !service.is_empty()
            || retries.is_some()
            || single_flight.is_some()
            || abandoned.is_some()
            || queue.is_some()
    }

    /// What happens when, after the begin.
    pub fn steps(&self) -> Vec<(Seconds, Deed)> {
        let deed = |line: &Line| match (&line.trigger, &line.remedy, line.load) {
            (Some(trigger), ..) => Deed::Happens(Happening::Trigger(trigger.0)),
            (_, Some(remedy), _) => Deed::Happens(Happening::Remedy(remedy.0)),
            (.., load) => Deed::Load(load.unwrap_or(Load::TimesToday(1.0))),
        };
        self.step.iter().map(|line| (line.at, deed(line))).collect()
    }
}

/// What a step does; a load becomes a factor only once the trace is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deed {
    /// A trigger or a remedy.
    Happens(Happening),
    /// The load becomes another.
    Load(Load),
}

impl Deed {
    /// The step at its time, for a trace whose busiest window has a load of `today`.
    pub fn step(self, at: Seconds, today: f64) -> Step {
        let what = match self {
            Deed::Happens(what) => what,
            Deed::Load(load) => Happening::Load(factor(load, today)),
        };
        Step { at, what }
    }
}

/// A load as a factor of that of the busiest window.
pub fn factor(load: Load, today: f64) -> f64 {
    match load {
        Load::TimesToday(factor) => factor,
        Load::PerSecond(load) => load / today,
    }
}
