//! A cell of the grid: one policy at one capacity. It turns a policy's name into a cache of its type.

use super::any_cache::AnyCache;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::policy::{self, Capacity, ParameterError, Parameters, Policy, Population, Visitor};
use serde::{Deserialize, Serialize};

/// One policy at one capacity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cell {
    /// The policy, its parameters and its admission filter.
    pub policy: PolicySpec,
    /// How much the cache holds.
    pub capacity: Capacity,
}

impl Cell {
    /// An empty cache of this cell, for a trace of so many objects. `expires`: it has times to live.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn cache(&self, objects: usize, expires: bool) -> Result<Box<dyn AnyCache>> {
        let build = Build { cell: self, objects, expires };
        match self.own() {
            Some(own) => (own.build)(build),
            None => self.visit(build)?,
        }
    }

    /// Objects that the cache holds before it evicts any; 0 where that is not known.
    pub fn room(&self) -> u64 {
        match self.capacity {
            Capacity::Objects(objects) if self.policy.hits_bound_losses(true) => objects,
            _ => 0,
        }
    }

    /// Bytes that an empty cache of this cell will have filled at the end of such a trace, at most.
    ///
    /// # Errors
    /// A policy that is not registered.
    pub fn memory(&self, population: &Population, expires: bool) -> Result<u64> {
        let filter =
            self.policy.new_filter(self.capacity, population.objects).map_err(|error| self.unusable(&error))?;
        let filter = filter.map_or(0, |filter| filter.memory());
        let weigh = Weigh { capacity: self.capacity, population: *population, expires };
        let own = match self.own() {
            Some(own) => (own.weigh)(weigh),
            None => self.visit(weigh)?,
        };
        Ok(filter + own)
    }

    /// How caches are made whose policy is not registered.
    fn own(&self) -> Option<&'static Own> {
        self.policy.maker()?.downcast_ref()
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

/// How caches of a policy are made that is not registered.
struct Own {
    build: fn(Build<'_>) -> Result<Box<dyn AnyCache>>,
    weigh: fn(Weigh) -> u64,
}

impl PolicySpec {
    /// A policy of your own, which need not be registered: it stands beside the others in every report.
    ///
    /// # Errors
    /// A name that a policy of coldgap has; default parameters that it refuses.
    pub fn custom<P: Policy>() -> Result<PolicySpec> {
        P::new(Capacity::Objects(1), &Parameters::default())
            .map_err(|error| Error::usage(format!("{}: {error}", P::INFO.name)).hint("its defaults must be usable"))?;
        // Two pointers for each call, as long as the program lives.
        let own = Own { build: |build| build.visit::<P>(), weigh: |weigh| weigh.visit::<P>() };
        PolicySpec::outside(Box::leak(Box::new(P::INFO)), Box::leak(Box::new(own)))
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

struct Build<'a> {
    cell: &'a Cell,
    objects: usize,
    expires: bool,
}

impl Visitor for Build<'_> {
    type Output = Result<Box<dyn AnyCache>>;

    fn visit<P: Policy>(self) -> Self::Output {
        let Cell { policy: spec, capacity } = self.cell;
        let wrong = |error| self.cell.unusable(&error);
        let policy = P::new(*capacity, spec.parameters()).map_err(wrong)?;
        let filter = spec.new_filter(*capacity, self.objects).map_err(wrong)?;
        Ok(Box::new(Cache::new(policy, *capacity, self.objects, filter, self.expires)))
    }
}
