//! Hints lead somewhere: where an error names a command, the command is there and does what it is for.

use assert_cmd::Command;
use std::process::Output;

fn coldgap(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap()
}

const BURST: &str = "traces/burst.csv";

/// The error of a command that fails.
fn error(arguments: &[&str]) -> String {
    let output = coldgap(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Every time, rate and share without its unit is answered with what is missing, in whichever way it is written.
#[test]
fn a_number_without_its_unit_is_refused_with_the_units() {
    let cases: [(&[&str], &str); 8] = [
        (&["gap", BURST, "-b", "300/s", "--timeout", "1000"], "1000ms, 1000s"),
        (&["gap", BURST, "-b", "300/s", "--window", "10"], "10ms, 10s"),
        (&["outage", BURST, "-b", "300/s", "--at", "90"], "90ms, 90s"),
        (&["gap", BURST, "-b", "300"], "300/s for answers"),
        (&["compare", BURST, "-b", "300/s", "--candidate-backend", "150"], "150/s for answers"),
        (&["gap", BURST, "-b", "-300/s"], "write it like 300/s"),
        (&["gap", BURST, "-b", "300/s", "--fail-if", "refill > 60"], "a length of time, like 60s"),
        (&["gap", BURST, "-b", "300/s", "--fail-if", "loss_survived < 12.5"], "12.5% or 0.125"),
    ];
    for (arguments, hint) in cases {
        let error = error(arguments);
        assert!(error.contains(hint), "{arguments:?}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("coldgap.toml");
    std::fs::write(&file, "timeout = 500\n").unwrap();
    let error = error(&["gap", BURST, "-b", "300/s", "--config", file.to_str().unwrap()]);
    assert!(error.contains("500ms, 500s") && error.contains("line 1"), "{error}");
}

/// The hint of each of these errors is or has a command, which works.
#[test]
fn a_hint_that_names_a_command_can_be_followed() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.txt");
    std::fs::write(&keys, "1\n2\n1\n3\n1\n2\n").unwrap();
    let keys = keys.to_str().unwrap();
    let cases: [&[&str]; 9] = [
        &["gap", "no-such-trace-at-all.csv"],
        &["gap", BURST, "-b", "300/s", "-p", "lru+nothing"],
        &["gap", keys, "--rate", "3/s", "--input", "csvv"],
        &["gap", keys],
        &["policies", "lri"],
        &["formats", "csvv"],
        &["report", BURST],
        &["explain", "hidden_safe_per_secnd"],
        &["explain", "zzzzzzzz"],
    ];
    let mut followed = 0;
    for arguments in cases {
        let error = error(arguments);
        let Some((_, line)) = error.rsplit_once("coldgap ") else { continue };
        let line = line.lines().next().unwrap_or("").split([')', '`', '\'', ';']).next().unwrap_or("");
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !["says", "lists"].contains(word)).collect();
        let output = coldgap(&words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?} leads to coldgap {words:?}: {said}");
        followed += 1;
    }
    assert!(followed >= 3, "only {followed} hints name a command");
}

/// A database that was made up answers nobody: what simulates one asks for it, and each way that the hint names works.
#[test]
fn without_a_backend_nothing_is_simulated_and_every_way_to_say_it_works() {
    for command in [&["outage"][..], &["sensitivity"], &["warmup"], &["compare", "--candidate", "fifo"]] {
        let error = error(&[command, &[BURST]].concat());
        assert!(error.contains("nobody said what the backend can do"), "{command:?}: {error}");
        assert!(error.contains("-b 300/s") && error.contains("--servers 10 --service-time 30ms"), "{error}");
    }
    for said in [&["-b", "300/s"][..], &["--servers", "10", "--service-time", "30ms"], &["-b", "auto"]] {
        assert!(
            coldgap(&[&["outage", BURST, "--quick", "--horizon", "60s"], said].concat()).status.success(),
            "{said:?}"
        );
    }
    let needed = coldgap(&["gap", BURST]);
    assert!(String::from_utf8(needed.stdout).unwrap().contains("while nothing is lost"));
}

#[test]
fn a_missing_file_is_answered_with_the_name_that_was_meant() {
    assert!(error(&["gap", "traces/burst.cvs", "-b", "300/s"]).contains("did you mean traces/burst.csv?"));
    assert!(error(&["outage", "nowhere/burst.csv", "-b", "300/s"]).contains("there is no folder nowhere"));
}
