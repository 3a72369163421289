//! Limits on a fixed lattice, so that their digits depend on nothing but the limit itself.

use super::tape::Point;

/// Steps of the lattice in a factor of two.
pub const STEPS_PER_OCTAVE: i32 = 1024;
/// Levels beyond it are no limit worth naming: a factor of 2^40.
const FAR: i32 = 40 * STEPS_PER_OCTAVE;

/// A place on the lattice: the larger, the easier to survive.
pub type Level = i32;

/// The value of a level.
pub fn value(level: Level) -> f64 {
    (f64::from(level) / f64::from(STEPS_PER_OCTAVE)).exp2()
}

/// The lowest level whose value is not below `value`.
pub fn level_of(value: f64) -> Level {
    (value.log2() * f64::from(STEPS_PER_OCTAVE)).ceil().clamp(f64::from(-FAR), f64::from(FAR)) as Level
}

/// What a limit is sought for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Axis {
    /// The smallest backend at this load.
    Backend {
        /// Factor of the recorded load.
        load: f64,
    },
    /// The largest load at this backend.
    Load {
        /// Answers (or bytes) a second.
        mu: f64,
    },
}

impl Axis {
    /// The backend and load of a level.
    pub fn point(self, level: Level) -> Point {
        match self {
            Axis::Backend { load } => Point { mu: value(level), load },
            Axis::Load { mu } => Point { mu, load: value(-level) },
        }
    }

    /// The limit that a level stands for: a backend, or a factor of the recorded load.
    pub fn limit(self, level: Level) -> f64 {
        match self {
            Axis::Backend { .. } => value(level),
            Axis::Load { .. } => value(-level),
        }
    }

    /// The level of a limit.
    pub fn level(self, limit: f64) -> Level {
        match self {
            Axis::Backend { .. } => level_of(limit),
            Axis::Load { .. } => level_of(1.0 / limit),
        }
    }
}

/// The lowest level from which on all survive, by bisection around `guess`. `None` where none does; the lowest possible
/// where all do. Survival must not be lost towards easier levels: it is not, where only the backlog decides.
pub fn lowest(guess: Level, survives: &mut dyn FnMut(Level) -> bool) -> Option<Level> {
    let (mut low, mut high) = (guess, guess);
    let mut stride = 4;
    if survives(guess) {
        loop {
            low -= stride;
            if low < -FAR {
                return Some(-FAR);
            }
            if !survives(low) {
                break;
            }
            high = low;
            stride *= 2;
        }
    } else {
        loop {
            high += stride;
            if high > FAR {
                return None;
            }
            if survives(high) {
                break;
            }
            low = high;
            stride *= 2;
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if survives(middle) { high = middle } else { low = middle }
    }
    Some(high)
}
