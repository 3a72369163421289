//! Files made to do harm: small ones that would become large, outputs that would take an input's place. They are refused, with
//! the ordinary exit code, before memory is asked for.

use super::{coldgap, refused};
use arrow::array::{ArrayRef, Int32Array, RecordBatch, StringViewArray, UInt64Array};
use arrow::ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What zstd makes of a repeated byte behind some text.
fn compressed(begin: &[u8], byte: u8, count: usize) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.write_all(begin).unwrap();
    let many = vec![byte; 1 << 20];
    for _ in 0..count >> 20 {
        encoder.write_all(&many).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn lines_without_end_are_refused() {
    let line = b"h - - [17/May/2015:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 1\n";
    for begin in [&line[..], b"time,key\n1,a\n2,", b"time,key\n1,a\n2,\"", b"a\nb\n"] {
        refused(
            &compressed(begin, b'x', 64 << 20),
            &[],
            3,
            &["in: a line, or a field in quotes, has more than 16 MiB"],
        );
    }
    // As many bytes in lines of their own are no harm, nor is a long line.
    let lines = compressed(b"time,key\n1,a\n", b'\n', 64 << 20);
    let input = coldgap::trace::input::Input::from_bytes("in", lines).unwrap();
    assert_eq!(coldgap::trace::read_input(input, &Default::default()).unwrap().0.len(), 1);
    let long = format!("time,key\n1,{}\n2,\"b\"\n3,\"{}\"\n", "x".repeat(9 << 20), "y".repeat(9 << 20));
    let input = coldgap::trace::input::Input::from_bytes("in", long.into_bytes()).unwrap();
    assert_eq!(coldgap::trace::read_input(input, &Default::default()).unwrap().0.len(), 3);
}

#[test]
fn rows_that_stand_for_millions_are_refused_before_they_are_made() {
    let rows: String = (0..2_000).map(|i| format!("{i},k{i},1000000\n")).collect();
    refused(format!("time,key,op_count\n{rows}").as_bytes(), &[], 3, &["op_count makes", "more than can be meant"]);
}

/// A few bytes that stand for hundreds of millions of requests, in each way in which rows are said to come often.
#[test]
fn no_file_stands_for_more_requests_than_its_bytes_can_mean() {
    let words = "more requests than so few bytes stand for";
    let counted: String = (0..12_000).map(|i| format!("{i},k{},999\n", i % 9)).collect();
    refused_as(format!("time,key,op_count\n{counted}").into_bytes(), words);
    let mut rows = zstd::Encoder::new(Vec::new(), 1).unwrap();
    rows.write_all(b"time,key\n").unwrap();
    (0..11).for_each(|_| rows.write_all("1,a\n".repeat(1 << 20).as_bytes()).unwrap());
    refused_as(rows.finish().unwrap(), words);
}

fn refused_as(bytes: Vec<u8>, words: &str) {
    let input = coldgap::trace::input::Input::from_bytes("in", bytes).unwrap();
    let error = coldgap::trace::read_input(input, &Default::default()).unwrap_err().to_string();
    assert!(error.contains(words) && error.contains("hint: "), "{error}");
}

#[test]
fn one_long_key_in_every_row_is_refused_before_it_is_written_out() {
    // A dictionary of one key of 1 MiB, and 60,000 rows: 60 GB of text.
    refused_as(include_bytes!("one_long_key.parquet").to_vec(), "more text than so few bytes stand for");
    let long = "x".repeat(1 << 20);
    let views = StringViewArray::from_iter_values([long.as_str()]);
    let views = arrow::compute::take(&views, &Int32Array::from(vec![0; 60_000]), None).unwrap();
    let batch = RecordBatch::try_from_iter([("key", views)]).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    refused_as(writer.into_inner().unwrap(), "more text than so few bytes stand for");
}

#[test]
fn a_page_that_claims_rows_without_end_is_refused() {
    // A run of one key; how many there are is said in 4 bytes, with the sign in the lowest bit.
    let keys: ArrayRef = Arc::new(UInt64Array::from(vec![7; 1 << 20]));
    let batch = RecordBatch::try_from_iter([("key", keys)]).unwrap();
    let properties = WriterProperties::builder().set_data_page_row_count_limit(usize::MAX).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    let [said, claimed] = [[0x80, 0x80, 0x80, 0x01], [0xfe, 0xff, 0xff, 0x7f]];
    let at = bytes.windows(4).position(|window| window == said).unwrap();
    refused_as([&bytes[..at], &claimed, &bytes[at + 4..]].concat(), "more values than so few bytes stand for");
}

#[test]
fn a_file_that_becomes_a_thousand_times_its_size_is_refused() {
    refused_as(compressed(b"time,key\n1,a\n", b'\n', 300 << 20), "more than a thousand times its size");
    let runs: String = (0..1_000).map(|i| format!("{i} 65536 0 {i}\n")).collect();
    refused_as(runs.into_bytes(), "more requests than so few bytes stand for");
}

#[cfg(unix)]
fn link(file: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(file, name)
}

#[cfg(not(unix))]
fn link(file: &Path, name: &Path) -> std::io::Result<()> {
    std::fs::hard_link(file, name)
}

#[test]
fn an_output_never_takes_an_input_s_place() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..100).map(|i| format!("{i}.5,{}\n", i % 7)).collect();
    let text = format!("time,key\n{rows}");
    let (csv, parquet) = (folder.path().join("in.csv"), folder.path().join("in.parquet"));
    std::fs::write(&csv, &text).unwrap();
    assert_eq!(coldgap(folder.path(), &["convert", "in.csv", "in.parquet"]).code, 0);
    let native = std::fs::read(&parquet).unwrap();
    for arguments in [
        &["replay", "in.csv", "-p", "lru", "-o", "in.csv"][..],
        &["replay", "in.csv", "-p", "lru", "-o", "./in.csv"],
        &["replay", "in.parquet", "-p", "lru", "-o", "in.parquet"],
        &["gap", "in.csv", "-b", "10/s", "--quick", "-o", "in.csv"],
        &["compare", "in.csv", "-b", "10/s", "-o", "in.csv"],
        &["convert", "in.parquet", "in.parquet", "--limit", "3"],
    ] {
        let outcome = coldgap(folder.path(), arguments);
        assert!(outcome.stderr.contains("this file is read, and would be overwritten"), "{}", outcome.stderr);
        assert_eq!(outcome.code, 2);
    }
    std::fs::hard_link(&csv, folder.path().join("second.csv")).unwrap();
    link(&csv, &folder.path().join("link.csv")).unwrap();
    for name in ["second.csv", "link.csv"] {
        for arguments in [&["convert", "in.csv", name][..], &["replay", name, "-p", "lru", "-o", "in.csv"]] {
            let outcome = coldgap(folder.path(), arguments);
            assert!(outcome.code == 2 && outcome.stderr.contains("would be overwritten"), "{}", outcome.stderr);
        }
    }
    assert_eq!((std::fs::read_to_string(&csv).unwrap(), std::fs::read(&parquet).unwrap()), (text, native));
}

