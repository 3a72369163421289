//! Several files that are one service: merged they are the trace that one log of all would have been.

use super::read;
use coldgap::error::Result;
use coldgap::trace::{ReadOptions, Trace, read_all};
use coldgap::units::Seconds;
use std::fs;
use std::path::PathBuf;

/// Reads files of these names and contents as one service.
fn merged(files: &[(&str, &str)], options: &ReadOptions) -> Result<Trace> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(files) {
        fs::write(path, text).unwrap();
    }
    Ok(read_all(&paths, options)?.0)
}

/// Whole seconds, some of which have several requests.
fn rows(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{},key{},{}", 1_700_000_000 + i / 3, i * i % 17, i % 17 * 10)).collect()
}

fn file(rows: &[String]) -> String {
    format!("time,key,size\n{}\n", rows.join("\n"))
}

#[test]
fn a_rotated_log_is_what_it_was_before_in_any_order() {
    let rows = rows(100);
    let whole = read("x.csv", file(&rows).as_bytes()).unwrap();
    // Cut inside a second.
    let (old, rest) = rows.split_at(31);
    let (middle, new) = rest.split_at(40);
    let files = [("log", new), ("log.1", middle), ("log.2", old)].map(|(name, rows)| (name, file(rows)));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    for order in [[0, 1, 2], [2, 0, 1], [2, 1, 0]] {
        let trace = merged(&order.map(|i| files[i]), &ReadOptions::default()).unwrap();
        assert_eq!((&trace.fingerprint, trace.tick), (&whole.fingerprint, whole.tick));
        let names: Vec<&str> = trace.files.iter().map(|file| file.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["log.2", "log.1", "log"]);
        assert!(trace.name.ends_with("log.2 and 2 more"), "{}", trace.name);
    }
    let cut = |from: Option<f64>, until: Option<f64>, limit| ReadOptions {
        from: from.map(Seconds),
        until: until.map(Seconds),
        limit,
        ..ReadOptions::default()
    };
    for options in [cut(Some(5.0), Some(20.0), None), cut(None, None, Some(50)), cut(Some(12.0), None, Some(7))] {
        let part = super::read_with("x.csv", file(&rows).as_bytes(), &options).unwrap();
        assert_eq!(merged(&files, &options).unwrap().fingerprint, part.fingerprint, "{options:?}");
    }
    let hole =
        merged(&[files[0], files[2], ("c", "time,key,size\n1700003600,a,1\n")], &ReadOptions::default()).unwrap();
    assert!(
        hole.notes.iter().any(|note| note.contains("between") && note.ends_with("is a file missing?")),
        "{:?}",
        hole.notes
    );
}

#[test]
fn servers_beside_each_other_are_merged_by_time() {
    let rows = rows(90);
    let whole = read("x.csv", file(&rows).as_bytes()).unwrap();
    // Each second's requests go to the first server or to the second.
    let of = |server: usize| rows.chunks(3).skip(server).step_by(2).flatten().cloned().collect::<Vec<_>>();
    let (first, second) = (file(&of(0)), file(&of(1)));
    let both = merged(&[("b", &second), ("a", &first)], &ReadOptions::default()).unwrap();
    assert_eq!(both.fingerprint, whole.fingerprint);
}

/// A log of whole seconds beside one of milliseconds: the first stays spread over its seconds, and is no burst at their begin.
#[test]
fn clocks_that_differ_are_spread_apart() {
    let coarse = "time,key\n1700000000,a\n1700000000,b\n1700000001,c\n1700000001,d\n";
    let fine = "time,key\n1700000000.250,x\n1700000001.125,y\n";
    let trace = merged(&[("fine", fine), ("coarse", coarse)], &ReadOptions::default()).unwrap();
    let times: Vec<u64> = trace.times.iter().map(|time| time / 1_000_000).collect();
    assert_eq!((times, trace.tick), (vec![0, 250, 500, 1000, 1125, 1500], Some(1_000_000_000)));
}

/// Formats may differ; what is said of one file says of which.
#[test]
fn formats_may_differ_and_notes_name_their_file() {
    let log = "h - - [14/Nov/2023:22:13:20 +0000] \"GET /a HTTP/1.1\" 200 5\nh - - [14/Nov/2023:22:13:22 +0000] \"GET /a HTTP/1.1\" 304 0\n";
    let csv = "time,key,size\n1700000001,/a,0\n1700000003,/b,7\n";
    let trace = merged(&[("a.csv", csv), ("b.log", log)], &ReadOptions::default()).unwrap();
    assert_eq!((trace.format.as_str(), trace.object_count(), trace.sizes), ("csv, log", 2, Some(vec![5, 5, 5, 7])));
    assert!(trace.notes.iter().any(|note| note.contains("a.csv: times are read as seconds")), "{:?}", trace.notes);
}

#[test]
fn what_cannot_be_merged_is_refused_with_its_name() {
    let rows = file(&rows(9));
    let refused = |files: &[(&str, &str)], words: &[&str]| {
        let error = merged(files, &ReadOptions::default()).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    };
    refused(&[("b", "key,size\na,1\nb,2\n"), ("a", &rows)], &["b: several files are merged by time", "--each"]);
    refused(&[("a", &rows), ("b", "time,key\n1,a\n")], &["b, line 2: this row has a time, a size or a cost", "--each"]);
    refused(&[("a", &rows), ("a", &rows)], &["given twice"]);
    refused(
        &[("a", &rows), ("b", "timestamp,cacheKey,OpType,objectSize,SamplingRate\n1,7,1,10,0.2\n")],
        &["20%", "--each"],
    );
    let with_empty = merged(&[("a", &rows), ("b", "")], &ReadOptions::default()).unwrap();
    assert!(with_empty.notes.iter().any(|note| note.starts_with("files without a byte: ")));
}
