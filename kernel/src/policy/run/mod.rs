//! Runs of gets, for policies that can pass them without asking in a branch whether each one hits: no processor can predict
//! that, and a wrong guess costs more than all the rest. A policy without one takes the ordinary way and differs in nothing
//! but its speed.
//!
//! S3-FIFO does so much at a miss that it keeps the branch; what a miss then does, it does with few others.
//!
//! Two more things make runs fast: what a policy changes is moved into local variables for the length of a run, where the
//! compiler keeps it in registers; and nothing that happens in a run can need more memory.

pub(crate) mod plain;

use crate::request::ObjectId;

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
pub(super) fn ahead(objects: &[ObjectId]) -> impl Iterator<Item = (ObjectId, ObjectId)> {
    objects.iter().enumerate().map(|(i, object)| (*object, *objects.get(i + AHEAD).unwrap_or(object)))
}
