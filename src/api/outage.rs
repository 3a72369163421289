//! The question of `coldgap outage`: what happens when something breaks at a moment, and what helps.

use super::told::{Told, read, service, tellable, unknown, wrong};
use crate::analysis::outage::scenario::{Scenario, one_policy};
use crate::analysis::outage::{Extent, STEPS, tell, words};
use crate::analysis::{Backend, Sweep};
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::outage::trigger::Trigger;
use crate::policy::spec::PolicySpec;
use crate::progress::Watch;
use crate::report::outage::{OutageReport, build};
use crate::trace::Trace;
use crate::units::Seconds;
use std::fmt;

/// One outage, simulated request by request: the trigger, the loop, the recovery or none.
///
/// ```
/// # fn main() -> coldgap::Result<()> {
/// let trace = coldgap::Trace::open("traces/burst.csv")?;
/// let outage = coldgap::Outage::new(&trace).cache("10%")?.backend("70/s")?.lose("1/8")?.set("quick", "true")?;
/// let report = outage.run()?;
/// println!("{}", report.verdict.sentence);
/// assert!(report.windows.iter().any(|window| window.hits > 0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Outage<'t> {
    told: Told<'t>,
    said: Scenario,
    otherwise: Backend,
    sweep: Sweep,
    triggers: Vec<Trigger>,
    window: Option<Seconds>,
    extent: Extent,
}

tellable!(Outage);

impl<'t> Outage<'t> {
    /// The loss of the whole cache, at the busiest window with enough of the trace after it.
    pub fn new(trace: &'t Trace) -> Outage<'t> {
        Outage {
            told: Told::new("outage", trace),
            said: Scenario::default(),
            otherwise: Backend::Unknown,
            sweep: Sweep::default(),
            triggers: Vec::new(),
            window: None,
            extent: Extent { remedies: true, edges: true, ramp: true, alerts: false },
        }
    }

    /// The outage and the service that a scenario file's text says; what was said before it is forgotten.
    ///
    /// # Errors
    /// Text that is no scenario.
    pub fn scenario(mut self, text: &str) -> Result<Outage<'t>> {
        self.said = Scenario::parse(text, "the scenario")?;
        self.triggers.clear();
        Ok(self)
    }

    /// The eviction policy; lru where nobody says it.
    ///
    /// # Errors
    /// No such policy, or several.
    pub fn policy(self, name: &str) -> Result<Outage<'t>> {
        self.set("policy", name)
    }

    /// One of your own policies.
    #[must_use]
    pub fn custom(mut self, policy: PolicySpec) -> Outage<'t> {
        self.told.note("policy", &policy.to_string());
        self.said.policy = Some(policy);
        self
    }

    /// What is lost of the cache: `1/8` of the nodes, `12.5%` of the keys, `100%`.
    ///
    /// # Errors
    /// No such loss.
    pub fn lose(self, loss: &str) -> Result<Outage<'t>> {
        self.set("lose", loss)
    }

    /// When it happens, after the trace's first request: `2h`.
    ///
    /// # Errors
    /// No such time.
    pub fn at(self, time: &str) -> Result<Outage<'t>> {
        self.set("at", time)
    }

    /// Says one thing more, by the name of its flag of `coldgap outage`: `.set("trigger", "spike:times=2")`. Flags without a value
    /// take `true`.
    ///
    /// # Errors
    /// A flag that `outage` does not have, or a value that it does not understand.
    pub fn set(mut self, flag: &str, text: &str) -> Result<Outage<'t>> {
        let Outage { said, otherwise, sweep, extent, .. } = &mut self;
        match flag {
            "policy" => said.policy = Some(one_policy(text)?),
            "cache" => said.cache = Some(read(flag, text)?),
            "ignore-size" => sweep.ignore_size = read(flag, text)?,
            "warmup" => sweep.warmup = read(flag, text)?,
            "threads" => sweep.threads = read(flag, text)?,
            "lose" => self.triggers.push(words::loss(text).map_err(|cause| wrong(flag, &cause))?),
            "trigger" => self.triggers.push(words::trigger(text).map_err(|cause| wrong(flag, &cause))?),
            "at" => said.at = Some(read(flag, text)?),
            "load" => said.load = Some(read(flag, text)?),
            "horizon" => said.horizon = Some(read(flag, text)?),
            "window" => self.window = Some(read(flag, text)?),
            "act-after" => said.act_after = Some(read(flag, text)?),
            "quick" => extent.edges = !read::<bool>(flag, text)?,
            "alerts" => extent.alerts = read(flag, text)?,
            "seed" => said.seed = Some(read(flag, text)?),
            _ if service(said, otherwise, flag, text)? => {}
            _ => return Err(unknown("outage", flag)),
        }
        self.told.note(flag, text);
        Ok(self)
    }

    /// Simulates it.
    ///
    /// # Errors
    /// A trace without times or load, or too short for it; things said that contradict each other; an interrupt.
    pub fn run(&self) -> Result<OutageReport> {
        let Told { interrupt, watch, .. } = &self.told;
        let (setup, settings) = self.said.setup(self.sweep.clone(), self.otherwise)?;
        let question = self.said.outage(setup, &self.triggers, self.window, self.extent)?;
        watch.expect(STEPS);
        let trace = self.told.ahead(&question.setup.sweep.policies);
        let story = tell(&trace, &question, interrupt, *watch)?;
        let mut report = build(self.told.command(), self.said.about.clone(), &trace, &question, &story);
        report.head.set(settings);
        Ok(report)
    }
}
