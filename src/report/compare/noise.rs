//! The noise of each metric's change, from what two gap reports hold: their windows and their stretches.

use super::Material;
use super::metric::{Metric, Source};
use super::side::View;
use crate::analysis::noise::extremes::Stretches;
use crate::analysis::noise::means::{self, Means};
use crate::analysis::noise::{Band, DRAWS};
use crate::capacity;
use crate::replay::stretch::STRETCHES;
use crate::replay::worst::lattice::TOLERANCE;
use crate::report::gates::Unit;
use crate::report::{StretchRow, WindowRow};
use crate::units::Demand;

/// Gets that a window must hold for its miss ratio to be called the worst, as in the gap report.
const ENOUGH: u64 = 100;

/// What is known about the noise between two sides.
pub struct Between<'r> {
    baseline: &'r View<'r>,
    candidate: &'r View<'r>,
    paired: bool,
    misses: Option<Means>,
    demand: Option<Means>,
}

impl<'r> Between<'r> {
    /// Resamples what both sides hold.
    pub fn new(baseline: &'r View<'r>, candidate: &'r View<'r>) -> Between<'r> {
        let starts =
            |view: &View<'_>| -> Vec<u64> { view.windows.iter().map(|row| row.start_seconds.to_bits()).collect() };
        let paired = baseline.trace.fingerprint == candidate.trace.fingerprint
            && baseline.trace.window_seconds == candidate.trace.window_seconds
            && starts(baseline) == starts(candidate);
        let of = |demand| means::change(&windows(baseline, demand), &windows(candidate, demand), paired);
        let misses = of(Demand::Answers);
        let demand = match baseline.trace.demand() {
            Demand::Answers => misses,
            other => of(other),
        };
        Between { baseline, candidate, paired, misses, demand }
    }

    /// How it was found.
    pub fn about(&self) -> super::Noise {
        let stretches = self.stretches();
        let count = stretches.baseline.min(stretches.candidate);
        super::Noise {
            paired: self.paired,
            draws: DRAWS,
            windows: self.misses.map(|means| means.windows),
            block_windows: self.misses.map(|means| means.block),
            stretches: count,
            stretches_drawn: Stretches::drawn(count),
        }
    }

    /// Whether the candidate asks more or less of the backend than the baseline, in the mean and by more than noise.
    pub fn saving_is_material(&self) -> Material {
        match self.demand {
            None => Material::Unknown,
            Some(means) if means.log_change.leaves_out_zero() => Material::Yes,
            Some(_) => Material::No,
        }
    }

    /// Of the absolute change of a metric from one value to another, for a loss where it depends on one; `None` where it is
    /// not known.
    pub fn of(&self, metric: &Metric, loss: f64, (before, after): (f64, f64)) -> Option<Band> {
        match metric.source {
            Source::Formula => Some(Band::exact(after - before)),
            Source::Mean => {
                let log_change = self.misses?.log_change;
                // Amplification is (1 + r) / m: it falls as misses grow, and changes with the retries for sure.
                let misses = (self.candidate.cell().miss_ratio? / self.baseline.cell().miss_ratio?).ln();
                let slope = if metric.column()?.unit == Unit::Share { 1.0 } else { -1.0 };
                let moved = |log: f64| before * ((after / before).ln() + slope * (log - misses)).exp() - before;
                Some(log_change.map(moved))
            }
            Source::WorstWindow => self.worst_window(after - before),
            Source::Stretches => self.of_stretches(metric, before, after),
            Source::OneFlush => self.refill(after - before),
            Source::Healing => self.healing(before, after),
            Source::LeastBackend => {
                let needed = |row: &StretchRow| row.least_backend_per_second;
                self.relative(before, after, |view, drawn| most(drawn.iter().map(|i| at_loss(view, *i, loss, needed))))
            }
            Source::LoadLimit => self.relative(before, after, |view, drawn| load_limit(view, drawn, loss)),
        }
    }

    fn stretches(&self) -> Stretches {
        let (baseline, candidate) = (self.baseline.stretches.len(), self.candidate.stretches.len());
        Stretches { baseline, candidate, paired: self.paired && baseline == candidate }
    }

    fn of_stretches(&self, metric: &Metric, before: f64, after: f64) -> Option<Band> {
        let survived =
            |view: &View<'_>, drawn: &[usize]| least(drawn.iter().map(|i| view.stretches[*i][0].loss_survived_ratio));
        match metric.column()?.unit {
            Unit::Times => self.relative(before, after, |view, drawn| {
                let (advertised, hidden) = limits(view, drawn);
                capacity::gap(Some(advertised), Some(hidden)).map_or(f64::NAN, |gap| gap.ratio)
            }),
            Unit::Share => {
                let change =
                    |own: &[usize], other: &[usize]| survived(self.candidate, other) - survived(self.baseline, own);
                Some(self.stretches().change(change)?.with(after - before))
            }
            Unit::Count => {
                let nodes = |view: &View<'_>, drawn: &[usize]| {
                    capacity::nodes_needed(survived(view, drawn)).map_or(f64::NAN, |nodes| nodes as f64)
                };
                let change = |own: &[usize], other: &[usize]| nodes(self.candidate, other) - nodes(self.baseline, own);
                Some(self.stretches().change(change)?.with(after - before))
            }
            _ => self.relative(before, after, |view, drawn| {
                let (advertised, hidden) = limits(view, drawn);
                if metric.name == "hidden" { hidden } else { advertised }
            }),
        }
    }

    /// Of a limit: the relative change in subsamples, as an absolute one of the whole.
    fn relative(&self, before: f64, after: f64, limit: impl Fn(&View<'_>, &[usize]) -> f64) -> Option<Band> {
        let change = |own: &[usize], other: &[usize]| limit(self.candidate, other) / limit(self.baseline, own) - 1.0;
        let band = self.stretches().change(change)?;
        // It is no finer than the search for its two ends.
        let resolution = 2.0 * TOLERANCE * before.max(after);
        Some(band.map(|ratio| ratio * before).with(after - before).wider(resolution))
    }

    /// Of the largest miss ratio: windows, too, are taken in stretches. That in which the trace ends is none.
    fn worst_window(&self, change: f64) -> Option<Band> {
        let worst = |view: &View<'_>| -> Vec<f64> {
            let complete = &view.windows[..view.windows.len().saturating_sub(1)];
            let group = complete.len().div_ceil(STRETCHES).max(1);
            let ratio = |row: &&&WindowRow| (row.requests >= ENOUGH).then_some(row.miss_ratio).flatten();
            let groups = complete.chunks(group);
            groups.map(|windows| windows.iter().filter_map(|row| ratio(&row)).fold(0.0, f64::max)).collect()
        };
        let (baseline, candidate) = (worst(self.baseline), worst(self.candidate));
        let most = |worst: &[f64], drawn: &[usize]| drawn.iter().map(|i| worst[*i]).fold(0.0, f64::max);
        let stretches = Stretches { baseline: baseline.len(), candidate: candidate.len(), paired: self.paired };
        let band = stretches.change(|own, other| most(&candidate, other) - most(&baseline, own))?;
        Some(band.with(change))
    }

    /// Of the refill, where it is over in time: near the end of the trace it is not.
    fn refill(&self, change: f64) -> Option<Band> {
        let seconds = |view: &View<'_>| -> Vec<Option<f64>> {
            view.stretches.iter().map(|rows| rows[0].refill_seconds).collect()
        };
        let (mut baseline, mut candidate) = (seconds(self.baseline), seconds(self.candidate));
        let paired = self.stretches().paired;
        if paired {
            let known = |(own, other): (&Option<f64>, &Option<f64>)| own.zip(*other);
            (baseline, candidate) =
                baseline.iter().zip(&candidate).filter_map(known).map(|(own, other)| (Some(own), Some(other))).unzip();
        }
        let (baseline, candidate): (Vec<f64>, Vec<f64>) =
            (baseline.into_iter().flatten().collect(), candidate.into_iter().flatten().collect());
        let stretches = Stretches { baseline: baseline.len(), candidate: candidate.len(), paired };
        Some(stretches.change_at_one(|own, other| candidate[other] - baseline[own])?.with(change))
    }

    /// Of the load at which 95 % heal: as far apart as the ends of its intervals, and as the safe bound varies over the trace.
    fn healing(&self, before: f64, after: f64) -> Option<Band> {
        let ends = |view: &View<'_>| view.cell().hidden_95_per_second_low.zip(view.cell().hidden_95_per_second_high);
        let ((low, high), (other_low, other_high)) = (ends(self.baseline)?, ends(self.candidate)?);
        let safe = self
            .stretches()
            .change(|own, other| (limits(self.candidate, other).1 / limits(self.baseline, own).1).ln())?;
        let centre = (safe.low + safe.high) / 2.0;
        let spread = (safe.low - centre, safe.high - centre);
        let band = Band { low: (other_low / high).ln() + spread.0, high: (other_high / low).ln() + spread.1 };
        Some(band.map(|log| before * (log.exp() - 1.0)).with(after - before))
    }
}

