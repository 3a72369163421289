//! Samples, and samples of samples: a file knows what it is, and a second draw is a draw.

use assert_cmd::Command;
use coldgap::analysis::sampled::{Sample, Sampling};
use coldgap::replay::cell::Cell;
use coldgap::trace::native::Native;
use coldgap::trace::sample::{Drawn, place};
use coldgap::trace::{self, ReadOptions, Trace};
use coldgap::units::Ratio;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn coldgap(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_coldgap")).args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn ratio(share: f64) -> Ratio {
    Ratio::new(share).unwrap()
}

/// 10,000 objects, some asked for much more often than others.
fn whole(folder: &Path) -> PathBuf {
    let mut rows = String::from("time,key,size\n");
    for i in 0..60_000u64 {
        let key = if i < 10_000 { i } else { i * i % 10_007 % (1 + i % 10_000) };
        writeln!(rows, "{}.5,{key},{}", i / 7, 100 + key % 13).unwrap();
    }
    let path = folder.join("whole.csv");
    std::fs::write(&path, rows).unwrap();
    path
}

/// `coldgap convert --sample`.
fn convert(from: &Path, to: &Path, share: &str) -> Trace {
    coldgap(&["convert", from.to_str().unwrap(), to.to_str().unwrap(), "--sample", share]);
    trace::read(to, &ReadOptions::default()).unwrap()
}

#[test]
fn a_sample_of_a_sample_draws_among_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let tenth = convert(&whole(folder.path()), &at("tenth.parquet"), "10%");
    assert_eq!(tenth.sample, Some(Drawn { share: ratio(0.1), seed: 0 }));
    let objects = tenth.object_count() as f64;
    let quarter = convert(&at("tenth.parquet"), &at("quarter.parquet"), "25%");
    // A quarter of some 1,000 keys, give or take four standard deviations.
    assert!((quarter.object_count() as f64 - objects / 4.0).abs() < 4.0 * (objects * 0.25 * 0.75).sqrt());
    assert_eq!(quarter.sample.map(|drawn| drawn.share), Some(ratio(0.025)));
    let third = convert(&at("quarter.parquet"), &at("third.parquet"), "50%");
    let left = quarter.object_count() as f64;
    assert!((third.object_count() as f64 - left / 2.0).abs() < 4.0 * (left * 0.25).sqrt());
    assert_eq!(convert(&at("tenth.parquet"), &at("again.parquet"), "25%").fingerprint, quarter.fingerprint);
    assert_eq!(Native::open(&at("third.parquet")).unwrap().unwrap().notes.len(), third.notes.len());
}

#[test]
fn an_estimate_from_a_sample_draws_among_its_keys_and_says_what_it_is_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.parquet");
    let part = convert(&whole(folder.path()), &path, "50%");
    for seed in 0..3 {
        let sample = Sample::draw(&part, 0, Sampling { share: ratio(0.5), seed }, false);
        let expected = part.object_count() as f64 / 2.0;
        assert!((sample.object_count() as f64 - expected).abs() < 4.0 * (expected / 2.0).sqrt(), "{seed}");
        // The groups that a band is made of are none of them empty: a cell is estimated with a band above and below.
        let cell = Cell { policy: "fifo".parse().unwrap(), capacity: coldgap::policy::Capacity::Objects(1_000) };
        let estimate = sample.estimate(&cell, 1_000.0 / part.object_count() as f64).unwrap().unwrap();
        assert!(estimate.low < estimate.misses && estimate.misses < estimate.high);
    }
    let json = coldgap(&["replay", path.to_str().unwrap(), "-p", "lru", "--sample", "50%", "-o", "-"]);
    let report: Value = serde_json::from_str(&json).unwrap();
    let assumptions = report["assumptions"].to_string();
    assert!(assumptions.contains("the trace is itself a sample, 50% of a larger one's keys"), "{assumptions}");
}

#[test]
fn inspect_and_reports_say_that_a_trace_is_a_sample() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, path) = (whole(folder.path()), folder.path().join("s.parquet"));
    convert(&whole, &path, "20%");
    let text = coldgap(&["inspect", path.to_str().unwrap()]);
    assert!(text.contains("sample            20% of the keys of a larger trace"), "{text}");
    let json = |path: &Path| -> Value {
        serde_json::from_str(&coldgap(&["inspect", path.to_str().unwrap(), "-o", "-"])).unwrap()
    };
    assert_eq!(json(&path)["traces"][0]["sample_ratio"], 0.2);
    assert_eq!(json(&whole)["traces"][0]["sample_ratio"], Value::Null);
    let report = coldgap(&["replay", path.to_str().unwrap(), "-p", "lru"]);
    assert!(report.contains("a sample: 20% of the keys"), "{report}");
}

#[test]
fn each_draw_is_independent_of_those_before() {
    let rows: String = (0..40_000).map(|key| format!("{key}\n")).collect();
    let input = trace::input::Input::from_bytes("t.csv", rows.into_bytes()).unwrap();
    let trace = trace::read_input(input, &ReadOptions::default()).unwrap().0;
    let first = Drawn::next(None, ratio(0.5), 3);
    let second = Drawn::next(Some(first), ratio(0.5), 3);
    let third = Drawn::next(Some(second), ratio(0.5), 3);
    assert_eq!(third.share, ratio(0.125));
    let keys = || (0..40_000).map(|i| trace.keys.get(coldgap::request::ObjectId(i)));
    let kept = |draws: &[Drawn]| keys().filter(|key| draws.iter().all(|draw| place(*key, draw.seed) < 0.5)).count();
    for (draws, expected) in [
        (&[first, second][..], 10_000),
        (&[second, third], 10_000),
        (&[first, third], 10_000),
        (&[first, second, third], 5_000),
    ] {
        assert!(kept(draws).abs_diff(expected) < 350, "{} of {expected}", kept(draws));
    }
}
