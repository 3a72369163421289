//! What records say of who answered: the observed hit ratio, how long misses took, and the rate of misses that was carried.

use super::sources::SOURCES;
use super::{read, read_with};
use coldgap::analysis::Sweep;
use coldgap::analysis::calibration::Calibration;
use coldgap::analysis::enough::enough;
use coldgap::trace::record::By;
use coldgap::trace::{ReadOptions, Trace};
use coldgap::units::{Loss, Seconds};
use std::fmt::Write as _;

fn recorded(bytes: &[u8]) -> Trace {
    read_with("x", bytes, &ReadOptions { records: true, ..ReadOptions::default() }).unwrap()
}

/// What the records of a source's sample say, in the order of the requests: c for a cache, b for the backend, f for a write that
/// fills, - for nothing; with the microseconds where they are known.
#[test]
fn sources_say_who_answered() {
    for (name, expected) in [
        ("cloudfront-real-time", "b180000 c1000"),
        ("squid", "b190000 b184000 c1000"),
        ("memcached-watch", "b f918002 - - c"),
        ("redis-monitor", ""),
        ("klog", "b f c - - -"),
        ("otlp", "b - -"),
        ("alb", ""),
    ] {
        let source = SOURCES.iter().find(|source| source.name == name).unwrap();
        let trace = recorded(source.lines.as_bytes());
        let said = trace.records.iter().flatten().map(|record| {
            let by = match record.by {
                By::Unsaid => "-",
                By::Cache => "c",
                By::Backend => "b",
                By::Failed => "e",
                By::Fill => "f",
            };
            if record.micros > 0 { format!("{by}{}", record.micros) } else { by.to_string() }
        });
        let said = said.collect::<Vec<_>>().join(" ");
        assert!(expected.is_empty() || said == expected, "{name}: {said}");
        assert!(read("x", source.lines.as_bytes()).unwrap().records.is_none(), "{name}: nobody asked");
    }
}

/// 1,000 requests, ten a second, of which every tenth misses and takes 40 ms; in the last ten seconds each misses and is slow.
#[test]
fn a_log_behind_a_cache_calibrates_the_service() {
    let mut log = String::new();
    for i in 0..1_000 {
        let (miss, slow) = (i % 10 == 0 || i >= 900, i >= 900);
        let took = if slow { 0.9 } else { 0.04 };
        let end = 1_773_303_240.0 + f64::from(i) * 0.1 + if miss { took } else { 0.0 };
        let (status, upstream) = if miss { ("MISS", took.to_string()) } else { ("HIT", "-".to_string()) };
        let took = if miss { took } else { 0.0 };
        writeln!(
            log,
            r#"{{"msec":"{end:.3}","request_uri":"/{}","status":"200","body_bytes_sent":"5","request_time":"{took:.3}","upstream_response_time":"{upstream}","upstream_cache_status":"{status}"}}"#,
            i % 10
        )
        .unwrap();
    }
    let trace = recorded(log.as_bytes());
    let calibration = Calibration::of(&trace, 0).unwrap();
    assert_eq!((calibration.gets, calibration.misses), (1_000, 190));
    assert_eq!(calibration.hit_ratio, Some(0.81));
    // (90 x 40 ms + 100 x 900 ms) / 190.
    let mean = calibration.service_time_seconds.unwrap();
    assert!((mean - 93.6 / 190.0).abs() < 1e-6, "{mean}");
    // The median of all misses is slow here, so even the last window is answered "as fast as others".
    assert_eq!(calibration.carried_per_second, Some(10.0));
    assert_eq!(calibration.unexplained_hit_ratio, Some(9.0 / 810.0));
    assert!(Calibration::of(&read("x", log.as_bytes()).unwrap(), 0).is_none());
}

/// Half an hour of a service that is the same all the time is enough; its first seconds are not.
#[test]
fn a_trace_is_enough_where_its_parts_say_the_same() {
    let rows = |seconds: u64| {
        let mut state = 1u64;
        let mut text = String::from("time,key\n");
        for i in 0..seconds * 50 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let uniform = (state >> 11) as f64 / (1u64 << 53) as f64;
            writeln!(
                text,
                "{}.{:03},{}",
                1_700_000_000 + i / 50,
                i % 50 * 20,
                (uniform * uniform * uniform * 2_000.0) as u64
            )
            .unwrap();
        }
        read("x", text.as_bytes()).unwrap()
    };
    let sweep = Sweep {
        policies: vec!["lru".parse().unwrap()],
        sizes: vec!["200obj".parse().unwrap()],
        ignore_size: false,
        warmup: "25%".parse().unwrap(),
        threads: 1,
    };
    let judge = |trace: &Trace| enough(trace, &sweep, &[Loss::one_of(8), Loss::EVERYTHING], Seconds(1.0)).unwrap();
    let long = judge(&rows(1_800));
    assert!(long.full_after_ratio.unwrap() < 0.25 && long.losses.iter().all(|loss| loss.ends_inside), "{long:?}");
    let [first, second] = long.hit_ratio_halves.map(Option::unwrap);
    assert!((first - second).abs() < 0.02, "{first} {second}");
    let short = judge(&rows(6));
    assert!(short.full_after_ratio.is_none_or(|after| after > 0.25), "{short:?}");
}

/// Retries of a balancer are read where it logs them, and sources that say 1 and 0 for hit and miss say it.
#[test]
fn tries_and_results_are_read_as_sources_write_them() {
    let haproxy = |retries: &str| {
        format!(
            "Mar 12 08:14:05 lb1 haproxy[7]: 10.0.0.1:5 [12/Mar/2026:08:14:05.123] fe be/web3 0/12/1/180/193 200 5 - - ---- 8/6/9/3/{retries} 0/41 \"GET /p HTTP/1.1\"\n"
        )
    };
    let envoy = r#"{"start_time":"2026-03-12T08:14:05.123Z","method":"GET","path":"/p","response_code":"200","bytes_sent":"5","authority":"h","upstream_service_time":"7","upstream_request_attempt_count":"3"}
"#;
    let own = "time,key,attempts,backend_time\n1.5,a,2,0.1\n";
    for (text, tries) in
        [(haproxy("0"), 1), (haproxy("2"), 3), (haproxy("+1"), 2), (envoy.to_string(), 3), (own.to_string(), 2)]
    {
        let trace = recorded(text.as_bytes());
        assert_eq!(trace.records.unwrap()[0].tries, tries, "{text}");
    }
    let photo = "20160201000000 3f9a 5 l 20480 1 PHONE 12\n20160201000001 3f9b 5 l 20480 0 PHONE 120\n";
    let meta = "timestamp,cacheKey,OpType,objectSize,cache_hit\n1,a,1,5,1\n2,b,1,5,0\n";
    for text in [photo, meta] {
        let by: Vec<By> = recorded(text.as_bytes()).records.unwrap().iter().map(|record| record.by).collect();
        assert_eq!(by, [By::Cache, By::Backend], "{text}");
    }
    let fastly = r#"{"time_start":"2026-03-12T08:14:05+0000","host":"h","url":"/p","request_method":"GET","response_status":200,"response_body_size":5,"fastly_state":"MISS-CLUSTER","time_elapsed":184211}
"#;
    assert_eq!(recorded(fastly.as_bytes()).records.unwrap()[0].micros, 184_211);
}
