//! A cell of the grid: one policy at one capacity. It turns a policy's name into a cache of its type, so that all code
//! behind it is compiled per policy and calls nothing indirectly.

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::policy::{self, Capacity, ParameterError, Policy, Population, Visitor};
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
        self.with_empty(trace.object_count(), trace.ttls.is_some(), task)
    }

    /// Runs a task on an empty cache of this cell, for a trace of so many objects. `expires`: it has times to live.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn with_empty<T: Task>(&self, objects: usize, expires: bool, task: T) -> Result<T::Output> {
        self.visit(Build { cell: self, objects, expires, task })?
    }

    /// Bytes that an empty cache of this cell will have filled at the end of such a trace, at most.
    ///
    /// # Errors
    /// A policy that is not registered.
    pub fn memory(&self, population: &Population, expires: bool) -> Result<u64> {
        let filter =
            self.policy.new_filter(self.capacity, population.objects).map_err(|error| self.unusable(&error))?;
        let filter = filter.map_or(0, |filter| filter.memory());
        Ok(filter + self.visit(Weigh { capacity: self.capacity, population: *population, expires })?)
    }

    fn unusable(&self, error: &ParameterError) -> Error {
        Error::usage(format!("{}: {error}", self.policy))
            .hint(format!("coldgap policies {} lists its parameters", self.policy.info().name))
    }

    fn visit<V: Visitor>(&self, visitor: V) -> Result<V::Output> {
        let unknown = || Error::usage(format!("there is no policy '{}'", self.policy.info().name));
        policy::visit(self.policy.info().name, visitor).ok_or_else(unknown)
    }
}

struct Weigh {
    capacity: Capacity,
    population: Population,
    expires: bool,
}

impl Visitor for Weigh {
    type Output = u64;

    fn visit<P: Policy>(self) -> u64 {
        Cache::<P>::memory(self.capacity, &self.population, self.expires)
    }
}

struct Build<'a, T> {
    cell: &'a Cell,
    objects: usize,
    expires: bool,
    task: T,
}

impl<T: Task> Visitor for Build<'_, T> {
    type Output = Result<T::Output>;

    fn visit<P: Policy>(self) -> Result<T::Output> {
        let Cell { policy: spec, capacity } = self.cell;
        let wrong = |error| self.cell.unusable(&error);
        let policy = P::new(*capacity, spec.parameters()).map_err(wrong)?;
        let filter = spec.new_filter(*capacity, self.objects).map_err(wrong)?;
        Ok(self.task.run(Cache::new(policy, *capacity, self.objects, filter, self.expires)))
    }
}
