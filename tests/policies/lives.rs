//! Lives that requests start anew: memcached's `gat` and `touch`.

use crate::formats::read;
use coldgap::analysis::Sweep;
use coldgap::policy::spec::parse_list;
use coldgap::trace::source::Source;
use coldgap::trace::{ReadOptions, Trace, parquet};
use coldgap::units::Ratio;

/// Hits and misses of gets in a cache that holds everything.
fn counts(source: &Source) -> (u64, u64) {
    let sweep = Sweep {
        policies: parse_list("lru").unwrap(),
        sizes: vec!["100obj".parse().unwrap()],
        ignore_size: true,
        warmup: Ratio::NONE,
        threads: 1,
    };
    let total = sweep.run(source, None, &()).unwrap().cells[0].total;
    (total.hits, total.misses)
}

fn trace(rows: &str) -> Trace {
    read("t.csv", format!("time,key,op,ttl\n{rows}").as_bytes()).unwrap()
}

#[test]
fn a_get_that_touches_starts_the_life_anew() {
    // The entry of 0 s dies at 10 s; the gat at 5 s gives it 100 s more.
    for word in ["gat", "GATS", "getex"] {
        let rows = format!("0,a,set,10\n5,a,{word},100\n20,a,get,0\n104,a,get,0\n105,a,get,0\n");
        assert_eq!(counts(&Source::from(trace(&rows))), (3, 1), "{word}");
    }
    // An ordinary get that says a time to live says it for the next fill only.
    assert_eq!(counts(&Source::from(trace("0,a,set,10\n5,a,get,100\n20,a,get,0\n"))), (1, 1));
    // One that does not say for how long starts the life that is known.
    assert_eq!(counts(&Source::from(trace("0,a,set,10\n5,a,gat,0\n14,a,get,0\n15,a,get,0\n"))), (2, 1));
    // What is dead is fetched.
    assert_eq!(counts(&Source::from(trace("0,a,set,10\n10,a,gat,100\n20,a,get,0\n"))), (1, 1));
}

#[test]
fn a_touch_starts_a_life_anew_and_fills_nothing() {
    assert_eq!(counts(&Source::from(trace("0,a,set,10\n5,a,touch,100\n20,a,get,0\n"))), (1, 0));
    assert_eq!(counts(&Source::from(trace("0,a,set,10\n10,a,touch,100\n20,a,get,0\n"))), (0, 1));
    assert_eq!(counts(&Source::from(trace("5,a,touch,100\n20,a,get,0\n21,a,get,0\n"))), (1, 1));
    let without_lives = read("t.csv", b"time,key,op\n1,a,touch\n2,a,get\n3,a,touch\n4,a,get\n").unwrap();
    assert_eq!(counts(&Source::from(without_lives)), (1, 1));
}

#[test]
fn a_native_file_tells_them_from_gets_and_sets() {
    let trace = trace("0,a,set,10\n5,a,gat,100\n6,b,touch,7\n7,b,set,5\n8,b,touch,50\n20,a,get,0\n30,b,get,0\n");
    let mut file = tempfile::Builder::new().suffix(".parquet").tempfile().unwrap();
    parquet::write(&trace, &mut file).unwrap();
    let source = Source::open(&[file.path().to_path_buf()], &ReadOptions::default()).unwrap();
    assert!(matches!(source, Source::File(_)));
    assert_eq!(counts(&source), (3, 0));
    let again = coldgap::trace::read(file.path(), &ReadOptions::default()).unwrap();
    assert_eq!((&again.ops, &again.ttls, &again.fingerprint), (&trace.ops, &trace.ttls, &trace.fingerprint));
    assert_eq!(counts(&Source::from(again)), (3, 0));
    let plain = self::trace("0,a,set,10\n5,a,get,100\n6,b,set,7\n7,b,set,5\n8,b,set,50\n20,a,get,0\n30,b,get,0\n");
    assert_ne!(plain.fingerprint, trace.fingerprint);
}
