//! Brute force against what `coldgap gap` prints: at a backend a little above the printed least one, and at a load a little below
//! the printed limit, naive walks from thousands of moments and every node find no answer that comes too late. And laws of
//! the printed columns.
//!
//! Moments are spread over the trace, crowded around the printed worst moment, and crowded once more around those that the
//! naive walks themselves found the worst.

mod faults;
mod naive;

use assert_cmd::Command;
use coldgap::cache::Cache;
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{self, Capacity, Policy, Visitor};
use coldgap::service::Service;
use coldgap::trace::{self, ReadOptions, Trace};
use coldgap::units::{Demand, Loss, Rate, Seconds};
use naive::{Brute, Case, Point, Store, Walks, Way};
use rayon::prelude::*;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// What a searched limit may miss, and a certified one.
const ALLOWED: [f64; 2] = [1.01, 1.005];

/// A trace, how many of its requests, the cache, and how long clients wait, seconds: not less than a tick of the trace's clock.
type Asked = (&'static str, u64, &'static str, f64);

const SIX: [Asked; 6] = [
    ("traces/article.parquet", 24_000, "10%", 0.1),
    ("traces/burst.csv", 24_000, "10%", 1.0),
    ("traces/sessions.arrow", 24_000, "10%", 1.0),
    ("../shared/traces/libcachesim__twitter_cluster52.csv", 28_000, "10%", 1.0),
    ("../shared/traces/nasa_19950801.clf.log", 31_000, "10%", 20.0),
    ("../shared/traces/cachelib__short_bigcache_traces.csv", 10_000, "20%", 2.0),
];

/// More of them, under longer traces and with more clients' patience.
const LONG: [Asked; 8] = [
    ("traces/twitter_cluster4.parquet", 60_000, "10%", 2.0),
    ("traces/sessions.arrow", 24_000, "30%", 0.3),
    ("traces/scan.oracleGeneral.zst", 48_000, "30%", 2.0),
    ("traces/article.parquet", 150_000, "10%", 1.0),
    ("traces/web.log.gz", 80_000, "10%", 60.0),
    ("../shared/traces/libcachesim__twitter_cluster52.csv", 150_000, "20%", 1.0),
    ("../shared/traces/libcachesim__cloudPhysicsIO.oracleGeneral.bin", 60_000, "70%", 10.0),
    ("../shared/traces/nasa_19950801.clf.log", 31_000, "5%", 60.0),
];

/// Where a trace is; none, and a notice, where it is not.
fn here(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if !path.exists() {
        println!("skipped: {name} is not here");
    }
    path.exists().then(|| path.to_string_lossy().into_owned())
}

/// The backend that is asked about: chains of blocks cost tokens.
fn backend(name: &str) -> &'static str {
    match name {
        _ if name.contains("mooncake") => "400000tokens/s",
        _ if name.ends_with(".jsonl") => "90000tokens/s",
        _ => "auto",
    }
}

/// What `coldgap gap` prints of a trace, without simulations.
fn gap((name, limit, size, timeout): Asked, more: &[&str]) -> Option<Value> {
    let (path, limit, timeout) = (here(name)?, limit.to_string(), format!("{timeout}s"));
    let output = Command::new(env!("CARGO_BIN_EXE_coldgap"))
        .args([
            "gap",
            &path,
            "--limit",
            &limit,
            "--timeout",
            &timeout,
            "-b",
            backend(name),
            "-c",
            size,
            "--quick",
            "-o",
            "-",
        ])
        .args(more)
        .assert()
        .success();
    Some(serde_json::from_slice(&output.get_output().stdout).unwrap())
}

/// A printed number; infinite where there is no limit.
fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or(f64::INFINITY)
}

struct New<'a>(&'a PolicySpec, Capacity, &'a Trace);

