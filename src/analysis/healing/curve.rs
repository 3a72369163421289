//! The healing curve: which share of outages heals, by load, as a dose-response curve; and from it the loads at which given
//! shares heal, with intervals. It knows counts of trials and nothing of simulations.
//!
//! All that is assumed is that fewer outages heal at higher loads. Then the trials next above a load speak for it: do
//! significantly more of them heal than a share, the load of that share lies above; and those next below speak against it.
//! Trials are taken on a lattice of loads, in rounds, where the intervals are still wide.

/// A load on a lattice: steps from the recorded one.
pub(super) type Step = i32;

/// Relative width of a step of the lattice.
pub(super) const WIDTH: f64 = 0.0025;

/// The shares whose loads are sought.
pub(super) const SHARES: [f64; 3] = [0.95, 0.5, 0.05];

/// So many trials next to a load are tested together; several sizes, as few tell the middle and many the ends.
const TOGETHER: [u32; 4] = [32, 64, 90, 160];
/// How often a test may err: an interval holds with 95 % in 100, on two sides, however many sizes and loads are tested.
const ERROR: f64 = 0.01;
/// Steps that the first round spans at the most: a factor of four.
const AT_FIRST: Step = 555;
/// An interval that is narrower than this, over its load, is narrow enough.
const NARROW: f64 = 0.02;

/// The factor of the recorded load at a step.
pub(super) fn factor(step: f64) -> f64 {
    (step * WIDTH.ln_1p()).exp()
}

/// The last step at or below a factor.
pub(super) fn step_below(factor: f64) -> Step {
    (factor.ln() / WIDTH.ln_1p() + 1e-9).floor() as Step
}

/// Trials of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tried {
    step: Step,
    trials: u32,
    healed: u32,
}

/// One side of the load of a share.
struct Side {
    /// How far off the end of its interval is.
    far: Step,
    is_known: bool,
    try_from: Step,
    try_to: Step,
}

/// Between which steps a share heals; `None` on a side on which no trial says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    pub low: Option<Step>,
    pub high: Option<Step>,
}

/// What is known of a curve, from `from` to `to`.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    from: Step,
    to: Step,
    /// Whose loads are sought.
    shares: &'static [f64],
    tried: Vec<Tried>,
}

impl Curve {
    /// Nothing tried yet; the loads of these shares are sought, and not below `from` or above `to`.
    pub fn new(from: Step, to: Step, shares: &'static [f64]) -> Curve {
        Curve { from, to: to.max(from), shares, tried: Vec::new() }
    }

    /// Notes trials of a step.
    pub fn learn(&mut self, step: Step, trials: u32, healed: u32) {
        match self.tried.binary_search_by_key(&step, |tried| tried.step) {
            Ok(i) => {
                self.tried[i].trials += trials;
                self.tried[i].healed += healed;
            }
            Err(i) => self.tried.insert(i, Tried { step, trials, healed }),
        }
    }

    /// How many trials there were.
    pub fn trials(&self) -> u32 {
        self.tried.iter().map(|tried| tried.trials).sum()
    }

