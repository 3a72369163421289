//! Work in parts: merged, the same bytes as one run, also where parts were killed; what cannot be merged is refused by name.

use super::long_runs::{coldgap, names, run};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

const OF: usize = 4;

/// Requests in bursts, on keys of which few are hot; the clock of the second kind ticks in seconds.
fn trace(path: &Path, seed: u64, coarse: bool) {
    let mut text = "time,key,size\n".to_string();
    let mut state = seed;
    for i in 0..6000u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = (state >> 33) as f64 / (1u64 << 31) as f64;
        let key = (400.0 * drawn * drawn * drawn) as u64;
        let time = i as f64 / 40.0 + if i % 600 < 200 { 0.0 } else { 0.5 };
        let time = if coarse { time.floor() } else { time };
        writeln!(text, "{time},{key},{}", 100 + key % 7).unwrap();
    }
    fs::write(path, text).unwrap();
}

/// The whole work, which every part has a share of: two traces, one of a coarse clock, prices, growth, all knobs.
const GAP: [&str; 18] = [
    "gap",
    "a.csv",
    "b.csv",
    "-p",
    "sieve,lru",
    "-c",
    "10%",
    "-b",
    "25/s",
    "--ignore-size",
    "--growth",
    "20%",
    "--backend-price",
    "40 per 100/s",
    "--cache-price",
    "2 per 100obj",
    "-j1",
    "--lose=1/4,100%",
];

fn part(index: usize, name: &str) -> Vec<String> {
    let own = ["--of".to_string(), OF.to_string(), "--index".to_string(), index.to_string(), "-o".into(), name.into()];
    std::iter::once("part").chain(GAP).map(String::from).chain(own).collect()
}

fn words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn fails(folder: &Path, arguments: &[&str]) -> String {
    let (code, _, said) = run(folder, arguments);
    assert!(code == 2 || code == 3, "{arguments:?}: {code}, {said}");
    said
}

#[test]
fn parts_that_were_killed_and_done_again_merge_to_the_bytes_of_one_run_and_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    trace(&folder.join("a.csv"), 1, false);
    trace(&folder.join("b.csv"), 2, true);
    let file = |index: usize| format!("{index}.part");

    for index in 0..OF {
        let mut child = coldgap(folder, &words(&part(index, &file(index)))).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 * index as u64));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let killed = (0..OF).filter(|index| !folder.join(file(*index)).exists()).count();
    assert!(killed > 0, "all parts were done before they were killed");
    for index in 0..OF {
        if !folder.join(file(index)).exists() {
            let (code, _, said) = run(folder, &words(&part(index, &file(index))));
            assert_eq!(code, 0, "{said}");
        }
    }
    let files: Vec<String> = (0..OF).rev().map(file).collect();
    let merge = |more: &[&str]| {
        [&["merge"], &words(&files)[..], more].concat().iter().map(|s| s.to_string()).collect::<Vec<_>>()
    };
    let (code, out, said) =
        run(folder, &words(&merge(&["-o", "merged.json", "-o", "merged.csv", "-o", "merged.html"])));
    assert_eq!(code, 0, "{said}");
    let (_, whole, _) = run(folder, &[&GAP[..], &["-o", "one.json", "-o", "one.csv"]].concat());
    assert_eq!(out, whole);
    for kind in ["json", "csv"] {
        let read = |name: &str| fs::read(folder.join(format!("{name}.{kind}"))).unwrap();
        assert!(read("one") == read("merged"), "{kind} differs");
    }
    assert!(fs::read_to_string(folder.join("merged.html")).unwrap().contains("sieve"));

    // What is there twice counts once.
    fs::copy(folder.join("2.part"), folder.join("copy.part")).unwrap();
    assert_eq!(run(folder, &words(&merge(&["copy.part"]))).0, 0);
    let said = fails(folder, &["merge", "0.part", "3.part"]);
    assert!(said.contains("2 of 4 parts are missing: 1, 2") && said.contains("coldgap part gap a.csv b.csv"), "{said}");
    assert!(said.contains("--of 4 --index 1"), "{said}");

    let text = fs::read_to_string(folder.join("2.part")).unwrap();
    let spoil = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(folder.join("copy.part"), text.replacen(from, to, 1)).unwrap();
        fails(folder, &words(&merge(&["copy.part"])))
    };
    assert!(spoil("\"task\":[1,", "\"task\":[0,").contains("it found something else in the same task than 2.part"));
    assert!(spoil("\"fingerprint\":\"", "\"fingerprint\":\"0").contains("copy.part: it read another a.csv than"));
    assert!(spoil("\"25/s\"", "\"26/s\"").contains("answers another question than"));
    assert!(spoil("\"of\":4", "\"of\":5").contains("one of 5 parts"));
    assert!(spoil(env!("CARGO_PKG_VERSION"), "9.9.9").contains("coldgap 9.9.9 wrote this part"));
    assert!(spoil("{\"coldgap_part\"", "{\"part\"").contains("no part of a report"));
    fs::write(folder.join("copy.part"), &text[..text.len() / 2]).unwrap();
    assert!(fails(folder, &words(&merge(&["copy.part"]))).contains("ends before the part does"));
    assert!(
        fails(folder, &["part", "gap", "a.csv", "--of", "4", "--index", "4", "-o", "x.part"])
            .contains("no part 4 of 4")
    );
    assert!(
        names(folder).iter().filter(|name| name.starts_with(".coldgap-")).count() <= killed,
        "files are left behind"
    );
}
