//! Policies by cache sizes on one trace: which cells there are, and the ordinary replay of each.

use super::Facts;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::policy::{Capacity, Policy};
use crate::replay::cell::{Cell, Task};
use crate::replay::grid;
use crate::replay::observe::{Observation, observe};
use crate::trace::Trace;
use crate::units::{CacheSize, Ratio};

/// A cache size that is not given is this share of the footprint.
pub const AUTO_CACHE_SHARE: f64 = 0.1;

/// Which caches to replay a trace through.
#[derive(Clone)]
pub struct Sweep {
    /// Policies.
    pub policies: Vec<PolicySpec>,
    /// Cache sizes.
    pub sizes: Vec<CacheSize>,
    /// Every object counts 1, also where the trace has sizes.
    pub ignore_size: bool,
    /// Share of the requests that only warm the caches.
    pub warmup: Ratio,
    /// Threads; 0: one per core.
    pub threads: usize,
}

/// One replayed cell.
#[derive(Clone)]
pub struct SweepCell {
    /// The cell.
    pub cell: Cell,
    /// The capacity over the trace's footprint in the same unit.
    pub capacity_ratio: f64,
    /// What the cache did.
    pub observation: Observation,
}

impl Sweep {
    /// Position of the first request after warm-up.
    ///
    /// # Errors
    /// A warm-up that leaves nothing to count.
    pub fn warm_position(&self, trace: &Trace) -> Result<usize> {
        let warm = (trace.len() as f64 * self.warmup.get()) as usize;
        if warm >= trace.len() {
            return Err(Error::usage(format!("a warm-up of {} leaves no request to count", self.warmup))
                .hint("the default is --warmup 25%"));
        }
        Ok(warm)
    }

    /// The grid: sizes outermost, policies in the order given.
    ///
    /// # Errors
    /// A size in bytes that the trace cannot give.
    pub fn cells(&self, trace: &Trace, facts: &Facts) -> Result<Vec<Cell>> {
        let mut cells = Vec::new();
        for size in &self.sizes {
            let capacity = self.capacity(trace, *size, facts)?;
            cells.extend(self.policies.iter().map(|policy| Cell { policy: policy.clone(), capacity }));
        }
        Ok(cells)
    }

    fn capacity(&self, trace: &Trace, size: CacheSize, facts: &Facts) -> Result<Capacity> {
        let share = |ratio: f64| match facts.footprint_bytes.filter(|_| !self.ignore_size) {
            Some(bytes) => Capacity::Bytes(((bytes as f64 * ratio) as u64).max(1)),
            None => Capacity::Objects(((facts.objects as f64 * ratio) as u64).max(1)),
        };
        match size {
            CacheSize::Objects(n) => Ok(Capacity::Objects(n)),
            CacheSize::Bytes(_) if self.ignore_size => {
                Err(Error::usage("--ignore-size counts objects, so a cache size in bytes contradicts it")
                    .hint("give the size in objects (-c 50_000obj) or as a share (-c 10%)"))
            }
            CacheSize::Bytes(_) if trace.sizes.is_none() => {
                Err(Error::usage("the cache size is in bytes, but the trace has no sizes")
                    .at(&trace.name, None)
                    .hint("give it in objects (-c 50_000obj) or as a share (-c 10%)"))
            }
            CacheSize::Bytes(n) => Ok(Capacity::Bytes(n)),
            CacheSize::Share(ratio) => Ok(share(ratio.get())),
            CacheSize::Auto => Ok(share(AUTO_CACHE_SHARE)),
        }
    }

    /// Replays the trace, decoded once, through every cell. `step` is called once per cell.
    ///
    /// # Errors
    /// See [`Sweep::cells`] and [`Sweep::warm_position`].
    pub fn run(&self, trace: &Trace, facts: &Facts, step: impl Fn() + Sync + Send) -> Result<Vec<SweepCell>> {
        self.replay(trace, facts, &self.cells(trace, facts)?, step)
    }

    /// The same for these cells.
    pub(super) fn replay(
        &self,
        trace: &Trace,
        facts: &Facts,
        cells: &[Cell],
        step: impl Fn() + Sync + Send,
    ) -> Result<Vec<SweepCell>> {
        let warm = self.warm_position(trace)?;
        grid::run(cells, self.threads, |cell| {
            let observation = cell.with_cache(trace, Replay { trace, warm })?;
            step();
            Ok(SweepCell { cell: cell.clone(), capacity_ratio: capacity_ratio(cell.capacity, facts), observation })
        })
    }
}

/// A capacity over the trace's footprint in the same unit.
pub(super) fn capacity_ratio(capacity: Capacity, facts: &Facts) -> f64 {
    let footprint = match capacity {
        Capacity::Objects(_) => facts.objects,
        Capacity::Bytes(_) => facts.footprint_bytes.unwrap_or(0),
    };
    capacity.amount() as f64 / footprint.max(1) as f64
}

/// The ordinary replay of one cell.
struct Replay<'t> {
    trace: &'t Trace,
    warm: usize,
}

impl Task for Replay<'_> {
    type Output = Observation;

    fn run<P: Policy>(self, mut cache: Cache<P>) -> Observation {
        observe(&mut cache, &self.trace.requests(), self.warm, None)
    }
}
