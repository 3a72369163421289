//! What is refused, how it is said, and with which exit code.

use super::{ARTICLE, coldgap};
use std::fs;

/// The error's text; the exit code must be `code`, and standard output must stay empty.
fn fails(code: i32, arguments: &[&str]) -> String {
    let output = coldgap(arguments).assert().code(code).get_output().clone();
    assert!(output.stdout.is_empty(), "talk on standard output: {arguments:?}");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("error: ") && !error.contains("panic") && !error.contains("a bug"), "{error}");
    error
}

fn scenario_fails(text: &str) -> String {
    let error = scenario_fails_when_run(text);
    assert!(error.contains("outage.toml"), "{error}");
    error
}

fn scenario_fails_when_run(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outage.toml");
    fs::write(&path, text).unwrap();
    let error = fails(2, &["outage", ARTICLE, "-b", "350/s", "--scenario", path.to_str().unwrap()]);
    assert!(error.contains("hint: "), "{error}");
    error
}

#[test]
fn a_bad_scenario_is_refused_with_its_line_and_the_nearest_name() {
    let unknown = scenario_fails("retries = 1\ntimout = \"1s\"\n");
    assert!(unknown.contains("line 2") && unknown.contains("did you mean `timeout`?"), "{unknown}");
    let trigger = scenario_fails("[[step]]\nat = \"0s\"\ntrigger = \"flsh\"\n");
    assert!(trigger.contains("line 3") && trigger.contains("did you mean 'flush'?"), "{trigger}");
    let field = scenario_fails("[[step]]\nat = \"0s\"\ntrigger = \"spike:time=2\"\n");
    assert!(field.contains("line 3") && field.contains("did you mean 'times'?"), "{field}");
    let in_step = scenario_fails("[[step]]\nat = \"0s\"\ntriger = \"flush\"\n");
    assert!(in_step.contains("line 3") && in_step.contains("did you mean `trigger`?"), "{in_step}");
    assert!(scenario_fails("[[step]]\nat = \"0s\"\n").contains("one of trigger, remedy and load"));
    assert!(scenario_fails("[[step]]\ntrigger = \"flush\"\n").contains("at"));
    assert!(scenario_fails("[[step]]\nat = \"0s\"\nload = \"2x\"\n").contains("nothing would happen"));
    let late = scenario_fails_when_run("[[step]]\nat = \"1h\"\ntrigger = \"flush\"\n");
    assert!(late.contains("too soon to see anything"), "{late}");
    assert!(scenario_fails("timeout = 1\n").contains("line 1"));
    assert!(scenario_fails("= 3").contains("line 1"));
    assert!(fails(2, &["outage", ARTICLE, "--scenario", "no/such.toml"]).contains("no/such.toml"));
}

#[test]
fn wrong_flags_are_usage_errors() {
    for flags in [
        &["--timeout", "1ms"][..],
        &["--horizon", "0s"],
        &["--window", "0s"],
        &["--window", "1us"],
        &["--lose", "0%"],
        &["--lose", "9/8"],
        &["--trigger", "shards:lost=9,of=8"],
        &["--queue", "fast"],
        &["--at", "2h"],
        &["--warmup", "100%"],
        &["-p", "lru,fifo"],
        &["-p", "lri"],
        &["-b", "1MB/s"],
        &["-o", "report.docx"],
        &["-o", "no/such/folder/x.json"],
        &["--lose", "50%", "--scenario", "scenarios/full-flush.toml"],
    ] {
        let backend = if flags[0] == "-b" { &[][..] } else { &["-b", "350/s"] };
        fails(2, &[&["outage", ARTICLE], backend, flags].concat());
    }
    fails(2, &["outage"]);
}

#[test]
fn a_trace_that_cannot_be_read_is_another_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.txt");
    fs::write(&path, "a\nb\na\n").unwrap();
    let error = fails(3, &["outage", path.to_str().unwrap(), "-b", "350/s"]);
    assert!(error.contains("--rate"), "{error}");
    fails(3, &["outage", "no/such.parquet", "-b", "350/s"]);
}
