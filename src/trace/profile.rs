//! What a trace is like: rates, footprint, reuse, skew, sizes. It feeds `coldgap inspect`.
//!
//! It reads a decoded trace and must not know caches, policies or files.

use super::{Trace, ticks};
use crate::request::{Op, RENEWS, SECOND};
use serde::Serialize;
use std::collections::BTreeMap;

/// Windows in which the busiest is looked for, in seconds.
const WINDOWS: [u64; 3] = [1, 10, 60];
/// Times to live that are listed, the most frequent first.
const TTLS_LISTED: usize = 5;
/// Each bin of the skew's fit holds ranks up to so many times those of the last.
const BIN_GROWTH: f64 = 1.2;

/// What a trace is like. Counts are of requests of any operation unless they say otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// Requests, of any operation.
    pub requests: u64,
    /// Requests that read.
    pub gets: u64,
    /// Requests that write; touches, which only start a life anew, among them.
    pub sets: u64,
    /// Requests that invalidate.
    pub deletes: u64,
    /// Distinct objects.
    pub objects: u64,
    /// Bytes of all distinct objects, each at its largest size; `None` without sizes.
    pub footprint_bytes: Option<u64>,
    /// Objects asked for just once, as a share of all.
    pub one_hit_ratio: f64,
    /// Gets of objects that were neither read nor written before, as a share of the gets; `None` without gets.
    pub compulsory_miss_ratio: Option<f64>,
    /// Requests per object.
    pub reuse_mean: f64,
    /// Exponent of the Zipf law that fits best; `None` with fewer than three different ranks.
    pub zipf_alpha: Option<f64>,
    /// Sizes per request.
    pub sizes: Option<Sizes>,
    /// Rates and clock, where the trace has times.
    pub times: Option<Times>,
    /// The most frequent times to live; empty where the trace has none.
    pub ttls: Vec<Ttl>,
}

/// Sizes in bytes, per request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sizes {
    /// Mean.
    pub mean_bytes: f64,
    /// Median.
    pub p50_bytes: u32,
    /// 99 % are not larger.
    pub p99_bytes: u32,
    /// Largest.
    pub max_bytes: u32,
    /// Objects whose size is not always the same.
    pub objects_that_change: u64,
}

/// Rates and clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Times {
    /// The first request, in seconds on the trace's own clock (usually since 1970).
    pub start_seconds: f64,
    /// From the first request to the last.
    pub span_seconds: f64,
    /// The clock's resolution as recorded.
    pub resolution_seconds: f64,
    /// Requests over the span; `None` where all came at one instant.
    pub mean_per_second: Option<f64>,
    /// The busiest windows, aligned with the first request; windows longer than the trace are left out.
    pub busiest: Vec<Busiest>,
}

/// The busiest of the windows of one length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Busiest {
    /// Length of the windows.
    pub window_seconds: u64,
    /// Requests a second in the busiest.
    pub per_second: f64,
    /// When it begins, after the first request.
    pub start_seconds: u64,
}

/// How many requests have a time to live.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ttl {
    /// The time to live; 0: the request does not say.
    pub seconds: u32,
    /// The share of requests that have it.
    pub ratio: f64,
}

/// Looks at a trace.
pub fn profile(trace: &Trace) -> Profile {
    let requests = trace.requests();
    let objects = trace.object_count();
    let mut counts = vec![0u32; objects];
    let mut known = vec![false; objects];
    let mut last_sizes = vec![0u32; objects];
    let mut changes = vec![false; objects];
    let [mut gets, mut sets, mut deletes, mut compulsory] = [0u64; 4];
    for i in 0..requests.len() {
        let request = requests.get(i);
        let object = request.object.index();
        match request.op {
            Op::Get => {
                gets += 1;
                compulsory += u64::from(!known[object]);
                known[object] = true;
            }
            Op::Set => {
                sets += 1;
                known[object] = true;
            }
            Op::Delete => deletes += 1,
        }
        changes[object] |= counts[object] > 0 && last_sizes[object] != request.size;
        last_sizes[object] = request.size;
        counts[object] += 1;
    }
    let one_hit = counts.iter().filter(|count| **count == 1).count();
    Profile {
        requests: requests.len() as u64,
        gets,
        sets,
        deletes,
        objects: objects as u64,
        footprint_bytes: trace.footprint_bytes(),
        one_hit_ratio: one_hit as f64 / objects.max(1) as f64,
        compulsory_miss_ratio: (gets > 0).then(|| compulsory as f64 / gets as f64),
        reuse_mean: requests.len() as f64 / objects.max(1) as f64,
        zipf_alpha: zipf_alpha(counts),
        sizes: trace.sizes.as_ref().map(|sizes| {
            let changing = changes.iter().filter(|changes| **changes).count() as u64;
            size_statistics(sizes.clone(), changing)
        }),
        times: trace.has_times().then(|| time_statistics(trace)),
        ttls: trace.ttls.as_deref().map_or_else(Vec::new, ttl_statistics),
    }
}

