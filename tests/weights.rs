//! What objects weigh: in a cache, in a footprint, in a summary and in a description the same.

use coldgap::analysis::Sweep;
use coldgap::policy::spec::parse_list;
use coldgap::trace::input::Input;
use coldgap::trace::native::Native;
use coldgap::trace::profile::profile;
use coldgap::trace::source::Source;
use coldgap::trace::{ReadOptions, Trace, parquet, read_input};
use coldgap::units::Ratio;
use std::fmt::Write;

fn read(rows: &str) -> Trace {
    let input = Input::from_bytes("t.csv", format!("time,key,size\n{rows}").into_bytes()).unwrap();
    read_input(input, &ReadOptions::default()).unwrap().0
}

/// Misses of an LRU cache that is as large as the footprint.
fn misses_at_the_footprint(source: &Source) -> u64 {
    let sweep = Sweep {
        policies: parse_list("lru").unwrap(),
        sizes: vec!["100%".parse().unwrap()],
        ignore_size: false,
        warmup: Ratio::NONE,
        threads: 1,
    };
    sweep.run(source, None, &()).unwrap().cells[0].total.misses
}

/// As a native file.
fn native(trace: &Trace) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".parquet").tempfile().unwrap();
    parquet::write(trace, &mut file).unwrap();
    file
}

#[test]
fn a_cache_of_the_footprint_holds_objects_of_no_bytes_too() {
    // 1,000 objects, every other of 0 bytes, each asked for four times in a loop.
    let mut rows = String::new();
    for i in 0..4_000 {
        writeln!(rows, "{}.01,{},{}", i, i % 1_000, (i + 1) % 2).unwrap();
    }
    let trace = read(&rows);
    assert_eq!(trace.footprint_bytes(), Some(1_000));
    let file = native(&trace);
    let streamed = Source::open(&[file.path().to_path_buf()], &ReadOptions::default()).unwrap();
    assert!(matches!(streamed, Source::File(_)));
    assert_eq!(misses_at_the_footprint(&streamed), 1_000);
    assert_eq!(misses_at_the_footprint(&Source::from(trace)), 1_000);
}

#[test]
fn the_footprint_is_one_number_wherever_it_is_printed() {
    // a is 10, then 500, then 20 bytes; b is 7, then unknown.
    let trace = read("1.5,a,10\n2.5,b,7\n3.5,a,500\n4.5,a,20\n5.5,b,\n");
    assert_eq!(trace.footprint_bytes(), Some(507));
    assert_eq!(profile(&trace).footprint_bytes, Some(507));
    let file = native(&trace);
    assert_eq!(Native::open(file.path()).unwrap().unwrap().summary.footprint_bytes, Some(507));
}
