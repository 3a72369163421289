//! The queueing core against closed forms. Mean queue lengths are read at the ends of windows, which fall anywhere, so they
//! are averages over time; by Little's law they are the arrival rate times the mean wait.

use super::{Made, model};
use coldgap::outage::absent::Absent;
use coldgap::outage::backend::{Kind, Scatter};
use coldgap::outage::run::simulate;
use coldgap::outage::window::Window;
use coldgap::outage::{Model, verdict::sum};
use coldgap::units::Seconds;

const REQUESTS: usize = 600_000;

/// Poisson arrivals at a backend of `count` servers of one answer a second each; nobody gives up.
fn run(arrivals: f64, count: u32, service: Scatter, bound: Option<u32>, seed: u64) -> Vec<Window> {
    let mut model = model(f64::from(count), 1e9, 1.0, 0);
    model.backend.kind = Kind::Servers { count, service };
    model.queue.bound = bound;
    windows(arrivals, model, seed)
}

fn windows(arrivals: f64, model: Model, seed: u64) -> Vec<Window> {
    let made = Made::zipf(0.0, 2, REQUESTS, arrivals, seed);
    simulate(&made.scenario(0, 1.0, model, seed), &mut Absent, Seconds(1e9))
}

fn mean_queue(windows: &[Window]) -> f64 {
    windows.iter().map(|window| window.queue as f64).sum::<f64>() / windows.len() as f64
}

#[track_caller]
fn near(found: f64, expected: f64, within: f64) {
    assert!((found / expected - 1.0).abs() <= within, "found {found}, expected {expected}");
}

/// The probability that all of `c` servers are busy at `load` erlangs, waiting allowed (Erlang C), by Erlang B's recursion.
fn erlang_c(c: u32, load: f64) -> f64 {
    let lost = (1..=c).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let utilisation = load / f64::from(c);
    lost / (1.0 - utilisation * (1.0 - lost))
}

/// The share of customers that M/M/c/K loses: the probability of K in the system, by its birth and death chain.
fn loss(c: u32, k: u32, load: f64) -> f64 {
    let mut weights = vec![1.0];
    for n in 1..=k {
        weights.push(weights[n as usize - 1] * load / f64::from(n.min(c)));
    }
    weights[k as usize] / weights.iter().sum::<f64>()
}

/// The mean queue of M/D/c at `load` erlangs: who is there a service time later are the arrivals in between, and those
/// beyond the first `c` of now [Crommelin 1932].
fn constant_service_queue(c: usize, load: f64) -> f64 {
    const STATES: usize = 500;
    let arrivals: Vec<f64> =
        (1..80).scan((-load).exp(), |p, n| Some(std::mem::replace(p, *p * load / f64::from(n)))).collect();
    let mut states = vec![0.0; STATES];
    states[0] = 1.0;
    for _ in 0..3000 {
        let mut later = vec![0.0; STATES];
        for (n, p) in states.iter().enumerate() {
            let stay = n.saturating_sub(c);
            arrivals.iter().zip(&mut later[stay..]).for_each(|(a, state)| *state += p * a);
        }
        states = later;
    }
    states.iter().enumerate().map(|(n, p)| n.saturating_sub(c) as f64 * p).sum()
}

#[test]
fn many_servers_of_constant_speed() {
    assert!((constant_service_queue(1, 0.7) / (0.49 / 0.6) - 1.0).abs() < 1e-6, "Pollaczek and Khinchine");
    for (count, utilisation) in [(4, 0.8), (10, 0.9)] {
        let load = f64::from(count) * utilisation;
        let expected = constant_service_queue(count as usize, load);
        near(mean_queue(&run(load, count, Scatter::Constant, None, 8)), expected, 0.08);
    }
}

#[test]
fn one_exponential_server() {
    for utilisation in [0.5, 0.7] {
        let expected = utilisation * utilisation / (1.0 - utilisation);
        near(mean_queue(&run(utilisation, 1, Scatter::Exponential, None, 1)), expected, 0.06);
    }
}

#[test]
fn many_exponential_servers() {
    for (count, utilisation) in [(4, 0.8), (30, 0.9)] {
        let load = f64::from(count) * utilisation;
        let expected = erlang_c(count, load) * utilisation / (1.0 - utilisation);
        near(mean_queue(&run(load, count, Scatter::Exponential, None, 2)), expected, 0.1);
    }
}

/// Pollaczek and Khinchine: M/G/1 with a squared coefficient of variation of 0 (M/D/1) and 4.
#[test]
fn one_server_with_any_service_times() {
    let formula =
        |utilisation: f64, squared: f64| utilisation * utilisation * (1.0 + squared) / (2.0 * (1.0 - utilisation));
    near(mean_queue(&run(0.7, 1, Scatter::Constant, None, 3)), formula(0.7, 0.0), 0.05);
    near(mean_queue(&run(0.5, 1, Scatter::Lognormal { variation: 2.0 }, None, 4)), formula(0.5, 4.0), 0.1);
    // A pure rate is a single server as far as its line goes, however long answers take.
    let mut model = model(1.0, 1e9, 1.0, 0);
    model.backend.kind = Kind::PureRate { latency: Seconds(5.0) };
    near(mean_queue(&windows(0.7, model, 5)), formula(0.7, 0.0), 0.05);
}

#[test]
fn a_bounded_queue_loses_what_the_chain_says() {
    for (count, waiting, load) in [(1, 0, 0.8), (1, 4, 1.2), (5, 0, 4.0), (5, 10, 6.0)] {
        let all = sum(&run(load, count, Scatter::Exponential, Some(waiting), 6));
        near(all.drops as f64 / all.asked as f64, loss(count, count + waiting, load), 0.03);
    }
}

/// Servers that hinder each other: with n always at work the throughput is n / (1 + serial (n - 1) + crosstalk n (n - 1)).
#[test]
fn contention_costs_what_the_scalability_law_says() {
    let throughput = |n: f64| n / (1.0 + 0.05 * (n - 1.0) + 0.01 * n * (n - 1.0));
    let mut found = Vec::new();
    for count in [5_u32, 10, 40] {
        let mut model = model(f64::from(count), 10.0, 1.0, 0);
        model.backend.kind = Kind::Contended { count, service: Scatter::Constant, serial: 0.05, crosstalk: 0.01 };
        let windows = windows(100.0, model, 7);
        let busy = sum(&windows[1000..]);
        found.push(busy.answered as f64 / (windows.len() - 1000) as f64);
        near(found[found.len() - 1], throughput(f64::from(count)), 0.02);
    }
    assert!(found[1] > found[0] && found[2] < found[1], "capacity falls once concurrency is high: {found:?}");
}
