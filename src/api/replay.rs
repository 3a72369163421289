//! The question of `coldgap replay`: miss ratios, and nothing about a backend.

use super::told::{Told, list, read, unknown};
use crate::analysis::asked::POLICIES;
use crate::analysis::sampled::{self, Sampling};
use crate::analysis::{Monitor, Sweep, curve};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::Capacity;
use crate::policy::spec::{PolicySpec, parse_list};
use crate::progress::Watch;
use crate::report::replay::ReplayReport;
use crate::trace::Trace;
use crate::trace::source::Source;
use crate::units::{CacheSize, Ratio};
use std::fmt;

/// Miss ratios: policies by cache sizes, or over a whole curve of sizes.
#[derive(Clone)]
pub struct Replay<'t> {
    told: Told<'t>,
    sweep: Sweep,
    curve: Option<u64>,
    sample: Option<Ratio>,
    seed: u64,
}

impl<'t> Replay<'t> {
    /// The usual policies at a tenth of the footprint.
    pub fn new(trace: &'t Trace) -> Replay<'t> {
        Replay { told: Told::new("replay", trace), sweep: Sweep::default(), curve: None, sample: None, seed: 0 }
    }

    /// These policies, beside those named before.
    ///
    /// # Errors
    /// An unknown policy.
    pub fn policies<I: IntoIterator<Item: AsRef<str>>>(self, names: I) -> Result<Replay<'t>> {
        let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_string()).collect();
        self.set("policy", &names.join(","))
    }

    /// One policy more, also one of yours.
    #[must_use]
    pub fn policy(mut self, policy: PolicySpec) -> Replay<'t> {
        self.told.note("policy", &policy.to_string());
        self.sweep.policies.push(policy);
        self
    }

    /// A curve over so many cache sizes, from 0.01 % of the footprint to all of it.
    ///
    /// # Errors
    /// Fewer than two sizes, or more than 10,000.
    pub fn curve(self, sizes: u64) -> Result<Replay<'t>> {
        self.set("curve", &sizes.to_string())
    }

    /// Says one thing more, by the name of its flag of `coldgap replay`: `.set("cache", "1%,10%")`.
    ///
    /// # Errors
    /// A flag that `replay` does not have, or a value that it does not understand.
    pub fn set(mut self, flag: &str, text: &str) -> Result<Replay<'t>> {
        let Replay { sweep, curve: count, .. } = &mut self;
        match flag {
            "policy" => sweep.policies.extend(parse_list(text)?),
            "cache" => sweep.sizes = list(flag, text)?,
            "ignore-size" => sweep.ignore_size = read(flag, text)?,
            "warmup" => sweep.warmup = read(flag, text)?,
            "threads" => sweep.threads = read(flag, text)?,
            "sample" => self.sample = Some(read(flag, text)?),
            "seed" => self.seed = read(flag, text)?,
            "curve" => {
                let sizes = read(flag, text)?;
                if !(2..=curve::MOST_SIZES).contains(&sizes) {
                    return Err(Error::usage(format!("a curve of {sizes} sizes cannot be drawn"))
                        .hint(format!("give 2 to {} sizes", curve::MOST_SIZES)));
                }
                (*count, sweep.sizes) = (Some(sizes), curve::sizes(sizes as usize));
            }
            _ => return Err(unknown("replay", flag)),
        }
        self.told.note(flag, text);
        Ok(self)
    }

    /// Stops the work, from another thread, once it is set.
    #[must_use]
    pub fn interrupt(mut self, interrupt: &Interrupt) -> Replay<'t> {
        self.told.interrupt = interrupt.clone();
        self
    }

    /// Who is told how the work goes on.
    #[must_use]
    pub fn watch(mut self, watch: &'t dyn Watch) -> Replay<'t> {
        self.told.watch = watch;
        self
    }

    /// Replays.
    ///
    /// # Errors
    /// A cache size that the trace cannot give, a warm-up that leaves nothing, an interrupt.
    pub fn run(&self) -> Result<ReplayReport> {
        let Told { interrupt, watch, .. } = &self.told;
        let mut sweep = self.sweep.clone();
        if sweep.policies.is_empty() {
            sweep.policies = parse_list(POLICIES)?;
        }
        let trace = self.told.ahead(&sweep.policies);
        let watched = Watched { interrupt, watch: *watch };
        let assumptions = curve::assumptions(&sweep, self.curve, self.sample.is_some());
        let mut report = ReplayReport::new(self.told.command(), self.sample.map(|_| self.seed), assumptions);
        match self.sample {
            Some(share) => {
                let sampling = Sampling { share, seed: self.seed };
                report.add_sampled(&trace.about(), &sampled::run(&sweep, &trace, sampling, &watched)?);
            }
            None => {
                let source = Source::Memory(trace);
                report.add(&source.about(), &sweep.run(&source, None, &watched)?);
            }
        }
        interrupt.check()?;
        Ok(report)
    }
}

/// The command that asks the same.
impl fmt::Debug for Replay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Replay").field(&self.told.command()).finish()
    }
}

/// The share of the gets that miss in a cache of this capacity, after a quarter of the trace has warmed it; `None` where no get is
/// left.
///
/// ```
/// # fn main() -> coldgap::Result<()> {
/// use coldgap::{Capacity, Trace, miss_ratio};
/// let trace = Trace::open("traces/burst.csv")?;
/// let small = miss_ratio(&trace, "s3fifo", Capacity::Objects(100))?;
/// let large = miss_ratio(&trace, "s3fifo", Capacity::Bytes(1 << 20))?;
/// assert!(large < small);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// An unknown policy; bytes for a trace without sizes.
pub fn miss_ratio(trace: &Trace, policy: &str, capacity: Capacity) -> Result<Option<f64>> {
    let mut replay = Replay::new(trace).policies([policy])?;
    replay.sweep.sizes = vec![match capacity {
        Capacity::Objects(objects) => CacheSize::Objects(objects),
        Capacity::Bytes(bytes) => CacheSize::Bytes(bytes),
    }];
    Ok(replay.run()?.rows.first().and_then(|row| row.miss_ratio))
}

/// A watch and an interrupt, as replays ask for them.
struct Watched<'w> {
    interrupt: &'w Interrupt,
    watch: &'w dyn Watch,
}

impl Monitor for Watched<'_> {
    fn is_interrupted(&self) -> bool {
        self.interrupt.is_set()
    }

    fn expect(&self, requests: u64) {
        self.watch.expect(requests);
    }

    fn advance(&self, requests: u64) {
        self.watch.advance(requests);
    }
}
