//! The story of one outage: its numbers agree with each other, with its flags, and with runs of their own.

use super::{ARTICLE, coldgap, json, number, text};
use serde_json::Value;
use std::fmt::Write;
use std::fs;

const SERVICE: [&str; 4] = ["outage", ARTICLE, "-b", "350/s"];

fn outage(flags: &[&str]) -> Value {
    json(&[&SERVICE[..], &["--quick"], flags].concat())
}

fn rows<'v>(report: &'v Value, table: &str) -> &'v Vec<Value> {
    report[table].as_array().unwrap()
}

fn total(report: &Value, field: &str, from: f64) -> f64 {
    let since = |row: &&Value| number(row, "start_seconds") > from - 1e-6;
    rows(report, "windows").iter().filter(since).map(|row| number(row, field)).sum()
}

#[test]
fn a_flush_at_full_load_does_not_heal_and_the_report_says_why() {
    let report = outage(&[]);
    let verdict = &report["verdict"];
    assert_eq!(verdict["phase"], "metastable");
    assert_eq!(verdict["healed"], false);
    assert!(verdict["recovery_seconds"].is_null());
    // Escape load: mu / (m_c (1 + r)).
    let escape = 350.0 / number(verdict, "miss_ratio");
    assert!((number(verdict, "escape_per_second") / escape - 1.0).abs() < 1e-9);
    let shed = 1.0 - escape / number(verdict, "load_per_second");
    assert!((number(verdict, "shed_ratio") - shed).abs() < 1e-9);
    // The windows add up to what is said of the whole, which besides has those who still wait when the trace ends; each of them
    // fails after a second.
    let late = number(verdict, "requests_failed") - total(&report, "failures", 0.0);
    assert!((0.0..=3100.0).contains(&late), "{late}");
    assert!((number(verdict, "user_seconds_lost") - number(verdict, "requests_failed")).abs() < 1e-6, "{verdict}");
    assert!((total(&report, "user_seconds_lost", 0.0) - total(&report, "failures", 0.0)).abs() < 1e-6);
    let (offered, in_time, failed) =
        (total(&report, "offered", -1e9), total(&report, "in_time", -1e9), total(&report, "failures", -1e9));
    let waiting = offered - in_time - failed;
    // Whoever waits at the end came within the last timeout.
    assert!((0.0..=3100.0).contains(&waiting), "{waiting}");
    // Before the trigger all is well; in the end nothing is inserted and every wait is longer than the timeout.
    let windows = rows(&report, "windows");
    let before: Vec<&Value> = windows.iter().filter(|row| row["phase"] == "before").collect();
    assert_eq!(before.len(), 10);
    assert!(before.iter().all(|row| number(row, "success_ratio") > 0.97));
    let end = &windows[windows.len() - 1];
    assert_eq!(number(end, "inserts"), 0.0);
    assert!(number(end, "min_delay_seconds") > 10.0);
    let why = verdict["why"].as_str().unwrap();
    assert!(why.contains("nothing is inserted") && why.contains("gone after 1 s;"), "{why}");
    // The rows of the timeline are the windows.
    let asked: f64 = rows(&report, "timeline")
        .iter()
        .map(|row| number(row, "asked_per_second") * (number(row, "to_seconds") - number(row, "from_seconds")))
        .sum();
    assert!((asked - total(&report, "asked", -1e9)).abs() < 1.0, "{asked}");
    assert!((15..=30).contains(&rows(&report, "timeline").len()));
}

/// What a remedy in place does is what a service that has it from the start does.
#[test]
fn a_remedy_in_place_is_the_flag_of_the_same_name() {
    let report = outage(&[]);
    for (what, flags) in [
        ("queue bound", &["--queue", "175"][..]),
        ("LIFO queue", &["--queue", "lifo"]),
        ("late answers", &["--late-answers"]),
        ("single-flight", &["--single-flight"]),
    ] {
        let row = rows(&report, "remedies").iter().find(|row| row["what"].as_str().unwrap().starts_with(what)).unwrap();
        let alone = outage(flags);
        assert_eq!(row["in_place_recovery_seconds"], alone["verdict"]["recovery_seconds"], "{what}");
        assert_eq!(row["in_place_user_seconds_lost"], alone["verdict"]["user_seconds_lost"], "{what}");
        assert!(
            !rows(&alone, "remedies").iter().any(|row| row["what"].as_str().unwrap().starts_with(what)),
            "{what} is in place already"
        );
    }
    let bound = rows(&report, "remedies").iter().find(|row| row["what"].as_str().unwrap().starts_with("queue bound"));
    assert_eq!(bound.unwrap()["in_place_healed"], true);
    // The best first.
    let cures: Vec<f64> = rows(&report, "remedies")
        .iter()
        .map(|row| row["switched_on_recovery_seconds"].as_f64().unwrap_or(f64::INFINITY))
        .collect();
    assert!(cures.is_sorted(), "{cures:?}");
}

