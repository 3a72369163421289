//! Bad input: a message with the place and a hint, the right exit code, no panic, no output file.

mod fuzz;
mod hostile;

use crate::formats::samples::sample;
use std::path::Path;

struct Outcome {
    code: i32,
    stderr: String,
}

fn coldgap(folder: &Path, arguments: &[&str]) -> Outcome {
    let output =
        assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap")).current_dir(folder).args(arguments).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    Outcome { code: output.status.code().unwrap(), stderr }
}

/// Converts `bytes` with `flags` and expects this exit code and these words; nothing may be left behind.
fn refused(bytes: &[u8], flags: &[&str], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in"), bytes).unwrap();
    let mut arguments = vec!["convert", "in", "out.parquet"];
    arguments.extend(flags);
    let outcome = coldgap(folder.path(), &arguments);
    for word in words.iter().chain(&["hint: "]) {
        assert!(outcome.stderr.contains(word), "'{word}' is not in: {}", outcome.stderr);
    }
    assert_eq!(outcome.code, code, "{}", outcome.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the input is there: {}", outcome.stderr);
}

#[test]
fn files_that_are_no_traces() {
    refused(b"", &[], 3, &["in: the file is empty"]);
    refused(b"\x01\x02\x03\x04", &[], 3, &["no format recognises"]);
    refused(&[0xff; 100], &[], 3, &["no format recognises"]);
    refused(b"BZh91AY&SYxxxx", &[], 3, &["bzip2", "truncated"]);
    refused(b"time,key\n", &[], 3, &["holds no request"]);
    let folder = tempfile::tempdir().unwrap();
    for (path, words) in [("nosuch", "cannot open"), (".", "is a folder")] {
        let outcome = coldgap(folder.path(), &["inspect", path]);
        assert_eq!(outcome.code, 3);
        assert!(outcome.stderr.contains(words) && outcome.stderr.contains("hint: "), "{}", outcome.stderr);
    }
}

#[test]
fn truncated_files() {
    let binary = sample("oracleGeneral");
    refused(&binary[..24 * 7 + 5], &[], 3, &["in, byte 168: ", "ends 5 bytes into a record"]);
    for format in ["parquet", "arrow"] {
        let bytes = sample(format);
        refused(&bytes[..bytes.len() / 2], &[], 3, &["in: the ", "truncated"]);
    }
    let text = sample("csv");
    let cut = text.iter().rposition(|byte| *byte == b',').unwrap();
    // Text loses its last line, unless that is not wanted.
    let strict = ["--skip-bad", "0"];
    let said = "in, line 301, the last, which has no end: this row has 2 fields where the first has 3";
    refused(&text[..cut], &strict, 3, &[said]);
    let log = sample("log");
    let said = "in, line 300, the last, which has no end: not a line of an access log";
    refused(&log[..log.len() - 60], &strict, 3, &[said]);
    for (magic, tool) in [(&b"\x1f\x8b\x08\0\0\0\0\0\0\0"[..], "gzip"), (b"\x28\xb5\x2f\xfd\x20", "zstd")] {
        refused(magic, &[], 3, &["in: ", tool, "truncated"]);
    }
}

#[test]
fn rows_that_cannot_be_used() {
    refused(b"time,key\n99,a\n1,b\n", &[], 3, &["in, line 3: time steps back by 98 s", "60 s", "convert --sort in"]);
    refused(b"time,key\n1,a\nnoon,b\n", &[], 3, &["in, line 3: 'noon' is not a time"]);
    refused(b"time,key\n1,a\n99999999999999999999999,b\n", &[], 3, &["in, line 3: "]);
    refused(b"time,key\n1,a\n-5,b\n", &[], 3, &["in, line 3: '-5' is not a time"]);
    refused(b"time,key,size\n1,a,1099511627776\n", &[], 3, &["in, line 2: size 1099511627776 is 1 TiB or more"]);
    refused(b"time,key,size\n1,a,99999999999999999999\n", &[], 3, &["in, line 2: the size '99999999999999999999'"]);
    refused(b"time,key,size\n1,a,big\n", &[], 3, &["in, line 2: the size 'big'", "--columns size=-"]);
    refused(b"time,key\n1,a\n2,\n", &[], 3, &["in, line 3: a row has no key"]);
    refused(
        b"time,key,op\n1,a,get\n2,b,frobnicate\n",
        &[],
        3,
        &["in, line 3: ", "'frobnicate' is not known", "delete"],
    );
    refused(b"time,key,op\n1,a,get\n2,b,\xff\xfe\x1b\n", &["--input", "csv"], 3, &["in, line 3: "]);
    refused(b"time,key,ttl\n1,a,5000000000\n", &[], 3, &["in, line 2: a time to live"]);
    refused(b"time,key,op_count\n1,a,99999999999\n", &[], 3, &["in, line 2: op_count 99,999,999,999"]);
    refused(b"a,b,c\nd,e,f\n", &[], 3, &["no header", "the first row is 1=a 2=b 3=c"]);
    refused(b"a,b\n1,2\n", &[], 3, &["which column holds the keys", "a, b"]);
}

#[test]
fn flags_that_are_wrong_or_contradict() {
    let csv = b"time,key\n1,a\n2,b\n";
    refused(csv, &["--input", "nosuch"], 2, &["there is no format 'nosuch'", "parquet, "]);
    refused(csv, &["--columns", "time=3"], 2, &["there is no column '3'", "time, key"]);
    refused(csv, &["--columns", "time=1,key=1"], 2, &["column '1' two roles"]);
    refused(csv, &["--rate", "5/s"], 2, &["--rate is for traces without times"]);
    refused(csv, &["--from", "5s", "--until", "5s"], 2, &["--from 5 s is not before --until 5 s"]);
    refused(csv, &["--limit", "0"], 3, &["holds no request"]);
    refused(b"a\nb\n", &["--from", "1s"], 3, &["need times"]);
    refused(&sample("oracleGeneral"), &["--columns", "key=1"], 2, &["--columns is for tables"]);
    refused(&sample("log"), &["--time-unit", "s"], 2, &["--time-unit is for tables"]);
    refused(csv, &["--input", "parquet"], 3, &["in: the Parquet data"]);
    refused(csv, &["--input", "arrow"], 3, &["in: the Arrow data"]);
    refused(csv, &["--input", "log"], 3, &["in, line 1: "]);
    refused(csv, &["--input", "oracleGeneral"], 3, &["in, byte 0: the file ends 17 bytes into a record"]);
    refused(&sample("oracleGeneral"), &["--input", "csv"], 3, &["in"]);
}

#[test]
fn targets_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in"), sample("csv")).unwrap();
    std::fs::create_dir(folder.path().join("folder.parquet")).unwrap();
    for (target, words) in [
        ("out.txt", "end it in .parquet, .arrow, .csv"),
        ("out", "no format that traces are written in"),
        ("nosuch/out.parquet", "does not exist"),
        ("folder.parquet", "is a folder"),
    ] {
        let outcome = coldgap(folder.path(), &["convert", "in", target]);
        assert_eq!(outcome.code, 2, "{target}");
        assert!(outcome.stderr.contains(words), "{target}: {}", outcome.stderr);
    }
    let outcome = coldgap(folder.path(), &["inspect", "in", "-o", "x.csv"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("hint: name it x.json"), "{}", outcome.stderr);
    let outcome = coldgap(folder.path(), &["formats", "nosuch"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("hint: one of: "), "{}", outcome.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing new is there");
}

#[test]
fn hints_can_be_copied_into_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let backwards = b"time,key\n99,a\n1,b\n";
    std::fs::write(folder.path().join("it's a trace.csv"), backwards).unwrap();
    let outcome = coldgap(folder.path(), &["inspect", "it's a trace.csv"]);
    assert!(outcome.stderr.contains(r"convert --sort 'it'\''s a trace.csv' sorted.parquet"), "{}", outcome.stderr);
    let piped = assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap"))
        .args(["inspect", "-"])
        .write_stdin(backwards)
        .output()
        .unwrap();
    let stderr = String::from_utf8(piped.stderr).unwrap();
    assert!(stderr.contains("standard input, line 3") && stderr.contains("convert --sort - sorted"), "{stderr}");
}

#[test]
fn a_target_that_is_there_survives_a_trace_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in"), b"time,key\n99,a\n1,b\n").unwrap();
    std::fs::write(folder.path().join("out.parquet"), b"precious").unwrap();
    assert_eq!(coldgap(folder.path(), &["convert", "in", "out.parquet"]).code, 3);
    assert_eq!(std::fs::read(folder.path().join("out.parquet")).unwrap(), b"precious");
}
