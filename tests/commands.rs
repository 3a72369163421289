//! `coldgap replay` and `coldgap policies` as a person runs them: everything follows from the registry.

use assert_cmd::Command;
use coldgap::policy::ALL;
use coldgap::policy::admission::FILTERS;
use serde_json::Value;

const SAMPLE: &str = "traces/burst.csv";

fn coldgap(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn every_policy_and_filter_is_listed_documented_and_run_by_name() {
    let list = coldgap(&["policies"]);
    for info in ALL {
        assert!(list.contains(&format!("  {} ", info.name)), "{}", info.name);
        let page = coldgap(&["policies", info.name]);
        assert!(page.starts_with(&format!("{}: {}", info.name, info.summary)));
        assert!(info.parameters.iter().all(|parameter| page.contains(&format!("{}=", parameter.name))));
    }
    for filter in FILTERS {
        assert!(list.contains(&format!("  {} ", filter.name)), "{}", filter.name);
        coldgap(&["replay", SAMPLE, "-p", &format!("lru+{}", filter.name)]);
    }
    let all: Value = serde_json::from_str(&coldgap(&["replay", SAMPLE, "-p", "all", "-o", "-"])).unwrap();
    let names: Vec<&str> = all["rows"].as_array().unwrap().iter().map(|row| row["policy"].as_str().unwrap()).collect();
    assert_eq!(names, ALL.iter().map(|info| info.name).collect::<Vec<_>>());
}

#[test]
fn replay_counts_are_those_recorded_from_libcachesim() {
    let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let trace = shared.join("traces/libcachesim__cloudPhysicsIO.oracleGeneral.bin");
    let Ok(golden) = std::fs::read(shared.join("golden/libcachesim_cloudphysics.json")) else {
        eprintln!("skipped: ../shared/golden is not here");
        return;
    };
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let trace = trace.to_str().unwrap();
    let policies = ["fifo", "lru", "clock", "sieve", "s3fifo", "lfu", "belady"];
    for (mode, unit, column) in
        [("ignore_obj_size_1", "obj", "cache_capacity_objects"), ("ignore_obj_size_0", "B", "cache_capacity_bytes")]
    {
        let sizes: Vec<String> =
            golden["policies"]["lru"][mode].as_object().unwrap().keys().map(|size| size.clone() + unit).collect();
        let json =
            coldgap(&["replay", trace, "--warmup", "0%", "-c", &sizes.join(","), "-p", &policies.join(","), "-o", "-"]);
        let report: Value = serde_json::from_str(&json).unwrap();
        let rows = report["rows"].as_array().unwrap();
        assert_eq!(rows.len(), policies.len() * sizes.len());
        for row in rows {
            let (policy, size) = (row["policy"].as_str().unwrap(), row[column].as_u64().unwrap());
            let expected = &golden["policies"][policy][mode][size.to_string()];
            assert_eq!(row["misses"], expected["n_miss"], "{policy} {size}{unit}");
            if unit == "B" {
                assert_eq!(row["bytes_missed"], expected["miss_byte"], "{policy} {size}{unit}");
            }
        }
    }
}

#[test]
fn sizes_by_count_and_by_share_agree_and_the_thread_count_changes_nothing() {
    let one = coldgap(&["replay", SAMPLE, "-p", "all", "-c", "1%,10%,50%", "-o", "-", "-j", "1"]);
    let two = coldgap(&["replay", SAMPLE, "-p", "all", "-c", "1%,10%,50%", "-o", "-", "-j", "2"]);
    assert_eq!(one, two);
    let report: Value = serde_json::from_str(&one).unwrap();
    for row in report["rows"].as_array().unwrap() {
        let count = |field: &str| row[field].as_u64().unwrap();
        assert_eq!(count("hits") + count("misses"), count("requests"));
        assert!(count("misses") >= count("compulsory_misses"));
    }
}
