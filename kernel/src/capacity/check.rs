//! Closed forms that hold in simple cases, to check walks by.

/// **single-flight**: mu = sup over v < u of (Cold(u) - Cold(v)) / (u - v + T - s), Cold(u) the distinct fetches up to u: the
/// delay bound of network calculus. \[Le Boudec & Thiran, Network Calculus, §1.4\]
///
/// The smallest backend that survives fetches at these times (seconds, not stepping back) with no eviction, counting those in
/// \[v, u). `patience`: T - s in seconds. Takes time quadratic in the fetches.
pub fn single_flight_backend(fetches: &[f64], patience: f64) -> f64 {
    let mut least = 0.0_f64;
    for (u, end) in fetches.iter().enumerate() {
        for (v, begin) in fetches[..u].iter().enumerate() {
            least = least.max((u - v) as f64 / (end - begin + patience));
        }
    }
    least
}

/// **hidden without reuse**, N distinct keys evenly spaced: mu N / (N - mu (T - s)). \[derived\]
///
/// `patience`: T - s in seconds. `None` where even an instant burst of all keys is answered in time.
pub fn hidden_without_reuse(mu: f64, keys: f64, patience: f64) -> Option<f64> {
    (keys > mu * patience).then(|| mu * keys / (keys - mu * patience))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_form_on_a_burst() {
        // Ten fetches at once with half a second of patience: the tenth waits for nine.
        assert_eq!(single_flight_backend(&[0.0; 10], 0.5), 18.0);
        assert_eq!(single_flight_backend(&[0.0], 0.5), 0.0);
    }

    #[test]
    fn keys_that_never_come_again() {
        assert_eq!(hidden_without_reuse(300.0, 600.0, 1.0), Some(600.0));
        assert_eq!(hidden_without_reuse(300.0, 300.0, 1.0), None);
    }
}