impl Visitor for New<'_> {
    type Output = Box<dyn Store>;
    fn visit<P: Policy>(self) -> Box<dyn Store> {
        let New(spec, capacity, trace) = self;
        let (objects, policy) = (trace.object_count(), P::new(capacity, spec.parameters()).unwrap());
        let filter = spec.new_filter(capacity, objects).unwrap();
        Box::new(Cache::new(policy, capacity, objects, filter, trace.ttls.is_some()))
    }
}

/// A printed limit: a row's least backend, or its load limit.
struct Printed<'r> {
    row: &'r Value,
    is_load: bool,
    today: f64,
}

impl Printed<'_> {
    fn value(&self) -> f64 {
        number(self.row, if self.is_load { "load_limit_per_second" } else { "least_backend_per_second" })
    }

    /// What is asked of the service where the limit is eased by a factor.
    fn eased(&self, factor: f64) -> Point {
        match self.is_load {
            true => Point { mu: number(self.row, "backend_per_second"), load: self.value() / self.today / factor },
            false => Point { mu: self.value() * factor, load: 1.0 },
        }
    }
}

/// Moments spread evenly, and moments around each one that is thought bad.
const EVEN: usize = 1_300;
const AROUND: usize = 150;

/// The longest wait that a loss brings at any moment tried, as a share of the patience; what is wrong where that is too long.
fn attack(brute: &Brute<'_>, printed: &Printed<'_>, allowed: f64) -> Result<f64, String> {
    let Printed { row, .. } = printed;
    let wrong = |case: Option<Case>| {
        let needs = brute.needs(case, &|factor| printed.eased(factor), allowed);
        let axis = if printed.is_load { "load" } else { "backend" };
        let (policy, loss) = (&row["policy"], &row["loss"]);
        format!("{} {policy} {loss}: {axis} {} needs {needs:.4} for {case:?}", row["trace"], printed.value())
    };
    let Some(walks) = brute.at(printed.eased(allowed)) else { return Err(wrong(None)) };
    let loss: Loss = row["loss"].as_str().unwrap().parse().unwrap();
    let ways = Way::all(loss.lost, loss.nodes);
    let requests = brute.requests.len() - brute.start;
    let mut moments: Vec<usize> = (0..EVEN).map(|i| brute.start + i * requests / EVEN).collect();
    for field in ["loss_worst_moment_seconds", "worst_moment_seconds"] {
        let position = |at: f64| brute.requests.position_at((at * 1e9).round() as u64);
        moments.extend(row[field].as_f64().map(position).into_iter().flat_map(|at| near(brute, at, AROUND)));
    }
    let longest = |walks: &Walks<'_, '_>, moments: &mut Vec<usize>| {
        moments.sort_unstable();
        moments.dedup();
        let mut waits = walks.waits(moments, &ways);
        waits.sort_by(|a, b| b.0.total_cmp(&a.0));
        waits
    };
    let first = longest(&walks, &mut moments);
    // The worst of the first round, far from each other.
    let mut bad: Vec<usize> = Vec::new();
    for (_, case) in &first {
        if bad.len() < 4 && bad.iter().all(|other| other.abs_diff(case.moment) > AROUND) {
            bad.push(case.moment);
        }
    }
    let mut again: Vec<usize> = bad.into_iter().flat_map(|at| near(brute, at, AROUND)).collect();
    let second = longest(&walks, &mut again);
    assert!(moments.len() + again.len() >= 2_000, "{} moments", moments.len() + again.len());
    let (wait, case) = if second[0].0 > first[0].0 { second[0] } else { first[0] };
    if wait.is_finite() { Ok(wait / brute.service.patience().0) } else { Err(wrong(Some(case))) }
}

/// So many moments around one.
fn near(brute: &Brute<'_>, at: usize, count: usize) -> std::ops::Range<usize> {
    let from = at.saturating_sub(count / 2).max(brute.start);
    from..(from + count).min(brute.requests.len())
}

