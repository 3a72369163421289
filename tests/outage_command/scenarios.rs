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
