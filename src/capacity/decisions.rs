//! What may be cut: the arithmetic of savings, beside what they cost.

/// The saving that miss ratios promise: 1 - m / m_baseline. `None` where the baseline never misses.
pub fn naive_saving(miss_ratio: f64, baseline: f64) -> Option<f64> {
    (baseline > 0.0).then(|| 1.0 - miss_ratio / baseline)
}

/// The share of a backend that may go when a policy replaces the baseline and a given loss must be survived:
/// 1 - required(policy) / required(baseline). `None` where the baseline requires nothing.
pub fn reclaimable(required: f64, baseline: f64) -> Option<f64> {
    (baseline > 0.0).then(|| 1.0 - required / baseline)
}

/// The share of today's backend that may go while what is required stays: 1 - required / mu. Negative where today's
/// backend is too small.
pub fn safe_cut(required: f64, mu: f64) -> f64 {
    1.0 - required / mu
}

/// How far a load may grow until it reaches a limit: limit / load - 1. Negative where it is above already.
pub fn growth(limit: f64, load: f64) -> f64 {
    limit / load - 1.0
}

/// Cache nodes needed so that losing one of them is survived: ceil(1 / share). `None` where no loss is survived.
pub fn nodes_needed(loss_survived: f64) -> Option<u64> {
    (loss_survived > 0.0).then(|| (1.0 / loss_survived).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savings_and_what_they_cost() {
        assert_eq!(naive_saving(0.0825, 0.1).map(|s| (s * 1000.0).round()), Some(175.0));
        assert_eq!(reclaimable(1200.0, 1200.0), Some(0.0));
        assert_eq!(safe_cut(391.0, 391.0), 0.0);
        assert_eq!(growth(1500.0, 1000.0), 0.5);
        assert_eq!(growth(500.0, 1000.0), -0.5);
        assert_eq!(nodes_needed(0.11), Some(10));
        assert_eq!(nodes_needed(0.125), Some(8));
        assert_eq!(nodes_needed(0.0), None);
    }
}
