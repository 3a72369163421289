//! Coarse clocks: many traces stamp requests with whole seconds. Requests that share a tick are spread evenly
//! inside it, so that a second's load does not look like one instant's burst; or at random, as they came if they did not
//! know of each other.
//!
//! It works on a column of times and knows nothing else.

use crate::request::SECOND;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Clock resolutions that are recognised, coarsest first. Finer clocks are left alone.
const TICKS: [u64; 2] = [SECOND, SECOND / 1000];

/// Spreads requests that share a tick: the i-th of n moves to `tick * i / n`. Returns the tick in nanoseconds where
/// anything was moved. `start` is the recorded time of the first request; times are nanoseconds since then and must
/// not step back. `cut`: requests of the last tick that are left out behind the last one; they have their places, too.
pub fn spread(times: &mut [u64], start: u64, cut: u64) -> Option<u64> {
    if cut == 0 && !times.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let tick = coarse(times, start)?;
    let last = times.last().copied();
    for group in times.chunk_by_mut(|a, b| a == b) {
        // tick * i / n without a division a request: a step, and one more wherever the remainders add up to n.
        let n = group.len() as u64 + if Some(group[0]) == last { cut } else { 0 };
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

/// The tick of a clock that gives all of these times since `start`; `None` where it is finer than those that are recognised.
pub fn coarse(times: &[u64], start: u64) -> Option<u64> {
    TICKS.into_iter().find(|tick| {
        // Divisions are slow, and most times are that of the request before.
        start.is_multiple_of(*tick) && times.chunk_by(|a, b| a == b).all(|group| group[0].is_multiple_of(*tick))
    })
}

/// The tick inside which these times were spread before they were written; `None` where they were not.
pub fn spread_before(times: &[u64], start: u64) -> Option<u64> {
    TICKS.into_iter().find(|tick| is_spread(times, start, *tick))
}

/// The resolution of the clock that recorded these times, in nanoseconds; a coarse clock is recognised after its
/// requests were spread, too.
pub fn resolution(times: &[u64], start: u64) -> u64 {
    spread_before(times, start).unwrap_or_else(|| {
        let divides = |unit: &u64| start.is_multiple_of(*unit) && times.iter().all(|time| time % unit == 0);
        [SECOND, SECOND / 1_000, SECOND / 1_000_000].into_iter().find(divides).unwrap_or(1)
    })
}

/// True where each tick's requests lie as [`spread`] lays them; of the first tick the begin may be cut off, of the last the
/// end. Ticks of equally many requests prove nothing: so lie those of a fine clock that came at an even pace.
fn is_spread(times: &[u64], start: u64, tick: u64) -> bool {
    let of = |time: &u64| time.saturating_add(start) / tick;
    // Where the requests from the `skipped`-th on lie, of so many in their tick.
    let laid = |group: &[u64], skipped: usize, all: usize| {
        let place = |i: usize| u128::from(tick) * (skipped + i) as u128 / all.max(1) as u128;
        group.iter().enumerate().all(|(i, time)| u128::from(time.saturating_add(start) % tick) == place(i))
    };
    let mut groups = times.chunk_by(|a, b| of(a) == of(b));
    let (Some(first), Some(last)) = (groups.next(), groups.next_back()) else { return false };
    let mut counts = groups.clone().map(<[u64]>::len);
    let differ = counts.next().is_some_and(|count| counts.any(|other| other != count));
    let offset = |time: &u64| time.saturating_add(start) % tick;
    let ahead = |group: &[u64]| group.last().map_or(0, offset);
    let first_all = (tick as f64 / (tick - ahead(first)) as f64).round() as usize;
    let last_all = match ahead(last) {
        0 => last.len(),
        ahead => (tick as f64 * (last.len() - 1) as f64 / ahead as f64).round() as usize,
    };
    differ
        && groups.all(|group| laid(group, 0, group.len()))
        && first_all >= first.len()
        && laid(first, first_all - first.len(), first_all)
        && laid(last, 0, last_all)
}

/// The times of requests that came at random instants of their ticks of `tick` nanoseconds, none before the one it
/// follows. Of the last tick only the part is used that its requests take, since the rest may have been cut off.
pub fn scatter(times: &[u64], start: u64, tick: u64, seed: u64) -> Vec<u64> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let of = |time: &u64| time.saturating_add(start) / tick;
    let last = times.last().map(of);
    let mut scattered = Vec::with_capacity(times.len());
    for group in times.chunk_by(|a, b| of(a) == of(b)) {
        let begin = of(&group[0]) * tick;
        let mut end = begin.saturating_add(tick);
        if let [first, .., to] = group
            && Some(of(to)) == last
        {
            let step = (to - first).div_ceil(group.len() as u64 - 1);
            end = end.min(to.saturating_add(start).saturating_add(step));
        }
        let (begin, last_instant) = (begin.saturating_sub(start), end - start - 1);
        let from = scattered.len();
        scattered.extend(group.iter().map(|_| random.random_range(begin..=last_instant.max(begin))));
        scattered[from..].sort_unstable();
    }
    scattered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resolution_survives_the_spreading() {
        let mut times = vec![0, 0, SECOND, SECOND, SECOND, 2 * SECOND, 4 * SECOND, 4 * SECOND];
        spread(&mut times, 5 * SECOND, 0);
        assert_eq!(resolution(&times, 5 * SECOND), SECOND);
        assert_eq!(resolution(&[0, 7_000, 9_000, 1_000_000_000], 0), 1_000);
        assert_eq!(resolution(&[0, 3, 9, 11], 0), 1);
        assert_eq!(resolution(&[0], 17 * SECOND), SECOND);
        // Cut in the first tick and in the last, as a part of a written trace is.
        let cut: Vec<u64> = times[1..7].iter().map(|time| time - times[1]).collect();
        assert_eq!(spread_before(&cut, 5 * SECOND + times[1]), Some(SECOND));
    }

    #[test]
    fn a_fine_clock_is_not_taken_for_a_coarse_one() {
        // Microseconds 360,767, 360,900, 361,000 and 362,000: the last two begin a millisecond by chance.
        let start = 1_577_808_144_360_767_000;
        assert_eq!(resolution(&[0, 133_000, 233_000, 1_233_000], start), 1_000);
        // Ten a second, at an even pace.
        let even: Vec<u64> = (0..100).map(|i| i * SECOND / 10).collect();
        assert_eq!((spread_before(&even, 0), resolution(&even, 0)), (None, SECOND / 1000));
    }

    #[test]
    fn a_tick_that_is_cut_is_spread_as_the_whole_would_be() {
        let mut whole = vec![0, SECOND, SECOND, SECOND, SECOND, SECOND, SECOND, SECOND];
        let mut cut = whole[..4].to_vec();
        spread(&mut whole, 0, 0);
        assert_eq!(spread(&mut cut, 0, 4), Some(SECOND));
        assert_eq!(cut, whole[..4]);
        let mut lone = whole[..2].to_vec();
        assert_eq!(spread(&mut lone, 0, 6), Some(SECOND));
    }

    #[test]
    fn scattered_requests_are_uniform_in_their_tick_and_keep_their_order() {
        let mut times: Vec<u64> = (0..40_000).map(|i| i / 10 * SECOND).collect();
        spread(&mut times, 7 * SECOND, 0);
        let scattered = scatter(&times, 7 * SECOND, SECOND, 1);
        assert!(scattered.is_sorted());
        assert!(times.iter().zip(&scattered).all(|(even, random)| even / SECOND == random / SECOND));
        // In each tenth of a tick 4,000 are expected, give or take four standard deviations of a binomial draw.
        let mut tenths = [0u32; 10];
        scattered.iter().for_each(|time| tenths[(time % SECOND * 10 / SECOND) as usize] += 1);
        assert!(tenths.iter().all(|count| count.abs_diff(4_000) < 240), "{tenths:?}");
        assert_eq!(scattered, scatter(&times, 7 * SECOND, SECOND, 1));
        assert_ne!(scattered, scatter(&times, 7 * SECOND, SECOND, 2));
    }

    #[test]
    fn scattered_requests_of_a_cut_tick_stay_in_the_part_that_is_there() {
        // From the middle of second 7 to the middle of second 9, 1,000 a second.
        let times: Vec<u64> = (0..2_000).map(|i| i * SECOND / 1_000).collect();
        let start = 7 * SECOND + SECOND / 2;
        let scattered = scatter(&times, start, SECOND, 3);
        let before = |time: u64| scattered.partition_point(|at| *at < time);
        assert_eq!((before(SECOND / 2), before(3 * SECOND / 2)), (500, 1_500));
        assert!(scattered.is_sorted() && before(2 * SECOND) == 2_000);
        assert!(before(7 * SECOND / 4).abs_diff(1_750) < 64, "{}", before(7 * SECOND / 4));
        assert!(scatter(&[], 0, SECOND, 0).is_empty());
    }

    #[test]
    fn requests_of_one_second_are_spread_inside_it() {
        let mut times = [0, 0, 0, 0, SECOND, 2 * SECOND, 2 * SECOND];
        assert_eq!(spread(&mut times, 5 * SECOND, 0), Some(SECOND));
        let quarter = SECOND / 4;
        assert_eq!(times, [0, quarter, 2 * quarter, 3 * quarter, SECOND, 2 * SECOND, 2 * SECOND + 2 * quarter]);
        assert_eq!(spread(&mut times, 5 * SECOND, 0), None, "spreading twice changes nothing");
    }

    #[test]
    fn any_number_is_spread_evenly() {
        for n in [3u64, 7, 1000, 4_097] {
            let mut times = vec![0; n as usize];
            spread(&mut times, 0, 0);
            assert!(times.iter().zip(0..).all(|(time, i)| *time == SECOND * i / n), "{n}");
        }
    }

    #[test]
    fn fine_clocks_and_lone_requests_are_left_alone() {
        let mut fine = [0, 0, 1_500];
        assert_eq!(spread(&mut fine, 0, 0), None);
        let mut lone = [0, SECOND, 2 * SECOND];
        assert_eq!(spread(&mut lone, 0, 0), None);
    }
}
