//! The question of `coldgap compare`: two policies, sizes or configurations of one service on one trace.

use super::gap::nodes;
use super::told::{Told, list, read, service, tellable, unknown};
use crate::analysis::asked::Asked;
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::{Backend, Question, Sweep, analyse, steps};
use crate::capacity::{naive_saving, reclaimed_backend};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::spec::PolicySpec;
use crate::progress::Watch;
use crate::report::compare::{self, Choice, CompareReport, View};
use crate::report::{self, Report};
use crate::trace::Trace;
use crate::units::{CacheSize, Rate, Ratio};
use std::fmt;

/// A baseline against a candidate, with what is only chance told apart from what is a change.
///
/// ```
/// # fn main() -> coldgap::Result<()> {
/// let trace = coldgap::Trace::open("traces/burst.csv")?;
/// let halved = coldgap::Compare::new(&trace).cache("10%")?.backend("140/s")?.cut("50%")?.set("quick", "true")?;
/// let report = halved.run()?;
/// println!("{}", report.verdict.headline);
/// assert!(report.changes.iter().any(|change| change.metric == "hidden" && change.candidate < change.baseline));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Compare<'t> {
    told: Told<'t>,
    sides: Sides,
}

/// Both sides of a comparison, as people say them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sides {
    /// What both have; its policy and size are the baseline's.
    pub asked: Asked,
    /// The candidate's policy; `None`: the baseline's.
    pub policy: Option<PolicySpec>,
    /// The candidate's cache size; `None`: the baseline's.
    pub size: Option<CacheSize>,
    /// What the candidate's service has otherwise; what is not said is the baseline's.
    pub service: Scenario,
    /// Whether the candidate's backend is to be assumed anew.
    pub assumes_backend: bool,
    /// By how much the candidate's backend is smaller.
    pub cut: Option<Ratio>,
}

tellable!(Compare);

impl<'t> Compare<'t> {
    /// Two sides that are alike until something of the candidate is said; lru where no policy is.
    pub fn new(trace: &'t Trace) -> Compare<'t> {
        Compare { told: Told::new("compare", trace), sides: Sides::default() }
    }

    /// The baseline's policy.
    ///
    /// # Errors
    /// No such policy.
    pub fn baseline(self, policy: &str) -> Result<Compare<'t>> {
        self.set("baseline", policy)
    }

    /// The candidate's policy.
    ///
    /// # Errors
    /// No such policy.
    pub fn candidate(self, policy: &str) -> Result<Compare<'t>> {
        self.set("candidate", policy)
    }

    /// By how much the candidate's backend is smaller: `50%` halves it.
    ///
    /// # Errors
    /// No such share.
    pub fn cut(self, share: &str) -> Result<Compare<'t>> {
        self.set("cut", share)
    }

    /// Says one thing more, by the name of its flag of `coldgap compare`: `.set("candidate-timeout", "500ms")`. Flags without a
    /// value take `true`.
    ///
    /// # Errors
    /// A flag that `compare` does not have, or a value that it does not understand.
    pub fn set(mut self, flag: &str, text: &str) -> Result<Compare<'t>> {
        let Sides { asked, .. } = &mut self.sides;
        match flag {
            "baseline" => asked.sweep.policies = vec![read(flag, text)?],
            "cache" => asked.sweep.sizes = vec![read(flag, text)?],
            "ignore-size" => asked.sweep.ignore_size = read(flag, text)?,
            "warmup" => asked.sweep.warmup = read(flag, text)?,
            "threads" => asked.sweep.threads = read(flag, text)?,
            "lose" => asked.losses = list(flag, text)?,
            "load" => asked.load = Some(read(flag, text)?),
            "window" => asked.window = Some(read(flag, text)?),
            "horizon" => asked.horizon = read(flag, text)?,
            "nodes" => asked.nodes = Some(nodes(read(flag, text)?)?),
            "quick" => asked.quick = read(flag, text)?,
            "seed" => asked.seed = read(flag, text)?,
            "candidate" => self.sides.policy = Some(read(flag, text)?),
            "candidate-cache" => self.sides.size = Some(read(flag, text)?),
            "cut" => self.sides.cut = Some(read(flag, text)?),
            "candidate-backend"
            | "candidate-service-time"
            | "candidate-timeout"
            | "candidate-retries"
            | "candidate-single-flight"
            | "candidate-service"
            | "candidate-queue"
            | "candidate-abandoned" => {
                let mut otherwise = Backend::Unknown;
                service(&mut self.sides.service, &mut otherwise, flag.trim_start_matches("candidate-"), text)?;
                self.sides.assumes_backend |= otherwise == Backend::Assumed;
            }
            _ if service(&mut asked.service, &mut asked.otherwise, flag, text)? => {}
            _ => return Err(unknown("compare", flag)),
        }
        self.told.note(flag, text);
        Ok(self)
    }

    /// Compares them.
    ///
    /// # Errors
    /// Two sides that are the same, or contradict themselves; see also [`Gap::run`](super::Gap::run).
    pub fn run(&self) -> Result<CompareReport> {
        let policies: Vec<PolicySpec> =
            self.sides.asked.sweep.policies.iter().chain(&self.sides.policy).cloned().collect();
        let trace = self.told.ahead(&policies);
        let Told { interrupt, watch, .. } = &self.told;
        self.sides.compare(&trace, self.told.command(), interrupt, *watch)
    }
}

