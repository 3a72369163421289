//! Miss-ratio curves: the one pass against recorded counts, a naive stack and another's LRU; samples against exact replays.

use assert_cmd::Command;
use coldgap::analysis::sampled::{self, Sample, Sampling};
use coldgap::analysis::{Sweep, SweepCell, curve};
use coldgap::policy::Capacity;
use coldgap::policy::spec::parse_list;
use coldgap::replay::Tally;
use coldgap::replay::cell::Cell;
use coldgap::replay::observe::{Counted, Feed};
use coldgap::replay::stack_distance::StackDistances;
use coldgap::request::{ObjectId, Op, Requests};
use coldgap::trace::source::Source;
use coldgap::trace::{self, ReadOptions, Trace};
use coldgap::units::{CacheSize, Ratio};
use lru::LruCache;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

const CLOUD_PHYSICS: &str = "traces/libcachesim__cloudPhysicsIO.oracleGeneral.bin";
const TWITTER: &str = "traces/twitter_cluster52_10m.rows_0_4M.csv.zst";

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    let found = path.exists();
    if !found {
        println!("skipped: ../shared/{name} is not here");
    }
    found.then_some(path)
}

fn read(name: &str, limit: Option<u64>) -> Option<Trace> {
    Some(trace::read(&shared(name)?, &ReadOptions { limit, ..ReadOptions::default() }).unwrap())
}

fn sweep(policies: &str, sizes: Vec<CacheSize>, ignore_size: bool, warmup: f64) -> Sweep {
    let policies = parse_list(policies).unwrap();
    Sweep { policies, sizes, ignore_size, warmup: Ratio::new(warmup).unwrap(), threads: 0 }
}

/// What the sweep's cells met, replayed together.
fn together(sweep: &Sweep, source: &Source) -> Vec<SweepCell> {
    sweep.run(source, None, &()).unwrap().cells
}

/// LRU at all these sizes in one pass.
fn one_pass(requests: &Requests<'_>, objects: usize, warm: usize, sizes: &[u64]) -> Vec<Tally> {
    let mut distances = StackDistances::new(objects, requests.len(), warm, sizes.to_vec());
    // In two batches: where one ends must not matter.
    let half = requests.len() / 2;
    distances.feed(&requests.slice(0..half));
    distances.feed(&requests.slice(half..requests.len()));
    distances.totals()
}

fn gets<'t>(objects: &'t [ObjectId], sizes: &'t [u32], ops: &'t [Op]) -> Requests<'t> {
    Requests {
        times: &[],
        objects,
        sizes: Some(sizes),
        costs: None,
        chained: None,
        ops: Some(ops),
        ttls: None,
        next: None,
    }
}

#[test]
fn the_one_pass_counts_what_libcachesim_counted() {
    let golden = shared("golden/libcachesim_cloudphysics.json");
    let (Some(golden), Some(trace)) = (golden, read(CLOUD_PHYSICS, None)) else { return };
    let golden: Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
    let recorded = golden["policies"]["lru"]["ignore_obj_size_1"].as_object().unwrap();
    let mut sizes: Vec<u64> = recorded.keys().map(|size| size.parse().unwrap()).collect();
    sizes.sort_unstable();
    let tallies = one_pass(&trace.requests(), trace.object_count(), 0, &sizes);
    assert_eq!(tallies.len(), 7);
    for (size, tally) in sizes.iter().zip(tallies) {
        assert_eq!(tally.misses, recorded[&size.to_string()]["n_miss"].as_u64().unwrap(), "{size} objects");
    }
}

