//! Memory as predicted, measured on the running binary: the peak that the system recorded.

use super::{Recipe, coldgap, made, run, write};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// How far the peak may lie from the prediction.
const TOLERANCE: f64 = 0.2;

/// The peak of resident memory while it ran, in bytes, and standard output; `None` where the system does not say.
fn peak(folder: &Path, arguments: &[&str]) -> Option<(f64, String)> {
    // The figure only rises, and is gone when the process has ended.
    highest("VmHWM:", folder, arguments)
}

/// The highest figure that the system said of it while it ran.
fn highest(figure: &'static str, folder: &Path, arguments: &[&str]) -> Option<(f64, String)> {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("skipped: this system has no /proc/PID/status");
        return None;
    }
    let child = coldgap(folder, arguments).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut highest: f64 = 0.0;
        while let Ok(text) = std::fs::read_to_string(&status)
            && let Some(line) = text.lines().find_map(|line| line.strip_prefix(figure))
        {
            let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
            highest = highest.max(kibibytes * 1024.0);
            std::thread::sleep(Duration::from_millis(1));
        }
        highest
    });
    let (code, out, said) = super::told(child.wait_with_output().unwrap());
    assert_eq!(code, 0, "{said}");
    Some((watch.join().unwrap(), out))
}

/// What `--dry-run` says of memory, in bytes.
fn predicted(text: &str) -> f64 {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix("memory ")).unwrap();
    let (number, rest) = line.trim_start().split_once(' ').unwrap();
    assert!(rest.starts_with("MiB at the peak"), "{line}");
    number.parse::<f64>().unwrap() * 1024.0 * 1024.0
}

#[test]
fn the_peak_of_a_replay_is_within_a_fifth_of_its_prediction() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = Recipe { requests: 2_000_000, keys: 3_000_000, times: true, sizes: true, mixed: false };
    let large = Recipe { requests: 4_000_000, keys: 12_000_000, mixed: true, ..small };
    for (turn, recipe) in [small, large].into_iter().enumerate() {
        write(&made(recipe), &folder.join("t.parquet"));
        let grids: [&[&str]; 3] = [
            &["t.parquet", "-p", "lru,s3fifo,lfu", "-c", "5%,20%"],
            // One pass for each thread's four cells, or less where memory is short.
            &["t.parquet", "-p", "lru,s3fifo,lfu", "-c", "5%,20%", "--memory", "200MiB"],
            // A part of a trace is read into memory.
            &["t.parquet", "-p", "lru", "-c", "200000obj", "--until", "100h"],
        ];
        for (threads, grid) in ["1", "2", "8"].iter().cycle().skip(turn).zip(grids) {
            let arguments = [&["replay", "-j", *threads], grid].concat();
            let (code, text, said) = run(folder, &[&arguments[..], &["--dry-run"]].concat());
            assert_eq!(code, 0, "{said}");
            let Some((peak, _)) = peak(folder, &arguments) else { return };
            let ratio = peak / predicted(&text);
            assert!((1.0 - TOLERANCE..1.0 + TOLERANCE).contains(&ratio), "{grid:?}: {peak} bytes\n{text}");
        }
    }
}

/// Keys of text, read from CSV: they take more than numbers, and are all there while they are read.
#[test]
fn the_peak_of_a_replay_of_text_is_within_a_fifth_of_its_prediction() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = |i: u64| format!("{i},user:{}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44);
    std::fs::write(folder.join("t.csv"), "time,key\n".to_string() + &(0..1_200_000).map(rows).collect::<String>())
        .unwrap();
    for threads in ["1", "8"] {
        let arguments = ["replay", "-j", threads, "t.csv", "-p", "lru,sieve,arc,lfu"];
        let (_, text, _) = run(folder, &[&arguments[..], &["--dry-run"]].concat());
        let Some((peak, _)) = peak(folder, &arguments) else { return };
        let ratio = peak / predicted(&text);
        assert!((1.0 - TOLERANCE..1.0 + TOLERANCE).contains(&ratio), "{peak} bytes\n{text}");
    }
}

