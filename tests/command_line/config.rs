//! `coldgap.toml`, variables, `--print-config`: who goes before whom, and that nothing is set in silence.

use super::{coldgap, stdout, trace};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const FILE: &str = r#"
backend = "40/s"            # for every command that has it
policy = "lru,sieve"
quick = true
retries = 2
timeout = "500ms"
cache = "10%"
act-after = "20s"           # of another command

[gap]
lose = ["12.5%", "100%"]
timeout = "700ms"

[outage]
policy = "lru"
"#;

fn folder(file: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("coldgap.toml"), file).unwrap();
    folder
}

/// The report of a command, as JSON.
fn report(folder: &Path, variables: &[(&str, &str)], words: &[&str]) -> Value {
    let output = stdout(coldgap(folder).envs(variables.iter().copied()).args(words).args(["-o", "-"]));
    serde_json::from_str(&output).unwrap()
}

fn refused(folder: &Path, variables: &[(&str, &str)], words: &[&str]) -> String {
    let run = coldgap(folder).envs(variables.iter().copied()).args(words).assert().code(2);
    String::from_utf8(run.get_output().stderr.clone()).unwrap()
}

#[test]
fn an_option_goes_before_a_variable_before_a_table_before_the_file() {
    let folder = folder(FILE);
    let trace = trace("burst.csv");
    let timeout = |variables: &[(&str, &str)], words: &[&str]| {
        let report = report(folder.path(), variables, &[&["gap", &trace], words].concat());
        (report["config"]["timeout_seconds"].as_f64().unwrap() * 1000.0).round()
    };
    assert_eq!(timeout(&[], &[]), 700.0);
    assert_eq!(timeout(&[("COLDGAP_TIMEOUT", "2s")], &[]), 2000.0);
    assert_eq!(timeout(&[("COLDGAP_TIMEOUT", "2s")], &["--timeout", "3s"]), 3000.0);
    assert_eq!(timeout(&[("COLDGAP_TIMEOUT", "")], &[]), 700.0);
    assert_eq!(timeout(&[], &["--config", "/dev/null", "-c", "10%", "--quick"]), 1000.0);
}

#[test]
fn lists_are_replaced_and_switches_may_be_off() {
    let folder = folder(FILE);
    let trace = trace("burst.csv");
    let losses = |words: &[&str]| {
        report(folder.path(), &[], &[&["gap", &trace], words].concat())["config"]["losses"].to_string()
    };
    assert_eq!(losses(&[]), "[0.125,1.0]");
    assert_eq!(losses(&["--lose", "50%"]), "[0.5]");
    let quick = |value| report(folder.path(), &[("COLDGAP_QUICK", value)], &["gap", &trace])["config"]["seeds"].clone();
    assert_eq!(quick("1").as_array().unwrap().len(), 0);
    assert_eq!(quick("false").as_array().unwrap().len(), 3);
}

