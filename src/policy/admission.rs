//! Admission filters: whether a fetched object is inserted at all. They stand before any policy: `lru+reject-first`.
//!
//! Adding a filter = one entry in [`FILTERS`]. A filter knows object ids and sizes, not the policy behind it.

use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};

/// Decides about insertions.
pub trait Admission: Send + Sync {
    /// Whether the fetched object is inserted. Asked once per answer that arrives in time.
    fn admit(&mut self, request: &Request) -> bool;
    /// The cache node that held this object is lost, and what the filter remembered of it.
    fn forget(&mut self, object: ObjectId);
    /// Back to the state of an empty cache.
    fn reset(&mut self);
    /// Bytes it keeps, for predictions.
    fn memory(&self) -> u64 {
        0
    }
    /// A copy.
    fn fork(&self) -> Box<dyn Admission>;
}

/// What a filter says of itself.
pub struct FilterInfo {
    /// The name after `+`.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Makes one for a trace of so many objects.
    pub new: fn(usize) -> Box<dyn Admission>,
}

/// Every filter.
pub static FILTERS: &[FilterInfo] = &[FilterInfo {
    name: "reject-first",
    summary: "inserts an object only the second time it is fetched; spares the cache one-hit wonders, and slows its refill",
    new: |objects| Box::new(RejectFirst { fetched: BitSet::new(objects) }),
}];

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