/// Attacks all that is printed of a trace. `modes`: searched, certified.
fn attack_all(asked: Asked, policies: &str, losses: &str, modes: &[bool]) -> Vec<String> {
    let (name, limit, _, timeout) = asked;
    let Some(path) = here(name) else { return Vec::new() };
    let options = ReadOptions { limit: Some(limit), ..ReadOptions::default() };
    let mut trace = trace::read(Path::new(&path), &options).unwrap();
    trace.look_ahead();
    let (requests, hashes) = (trace.requests(), trace.key_hashes());
    let service = Service {
        demand: backend(name).parse().map_or(Demand::Answers, |rate: Rate| rate.of),
        timeout: Seconds(timeout),
        service_time: Seconds(0.01),
        retries: 0,
        single_flight: false,
    };
    let mut wrong = Vec::new();
    for certify in modes {
        let began = std::time::Instant::now();
        let mode = if *certify { &["--certify"][..] } else { &[] };
        let report = gap(asked, &[&["-p", policies, "--lose", losses], mode].concat()).unwrap();
        let told = began.elapsed();
        let today = number(&report["traces"][0], "today_per_second");
        assert_eq!(today, number(&report["traces"][0], "load_per_second"));
        let rows = report["rows"].as_array().unwrap().iter().filter(|row| number(row, "loss_ratio") > 0.0);
        let limits = rows.flat_map(|row| [false, true].map(|is_load| Printed { row, is_load, today }));
        let limits: Vec<Printed<'_>> = limits.filter(|printed| printed.value().is_finite()).collect();
        let found: Vec<_> = limits
            .par_iter()
            .map(|printed| {
                let spec: PolicySpec = printed.row["policy"].as_str().unwrap().parse().unwrap();
                let objects = printed.row["cache_capacity_objects"].as_u64().map(Capacity::Objects);
                let bytes = printed.row["cache_capacity_bytes"].as_u64().map(Capacity::Bytes);
                let cache = policy::visit(spec.info().name, New(&spec, objects.or(bytes).unwrap(), &trace)).unwrap();
                let brute = Brute { requests, hashes: &hashes, start: trace.len() / 4, service, cache };
                // A policy whose hits are no bound is only searched, whatever was asked for.
                let certified = *certify && spec.hits_bound_losses(number(printed.row, "loss_ratio") == 1.0);
                attack(&brute, printed, ALLOWED[usize::from(certified)])
            })
            .collect();
        let longest = found.iter().flatten().copied().fold(0.0, f64::max);
        println!(
            "{name}, certified {certify}: {} limits, longest wait {longest:.2}, {told:.1?} {:.1?}",
            limits.len(),
            began.elapsed()
        );
        let found = found.into_iter().filter_map(Result::err);
        let from = wrong.len();
        wrong.extend(found.map(|wrong| format!("{wrong}, certified {certify}")));
        wrong[from..].iter().for_each(|wrong| println!("worse than printed: {wrong}"));
    }
    wrong
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "worse than printed:\n{}", wrong.join("\n"));
}

#[test]
fn brute_force_finds_nothing_worse_than_what_is_printed() {
    // The busiest trace has the longest walks, and its certificate is left to the thorough test.
    let modes = |name: &str| if name.contains("twitter") { &[false][..] } else { &[false, true] };
    let attack = |asked: &Asked| attack_all(*asked, "lru,fifo,sieve,s3fifo,arc", "1/4,1/1", modes(asked.0));
    assert_none(&SIX.iter().flat_map(attack).collect::<Vec<_>>());
}

