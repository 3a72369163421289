//! Reject first: an object enters only the second time it is fetched. One-hit wonders never do.
//!
//! Paper: B. M. Maggs, R. K. Sitaraman, "Algorithmic nuggets in content delivery", SIGCOMM CCR 2015, with a Bloom filter.
//! Parameters: none. Here the set is exact, one bit per object: no false positives, and it never fills up, so nothing has to
//! be forgotten. It knows nothing of time: a second fetch may come days after the first.
//! Cost: constant. Memory: one bit per object of the trace.
//! Poor while a cache refills, which takes two fetches of every object.

use super::{Admission, FilterInfo};
use crate::bitset::BitSet;
use crate::policy::Capacity;
use crate::request::{ObjectId, Request};

pub const INFO: FilterInfo = FilterInfo {
    name: "reject-first",
    aliases: &["bloom", "bloom-filter"],
    summary: "inserts an object only the second time it is fetched; remembered exactly, not by a Bloom filter",
    paper: "Maggs, Sitaraman, Algorithmic nuggets in content delivery, SIGCOMM CCR 2015",
    weakness: "a refill takes two fetches of every object",
    parameters: &[],
    needs_victim: false,
    new: |_, objects, _| Ok(Box::new(RejectFirst { fetched: BitSet::new(objects) })),
};

/// Remembers, exactly and for ever, what was fetched once. A flush empties it together with the cache.
#[derive(Clone)]
struct RejectFirst {
    fetched: BitSet,
}

impl Admission for RejectFirst {
    fn admit(&mut self, request: &Request) -> bool {
        let known = self.fetched.contains(request.object);
        self.fetched.insert(request.object);
        known
    }

    fn forget(&mut self, object: ObjectId) {
        self.fetched.remove(object);
    }

    fn resize(&mut self, _: Capacity) {}

    fn reset(&mut self) {
        self.fetched.clear();
    }

    fn memory(&self) -> u64 {
        self.fetched.memory()
    }

    fn fork(&self) -> Box<dyn Admission> {
        Box::new(self.clone())
    }
}
