//! Policies by cache sizes: which cells there are on a trace.

use super::Facts;
use crate::error::{Error, Result};
use crate::policy::Capacity;
use crate::policy::spec::PolicySpec;
use crate::replay::cell::Cell;
use crate::trace::source::About;
use crate::units::{CacheSize, Ratio};
use std::collections::HashSet;

/// A cache size that is not given is this share of the footprint.
pub const AUTO_CACHE_SHARE: f64 = 0.1;

/// Which caches to replay a trace through.
#[derive(Debug, Clone)]
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

impl Sweep {
    /// Position of the first request after warm-up, in a trace of so many.
    ///
    /// # Errors
    /// A warm-up that leaves nothing to count.
    pub fn warm_position(&self, requests: usize) -> Result<usize> {
        let warm = (requests as f64 * self.warmup.get()) as usize;
        if warm >= requests {
            return Err(Error::usage(format!("a warm-up of {} leaves no request to count", self.warmup))
                .hint("the default is --warmup 25%"));
        }
        Ok(warm)
    }

    /// The grid: sizes outermost, policies in the order given. Sizes that come to the same capacity are one.
    ///
    /// # Errors
    /// A size in bytes that the trace cannot give.
    pub fn cells(&self, trace: &About, facts: &Facts) -> Result<Vec<Cell>> {
        let (mut cells, mut seen) = (Vec::new(), HashSet::new());
        for size in &self.sizes {
            let capacity = self.capacity(trace, *size, facts)?;
            if seen.insert(capacity) {
                cells.extend(self.policies.iter().map(|policy| Cell { policy: policy.clone(), capacity }));
            }
        }
        Ok(cells)
    }

    fn capacity(&self, trace: &About, size: CacheSize, facts: &Facts) -> Result<Capacity> {
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
            CacheSize::Bytes(_) if !trace.sized => {
                Err(Error::usage("the cache size is in bytes, but the trace has no sizes")
                    .at(&trace.name, None)
                    .hint("give it in objects (-c 50_000obj) or as a share (-c 10%)"))
            }
            CacheSize::Bytes(n) => Ok(Capacity::Bytes(n)),
            CacheSize::Share(ratio) => Ok(share(ratio.get())),
            CacheSize::Auto => Ok(share(AUTO_CACHE_SHARE)),
        }
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