    /// Trials and healed ones of each step, and the share that heals by the best falling fit.
    pub fn points(&self) -> impl Iterator<Item = (Step, u32, u32, f64)> {
        let fit = self.falling_fit();
        self.tried.iter().map(move |tried| {
            let at = f64::from(tried.step);
            let nearest = fit.iter().min_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs()));
            (tried.step, tried.trials, tried.healed, nearest.map_or(0.0, |(_, share)| *share))
        })
    }

    /// The steps to try in a round, at most `count`: beside the load of a share, on a side on which it is not known well enough
    /// yet, each in its turn; none where all are.
    pub fn next(&self, round: usize, count: usize) -> Vec<Step> {
        if self.tried.is_empty() {
            return even(self.from, self.to.min(self.from + AT_FIRST), count);
        }
        let narrow = (NARROW / WIDTH) as Step;
        let sides = self.shares.iter().flat_map(|share| {
            let Interval { low, high } = self.interval(*share);
            let (least, most) = (low.unwrap_or(self.from).max(self.from), high.unwrap_or(self.to).min(self.to));
            let at = self.crossing(*share).map_or(self.beyond(*share), |at| at.floor() as Step).clamp(least, most);
            // What lies far off is passed in great strides.
            let stride = |far: Step| (far / 4).max(narrow / 2);
            let below =
                Side { far: at - least, is_known: low.is_some(), try_from: at - stride(at - least), try_to: at };
            let above = Side { far: most - at, is_known: high.is_some(), try_from: at, try_to: at + stride(most - at) };
            [below, above]
        });
        let mut open: Vec<Side> = sides.filter(|side| side.far > narrow / 2).collect();
        // An end that nobody knows is the worst.
        if open.iter().any(|side| !side.is_known) {
            open.retain(|side| !side.is_known);
        }
        let turn = open.get(round % open.len().max(1));
        turn.map_or(Vec::new(), |side| even(side.try_from.max(self.from), side.try_to.min(self.to), count))
    }

    /// Whether both ends of all intervals are known.
    pub fn is_bounded(&self) -> bool {
        self.shares.iter().map(|share| self.interval(*share)).all(|ends| ends.low.is_some() && ends.high.is_some())
    }

    /// The end beyond which a share is passed that no trial shows.
    fn beyond(&self, share: f64) -> Step {
        let first = self.falling_fit().first().map_or(0.0, |(_, healed)| *healed);
        if first < share { self.from } else { self.to }
    }

    /// Between which steps this share heals.
    pub fn interval(&self, share: f64) -> Interval {
        let more = |tried: &Tried| tried.healed;
        let fewer = |tried: &Tried| tried.trials - tried.healed;
        let from = |i: usize| self.tried[i..].iter();
        let to = |i: usize| self.tried[..=i].iter().rev();
        let above = (0..self.tried.len()).rev().find(|i| says(from(*i), more, share));
        let below = (0..self.tried.len()).find(|i| says(to(*i), fewer, 1.0 - share));
        let step = |i: usize| self.tried[i].step;
        let (low, high) = (above.map(step), below.map(|i| step(i) + 1));
        match (low, high) {
            // Chance made them cross: what both exclude is anybody's.
            (Some(low), Some(high)) if low > high => Interval { low: Some(high), high: Some(low) },
            (low, high) => Interval { low, high },
        }
    }

    /// The load of this share, in steps: where the best falling fit of all trials passes it.
    pub fn crossing(&self, share: f64) -> Option<f64> {
        let fit = self.falling_fit();
        let after = fit.iter().position(|(_, healed)| *healed < share)?;
        let (high, at_high) = fit[after];
        let (low, at_low) = fit[after.checked_sub(1)?];
        // Between the two it falls evenly.
        let part = if at_low > at_high { (at_low - share) / (at_low - at_high) } else { 0.5 };
        Some(low + part * (high - low) + 0.5)
    }

    /// The shares healed that fall with the load and fit the trials best (pool adjacent violators), each at the mean step of
    /// those pooled.
    fn falling_fit(&self) -> Vec<(f64, f64)> {
        // Trials, healed, sum of steps over trials.
        let mut pools: Vec<(f64, f64, f64)> = Vec::new();
        for tried in &self.tried {
            let trials = f64::from(tried.trials);
            pools.push((trials, f64::from(tried.healed), trials * f64::from(tried.step)));
            while let [.., before, last] = pools[..]
                && last.1 * before.0 > before.1 * last.0
            {
                pools.pop();
                let end = pools.len() - 1;
                pools[end] = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            }
        }
        pools.into_iter().map(|(trials, healed, steps)| (steps / trials, healed / trials)).collect()
    }
}

/// `count` steps from `low` to `high`, evenly; fewer where there are not so many.
fn even(low: Step, high: Step, count: usize) -> Vec<Step> {
    let span = f64::from(high - low);
    let mut steps: Vec<Step> =
        (0..count).map(|i| low + (span * (i as f64 + 0.5) / count as f64).floor() as Step).collect();
    steps.dedup();
    steps
}

/// Whether among some of the first trials significantly more `count` than a share of them.
fn says<'a>(tried: impl Iterator<Item = &'a Tried>, count: impl Fn(&Tried) -> u32, share: f64) -> bool {
    let (mut trials, mut counted) = (0, 0);
    let mut sizes = TOGETHER.into_iter().peekable();
    for tried in tried {
        trials += tried.trials;
        counted += count(tried);
        if sizes.peek().is_some_and(|size| trials >= *size) {
            if at_least(trials, counted, share) <= ERROR {
                return true;
            }
            while sizes.peek().is_some_and(|size| trials >= *size) {
                sizes.next();
            }
            if sizes.peek().is_none() {
                return false;
            }
        }
    }
    false
}

