//! Limits on a fixed lattice, so that their digits depend on nothing but the limit itself.

use super::tape::Point;

/// Steps of the lattice in a factor of two.
pub const STEPS_PER_OCTAVE: i32 = 1024;
/// Relative width of a step, and so of a limit.
pub const TOLERANCE: f64 = 0.000_677_131;
/// Levels beyond it are no limit worth naming: a factor of 2^40.
const FAR: i32 = 40 * STEPS_PER_OCTAVE;
/// The level of a limit that is none: all survive.
pub const EASIEST: Level = -FAR;

/// A place on the lattice: the larger, the easier to survive.
pub type Level = i32;

/// The value of a level.
pub fn value(level: Level) -> f64 {
    (f64::from(level) / f64::from(STEPS_PER_OCTAVE)).exp2()
}

/// The lowest level whose value is not below `value`.
pub fn level_of(value: f64) -> Level {
    // Rounding must not lift the value of a level to the next one.
    (value.log2() * f64::from(STEPS_PER_OCTAVE) - 1e-6).ceil().clamp(f64::from(-FAR), f64::from(FAR)) as Level
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
    let mut stride = 2;
    if survives(guess) {
        loop {
            low -= stride;
            if low < EASIEST {
                return Some(EASIEST);
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

/// The smallest value that survives, on the lattice. `Some(0.0)` where any does, `None` where none does.
pub fn smallest(guess: f64, survives: &mut dyn FnMut(f64) -> bool) -> Option<f64> {
    let level = lowest(level_of(guess), &mut |level| survives(value(level)))?;
    Some(if level == EASIEST { 0.0 } else { value(level) })
}

/// The largest value that survives, on the lattice. `Some(0.0)` where none does, `None` where any does.
pub fn largest(guess: f64, survives: &mut dyn FnMut(f64) -> bool) -> Option<f64> {
    match lowest(level_of(1.0 / guess), &mut |level| survives(value(-level))) {
        None => Some(0.0),
        Some(EASIEST) => None,
        Some(level) => Some(value(-level)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_do_not_depend_on_the_guess_and_lie_on_the_surviving_side() {
        for guess in [0.001, 1.0, 299.0, 5e4] {
            let found = smallest(guess, &mut |x| x >= 300.0).unwrap();
            assert!((300.0..=300.0 * (1.0 + TOLERANCE)).contains(&found), "{found}");
            assert_eq!(Some(found), smallest(1.0, &mut |x| x >= 300.0));
            let found = largest(guess, &mut |x| x <= 300.0).unwrap();
            assert!((300.0 / (1.0 + TOLERANCE)..=300.0).contains(&found), "{found}");
            assert_eq!(Some(found), largest(1.0, &mut |x| x <= 300.0));
        }
    }

    #[test]
    fn no_limit_is_said_as_such() {
        assert_eq!(smallest(1.0, &mut |_| true), Some(0.0));
        assert_eq!(smallest(1.0, &mut |_| false), None);
        assert_eq!(largest(1.0, &mut |_| true), None);
        assert_eq!(largest(1.0, &mut |_| false), Some(0.0));
    }

    #[test]
    fn levels_and_limits_are_each_others() {
        for axis in [Axis::Backend { load: 1.0 }, Axis::Load { mu: 300.0 }] {
            for level in [-5000, -1, 0, 7, 12_345] {
                assert_eq!(axis.level(axis.limit(level)), level);
            }
        }
    }
}