impl Sides {
    /// Whether the candidate's service is another.
    fn changes_service(&self) -> bool {
        self.changes_backend() || self.service.says_service()
    }

    /// Whether what its backend can do is said.
    fn changes_backend(&self) -> bool {
        self.service.backend.is_some() || self.assumes_backend || self.cut.is_some()
    }

    /// The baseline's policy.
    fn baseline(&self) -> Result<PolicySpec> {
        self.asked.sweep.policies.first().cloned().map_or_else(|| "lru".parse(), Ok)
    }

    /// The candidate's service.
    fn candidate_service(&self) -> Scenario {
        let mut said = self.service.over(&self.asked.service);
        if self.assumes_backend {
            said.backend = None;
        }
        said
    }

    /// What one side is asked.
    fn question(&self, service: Scenario, policies: Vec<PolicySpec>, size: CacheSize) -> Result<Question> {
        let asked = Asked {
            baseline: policies.first().cloned(),
            sweep: Sweep { policies, sizes: vec![size], ..self.asked.sweep.clone() },
            service,
            // That the baseline has one was checked.
            otherwise: Backend::Assumed,
            ..self.asked.clone()
        };
        let (question, _) = asked.question()?;
        Ok(Question { stretches: true, ..question })
    }

    /// Refuses sides that are the same, or of which one has no backend left.
    ///
    /// # Errors
    /// One of these.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cut.is_some_and(|cut| cut.get() >= 1.0) {
            return Err(Error::usage("a cut of 100% leaves no backend").hint("cut less: --cut 50%"));
        }
        let said = self.asked.service.service(self.asked.otherwise)?;
        self.candidate_service().service(Backend::Assumed)?;
        let policy = self.baseline()?;
        let same_policy = self.policy.as_ref().is_none_or(|other| *other == policy);
        let same_size = self.size.is_none_or(|size| self.asked.sweep.sizes == [size]);
        if same_policy && same_size && !self.changes_service() {
            return Err(Error::usage("baseline and candidate are the same").hint(
                "say what differs: --candidate POLICY, --candidate-cache SIZE, --candidate-backend RATE, --candidate-timeout TIME, ...",
            ));
        }
        said.backend.needed().map(|_| ())
    }

    /// Both sides replayed on one trace. `command`: what the report says it was made by.
    ///
    /// # Errors
    /// See [`Compare::run`].
    pub(crate) fn compare(
        &self,
        trace: &Trace,
        command: &str,
        interrupt: &Interrupt,
        watch: &dyn Watch,
    ) -> Result<CompareReport> {
        let policy = self.baseline()?;
        let other = self.policy.clone().unwrap_or_else(|| policy.clone());
        let size = self.asked.sweep.sizes.first().copied().unwrap_or(CacheSize::Auto);
        let other_size = self.size.unwrap_or(size);
        let alike = size == other_size && !self.changes_service();
        self.check()?;
        let analysed = |question: &Question| -> Result<Report> {
            watch.expect(steps(question));
            let findings = analyse(trace, question, interrupt, watch)?;
            Ok(report::build(command, question, &[findings]))
        };
        // Where nothing but the policy differs, both stand in one gap report, and losses are tried at the same moments.
        let policies = if alike { vec![policy.clone(), other.clone()] } else { vec![policy.clone()] };
        let old = analysed(&self.question(self.asked.service.clone(), policies, size)?)?;
        let Some(given) = old.traces.first().and_then(report::TraceReport::rate) else {
            return Err(Error::usage("no backend was given").hint("say what it can do: -b 300/s"));
        };
        let mut asked = self.question(self.candidate_service(), vec![other.clone()], other_size)?;
        if self.service.backend.is_none() && !self.assumes_backend {
            let left = 1.0 - self.cut.map_or(0.0, Ratio::get);
            set_backend(&mut asked, Rate { per_second: given.per_second * left, ..given });
        }
        let new = if alike { None } else { Some(analysed(&asked)?) };
        let view = |report, policy: &PolicySpec| {
            View::new(report, &trace.name, &Choice { policy: Some(policy.to_string()), fingerprint: None })
        };
        let (before, after) = (view(&old, &policy)?, view(new.as_ref().unwrap_or(&old), &other)?);
        let saving =
            before.demand_ratio().zip(after.demand_ratio()).and_then(|(before, after)| naive_saving(after, before));
        let saving = saving.filter(|saving| *saving > 0.0 && *saving < 1.0 && !self.changes_backend());
        let banked = saving.map(|saving| {
            set_backend(&mut asked, Rate { per_second: reclaimed_backend(given.per_second, saving), ..given });
            (asked.seeds, asked.stretches) = (Vec::new(), false);
            analysed(&asked)
        });
        let banked = banked.transpose()?;
        let mut report =
            compare::build(command, &before, &after, banked.as_ref().and_then(|report| report.rows.first()));
        report.head.set(self.asked.service.service(Backend::Assumed)?.settings);
        if size == CacheSize::Auto {
            report.head.unsaid.push("cache size (10%)".to_string());
        }
        Ok(report)
    }
}

fn set_backend(question: &mut Question, backend: Rate) {
    question.backend = Backend::Given(backend);
    question.service.demand = backend.of;
}
