//! The policies of servers, held to what the servers themselves missed: `testbed/misses.csv`, recorded by `testbed/misses`.

use super::{Columns, run_requests};
use coldgap::policy::Capacity;
use coldgap::request::ObjectId;
use coldgap::trace::{self, ReadOptions};
use serde::Deserialize;
use std::path::Path;

/// By how much miss ratios may differ.
const POINTS: f64 = 0.005;

/// What a server missed in a replay.
#[derive(Deserialize)]
struct Recorded {
    policy: String,
    trace: String,
    /// Times as fast as the trace's own times: the servers' clocks went on at their own pace.
    speed: u64,
    /// How many entries it held, typically.
    entries: u64,
    /// Requests that were counted, the last ones of the trace.
    gets: u64,
    misses: u64,
}

impl Recorded {
    fn miss_ratio(&self) -> f64 {
        self.misses as f64 / self.gets as f64
    }
}

/// The trace's gets; `None`, with a notice, where it is not here.
fn read(name: &str) -> Option<Columns> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traces/realstack").join(name);
    if !path.exists() {
        println!("skipped: no {name} in ../shared/traces/realstack");
        return None;
    }
    let trace = trace::read(&path, &ReadOptions::default()).unwrap();
    let requests = trace.requests();
    let gets = Columns::gets(requests.objects.iter().map(|object: &ObjectId| object.0));
    Some(Columns { times: requests.times.to_vec(), ..gets })
}

/// The miss ratio of a policy in the last `gets` requests, the trace passing `speed` times as fast.
fn miss_ratio(policy: &str, entries: u64, columns: &Columns, speed: u64, gets: u64) -> f64 {
    let times = columns.times.iter().map(|time| time / speed).collect();
    let faster = Columns { times, ..columns.clone() };
    let all = faster.requests();
    let first = all.slice(0..all.len() - gets as usize);
    let objects = columns.object_count();
    let misses = |requests| run_requests(policy, Capacity::Objects(entries), requests, objects).misses;
    (misses(&all) - misses(&first)) as f64 / gets as f64
}

#[test]
fn policies_miss_what_their_servers_missed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testbed/misses.csv");
    let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let recorded: Vec<Recorded> = table.deserialize().map(Result::unwrap).collect();
    assert!(recorded.len() >= 14);
    let Some(columns) = read(&recorded[0].trace) else { return };
    for line in &recorded {
        assert_eq!(line.trace, recorded[0].trace);
        let found = miss_ratio(&line.policy, line.entries, &columns, line.speed, line.gets);
        let server = line.miss_ratio();
        println!("{:24} {:5} entries, x {:2}: {found:.4}, server {server:.4}", line.policy, line.entries, line.speed);
        assert!((found - server).abs() <= POINTS, "{}: {found}, the server {server}", line.policy);
    }
}

/// Three more replays of a memcached 1.6.18, of whose pace is known that they were over within a minute.
#[test]
fn memcached_misses_what_was_recorded_of_others_replays() {
    let Some(columns) = read("a10_s1.csv.zst") else { return };
    let last = columns.times[columns.times.len() - 1];
    for (policy, entries, server) in
        [("memcached", 2304, 0.1942), ("memcached", 4608, 0.1080), ("memcached:maintainer=off", 2304, 0.2496)]
    {
        for minute in [1, 2] {
            let speed = minute * last / 60_000_000_000 + 1;
            let found = miss_ratio(policy, entries, &columns, speed, 112_500);
            println!("{policy:24} {entries} entries: {found:.4}, server {server:.4}");
            assert!((found - server).abs() <= POINTS, "{policy}: {found}, the server {server}");
        }
    }
}
