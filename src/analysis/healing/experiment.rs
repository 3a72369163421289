//! An experiment on one outage: trials at loads, moments and seeds of its choice, and the healing curve that comes of them.
//! Whoever runs the trials says of each whether it healed; the experiment knows no simulation.

use super::curve::{Curve, Interval, SHARES, Step, factor, step_below};
use crate::error::Result;
use crate::hash::mix;
use crate::outage::backend::Scatter;
use serde::{Deserialize, Serialize};

/// How many trials are run, for each distribution of service times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analysis) enum Effort {
    /// As many as intervals take.
    Intervals,
    /// As many as tell at which load half heals, to compare services.
    Compare,
}

impl Effort {
    /// Whose loads are sought.
    fn shares(self) -> &'static [f64] {
        match self {
            Effort::Intervals => &SHARES,
            Effort::Compare => &SHARES[1..2],
        }
    }

    /// Loads of a round.
    fn loads(self) -> usize {
        match self {
            Effort::Intervals => 8,
            Effort::Compare => 5,
        }
    }

    /// Trials after which a curve is good enough, and those after which it is as good as it gets though an end of an interval is
    /// not known.
    fn trials(self) -> (u32, u32) {
        match self {
            Effort::Intervals => (600, 1000),
            Effort::Compare => (125, 125),
        }
    }
}

/// One trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::analysis) struct Try {
    /// Of the experiment's moments.
    pub moment: usize,
    /// The load, as a factor of the recorded one.
    pub load: f64,
    /// The seed of everything that is drawn.
    pub seed: u64,
}

/// What is tried. Loads are factors of the recorded one.
pub(in crate::analysis) struct Experiment {
    first: Step,
    last: Step,
    most: f64,
    /// Of each moment: its position in the trace, and the largest load at which enough of the trace is left after it.
    moments: Vec<(usize, f64)>,
    seed: u64,
    effort: Effort,
}

impl Experiment {
    /// Loads from `least` to `most`, at moments as (position, largest load that can be read there).
    pub fn new((least, most): (f64, f64), moments: Vec<(usize, f64)>, seed: u64, effort: Effort) -> Experiment {
        Experiment { first: step_below(least), last: step_below(most) - 1, most, moments, seed, effort }
    }

    /// What becomes of it with each distribution of service times, and how often each moment did not heal. `run` says of trials
    /// with one of the distributions whether they heal; `unit`: what loads are counted in, over the recorded one.
    pub fn healing(
        &self,
        service_times: &[Scatter],
        unit: f64,
        mut run: impl FnMut(usize, &[Try]) -> Result<Vec<bool>>,
    ) -> Result<(Healing, Vec<u32>)> {
        let mut failures = vec![0; self.moments.len()];
        let mut curves = Vec::new();
        for (i, service) in service_times.iter().enumerate() {
            let (curve, failed) = self.curve(|tries| run(i, tries))?;
            failures.iter_mut().zip(failed).for_each(|(all, failed)| *all += failed);
            curves.push((*service, curve));
        }
        Ok((self.together(&curves, unit), failures))
    }

    /// The curve of one distribution of service times, and how often each moment did not heal.
    fn curve(&self, mut run: impl FnMut(&[Try]) -> Result<Vec<bool>>) -> Result<(Curve, Vec<u32>)> {
        let mut curve = Curve::new(self.first, self.last, self.effort.shares());
        let mut failures = vec![0; self.moments.len()];
        for round in 0.. {
            let steps = curve.next(round, self.effort.loads());
            let (enough, most) = self.effort.trials();
            let enough = if enough == most || curve.is_bounded() { enough } else { most };
            if steps.is_empty() || curve.trials() >= enough {
                break;
            }
            let of_step = |step: Step| (0..self.moments.len()).map(move |moment| (step, moment));
            let tries: Vec<(Step, Try)> = steps
                .into_iter()
                .flat_map(of_step)
                .map(|(step, moment)| (step, self.one(step, moment, round as u64)))
                .filter(|(_, one)| one.load <= self.moments[one.moment].1)
                .collect();
            if tries.is_empty() {
                break;
            }
            let healed = run(&tries.iter().map(|(_, one)| *one).collect::<Vec<_>>())?;
            for ((step, one), healed) in tries.iter().zip(healed) {
                curve.learn(*step, 1, u32::from(healed));
                failures[one.moment] += u32::from(!healed);
            }
        }
        Ok((curve, failures))
    }

