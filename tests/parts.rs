//! Work in parts: merged, the same bytes as one run, also where parts were killed; what cannot be merged is refused by name.

use super::long_runs::{coldgap, names, run};
use ::coldgap::Interrupt;
use ::coldgap::cli::elsewhere::{self, Gap};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Requests in bursts, on keys of which few are hot; a coarse clock ticks in seconds.
fn trace(path: &Path, seed: u64, requests: u64, coarse: bool) {
    let mut text = "time,key,size\n".to_string();
    let mut state = seed;
    for i in 0..requests {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = (state >> 33) as f64 / (1u64 << 31) as f64;
        let key = (400.0 * drawn * drawn * drawn) as u64;
        let time = i as f64 / 40.0 + if i % 600 < 200 { 0.0 } else { 0.5 };
        let time = if coarse { time.floor() } else { time };
        writeln!(text, "{time},{key},{}", 100 + key % 7).unwrap();
    }
    fs::write(path, text).unwrap();
}

/// A part of the work of a command, as the arguments that do it.
fn part(gap: &[&str], of: usize, index: usize) -> Vec<String> {
    let own = format!("--of {of} --index {index} -o {index}.part");
    let words = ["part"].into_iter().chain(gap.iter().copied()).chain(own.split(' '));
    words.map(String::from).collect()
}

fn slices(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// Does what parts are not there.
fn complete(folder: &Path, gap: &[&str], of: usize) {
    for index in (0..of).filter(|index| !folder.join(format!("{index}.part")).exists()) {
        let (code, _, said) = run(folder, &slices(&part(gap, of, index)));
        assert_eq!(code, 0, "{said}");
    }
}

/// Merges so many parts and some more files: exit code and standard error.
fn merge(folder: &Path, of: usize, more: &[&str]) -> (i32, String) {
    let files: Vec<String> = (0..of).rev().map(|index| format!("{index}.part")).collect();
    let (code, _, said) = run(folder, &[&["merge"], &slices(&files)[..], more].concat());
    (code, said)
}

/// Fails unless the merged parts are the bytes of one run.
fn agrees(folder: &Path, gap: &[&str], of: usize) {
    assert_eq!(merge(folder, of, &["-o", "merged.json", "-o", "merged.csv"]), (0, String::new()));
    let (code, _, said) = run(folder, &[gap, &["-o", "one.json", "-o", "one.csv"]].concat());
    assert_eq!(code, 0, "{said}");
    for kind in ["json", "csv"] {
        let read = |name: &str| fs::read(folder.join(format!("{name}.{kind}"))).unwrap();
        assert!(read("one") == read("merged"), "{kind} of {gap:?} differs");
    }
}

#[test]
fn parts_that_were_killed_and_done_again_merge_to_the_bytes_of_one_run_and_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    trace(&folder.join("a.csv"), 1, 2400, false);
    trace(&folder.join("b.csv"), 2, 1600, true);
    let gap = "gap a.csv b.csv --each -p sieve,lru -c 10% -b 25/s --growth 20% --lose 1/4,100% --service constant -j1";
    let gap: Vec<&str> = gap.split(' ').collect();

    // What a file says is in the parts, which are merged without it.
    fs::write(folder.join("coldgap.toml"), "[gap]\nnodes = 4\n").unwrap();
    for index in 0..4 {
        let mut child = coldgap(folder, &slices(&part(&gap, 4, index))).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 * index as u64));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let killed = (0..4).filter(|index| !folder.join(format!("{index}.part")).exists()).count();
    assert!(killed > 0, "all parts were done before they were killed");
    complete(folder, &gap, 4);
    assert!(names(folder).iter().filter(|name| name.starts_with(".coldgap-")).count() <= killed);
    fs::remove_file(folder.join("coldgap.toml")).unwrap();
    agrees(folder, &[&["gap", "--nodes=4"], &gap[1..]].concat(), 4);
    assert_eq!(merge(folder, 4, &["-o", "merged.html"]).0, 0);
    assert!(fs::read_to_string(folder.join("merged.html")).unwrap().contains("sieve"));

    // What is there twice counts once.
    fs::copy(folder.join("2.part"), folder.join("copy.part")).unwrap();
    assert_eq!(merge(folder, 4, &["copy.part"]).0, 0);
    let (code, _, said) = run(folder, &["merge", "0.part", "3.part"]);
    assert!(code == 3 && said.contains("2 of 4 parts are missing: 1, 2"), "{said}");
    assert!(said.contains("coldgap part gap --nodes=4 a.csv b.csv") && said.contains("--of 4 --index 1"), "{said}");

    let text = fs::read_to_string(folder.join("2.part")).unwrap();
    let spoil = |from: &str, to: &str, wanted: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(folder.join("copy.part"), text.replacen(from, to, 1)).unwrap();
        let (code, said) = merge(folder, 4, &["copy.part"]);
        assert!(code == 3 && said.contains("copy.part: ") && said.contains(wanted), "{said}");
    };
    // The parts 0 and 2 are of the first trace, 1 and 3 of the second.
    spoil("\"task\":[0,", "\"task\":[1,", "it found something else in the same task than 3.part");
    spoil("\"fingerprint\":\"", "\"fingerprint\":\"0", "it read another a.csv than");
    spoil("\"25/s\"", "\"26/s\"", "this part answers another question than 3.part");
    spoil("\"of\":4", "\"of\":5", "this is one of 5 parts");
    spoil(env!("CARGO_PKG_VERSION"), "9.9.9", "coldgap 9.9.9 wrote this part");
    spoil("{\"coldgap_part\"", "{\"part\"", "no part of a report");
    spoil(&format!("{}\n", text.lines().last().unwrap()), "", "the file ends before the part does");
    let (code, _, said) = run(folder, &["part", "gap", "a.csv", "--of", "4", "--index", "4", "-o", "x.part"]);
    assert!(code == 2 && said.contains("there is no part 4 of 4"), "{said}");
}