/// The printed schedule, written down as a scenario and run on its own, brings the service back.
#[test]
fn the_ramp_holds_when_it_is_run_as_a_scenario() {
    let report = outage(&[]);
    let steps = rows(&report["ramp"], "steps");
    assert!(steps.len() > 2 && number(&steps[steps.len() - 1], "load_ratio") == 1.0);
    assert!(number(&steps[0], "load_per_second") < number(&report["verdict"], "escape_per_second"));
    assert!(steps.is_sorted_by_key(|step| number(step, "load_ratio")));
    let mut scenario = "backend = \"350/s\"\n[[step]]\nat = \"0s\"\ntrigger = \"flush\"\n".to_string();
    for step in steps {
        let (at, load) = (number(step, "at_seconds"), number(step, "load_ratio"));
        writeln!(scenario, "[[step]]\nat = \"{at}s\"\nload = \"{load}x\"").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ramp.toml");
    fs::write(&path, scenario).unwrap();
    assert!(report["ramp"]["simulations"].as_u64().unwrap() >= 6, "five seeds and constant service times");
    for seed in 1..=5 {
        let flags = ["outage", ARTICLE, "--quick", "--scenario", path.to_str().unwrap(), "--seed", &seed.to_string()];
        let run = json(&flags);
        assert_eq!(run["verdict"]["healed"], true, "seed {seed}");
        let back = number(&run["verdict"], "recovery_seconds") - number(&steps[0], "at_seconds");
        assert!(back <= number(&report["ramp"], "takes_seconds"), "seed {seed}: {back}");
    }
}

#[test]
fn a_low_load_heals_and_the_edge_lies_between() {
    let high = json(&SERVICE);
    let (low, broken) =
        (number(&high["verdict"], "hidden_95_per_second"), number(&high["verdict"], "hidden_05_per_second_high"));
    assert!(low < broken && broken < 3000.0 && low > 350.0, "{low}..{broken}");
    let healed = outage(&["--load", &format!("{}/s", low * 0.8)]);
    assert_eq!(healed["verdict"]["phase"], "vulnerable");
    assert_eq!(outage(&["--load", &format!("{}/s", broken * 1.3)])["verdict"]["phase"], "metastable");
    assert_eq!(outage(&["--load", "300/s"])["verdict"]["phase"], "stable");
    let overloaded = outage(&["--load", "2x"]);
    assert_eq!(overloaded["verdict"]["phase"], "overloaded_warm");
    assert!(overloaded["verdict"]["sentence"].as_str().unwrap().contains("The trigger is not to blame"));
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_in_all_outputs() {
    let one = text(&[&SERVICE[..], &["-o", "-", "-j", "1"]].concat());
    assert_eq!(one, text(&[&SERVICE[..], &["-o", "-", "-j", "3"]].concat()));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (csv, parquet) = (path("w.csv"), path("w.parquet"));
    let output = coldgap(&[&SERVICE[..], &["--quick", "-o", &csv, "-o", &parquet]].concat()).assert().success();
    assert!(output.get_output().stderr.is_empty());
    let report: Value = serde_json::from_str(&one).unwrap();
    let table = fs::read_to_string(csv).unwrap();
    assert_eq!(table.lines().count(), 1 + rows(&report, "windows").len());
    let last = &rows(&report, "windows")[rows(&report, "windows").len() - 1];
    assert!(table.lines().last().unwrap().contains(&format!(",after,{},", last["offered"])), "{last}");
    assert!(fs::read(parquet).unwrap().starts_with(b"PAR1"));
}

/// What a reader in trouble looks for stands in the text.
#[test]
fn the_text_has_every_part() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("outage.json");
    let saved = saved.to_str().unwrap();
    let short = text(&[&SERVICE[..], &["--quick", "-o", saved]].concat());
    assert!(short.lines().count() <= 45, "{} lines:\n{short}", short.lines().count());
    for part in [
        "It stays down",
        "WHAT TO DO",
        "shed over 73.4%",
        "let in 240/s",
        "WHAT BREAKS THE LOOP",
        "Assumed: timeout (1 s)",
    ] {
        assert!(short.contains(part), "{part}:\n{short}");
    }
    let report = text(&["report", saved, "--details"]);
    for part in [
        "It stays down: 130 s after the trigger is over",
        "The backend's answers come after",
        "answered in time",
        "The backend, which can give 350/s",
        "0 s: the whole cache is emptied",
        "THE OUTAGE, FROM THE TRIGGER ON",
        "HOW TO COME BACK",
        "its escape load:",
        "In each of 6 simulations every step became calm",
        "WHAT BREAKS THE LOOP",
        "queue bound: at most 175 wait",
        "WHAT THESE NUMBERS REST ON",
        "seed 1",
        "WHERE THIS COMES FROM",
    ] {
        assert!(report.contains(part), "{part}");
    }
    assert!(report.lines().all(|line| line.chars().count() <= 100 || line.contains("fingerprint")));
}

/// Alerts must be silent in every loss that heals and speak in every one that stays: checked against runs of their own.
#[test]
fn an_alert_tells_a_loss_that_stays_from_one_that_heals() {
    let report = outage(&["--alerts"]);
    let alerts = &report["alerts"];
    let (survived, fatal) = (number(alerts, "survived_loss_ratio"), number(alerts, "fatal_loss_ratio"));
    assert!(survived < fatal);
    let wait = rows(alerts, "signals").iter().find(|row| row["signal"] == "least_wait").unwrap();
    let threshold = number(wait, "threshold");
    let least_waits = |share: f64| {
        let run = outage(&["--lose", &format!("{}%", share * 100.0)]);
        let after = rows(&run, "windows").iter().filter(|row| row["phase"] == "after");
        let waits: Vec<f64> = after.map(|row| number(row, "min_delay_seconds")).collect();
        let over_five: Vec<f64> =
            waits.windows(5).map(|five| five.iter().copied().fold(f64::INFINITY, f64::min)).collect();
        (run["verdict"]["healed"] == true, over_five)
    };
    let (healed, waits) = least_waits(survived);
    assert!(healed && waits.iter().all(|wait| *wait < threshold), "{threshold}: {waits:?}");
    let (healed, waits) = least_waits(1.0);
    assert!(!healed);
    let fires = waits.iter().position(|wait| *wait > threshold).unwrap() as f64 + 5.0;
    assert!(fires <= number(wait, "fires_seconds"), "{fires}");
}