/// What a search of the worst moment takes depends on requests, on how many moments there are, and on threads: a day of one request a
/// second, bursts, scans. No run may exceed its forecast by more. How near one comes depends on which searches meet, which on a busy
/// machine may be none: of some runs, the highest comes near.
#[test]
fn the_peak_of_a_gap_is_within_a_fifth_of_its_prediction() {
    const RUNS: usize = 6;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sample = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("traces").join(name).display().to_string();
    let [web, burst, scan] = ["web.log.gz", "burst.csv", "scan.oracleGeneral.zst"].map(sample);
    // Two thousand requests a second, more than the backend carries even while the cache is warm.
    let skewed = |i: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % (1 + i % 60_000);
    let dense: String = (0..300_000).map(|i| format!("{},{}\n", i * 500, skewed(i))).collect();
    std::fs::write(folder.join("dense.csv"), format!("time_us,key\n{dense}")).unwrap();
    let runs: [(&str, &str, &[&str]); 4] = [
        (&web, "300/s", &["1", "2", "8"]),
        (&burst, "300/s", &["1", "2"]),
        (&scan, "300/s", &["2"]),
        ("dense.csv", "1000/s", &["2"]),
    ];
    for (trace, backend, threads) in runs {
        for threads in threads {
            let arguments = ["gap", trace, "-b", backend, "--quick", "-p", "lru,sieve", "-j", threads];
            let (code, text, said) = run(folder, &[&arguments[..], &["--dry-run"]].concat());
            assert_eq!(code, 0, "{said}");
            let mut highest = 0.0;
            for _ in 0..RUNS {
                let Some((peak, _)) = peak(folder, &arguments) else { return };
                highest = f64::max(highest, peak / predicted(&text));
                if highest > 1.0 - TOLERANCE {
                    break;
                }
            }
            assert!((1.0 - TOLERANCE..1.0 + TOLERANCE).contains(&highest), "{arguments:?}: {highest} of\n{text}");
        }
    }
}

/// Rows that stand for many requests each make a trace of gigabytes of a small file.
#[test]
fn reading_stops_where_memory_ends() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows: String = (0..9_000).map(|i| format!("{i},k{},1000\n", i % 700)).collect();
    std::fs::write(folder.join("t.csv"), format!("time,key,op_count\n{rows}")).unwrap();
    let (code, _, said) = run(folder, &["replay", "t.csv", "--memory", "40MiB"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("takes more than the 20 MiB of memory") && said.contains("t.csv, line "), "{said}");
    assert!(said.contains("hint: give it more (--memory)"), "{said}");
}

#[test]
fn a_trace_several_times_larger_than_memory_is_streamed_with_the_same_result() {
    // More than ten million: rows that come of no file were once held to what a small file may hold.
    const LIMIT: f64 = 56.0 * 1024.0 * 1024.0;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let trace = made(Recipe { requests: 10_100_000, keys: 60_000, times: true, sizes: true, mixed: true });
    assert!(trace.memory() as f64 > 3.0 * LIMIT);
    write(&trace, &folder.join("t.parquet"));
    drop(trace);
    let replay = ["replay", "t.parquet", "-p", "lru,sieve", "-c", "2%,10%", "-o", "-"];
    let Some((peak, streamed)) = peak(folder, &[&replay[..], &["--memory", "56MiB"]].concat()) else { return };
    assert!(peak <= LIMIT, "{peak} bytes");
    // `--until` beyond the end makes it read the whole trace into memory.
    let (code, in_memory, said) = run(folder, &[&replay[..], &["--until", "1000h"]].concat());
    assert_eq!(code, 0, "{said}");
    let [streamed, in_memory] = [streamed, in_memory].map(|text| serde_json::from_str::<Value>(&text).unwrap());
    assert_eq!(streamed["rows"], in_memory["rows"]);
    assert_eq!(streamed["traces"], in_memory["traces"]);
    assert_eq!(streamed["rows"].as_array().unwrap().len(), 4);
}