/// The probability of at least `counted` of `trials` where each counts with probability `share`.
fn at_least(trials: u32, counted: u32, share: f64) -> f64 {
    if counted == 0 {
        return 1.0;
    }
    // ln of the probability of exactly k, from k = trials downwards.
    let (ln_share, ln_rest) = (share.ln(), (1.0 - share).ln());
    let mut ln = f64::from(trials) * ln_share;
    let mut sum = ln.exp();
    for k in (counted..trials).rev() {
        // C(n, k) = C(n, k + 1) (k + 1) / (n - k).
        ln += (f64::from(k + 1) / f64::from(trials - k)).ln() - ln_share + ln_rest;
        sum += ln.exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn binomial_tails_are_the_tables() {
        // P(X >= 8 | n = 10, p = 1/2) = 56 / 1024; P(X >= 128 | 128, .95) = .95^128.
        assert!((at_least(10, 8, 0.5) - 56.0 / 1024.0).abs() < 1e-12);
        assert!((at_least(128, 128, 0.95) - 0.95f64.powi(128)).abs() < 1e-12);
        assert_eq!(at_least(10, 0, 0.3), 1.0);
        assert!((at_least(5, 1, 0.2) - (1.0 - 0.8f64.powi(5))).abs() < 1e-12);
    }

    #[test]
    fn a_falling_fit_pools_what_rises() {
        let mut curve = Curve::new(0, 10, &SHARES);
        for (step, healed) in [(0, 10), (2, 6), (4, 8), (6, 0)] {
            curve.learn(step, 10, healed);
        }
        assert_eq!(curve.falling_fit(), vec![(0.0, 1.0), (3.0, 0.7), (6.0, 0.0)]);
        // From 0.7 at 3 to 0 at 6.
        assert!((curve.crossing(0.35).unwrap() - 5.0).abs() < 1e-9);
        assert_eq!(curve.crossing(0.0), None);
    }

    /// Known curves, smooth and jagged, steep and flat: the intervals hold the true loads and become narrow.
    #[test]
    fn intervals_hold_the_true_loads() {
        let logistic =
            |middle: f64, slope: f64| move |step: Step| 1.0 / (1.0 + ((f64::from(step) - middle) / slope).exp());
        let two = move |step: Step| 0.2 * logistic(40.0, 1.0)(step) + 0.8 * logistic(90.0, 3.0)(step);
        let curves: [(&str, &dyn Fn(Step) -> f64); 4] = [
            ("steep", &logistic(50.0, 0.5)),
            ("flat", &logistic(100.0, 8.0)),
            ("two moments", &two),
            ("a cliff", &|step| if step <= 70 { 1.0 } else { 0.0 }),
        ];
        for (name, healed) in &curves {
            let truth = |share: f64| (-1000..1000).find(|step| healed(*step) < share).unwrap();
            let (mut held, mut unknown) = (0, 0);
            let mut most = 0;
            for seed in 0..100 {
                let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
                let mut curve = Curve::new(-40, 400, &SHARES);
                for round in 0.. {
                    let steps = curve.next(round, 8);
                    if steps.is_empty() || curve.trials() >= 600 {
                        break;
                    }
                    for step in steps {
                        let trials = 5;
                        let well = (0..trials).filter(|_| random.random::<f64>() < healed(step)).count();
                        curve.learn(step, trials, well as u32);
                    }
                }
                most = most.max(curve.trials());
                for share in SHARES {
                    let Interval { low, high } = curve.interval(share);
                    let below = low.is_none_or(|low| low <= truth(share));
                    held += i32::from(below && high.is_none_or(|high| truth(share) <= high));
                    unknown += i32::from(low.is_none() || high.is_none());
                    let at = curve.crossing(share).unwrap();
                    assert!((at - f64::from(truth(share))).abs() < 24.0, "{name} {share}: {at}");
                }
            }
            println!("{name}: {held} of 300 held, {unknown} with an open end, at most {most} trials");
            assert!(held >= 285 && unknown <= 45, "{name}: {held} of 300, {unknown} with an open end");
        }
    }
}
