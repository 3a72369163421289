//! When requests arrive, against closed forms.

use super::{assert_near, made};
use coldgap::trace::Trace;
use std::f64::consts::TAU;

fn recipe(requests: u64, arrivals: &str) -> String {
    format!("seed = 5\nrequests = {requests}\n[arrivals]\n{arrivals}\n[keys]\ncount = 10\n")
}

/// Requests in a window given in seconds.
fn in_window(trace: &Trace, from: f64, until: f64) -> f64 {
    let position = |seconds: f64| trace.requests().position_at((seconds * 1e9) as u64);
    (position(until) - position(from)) as f64
}

#[test]
fn even_requests_are_evenly_spaced() {
    let trace = made(&recipe(3000, "rate = \"3000/s\"\nspacing = \"even\""));
    for (i, time) in trace.times.iter().enumerate() {
        let exact = i as f64 * 1e9 / 3000.0;
        assert!((*time as f64 - exact).abs() <= 1000.0, "request {i} at {time} ns");
    }
}

#[test]
fn poisson_gaps_are_exponential() {
    let trace = made(&recipe(200_000, "rate = \"50/s\""));
    let gaps: Vec<f64> = trace.times.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 1e9).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    assert_near("mean gap", mean, 0.02, 0.01);
    assert_near("standard deviation of the gaps", variance.sqrt(), 0.02, 0.02);
    let longer = gaps.iter().filter(|gap| **gap > 0.04).count() as f64 / gaps.len() as f64;
    assert_near("gaps of more than twice the mean", longer, (-2f64).exp(), 0.03);
}

#[test]
fn the_load_follows_the_day() {
    let arrivals =
        "rate = \"10/s\"\nspacing = \"even\"\n[arrivals.diurnal]\nswing = 0.8\nperiod = \"10h\"\npeak = \"4h\"";
    let trace = made(&recipe(720_000, arrivals));
    assert_near("two days", *trace.times.last().unwrap() as f64 / 1e9, 72_000.0, 0.001);
    for hour in 0..20 {
        let middle = (f64::from(hour) + 0.5) / 10.0 - 0.4;
        // The mean of the cosine over an hour of ten is this much flatter than its middle.
        let flatter = (TAU / 20.0).sin() / (TAU / 20.0);
        let expected = 36_000.0 * (1.0 + 0.8 * flatter * (TAU * middle).cos());
        let measured = in_window(&trace, f64::from(hour) * 3600.0, f64::from(hour + 1) * 3600.0);
        assert_near(&format!("hour {hour}"), measured, expected, 0.01);
    }
}

#[test]
fn a_load_that_sleeps_at_night_still_moves_on() {
    let arrivals = "rate = \"1/s\"\n[arrivals.diurnal]\nswing = 1.0\nperiod = \"1h\"";
    let trace = made(&recipe(36_000, arrivals));
    assert_near("ten periods", *trace.times.last().unwrap() as f64 / 1e9, 36_000.0, 0.05);
}

#[test]
fn bursts_multiply_the_load_for_their_time() {
    let arrivals =
        "rate = \"100/s\"\nspacing = \"even\"\n[arrivals.burst]\nevery = \"60s\"\nlasting = \"5s\"\ntimes = 4.0";
    let trace = made(&recipe(30_000, arrivals));
    assert_near("before the first burst", in_window(&trace, 0.0, 60.0), 6000.0, 0.001);
    for burst in [60.0, 120.0, 180.0] {
        assert_near("a burst", in_window(&trace, burst, burst + 5.0), 2000.0, 0.01);
        assert_near("after it", in_window(&trace, burst + 5.0, burst + 60.0), 5500.0, 0.01);
    }
}

#[test]
fn a_coarse_clock_ticks_and_is_spread() {
    let coarse = made(&recipe(1000, "rate = \"100/s\"\nclock = \"1s\"\nstart = 2026-03-02T00:00:00Z"));
    assert_eq!(coarse.start, 1_772_409_600_000_000_000);
    assert!(coarse.notes.iter().any(|note| note.contains("every 1 s")), "{:?}", coarse.notes);
    let fine = made(&recipe(1000, "rate = \"100/s\"\nstart = 2026-03-02T00:00:00Z"));
    let begin = fine.start % 1_000_000_000;
    for (coarse, fine) in coarse.times.iter().zip(&fine.times) {
        assert_eq!(coarse / 1_000_000_000, (fine + begin) / 1_000_000_000, "both are in the same second");
    }
}
