//! The native format gives back what was written, through the library and through `coldgap convert`.

use super::samples::sample;
use super::{read, read_with};
use coldgap::error::Spot;
use coldgap::request::{ObjectId, Op};
use coldgap::trace::builder::{Builder, Row};
use coldgap::trace::{Key, ReadOptions, Trace, parquet};
use proptest::prelude::*;

fn written(trace: &Trace) -> Vec<u8> {
    let mut bytes = Vec::new();
    parquet::write(trace, &mut bytes).unwrap();
    bytes
}

fn assert_same(a: &Trace, b: &Trace) {
    assert_eq!(a.fingerprint, b.fingerprint);
    assert_eq!((a.start, &a.times, &a.objects), (b.start, &b.times, &b.objects));
    assert_eq!((&a.sizes, &a.ops, &a.ttls), (&b.sizes, &b.ops, &b.ttls));
    for object in (0..a.object_count() as u32).map(ObjectId) {
        assert_eq!(a.keys.get(object), b.keys.get(object));
    }
}

proptest! {
    #[test]
    fn any_trace_survives(
        start in 0u64..1 << 62,
        steps in prop::collection::vec((0u64..3_000_000_000, 0usize..12, any::<u32>(), 0u8..3, any::<u32>()), 1..200),
        flags in any::<[bool; 4]>(),
        keys in prop::collection::vec(prop_oneof![
            any::<u64>().prop_map(|n| n.to_string().into_bytes()),
            "[a-zé]{1,8}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 1..8),
        ], 12),
    ) {
        let options = ReadOptions::default();
        let mut rows = Builder::new("x", "test", &options);
        let [times, sizes, ops, ttls] = flags;
        let mut time = start;
        for (step, key, size, op, ttl) in steps {
            time += step;
            let row = Row {
                time: times.then_some(time),
                key: Key::parse(&keys[key]),
                size: sizes.then_some(u64::from(size)),
                op: if ops { [Op::Get, Op::Set, Op::Delete][usize::from(op)] } else { Op::Get },
                ttl: if ttls { ttl } else { 0 },
            };
            prop_assert!(rows.push(row, Spot::Row(1)).unwrap().is_continue());
        }
        rows.note("a note");
        let trace = rows.finish().unwrap();
        let again = read("x", &written(&trace)).unwrap();
        assert_same(&trace, &again);
        prop_assert_eq!(&trace.notes, &again.notes);
    }
}

#[test]
fn requests_beyond_one_row_group_survive() {
    let mut text = String::from("time,key,size\n");
    for i in 0..1_100_000u64 {
        text.push_str(&format!("{},{},{}\n", i / 2000, i * i % 50_021, i % 977));
    }
    let trace = read("x", text.as_bytes()).unwrap();
    let bytes = written(&trace);
    assert_same(&trace, &read("x", &bytes).unwrap());
    assert!(bytes.len() * 2 < text.len(), "{} bytes of {}", bytes.len(), text.len());
    let part = read_with("x", &bytes, &ReadOptions { limit: Some(70_000), ..ReadOptions::default() }).unwrap();
    assert_eq!(part.objects[..], trace.objects[..70_000]);
}

#[test]
fn times_that_cannot_be_written_are_refused() {
    let trace = read("x", b"time,key\n10000000000,a\n10000000001,b\n").unwrap();
    let error = parquet::write(&trace, Vec::new()).unwrap_err();
    assert!(error.to_string().starts_with("x: times beyond the year 2262"), "{error}");
}

#[test]
fn convert_sorts_samples_cuts_and_gives_times() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    let output = folder.path().join("out.parquet");
    let run = |text: &[u8], flags: &[&str]| {
        std::fs::write(&input, text).unwrap();
        assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap"))
            .arg("convert")
            .args(flags)
            .args([&input, &output])
            .assert()
            .success();
        coldgap::trace::read(&output, &ReadOptions::default()).unwrap()
    };
    let sorted = run(b"time,key\n3.5,c\n1.5,a\n2.5,b\n1.5,d\n", &["--sort"]);
    let keys: Vec<Key> = sorted.objects.iter().map(|object| sorted.keys.get(*object)).collect();
    assert_eq!(keys, [&b"a"[..], b"d", b"b", b"c"].map(Key::Text));
    // Two share a tick of what looks like a clock of milliseconds, and are spread inside it.
    assert_eq!((sorted.start, &sorted.times[..]), (1_500_000_000, &[0, 500_000, 1_000_000_000, 2_000_000_000][..]));
    let timed = run(b"a\nb\na\n", &["--rate", "100/s"]);
    assert_eq!(timed.times, [0, 10_000_000, 20_000_000]);
    let cut = run(&sample("csv"), &["--from", "10s", "--until", "20s"]);
    assert_eq!((cut.len(), cut.start), (30, 1_700_000_010_000_000_000));
    let all = read("x", &sample("csv")).unwrap();
    let sampled = run(&sample("csv"), &["--sample", "50%"]);
    assert!(sampled.object_count() < all.object_count());
    for object in (0..sampled.object_count() as u32).map(ObjectId) {
        let requests = |trace: &Trace| {
            let is = |known: &&ObjectId| trace.keys.get(**known) == sampled.keys.get(object);
            trace.objects.iter().filter(is).count()
        };
        assert_eq!(requests(&sampled), requests(&all), "a key keeps all its requests");
    }
}
