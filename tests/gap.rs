//! `coldgap gap` as people run it: its numbers hang together, its outputs agree, its refusals say why.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs `coldgap gap` in a folder.
fn gap_in(folder: &Path, arguments: &[&str]) -> Outcome {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap"));
    let output = command.current_dir(folder).arg("gap").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs it where the samples are; it must succeed and say nothing on standard error.
fn gap(arguments: &[&str]) -> String {
    let outcome = gap_in(Path::new(ROOT), arguments);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{arguments:?}");
    outcome.stdout
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&gap(&[arguments, &["-o", "-"]].concat())).unwrap()
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_else(|| panic!("{field} is {}", row[field]))
}

fn array<'v>(report: &'v Value, table: &str) -> &'v [Value] {
    report[table].as_array().unwrap()
}

/// Rows for losing nothing: one per cell.
fn cells(report: &Value) -> Vec<&Value> {
    array(report, "rows").iter().filter(|row| row["loss_ratio"] == 0.0).collect()
}

/// Lines of one table that belong to the policy of `cell`.
fn of_policy<'v>(report: &'v Value, table: &str, cell: &Value) -> Vec<&'v Value> {
    array(report, table).iter().filter(|row| row["policy"] == cell["policy"]).collect()
}

fn sum(rows: &[&Value], field: &str) -> f64 {
    rows.iter().map(|row| number(row, field)).sum()
}

#[test]
fn the_number_of_threads_does_not_change_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let trace = format!("{ROOT}/traces/article.parquet");
    let write = |name: &str, threads: &[&str]| {
        let outcome = gap_in(folder.path(), &[&[&trace, "-b", "300/s", "-o", name], threads].concat());
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        std::fs::read(folder.path().join(name)).unwrap()
    };
    let one = write("1.json", &["-j", "1"]);
    assert_eq!(one, write("2.json", &["-j", "2"]));
    assert_eq!(one, write("3.json", &[]));
}

#[test]
fn the_articles_service_has_the_articles_numbers() {
    let report = json(&["traces/article.parquet", "-b", "300/s", "-p", "lru,fifo,sieve,s3fifo,lfu,lru+reject-first"]);
    let cells = cells(&report);
    let lru = cells[0];
    assert!((number(lru, "advertised_per_second") / 3000.0 - 1.0).abs() < 0.03);
    assert!((0.099..0.101).contains(&number(lru, "miss_ratio")));
    assert_eq!(number(lru, "floor_per_second"), 300.0);
    assert!((number(lru, "gap_floor_ratio") - 10.0).abs() < 0.3);
    let hidden = number(lru, "hidden_safe_per_second");
    for cell in &cells[..5] {
        assert_eq!(number(cell, "hidden_safe_per_second"), hidden, "{}", cell["policy"]);
    }
    assert_eq!(cells[5]["policy"], "lru+reject-first");
    assert!(number(cells[5], "hidden_safe_per_second") < hidden);
}

/// What must hold of any report at these backends.
fn consistent(report: &Value) {
    assert_eq!(report["schema_version"], 1);
    for cell in cells(report) {
        let policy = &cell["policy"];
        assert_eq!(number(cell, "hits") + number(cell, "misses"), number(cell, "requests"), "{policy}");
        assert!((number(cell, "misses") / number(cell, "requests") - number(cell, "miss_ratio")).abs() < 1e-12);
        let (advertised, hidden) = (number(cell, "advertised_per_second"), number(cell, "hidden_safe_per_second"));
        // Not a law for any trace: a burst inside a window can be worse than its mean. These samples have none.
        assert!(number(cell, "floor_per_second") <= hidden && hidden <= advertised, "{policy}");
        assert!((advertised / hidden - number(cell, "gap_ratio")).abs() < 1e-9, "{policy}");

        let losses = of_policy(report, "rows", cell);
        let least: Vec<f64> = losses.iter().map(|row| number(row, "least_backend_per_second")).collect();
        assert_eq!(least.len(), 6);
        assert!(least.is_sorted(), "{policy}: {least:?}");

        let windows = of_policy(report, "windows", cell);
        let warmup: Vec<&Value> = windows.iter().copied().filter(|row| row["warmup"] == true).collect();
        let after: Vec<&Value> = windows.iter().copied().filter(|row| row["warmup"] == false).collect();
        let gets = number(&report["traces"][0], "gets");
        assert_eq!(sum(&windows, "requests"), gets, "{policy}");
        // Warm-up ends inside the last of its windows, whose rest is counted as well.
        let last = &warmup[warmup.len() - 1..];
        for field in ["requests", "misses"] {
            let whole = sum(&after, field);
            assert!((whole..=whole + sum(last, field)).contains(&number(cell, field)), "{policy}: {field}");
        }

        let steps = of_policy(report, "refill", cell);
        assert_eq!(sum(&steps, "misses") - sum(&steps, "twin_misses"), number(cell, "transient_misses"), "{policy}");
        let mut since = 0.0;
        for step in &steps {
            since += number(step, "requests");
            assert_eq!(number(step, "requests_since"), since);
        }
    }
}

