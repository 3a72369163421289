//! A table of how fast each policy replays, for machines to read: `cargo bench --bench rates > benches/rates.csv` refreshes
//! the committed one, in less than three minutes; `... -- lru arc` measures only these.
//!
//! Gets only, all objects counting 1: 5 million from Zipf(1.0) over a million objects with a fixed seed, or the trace that
//! the variable COLDGAP_TRACE names. A measurement replays all of them through a cache that is empty at first. It counts
//! the processor time of its thread (elapsed time where the system does not tell), which other programs disturb less, and
//! the least of several rounds. benches/replay.rs says what limits the rates.

mod zipf;

use coldgap::cache::Cache;
use coldgap::policy::{self, ALL, Capacity, Parameters, Policy, Visitor};
use coldgap::replay::replay;
use coldgap::request::{NEVER, ObjectId, Requests};
use coldgap::trace::{self, ReadOptions};
use std::path::Path;
use std::time::{Duration, Instant};

/// A policy is measured for so long, but at least so often.
const LONG_ENOUGH: Duration = Duration::from_millis(1500);
const ROUNDS: usize = 3;

/// The processor time of this thread, from the second its bench began.
fn processor_time(start: Instant) -> Duration {
    // Linux adds a thread's time up when it stops or a tick is over, which would be 1 to 4 ms too late.
    std::thread::sleep(Duration::from_micros(50));
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|line| line.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

struct Measure<'m> {
    capacity: Capacity,
    requests: Requests<'m>,
    objects: usize,
}

impl Visitor for Measure<'_> {
    /// Million requests a second.
    type Output = f64;

    fn visit<P: Policy>(self) -> f64 {
        let start = Instant::now();
        let mut least = Duration::MAX;
        let mut rounds = 0;
        while rounds < ROUNDS || start.elapsed() < LONG_ENOUGH {
            let policy = P::new(self.capacity, &Parameters::default()).expect("defaults are valid");
            let mut cache = Cache::<P>::new(policy, self.capacity, self.objects, None, false);
            let before = processor_time(start);
            replay(&mut cache, &self.requests);
            least = least.min(processor_time(start) - before);
            rounds += 1;
        }
        self.requests.len() as f64 / least.as_secs_f64() / 1e6
    }
}

fn read(path: &str) -> Vec<ObjectId> {
    let trace = trace::read(Path::new(path), &ReadOptions::default());
    trace.unwrap_or_else(|error| panic!("{error}")).requests().objects.to_vec()
}

/// For each request the position of its object's next one.
fn next_requests(objects: &[ObjectId], count: usize) -> Vec<u32> {
    let mut seen = vec![NEVER; count];
    let mut next = vec![NEVER; objects.len()];
    for (i, object) in objects.iter().enumerate().rev() {
        next[i] = std::mem::replace(&mut seen[object.index()], i as u32);
    }
    next
}

fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    model.unwrap_or("an unnamed processor").to_string()
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let given = std::env::var("COLDGAP_TRACE");
    let objects = given.as_deref().map_or_else(|_| zipf::zipf(1.0, 1_000_000, 5_000_000), read);
    let count = objects.iter().max().map_or(0, |last| last.index() + 1);
    let next = next_requests(&objects, count);
    let trace = given.unwrap_or_else(|_| "Zipf(1.0) over a million objects".to_string());
    println!("# {} gets, {trace}, one core of {}; processor time, least of several", objects.len(), processor());
    println!("# rounds. Refreshed by: cargo bench --bench rates > benches/rates.csv");
    println!("policy,size,million_requests_per_second");
    for info in ALL.iter().filter(|info| wanted.is_empty() || wanted.iter().any(|name| name == info.name)) {
        for (size, part) in [("10%", 10), ("1%", 100)] {
            let next = info.needs_future.then_some(next.as_slice());
            let requests = Requests {
                times: &[],
                objects: &objects,
                sizes: None,
                costs: None,
                chained: None,
                ops: None,
                ttls: None,
                next,
            };
            let capacity = Capacity::Objects((count / part) as u64);
            let rate = policy::visit(info.name, Measure { capacity, requests, objects: count });
            println!("{},{size},{:.1}", info.name, rate.unwrap_or(f64::NAN));
        }
    }
}