proptest! {
    /// The stack as Mattson describes it: a list, the last one asked for first; an object's place is its distance.
    #[test]
    fn the_one_pass_is_a_naive_stack(
        requests in prop::collection::vec((0..60u32, 1..9u32, any::<bool>()), 1..400),
        warm in 0..100usize,
    ) {
        let objects: Vec<ObjectId> = requests.iter().map(|(object, ..)| ObjectId(*object)).collect();
        let bytes: Vec<u32> = requests.iter().map(|(_, size, _)| *size).collect();
        let ops: Vec<Op> = requests.iter().map(|(.., set)| if *set { Op::Set } else { Op::Get }).collect();
        let sizes = [1, 2, 3, 5, 8, 30, 60, 1000];
        let warm = warm.min(objects.len());
        let mut stack: Vec<ObjectId> = Vec::new();
        // Of a chain, what is behind a miss misses, too.
        let chained: Vec<bool> = bytes.iter().map(|size| size % 3 == 0).collect();
        let costs: Vec<u32> = bytes.iter().map(|size| size % 7).collect();
        let mut broken = [false; 8];
        let mut expected = [(0, 0, 0); 8];
        for (i, object) in objects.iter().enumerate() {
            let place = stack.iter().position(|other| other == object);
            if i >= warm && ops[i] == Op::Get {
                for ((size, misses), broken) in sizes.iter().zip(&mut expected).zip(&mut broken) {
                    *broken = place.is_none_or(|place| place >= *size as usize) || (chained[i] && *broken);
                    if *broken {
                        *misses = (misses.0 + 1, misses.1 + u64::from(bytes[i]), misses.2 + u64::from(costs[i]));
                    }
                }
            }
            place.map(|place| stack.remove(place));
            stack.insert(0, *object);
        }
        let requests = Requests { costs: Some(&costs), chained: Some(&chained), ..gets(&objects, &bytes, &ops) };
        let told = |tally: &Tally| (tally.misses, tally.bytes_missed, tally.cost_missed);
        let found: Vec<(u64, u64, u64)> = one_pass(&requests, 60, warm, &sizes).iter().map(told).collect();
        prop_assert_eq!(&found[..], &expected[..]);
        for (size, expected) in sizes.iter().zip(expected) {
            let cell = Cell { policy: "lru".parse().unwrap(), capacity: Capacity::Objects(*size) };
            let mut alone = Counted::new(cell.cache(60, false).unwrap(), warm);
            alone.feed(&requests);
            prop_assert_eq!(told(&alone.totals()[0]), expected);
        }
    }
}

/// Long enough that holes are squeezed out many times.
#[test]
fn the_one_pass_is_another_programs_lru_on_a_long_trace() {
    let mut state = 1u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 12_000
    };
    let objects: Vec<ObjectId> = (0..300_000).map(|_| ObjectId(draw().min(draw()).min(draw()) as u32)).collect();
    let requests = Requests {
        times: &[],
        objects: &objects,
        sizes: None,
        costs: None,
        chained: None,
        ops: None,
        ttls: None,
        next: None,
    };
    let sizes = [1, 10, 500, 3_000, 9_000, 12_000];
    for (size, tally) in sizes.iter().zip(one_pass(&requests, 12_000, 0, &sizes)) {
        let mut cache = LruCache::new(NonZeroUsize::new(*size as usize).unwrap());
        let misses = objects.iter().filter(|object| cache.put(**object, ()).is_none()).count();
        assert_eq!((tally.requests, tally.misses), (300_000, misses as u64), "{size} objects");
    }
}

#[test]
fn a_curve_has_the_rows_of_one_replay_per_size() {
    for (name, limit) in [(CLOUD_PHYSICS, None), (TWITTER, Some(200_000))] {
        let Some(trace) = read(name, limit) else { return };
        let source = Source::from(trace);
        for ignore_size in [true, false] {
            let sweep = sweep("lru,sieve", curve::sizes(12), ignore_size, 0.25);
            let curve = together(&sweep, &source);
            let alone = |size: &CacheSize| together(&Sweep { sizes: vec![*size], ..sweep.clone() }, &source);
            let mut each: Vec<SweepCell> = sweep.sizes.iter().flat_map(alone).collect();
            // Small sizes come to the same capacity: the curve has them once.
            let mut seen = HashSet::new();
            each.retain(|found| seen.insert((found.cell.policy.to_string(), found.cell.capacity)));
            assert_eq!(curve.len(), each.len());
            for (one, other) in curve.iter().zip(&each) {
                assert_eq!((&one.cell.policy, one.cell.capacity), (&other.cell.policy, other.cell.capacity));
                assert_eq!(one.total, other.total, "{:?}", one.cell.capacity);
            }
            let (_, jobs) = sweep.forecast(&source, None).unwrap();
            assert_eq!(
                jobs.iter().any(|job| job.cells.len() == curve.len() / 2),
                ignore_size,
                "all of lru in one pass"
            );
        }
    }
}

