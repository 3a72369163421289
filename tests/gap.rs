//! `coldgap gap` as a person or a script meets it: the report's numbers, its files, its exit codes.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;

const ARTICLE: &str = "traces/article.parquet";
const BURST: &str = "traces/burst.csv";

fn coldgap(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

fn text(arguments: &[&str]) -> String {
    String::from_utf8(coldgap(arguments).assert().success().get_output().stdout.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(&[arguments, &["-o", "-"]].concat())).unwrap()
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_else(|| panic!("{field} in {row}"))
}

/// The row of a policy for losing nothing.
fn cell<'r>(report: &'r Value, policy: &str) -> &'r Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["policy"] == policy && row["loss_ratio"] == 0.0).unwrap()
}

/// The error's text; the exit code must be `code`, and standard output must stay empty.
fn fails(code: i32, arguments: &[&str]) -> String {
    let output = coldgap(arguments).assert().code(code).get_output().clone();
    assert!(output.stdout.is_empty(), "talk on standard output: {arguments:?}");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("error: ") && !error.contains("panic") && !error.contains("a bug"), "{error}");
    error
}

#[test]
fn the_articles_story() {
    let report = crate::measured::article();
    let lru = cell(report, "lru");
    assert!((0.099..=0.101).contains(&number(lru, "miss_ratio")), "{lru}");
    assert!((number(lru, "advertised_long_run_per_second") / 3000.0 - 1.0).abs() < 0.03, "{lru}");
    // No answer may be late, in whichever of the trace's seconds: a little below the mean's.
    assert!((0.95..1.0).contains(&(number(lru, "advertised_per_second") / 3000.0)), "{lru}");
    assert_eq!(number(lru, "floor_long_run_per_second"), 300.0);
    assert!((number(lru, "floor_per_second") / 300.0 - 1.0).abs() < 0.01, "{lru}");
    assert!((9.6..=10.3).contains(&number(lru, "gap_floor_ratio")));
    assert!((9.9..=10.2).contains(&number(lru, "amplification")));
    let hidden = number(lru, "hidden_safe_per_second");
    for policy in ["fifo", "sieve", "s3fifo", "lfu"] {
        let other = number(cell(report, policy), "hidden_safe_per_second");
        assert!((other / hidden - 1.0).abs() < 0.005, "{policy}: {other}, lru: {hidden}");
    }
    assert!(number(cell(report, "lru+reject-first"), "hidden_safe_per_second") < 0.95 * hidden);
    let today = number(&report["traces"][0], "today_per_second");
    assert!((2990.0..=3010.0).contains(&today));
}

#[test]
fn the_json_is_the_same_on_one_and_on_two_threads_and_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, threads: &str| {
        let path = folder.path().join(name);
        let text = text(&["gap", BURST, "-b", "60/s", "-j", threads, "-o", path.to_str().unwrap()]);
        // One trace and four policies, with everything that is simulated.
        assert!(text.lines().count() <= 40 && text.lines().all(|line| line.chars().count() <= 92), "{text}");
        std::fs::read(path).unwrap()
    };
    let one = write("one.json", "1");
    assert_eq!(one, write("two.json", "2"));
    let one = String::from_utf8(one).unwrap();
    assert!(!one.contains("NaN") && !one.contains("Infinity"));
}

