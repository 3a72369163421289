//! Arrival times: even or Poisson, under a load that may follow the day and burst.
//!
//! The load is taken as constant within short segments, in which times are exact. It knows no keys.

use super::recipe::{self, Spacing, nanoseconds};
use super::stream::{self, Stream};
use rand_distr::{Distribution, Exp1};
use std::f64::consts::TAU;

/// Into how many segments of constant load a diurnal period is cut: minutes of a day.
const SEGMENTS: f64 = 1440.0;

/// The times of requests, one after the other.
pub struct Arrivals<'r> {
    recipe: &'r recipe::Arrivals,
    stream: Stream,
    /// Nanoseconds since the trace began, of the latest request.
    now: f64,
    begun: bool,
    /// Requests a nanosecond until `segment_end`.
    load: f64,
    segment_end: f64,
    clock: u64,
}

impl<'r> Arrivals<'r> {
    pub fn new(recipe: &'r recipe::Arrivals, seed: u64) -> Arrivals<'r> {
        let clock = nanoseconds(recipe.clock) as u64;
        let stream = stream::stream(seed, "arrivals");
        Arrivals { recipe, stream, now: 0.0, begun: false, load: 0.0, segment_end: 0.0, clock }
    }

    /// The next request's time, in nanoseconds since the trace began.
    pub fn next(&mut self) -> u64 {
        // What is left to wait, in units of the mean gap: it passes faster where the load is higher.
        let mut wait = match self.recipe.spacing {
            // The first comes at once.
            Spacing::Even => f64::from(u8::from(std::mem::replace(&mut self.begun, true))),
            Spacing::Poisson => Exp1.sample(&mut self.stream),
        };
        loop {
            let arrives = self.now + wait / self.load;
            if arrives < self.segment_end {
                self.now = arrives;
                return self.now.round() as u64 / self.clock * self.clock;
            }
            wait -= (self.segment_end - self.now) * self.load;
            self.now = self.segment_end;
            self.enter_segment();
        }
    }

    /// Sets the load at `now` and how long it holds.
    fn enter_segment(&mut self) {
        let mut load = self.recipe.rate.per_second / 1e9;
        let mut end = f64::INFINITY;
        if let Some(diurnal) = &self.recipe.diurnal {
            let period = nanoseconds(diurnal.period);
            let peak = diurnal.peak.map_or(period / 2.0, |peak| peak.0 * 1e9);
            let (middle, edge) = segment(self.now, period / SEGMENTS);
            load *= 1.0 + diurnal.swing * (TAU * (middle - peak) / period).cos();
            end = end.min(edge);
        }
        if let Some(burst) = &self.recipe.burst {
            let every = nanoseconds(burst.every);
            let begin = (self.now / every).floor() * every;
            let bursting = begin > 0.0 && self.now < begin + nanoseconds(burst.lasting);
            load *= if bursting { burst.times } else { 1.0 };
            end = end.min(if bursting { begin + nanoseconds(burst.lasting) } else { begin + every });
        }
        self.load = load;
        // Rounding must not leave a segment that never ends.
        self.segment_end = end.max(self.now.next_up());
    }
}

/// The middle and the end of the segment of this length in which a moment lies.
fn segment(now: f64, length: f64) -> (f64, f64) {
    let n = (now / length).floor();
    ((n + 0.5) * length, (n + 1.0) * length)
}