    /// Every trial at a load of its own within the step: constant service times give it no other chance.
    fn one(&self, step: Step, moment: usize, round: u64) -> Try {
        let at = self.moments[moment].0 as u64;
        let drawn = mix(self.seed ^ mix((step as u64) << 40 ^ round << 32 ^ at));
        let within = (drawn >> 11) as f64 / (1u64 << 53) as f64;
        Try { moment, load: factor(f64::from(step) + within), seed: drawn }
    }

    /// What curves say together, one for each distribution.
    fn together(&self, curves: &[(Scatter, Curve)], unit: f64) -> Healing {
        let hidden: [Estimate; 3] = std::array::from_fn(|i| {
            let all = curves.iter().map(|(_, curve)| self.estimate(curve, SHARES[i], unit));
            all.reduce(Estimate::lower).unwrap_or_default()
        });
        let most_heal = |curve: &Curve| curve.crossing(SHARES[0]).unwrap_or(f64::INFINITY);
        let worst = curves.iter().min_by(|a, b| most_heal(&a.1).total_cmp(&most_heal(&b.1)));
        let service = worst.filter(|(_, curve)| most_heal(curve).is_finite()).map(|(service, _)| *service);
        let points = curves.iter().flat_map(|(service, curve)| {
            curve.points().map(|(step, trials, healed, fitted)| Point {
                service: *service,
                load: factor(f64::from(step) + 0.5) * unit,
                trials,
                healed,
                fitted,
            })
        });
        Healing { hidden, service, points: points.collect() }
    }

    /// The load at which a share heals.
    fn estimate(&self, curve: &Curve, share: f64, unit: f64) -> Estimate {
        let Interval { low, high } = curve.interval(share);
        let (low, high) = (low.map(f64::from), high.map(f64::from));
        let at = curve.crossing(share).map(|at| at.max(low.unwrap_or(at)).min(high.unwrap_or(at)));
        let load = |step: f64| factor(step).min(self.most) * unit;
        Estimate { load: at.map(load), low: low.map(load), high: high.map(load) }
    }
}

/// A load with its 95 % interval, in requests a second.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The load; `None` where no load that was tried shows it.
    pub load: Option<f64>,
    /// It is not lower; `None` where no trial says so.
    pub low: Option<f64>,
    /// It is not higher.
    pub high: Option<f64>,
}

impl Estimate {
    /// The lower of two, end by end; what no trial of one shows lies above all that was tried, but for its low end.
    fn lower(self, other: Estimate) -> Estimate {
        let least = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Estimate {
            load: least(self.load, other.load),
            low: self.low.zip(other.low).map(|(a, b)| a.min(b)),
            high: least(self.high, other.high),
        }
    }
}

/// Trials at one load.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How service times scattered.
    pub service: Scatter,
    /// Requests a second.
    pub load: f64,
    /// How many trials.
    pub trials: u32,
    /// How many healed.
    pub healed: u32,
    /// The share that heals, by the best fit of all trials that falls with the load.
    pub fitted: f64,
}

/// What an experiment found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Healing {
    /// The loads at which 95 %, 50 % and 5 % heal: of all distributions of service times the lowest.
    pub hidden: [Estimate; 3],
    /// The distribution with which 95 % heal at the lowest load; `None` where more heal at all loads.
    pub service: Option<Scatter>,
    /// The trials, by distribution and load.
    pub points: Vec<Point>,
}
