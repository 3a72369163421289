//! The arithmetic of capacity: numbers in, numbers out. `definitions.md` says what each means.
//!
//! Rates are per second and all in one unit; ratios are 0..=1. Nothing here replays, reads or prints.

pub mod decisions;
pub mod gap;

/// The load served while the cache is warm, in the long run: mu / m. `None` where nothing misses.
pub fn advertised_long_run(mu: f64, miss_ratio: f64) -> Option<f64> {
    (miss_ratio > 0.0).then(|| mu / miss_ratio)
}

/// The load served with no cache at all: mu / (1 + r) over what one request takes of the backend (1 in answers, the
/// mean size in bytes). [seed; HotOS'21 §2.1, §2.2]
pub fn floor(mu: f64, retries: u32, demand_per_request: f64) -> f64 {
    mu / ((1.0 + f64::from(retries)) * demand_per_request)
}

/// Backend load with an empty cache over warm backend load: (1 + r) / m. `None` where nothing misses. [OSDI'22 §6.5]
pub fn amplification(miss_ratio: f64, retries: u32) -> Option<f64> {
    (miss_ratio > 0.0).then(|| (1.0 + f64::from(retries)) / miss_ratio)
}

/// The smallest backend that survives fetches at these times (seconds, not stepping back) with single-flight and no
/// eviction: sup over v < u of the fetches in [v, u) over (u - v + T - s). The delay bound of network calculus
/// [Le Boudec & Thiran, Network Calculus, §1.4]; `patience` is T - s in seconds. Takes time quadratic in the fetches.
pub fn single_flight_backend(fetches: &[f64], patience: f64) -> f64 {
    let mut least = 0.0_f64;
    for (u, end) in fetches.iter().enumerate() {
        for (v, begin) in fetches[..u].iter().enumerate() {
            least = least.max((u - v) as f64 / (end - begin + patience));
        }
    }
    least
}

/// Hidden capacity of a trace without any reuse, `keys` evenly spaced distinct keys: mu N / (N - mu (T - s)). `None`
/// where even an instant burst of all keys is answered in time.
pub fn hidden_without_reuse(mu: f64, keys: f64, patience: f64) -> Option<f64> {
    (keys > mu * patience).then(|| mu * keys / (keys - mu * patience))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_articles_numbers() {
        // load 3000, hit ratio 0.9, mu 300 [seed; HotOS'21 §2.2]
        let advertised = advertised_long_run(300.0, 0.1).unwrap();
        assert_eq!(advertised, 3000.0);
        assert_eq!(floor(300.0, 0, 1.0), 300.0);
        let gap = gap::Gap::between(advertised, floor(300.0, 0, 1.0)).unwrap();
        assert_eq!((gap.ratio, gap.per_second), (10.0, 2700.0));
        assert_eq!(amplification(0.1, 0), Some(10.0));
        // one retry, mu 300 [HotOS'21 §2.1]
        assert_eq!(floor(300.0, 1, 1.0), 150.0);
        // hit ratio 0.99 [OSDI'22 §6.5]
        assert_eq!(amplification(1.0 / 100.0, 0), Some(100.0));
    }

    #[test]
    fn what_never_misses_has_no_limit() {
        assert_eq!(advertised_long_run(300.0, 0.0), None);
        assert_eq!(amplification(0.0, 0), None);
    }

    #[test]
    fn the_closed_form_on_a_burst() {
        // Ten fetches at once with half a second of patience: the tenth waits for nine.
        assert_eq!(single_flight_backend(&[0.0; 10], 0.5), 18.0);
        assert_eq!(single_flight_backend(&[0.0], 0.5), 0.0);
    }
}
