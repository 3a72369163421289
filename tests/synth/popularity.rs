//! Which keys are asked for, against closed forms.

use super::{assert_near, frequencies, made};
use coldgap::trace::{Key, Trace};
use std::collections::{BTreeMap, BTreeSet};

fn recipe(requests: u64, keys: &str) -> String {
    format!("seed = 3\nrequests = {requests}\n[arrivals]\nrate = \"100/s\"\nspacing = \"even\"\n[keys]\n{keys}\n")
}

/// The number of each request's key.
fn numbers(trace: &Trace) -> Vec<u64> {
    trace
        .objects
        .iter()
        .map(|object| match trace.keys.get(*object) {
            Key::Number(number) => number,
            Key::Text(text) => panic!("{text:?}"),
        })
        .collect()
}

#[test]
fn frequencies_follow_zipf_s_closed_form() {
    const COUNT: u32 = 1000;
    const REQUESTS: u64 = 400_000;
    for exponent in [0.5, 0.8, 1.0, 1.2, 2.0] {
        let trace = made(&recipe(REQUESTS, &format!("count = {COUNT}\nzipf = {exponent:?}")));
        let total: f64 = (1..=COUNT).map(|rank| f64::from(rank).powf(-exponent)).sum();
        let expected = |rank: u32| f64::from(rank).powf(-exponent) / total;
        let mut measured = frequencies(&trace);
        measured.sort_unstable_by(|a, b| b.cmp(a));
        // The best are so far apart that chance does not change their order by much: four standard deviations.
        for rank in 1..=5 {
            let share = measured[rank as usize - 1] as f64 / REQUESTS as f64;
            let deviation = (expected(rank) / REQUESTS as f64).sqrt();
            assert!((share - expected(rank)).abs() < 4.0 * deviation, "zipf {exponent}, rank {rank}: {share}");
        }
        // Over all ranks, without knowing which key has which: the chance that two requests are for one key.
        let pairs = (REQUESTS * (REQUESTS - 1)) as f64;
        let collisions = measured.iter().map(|n| (n * n.saturating_sub(1)) as f64).sum::<f64>() / pairs;
        let closed: f64 = (1..=COUNT).map(|rank| expected(rank).powi(2)).sum();
        assert_near(&format!("zipf {exponent}, collisions"), collisions, closed, 0.03);
    }
}

#[test]
fn with_exponent_0_all_keys_are_alike() {
    const COUNT: u64 = 1000;
    let measured = frequencies(&made(&recipe(200_000, &format!("count = {COUNT}\nzipf = 0"))));
    assert_eq!(measured.len() as u64, COUNT);
    let expected = 200_000.0 / COUNT as f64;
    let chi_square: f64 = measured.iter().map(|n| (*n as f64 - expected).powi(2) / expected).sum();
    // 999 degrees of freedom: mean 999, standard deviation 44.7; four of them.
    assert!((chi_square - 999.0).abs() < 4.0 * 44.7, "chi-square {chi_square}");
}

#[test]
fn a_key_s_number_says_nothing_about_its_popularity() {
    let trace = made(&recipe(200_000, "count = 10_000\nzipf = 1.0"));
    let mut counted: BTreeMap<u64, u64> = BTreeMap::new();
    numbers(&trace).into_iter().for_each(|number| *counted.entry(number).or_default() += 1);
    let mut ranked: Vec<(u64, u64)> = counted.into_iter().map(|(number, count)| (count, number)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let best = &ranked[..400];
    let mean = best.iter().map(|(_, number)| *number as f64).sum::<f64>() / best.len() as f64;
    // The mean of 400 numbers below 10,000 deviates by 144.
    assert!((mean - 5000.0).abs() < 4.0 * 144.0, "the 400 best have a mean number of {mean}");
    assert!(ranked[0].1 != 0 || ranked[1].1 != 1, "the best keys are the first numbers");
}

#[test]
fn one_hit_wonders_are_never_asked_for_again() {
    let trace = made(&recipe(100_000, "count = 20\nzipf = 0.5\none_hit_wonders = 0.1"));
    let frequencies = frequencies(&trace);
    let once = frequencies.iter().filter(|frequency| **frequency == 1).count();
    assert_near("one-hit wonders", once as f64 / trace.len() as f64, 0.1, 0.04);
    assert_eq!(frequencies.iter().filter(|frequency| **frequency > 1).count(), 20);
}

#[test]
fn drift_replaces_its_share_of_the_keys_in_an_hour() {
    let trace = made(&recipe(3 * 360_000, "count = 500\nzipf = 0\ndrift = 0.2"));
    // At 100 requests a second each of 500 keys is asked for 12 times in a minute.
    let minute = |from: u64| -> BTreeSet<u32> {
        let requests = trace.requests();
        let range = requests.position_at(from * 1_000_000_000)..requests.position_at((from + 60) * 1_000_000_000);
        trace.objects[range].iter().map(|object| object.0).collect()
    };
    for (hours, replaced) in [(1, 0.2), (2, 0.4)] {
        let (before, after) = (minute(0), minute(hours * 3600));
        let new = after.difference(&before).count() as f64 / 500.0;
        assert!((new - replaced).abs() < 0.03, "after {hours} h {new} of the keys are new");
    }
    let still = made(&recipe(3 * 360_000, "count = 500\nzipf = 0"));
    assert_eq!(still.object_count(), 500);
}

#[test]
fn a_scan_touches_consecutive_keys_once_each_and_comes_back() {
    let trace = made(&recipe(60_000, "count = 100\nscan = { every = \"2min\", keys = 1000, share = 0.5 }"));
    let numbers = numbers(&trace);
    let mut scans: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (number, time) in numbers.iter().zip(&trace.times) {
        if *number < 1000 {
            scans.entry(time / 120_000_000_000).or_default().push(*number);
        }
    }
    assert_eq!(scans.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 4], "every two minutes of ten, but not at once");
    let all: Vec<u64> = (0..1000).collect();
    assert!(scans.values().all(|scan| *scan == all));
    let during = trace.requests().position_at(120_000_000_000)..trace.requests().position_at(130_000_000_000);
    let share = numbers[during.clone()].iter().filter(|number| **number < 1000).count() as f64 / during.len() as f64;
    assert_near("the scan's share while it runs", share, 0.5, 0.1);
}
