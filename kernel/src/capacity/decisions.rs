//! Decisions: what may be cut, lost and grown, and when an outage is over.

use super::backend::{mu_loss, mu_warm};
use super::smaller;

/// A service is well while at least this share of its requests is answered in time.
pub const HEALTHY: f64 = 0.97;

/// **least backend** for nothing lost and for each loss, at load L: mu_warm, mu_loss(f), mu_flush at L. \[derived\]
///
/// `lost`: what was found for each loss, in rising order of shares. Never falling along the losses. `None`: none is enough.
pub fn least_backend(warm: Option<f64>, lost: impl IntoIterator<Item = Option<f64>>) -> Vec<Option<f64>> {
    let mut so_far = mu_warm([warm]);
    let lost = lost.into_iter().map(|found| {
        so_far = mu_loss(found, so_far);
        so_far
    });
    std::iter::once(mu_warm([warm])).chain(lost.collect::<Vec<_>>()).collect()
}

/// **load limit** for nothing lost and for each loss, at backend mu: advertised, and the largest load that survives the loss.
/// \[derived\]
///
/// `lost`: in rising order of shares. Never rising along the losses. `None`: no limit.
pub fn load_limit(advertised: Option<f64>, lost: impl IntoIterator<Item = Option<f64>>) -> Vec<Option<f64>> {
    let mut so_far = advertised;
    let lost = lost.into_iter().map(|found| {
        so_far = smaller(found, so_far);
        so_far
    });
    std::iter::once(advertised).chain(lost.collect::<Vec<_>>()).collect()
}

/// **growth**: how far the load may grow until it reaches a limit. limit / load - 1.
///
/// Negative where it is above already.
pub fn growth(limit: f64, load: f64) -> f64 {
    limit / load - 1.0
}

/// **nodes needed**: smallest N such that the loss of any one node of N, at the worst moment, is survived at mu. \[derived\]
///
/// `loss_survived`: the share of one such node. `None` where no number of nodes is enough.
pub fn nodes_needed(loss_survived: f64) -> Option<u64> {
    (loss_survived > 0.0).then(|| (1.0 / loss_survived).round() as u64)
}

/// **loss survived**: 1 / N for the nodes needed.
///
/// 0 where no number of nodes is enough.
pub fn loss_survived(nodes_needed: Option<u32>) -> f64 {
    nodes_needed.map_or(0.0, |nodes| 1.0 / f64::from(nodes))
}

/// **safe cut**: 1 - required / mu, for the loss that must be survived. \[derived\]
///
/// The share of today's backend that may go; negative where it is too small.
pub fn safe_cut(required: f64, mu: f64) -> f64 {
    1.0 - required / mu
}

/// **naive saving**: 1 - m / m_baseline, the cut that miss ratios promise.
///
/// `None` where the baseline never misses.
pub fn naive_saving(miss_ratio: f64, baseline: f64) -> Option<f64> {
    (baseline > 0.0).then(|| 1.0 - miss_ratio / baseline)
}

/// **reclaimed backend**: mu (1 - naive saving), what is left once the saving was banked.
pub fn reclaimed_backend(mu: f64, saving: f64) -> f64 {
    mu * (1.0 - saving)
}

/// **reclaimable share** of a policy's saving: 1 - required(policy) / required(baseline) for that loss. \[derived\]
///
/// `None` where the baseline requires nothing.
pub fn reclaimable_share(required: f64, baseline: f64) -> Option<f64> {
    (baseline > 0.0).then(|| 1.0 - required / baseline)
}

/// **recovery time**: first time after the trigger at which success >= 97 % again and the queue is empty.
///
/// `success`: in time over offered, of every `width` neighbouring windows; `None` where none was offered. `idle`: by window,
/// whether the queue was empty at some time. The window of the recovery; `None` where it does not come.
pub fn recovery(success: &[Option<f64>], width: usize, idle: &[bool]) -> Option<usize> {
    let suffers = |success: &Option<f64>| success.is_some_and(|success| success < HEALTHY);
    let last = success.iter().rposition(suffers).map_or(0, |i| i + width);
    (last..idle.len()).find(|window| idle[*window])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savings_and_what_they_cost() {
        assert_eq!(naive_saving(0.0825, 0.1).map(|s| (s * 1000.0).round()), Some(175.0));
        assert_eq!(reclaimable_share(1200.0, 1200.0), Some(0.0));
        assert_eq!(reclaimed_backend(400.0, 0.25), 300.0);
        assert_eq!(safe_cut(391.0, 391.0), 0.0);
        assert_eq!(growth(1500.0, 1000.0), 0.5);
        assert_eq!(growth(500.0, 1000.0), -0.5);
    }

    #[test]
    fn nodes_and_the_share_of_one_of_them() {
        for nodes in 1..=64 {
            assert_eq!(nodes_needed(loss_survived(Some(nodes))), Some(u64::from(nodes)));
        }
        assert_eq!(nodes_needed(loss_survived(None)), None);
    }

    #[test]
    fn who_survives_a_loss_survives_a_smaller_one() {
        let found = [Some(4.0), Some(3.0), Some(9.0), None, Some(1.0)];
        assert_eq!(least_backend(Some(5.0), found), [Some(5.0), Some(5.0), Some(5.0), Some(9.0), None, None]);
        let found = [None, Some(30.0), Some(40.0), Some(0.0)];
        assert_eq!(load_limit(None, found), [None, None, Some(30.0), Some(30.0), Some(0.0)]);
    }

    #[test]
    fn recovery_is_the_first_empty_queue_after_the_last_suffering() {
        let success = [Some(1.0), Some(0.5), Some(0.96), Some(0.97), None];
        assert_eq!(recovery(&success, 1, &[true, true, true, false, true]), Some(4));
        assert_eq!(recovery(&success, 2, &[true; 5]), Some(4));
        assert_eq!(recovery(&success, 1, &[false; 5]), None);
        assert_eq!(recovery(&[], 1, &[false, true]), Some(1));
    }
}
