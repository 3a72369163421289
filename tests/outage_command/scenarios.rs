//! Every scenario of the folder `scenarios` runs, and ends as the modes of failure that it tells of do.

use super::{ARTICLE, json, number};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// How each ends on the article's trace.
const ENDS: [(&str, &str); 11] = [
    ("flush-then-operator", "vulnerable"),
    ("full-flush", "metastable"),
    ("hottest-keys", "metastable"),
    ("key-prefix", "metastable"),
    ("one-node-of-eight", "vulnerable"),
    ("rolling-restart", "metastable"),
    ("shrunk-cache", "metastable"),
    ("slow-backend", "metastable"),
    ("stall-then-burst", "metastable"),
    ("traffic-spike", "metastable"),
    ("two-troubles", "metastable"),
];

#[test]
fn every_scenario_ends_as_it_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let names: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".toml")?.to_string()))
        .collect();
    assert_eq!(names, ENDS.iter().map(|(name, _)| name.to_string()).collect());
    for (name, phase) in ENDS {
        let report = json(&["outage", ARTICLE, "--quick", "--scenario", &format!("scenarios/{name}.toml")]);
        assert_eq!(report["verdict"]["phase"], phase, "{name}: {}", report["verdict"]);
        assert!(!report["about"].as_str().unwrap().is_empty());
        assert!(number(&report["timeline"][0], "success_ratio") > 0.97, "{name} begins while all is well");
    }
}

/// The trouble of `two-troubles` needs both of its parts.
#[test]
fn neither_of_the_two_troubles_alone_keeps_the_service_down() {
    for flags in [["--lose", "1/4"], ["--trigger", "spike:times=1.5,lasts=10s"]] {
        let report = json(&[&["outage", ARTICLE, "--quick", "-b", "350/s"], &flags[..]].concat());
        assert_eq!(report["verdict"]["healed"], true, "{flags:?}: {}", report["verdict"]);
    }
}

/// The example that --help shows can be run as it stands.
#[test]
fn the_example_of_the_help_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("example.toml");
    std::fs::write(&path, coldgap::analysis::outage::scenario::EXAMPLE).unwrap();
    let report = json(&[
        "outage",
        ARTICLE,
        "--quick",
        "--horizon",
        "4min",
        "--at",
        "45s",
        "--load",
        "0.5x",
        "--scenario",
        path.to_str().unwrap(),
    ]);
    assert_eq!(report["events"].as_array().unwrap().len(), 4);
    assert_eq!(report["config"]["model"]["client"]["retries"], 1);
}

/// Errors that cost something keep the loop closed where free ones would not.
#[test]
fn a_slow_error_path_takes_what_the_queue_bound_gives() {
    let flags = ["outage", ARTICLE, "--quick", "-b", "350/s", "--queue", "175", "--error-cost"];
    let healed = |cost: &str| json(&[&flags[..], &[cost]].concat())["verdict"]["healed"] == true;
    assert!(healed("0%"));
    assert!(!healed("100%"));
}
