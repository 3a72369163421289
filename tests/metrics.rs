//! `-o FILE.prom` as Prometheus meets it: read by promtool, with the report's own numbers; and the files in deploy/prometheus,
//! which ask for nothing that is not written.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// A name that must be escaped.
const TRACE: &str = "bu\"r\\st.csv";

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus").join(name)
}

/// What cron writes, beside the report in JSON.
struct Made {
    folder: tempfile::TempDir,
    metrics: String,
    report: Value,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join(TRACE);
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/burst.csv"), &trace).unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&trace).unwrap().set_modified(long_ago).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_coldgap")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let output = Command::new(deploy("coldgap-metrics"))
        .current_dir(folder.path())
        .env("PATH", path)
        .env("TEXTFILES", folder.path())
        .args([TRACE, "-b", "300/s", "--quick", "-p", "lru,sieve", "-o", "report.json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    let written = folder.path().join("coldgap-bu\"r\\st.prom");
    assert_eq!(fs::metadata(&written).unwrap().modified().unwrap(), long_ago);
    let metrics = fs::read_to_string(written).unwrap();
    let report = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    Made { folder, metrics, report }
});

/// What promtool says of this input; `None` where it is not there.
fn promtool(arguments: &[&str], input: &str) -> Option<(bool, String)> {
    let mut command = Command::new("promtool");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut running) = command.spawn() else {
        eprintln!("skipped: promtool (Debian's package prometheus) is not there");
        return None;
    };
    running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Some((output.status.success(), said))
}

/// Samples by name and labels.
fn samples(metrics: &str) -> BTreeMap<(&str, &str), f64> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap();
            ((name, labels), value.parse().unwrap())
        })
        .collect()
}

/// The names of gauges in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let name = |at: usize| {
        let rest = &text[at..];
        &rest[..rest.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '_').unwrap_or(rest.len())]
    };
    text.match_indices("coldgap_").map(|(at, _)| name(at)).collect()
}