/// The folder of files made to do harm; `None`, with a notice, where it is absent.
fn hostile() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faults/hostile");
    if !folder.exists() {
        eprintln!("skipped: ../shared/faults is not here");
        return None;
    }
    Some(folder)
}

#[test]
fn files_that_claim_what_they_do_not_hold_are_refused() {
    let Some(folder) = hostile() else { return };
    for name in [
        "fsb0_62.arrows",
        "fsb0_40.arrows",
        "rgclaim.parquet",
        "deepmin_2000.parquet",
        "dict1M.arrows.zst",
        "dict_kept.parquet",
        "page_unc_max_snappy.parquet",
    ] {
        let outcome = coldgap(&folder, &["inspect", name]);
        assert!(outcome.stderr.contains("hint: ") || outcome.code == 0, "{name}: {}", outcome.stderr);
        assert!([0, 3].contains(&outcome.code), "{name}: {}", outcome.stderr);
    }
}

#[cfg(unix)]
#[test]
fn an_output_keeps_its_mode_its_link_and_a_pipe_stays_a_pipe() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("in.csv"), "time,key\n1.5,a\n2.5,b\n").unwrap();
    std::fs::write(at("private.csv"), "old").unwrap();
    std::fs::set_permissions(at("private.csv"), std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("private.csv", at("link.csv")).unwrap();
    for target in ["private.csv", "link.csv"] {
        assert_eq!(coldgap(folder.path(), &["convert", "in.csv", target]).code, 0);
    }
    assert_eq!(std::fs::metadata(at("private.csv")).unwrap().mode() & 0o777, 0o600);
    assert!(std::fs::symlink_metadata(at("link.csv")).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(at("private.csv")).unwrap(), "time,key\n1.5,a\n2.5,b\n");
    // What the umask of this process makes of a new file.
    std::fs::write(at("new"), "").unwrap();
    assert_eq!(coldgap(folder.path(), &["convert", "in.csv", "out.csv"]).code, 0);
    let mode = |name: &str| std::fs::metadata(at(name)).unwrap().mode() & 0o777;
    assert_eq!(mode("out.csv"), mode("new"));
    symlink("not-yet.csv", at("ahead.csv")).unwrap();
    assert_eq!(coldgap(folder.path(), &["convert", "in.csv", "ahead.csv"]).code, 0);
    assert!(std::fs::symlink_metadata(at("ahead.csv")).unwrap().is_symlink() && at("not-yet.csv").is_file());
    symlink("/dev/null", at("null.csv")).unwrap();
    assert_eq!(coldgap(folder.path(), &["convert", "in.csv", "null.csv"]).code, 0);
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_fingerprint_that_is_a_path_is_refused() {
    let Some(folder) = hostile() else { return };
    let work = tempfile::tempdir().unwrap();
    let file = folder.join("n9.parquet");
    let journal = work.path().join("journal");
    let outcome =
        coldgap(work.path(), &["replay", file.to_str().unwrap(), "-p", "lru", "--journal", journal.to_str().unwrap()]);
    assert!(outcome.code == 3 && outcome.stderr.contains("summary contradicts itself"), "{}", outcome.stderr);
}

#[test]
fn more_threads_than_any_machine_has_use_for_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in.csv"), "time,key\n1.5,a\n2.5,b\n").unwrap();
    let outcome = coldgap(folder.path(), &["replay", "in.csv", "-p", "lru", "-j", "10000"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("at most 256 threads"), "{}", outcome.stderr);
}

/// Names of files and columns, and what saved reports hold, may steer no terminal.
/// Strides of a search are not longer than a number of nanoseconds can be, and restarts may be behind the last request.
#[test]
fn requests_that_are_an_age_apart_end_in_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("t.csv");
    for (text, asked) in [
        ("time,key,size\n177245,/b,5\n1773303246,/a,5\n", "gap -b 100/s --quick -p lru"),
        ("time,key,size\n10.000000001,0,1\n1000000010.000000000,0,1\n", "warmup -b 0.001/s"),
    ] {
        std::fs::write(&trace, text).unwrap();
        let mut run = assert_cmd::Command::cargo_bin("coldgap").unwrap();
        run.timeout(std::time::Duration::from_secs(60));
        let output = run.args(asked.split(' ')).arg(&trace).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{asked}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn no_control_character_reaches_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (name, column) = ("a\u{1b}[2Jb\u{7}.csv", "we\u{1b}]0;x\u{7}ight");
    let rows: String = (0..40).map(|i| format!("{i}.5,{},1,x\n", i % 7)).collect();
    std::fs::write(folder.path().join(name), format!("time,key,size,{column}\n{rows}")).unwrap();
    let run = |words: &[&str]| {
        let run =
            assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap")).current_dir(folder.path()).args(words).assert();
        let output = run.get_output();
        [&output.stdout[..], &output.stderr].map(|text| String::from_utf8(text.to_vec()).unwrap()).concat()
    };
    for words in [
        &["inspect", name, "--columns", "time=1,key=2,size=we\u{1b}ight"][..],
        &["inspect", name, "--columns", &format!("key={column}")],
        &["replay", name, "-p", "lru"],
        &["gap", name, "-b", "5/s", "--quick", "-p", "lru"],
        &["convert", name, "b\u{1b}[2J.parquet"],
        &["report", name],
    ] {
        let said = run(words);
        assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{words:?}: {said:?}");
        assert!(said.contains("\\u{1b}"), "{words:?}: {said:?}");
    }
}
