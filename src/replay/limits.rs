//! Finds the smallest backend or the largest load that survives: bisection over the predicate.
//!
//! It knows numbers and a yes-or-no question, nothing else. Results lie on the surviving side, within [`TOLERANCE`].

/// Relative width at which bisection stops.
pub const TOLERANCE: f64 = 1.0 / 1024.0;

/// Beyond this factor from the guess there is no limit worth naming.
const FAR: f64 = 1e12;

/// The smallest value that survives, above by at most [`TOLERANCE`]. `Some(0.0)` where any does, `None` where none does.
/// Survival must not be lost when the value grows. `guess` must be above 0.
pub fn smallest(guess: f64, mut survives: impl FnMut(f64) -> bool) -> Option<f64> {
    let (mut low, mut high) = (guess, guess);
    if survives(guess) {
        loop {
            low /= 2.0;
            if !survives(low) {
                break;
            }
            high = low;
            if low < guess / FAR {
                return Some(0.0);
            }
        }
    } else {
        loop {
            high *= 2.0;
            if survives(high) {
                break;
            }
            low = high;
            if high > guess * FAR {
                return None;
            }
        }
    }
    while high / low > 1.0 + TOLERANCE {
        let middle = (low * high).sqrt();
        if survives(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// The largest value that survives, below by at most [`TOLERANCE`]. `Some(0.0)` where none does, `None` where any does.
/// Survival must not be won when the value grows. `guess` must be above 0.
pub fn largest(guess: f64, mut survives: impl FnMut(f64) -> bool) -> Option<f64> {
    // The same search upside down: x survives as a load exactly where 1/x survives as a backend.
    match smallest(1.0 / guess, |inverse| survives(1.0 / inverse)) {
        Some(0.0) => None,
        Some(inverse) => Some(1.0 / inverse),
        None => Some(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_found_from_either_side_and_lie_on_the_surviving_side() {
        for guess in [0.001, 1.0, 299.0, 5e4] {
            let found = smallest(guess, |x| x >= 300.0).unwrap();
            assert!((300.0..=300.0 * (1.0 + TOLERANCE)).contains(&found), "{found}");
            let found = largest(guess, |x| x <= 300.0).unwrap();
            assert!((300.0 / (1.0 + TOLERANCE)..=300.0).contains(&found), "{found}");
        }
    }

    #[test]
    fn no_limit_is_said_as_such() {
        assert_eq!(smallest(1.0, |_| true), Some(0.0));
        assert_eq!(smallest(1.0, |_| false), None);
        assert_eq!(largest(1.0, |_| true), None);
        assert_eq!(largest(1.0, |_| false), Some(0.0));
    }
}
