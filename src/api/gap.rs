//! The question of `coldgap gap`: what is advertised, what is recovered from, what may be cut.

use super::told::{Told, list, read, service, tellable, unknown};
use crate::analysis::asked::{Asked, POLICIES};
use crate::analysis::{Prices, analyse, steps};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::spec::{PolicySpec, parse_list};
use crate::progress::Watch;
use crate::report::{self, Report};
use crate::trace::Trace;
use crate::units::{BackendPrice, CachePrice};
use std::fmt;

/// What load a service advertises, from what load it recovers after losing its cache, and what backend each loss needs.
///
/// ```
/// # fn main() -> coldgap::Result<()> {
/// let trace = coldgap::Trace::open("traces/burst.csv")?;
/// let report = coldgap::Gap::new(&trace)
///     .policies(["lru", "sieve"])?
///     .cache("10%")?
///     .backend("70/s")?
///     .nodes(6)?
///     .set("quick", "true")? // no simulated outages, as --quick
///     .run()?;
/// for found in report.found() {
///     let lost = found.need("1/6").and_then(|need| need.backend);
///     println!("{}: hidden {:?}, one node of six needs {lost:?}", found.policy, found.hidden.safe);
///     assert!(found.hidden.safe <= found.advertised);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Gap<'t> {
    told: Told<'t>,
    asked: Asked,
    backend_price: Option<BackendPrice>,
    cache_price: Option<CachePrice>,
}

tellable!(Gap);

impl<'t> Gap<'t> {
    /// A question about this trace. Without a backend there is no verdict: only what the load needs while the cache is warm.
    pub fn new(trace: &'t Trace) -> Gap<'t> {
        Gap { told: Told::new("gap", trace), asked: Asked::default(), backend_price: None, cache_price: None }
    }

    /// These policies, beside those named before: `lru`, `s3fifo:small=10%`, `lru+tinylfu`, `all`.
    ///
    /// # Errors
    /// An unknown policy, or one that is listed twice.
    pub fn policies<I: IntoIterator<Item: AsRef<str>>>(self, names: I) -> Result<Gap<'t>> {
        let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_string()).collect();
        self.set("policy", &names.join(","))
    }

    /// One policy more, also one of yours: see [`PolicySpec::custom`].
    #[must_use]
    pub fn policy(mut self, policy: PolicySpec) -> Gap<'t> {
        self.told.note("policy", &policy.to_string());
        self.asked.sweep.policies.push(policy);
        self
    }

    /// Nodes of the cache, each with its share of the keys: losing any one of them is tried.
    ///
    /// # Errors
    /// None, or more than a cache may have.
    pub fn nodes(self, nodes: u32) -> Result<Gap<'t>> {
        self.set("nodes", &nodes.to_string())
    }

    /// Says one thing more, by the name of its flag of `coldgap gap`: `.set("lose", "1/6,100%")`. Flags without a value take
    /// `true`.
    ///
    /// # Errors
    /// A flag that `gap` does not have, or a value that it does not understand.
    pub fn set(mut self, flag: &str, text: &str) -> Result<Gap<'t>> {
        let Gap { asked, .. } = &mut self;
        match flag {
            "policy" => asked.sweep.policies.extend(parse_list(text)?),
            "baseline" => asked.baseline = Some(read(flag, text)?),
            "cache" => asked.sweep.sizes = list(flag, text)?,
            "ignore-size" => asked.sweep.ignore_size = read(flag, text)?,
            "warmup" => asked.sweep.warmup = read(flag, text)?,
            "threads" => asked.sweep.threads = read(flag, text)?,
            "lose" => asked.losses = list(flag, text)?,
            "load" => asked.load = Some(read(flag, text)?),
            "growth" => asked.growth = Some(read(flag, text)?),
            "window" => asked.window = Some(read(flag, text)?),
            "horizon" => asked.horizon = read(flag, text)?,
            "nodes" => asked.nodes = Some(nodes(read(flag, text)?)?),
            "survive" => asked.survive = Some(read(flag, text)?),
            "backend-price" => self.backend_price = Some(read(flag, text)?),
            "cache-price" => self.cache_price = Some(read(flag, text)?),
            "certify" => asked.certify = read(flag, text)?,
            "quick" => asked.quick = read(flag, text)?,
            "full" => asked.full = read(flag, text)?,
            "seed" => asked.seed = read(flag, text)?,
            _ if service(&mut asked.service, &mut asked.otherwise, flag, text)? => {}
            _ => return Err(unknown("gap", flag)),
        }
        self.told.note(flag, text);
        Ok(self)
    }

    /// Finds it out. [`Report::found`] has the results by policy.
    ///
    /// # Errors
    /// A trace without times, gets or load; things said that contradict each other; an interrupt.
    pub fn run(&self) -> Result<Report> {
        let Told { interrupt, watch, .. } = &self.told;
        let mut asked = self.asked.clone();
        if asked.sweep.policies.is_empty() {
            asked.sweep.policies = parse_list(POLICIES)?;
        }
        asked.prices = match (self.backend_price, self.cache_price) {
            (Some(backend), Some(cache)) => Some(Prices { backend, cache }),
            (None, None) => None,
            _ => {
                return Err(Error::usage("one price says nothing without the other")
                    .hint("say both backend-price and cache-price"));
            }
        };
        let (question, settings) = asked.question()?;
        watch.expect(steps(&question));
        let trace = self.told.ahead(&question.sweep.policies);
        let findings = analyse(&trace, &question, interrupt, *watch)?;
        let mut report = report::build(self.told.command(), &question, &[findings]);
        report.head.set(settings);
        Ok(report)
    }
}

/// Nodes that a cache may have.
pub(super) fn nodes(nodes: u32) -> Result<u32> {
    const MOST: u32 = 64;
    if (1..=MOST).contains(&nodes) {
        return Ok(nodes);
    }
    Err(Error::usage(format!("a cache of {nodes} nodes cannot be tried")).hint(format!("give 1 to {MOST} nodes")))
}
