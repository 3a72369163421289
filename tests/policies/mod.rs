//! The policies, against what others say of them: recorded counts, naive models, laws, and one another.
//!
//! Not among the others: the crate foyer-memory. It brings some 20 crates into the build and switches on features of syn,
//! twox-hash and once_cell, so that serde, arrow, parquet and polars would be compiled a second time for the tests.
//! libCacheSim's recorded counts and the models cover the same policies.

mod admission;
mod conformance;
pub mod golden;
mod late;
mod laws;
mod lives;
mod models;
mod models_learned;
mod models_priority;
mod models_sampling;
mod registry;
mod servers;
mod shrinking;
mod tinylfu;

use coldgap::cache::Cache;
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::replay::{Tally, replay};
use coldgap::request::{NEVER, ObjectId, Op, Requests, SECOND};

/// A trace in columns, as a test makes it.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub objects: Vec<ObjectId>,
    pub times: Vec<u64>,
    pub sizes: Option<Vec<u32>>,
    pub ops: Option<Vec<Op>>,
    pub ttls: Option<Vec<u32>>,
    pub next: Vec<u32>,
}

impl Columns {
    /// Gets of these objects, one a second; positions of next requests are filled in.
    pub fn gets(objects: impl IntoIterator<Item = u32>) -> Columns {
        let objects: Vec<ObjectId> = objects.into_iter().map(ObjectId).collect();
        let mut columns = Columns { objects, ..Columns::default() };
        columns.times = (0..columns.objects.len() as u64).map(|i| i * SECOND).collect();
        let mut seen = vec![NEVER; columns.object_count()];
        columns.next = vec![NEVER; columns.objects.len()];
        for (i, object) in columns.objects.iter().enumerate().rev() {
            columns.next[i] = std::mem::replace(&mut seen[object.index()], i as u32);
        }
        columns
    }

    /// The same with an object's size at each request.
    pub fn sized(mut self, size: impl Fn(u32) -> u32) -> Columns {
        self.sizes = Some(self.objects.iter().map(|object| size(object.0)).collect());
        self
    }

    /// Ids run from 0 to below this.
    pub fn object_count(&self) -> usize {
        self.objects.iter().max().map_or(0, |object| object.index() + 1)
    }

    /// As the library takes it.
    pub fn requests(&self) -> Requests<'_> {
        Requests {
            times: &self.times,
            objects: &self.objects,
            sizes: self.sizes.as_deref(),
            ops: self.ops.as_deref(),
            costs: None,
            chained: None,
            ttls: self.ttls.as_deref(),
            next: Some(&self.next),
        }
    }
}

/// A cache for a trace of so many objects, as `spec` says.
pub fn build<P: Policy>(spec: &PolicySpec, capacity: Capacity, objects: usize, expires: bool) -> Cache<P> {
    let policy = P::new(capacity, spec.parameters()).unwrap();
    Cache::new(policy, capacity, objects, spec.new_filter(capacity, objects).unwrap(), expires)
}

/// Replays the trace through the policy that `spec` names.
pub fn run(spec: &str, capacity: Capacity, columns: &Columns) -> Tally {
    run_requests(spec, capacity, &columns.requests(), columns.object_count())
}

/// The same for requests of so many objects.
pub fn run_requests(spec: &str, capacity: Capacity, requests: &Requests<'_>, objects: usize) -> Tally {
    struct Run<'r>(&'r PolicySpec, Capacity, &'r Requests<'r>, usize);
    impl Visitor for Run<'_> {
        type Output = Tally;
        fn visit<P: Policy>(self) -> Tally {
            let Run(spec, capacity, requests, objects) = self;
            replay(&mut build::<P>(spec, capacity, objects, requests.ttls.is_some()), requests)
        }
    }
    let spec: PolicySpec = spec.parse().unwrap();
    policy::visit(spec.info().name, Run(&spec, capacity, requests, objects)).unwrap()
}
