//! The crate from outside: what the facade answers is what the command answers, byte by byte.

use assert_cmd::Command;
use coldgap::report::json;
use coldgap::{Compare, Gap, Outage, Replay, Trace};
use std::sync::LazyLock;

static BURST: LazyLock<Trace> = LazyLock::new(|| Trace::open("traces/burst.csv").unwrap());

/// What the command that a report names prints as JSON. No word of these tests has a blank.
fn printed(command: &str) -> String {
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_coldgap")).args(words).args(["-o", "-"]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

macro_rules! assert_same {
    ($report:expr) => {
        let report = $report.run().unwrap();
        let (own, command) = (json::render(&report).unwrap(), &report.head.command);
        // Not with assert_eq: it would print two reports.
        assert!(own == printed(command), "{command}");
    };
}

#[test]
fn every_question_is_answered_as_by_its_command() {
    let quick = ("quick", "true");
    let gap =
        Gap::new(&BURST).policies(["lru", "s3fifo:small=20%"]).unwrap().backend("70/s").unwrap().nodes(6).unwrap();
    assert_same!(gap.set(quick.0, quick.1).unwrap().set("lose", "1/4,100%").unwrap());
    let outage = Outage::new(&BURST).backend("70/s").unwrap().timeout("500ms").unwrap().lose("1/8").unwrap();
    assert_same!(outage.set(quick.0, quick.1).unwrap());
    let compare = Compare::new(&BURST).backend("140/s").unwrap().cut("50%").unwrap();
    assert_same!(compare.set(quick.0, quick.1).unwrap());
    let compare = Compare::new(&BURST).baseline("lru").unwrap().candidate("sieve").unwrap().backend("70/s").unwrap();
    assert_same!(compare.set(quick.0, quick.1).unwrap().set("candidate-timeout", "2s").unwrap());
    assert_same!(Replay::new(&BURST).policies(["lru", "belady"]).unwrap().curve(5).unwrap());
    assert_same!(Replay::new(&BURST).set("sample", "50%").unwrap());
}

#[test]
fn typed_results_are_the_rows() {
    let gap =
        Gap::new(&BURST).policies(["lru", "sieve"]).unwrap().backend("70/s").unwrap().set("quick", "true").unwrap();
    let report = gap.run().unwrap();
    let sieve = report.policy("sieve").unwrap();
    let row = |loss: &str| report.rows.iter().find(|row| row.policy == "sieve" && row.loss == loss).unwrap();
    assert_eq!(sieve.hidden.safe, row("1/8").hidden_safe_per_second);
    assert_eq!(sieve.need("1/8").unwrap().backend, row("1/8").least_backend_per_second);
    assert_eq!(sieve.need("100%").unwrap().safe_cut, row("100%").safe_cut_ratio);
    assert!(sieve.need("1/7").is_none() && sieve.recovers.is_none() && sieve.hidden.curve.is_empty());
    assert!(report.policy("arc").is_none());
    assert_eq!(report.found().len(), 2);
}

#[test]
fn without_a_backend_limits_are_unknown() {
    let report = Gap::new(&BURST).policies(["lru"]).unwrap().run().unwrap();
    let lru = report.policy("lru").unwrap();
    assert!(!lru.limits_known && lru.advertised.is_none() && lru.miss_ratio.is_some());
}

#[test]
fn what_is_not_understood_is_refused_with_a_hint() {
    let error = Gap::new(&BURST).backend("300").unwrap_err().to_string();
    assert!(error.starts_with("backend: 300 what?") && error.contains("hint: "), "{error}");
    let error = Outage::new(&BURST).set("polcy", "lru").unwrap_err().to_string();
    assert!(error.starts_with("outage takes no 'polcy'") && error.contains("hint: "), "{error}");
    let error = Gap::new(&BURST).set("nodes", "0").unwrap_err().to_string();
    assert!(error.contains("0 nodes") && error.contains("hint: "), "{error}");
    let same = Compare::new(&BURST).run().unwrap_err().to_string();
    assert!(same.starts_with("baseline and candidate are the same"), "{same}");
    let stopped = coldgap::Interrupt::default();
    stopped.set();
    assert!(Replay::new(&BURST).interrupt(&stopped).run().unwrap_err().is_interrupt());
    assert!(Gap::new(&BURST).interrupt(&stopped).run().unwrap_err().is_interrupt());
}
