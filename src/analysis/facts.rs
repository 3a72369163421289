//! What a trace says of itself, whatever the cache: counts, footprint, first touches.

use crate::bitset::BitSet;
use crate::request::Op;
use crate::trace::Trace;
use serde::Serialize;

/// Points of the compulsory curve at the most, a factor apart.
const CURVE_FACTOR: f64 = 1.25;

/// Compulsory misses up to a point of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CompulsoryPoint {
    /// Gets since the trace began.
    pub requests: u64,
    /// Seconds since the trace began.
    pub seconds: f64,
    /// First touches among them.
    pub compulsory_misses: u64,
}

/// Counts over one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Gets in the whole trace.
    pub gets: u64,
    /// Distinct objects.
    pub objects: u64,
    /// Bytes of all distinct objects, each at its largest size; `None` where the trace has no sizes.
    pub footprint_bytes: Option<u64>,
    /// Bytes of the counted gets; their number where the trace has no sizes.
    pub bytes_requested: u64,
    /// Counted gets (those after warm-up).
    pub counted: u64,
    /// Counted gets that touch their object for the first time ever.
    pub compulsory_misses: u64,
    /// First touches over the whole trace, warm-up included.
    pub compulsory_curve: Vec<CompulsoryPoint>,
}

impl Facts {
    /// Counts, with warm-up ending at position `warm`.
    pub fn of(trace: &Trace, warm: usize) -> Facts {
        let requests = trace.requests();
        let mut seen = BitSet::new(trace.object_count());
        let mut largest: Vec<u32> = if trace.sizes.is_some() { vec![0; trace.object_count()] } else { Vec::new() };
        let mut facts = Facts {
            gets: 0,
            objects: trace.object_count() as u64,
            footprint_bytes: None,
            bytes_requested: 0,
            counted: 0,
            compulsory_misses: 0,
            compulsory_curve: Vec::new(),
        };
        let mut first_touches = 0;
        let mut next_point = 1.0;
        for i in 0..requests.len() {
            let request = requests.get(i);
            let first = !seen.contains(request.object);
            seen.insert(request.object);
            if let Some(size) = largest.get_mut(request.object.index()) {
                *size = (*size).max(request.size);
            }
            if request.op != Op::Get {
                continue;
            }
            facts.gets += 1;
            first_touches += u64::from(first);
            if i >= warm {
                facts.counted += 1;
                facts.bytes_requested += u64::from(request.size);
                facts.compulsory_misses += u64::from(first);
            }
            if facts.gets as f64 >= next_point || i + 1 == requests.len() {
                next_point = (next_point * CURVE_FACTOR).max(next_point + 1.0);
                facts.compulsory_curve.push(CompulsoryPoint {
                    requests: facts.gets,
                    seconds: request.time as f64 / 1e9,
                    compulsory_misses: first_touches,
                });
            }
        }
        facts.footprint_bytes = trace.sizes.is_some().then(|| largest.iter().map(|size| u64::from(*size)).sum());
        facts
    }
}