#[test]
fn tables_and_capacities_hang_together() {
    for (trace, backend) in [
        ("traces/article.parquet", "300/s"),
        ("traces/burst.csv", "300/s"),
        ("traces/scan.oracleGeneral.zst", "300/s"),
        ("traces/burst.csv", "5MB/s"),
    ] {
        consistent(&json(&[trace, "-b", backend]));
    }
}

/// `2,968` for 2967.7, as the text rounds.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let cut = digits.len().saturating_sub(3);
    if cut == 0 { digits } else { format!("{},{}", &digits[..cut], &digits[cut..]) }
}

#[test]
fn text_and_json_say_the_same() {
    let arguments = ["traces/article.parquet", "-b", "300/s"];
    let (text, report) = (gap(&arguments), json(&arguments));
    let lru = cells(&report)[0];
    let line = |word: &str| {
        let start = format!("  {word} ");
        text.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{word}")).to_string()
    };
    for (word, field) in [
        ("ADVERTISED", "advertised_per_second"),
        ("HIDDEN", "hidden_safe_per_second"),
        ("FLOOR", "floor_per_second"),
        ("TODAY", "load_per_second"),
    ] {
        let shown = format!(" {}/s ", grouped(number(lru, field)));
        assert!(line(word).contains(&shown), "{shown} is not in: {}", line(word));
    }
    for field in ["gap_ratio", "gap_floor_ratio"] {
        let shown = format!("{:.2}x", number(lru, field));
        assert!(line("GAP").contains(&shown), "{shown} is not in: {}", line("GAP"));
    }
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
}

