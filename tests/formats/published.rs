//! Readers against published traces. The numbers are those of the collection's own statistics, which were counted by
//! other programs.

use super::read_with;
use coldgap::request::ObjectId;
use coldgap::trace::profile::{Profile, profile};
use coldgap::trace::{self, Key, ReadOptions, Trace};
use std::path::PathBuf;

/// A published trace; `None`, with a notice, where the collection is not there.
fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/traces").join(name);
    if !path.exists() {
        eprintln!("{} is not there: skipped", path.display());
        return None;
    }
    Some(path)
}

fn read(name: &str, options: &ReadOptions) -> Option<Trace> {
    Some(trace::read(&path(name)?, options).unwrap())
}

/// Statistics of one trace.
struct Expected {
    name: &'static str,
    requests: u64,
    objects: u64,
    one_hit: f64,
    compulsory: f64,
    alpha: f64,
    mean_size: f64,
    sizes: [u32; 3],
    footprint: f64,
    /// Span in whole seconds, and the busiest second and minute.
    span: u64,
    peaks: [f64; 2],
}

/// Traces of gets alone: where there are writes, a compulsory miss is not a first touch.
const GETS: [Expected; 3] = [
    Expected {
        name: "libcachesim__twitter_cluster52.csv",
        requests: 1_000_000,
        objects: 143_542,
        one_hit: 0.4495,
        compulsory: 0.14354,
        alpha: 0.959,
        mean_size: 204.3,
        sizes: [54, 1221, 4985],
        footprint: 2.923e7,
        span: 509,
        peaks: [2770.0, 2002.68],
    },
    Expected {
        name: "twitter_cluster52_10m.rows_0_4M.csv.zst",
        requests: 4_000_000,
        objects: 431_119,
        one_hit: 0.3938,
        compulsory: 0.10778,
        alpha: 0.979,
        mean_size: 201.0,
        sizes: [54, 1239, 4985],
        footprint: 8.604e7,
        span: 2086,
        peaks: [3332.0, 2002.68],
    },
    Expected {
        name: "libcachesim__cloudPhysicsIO.oracleGeneral.bin",
        requests: 113_872,
        objects: 48_974,
        one_hit: 0.4298,
        compulsory: 0.43008,
        alpha: 0.639,
        mean_size: 38359.2,
        sizes: [61440, 69632, 69632],
        footprint: 2.03e9,
        span: 7200,
        peaks: [2513.0, 320.05],
    },
];

/// Equal to as many digits as were published.
fn close(found: f64, expected: f64, digits: i32) -> bool {
    (found - expected).abs() <= expected.abs() * 10f64.powi(-digits) * 0.51
}

fn check(profile: &Profile, expected: &Expected) {
    let name = expected.name;
    assert_eq!((profile.requests, profile.objects), (expected.requests, expected.objects), "{name}");
    assert!((profile.one_hit_ratio - expected.one_hit).abs() < 5.1e-5, "{name}: {}", profile.one_hit_ratio);
    let compulsory = profile.compulsory_miss_ratio.unwrap();
    assert!((compulsory - expected.compulsory).abs() < 5.1e-6, "{name}: {compulsory}");
    // The published exponent was fitted in another way.
    let alpha = profile.zipf_alpha.unwrap();
    assert!((alpha - expected.alpha).abs() < 0.05, "{name}: {alpha}");
    let sizes = profile.sizes.as_ref().unwrap();
    assert!(close(sizes.mean_bytes, expected.mean_size, 3), "{name}: {}", sizes.mean_bytes);
    assert_eq!([sizes.p50_bytes, sizes.p99_bytes, sizes.max_bytes], expected.sizes, "{name}");
    assert!(close(profile.footprint_bytes.unwrap() as f64, expected.footprint, 2), "{name}");
    let times = profile.times.as_ref().unwrap();
    // Spreading moves the last request, too, inside its second.
    assert_eq!(times.span_seconds as u64, expected.span, "{name}");
    assert_eq!(times.resolution_seconds, 1.0, "{name}");
    assert_eq!(times.busiest[0].per_second, expected.peaks[0], "{name}");
    assert!((times.busiest[2].per_second - expected.peaks[1]).abs() < 0.006, "{name}: {:?}", times.busiest[2]);
}

#[test]
fn published_statistics_are_met() {
    for expected in &GETS {
        if let Some(trace) = read(expected.name, &ReadOptions::default()) {
            check(&profile(&trace), expected);
        }
    }
}

#[test]
fn rows_and_objects_are_counted_as_published() {
    // Two tables count equal operations: requests are the sums of their op_count columns, 99 and 999 rows. The access
    // log of elastic has 10,000 lines, one of them OPTIONS, which is neither read nor written. The
    // numbers of the last log, of which only the sum over nine is published, were counted with grep, awk and uniq.
    for (name, requests, objects, sort) in [
        ("cachelib__kv_traces_1.csv", 691, 52, false),
        ("cachelib__block_traces_1.csv", 979 + 2 * 16 + 3 * 4, 625, false),
        ("cachelib__short_bigcache_traces.csv", 9_999, 3_125, false),
        ("libcachesim__cloudPhysicsIO.csv", 113_872, 48_974, false),
        ("libcachesim__cloudPhysicsIO.txt", 113_872, 48_974, false),
        ("imhotep__nasa_19950801.tsv", 30_969, 2_088, false),
        ("nasa_19950801.clf.log", 30_969, 2_088, false),
        ("elastic__apache_logs.log", 9_999, 1_498, true),
        ("caffeine__lirs__cs.trace.gz", 6_781, 1_409, false),
        ("caffeine__lirs__multi3.trace.gz", 30_241, 7_454, false),
        ("erddaplogs__tomcat-access.log.1", 760, 567, false),
        ("arc__P3.lis.zst", 3_912_296, 762_543, false),
        ("mooncake__conversation.first30min.jsonl", 146_464, 96_534, false),
        ("caffeine__snia_tencent_block_cloud_storage-sample.bz2", 50_000, 44_687, false),
        ("libcachesim__cloudPhysicsIO.vscsi", 113_872, 48_974, false),
        ("libcachesim__cloudPhysicsIO.vscsi.lcs", 113_872, 48_974, false),
    ] {
        if let Some(trace) = read(name, &ReadOptions { sort, ..ReadOptions::default() }) {
            assert_eq!((trace.len(), trace.object_count()), (requests, objects), "{name}");
        }
    }
}

