//! Saved reports: each fits its JSON Schema, by a validator that others wrote, and comes back as what it was.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use std::process::Output;

const BURST: &str = "traces/burst.csv";

/// A run of every command that makes a report, with every part that a flag adds.
const RUNS: [&[&str]; 9] = [
    &["gap", BURST, "--quick"],
    &["gap", BURST, "-b", "auto", "-p", "lru,s3fifo", "--full", "--growth", "30%", "--fail-if", "gap > 1000x"],
    &[
        "gap",
        BURST,
        "-b",
        "60/s",
        "-p",
        "lru",
        "--quick",
        "--backend-price",
        "40 per 100/s",
        "--cache-price",
        "5 per GiB",
    ],
    &["replay", BURST, "-c", "1%,10%"],
    &["replay", BURST, "--curve=5", "--sample", "50%"],
    &["outage", BURST, "-b", "auto", "--alerts"],
    &["sensitivity", BURST, "-b", "auto"],
    &["warmup", BURST, "-b", "auto"],
    &["compare", BURST, "-b", "auto", "--baseline", "lru", "--candidate", "sieve"],
];

/// Reads pairs of a schema and a report from its arguments and says of each whether the report fits.
const VALIDATE: &str = "
import json, sys
from jsonschema import Draft202012Validator
for schema, report in zip(sys.argv[1::2], sys.argv[2::2]):
    schema = json.load(open(schema))
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(json.load(open(report))))
    print('fits' if not errors else errors[0].message[:300].replace('\\n', ' '))
";

fn coldgap(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = coldgap(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the validator says of each pair; `None` where it is not there.
fn validate(pairs: &[(&Path, &Path)]) -> Option<Vec<String>> {
    let there = std::process::Command::new("python3").args(["-c", "import jsonschema"]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with its package jsonschema is not there");
        return None;
    }
    let mut command = std::process::Command::new("python3");
    command.args(["-c", VALIDATE]);
    pairs.iter().for_each(|(schema, report)| {
        command.args([schema, report]);
    });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect())
}

#[test]
fn every_report_fits_its_schema_and_a_damaged_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: String, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut files = Vec::new();
    for (i, arguments) in RUNS.iter().enumerate() {
        let report = printed(&[arguments, &["-o", "-"][..]].concat());
        let schema = file(format!("{i}.schema.json"), &printed(&["schema", arguments[0]]));
        // A field that is none, and a number that is a word.
        let mut odd: Value = serde_json::from_str(&report).unwrap();
        odd["unheard_of"] = Value::from(1);
        let mut wrong: Value = serde_json::from_str(&report).unwrap();
        wrong["tool"]["version"] = Value::from(1);
        files.push((schema.clone(), file(format!("{i}.json"), &report)));
        files.push((schema.clone(), file(format!("{i}.odd.json"), &odd.to_string())));
        files.push((schema, file(format!("{i}.wrong.json"), &wrong.to_string())));
    }
    let pairs: Vec<(&Path, &Path)> =
        files.iter().map(|(schema, report)| (schema.as_path(), report.as_path())).collect();
    let Some(said) = validate(&pairs) else { return };
    assert_eq!(said.len(), 3 * RUNS.len());
    for (arguments, said) in RUNS.iter().zip(said.chunks(3)) {
        assert_eq!(said[0], "fits", "{arguments:?}");
        assert!(said[1].contains("unheard_of"), "{arguments:?}: {}", said[1]);
        assert!(said[2].contains("string"), "{arguments:?}: {}", said[2]);
    }
}

#[test]
fn a_saved_report_comes_back_as_it_was_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    const ENDINGS: [&str; 6] = ["json", "csv", "parquet", "md", "html", "prom"];
    for arguments in RUNS {
        // A page asks gap for everything, so it must be asked for here as well.
        let full = if arguments[0] == "gap" && !arguments.contains(&"--full") { &["--full"][..] } else { &[] };
        let arguments = [arguments, full].concat();
        let text = printed(&arguments);
        let (made, again): (Vec<String>, Vec<String>) =
            ENDINGS.iter().map(|ending| (at(&format!("made.{ending}")), at(&format!("again.{ending}")))).unzip();
        let into = |files: &[String]| files.iter().flat_map(|file| ["-o".to_string(), file.clone()]).collect();
        let flags: Vec<String> = into(&made);
        printed(&[&arguments[..], &flags.iter().map(String::as_str).collect::<Vec<_>>()].concat());
        let flags: Vec<String> = into(&again);
        assert_eq!(
            printed(&[&["report", &made[0]][..], &flags.iter().map(String::as_str).collect::<Vec<_>>()].concat()),
            text
        );
        for (made, again) in made.iter().zip(&again) {
            assert!(std::fs::read(made).unwrap() == std::fs::read(again).unwrap(), "{arguments:?}: {again} differs");
        }
    }
}

#[test]
fn what_is_no_saved_report_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let good = printed(&["replay", BURST, "-p", "lru", "-o", "-"]);
    let newer = good.replacen("\"schema_version\": 1", "\"schema_version\": 99", 1);
    let other = good.replacen("\"report\": \"replay\"", "\"report\": \"weather\"", 1);
    assert!(newer != good && other != good);
    for (text, said) in [
        ("", "ends before"),
        (&good[..good.len() / 2], "ends before"),
        ("time,key\n1,a\n", "not JSON"),
        ("{\"a\": 1}", "no report"),
        (&newer, "schema 99"),
        (&other, "no report 'weather'"),
    ] {
        let path = folder.path().join("saved.json");
        std::fs::write(&path, text).unwrap();
        let output = coldgap(&["report", path.to_str().unwrap()]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        assert!(stderr.contains("saved.json") && stderr.contains(said) && stderr.contains("hint: "), "{stderr}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(coldgap(&["report", "no-such.json"]).status.code(), Some(3));
}