#[test]
fn tables_of_the_json_agree_with_each_other() {
    for trace in [BURST, "traces/web.log.gz", "traces/sessions.arrow", "traces/scan.oracleGeneral.zst"] {
        let report = json(&["gap", trace, "-b", "auto", "-p", "lru,fifo,s3fifo"]);
        assert_eq!(report["schema_version"], 1);
        let rows = report["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 3 * 5, "three policies, nothing and four losses");
        for policy in ["lru", "fifo", "s3fifo"] {
            let cell = cell(&report, policy);
            assert_eq!(number(cell, "hits") + number(cell, "misses"), number(cell, "requests"));
            assert!(number(cell, "hidden_safe_per_second") <= number(cell, "advertised_per_second"), "{trace} {cell}");
            let of_policy = |table: &str| {
                let table = report[table].as_array().unwrap().iter();
                table.filter(|row| row["policy"] == policy).cloned().collect::<Vec<Value>>()
            };
            let needed: Vec<f64> =
                of_policy("rows").iter().map(|row| number(row, "least_backend_per_second")).collect();
            assert!(needed.is_sorted(), "{trace} {policy} {needed:?}");
            let windows = of_policy("windows");
            let all: f64 = windows.iter().map(|row| number(row, "requests")).sum();
            assert_eq!(all, number(&report["traces"][0], "gets"));
            let counted: f64 =
                windows.iter().filter(|row| row["warmup"] == false).map(|row| number(row, "misses")).sum();
            assert!(counted <= number(cell, "misses"));
            let transient: f64 =
                of_policy("refill").iter().map(|row| number(row, "misses") - number(row, "twin_misses")).sum();
            assert_eq!(transient, number(cell, "transient_misses"));
        }
    }
}

#[test]
fn the_tables_in_csv_and_parquet_are_the_jsons_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    text(&["gap", BURST, "-b", "auto", "-o", &path("a.json"), "-o", &path("a.csv"), "-o", &path("a.parquet")]);
    let report: Value = serde_json::from_slice(&std::fs::read(path("a.json")).unwrap()).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let mut table = csv::Reader::from_path(path("a.csv")).unwrap();
    let header: Vec<String> = table.headers().unwrap().iter().map(String::from).collect();
    let mut keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    keys.sort();
    let mut sorted: Vec<&String> = header.iter().collect();
    sorted.sort();
    assert_eq!(sorted, keys);
    for (line, row) in table.records().zip(rows) {
        for (value, name) in line.unwrap().iter().zip(&header) {
            match &row[name] {
                Value::Null => assert_eq!(value, "", "{name}"),
                // serde_json reads a decimal to within one unit of the last place.
                Value::Number(number) => {
                    let (a, b) = (value.parse::<f64>().unwrap(), number.as_f64().unwrap());
                    assert!((a - b).abs() <= 1e-15 * a.abs(), "{name}: {a} {b}");
                }
                Value::String(text) => assert_eq!(value, text),
                other => assert_eq!(value, other.to_string()),
            }
        }
    }
    let file = std::fs::File::open(path("a.parquet")).unwrap();
    let metadata = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(metadata.metadata().file_metadata().num_rows(), rows.len() as i64);
    let names: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, header);
}

#[test]
fn every_number_of_the_text_is_in_the_json() {
    let arguments = ["gap", BURST, "-b", "40/s"];
    let details = [&arguments[..], &["--details"]].concat();
    let (text, report) = (text(&details), json(&arguments));
    for section in [
        "AT A GLANCE",
        "THE POLICIES",
        "COLD MISSES",
        "WHAT YOU MAY CUT",
        "WHAT THESE NUMBERS REST ON",
        "WHERE THIS COMES FROM",
    ] {
        assert!(text.contains(section), "{section}");
    }
    let lru = cell(&report, "lru");
    let shown = |field: &str| coldgap::units::grouped_rate(number(lru, field));
    for field in ["advertised_per_second", "hidden_safe_per_second", "floor_per_second"] {
        assert!(text.contains(&shown(field)), "{field}: {}", shown(field));
    }
    assert!(text.contains(report["traces"][0]["fingerprint"].as_str().unwrap()));
    for assumption in report["assumptions"].as_array().unwrap() {
        let first = assumption.as_str().unwrap().split_whitespace().take(4).collect::<Vec<_>>().join(" ");
        assert!(text.contains(&first), "{first}");
    }
}

#[test]
fn a_backend_may_be_a_link_of_so_many_bytes() {
    let report = json(&["gap", "traces/scan.oracleGeneral.zst", "-b", "5MB/s"]);
    let lru = cell(&report, "lru");
    let mean = number(lru, "bytes_requested") / number(lru, "requests");
    assert!((number(lru, "floor_long_run_per_second") * mean / 5e6 - 1.0).abs() < 1e-9);
    assert_eq!(lru["backend_unit"], "bytes");
    assert!(number(lru, "least_backend_per_second") > 100_000.0);
}

#[test]
fn contradictions_are_refused_with_a_hint() {
    for arguments in [
        vec!["gap", BURST, "-p", "lri"],
        vec!["gap", BURST, "--timeout", "5ms"],
        vec!["gap", BURST, "--warmup", "100%"],
        vec!["gap", BURST, "--window", "1ns"],
        vec!["gap", BURST, "--horizon", "0s"],
        vec!["gap", BURST, "--rate", "5/s"],
        vec!["gap", BURST, "--baseline", "lru,fifo"],
        vec!["gap", BURST, "-o", "report.docx"],
        vec!["gap", BURST, "-o", "/no/such/folder/report.json"],
        vec!["gap", ARTICLE, "-c", "5MB"],
        vec!["gap", ARTICLE, "-b", "5MB/s"],
        vec!["gap", "traces/scan.oracleGeneral.zst", "--ignore-size", "-c", "5MB"],
    ] {
        let error = fails(2, &arguments);
        assert!(error.contains("hint: ") || error.contains("takes one policy"), "{arguments:?}: {error}");
    }
    for arguments in [["-b", "0/s"], ["-c", "0obj"], ["-c", "99999999999999999999TB"], ["--lose", "120%"], ["-j", "x"]]
    {
        fails(2, &["gap", BURST, arguments[0], arguments[1]]);
    }
    assert!(fails(2, &["gap", BURST, "-p", "lri"]).contains("did you mean 'lru'"));
}

