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
    let tick = TICKS.into_iter().find(|tick| {
        // Divisions are slow, and most times are that of the request before.
        start.is_multiple_of(*tick) && times.chunk_by(|a, b| a == b).all(|group| group[0].is_multiple_of(*tick))
    })?;
    for group in times.chunk_by_mut(|a, b| a == b) {
        // tick * i / n without a division a request: a step, and one more wherever the remainders add up to n.
        let n = group.len() as u64;
        let (step, remainder) = (tick / n, tick % n);
        let (mut ahead, mut over) = (0, 0);
        for time in group {
            *time = time.saturating_add(ahead);
            ahead += step;
            over += remainder;
            if over >= n {
                over -= n;
                ahead += 1;
            }
        }
    }
    Some(tick)
}

/// The resolution of the clock that recorded these times, in nanoseconds; a coarse clock is recognised after its
/// requests were spread, too.
pub fn resolution(times: &[u64], start: u64) -> u64 {
    TICKS.into_iter().find(|tick| is_spread(times, start, *tick)).unwrap_or_else(|| {
        let divides = |unit: &u64| start.is_multiple_of(*unit) && times.iter().all(|time| time % unit == 0);
        [SECOND, SECOND / 1_000, SECOND / 1_000_000].into_iter().find(divides).unwrap_or(1)
    })
}

/// True where each tick's requests lie as [`spread`] lays them. The first and the last may have been cut.
fn is_spread(times: &[u64], start: u64, tick: u64) -> bool {
    let of = |time: &u64| time.saturating_add(start) / tick;
    let last = times.last().map(of);
    let laid = |group: &[u64]| {
        let n = group.len() as u128;
        group
            .iter()
            .enumerate()
            .all(|(i, time)| u128::from(time.saturating_add(start) % tick) == u128::from(tick) * i as u128 / n)
    };
    let mut inner =
        times.chunk_by(|a, b| of(a) == of(b)).skip(1).filter(|group| Some(of(&group[0])) != last).peekable();
    inner.peek().is_some() && inner.all(laid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resolution_survives_the_spreading() {
        let mut times = vec![0, 0, SECOND, SECOND, SECOND, 2 * SECOND, 4 * SECOND, 4 * SECOND];
        spread(&mut times, 5 * SECOND);
        assert_eq!(resolution(&times, 5 * SECOND), SECOND);
        assert_eq!(resolution(&[0, 7_000, 9_000, 1_000_000_000], 0), 1_000);
        assert_eq!(resolution(&[0, 3, 9, 11], 0), 1);
        assert_eq!(resolution(&[0], 17 * SECOND), SECOND);
    }

    #[test]
    fn requests_of_one_second_are_spread_inside_it() {
        let mut times = [0, 0, 0, 0, SECOND, 2 * SECOND, 2 * SECOND];
        assert_eq!(spread(&mut times, 5 * SECOND), Some(SECOND));
        let quarter = SECOND / 4;
        assert_eq!(times, [0, quarter, 2 * quarter, 3 * quarter, SECOND, 2 * SECOND, 2 * SECOND + 2 * quarter]);
        assert_eq!(spread(&mut times, 5 * SECOND), None, "spreading twice changes nothing");
    }

    #[test]
    fn any_number_is_spread_evenly() {
        for n in [3u64, 7, 1000, 4_097] {
            let mut times = vec![0; n as usize];
            spread(&mut times, 0);
            assert!(times.iter().zip(0..).all(|(time, i)| *time == SECOND * i / n), "{n}");
        }
    }

    #[test]
    fn fine_clocks_and_lone_requests_are_left_alone() {
        let mut fine = [0, 0, 1_500];
        assert_eq!(spread(&mut fine, 0), None);
        let mut lone = [0, SECOND, 2 * SECOND];
        assert_eq!(spread(&mut lone, 0), None);
    }
}