/// Over draws, sizes and policies the band must hold the truth about as often as it says. It is too wide rather than
/// too narrow; `lfu`, which does not scale, is told apart.
#[test]
fn bands_hold_the_truth_as_often_as_they_say() {
    let sizes: Vec<CacheSize> = (0..10).map(|i| 10f64.powf(-2.5 + 0.25 * f64::from(i))).map(share).collect();
    for (name, limit, rate) in [(CLOUD_PHYSICS, None, 0.1), (TWITTER, Some(400_000), 0.05)] {
        let Some(trace) = read(name, limit) else { return };
        let source = Source::from(trace.clone());
        for ignore_size in [true, false] {
            let sweep = sweep("lru,s3fifo,fifo,lfu", sizes.clone(), ignore_size, 0.25);
            let exact = together(&sweep, &source);
            let (mut held, mut all, mut error, mut held_lfu) = (0, 0, 0.0, 0);
            for seed in 0..12 {
                let sampling = Sampling { share: Ratio::new(rate).unwrap(), seed };
                let found = sampled::run(&sweep, &trace, sampling, &()).unwrap();
                assert_eq!(found.cells.len(), exact.len());
                for (found, exact) in found.cells.iter().zip(&exact) {
                    let Some(estimate) = found.estimate else { continue };
                    let misses = exact.total.misses as f64;
                    let holds = u32::from(estimate.low - 0.5 <= misses && misses <= estimate.high + 0.5);
                    if found.cell.policy.to_string() == "lfu" {
                        held_lfu += holds;
                        continue;
                    }
                    all += 1;
                    held += holds;
                    error += (estimate.misses - misses).abs() / exact.total.requests as f64;
                }
            }
            let (coverage, lfu) = (f64::from(held) / f64::from(all), 3.0 * f64::from(held_lfu) / f64::from(all));
            println!("{name}, sizes ignored: {ignore_size}: {coverage:.3} of {all}, lfu {lfu:.3}");
            assert!(all > 200 && (0.92..=1.0).contains(&coverage), "{name} {ignore_size}: {held} of {all}");
            assert!(lfu > 0.4, "{name} {ignore_size}: {held_lfu}");
            assert!(error / f64::from(all) < 0.015, "{name} {ignore_size}: {error} over {all}");
        }
    }
}

fn share(share: f64) -> CacheSize {
    CacheSize::Share(Ratio::new(share.min(1.0)).unwrap())
}

#[test]
fn a_sample_of_all_keys_is_exact() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/burst.csv");
    let trace = trace::read(&path, &ReadOptions::default()).unwrap();
    let sweep = sweep("lru,s3fifo,sieve", [0.1, 0.3, 1.0].map(share).to_vec(), true, 0.25);
    let warm = sweep.warm_position(trace.len()).unwrap();
    let exact = together(&sweep, &Source::from(trace.clone()));
    let sample = Sample::draw(&trace, warm, Sampling { share: Ratio::ALL, seed: 3 }, false);
    for exact in exact {
        let total = exact.total;
        let estimate = sample.estimate(&exact.cell, exact.capacity_ratio).unwrap().unwrap();
        for end in [estimate.misses, estimate.low, estimate.high] {
            assert!((end - total.misses as f64).abs() < 0.01, "{estimate:?}, {total:?}");
        }
        assert!((estimate.bytes_missed - total.bytes_missed as f64).abs() < 1.0 + total.bytes_missed as f64 / 1e9);
    }
}

#[test]
fn the_command_gives_curves_and_bands_that_repeat() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["replay", "traces/burst.csv", "-o", "-"]).args(arguments);
        let output = command.assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let rows = |text: &str| serde_json::from_str::<Value>(text).unwrap()["rows"].as_array().unwrap().clone();
    let exact = rows(&run(&["--curve=20", "-p", "lru,fifo"]));
    assert!(exact.len() > 20 && exact.iter().all(|row| row["miss_ratio"].is_f64() && row["miss_ratio_low"].is_null()));
    let one = run(&["--curve=20", "-p", "lru,belady", "--sample", "50%", "--seed", "7", "-j", "1"]);
    assert_eq!(one, run(&["--curve=20", "-p", "lru,belady", "--sample", "50%", "--seed", "7", "-j", "2"]));
    assert_ne!(
        one,
        run(&["--curve=20", "-p", "lru,belady", "--sample", "50%", "--seed", "8"]).replace("seed 8", "seed 7")
    );
    let sampled = rows(&one);
    assert_eq!(sampled[0]["misses"], Value::Null, "one object says nothing");
    let last = sampled.last().unwrap();
    assert_eq!(last["sample_ratio"], 0.5);
    assert!(last["miss_ratio_low"].as_f64() <= last["miss_ratio"].as_f64());
    let mut both = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    both.args(["replay", "x", "--curve", "-c", "1%"]).assert().code(2);
}
