//! Required backends: what the worst of the replays needs. The smallest backend that one replay survives is found in
//! `replay`.

/// **mu_warm** = required_backend(warm): what steady traffic needs. \[derived\]
///
/// `required`: of the warm replay, once for each way in which requests of one tick of the clock are spread. `None`: no
/// backend is enough.
pub fn mu_warm(required: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    required.into_iter().try_fold(0.0, |most: f64, mu| Some(most.max(mu?)))
}

/// **mu_loss**(f) = max over moments and nodes of required_backend(partial(t0, f)): what surviving the loss of a share f
/// needs; of the whole cache it is mu_flush. \[derived\]
///
/// `found`: at the worst moment, on the worst node. `of_less`: what losing less needs; who survives a loss survives a smaller
/// one. `None`: no backend is enough.
pub fn mu_loss(found: Option<f64>, of_less: Option<f64>) -> Option<f64> {
    found.zip(of_less).map(|(found, of_less)| found.max(of_less))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_replay_needs_all_need() {
        assert_eq!(mu_warm([Some(3.0), Some(5.0), Some(4.0)]), Some(5.0));
        assert_eq!(mu_warm([Some(3.0), None]), None);
        assert_eq!(mu_loss(Some(3.0), Some(5.0)), Some(5.0));
        assert_eq!(mu_loss(Some(3.0), None), None);
    }
}
