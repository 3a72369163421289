//! Intervals against a reference: the loads at which 95 %, 50 % and 5 % heal, from a hundred times as many trials on an even
//! grid of loads. The reference was recorded; a test that is ignored, as it takes minutes, gives it again.

use super::curve::{Curve, SHARES, Step, factor, step_below};
use super::*;
use crate::analysis::outage::closed_loop::ClosedLoop;
use crate::interrupt::Interrupt;
use crate::service::Service;
use crate::trace::{self, ReadOptions};
use crate::units::{Demand, Rate};
use std::path::Path;

/// A trace, a cache of LRU, a backend and its clients.
struct Sample {
    trace: &'static str,
    capacity: Capacity,
    backend: f64,
    timeout: f64,
    retries: u32,
    service_times: &'static [Scatter],
    /// What is taken for the safe bound, and for advertised.
    limits: [f64; 2],
    /// The reference: as printed by [`the_reference`].
    hidden: [f64; 3],
}

const BOTH: &[Scatter] = &[Scatter::Constant, Scatter::Exponential];

const SAMPLES: [Sample; 4] = [
    Sample {
        trace: "article.parquet",
        capacity: Capacity::Objects(3006),
        backend: 350.0,
        timeout: 1.0,
        retries: 0,
        service_times: BOTH,
        limits: [1000.0, 3400.0],
        hidden: [1115.395, 1173.764, 1209.583],
    },
    Sample {
        trace: "twitter_cluster4.parquet",
        capacity: Capacity::Objects(1135),
        backend: 150.0,
        timeout: 1.0,
        retries: 0,
        service_times: &[Scatter::Exponential],
        limits: [380.0, 700.0],
        hidden: [472.545, 506.681, 548.373],
    },
    Sample {
        trace: "sessions.arrow",
        capacity: Capacity::Objects(456),
        backend: 20.0,
        timeout: 1.0,
        retries: 1,
        service_times: BOTH,
        limits: [20.0, 40.0],
        hidden: [18.2707, 21.7462, 24.7613],
    },
    Sample {
        trace: "article.parquet",
        capacity: Capacity::Objects(1000),
        backend: 250.0,
        timeout: 0.3,
        retries: 1,
        service_times: &[Scatter::Lognormal { variation: 2.0 }],
        limits: [500.0, 1500.0],
        hidden: [425.745, 537.475, 652.497],
    },
];

impl Sample {
    /// Does something in its laboratory.
    fn with<R>(&self, seed: u64, work: impl FnOnce(&mut Laboratory<'_>, &Cell, Vec<usize>) -> R) -> R {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces").join(self.trace);
        let trace = trace::read(&path, &ReadOptions::default()).unwrap();
        let key_hashes = trace.key_hashes();
        let requests = trace.requests();
        let service = Service {
            demand: Demand::Answers,
            timeout: Seconds(self.timeout),
            service_time: Seconds(0.01),
            retries: self.retries,
            single_flight: false,
        };
        let warm = trace.len() / 4;
        let windows = Windows::cut(&requests, None);
        let mut laboratory = Laboratory {
            trace: &trace,
            requests,
            key_hashes: &key_hashes,
            horizon: Seconds(900.0),
            interrupt: &Interrupt::default(),
            model: ClosedLoop::default().model(&service, Rate::answers(self.backend)),
            today: windows.busiest().unwrap().1,
            service_times: self.service_times,
            seed,
            threads: 0,
            shared: Shelf::default(),
        };
        let cell = Cell { policy: "lru".parse().unwrap(), capacity: self.capacity };
        let moments = moments(&windows, warm, trace.len() / 2);
        work(&mut laboratory, &cell, moments)
    }

    fn measure(&self, seed: u64) -> [Estimate; 3] {
        let [safe, advertised] = self.limits.map(Some);
        let limits = Limits { safe, advertised, floor: Some(self.backend) };
        self.with(seed, |laboratory, cell, moments| {
            let outage = Outage { cell, moments: &moments, filled: &[], limits, effort: Effort::Intervals };
            laboratory.measure(outage).unwrap().healing.hidden
        })
    }
}

#[test]
fn the_reference_lies_inside_the_intervals() {
    for sample in &SAMPLES {
        let mut held = [0; 3];
        for seed in 0..10 {
            let found = sample.measure(seed * 1000);
            for (i, (estimate, truth)) in found.iter().zip(sample.hidden).enumerate() {
                let is_in =
                    estimate.low.is_none_or(|low| low <= truth) && estimate.high.is_none_or(|high| truth <= high);
                held[i] += i32::from(is_in);
                assert!(estimate.low.is_some() && estimate.high.is_some(), "{}: {estimate:?}", sample.trace);
            }
        }
        println!("{} {}/s: {held:?} of 10", sample.trace, sample.backend);
        assert!(held.iter().all(|held| *held >= 9), "{} {}/s: {held:?} of 10", sample.trace, sample.backend);
    }
}

/// Minutes of work: `cargo test --release --lib the_reference -- --ignored --nocapture`.
#[test]
#[ignore = "gives the recorded reference again"]
fn the_reference() {
    const TRIALS: usize = 60_000;
    for sample in &SAMPLES {
        let near = sample.measure(123);
        let hidden = sample.with(456, |laboratory, cell, moments| {
            let today = laboratory.today;
            let flushed = moments.iter().map(|moment| laboratory.flushed(cell, *moment, None).unwrap()).collect();
            let subject = Subject { cell, moments: &moments, shares: false, flushed, spare: Mutex::default() };
            let end = |load: Option<f64>, beyond: f64| step_below(load.unwrap() / today * beyond);
            let (from, to) = (end(near[0].low, 0.95), end(near[2].high, 1.05));
            let rounds = TRIALS.div_ceil((to - from) as usize * subject.moments.len()) as u64;
            let curves = (0..sample.service_times.len()).map(|service| {
                let mut curve = Curve::new(from, to, &SHARES);
                for step in from..to {
                    let one = |(moment, i): (usize, u64)| {
                        let drawn = mix(mix(step as u64) ^ i ^ (moment as u64) << 40);
                        let load = factor(f64::from(step) + (drawn >> 11) as f64 / (1u64 << 53) as f64);
                        Trial { moment, load: load.to_bits(), service, seed: drawn, flushed: true }
                    };
                    let all = subject.moments.iter().flat_map(|moment| (0..rounds).map(move |i| (*moment, i)));
                    let trials: Vec<Trial> = all.map(one).collect();
                    laboratory.shared = Shelf::default();
                    let well = laboratory.run(&subject, &trials).unwrap();
                    curve.learn(step as Step, trials.len() as u32, well.iter().filter(|well| **well).count() as u32);
                }
                SHARES.map(|share| factor(curve.crossing(share).unwrap()) * today)
            });
            curves.reduce(|a, b| std::array::from_fn(|i| a[i].min(b[i]))).unwrap()
        });
        println!("{} {}/s: {hidden:?}, near {near:?}", sample.trace, sample.backend);
    }
}