/// Conversations whose rows are chains of blocks: one that all have, and those of all turns so far.
fn conversations() -> String {
    let mut state = 7u64;
    let mut draw = move |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let (mut turns, mut next, mut time, mut rows) = (vec![(0, 1); 40], 40, 0, String::new());
    for _ in 0..4_000 {
        time += draw(180);
        let place = draw(40) as usize;
        let (id, blocks) = &mut turns[place];
        if *blocks > 9 {
            (*id, *blocks, next) = (next, 1, next + 1);
        }
        let ids: Vec<String> =
            (0..*blocks).map(|block| if block == 0 { 0 } else { *id * 100 + block }.to_string()).collect();
        let length = *blocks * 512 - draw(500) as usize;
        writeln!(rows, r#"{{"timestamp": {time}, "input_length": {length}, "hash_ids": [{}]}}"#, ids.join(", "))
            .unwrap();
        *blocks += 1 + draw(2) as usize;
    }
    rows
}

/// A hit needs all blocks before it, and a block behind a miss is worked out anew.
#[test]
fn brute_force_finds_nothing_worse_than_what_is_printed_of_chains() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.jsonl");
    std::fs::write(&path, conversations()).unwrap();
    // As long as the program runs.
    let name: &'static str = Box::leak(path.to_string_lossy().into_owned().into_boxed_str());
    let mut wrong = attack_all((name, 24_000, "20%", 1.0), "lru,sieve,s3fifo", "1/4,1/1", &[false, true]);
    wrong.extend(attack_all(
        ("../shared/traces/mooncake__conversation.first30min.jsonl", 20_000, "30%", 4.0),
        "lru",
        "1/4,1/1",
        &[false],
    ));
    assert_none(&wrong);
}

/// Longer traces, more nodes, all policies: of four quarters of them one, so that each policy meets two traces.
fn attack_thoroughly(of: usize) {
    let names = policy::ALL.iter().map(|info| info.name).filter(|name| *name != "unbounded");
    let some: Vec<&str> = names.chain(["lru+reject-first"]).skip(of % 4).step_by(4).collect();
    assert_none(&attack_all(LONG[of], &some.join(","), "1/8,2/6,1/2,1/1", &[false, true]));
}

macro_rules! thorough {
    ($($name:ident $of:literal)+) => {
        mod thorough {
            $(
                #[test]
                #[ignore = "takes minutes, and an hour in all"]
                fn $name() {
                    super::attack_thoroughly($of);
                }
            )+
        }
    };
}
thorough! { twitter_cluster4 0 sessions 1 scan 2 article 3 web 4 twitter_cluster52 5 cloud_physics 6 nasa 7 }

/// Where no cache is needed none can be missed, and where warm traffic fails the loss is not to blame.
#[test]
fn hidden_lies_between_floor_and_advertised_for_every_policy_on_every_trace() {
    let others = LONG.into_iter().filter(|(name, ..)| SIX.iter().all(|(other, ..)| other != name));
    let mut known = 0;
    for (name, limit, size, timeout) in SIX.into_iter().chain(others) {
        let Some(report) = gap((name, limit.min(28_000), size, timeout), &["-p", "all", "--lose", "1/1"]) else {
            continue;
        };
        // One of so few requests may be too short to say anything.
        if report["traces"][0]["limits_known"] == false {
            println!("skipped: {name} is too short");
            continue;
        }
        known += 1;
        for row in report["rows"].as_array().unwrap() {
            let [floor, hidden, advertised] =
                ["floor_per_second", "hidden_safe_per_second", "advertised_per_second"].map(|field| number(row, field));
            assert!(floor <= hidden && hidden <= advertised, "{name} {}: {floor} {hidden} {advertised}", row["policy"]);
        }
    }
    assert!(known >= 3, "{known} traces say something");
}

#[test]
fn a_policy_s_numbers_depend_neither_on_its_company_nor_on_threads() {
    for asked in SIX {
        let rows = |more: &[&str]| {
            let report =
                gap((asked.0, asked.1.min(28_000), asked.2, asked.3), &[&["--lose", "1/4,1/1"], more].concat())?;
            let rows = report["rows"].as_array().unwrap();
            Some(rows.iter().filter(|row| row["policy"] == "lru").cloned().collect::<Vec<_>>())
        };
        let alone = rows(&["-p", "lru"]);
        assert!(alone.as_ref().is_none_or(|rows| rows.len() == 3));
        assert_eq!(alone, rows(&["-p", "sieve,lru,fifo"]), "{}", asked.0);
        assert_eq!(alone, rows(&["-p", "lru", "--threads", "1"]), "{}", asked.0);
        assert_eq!(alone, rows(&["-p", "lru", "--threads", "2"]), "{}", asked.0);
    }
}
