//! What a trace says of itself, whatever the cache: counts, footprint, first touches.

use crate::capacity::compulsory;
use crate::request::{Op, Requests};
use crate::trace::Trace;
use crate::units::Demand;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Points of the compulsory curve at the most, a factor apart.
const CURVE_FACTOR: f64 = 1.25;

/// Compulsory misses up to a point of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompulsoryPoint {
    /// Gets since the trace began.
    pub requests: u64,
    /// Seconds since the trace began.
    pub seconds: f64,
    /// First touches among them.
    pub compulsory_misses: u64,
}

/// Counts over one trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Gets in the whole trace.
    pub gets: u64,
    /// Distinct objects.
    pub objects: u64,
    /// Bytes of all distinct objects, each at its largest size; `None` where the trace has no sizes.
    pub footprint_bytes: Option<u64>,
    /// Bytes of the counted gets; their number where the trace has no sizes.
    pub bytes_requested: u64,
    /// What the counted gets would cost the backend if all missed; their number where the trace has no costs.
    pub cost_requested: u64,
    /// Counted gets (those after warm-up).
    pub counted: u64,
    /// Counted gets that touch their object for the first time ever.
    pub compulsory_misses: u64,
    /// First touches over the whole trace, warm-up included.
    pub compulsory_curve: Vec<CompulsoryPoint>,
}

impl Facts {
    /// What a get that misses takes on average of a backend that is counted so.
    pub fn mean_share(&self, demand: Demand) -> f64 {
        let asked = match demand {
            Demand::Answers => return 1.0,
            Demand::Bytes => self.bytes_requested,
            Demand::Units(_) => self.cost_requested,
        };
        asked as f64 / self.counted.max(1) as f64
    }

    /// Counts, with warm-up ending at position `warm`.
    pub fn of(trace: &Trace, warm: usize) -> Facts {
        let mut counter = Counter::new(trace.len(), trace.object_count(), trace.footprint_bytes(), warm);
        counter.count(&trace.requests());
        counter.facts
    }
}

/// Counts a trace batch by batch.
pub struct Counter {
    /// What was counted so far; footprint and objects are those of the whole trace.
    pub facts: Facts,
    requests: usize,
    warm: usize,
    position: usize,
    /// Objects touched so far: ids go by first touch.
    touched: u32,
    first_touches: u64,
    next_point: f64,
}

impl Counter {
    /// For a trace of so many requests and objects.
    pub fn new(requests: usize, objects: usize, footprint_bytes: Option<u64>, warm: usize) -> Counter {
        let facts = Facts {
            gets: 0,
            objects: objects as u64,
            footprint_bytes,
            bytes_requested: 0,
            cost_requested: 0,
            counted: 0,
            compulsory_misses: 0,
            compulsory_curve: Vec::new(),
        };
        Counter { facts, requests, warm, position: 0, touched: 0, first_touches: 0, next_point: 1.0 }
    }

    /// Adds the next requests.
    pub fn count(&mut self, requests: &Requests<'_>) {
        let facts = &mut self.facts;
        for i in 0..requests.len() {
            let request = requests.get(i);
            let position = self.position + i;
            let first = compulsory(request.object.0, self.touched);
            self.touched += u32::from(first);
            if request.op != Op::Get {
                continue;
            }
            facts.gets += 1;
            self.first_touches += u64::from(first);
            if position >= self.warm {
                facts.counted += 1;
                facts.bytes_requested += u64::from(request.size);
                facts.cost_requested += u64::from(request.cost);
                facts.compulsory_misses += u64::from(first);
            }
            if facts.gets as f64 >= self.next_point || position + 1 == self.requests {
                self.next_point = (self.next_point * CURVE_FACTOR).max(self.next_point + 1.0);
                facts.compulsory_curve.push(CompulsoryPoint {
                    requests: facts.gets,
                    seconds: request.time as f64 / 1e9,
                    compulsory_misses: self.first_touches,
                });
            }
        }
        self.position += requests.len();
    }
}
