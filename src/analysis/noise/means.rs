//! The noise of a change between two means over time: a moving-block bootstrap over windows.
//!
//! A resample draws blocks of successive windows, as many as fill the trace, and takes both means from the same blocks where
//! both sides saw the same traffic: a quiet minute is then quiet for both, and does not count as a difference.

use super::block_length;
use super::{Band, DRAWS, generator, student};
use rand::RngExt;

/// Windows below which nothing is said.
pub const FEWEST: usize = 8;
/// More windows are joined with their neighbours.
const MOST: usize = 2000;

/// What one side met in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// What is averaged: misses, or bytes missed.
    pub sum: f64,
    /// Over so many requests.
    pub requests: f64,
}

/// The noise of a change between two means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    /// Of ln(candidate / baseline).
    pub log_change: Band,
    /// Windows, after those of a very long trace were joined.
    pub windows: usize,
    /// Successive windows in a block: the longer of the two sides'.
    pub block: usize,
}

/// The noise of the change from `baseline` to `candidate`. `paired`: window by window they saw the same traffic. `None` with
/// fewer than [`FEWEST`] windows, or where a mean may be 0.
pub fn change(baseline: &[Window], candidate: &[Window], paired: bool) -> Option<Means> {
    let (baseline, candidate) = (Side::new(baseline)?, Side::new(candidate)?);
    let observed = (candidate.mean / baseline.mean).ln();
    if !observed.is_finite() || (paired && baseline.len() != candidate.len()) {
        return None;
    }
    let blocks = if paired {
        let difference: Vec<f64> =
            candidate.strays().iter().zip(baseline.strays()).map(|(own, other)| own - other).collect();
        let block = block_length::cautious(&difference);
        (block, block)
    } else {
        (block_length::cautious(&baseline.strays()), block_length::cautious(&candidate.strays()))
    };
    let mut random = generator();
    let mut draw = |side: &Side, block: usize| -> Vec<usize> {
        let count = (side.len() as f64 / block as f64).round() as usize;
        (0..count).map(|_| random.random_range(0..side.len())).collect()
    };
    let changes = (0..DRAWS).map(|_| {
        let starts = draw(&baseline, blocks.0);
        let other = if paired { starts.clone() } else { draw(&candidate, blocks.1) };
        (candidate.resampled(&other, blocks.1) / baseline.resampled(&starts, blocks.0)).ln()
    });
    let band = Band::of(changes.collect())?;
    // Few blocks resemble each other more than the stretches of traffic that they stand for.
    let count = (baseline.len() as f64 / blocks.0 as f64).min(candidate.len() as f64 / blocks.1 as f64);
    let few = student::quantile(count - 1.0) / student::NORMAL * (count / (count - 1.0)).sqrt();
    Some(Means {
        log_change: band.map(|change| observed + (change - observed) * few),
        windows: baseline.len().min(candidate.len()),
        block: blocks.0.max(blocks.1),
    })
}

/// One side's windows, with sums from the start up to each, once around and a block further.
struct Side {
    windows: Vec<Window>,
    upto: Vec<Window>,
    mean: f64,
}

impl Side {
    fn new(windows: &[Window]) -> Option<Side> {
        let joined = windows.len().div_ceil(MOST).max(1);
        let windows: Vec<Window> = windows.chunks(joined).map(total).collect();
        let Window { sum, requests } = total(&windows);
        let mut upto = vec![Window::default()];
        for window in windows.iter().chain(&windows) {
            let last = upto[upto.len() - 1];
            upto.push(total(&[last, *window]));
        }
        let known = windows.len() >= FEWEST && sum > 0.0 && requests > 0.0;
        known.then_some(Side { windows, upto, mean: sum / requests })
    }

    fn len(&self) -> usize {
        self.windows.len()
    }

    /// By how much each window moves the mean.
    fn strays(&self) -> Vec<f64> {
        // Relative to the mean, as the change is.
        self.windows.iter().map(|window| window.sum / self.mean - window.requests).collect()
    }

    /// The mean over the blocks that begin at these windows; the trace is taken to go on with its beginning.
    fn resampled(&self, starts: &[usize], block: usize) -> f64 {
        let (mut sum, mut requests) = (0.0, 0.0);
        for start in starts {
            let (from, to) = (self.upto[*start], self.upto[*start + block]);
            sum += to.sum - from.sum;
            requests += to.requests - from.requests;
        }
        sum / requests
    }
}

fn total(windows: &[Window]) -> Window {
    Window {
        sum: windows.iter().map(|window| window.sum).sum(),
        requests: windows.iter().map(|window| window.requests).sum(),
    }
}
