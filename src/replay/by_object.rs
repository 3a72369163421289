//! The ordinary replay, with its misses counted by object: whose they were, and not only how many.

use crate::cache::Lookaside;
use crate::request::Requests;

/// Misses of one object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Missed {
    /// Gets that missed.
    pub gets: u64,
    /// Their bytes; 1 per miss where the trace has no sizes.
    pub bytes: u64,
}

/// Replays all requests through an empty cache; per object its misses from position `warm` on.
pub fn misses_by_object<C: Lookaside>(
    cache: &mut C,
    requests: &Requests<'_>,
    objects: usize,
    warm: usize,
) -> Vec<Missed> {
    let mut missed = vec![Missed::default(); objects];
    for i in 0..requests.len() {
        let request = requests.get(i);
        if cache.access(&request) && i >= warm {
            let missed = &mut missed[request.object.index()];
            missed.gets += 1;
            missed.bytes += u64::from(request.size);
        }
    }
    missed
}