#[test]
fn operations_are_counted_as_published() {
    // Shares of gets as published, by row for the tables with an op_count.
    if let Some(trace) = read("libcachesim__cloudPhysicsIO.csv", &ReadOptions::default()) {
        let profile = profile(&trace);
        assert!((profile.sets as f64 / profile.requests as f64 - 0.587).abs() < 5e-4);
        assert_eq!(profile.gets + profile.sets, profile.requests);
        assert_eq!(profile.sizes.unwrap().p50_bytes, 53_248);
    }
    if let Some(trace) = read("imhotep__nasa_19950801.tsv", &ReadOptions::default()) {
        let profile = profile(&trace);
        assert_eq!((profile.gets, profile.deletes), (30_873 + 95, 1), "GET and HEAD are gets, POST invalidates");
        assert_eq!(profile.sizes.unwrap().max_bytes, 1_269_716);
    }
    if let Some(trace) = read("cachelib__short_bigcache_traces.csv", &ReadOptions::default()) {
        let profile = profile(&trace);
        assert_eq!(profile.gets, 9_999);
        assert_eq!((profile.ttls[0].seconds, (profile.ttls[0].ratio * 100.0).round()), (1_209_600, 98.0));
        assert!(close(profile.footprint_bytes.unwrap() as f64, 4.054e9, 3));
    }
}

#[test]
fn one_log_is_the_same_trace_as_a_table_and_as_a_log() {
    let options = ReadOptions::default();
    let (Some(table), Some(log)) =
        (read("imhotep__nasa_19950801.tsv", &options), read("nasa_19950801.clf.log", &options))
    else {
        return;
    };
    // Two lines hold a percent escape, which only logs normalise; so keys are compared as a log writes them.
    let key = |trace: &Trace, i: usize| match trace.keys.get(trace.objects[i]) {
        Key::Number(number) => number.to_string().into_bytes(),
        Key::Text(text) => text.to_vec(),
    };
    let different = (0..table.len()).filter(|i| key(&table, *i) != key(&log, *i)).count();
    assert!(different <= 2, "{different}");
    assert_eq!((table.start, table.times, table.sizes, table.ops), (log.start, log.times, log.sizes, log.ops));
}

#[test]
fn a_csv_is_the_same_trace_as_the_binary_file_made_from_it() {
    let options = ReadOptions::default();
    let (Some(table), Some(binary)) = (
        read("libcachesim__cloudPhysicsIO.csv", &options),
        read("libcachesim__cloudPhysicsIO.oracleGeneral.bin", &options),
    ) else {
        return;
    };
    // The binary file has no operations, and sizes made constant per object: the first one seen.
    assert_eq!((table.start, &table.times, &table.objects), (binary.start, &binary.times, &binary.objects));
    for object in (0..table.object_count() as u32).map(ObjectId) {
        assert_eq!(table.keys.get(object), binary.keys.get(object));
    }
}

#[test]
fn a_log_that_steps_back_a_little_is_sorted_in_passing() {
    let Some(path) = path("elastic__apache_logs.log") else { return };
    let passing = trace::read(&path, &ReadOptions::default()).unwrap();
    assert!(passing.times.is_sorted());
    let note = "requests that stood behind later ones, and were sorted by time";
    assert!(passing.notes.iter().any(|said| said.starts_with(note)), "{:?}", passing.notes);
    // The same as sorting it wittingly.
    let sorted = trace::read(&path, &ReadOptions { sort: true, ..ReadOptions::default() }).unwrap();
    assert_eq!(passing.fingerprint, sorted.fingerprint);
}

#[test]
fn limits_cut_where_they_say() {
    let Some(path) = path("libcachesim__twitter_cluster52.csv") else { return };
    let bytes = std::fs::read(path).unwrap();
    let with = |options: ReadOptions| read_with("x", &bytes, &options).unwrap();
    assert_eq!(with(ReadOptions { limit: Some(1000), ..ReadOptions::default() }).len(), 1000);
    let seconds = |text: &str| Some(text.parse().unwrap());
    let slice = with(ReadOptions { from: seconds("100s"), until: seconds("160s"), ..ReadOptions::default() });
    let text = String::from_utf8(bytes.clone()).unwrap();
    let inside =
        |line: &&str| line.split(',').next().unwrap().parse().is_ok_and(|time: u64| (100..160).contains(&time));
    assert_eq!(slice.len(), text.lines().filter(inside).count());
    assert_eq!(slice.start, 100_000_000_000);
    let sample = with(ReadOptions { sample: Some("10%".parse().unwrap()), ..ReadOptions::default() });
    let share = sample.object_count() as f64 / 143_542.0;
    assert!((share - 0.1).abs() < 0.005, "{share}");
}
