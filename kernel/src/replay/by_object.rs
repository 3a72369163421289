//! The ordinary replay, with its misses counted by object: whose they were, and not only how many.

use super::any_cache::AnyCache;
use crate::request::Requests;

/// Misses of one object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Missed {
    /// Gets that missed.
    pub gets: u64,
    /// Their bytes; 1 per miss where the trace has no sizes.
    pub bytes: u64,
}

/// Requests replayed at once.
const AT_ONCE: usize = 1 << 16;

/// Replays all requests through an empty cache; per object its misses from position `warm` on.
pub fn misses_by_object(cache: &mut dyn AnyCache, requests: &Requests<'_>, warm: usize) -> Vec<Missed> {
    let mut by_object = vec![Missed::default(); cache.object_count()];
    cache.replay(&requests.slice(0..warm));
    let mut missed = Vec::with_capacity(AT_ONCE);
    for start in (warm..requests.len()).step_by(AT_ONCE) {
        let part = requests.slice(start..requests.len().min(start + AT_ONCE));
        missed.clear();
        cache.replay_noting(&part, &mut missed);
        for (i, _) in missed.iter().enumerate().filter(|(_, missed)| **missed) {
            let request = part.get(i);
            let counts = &mut by_object[request.object.index()];
            counts.gets += 1;
            counts.bytes += u64::from(request.size);
        }
    }
    by_object
}
