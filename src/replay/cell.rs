//! A cell of the grid: one policy at one capacity. It turns a policy's name into a cache of its type, so that all code
//! behind it is compiled per policy and calls nothing indirectly.

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::policy::{self, Capacity, Policy, Visitor};
use crate::trace::Trace;

/// One policy at one capacity.
#[derive(Clone)]
pub struct Cell {
    /// The policy, its parameters and its admission filter.
    pub policy: PolicySpec,
    /// How much the cache holds.
    pub capacity: Capacity,
}

/// Work on an empty cache of whatever policy.
pub trait Task {
    /// What comes back.
    type Output;
    /// Does it.
    fn run<P: Policy>(self, cache: Cache<P>) -> Self::Output;
}

impl Cell {
    /// Runs a task on an empty cache of this cell, for this trace.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn with_cache<T: Task>(&self, trace: &Trace, task: T) -> Result<T::Output> {
        self.with_cache_for(trace.object_count(), trace, task)
    }

    /// The same with a cache for so many objects, at least as many as the trace has.
    ///
    /// # Errors
    /// See [`Cell::with_cache`].
    pub fn with_cache_for<T: Task>(&self, objects: usize, trace: &Trace, task: T) -> Result<T::Output> {
        let build = Build { cell: self, trace, objects, task };
        let unknown = || Error::usage(format!("there is no policy '{}'", self.policy.info().name));
        policy::visit(self.policy.info().name, build).unwrap_or_else(|| Err(unknown()))
    }
}

struct Build<'a, T> {
    cell: &'a Cell,
    trace: &'a Trace,
    objects: usize,
    task: T,
}

impl<T: Task> Visitor for Build<'_, T> {
    type Output = Result<T::Output>;

    fn visit<P: Policy>(self) -> Result<T::Output> {
        let Cell { policy: spec, capacity } = self.cell;
        let policy = P::new(*capacity, spec.parameters()).map_err(|error| {
            Error::usage(format!("{spec}: {error}"))
                .hint(format!("coldgap policies {} lists its parameters", spec.info().name))
        })?;
        let filter = spec.filter().map(|filter| (filter.new)(self.objects));
        let expires = self.trace.ttls.is_some();
        Ok(self.task.run(Cache::new(policy, *capacity, self.objects, filter, expires)))
    }
}
