//! Coarse clocks: many traces stamp requests with whole seconds. Requests that share a tick are spread evenly
//! inside it, so that a second's load does not look like one instant's burst.
//!
//! It works on a column of times and knows nothing else.

use crate::request::SECOND;

/// Clock resolutions that are recognised, coarsest first. Finer clocks are left alone.
const TICKS: [u64; 2] = [SECOND, SECOND / 1000];

/// Spreads requests that share a tick: the i-th of n moves to `tick * i / n`. Returns the tick in nanoseconds where
/// anything was moved. `start` is the recorded time of the first request; times are nanoseconds since then and must
/// not step back.
pub fn spread(times: &mut [u64], start: u64) -> Option<u64> {
    if !times.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let tick = TICKS.into_iter().find(|tick| start % tick == 0 && times.iter().all(|time| time % tick == 0))?;
    for group in times.chunk_by_mut(|a, b| a == b) {
        let n = group.len() as u128;
        for (i, time) in group.iter_mut().enumerate() {
            *time += (u128::from(tick) * i as u128 / n) as u64;
        }
    }
    Some(tick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_one_second_are_spread_inside_it() {
        let mut times = [0, 0, 0, 0, SECOND, 2 * SECOND, 2 * SECOND];
        assert_eq!(spread(&mut times, 5 * SECOND), Some(SECOND));
        let quarter = SECOND / 4;
        assert_eq!(times, [0, quarter, 2 * quarter, 3 * quarter, SECOND, 2 * SECOND, 2 * SECOND + 2 * quarter]);
        assert_eq!(spread(&mut times, 5 * SECOND), None, "spreading twice changes nothing");
    }

    #[test]
    fn fine_clocks_and_lone_requests_are_left_alone() {
        let mut fine = [0, 0, 1_500];
        assert_eq!(spread(&mut fine, 0), None);
        let mut lone = [0, SECOND, 2 * SECOND];
        assert_eq!(spread(&mut lone, 0), None);
    }
}
