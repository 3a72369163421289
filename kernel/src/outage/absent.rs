//! No cache at all: every request asks the backend. For systems whose metastable failure comes from retries alone
//! [HotOS'21 section 2.1], and as the floor of every comparison.

use crate::cache::Lookaside;
use crate::request::{ObjectId, Request};
use crate::units::Ratio;

/// A cache that holds nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Absent;

impl Lookaside for Absent {
    #[inline(always)]
    fn lookup(&mut self, _: &Request) -> bool {
        false
    }
    #[inline(always)]
    fn insert(&mut self, _: &Request, _: u64) {}
    fn write(&mut self, _: &Request) {}
    fn invalidate(&mut self, _: ObjectId) {}
    fn lose_where(&mut self, _: impl FnMut(ObjectId) -> bool) {}
    fn flush(&mut self) {}
    fn shrink(&mut self, _: Ratio) {}
    fn serve_stale(&mut self, _: u64) {}
    fn dies_at(&self, _: ObjectId) -> u64 {
        u64::MAX
    }
    fn entries(&self) -> u64 {
        0
    }
    fn decisions(&self) -> u64 {
        0
    }
    #[inline(always)]
    fn prefetch_node(&self, _: ObjectId) {}
    #[inline(always)]
    fn prefetch_neighbours(&self, _: ObjectId) {}
}
