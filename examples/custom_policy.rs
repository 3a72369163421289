//! A user's own eviction policy, outside the crate: MRU, most recently used first. It is what a loop over more objects
//! than fit the cache asks for, and poor at nearly everything else. On a trace it stands beside the built-in ones, in a curve
//! and in a gap report.
//!
//! Run it with `cargo run --release --example custom_policy`, or `... -- traces/burst.csv 70/s`.

use coldgap::cache::Cache;
use coldgap::policy::list::{Link, List};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use coldgap::replay::replay;
use coldgap::report::render::Render;
use coldgap::report::sheet::look::Look;
use coldgap::request::{ObjectId, Request, Requests};
use coldgap::{Gap, Replay, Trace};
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Evicts the object that was asked for last.
#[derive(Debug, Clone)]
pub struct Mru {
    recency: List,
}

impl Policy for Mru {
    const INFO: Info = Info {
        name: "mru",
        summary: "evicts the object that was asked for last",
        paper: "Chou and DeWitt, An evaluation of buffer management strategies, VLDB 1985",
        weakness: "everything but loops",
        fills_up: true,
        ..Info::PLAIN
    };
    // What the cache keeps per object for this policy: here, its place in one list.
    type Node = Link;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Mru { recency: List::default() })
    }

    // It has no parts whose sizes would follow.
    fn resize(&mut self, _: &mut Nodes<Link>, _: Capacity) {}

    fn on_hit(&mut self, nodes: &mut Nodes<Link>, request: &Request) {
        self.recency.refresh(nodes, request.object);
    }

    fn on_insert(&mut self, nodes: &mut Nodes<Link>, request: &Request) {
        self.recency.push(nodes, request.object);
    }

    fn evict(&mut self, nodes: &mut Nodes<Link>, _: Option<&Request>) -> ObjectId {
        let newest = self.recency.newest();
        self.recency.remove(nodes, newest);
        newest
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Link>, object: ObjectId) {
        self.recency.remove(nodes, object);
    }
}

/// How the library's own LRU does: a registered policy is reached by its name.
fn lru_miss_ratio(objects: &[ObjectId]) -> Option<f64> {
    struct Run<'r>(&'r [ObjectId]);
    impl coldgap::policy::Visitor for Run<'_> {
        type Output = f64;
        fn visit<P: Policy>(self) -> f64 {
            miss_ratio::<P>(self.0)
        }
    }
    coldgap::policy::visit("lru", Run(objects))
}

/// The share of requests that miss in a cache of [`CACHED`] of the [`OBJECTS`] objects.
pub fn miss_ratio<P: Policy>(objects: &[ObjectId]) -> f64 {
    let capacity = Capacity::Objects(CACHED);
    let policy = P::new(capacity, &Parameters::default()).expect("defaults are valid");
    let mut cache = Cache::new(policy, capacity, OBJECTS as usize, None, false);
    // Columns that a trace does not have are left out.
    let trace =
        Requests { times: &[], objects, sizes: None, costs: None, chained: None, ops: None, ttls: None, next: None };
    let tally = replay(&mut cache, &trace);
    tally.misses as f64 / tally.requests as f64
}

const OBJECTS: u32 = 1000;
const CACHED: u64 = 900;
const REQUESTS: u32 = 100_000;

/// The same objects in the same order, again and again.
pub fn looping() -> Vec<ObjectId> {
    (0..REQUESTS).map(|i| ObjectId(i % OBJECTS)).collect()
}

/// Some objects much more popular than others.
pub fn skewed() -> Vec<ObjectId> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let popularity = Zipf::new(f64::from(OBJECTS), 1.0).expect("the exponent is positive");
    (0..REQUESTS).map(|_| ObjectId(popularity.sample(&mut random) as u32 - 1)).collect()
}

/// Its miss-ratio curve beside lru's, and what it needs of a backend.
pub fn on_a_trace(path: &str, backend: &str) -> coldgap::Result<coldgap::report::Report> {
    let trace = Trace::open(path)?;
    let curve = Replay::new(&trace).policies(["lru"])?.policy(PolicySpec::custom::<Mru>()?).curve(5)?.run()?;
    for row in &curve.rows {
        let ratio = row.miss_ratio.unwrap_or(f64::NAN);
        println!(
            "{:>8} {:>8.2}% of the footprint: {:>5.1}%",
            row.policy,
            100.0 * row.cache_capacity_ratio,
            100.0 * ratio
        );
    }
    let gap = Gap::new(&trace).policies(["lru"])?.policy(PolicySpec::custom::<Mru>()?).backend(backend)?;
    gap.set("quick", "true")?.run()
}

fn main() -> coldgap::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [path, backend] = words.as_slice() {
        println!("{}", on_a_trace(path, backend)?.text(&Look::FILE));
        return Ok(());
    }
    println!("misses, {CACHED} of {OBJECTS} objects cached");
    println!("{:8} {:>8} {:>8}", "", "mru", "lru");
    for (name, objects) in [("loop", looping()), ("zipf", skewed())] {
        let lru = lru_miss_ratio(&objects).expect("lru is registered");
        println!("{name:8} {:>7.1}% {:>7.1}%", 100.0 * miss_ratio::<Mru>(&objects), 100.0 * lru);
    }
    Ok(())
}