#[test]
fn prices_other_sizes_and_knobs_are_the_same_from_parts() {
    let prices = ["--backend-price", "40 per 100/s", "--cache-price", "2 per 100obj"];
    for (gap, more) in [
        ("gap a.csv -p lru,fifo -c 10% -b 25/s --ignore-size --quick -j1", &prices[..]),
        ("gap a.csv -p lru,fifo --baseline fifo -b auto --full --service constant --lose 1/4 -j1", &[]),
        ("gap a.csv -p lru,fifo -j1", &[]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        trace(&folder.path().join("a.csv"), 3, 2000, false);
        let gap: Vec<&str> = gap.split(' ').chain(more.iter().copied()).collect();
        complete(folder.path(), &gap, 3);
        agrees(folder.path(), &gap, 3);
    }
}

/// As coldgap-cluster does them: with a trace that this process finds under no name of its own.
#[test]
fn parts_of_a_trace_that_lies_elsewhere_merge_to_the_bytes_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    trace(&folder.join("elsewhere.csv"), 1, 2400, false);
    let gap = ["gap", "elsewhere.csv", "-b", "25/s", "--quick"];
    let asked = |gap: &[&str]| {
        let words = ["coldgap"].iter().chain(gap).map(Into::into).collect();
        Gap::of(words, |path| path == Path::new("elsewhere.csv"))
    };
    let asked_gap = asked(&gap).unwrap().unwrap();
    let of = asked_gap.parts();
    assert!(of > 2, "{of}");
    let copy = |trace: &Path| Ok(folder.join(trace));
    for index in 0..of {
        let text = elsewhere::part(asked_gap.command(), (of, index), &copy, &Interrupt::default()).unwrap();
        fs::write(folder.join(format!("{index}.part")), text).unwrap();
    }
    agrees(folder, &gap, of);

    let gone = |_: &Path| Err(::coldgap::Error::trace("gone"));
    let said = elsewhere::part(asked_gap.command(), (of, 0), &gone, &Interrupt::default()).unwrap_err();
    assert_eq!((said.to_string().as_str(), said.exit_code()), ("gone", 3));
    for wrong in [["gap", "elsewhere.csv", "--sample=5%"], ["gap", "-", "-b=9/s"], ["gap", "other.csv", "-b=9/s"]] {
        assert!(asked(&wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_plan_names_every_task_and_the_command_of_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    trace(&folder.path().join("a.csv"), 1, 2400, false);
    let gap = ["plan", "gap", "a.csv", "-b", "25/s", "-p", "lru,fifo", "-c", "50obj"];
    let (code, out, said) = run(folder.path(), &gap);
    assert_eq!(code, 0, "{said}");
    let tasks = ["limits", "stretches", "simulated outages"];
    let named =
        tasks.iter().flat_map(|task| ["lru", "fifo"].map(|policy| format!("  {task} of {policy} at 50 objects ")));
    named.for_each(|name| assert!(out.contains(&name), "{name}: {out}"));
    assert!(out.contains("  refills ") && out.contains("7 tasks: about "), "{out}");
    let first = "  coldgap part gap a.csv -b 25/s -p lru,fifo -c 50obj --of 7 --index 0 -o part0.part";
    assert!(out.contains(first), "{out}");
}

#[test]
fn a_sample_of_the_keys_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    trace(&folder.path().join("a.csv"), 1, 2400, false);
    let gap = ["gap", "a.csv", "-b", "25/s", "-p", "lru", "--quick", "--details"];
    let warning = "it holds 10% of its service's keys";
    assert!(!run(folder.path(), &gap).1.contains(warning));
    let out = run(folder.path(), &[&gap[..], &["--sampled", "10%"]].concat()).1;
    assert!(out.split_whitespace().collect::<Vec<_>>().join(" ").contains(warning), "{out}");
}
