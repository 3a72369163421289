//! The journal: a rerun takes finished cells from it, and only what is its own.

use super::{Recipe, coldgap, made, names, run, write};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const REPLAY: [&str; 7] = ["replay", "t.parquet", "-c", "1%,10%", "-o", "-", "-j1"];
const RECIPE: Recipe = Recipe { requests: 20_000, keys: 2_000, times: true, sizes: true, mixed: false };

/// What a pipe holds.
const PIPE_BYTES: usize = 1 << 16;

fn replay(folder: &Path, more: &[&str]) -> (i32, String, String) {
    run(folder, &[&REPLAY[..], more].concat())
}

/// The only file of a journal.
fn page(folder: &Path) -> PathBuf {
    let names = names(&folder.join("j"));
    assert_eq!(names.len(), 1, "{names:?}");
    folder.join("j").join(&names[0])
}

#[test]
fn a_rerun_takes_cells_from_the_journal_and_its_bytes_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("t.parquet"));
    let plain = replay(folder, &[]);
    assert_eq!(plain.0, 0, "{}", plain.2);
    assert_eq!(replay(folder, &["--journal", "j"]), plain);
    let lines = fs::read_to_string(page(folder)).unwrap();
    assert_eq!(lines.lines().count(), 8);
    assert_eq!(replay(folder, &["--journal=j"]), plain);
    assert_eq!(fs::read_to_string(page(folder)).unwrap(), lines, "nothing was replayed again");

    // A rerun with half of the cells known.
    let half: String = lines.split_inclusive('\n').take(4).collect();
    fs::write(page(folder), half).unwrap();
    assert_eq!(replay(folder, &["--journal", "j"]), plain);
    assert_eq!(fs::read_to_string(page(folder)).unwrap().lines().count(), 8);
}

#[test]
fn only_this_version_this_trace_and_this_warm_up_count() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("t.parquet"));
    let plain = replay(folder, &["--journal", "j"]);
    let page = page(folder);
    let lines = fs::read_to_string(&page).unwrap();
    // Numbers that are wrong are not believed: a line has a hash...
    let lie = lines.replace("\"misses\":", "\"misses\":1");
    fs::write(&page, &lie).unwrap();
    assert_eq!(replay(folder, &["--journal", "j"]).1, plain.1);
    // ...unless it is made anew, which shows that they are taken from there...
    let signed = |lines: &str| -> String {
        let bodies = lines.lines().map(|line| &line[..line.rfind(",\"check\":").unwrap()]);
        bodies
            .map(|body| format!("{body},\"check\":\"{:016x}\"}}\n", xxhash_rust::xxh3::xxh3_64(body.as_bytes())))
            .collect()
    };
    let lie = signed(&lie);
    fs::write(&page, &lie).unwrap();
    assert_ne!(replay(folder, &["--journal", "j"]).1, plain.1);
    // ...and not believed where they are another version's, trace's or warm-up's.
    for (field, other) in [("\"version\":\"", "9"), ("\"trace\":\"", "0"), ("\"warm\":", "1")] {
        fs::write(&page, signed(&lie.replace(field, &format!("{field}{other}")))).unwrap();
        assert_eq!(replay(folder, &["--journal", "j"]), plain, "{field}");
    }
    fs::write(&page, &lines).unwrap();
    let cold = ["--warmup", "0%"];
    assert_eq!(replay(folder, &[&cold[..], &["--journal", "j"]].concat()), replay(folder, &cold));
    write(&made(Recipe { keys: 3_000, ..RECIPE }), &folder.join("t.parquet"));
    assert_eq!(replay(folder, &["--journal", "j"]), replay(folder, &[]));
    assert_eq!(names(&folder.join("j")).len(), 2, "each trace has its own file");
}

#[test]
fn a_torn_last_line_is_cut_off_with_a_notice_and_rubbish_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("t.parquet"));
    let plain = replay(folder, &["--journal", "j"]);
    let page = page(folder);
    let lines = fs::read_to_string(&page).unwrap();
    fs::write(&page, &lines[..lines.len() - 9]).unwrap();
    let (code, out, said) = replay(folder, &["--journal", "j"]);
    assert_eq!((code, out), (0, plain.1));
    assert!(said.starts_with("note: j/replay-") && said.contains("not written to its end"), "{said}");
    assert_eq!(fs::read_to_string(&page).unwrap(), lines);
    fs::write(&page, format!("rubbish\n{lines}")).unwrap();
    let (code, _, said) = replay(folder, &["--journal", "j"]);
    assert_eq!(code, 2);
    assert!(said.contains("line 1 is not of a journal") && said.contains("hint: "), "{said}");
}

#[test]
fn a_journal_that_cannot_be_written_is_told_at_once_or_costs_no_result() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("t.parquet"));
    let plain = replay(folder, &[]);
    fs::write(folder.join("file"), "").unwrap();
    let (code, out, said) = replay(folder, &["--journal", "file/j"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(said.contains("cannot write the journal") && said.contains("hint: "), "{said}");
    // A disk that is full once the work has begun: files may not grow, and the signal that says so is ignored.
    let mut shell = Command::new("sh");
    let script =
        format!("trap '' XFSZ; ulimit -f 0; exec {} {} --journal j", env!("CARGO_BIN_EXE_coldgap"), REPLAY.join(" "));
    let output = shell.current_dir(folder).args(["-c", &script]).output().unwrap();
    let (code, out, said) = super::told(output);
    assert_eq!((code, out), (0, plain.1));
    assert_eq!(said.matches("warning: ").count(), 1, "{said}");
    assert!(said.contains("finished cells are no longer saved"), "{said}");
}

#[test]
fn a_journal_that_vanishes_costs_no_result() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(&made(RECIPE), &folder.join("t.parquet"));
    let plain = replay(folder, &[]);
    // The trace comes through a pipe. Once more of it was taken than a pipe holds, the program has made and checked the folder.
    let mut child = coldgap(folder, &["replay", "-", "-c", "1%,10%", "-o", "-", "-j1", "--journal", "j"]);
    let mut child = child.stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let trace = fs::read(folder.join("t.parquet")).unwrap();
    let (first, rest) = trace.split_at(PIPE_BYTES + 1);
    pipe.write_all(first).unwrap();
    // Checking it leaves nothing behind.
    fs::remove_dir(folder.join("j")).unwrap();
    pipe.write_all(rest).unwrap();
    drop(pipe);
    let (code, out, said) = super::told(child.wait_with_output().unwrap());
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("warning: ") && said.contains("cannot write the journal"), "{said}");
    let rows = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["rows"].as_array().unwrap().len();
    assert_eq!(rows(&out), rows(&plain.1));
}
