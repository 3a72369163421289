//! The article's story: 3,000 requests a second, 90 % hits, a database that gives 300 answers a second.

use super::{lru_misses, sample};

const SECOND: f64 = 1e9;

fn ratio(misses: &[bool]) -> f64 {
    misses.iter().filter(|miss| **miss).count() as f64 / misses.len() as f64
}

#[test]
fn the_load_is_constant() {
    let trace = sample("article.toml");
    assert_eq!(trace.len(), 540_000);
    for second in 0..179 {
        let from = trace.times.partition_point(|time| *time < second * 1_000_000_000);
        let until = trace.times.partition_point(|time| *time < (second + 1) * 1_000_000_000);
        assert!((2999..=3001).contains(&(until - from)), "{} requests in second {second}", until - from);
    }
    assert!(trace.sizes.is_none() && trace.ops.is_none() && trace.ttls.is_none());
}

#[test]
fn a_warm_lru_cache_of_a_tenth_of_the_objects_misses_a_tenth_of_the_requests() {
    let trace = sample("article.toml");
    let misses = lru_misses(&trace, trace.object_count() as u64 / 10);
    let warm = &misses[misses.len() / 4..];
    assert!((ratio(warm) - 0.1).abs() <= 0.002, "miss ratio {}", ratio(warm));
    for (i, ten_seconds) in warm.chunks_exact(30_000).enumerate() {
        assert!((ratio(ten_seconds) - 0.1).abs() <= 0.006, "ten seconds {i}: {}", ratio(ten_seconds));
    }
    let half = warm.len() / 2;
    let trend = ratio(&warm[half..]) - ratio(&warm[..half]);
    assert!(trend.abs() <= 0.002, "still warming: {trend}");
    assert!(warm.len() >= 120 * 3000, "the warm part lasts two minutes");
}

/// The database's unfinished work, in seconds, never exceeds the timeout of one second.
#[test]
fn a_database_of_300_answers_a_second_carries_the_warm_misses_and_not_the_cold_ones() {
    let trace = sample("article.toml");
    let from = trace.len() / 4;
    let warm = lru_misses(&trace, trace.object_count() as u64 / 10);
    let longest_wait = |misses: &dyn Fn(usize) -> bool| {
        let (mut work, mut last, mut longest) = (0f64, trace.times[from], 0f64);
        for i in from..trace.len() {
            work = (work - (trace.times[i] - last) as f64 / SECOND).max(0.0);
            last = trace.times[i];
            if misses(i) {
                longest = longest.max(work);
                work += 1.0 / 300.0;
            }
        }
        longest
    };
    assert!(longest_wait(&|i| warm[i]) < 1.0, "warm: {}", longest_wait(&|i| warm[i]));
    // Even where every answer would arrive in time: the first request for each object after the flush misses.
    let mut seen = vec![false; trace.object_count()];
    let cold: Vec<bool> =
        (0..trace.len()).map(|i| i >= from && !std::mem::replace(&mut seen[trace.objects[i].index()], true)).collect();
    assert!(longest_wait(&|i| cold[i]) > 1.0, "cold: {}", longest_wait(&|i| cold[i]));
}
