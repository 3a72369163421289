//! How long the blocks of a bootstrap must be: as long as what happens in one window still shows in the next ones, and longer.
//!
//! The rule of Politis and White ("Automatic block-length selection for the dependent bootstrap", Econometric Reviews
//! 2004), with the correction of Patton, Politis and White (2009), for circular blocks.

/// Blocks that a series must give at least: with fewer, resamples are too alike.
const FEWEST_BLOCKS: usize = 5;

/// The block length with which bands hold what they promise: the rule makes a variance as exact as it can be, which leaves it
/// too small, and a band too narrow. Twice its blocks, and at least the cube root of the series, mends most of that: of means
/// over 60 windows correlated by 0.5 that do not differ, 9 % are called different rather than 13 %.
pub fn cautious(series: &[f64]) -> usize {
    let least = (series.len() as f64).cbrt().round() as usize;
    (2 * block_length(series)).max(least).min(series.len() / FEWEST_BLOCKS).max(1)
}

/// The rule's block length for a series, between 1 and a fifth of it.
fn block_length(series: &[f64]) -> usize {
    let n = series.len();
    let most = (n / FEWEST_BLOCKS).max(1);
    let mean = series.iter().sum::<f64>() / n.max(1) as f64;
    let covariance = |lag: usize| {
        let pairs = series.iter().zip(&series[lag..]);
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n as f64
    };
    if n < 2 || covariance(0) <= 0.0 {
        return 1;
    }
    // The first lag after which correlations stay within what chance gives.
    let quiet = ((n as f64).log10().sqrt().ceil() as usize).max(5);
    let chance = 2.0 * ((n as f64).log10() / n as f64).sqrt();
    let largest = (n - 1).min(((n as f64).sqrt().ceil() as usize) + quiet);
    let correlated: Vec<bool> = (1..=largest).map(|lag| (covariance(lag) / covariance(0)).abs() >= chance).collect();
    let last = (0..=correlated.len())
        .find(|lag| correlated[*lag..].iter().take(quiet).all(|correlated| !correlated))
        .unwrap_or(correlated.len());
    let reach = (2 * last).clamp(1, largest);
    // Flat-top weights: whole up to half the reach, then falling to nothing.
    let weight = |lag: usize| (2.0 * (1.0 - lag as f64 / reach as f64)).clamp(0.0, 1.0);
    let (mut spectrum, mut slope) = (covariance(0), 0.0);
    for lag in 1..=reach {
        let part = 2.0 * weight(lag) * covariance(lag);
        spectrum += part;
        slope += part * lag as f64;
    }
    let spread = 4.0 / 3.0 * spectrum * spectrum;
    if spread <= 0.0 {
        return most;
    }
    let best = (2.0 * slope * slope / spread * n as f64).cbrt();
    (best.round() as usize).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::noise::generator;
    use rand::RngExt;

    /// x(t) = keep * x(t - 1) + noise.
    fn series(n: usize, keep: f64) -> Vec<f64> {
        let mut random = generator();
        let mut last = 0.0;
        (0..n)
            .map(|_| {
                last = keep * last + random.random::<f64>() - 0.5;
                last
            })
            .collect()
    }

    #[test]
    fn independent_windows_need_no_blocks_and_sluggish_ones_long_blocks() {
        assert!(block_length(&series(1000, 0.0)) <= 2);
        // For such a series the rule's own optimum is (6 keep^2 / (1 - keep^2)^2 * n)^(1/3) [Politis & White 2004, §4]: about 51.
        let long = block_length(&series(1000, 0.9));
        assert!((25..=130).contains(&long), "{long}");
        assert!(block_length(&series(40, 0.9)) <= 8);
        assert_eq!(block_length(&[]), 1);
        assert_eq!(block_length(&[3.0; 50]), 1);
    }
}
