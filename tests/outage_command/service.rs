//! The service in a user's words: the same flags in every command that simulates, and what contradicts itself is refused.

use super::{ARTICLE, coldgap, text};
use serde_json::{Value, json};

const COMMANDS: [&str; 5] = ["gap", "compare", "outage", "sensitivity", "warmup"];

/// Words that are not a service's, to be quick.
fn asked(command: &'static str) -> Vec<&'static str> {
    match command {
        "compare" => vec![command, ARTICLE, "--candidate", "fifo"],
        _ => vec![command, ARTICLE],
    }
}

fn report(words: &[&str]) -> Value {
    serde_json::from_str(&text(&[words, &["--limit", "60000", "-o", "-"]].concat())).unwrap()
}

#[test]
fn of_capacity_servers_and_service_time_any_two_give_the_third() {
    let quick = ["outage", ARTICLE, "--quick", "--at", "5s", "--load", "300/s"];
    let model = |words: &[&str]| report(&[&quick[..], words].concat())["config"]["model"]["backend"].clone();
    let by_two = model(&["--servers", "30", "--service-time", "100ms"]);
    assert_eq!(by_two["mu"], json!({"per_second": 300.0, "of": "answers"}));
    assert_eq!(by_two["kind"]["servers"]["count"], 30);
    assert_eq!(by_two, model(&["-b", "300/s", "--servers", "30"]));
    assert_eq!(by_two, model(&["-b", "300/s", "--service-time", "100ms"]));
    assert_eq!(by_two, model(&["-b", "300/s", "--service-time", "100ms", "--servers", "30"]));
}

#[test]
fn a_service_that_contradicts_itself_is_refused_everywhere() {
    for command in COMMANDS {
        for (flags, says) in [
            (&["--servers", "10"][..], "--service-time"),
            (&["-b", "300/s", "--servers", "10", "--service-time", "100ms"], "two give the third"),
            (&["--servers", "0"], "servers"),
            (&["--service", "uniform"], "constant, exponential or lognormal"),
            (&["--abandoned", "forgotten"], "finished, leaves, cancelled"),
            (&["--queue", "fast"], "unbounded, lifo"),
            (&["--single-flight=maybe"], "joined, kept"),
            (&["--servers", "10", "--service-time", "2s"], "--timeout"),
        ] {
            let output = coldgap(&[&asked(command)[..], flags].concat()).assert().code(2).get_output().clone();
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(error.contains(says), "{command} {flags:?}: {error}");
        }
    }
}

/// What is said about the service is in force, and in the assumptions.
#[test]
fn every_flag_of_the_service_reaches_the_simulation() {
    let flags = ["--service", "lognormal:0.5", "--abandoned", "leaves", "--single-flight=kept", "--queue", "150"];
    let more =
        ["--retries", "2", "--retry-budget", "20%", "--backoff", "200ms", "--late-answers", "--error-cost", "10%"];
    let words = [&["outage", ARTICLE, "--quick", "-b", "350/s", "--at", "5s"], &flags[..], &more[..]].concat();
    let outage = report(&words);
    let model = &outage["config"]["model"];
    assert_eq!(model["backend"]["kind"]["servers"]["service"], json!({"lognormal": {"variation": 0.5}}));
    assert_eq!((&model["abandoned"], &model["same_key"]), (&json!("leaves"), &json!("kept")));
    assert_eq!((&model["fill"], &model["queue"]["bound"]), (&json!("late"), &json!(150)));
    assert_eq!(model["client"]["budget"]["per_request"], 0.2);
    let said = outage["assumptions"].to_string();
    for part in ["lognormal:0.5", "leaves the queue", "at most 150 wait", "0.2 times per request", "10% of an answer"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let gap = report(&[&["gap", ARTICLE, "-b", "350/s", "-p", "lru"], &flags[..], &more[..]].concat());
    let told = gap["assumptions"].to_string();
    for part in ["lognormal:0.5", "leaves the queue", "at most 150 wait", "0.2 times per request"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let warned = gap["warnings"].to_string();
    assert!(warned.contains("only what is simulated holds") && warned.contains("at most 150 wait"), "{warned}");
    assert!(gap["healing"].as_array().unwrap().iter().all(|row| row["service"] == "lognormal:0.5"));
}