/// The system may write out what lies in files, and does so where others need the memory; so that is not counted.
#[test]
fn a_gap_of_more_than_memory_holds_lies_in_files_with_the_same_result() {
    const LIMIT: f64 = 48.0 * 1024.0 * 1024.0;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let trace = made(Recipe { requests: 1_500_000, keys: 900_000, times: true, sizes: true, mixed: true });
    write(&trace, &folder.join("t.parquet"));
    drop(trace);
    let gap = ["gap", "t.parquet", "-b", "800/s", "-c", "5%", "-p", "lru", "-j", "2", "--lose", "100%", "--quick"];
    let (_, text, _) = run(folder, &[&gap[..], &["--dry-run"]].concat());
    assert!(predicted(&text) > 4.0 * LIMIT, "{text}");
    let gap = [&gap[..], &["-o", "-"]].concat();
    let (code, in_memory, said) = run(folder, &gap);
    assert_eq!(code, 0, "{said}");
    let Some((peak, in_files)) = highest("RssAnon:", folder, &[&gap[..], &["--memory", "48MiB"]].concat()) else {
        return;
    };
    assert_eq!(in_memory, in_files);
    assert!(peak < (1.0 + TOLERANCE) * LIMIT, "{peak} bytes");
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let trace = made(Recipe { requests: 200_000, keys: 100_000, times: true, sizes: true, mixed: false });
    write(&trace, &folder.join("t.parquet"));
    let (code, _, said) = run(folder, &["replay", "t.parquet", "--memory", "20MiB"]);
    assert_eq!(code, 2);
    assert!(said.contains("20 MiB do not suffice") && said.contains("hint: give it --memory "), "{said}");
    let enough = said.split("--memory ").nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(run(folder, &["replay", "t.parquet", "--memory", enough]).0, 0);

    let (code, _, said) = run(folder, &["replay", "t.parquet", "-p", "belady", "--memory", "30MiB"]);
    assert_eq!(code, 2);
    assert!(said.contains("without belady"), "{said}");
    let (code, _, said) = run(folder, &["gap", "t.parquet", "--memory", "32MiB"]);
    assert_eq!(code, 2);
    assert!(said.contains("jumps about in the trace") && said.contains("-j 1"), "{said}");
    let (code, text, _) = run(folder, &["gap", "t.parquet", "--dry-run"]);
    assert_eq!(code, 0);
    assert!(text.contains("at the peak") && !text.contains("HIDDEN"), "{text}");
    let (code, _, said) = run(folder, &["replay", "t.parquet", "--memory", "20%"]);
    assert_eq!(code, 2);
    assert!(said.contains("write it like 2GiB"), "{said}");
}

#[test]
fn memory_makes_passes_and_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let trace = made(Recipe { requests: 600_000, keys: 2_000_000, times: true, sizes: true, mixed: false });
    write(&trace, &folder.join("t.parquet"));
    let grid = ["replay", "t.parquet", "-j", "2", "-o", "-", "-c", "1%,10%"];
    let (_, one, _) = run(folder, &grid);
    let dry = |memory: &str| {
        run(folder, &["replay", "t.parquet", "-j", "2", "-c", "1%,10%", "--dry-run", "--memory", memory]).1
    };
    assert!(dry("2GiB").contains("8 in 1 pass over"), "{}", dry("2GiB"));
    assert!(dry("56MiB").contains("passes over"), "{}", dry("56MiB"));
    let (code, many, said) = run(folder, &[&grid[..], &["--memory", "56MiB"]].concat());
    assert_eq!(code, 0, "{said}");
    assert_eq!(one, many);
}
