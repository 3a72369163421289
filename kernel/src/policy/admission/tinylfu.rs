//! TinyLFU: where there is no room, an object enters only if it was asked for more often lately than the object that the
//! policy would give up for it. While there is room everything enters.
//!
//! Paper: G. Einziger, R. Friedman, B. Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM Transactions on
//! Storage 2017. Parameters: `sample`.
//! Frequencies are exact up to 15, not a sketch's (see `frequency.rs`). In bytes several victims may be needed: they are
//! met one after another, those that are weaker go, and the first that is not stops the object. The sample is counted in
//! objects: where the capacity is in bytes, in as many of the mean size requested as fit.
//! The policy must name its victim before it gives it up; those that cannot are refused when the name is read.
//! Cost: constant. Memory: 4 bytes per object of the trace.
//! Poor where what is new is soon popular: it must first be asked for more often than what was popular before.

use super::{Admission, FilterInfo};
use crate::policy::frequency::{Count, Sample};
use crate::policy::{Capacity, Parameter, ParameterError, Parameters};
use crate::request::{ObjectId, Request, weight};

pub const INFO: FilterInfo = FilterInfo {
    name: "tinylfu",
    aliases: &[],
    summary: "where there is no room, inserts only what was asked for more often lately than the policy's victim",
    paper: "Einziger, Friedman, Manes, TinyLFU: a highly efficient cache admission policy, ACM TOS 2017",
    weakness: "what is new must first be asked for more often than what was popular before",
    parameters: &[Parameter {
        name: "sample",
        default: "10",
        help: "frequencies are halved after so many requests for each object of the cache, 1 to 1000000",
    }],
    needs_victim: true,
    new,
};

#[derive(Clone)]
struct TinyLfu {
    counts: Vec<Count>,
    sample: Sample,
    sample_per_object: u64,
    capacity: Capacity,
    /// Requests, and the bytes they asked for.
    requests: u64,
    bytes: u64,
}

fn new(capacity: Capacity, objects: usize, parameters: &Parameters) -> Result<Box<dyn Admission>, ParameterError> {
    Ok(Box::new(TinyLfu {
        counts: vec![Count::default(); objects],
        sample: Sample::default(),
        sample_per_object: parameters.number("sample", &INFO, 1..=1_000_000)?,
        capacity,
        requests: 0,
        bytes: 0,
    }))
}

impl TinyLfu {
    /// Objects that the cache can hold.
    fn entries(&self) -> u64 {
        match self.capacity {
            Capacity::Objects(objects) => objects,
            Capacity::Bytes(bytes) => (bytes as f64 * self.requests as f64 / self.bytes as f64) as u64,
        }
    }
}

impl Admission for TinyLfu {
    fn on_request(&mut self, request: &Request) {
        self.requests += 1;
        self.bytes += u64::from(weight(request.size));
        let size = self.sample_per_object.saturating_mul(self.entries().max(1));
        self.sample.add(&mut self.counts[request.object.index()], size);
    }

    fn may_replace(&self, candidate: ObjectId, victim: ObjectId) -> bool {
        let frequency = |object: ObjectId| self.sample.estimate(self.counts[object.index()]);
        frequency(candidate) > frequency(victim)
    }

    fn resize(&mut self, capacity: Capacity) {
        self.capacity = capacity;
    }

    fn forget(&mut self, object: ObjectId) {
        self.counts[object.index()] = Count::default();
    }

    fn reset(&mut self) {
        self.counts.fill(Count::default());
        self.sample = Sample::default();
        (self.requests, self.bytes) = (0, 0);
    }

    fn memory(&self) -> u64 {
        size_of_val(&self.counts[..]) as u64
    }

    fn fork(&self) -> Box<dyn Admission> {
        Box::new(self.clone())
    }
}