#[test]
fn csv_and_parquet_hold_the_rows_of_the_json() {
    let folder = tempfile::tempdir().unwrap();
    let trace = format!("{ROOT}/traces/burst.csv");
    let outcome = gap_in(folder.path(), &[&trace, "-b", "300/s", "-o", "x.json", "-o", "x.csv", "-o", "x.parquet"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("ADVERTISED"), "files do not silence the text");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let text = String::from_utf8(read("x.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let rows = array(&report, "rows");

    let bytes = read("x.csv");
    let mut csv = csv::Reader::from_reader(&bytes[..]);
    let header: Vec<String> = csv.headers().unwrap().iter().map(String::from).collect();
    // The order of the keys stands in the text only: a parsed object does not keep it.
    let (_, first) = text.split_once("\"rows\": [").unwrap();
    let (first, _) = first.split_once('}').unwrap();
    let keys: Vec<&str> = first.lines().filter_map(|line| line.trim().split('"').nth(1)).collect();
    assert_eq!(header, keys);
    let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows.len());
    for (record, row) in records.iter().zip(rows) {
        for (field, cell) in header.iter().zip(record) {
            match &row[field] {
                Value::Null => assert_eq!(cell, "", "{field}"),
                Value::Number(value) => {
                    // serde_json reads a decimal to within one unit in the last place.
                    let (read, value) = (cell.parse::<f64>().unwrap(), value.as_f64().unwrap());
                    assert!((read - value).abs() <= 1e-15 * value.abs(), "{field}: {read} {value}");
                }
                Value::String(value) => assert_eq!(cell, value, "{field}"),
                value => assert_eq!(cell, value.to_string(), "{field}"),
            }
        }
    }

    let bytes = read("x.parquet");
    assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    let file = std::fs::File::open(folder.path().join("x.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), rows.len() as i64);
    let names: Vec<&String> = reader.schema().fields().iter().map(|field| field.name()).collect();
    assert_eq!(names, header.iter().collect::<Vec<_>>());
}

/// Refused with this code, these words and a hint, nothing on standard output, and no file left behind.
fn refused(arguments: &[&str], code: i32, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("one.csv", "time,key\n1,a\n"),
        ("same.csv", "time,key\n1000000001.000000001,a\n1000000001.000000001,b\n"),
        ("sets.csv", "time,key,op\n1,a,set\n2,b,set\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (article, burst) = (format!("{ROOT}/traces/article.parquet"), format!("{ROOT}/traces/burst.csv"));
    let named = |word: &&str| match *word {
        "ARTICLE" => article.clone(),
        "BURST" => burst.clone(),
        word => word.to_string(),
    };
    let arguments: Vec<String> = arguments.iter().map(named).collect();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if !arguments.contains(&"-o") {
        arguments.extend(["-o", "out.json"]);
    }
    let outcome = gap_in(folder.path(), &arguments);
    assert_eq!(outcome.code, code, "{arguments:?}: {}", outcome.stderr);
    assert!(outcome.stderr.contains(words), "{arguments:?}: '{words}' is not in: {}", outcome.stderr);
    let hinted = ["hint: ", "write it like "].iter().any(|hint| outcome.stderr.contains(hint));
    assert!(hinted && outcome.stderr.starts_with("error: "), "{arguments:?}: {}", outcome.stderr);
    assert_eq!(outcome.stdout, "", "{arguments:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "{arguments:?} left a file");
}

#[test]
fn flags_that_cannot_be_are_refused() {
    refused(&["BURST", "-p", "lruu"], 2, "did you mean 'lru'?");
    refused(&["BURST", "--baseline", "lru,fifo"], 2, "--baseline takes one policy");
    refused(&["BURST", "-o", "x.html"], 2, "cannot tell the output's type");
    refused(&["missing.csv", "-o", "nowhere/x.json"], 2, "nowhere/x.json: cannot create the output");
    refused(&["BURST", "--timeout", "10ms"], 2, "must be longer than the service time");
    refused(&["BURST", "--warmup", "100%"], 2, "leaves no request to count");
    refused(&["BURST", "--window", "1ns"], 2, "too narrow");
    refused(&["ARTICLE", "-b", "5MB/s"], 2, "the trace has no sizes");
    refused(&["ARTICLE", "-c", "5MB"], 2, "the trace has no sizes");
    refused(&["BURST", "-c", "5MB", "--ignore-size"], 2, "--ignore-size counts objects");
    refused(&["BURST", "-b", "0/s"], 2, "not a rate above zero");
}

#[test]
fn traces_without_a_load_are_refused() {
    refused(&["missing.csv"], 3, "missing.csv: cannot open the trace");
    refused(&["one.csv"], 3, "all requests carry the same time");
    refused(&["same.csv"], 3, "all requests carry the same time");
    refused(&["sets.csv"], 3, "the trace has no gets");
}

#[test]
fn a_cache_that_never_misses_has_no_limit_and_no_assumed_backend() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..400).map(|i| format!("{i},a\n")).collect();
    std::fs::write(folder.path().join("same.csv"), format!("time,key\n{rows}")).unwrap();
    let outcome = gap_in(folder.path(), &["same.csv"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("the baseline never misses") && outcome.stderr.contains("hint: say what"));
    let outcome = gap_in(folder.path(), &["same.csv", "-b", "300/s", "-o", "-"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["rows"][0]["advertised_per_second"], Value::Null);
    assert_eq!(report["rows"][0]["misses"], 0);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for target in [&[][..], &["-o", "-"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coldgap"))
            .current_dir(ROOT)
            .args(["gap", "traces/burst.csv", "-b", "300/s"])
            .args(target)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        if !target.is_empty() {
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            assert_eq!(line, "{\n");
        }
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[test]
fn bytes_a_second_count_sizes() {
    let report = json(&["traces/burst.csv", "-b", "5MB/s"]);
    for cell in cells(&report) {
        let mean = number(cell, "bytes_requested") / number(cell, "requests");
        assert!((number(cell, "floor_per_second") * mean / 5e6 - 1.0).abs() < 1e-9);
        assert_eq!(cell["backend_unit"], "bytes");
    }
}

#[test]
fn published_traces_give_a_report() {
    let shared = PathBuf::from(ROOT).join("../shared/traces");
    if !shared.is_dir() {
        eprintln!("no published traces at {}: skipped", shared.display());
        return;
    }
    let at = |name: &str| shared.join(name).to_string_lossy().into_owned();
    for name in ["libcachesim__cloudPhysicsIO.oracleGeneral.bin", "nasa_19950801.clf.log"] {
        assert!(gap(&[&at(name), "-b", "300/s"]).contains("ADVERTISED"), "{name}");
    }
    let timeless = at("libcachesim__cloudPhysicsIO.txt");
    assert!(gap(&[&timeless, "--rate", "1000/s", "-b", "300/s"]).contains("ADVERTISED"));
    refused(&[&timeless], 3, "--rate 3000/s");
}

/// The whole text of a fast sample, as committed. Written anew where COLDGAP_BLESS is set.
#[test]
fn the_text_report_is_as_committed() {
    let found = gap(&["traces/burst.csv", "-b", "300/s"]);
    let path = PathBuf::from(ROOT).join("tests/snapshots/gap_burst.txt");
    if std::env::var_os("COLDGAP_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &found).unwrap();
    }
    for section in ["POLICIES", "COLD MISSES", "WHAT YOU MAY CUT", "ASSUMPTIONS", "PROVENANCE"] {
        assert!(found.lines().any(|line| line.trim_start().starts_with(section)), "{section}");
    }
    assert_eq!(found, std::fs::read_to_string(path).unwrap());
}