/// Advertised and hidden of some stretches together.
fn limits(view: &View<'_>, drawn: &[usize]) -> (f64, f64) {
    (load_limit(view, drawn, 0.0), load_limit(view, drawn, 1.0))
}

/// The largest load that survives a loss in each of some stretches.
fn load_limit(view: &View<'_>, drawn: &[usize], loss: f64) -> f64 {
    let limit = |row: &StretchRow| Some(row.load_limit_per_second.unwrap_or(f64::INFINITY));
    least(drawn.iter().map(|i| at_loss(view, *i, loss, limit)))
}

/// A value of a stretch for a loss; no number where it is not known.
fn at_loss(view: &View<'_>, stretch: usize, loss: f64, of: impl Fn(&StretchRow) -> Option<f64>) -> f64 {
    let row = view.stretches[stretch].iter().find(|row| row.loss_ratio == loss);
    row.and_then(|row| of(row)).unwrap_or(f64::NAN)
}

/// The largest; no number where one of them is none.
fn most(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NEG_INFINITY, |most, value| if value > most || value.is_nan() { value } else { most })
}

/// The smallest; no number where one of them is none.
fn least(values: impl Iterator<Item = f64>) -> f64 {
    -most(values.map(|value| -value))
}

fn windows(view: &View<'_>, of: Demand) -> Vec<means::Window> {
    let window = |row: &&WindowRow| means::Window {
        sum: match of {
            Demand::Answers => row.misses as f64,
            Demand::Bytes => row.bytes_missed.unwrap_or(0) as f64,
            Demand::Units(_) => row.cost_missed.unwrap_or(0) as f64,
        },
        requests: row.requests as f64,
    };
    view.windows.iter().map(window).collect()
}