fn size_statistics(mut sizes: Vec<u32>, objects_that_change: u64) -> Sizes {
    sizes.sort_unstable();
    let at = |share: f64| sizes.get((share * sizes.len() as f64) as usize).or(sizes.last()).copied().unwrap_or(0);
    Sizes {
        mean_bytes: sizes.iter().map(|size| f64::from(*size)).sum::<f64>() / sizes.len().max(1) as f64,
        p50_bytes: at(0.5),
        p99_bytes: at(0.99),
        max_bytes: at(1.0),
        objects_that_change,
    }
}

fn time_statistics(trace: &Trace) -> Times {
    let span = trace.times.last().copied().unwrap_or(0);
    let seconds = |time: u64| time as f64 / SECOND as f64;
    Times {
        start_seconds: seconds(trace.start),
        span_seconds: seconds(span),
        resolution_seconds: seconds(trace.tick.unwrap_or_else(|| ticks::resolution(&trace.times, trace.start))),
        mean_per_second: (span > 0).then(|| trace.len() as f64 / seconds(span)),
        busiest: WINDOWS
            .into_iter()
            .filter(|window| window * SECOND <= span)
            .map(|window| busiest(&trace.times, window))
            .collect(),
    }
}

fn busiest(times: &[u64], window: u64) -> Busiest {
    let of = |time: &u64| time / (window * SECOND);
    let mut most = (0, 0);
    for requests in times.chunk_by(|a, b| of(a) == of(b)) {
        if requests.len() > most.0 {
            most = (requests.len(), of(&requests[0]));
        }
    }
    Busiest { window_seconds: window, per_second: most.0 as f64 / window as f64, start_seconds: most.1 * window }
}

fn ttl_statistics(ttls: &[u32]) -> Vec<Ttl> {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for ttl in ttls {
        *counts.entry(*ttl & !RENEWS).or_default() += 1;
    }
    let mut counts: Vec<(u32, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let ratio = |count: u64| count as f64 / ttls.len() as f64;
    counts.into_iter().take(TTLS_LISTED).map(|(seconds, count)| Ttl { seconds, ratio: ratio(count) }).collect()
}

/// The exponent of Zipf's law, by least squares of log count on log rank. Ranks are first gathered in bins that grow
/// geometrically: else the fit is one of the many ranks that were asked for once.
fn zipf_alpha(mut counts: Vec<u32>) -> Option<f64> {
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let mut points = Vec::new();
    let mut first = 1;
    while first <= counts.len() {
        let last = ((first as f64 * BIN_GROWTH) as usize).clamp(first, counts.len());
        let bin = &counts[first - 1..last];
        let mean = bin.iter().map(|count| f64::from(*count)).sum::<f64>() / bin.len() as f64;
        points.push((((first + last) as f64 / 2.0).ln(), mean.ln()));
        first = last + 1;
    }
    if points.len() < 3 {
        return None;
    }
    let n = points.len() as f64;
    let (mean_x, mean_y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let (mut above, mut below) = (0.0, 0.0);
    for (x, y) in points {
        above += (x - mean_x) * (y - mean_y);
        below += (x - mean_x) * (x - mean_x);
    }
    // Written so that a flat trace gives 0 and not -0.
    Some(0.0 - above / below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skew_of_a_zipf_law_is_found() {
        for alpha in [0.0, 0.6, 1.0, 1.2] {
            let counts: Vec<u32> =
                (1..=10_000).map(|rank| (1e9 / f64::from(rank).powf(alpha)).round() as u32).collect();
            let found = zipf_alpha(counts).unwrap();
            assert!((found - alpha).abs() < 0.01, "{found} for {alpha}");
        }
        assert_eq!(zipf_alpha(vec![5, 1]), None);
        assert_eq!(zipf_alpha(vec![]), None);
    }
}
