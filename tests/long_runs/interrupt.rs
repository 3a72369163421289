//! Ctrl-C, sent as a real signal: partial results are marked, nothing is left behind, a rerun goes on where it stopped.

use super::{Recipe, coldgap, made, names, run, told, write};
use coldgap::trace::synthetic::recipe::EXAMPLE;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RECIPE: Recipe = Recipe { requests: 400_000, keys: 50_000, times: true, sizes: true, mixed: false };
/// So many cells that no machine is done before the signal comes.
const SIZES: &str =
    "1%,2%,3%,4%,5%,6%,7%,8%,9%,10%,11%,12%,13%,14%,15%,16%,17%,18%,19%,20%,21%,22%,23%,24%,25%,26%,27%,28%";

fn send(signal: &str, child: &Child) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(120), "{what} never came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn has_temporary(folder: &Path) -> bool {
    names(folder).iter().any(|name| name.starts_with(".coldgap-"))
}

#[test]
fn an_interrupted_replay_prints_what_is_done_and_a_rerun_makes_it_whole() {
    for (signal, output) in [("-INT", "-"), ("-TERM", "out.json")] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(&made(RECIPE), &folder.join("t.parquet"));
        let replay = ["replay", "t.parquet", "-c", SIZES, "-j1", "--journal", "j", "-o", output];
        let child = coldgap(folder, &replay).spawn().unwrap();
        wait_until("the first finished cell", || {
            folder.join("j").exists() && names(&folder.join("j")).iter().any(|name| name.starts_with("replay-"))
        });
        send(signal, &child);
        let (code, out, said) = told(child.wait_with_output().unwrap());
        assert_eq!(code, 130, "{said}");
        assert!(said.contains("interrupted: the result is partial"), "{said}");
        assert!(!has_temporary(folder) && !has_temporary(&folder.join("j")));
        if output == "-" {
            let partial: Value = serde_json::from_str(&out).unwrap();
            assert_eq!(partial["partial"], true);
            let count = |field: &str| partial[field].as_array().unwrap().len();
            assert_eq!(count("rows") + count("missing"), 4 * 28);
            assert!(count("rows") > 0 && count("missing") > 0);
            let missing = &partial["missing"][0];
            assert_eq!(missing["trace"], "t.parquet");
            assert!(missing["policy"].is_string() && missing["cache_capacity_bytes"].is_u64());
        } else {
            assert!(out.starts_with("PARTIAL: ") && out.contains("- MISSING: t.parquet: "), "{out}");
            assert!(!folder.join(output).exists(), "a partial result must not be taken for a whole one");
        }
        let result = |(code, out, said): (i32, String, String)| {
            assert_eq!(code, 0, "{said}");
            if output == "-" { out } else { fs::read_to_string(folder.join(output)).unwrap() }
        };
        let rerun = result(run(folder, &replay));
        let whole = result(run(folder, &["replay", "t.parquet", "-c", SIZES, "-o", output]));
        assert_eq!(rerun, whole);
        assert!(whole.contains("\"partial\": false") && whole.contains("\"missing\": []"));
    }
}

#[test]
fn a_trace_that_waits_is_missing_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("a.parquet"));
    fs::copy(folder.join("a.parquet"), folder.join("b.parquet")).unwrap();
    let replay = ["replay", "--each", "a.parquet", "b.parquet", "-c", SIZES, "-j1", "--journal", "j", "-o", "-"];
    let child = coldgap(folder, &replay).spawn().unwrap();
    wait_until("the journal", || folder.join("j").exists() && !names(&folder.join("j")).is_empty());
    send("-INT", &child);
    let (code, out, said) = told(child.wait_with_output().unwrap());
    assert_eq!(code, 130, "{said}");
    let partial: Value = serde_json::from_str(&out).unwrap();
    let last = partial["missing"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["trace"], &last["policy"]), (&"b.parquet".into(), &Value::Null));
}

#[test]
fn gap_and_synth_stop_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("t.parquet"));
    fs::write(folder.join("r.toml"), EXAMPLE.replacen("1_000_000 ", "900_000_000 ", 1)).unwrap();
    let before = names(folder);
    let commands: [&[&str]; 2] =
        [&["gap", "t.parquet", "-b", "auto", "-c", SIZES, "-o", "out.json"], &["synth", "r.toml", "-o", "out.parquet"]];
    for arguments in commands {
        let child = coldgap(folder, arguments).spawn().unwrap();
        wait_until("the temporary file", || has_temporary(folder));
        std::thread::sleep(Duration::from_millis(500));
        send("-INT", &child);
        let start = Instant::now();
        let (code, out, said) = told(child.wait_with_output().unwrap());
        assert_eq!((code, out.as_str()), (130, ""), "{said}");
        assert!(said.contains("interrupted: nothing was written"), "{said}");
        assert!(start.elapsed() < Duration::from_secs(30), "it took {:?} to stop", start.elapsed());
        assert_eq!(names(folder), before);
    }
}

#[test]
fn the_second_signal_ends_at_once() {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("skipped: this system does not say which signals a process catches");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // It waits for a trace that never comes.
    let mut child = coldgap(folder.path(), &["replay", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let catches = || {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mask = text.lines().find_map(|line| line.strip_prefix("SigCgt:").map(|mask| mask.trim().to_string()));
        mask.is_some_and(|mask| u64::from_str_radix(&mask, 16).is_ok_and(|mask| mask & 0x4002 == 0x4002))
    };
    wait_until("the handler", catches);
    send("-INT", &child);
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none(), "the first signal lets it finish what it does");
    send("-INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(Recipe { requests: 1000, ..RECIPE }), &folder.join("t.parquet"));
    if Path::new("/dev/full").exists() {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = coldgap(folder, &["replay", "t.parquet"]).stdout(full).output().unwrap();
        let (code, _, said) = told(output);
        assert_eq!(code, 2);
        assert!(said.contains("cannot write to standard output"), "{said}");
    }
    fs::write(folder.join("out.json"), "older").unwrap();
    let before = names(folder);
    let script =
        format!("trap '' XFSZ; ulimit -f 0; exec {} replay t.parquet -o out.json", env!("CARGO_BIN_EXE_coldgap"));
    let output = Command::new("sh").current_dir(folder).args(["-c", &script]).output().unwrap();
    let (code, _, said) = told(output);
    assert_eq!(code, 2);
    assert!(said.contains("cannot write the output"), "{said}");
    assert_eq!(names(folder), before);
    assert_eq!(fs::read_to_string(folder.join("out.json")).unwrap(), "older");
}