#[test]
fn the_recorded_command_gives_the_same_report_without_file_and_variables() {
    let with = folder(FILE);
    let trace = trace("burst.csv");
    let there = report(with.path(), &[("COLDGAP_SINGLE_FLIGHT", "true")], &["gap", &trace, "--horizon", "5min"]);
    let command = there["command"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert!(words.contains(&"--retries=2") && words.contains(&"--single-flight"), "{command}");
    assert!(!command.contains("act-after"), "{command}");
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(report(elsewhere.path(), &[], &words), there);
}

#[test]
fn the_printed_configuration_says_where_values_come_from_and_gives_the_same_result() {
    let with = folder(FILE);
    let trace = trace("burst.csv");
    let words = ["gap", &trace, "--load", "1.5x", "--lose", "50%,100%"];
    let printed = stdout(coldgap(with.path()).env("COLDGAP_SINGLE_FLIGHT", "true").args(words).arg("--print-config"));
    let line = |name: &str| {
        let mut lines = printed.lines().filter(|line| line.trim_start_matches("# ").starts_with(&format!("{name} =")));
        lines
            .next()
            .unwrap_or_else(|| panic!("no {name} in {printed}"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(line("timeout"), "timeout = \"700ms\" # coldgap.toml, line 12");
    assert_eq!(line("backend"), "backend = \"40/s\" # coldgap.toml, line 2");
    assert_eq!(line("single-flight"), "single-flight = \"joined\" # COLDGAP_SINGLE_FLIGHT");
    assert_eq!(line("load"), "load = \"1.5x\" # option");
    assert_eq!(line("lose"), "lose = [\"50%\", \"100%\"] # option");
    assert_eq!(line("service-time"), "# service-time = # default: 10ms");
    assert!(line("window").starts_with("# window = # default: "), "{}", line("window"));

    let without_command = |mut report: Value| {
        report["command"] = Value::Null;
        report
    };
    let first = report(with.path(), &[("COLDGAP_SINGLE_FLIGHT", "true")], &words);
    let saved = folder(&printed);
    let second = report(saved.path(), &[], &["gap", &trace]);
    assert_eq!(without_command(first), without_command(second));
}

#[test]
fn a_configuration_is_printed_for_every_command_without_work_and_can_be_read_again() {
    let empty = tempfile::tempdir().unwrap();
    for command in ["gap", "outage", "sensitivity", "warmup", "replay", "inspect", "convert", "synth"] {
        let printed = stdout(coldgap(empty.path()).args([command, "--print-config"]));
        assert!(printed.starts_with(&format!("[{command}]\n")), "{printed}");
        // Uncommented, defaults are values that the options have.
        let values =
            printed.lines().filter(|line| !line.contains(" =  ") && !line.contains("seed") && !line.contains("sample"));
        let all: String = values.map(|line| format!("{}\n", line.trim_start_matches("# "))).collect();
        let saved = folder(&all);
        assert!(stdout(coldgap(saved.path()).args([command, "--print-config"])).starts_with(&format!("[{command}]\n")));
    }
}

#[test]
fn what_is_wrong_in_the_file_is_named_with_its_line() {
    let empty = tempfile::tempdir().unwrap();
    let wrong = |text: &str| {
        let folder = folder(text);
        refused(folder.path(), &[], &["gap", "nowhere.csv"])
    };
    for (text, said) in [
        ("\npolici = \"lru\"", "coldgap.toml, line 2: no command has an option --polici; did you mean `policy`?"),
        ("[gapp]\nload = 1", "coldgap.toml, line 1: there is no command `gapp` with options; did you mean `gap`?"),
        ("[gap]\nact-after = \"1s\"", "coldgap.toml, line 2: coldgap gap has no option --act-after"),
        ("timeout = \"soon\"", "coldgap.toml, line 1: invalid value 'soon' for '--timeout <TIME>'"),
        ("timeout = true", "coldgap.toml, line 1: --timeout takes a value"),
        ("quick = \"yes\"", "coldgap.toml, line 1: --quick is true or false"),
        ("load = [\"1x\", \"2x\"]", "coldgap.toml, line 1: --load takes one value"),
        ("retries = -1", "coldgap.toml, line 1: invalid value '-1' for '--retries <N>'"),
        ("retries = 1979-05-27", "coldgap.toml, line 1: not a value that an option can have"),
        ("retries = ", "coldgap.toml, line 1: "),
        ("output = \"a.csv\"", "coldgap.toml, line 1: a file that nobody named may not say what is written (--output)"),
    ] {
        let error = wrong(text);
        assert!(error.contains(said), "{text}: {error}");
    }
    assert!(wrong("config = \"other.toml\"").contains("no command has an option --config"));
    assert!(
        refused(empty.path(), &[], &["gap", "a.csv", "--config", "none.toml"])
            .contains("none.toml: cannot read the configuration")
    );
    let error = refused(empty.path(), &[("COLDGAP_TIMEOUT", "soon")], &["gap", "a.csv"]);
    assert!(error.contains("variable COLDGAP_TIMEOUT: invalid value 'soon' for '--timeout <TIME>'"), "{error}");
}

#[test]
fn nothing_is_set_in_silence() {
    let folder = folder("cache = \"10%\"\nseed = 3\npolicy = \"fifo\"");
    let trace = trace("burst.csv");
    let told = |variables: &[(&str, &str)], words: &[&str]| {
        let run = coldgap(folder.path()).envs(variables.iter().copied()).args(words).assert().success();
        String::from_utf8(run.get_output().stderr.clone()).unwrap()
    };
    // What an option rules out, or what needs an option that is missing, is left out.
    let stderr = told(&[], &["replay", &trace, "--curve=4"]);
    assert!(stderr.contains("--cache=10% (coldgap.toml, line 1) is left out beside --curve"), "{stderr}");
    assert!(stderr.contains("--seed=3 (coldgap.toml, line 2) is left out: it needs"), "{stderr}");
    assert!(stderr.contains("note: from coldgap.toml: --policy=fifo\n"), "{stderr}");
    let stderr = told(&[("COLDGAP_WARMUPS", "1"), ("COLDGAP_CACHE", "5%")], &["replay", &trace, "--sample", "50%"]);
    assert!(stderr.contains("did you mean COLDGAP_WARMUP?"), "{stderr}");
    assert!(stderr.contains("note: from environment: --cache=5%\n"), "{stderr}");
    assert!(stderr.contains("note: from coldgap.toml: --policy=fifo --seed=3\n"), "{stderr}");
    // A command without options reads nothing.
    assert_eq!(told(&[], &["formats"]), "");
}

#[test]
fn what_is_wrong_on_the_command_line_is_said_of_it_alone() {
    let folder = folder(FILE);
    let error = refused(folder.path(), &[], &["gap", "a.csv", "--tmeout", "1s"]);
    assert!(error.contains("a similar argument exists: '--timeout'"), "{error}");
    assert!(!error.contains("coldgap.toml"), "{error}");
    let error = refused(folder.path(), &[], &["gpa", "a.csv"]);
    assert!(error.contains("a similar subcommand exists: 'gap'"), "{error}");
}
