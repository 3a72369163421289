//! A learning rate that learns: while hit ratios follow its changes it goes on in that direction, otherwise it turns back;
//! where ratios fall although it stood still it tries a direction at random, and after ten bad periods it starts anew.
//!
//! Paper: L. V. Rodriguez et al., "Learning cache replacement with Cacheus", FAST 2021, section 5, with the constants of the
//! authors' program. It knows hits and periods; what the rate is used for is the policy's.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The least rate; the greatest is 1.
const LEAST: f64 = 0.001;
/// Bad periods after which it starts anew.
const PATIENCE: u32 = 10;

/// The rate, and what it was learnt from.
#[derive(Debug, Clone)]
pub struct LearningRate {
    rate: f64,
    first: f64,
    rate_before: f64,
    hit_ratio_before: f64,
    /// Requests in this period, those that are left of it, and hits so far.
    period: u64,
    left: u64,
    hits: u64,
    /// Periods since a hit or a change: those without any better, and those that were worse.
    idle: u32,
    worse: u32,
}

impl LearningRate {
    /// The rate for a cache of so many objects, which are also the requests of the first period.
    pub fn new(objects: u64) -> LearningRate {
        let rate = (2.0 * 2f64.ln() / objects as f64).sqrt();
        LearningRate {
            rate,
            first: rate.clamp(LEAST, 1.0),
            rate_before: 0.0,
            hit_ratio_before: 0.0,
            period: objects,
            left: objects,
            hits: 0,
            idle: 0,
            worse: 0,
        }
    }

    /// The rate now.
    #[inline(always)]
    pub fn get(&self) -> f64 {
        self.rate
    }

    /// A request comes. `objects`: what the next period will last, should this request begin it.
    #[inline(always)]
    pub fn on_request(&mut self, is_hit: bool, objects: u64, random: &mut Xoshiro256PlusPlus) {
        self.left -= 1;
        if self.left == 0 {
            self.learn(random);
            self.period = objects;
            self.left = objects;
        }
        self.hits += u64::from(is_hit);
    }

    fn learn(&mut self, random: &mut Xoshiro256PlusPlus) {
        let rate = self.rate;
        let hit_ratio = thousandths(self.hits as f64 / self.period as f64);
        let gain = thousandths(hit_ratio - self.hit_ratio_before);
        let change = thousandths(rate) - thousandths(self.rate_before);
        let step = (rate * change).abs();
        if gain * change != 0.0 {
            self.rate = if gain * change > 0.0 { (rate + step).min(1.0) } else { (rate - step).max(LEAST) };
            (self.idle, self.worse) = (0, 0);
        } else if gain < 0.0 || (gain == 0.0 && hit_ratio == 0.0) {
            self.idle += 1;
            self.worse += u32::from(gain < 0.0);
            if self.idle >= PATIENCE {
                self.rate = self.first;
                self.idle = 0;
            } else if gain < 0.0 {
                self.try_direction(random);
            }
        }
        self.rate_before = rate;
        self.hit_ratio_before = hit_ratio;
        self.hits = 0;
    }

    /// Starts anew after too many worse periods; leaves an end of the range; or goes up or down at random.
    fn try_direction(&mut self, random: &mut Xoshiro256PlusPlus) {
        self.rate = if self.worse >= PATIENCE {
            self.worse = 0;
            self.first
        } else if self.rate >= 1.0 {
            0.9
        } else if self.rate <= LEAST {
            0.005
        } else if random.random() {
            (self.rate * 1.25).min(1.0)
        } else {
            (self.rate * 0.75).max(LEAST)
        };
    }
}

/// Rounded: smaller differences count as none.
fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
