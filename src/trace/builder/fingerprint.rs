//! A hash over a trace's requests: equal for equal requests, in whatever format they stand.
//!
//! It knows a trace's columns, and not how they were read.

use crate::request::{ObjectId, SECOND};
use crate::trace::Trace;
use xxhash_rust::xxh3::Xxh3;

/// Bytes that a request has in the fingerprint, and requests that are hashed at once.
const REQUEST_BYTES: usize = 29;
const REQUESTS_AT_ONCE: usize = 512;

/// Hashes keys, times and the rest, request by request, independent of the file's format.
pub(in crate::trace) fn fingerprint(trace: &Trace) -> String {
    let mut hasher = Xxh3::new();
    let key_hashes: Vec<u64> = (0..trace.object_count()).map(|i| trace.keys.get(ObjectId(i as u32)).hash()).collect();
    let requests = trace.requests();
    // Hashing many bytes at once gives the same, many times faster.
    let mut bytes = [0; REQUEST_BYTES * REQUESTS_AT_ONCE];
    for start in (0..requests.len()).step_by(REQUESTS_AT_ONCE) {
        let count = REQUESTS_AT_ONCE.min(requests.len() - start);
        for (i, to) in (start..start + count).zip(bytes.as_chunks_mut::<REQUEST_BYTES>().0) {
            let request = requests.get(i);
            to[..8].copy_from_slice(&request.time.to_le_bytes());
            to[8..16].copy_from_slice(&key_hashes[request.object.index()].to_le_bytes());
            to[16..20].copy_from_slice(&request.size.to_le_bytes());
            to[20] = request.op as u8 | u8::from(request.renews) << 7;
            to[21..].copy_from_slice(&(request.ttl / SECOND).to_le_bytes());
        }
        hasher.update(&bytes[..count * REQUEST_BYTES]);
    }
    // Traces without them have the fingerprint that they had before there were any.
    trace.costs.iter().flatten().for_each(|cost| hasher.update(&cost.to_le_bytes()));
    trace.chained.iter().flatten().for_each(|chained| hasher.update(&[u8::from(*chained)]));
    format!("{:032x}", hasher.digest128())
}
