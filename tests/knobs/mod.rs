//! `coldgap sensitivity` and `coldgap warmup`: the shapes are those of the outage model, and restarts are as safe as
//! `coldgap outage` finds them.

mod restarts;
mod sensitivity;
mod warmup;

use crate::outage_command::{ARTICLE, coldgap, text};
use serde_json::Value;

/// A part of the trace, for speed, with a backend that is loaded as in the model's examples.
const SERVICE: [&str; 7] = [ARTICLE, "-b", "350/s", "-c", "3000obj", "--warmup", "10%"];

/// The report on the first so many requests.
fn report(command: &str, limit: &str, flags: &[&str]) -> Value {
    let all = [&[command], &SERVICE[..], &["--limit", limit], flags, &["-o", "-"]].concat();
    serde_json::from_str(&text(&all)).unwrap()
}

fn rows<'v>(report: &'v Value, table: &str) -> &'v Vec<Value> {
    report[table].as_array().unwrap()
}

#[test]
fn wrong_flags_are_usage_errors() {
    for command in ["sensitivity", "warmup"] {
        for flags in [
            &["--timeout", "1ms"][..],
            &["--horizon", "0s"],
            &["--at", "2h"],
            &["--warmup", "100%"],
            &["-p", "lru,fifo"],
            &["-b", "1MB/s"],
            &["-o", "report.docx"],
            &["--lose", "50%"],
        ] {
            let backend = if flags[0] == "-b" { &[][..] } else { &["-b", "350/s"] };
            let output = coldgap(&[&[command, ARTICLE], backend, flags].concat()).assert().code(2).get_output().clone();
            assert!(output.stdout.is_empty(), "{command} {flags:?}");
        }
        coldgap(&[command, "no/such.parquet", "-b", "350/s"]).assert().code(3);
    }
    coldgap(&["warmup", ARTICLE, "--shards", "0"]).assert().code(2);
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    for command in ["sensitivity", "warmup"] {
        let run = |threads: &str| report(command, "40000", &["-j", threads]).to_string();
        assert_eq!(run("1"), run("3"), "{command}");
    }
}
