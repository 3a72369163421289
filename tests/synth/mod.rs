//! Synthetic traces, checked against closed forms and published numbers.

mod arrivals;
mod article;
mod command;
mod committed;
mod popularity;
mod properties;
mod twitter;
mod written;

use coldgap::cache::{Cache, Lookaside};
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::trace::Trace;
use coldgap::trace::synthetic::{Recipe, generate};
use std::path::{Path, PathBuf};

/// The trace of a recipe written in a test.
fn made(recipe: &str) -> Trace {
    generate(&Recipe::parse(recipe, "test.toml").unwrap()).unwrap()
}

/// The crate's folder of samples and recipes.
fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("traces")
}

/// The trace of a committed recipe.
fn sample(recipe: &str) -> Trace {
    let text = std::fs::read_to_string(samples().join(recipe)).unwrap();
    generate(&Recipe::parse(&text, recipe).unwrap()).unwrap()
}

/// How often each object is asked for, by any operation.
fn frequencies(trace: &Trace) -> Vec<u64> {
    let mut frequencies = vec![0; trace.object_count()];
    trace.objects.iter().for_each(|object| frequencies[object.index()] += 1);
    frequencies
}

/// Whether each request misses an LRU cache of so many objects.
fn lru_misses(trace: &Trace, objects: u64) -> Vec<bool> {
    struct Misses<'t>(&'t Trace, Capacity);
    impl Visitor for Misses<'_> {
        type Output = Vec<bool>;
        fn visit<P: Policy>(self) -> Vec<bool> {
            let policy = P::new(self.1, &Parameters::default()).unwrap();
            let mut cache = Cache::new(policy, self.1, self.0.object_count(), None, self.0.ttls.is_some());
            let requests = self.0.requests();
            (0..requests.len()).map(|i| cache.access(&requests.get(i))).collect()
        }
    }
    policy::visit("lru", Misses(trace, Capacity::Objects(objects))).unwrap()
}

/// Asserts that a measured value is within a share of the expected one.
#[track_caller]
fn assert_near(what: &str, measured: f64, expected: f64, within: f64) {
    assert!((measured - expected).abs() <= within * expected.abs(), "{what}: {measured} where {expected} was expected");
}
