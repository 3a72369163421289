//! Walks of the predicate and losses of shares, as several tests need them.

use coldgap::cache::Lookaside;
use coldgap::placement::Lost;
use coldgap::replay::survival::Walker;
use coldgap::request::{Requests, compressed};
use coldgap::service::Service;
use std::sync::LazyLock;

/// Whether `cache` survives requests that come `load` times as fast, from an idle backend on.
pub fn survives<C: Lookaside>(
    walker: &mut Walker,
    cache: &mut C,
    requests: &Requests<'_>,
    service: &Service,
    mu: f64,
    load: f64,
) -> bool {
    let begin = requests.times.first().copied().unwrap_or(0);
    let times = compressed(requests.times, begin, begin, load);
    walker.begin(begin);
    walker.walk(cache, &Requests { times: &times, ..*requests }, service, mu).is_none()
}

/// Where a key lives, of those that tests know by their numbers alone: a hash that says nothing of their order.
pub fn hash(object: u32) -> u32 {
    object.wrapping_mul(0x9e37_79b9).rotate_left(13).wrapping_mul(0x85eb_ca6b)
}

/// Of the first so many keys.
pub fn hashes(keys: usize) -> &'static [u32] {
    static ALL: LazyLock<Vec<u32>> = LazyLock::new(|| (0..2_000_000).map(hash).collect());
    &ALL[..keys]
}

/// Loses a share of the objects; a larger share includes a smaller one's.
pub fn lose_share<C: Lookaside>(cache: &mut C, share: f64) {
    let lost = Lost::share(share);
    cache.lose_where(|object| lost.holds(hash(object.0)));
}
