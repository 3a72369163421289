//! Runs of gets, for policies that can pass them without asking in a branch whether each one hits: no processor can predict
//! that, and a wrong guess costs more than all the rest. A policy without one takes the ordinary way and differs in nothing
//! but its speed.
//!
//! S3-FIFO does so much at a miss that it keeps the branch; what a miss then does, it does with few others.
//!
//! Two more things make runs fast: what a policy changes is moved into local variables for the length of a run, where the
//! compiler keeps it in registers; and nothing that happens in a run can need more memory.

pub(super) mod clock;
pub(super) mod fifo;
pub(super) mod lru;
pub(crate) mod plain;
pub(super) mod s3fifo;
pub(super) mod sieve;

use super::contract::Policy;
use super::nodes::Nodes;
use crate::bitset::BitSet;
use crate::request::ObjectId;

/// Passes a run of gets: `run(policy, nodes, cached, gets, missed)`.
///
/// There are at most [`LENGTH`] gets, the cache is full, every object counts 1, nobody refuses one, and each get is answered at
/// once. For every one it does what `on_hit` does where the object is in `cached`, else what `on_miss`, `recall`, `evict` and
/// `on_insert` do; `cached` follows. `missed`, as long as `gets`, becomes 1 for each get that missed and 0 for the others.
pub type Run<P> = fn(&mut P, &mut Nodes<<P as Policy>::Node>, &mut BitSet, &[ObjectId], &mut [u8]);

/// How many gets ahead an object's state is fetched.
const AHEAD: usize = 24;

/// The most gets in a run.
pub const LENGTH: usize = 4096;

/// How many gets missed.
pub fn misses(missed: &[u8]) -> u64 {
    missed.iter().map(|miss| u64::from(*miss)).sum()
}

/// Each object with the one whose state should be fetched meanwhile.
#[inline(always)]
fn ahead(objects: &[ObjectId]) -> impl Iterator<Item = (ObjectId, ObjectId)> {
    objects.iter().enumerate().map(|(i, object)| (*object, *objects.get(i + AHEAD).unwrap_or(object)))
}
