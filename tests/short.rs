//! Traces and horizons that are too short for a timeout: no number is made of what was not seen.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;

const BURST: &str = "traces/burst.csv";

fn coldgap(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

fn error(code: i32, arguments: &[&str]) -> String {
    let output = coldgap(arguments).assert().code(code).get_output().clone();
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_horizon_under_ten_timeouts_is_refused() {
    let service = ["-b", "60/s", "--timeout", "15s", "--horizon", "149s"];
    for command in ["gap", "compare", "outage", "sensitivity", "warmup"] {
        let other = if command == "compare" { &["--candidate", "sieve"][..] } else { &[] };
        let refused = error(2, &[&[command, BURST], &service[..], other].concat());
        assert!(refused.contains("give --horizon 150s or longer"), "{command}: {refused}");
    }
    coldgap(&["gap", BURST, "-p", "lru", "--quick", "-b", "60/s", "--timeout", "5s", "--horizon", "50s"])
        .assert()
        .success();
}

/// The trace goes on for 243 s after warm-up.
#[test]
fn a_trace_under_ten_timeouts_leaves_limits_unknown() {
    let asked = [
        "gap",
        BURST,
        "-p",
        "lru,sieve",
        "-b",
        "60/s",
        "--timeout",
        "30s",
        "--growth",
        "30%",
        "--fail-if",
        "hidden < 1/s",
    ];
    let output = coldgap(&[&asked[..], &["-o", "-"]].concat()).assert().code(1).get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["traces"][0]["limits_known"], false);
    assert_eq!(report["traces"][0]["verdict"]["region"], "unknown");
    let first = report["warnings"][0].as_str().unwrap();
    assert!(first.contains("too short for a timeout of 30 s") && first.contains("unknown"), "{first}");
    assert_eq!(report["gates"][0]["known"], "unknown");
    let unknown = [
        "advertised_per_second",
        "hidden_safe_per_second",
        "hidden_safe_per_second_p01",
        "hidden_safe_per_second_p50",
        "hidden_95_per_second",
        "hidden_95_per_second_low",
        "hidden_50_per_second",
        "hidden_05_per_second",
        "healed_at_safe_ratio",
        "hidden_safe_reclaimed_per_second",
        "floor_per_second",
        "gap_ratio",
        "gap_floor_ratio",
        "widening_ratio",
        "loss_survived_ratio",
        "nodes_needed",
        "least_backend_per_second",
        "least_backend_mildest_node_per_second",
        "safe_cut_ratio",
        "reclaimable_ratio",
        "load_limit_per_second",
        "growth_ratio",
        "recovery_seconds",
        "escape_per_second",
    ];
    for row in report["rows"].as_array().unwrap() {
        assert_eq!(row["limits_known"], false);
        unknown.iter().for_each(|field| assert!(row[*field].is_null(), "{field} in {row}"));
        assert!(row["miss_ratio"].is_number() && row["floor_long_run_per_second"].is_number());
    }
    for table in ["growth", "stretches", "moments", "if_lost"] {
        let rows = report[table].as_array().unwrap();
        assert!(rows.iter().all(|row| row["least_backend_per_second"].is_null()), "{table}");
    }
    let told = String::from_utf8(coldgap(&asked).assert().code(1).get_output().stdout.clone()).unwrap();
    assert!(!told.contains("no limit") && !told.contains("overloaded warm") && !told.contains("none enough"), "{told}");
    for command in ["sensitivity", "warmup"] {
        let refused = error(3, &[command, BURST, "-b", "60/s", "--timeout", "30s"]);
        assert!(refused.contains("too short for clients that wait 30 s"), "{command}: {refused}");
    }
}

#[test]
fn when_a_loss_would_hurt_is_a_map_of_the_trace() {
    let asked = ["gap", BURST, "-p", "lru,sieve", "-b", "90/s", "--lose", "1/4,100%", "--quick", "-o", "-"];
    let output = coldgap(&asked).assert().success().get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows: Vec<&Value> = report["moments"].as_array().unwrap().iter().collect();
    let of = |loss: &str| -> Vec<&Value> { rows.iter().copied().filter(|row| row["loss"] == loss).collect() };
    let (part, all) = (of("1/4"), of("100%"));
    assert!(
        part.len() > 100 && part.len() == all.len() && rows.iter().all(|row| row["policy"] == "lru"),
        "{}",
        rows.len()
    );
    let wait = |row: &Value| row["wait_seconds"].as_f64().unwrap_or(f64::INFINITY);
    let late = |rows: &[&Value]| rows.iter().filter(|row| wait(row) > 1.0).count();
    // A wait is in time, or null; losing all is late wherever losing a part is, but for what the search leaves out.
    assert!(rows.iter().all(|row| wait(row) <= 0.99 || row["wait_seconds"].is_null()));
    assert!(late(&all) >= late(&part));
    assert!(part.iter().all(|row| row["node"].as_u64().is_some_and(|node| node < 4)));
    assert!(all.iter().all(|row| row["node"].is_null()));
    // Where this backend is too small for a loss, there is a slice that says so, and the other way round.
    for (loss, rows) in [("1/4", &part), ("100%", &all)] {
        let row = report["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["policy"] == "lru" && row["loss"] == loss)
            .unwrap();
        assert_eq!(late(rows) > 0, row["least_backend_per_second"].as_f64().unwrap() > 90.0, "{loss}");
    }
}

/// A CSV of requests at these seconds, for a few keys in turn.
fn written(folder: &Path, times: impl Iterator<Item = f64>) -> String {
    let rows: String = times.enumerate().map(|(i, time)| format!("{time},k{}\n", (i * i * 7 + i) % 97)).collect();
    let path = folder.join("trace.csv");
    fs::write(&path, format!("time,key\n{rows}")).unwrap();
    path.to_str().unwrap().to_string()
}

/// Forty busy seconds, and then hours in which hardly anybody comes: the trace goes on, but nobody sees what becomes of a loss.
#[test]
fn an_outage_that_nobody_would_see_is_left_untold() {
    let folder = tempfile::tempdir().unwrap();
    let busy = (0..400).map(|i| f64::from(i) / 10.0);
    let trace = written(folder.path(), busy.chain((1..60).map(|i| 40.0 + 1200.0 * f64::from(i))));
    let output = coldgap(&["gap", &trace, "-b", "5/s", "-p", "lru", "-o", "-"]).assert().success().get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["rows"][0]["hidden_safe_per_second"].is_f64());
    assert_eq!(report["if_lost"].as_array().map(Vec::len), Some(0));
}

/// 50 requests in each window of 5 s, and 5 in the last, in which the trace ends.
#[test]
fn a_window_that_the_traces_end_cuts_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let trace = written(folder.path(), (0..2005).map(|i| f64::from(i) / 10.0));
    let asked = ["outage", &trace, "-b", "5/s", "--at", "100s", "--quick", "-o", "-"];
    let output = coldgap(&asked).assert().success().get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let windows = report["windows"].as_array().unwrap();
    assert!(windows.len() >= 20);
    assert!(windows.iter().all(|window| window["offered"] == 50), "{}", windows[windows.len() - 1]);
}