#[test]
fn traces_that_have_no_load_are_refused_and_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_string()
    };
    let target = folder.path().join("out.json");
    let target = target.to_str().unwrap();
    assert!(fails(3, &["gap", "missing.csv", "-o", target]).contains("missing.csv"));
    let keys = write("keys.txt", "1\n2\n1\n3\n1\n2\n");
    assert!(fails(3, &["gap", &keys, "-o", target]).contains("hint: give it a rate: --rate"));
    let instant = write("instant.csv", "time,key\n5,a\n");
    assert!(fails(3, &["gap", &instant, "-o", target]).contains("same time"));
    let never = write("never.csv", "time,key\n0,a\n1,a\n2,a\n3,a\n");
    assert!(fails(2, &["gap", &never, "-b", "auto", "-o", target]).contains("a backend cannot be assumed"));
    assert!(!Path::new(target).exists(), "nothing half-written");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4 - 1, "no temporary file stays");
    text(&["gap", &keys, "--rate", "10/s", "-b", "5/s"]);
    let report = json(&["gap", &never, "-b", "5/s"]);
    assert_eq!(
        cell(&report, "lru")["advertised_per_second"],
        Value::Null,
        "nothing misses: no limit, and no invented number"
    );
    assert_eq!(number(cell(&report, "lru"), "misses"), 0.0);
}

/// It judged a database that it had made up.
#[test]
fn without_a_backend_there_is_no_verdict_and_what_needs_one_is_unknown() {
    let output = coldgap(&["gap", BURST, "--fail-if", "hidden < 1/s"]).assert().code(1).get_output().clone();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("nobody said what it can do") && text.contains("-b 300/s"), "{text}");
    assert!(!text.contains("recovers below") && !text.contains("may be cut") && text.lines().count() <= 24, "{text}");
    let report = json(&["gap", BURST]);
    assert_eq!(report["traces"][0]["backend"], Value::Null);
    assert_eq!(report["traces"][0]["verdict"]["region"], "unknown");
    let lru = cell(&report, "lru");
    for field in ["backend_per_second", "hidden_safe_per_second", "advertised_per_second", "safe_cut_ratio", "recovers"]
    {
        assert_eq!(lru[field], Value::Null, "{field}");
    }
    let with = json(&["gap", BURST, "-b", "auto", "--quick"]);
    for field in ["least_backend_per_second", "miss_ratio", "naive_saving_ratio", "compulsory_misses"] {
        assert_eq!(lru[field], cell(&with, "lru")[field], "{field}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["gap", BURST]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn real_traces_give_a_report() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traces");
    if !shared.exists() {
        eprintln!("skipped: ../shared/traces is not here");
        return;
    }
    for (name, extra) in [
        ("libcachesim__cloudPhysicsIO.oracleGeneral.bin", vec!["-b", "300/s"]),
        ("nasa_19950801.clf.log", vec!["-b", "2/s"]),
        ("imhotep__nasa_19950801.tsv", vec!["-b", "auto"]),
        ("libcachesim__cloudPhysicsIO.txt", vec!["--rate", "100/s", "-b", "auto"]),
        ("libcachesim__twitter_cluster52.csv", vec!["-b", "300/s", "--limit", "200000"]),
    ] {
        let path = shared.join(name);
        let report = json(&[&["gap", path.to_str().unwrap(), "-p", "lru,fifo,lfu"], &extra[..]].concat());
        let hidden: Vec<f64> = ["lru", "fifo", "lfu"]
            .iter()
            .map(|policy| number(cell(&report, policy), "hidden_safe_per_second"))
            .collect();
        assert!(hidden.iter().all(|hidden| *hidden > 0.0), "{name}");
        // Eviction does not move hidden capacity; only where advertised caps it may policies differ.
        for (policy, own) in ["lru", "fifo", "lfu"].iter().zip(&hidden) {
            let capped = *own == number(cell(&report, policy), "advertised_per_second");
            // A policy that keeps what was asked for often is judged by its misses, where the flushed cache is full again.
            assert!(capped || (own / hidden[0] - 1.0).abs() < 0.04, "{name} {policy}: {hidden:?}");
        }
    }
}