#[test]
fn promtool_reads_the_metrics_and_has_nothing_to_say() {
    let metrics = &MADE.metrics;
    assert!(metrics.ends_with("\n# EOF\n"));
    assert!(metrics.contains(r#"trace="bu\"r\\st.csv""#));
    let Some((passed, said)) = promtool(&["check", "metrics"], metrics) else { return };
    assert!(passed && said.is_empty(), "{said}");
    let twice = metrics.replace("# TYPE coldgap_gap_ratio gauge", "# TYPE coldgap_gap_ratio gage");
    assert!(!promtool(&["check", "metrics"], &twice).unwrap().0);
}

#[test]
fn every_sample_is_the_reports_number() {
    let samples = samples(&MADE.metrics);
    let mut compared = 0;
    for row in MADE.report["rows"].as_array().unwrap() {
        let about = |loss: bool| {
            let policy = row["policy"].as_str().unwrap();
            let capacity = row["cache_capacity_bytes"].as_u64().unwrap();
            let loss = if loss { format!(",loss=\"{}\"", row["loss_ratio"].as_f64().unwrap()) } else { String::new() };
            format!(
                r#"report="gap",trace="bu\"r\\st.csv",policy="{policy}",capacity="{capacity}",capacity_unit="bytes"{loss}}}"#
            )
        };
        for (column, name) in [
            ("hidden_safe_per_second", "coldgap_hidden_safe_per_second"),
            ("advertised_per_second", "coldgap_advertised_per_second"),
            ("floor_per_second", "coldgap_floor_per_second"),
            ("load_per_second", "coldgap_load_per_second"),
            ("nodes_needed", "coldgap_nodes_needed"),
            ("least_backend_per_second", "coldgap_least_backend_answers_per_second"),
            ("safe_cut_ratio", "coldgap_safe_cut_ratio"),
        ] {
            let labels = about(name.contains("least") || name.contains("cut"));
            assert_eq!(samples.get(&(name, &labels)).copied(), row[column].as_f64(), "{name}{{{labels}");
            compared += 1;
        }
    }
    assert!(compared > 50);
}

#[test]
fn a_saved_report_gives_the_same_metrics_and_what_has_no_limit_is_infinite() {
    let mut report = MADE.report.clone();
    report["rows"][0]["hidden_safe_per_second"] = Value::Null;
    let folder = MADE.folder.path();
    fs::write(folder.join("endless.json"), report.to_string()).unwrap();
    for (saved, made) in [("report.json", "again.prom"), ("endless.json", "endless.prom")] {
        let arguments = ["report", saved, "-o", made];
        let output = Command::new(env!("CARGO_BIN_EXE_coldgap")).current_dir(folder).args(arguments).output().unwrap();
        assert!(output.status.success());
    }
    assert_eq!(fs::read_to_string(folder.join("again.prom")).unwrap(), MADE.metrics);
    let endless = fs::read_to_string(folder.join("endless.prom")).unwrap();
    let hidden = endless.lines().find(|line| line.starts_with("coldgap_hidden_safe_per_second{")).unwrap();
    assert!(hidden.ends_with(" +Inf"), "{hidden}");
}

#[test]
fn alerts_and_dashboard_ask_for_what_is_written_in_words_that_prometheus_knows() {
    let [alerts, dashboard] = ["alerts.yml", "dashboard.json"].map(|name| fs::read_to_string(deploy(name)).unwrap());
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md")).unwrap();
    let written = names(&MADE.metrics);
    for (file, text) in [("alerts.yml", &alerts), ("dashboard.json", &dashboard), ("docs/metrics.md", &page)] {
        // What is half a name, or needs simulations.
        let asked = names(text)
            .into_iter()
            .filter(|name| !["coldgap_", "coldgap_least_backend_", "coldgap_hidden_95_per_second"].contains(name));
        let unknown: Vec<&str> = asked.filter(|name| !written.contains(name)).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
    assert!(names(&alerts).len() >= 3);

    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let targets = dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let rules: Vec<Value> = targets
        .enumerate()
        .map(|(i, target)| serde_json::json!({ "record": format!("q{i}"), "expr": target["expr"] }))
        .collect();
    assert!(rules.len() >= 8);
    let groups = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] }).to_string();
    let file = MADE.folder.path().join("dashboard.yml");
    fs::write(&file, groups).unwrap();
    for (arguments, file) in [
        (["check", "rules"], file),
        (["check", "rules"], deploy("alerts.yml")),
        (["test", "rules"], deploy("alerts_test.yml")),
    ] {
        let Some((passed, said)) = promtool(&[arguments[0], arguments[1], file.to_str().unwrap()], "") else { return };
        assert!(passed, "{}: {said}", file.display());
    }
}

/// Reads dashboards into the types that Grafana publishes and prints what of each has no place in them.
const UNKNOWN: &str = r#"
import json, sys
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
def lost(own, read, path):
    if isinstance(own, dict) and isinstance(read, dict):
        return [x for key in own for x in (lost(own[key], read[key], f"{path}.{key}") if key in read else [f"{path}.{key}"])]
    if isinstance(own, list) and isinstance(read, list) and len(own) == len(read):
        return [x for i, pair in enumerate(zip(own, read)) for x in lost(*pair, f"{path}[{i}]")]
    return [] if own == read else [path]
for name in sys.argv[1:]:
    own = json.load(open(name))
    print(*lost(own, json.loads(JSONEncoder().encode(Dashboard.from_json(own))), "dashboard"))
"#;

#[test]
fn grafana_has_a_place_for_every_field_of_the_dashboard() {
    let wrong = MADE.folder.path().join("wrong.json");
    let right = fs::read_to_string(deploy("dashboard.json")).unwrap();
    fs::write(&wrong, right.replacen("\"gridPos\"", "\"gridpos\"", 1)).unwrap();
    let output = Command::new("python3").args(["-c", UNKNOWN]).arg(deploy("dashboard.json")).arg(wrong).output();
    match output {
        Ok(output) if output.status.success() => {
            assert_eq!(String::from_utf8_lossy(&output.stdout), "\ndashboard.panels[0].gridpos\n");
        }
        _ => eprintln!("skipped: python3 with its package grafana-foundation-sdk is not there"),
    }
}
