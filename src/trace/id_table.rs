//! A hash table of object ids: open addressing, 8 bytes a slot, made for many lookups at once.
//!
//! A slot holds an id and 32 bits of its key's hash, and lies where those bits say, in their order. So a table grows by
//! one walk from front to back, without asking for a key; and what a lookup will touch is known before, and can be
//! fetched ahead. It knows ids and hashes; what the keys are its caller says, so that keys of one hash are still two. Many such
//! keys make lookups long: it says so.

use crate::prefetch::prefetch;
use crate::request::ObjectId;

/// A free slot: the id that no object has.
const FREE: u64 = u32::MAX as u64;
/// Slots to begin with.
const FEWEST_SLOTS: usize = 1 << 10;
/// Slots between a key's home and its place that keys which nobody chose do not need: of N at a load of 2/3, a run is longer than L
/// with a chance of N * e^(-0.072 L), less than one in a million for all 2^32.
const LONGEST_RUN: usize = 512;

/// Ids by their keys' hashes.
#[derive(Debug, Default)]
pub struct IdTable {
    /// The upper half of the hash, and the id.
    slots: Vec<u64>,
    used: usize,
    is_crowded: bool,
}

impl IdTable {
    /// Where a hash belongs: its upper half, scaled to the table.
    #[inline(always)]
    fn home(&self, hash: u64) -> usize {
        ((u128::from(hash >> 32) * self.slots.len() as u128) >> 32) as usize
    }

    /// The id of the key with this hash, for which `is` is true.
    #[inline(always)]
    pub fn find(&self, hash: u64, is: impl Fn(ObjectId) -> bool) -> Option<ObjectId> {
        if self.slots.is_empty() {
            return None;
        }
        let mut at = self.home(hash);
        loop {
            let slot = self.slots[at];
            if slot == FREE {
                return None;
            }
            if slot >> 32 == hash >> 32 && is(ObjectId(slot as u32)) {
                return Some(ObjectId(slot as u32));
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }

    /// Adds the id of a key that is not there.
    #[inline(always)]
    pub fn insert(&mut self, hash: u64, id: ObjectId) {
        if self.used * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        self.used += 1;
        let run = self.place(hash >> 32 << 32 | u64::from(id.0));
        self.is_crowded |= run > LONGEST_RUN;
    }

    /// True once so many keys have had nearly the same hash that they were made to: they need another.
    #[inline(always)]
    pub fn is_crowded(&self) -> bool {
        self.is_crowded
    }

    /// Puts a slot into the first free place from its home on; says how many it passed.
    #[inline(always)]
    fn place(&mut self, slot: u64) -> usize {
        let mut at = self.home(slot);
        let mut run = 0;
        while self.slots[at] != FREE {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
            run += 1;
        }
        self.slots[at] = slot;
        run
    }

    /// Growing by less than twice keeps the peak of memory low.
    fn grow(&mut self) {
        let more = vec![FREE; (self.slots.len() * 7 / 4).max(FEWEST_SLOTS)];
        let old = std::mem::replace(&mut self.slots, more);
        for slot in old.into_iter().filter(|slot| *slot != FREE) {
            self.place(slot);
        }
    }

    /// Bytes that it takes.
    pub fn memory(&self) -> usize {
        size_of_val(&self.slots[..])
    }

    /// Bytes that a table of so many ids takes.
    pub fn memory_of(ids: usize) -> u64 {
        let mut slots = FEWEST_SLOTS;
        while ids * 3 >= slots * 2 {
            slots = slots * 7 / 4;
        }
        (slots * size_of::<u64>()) as u64
    }

    /// A hint: this hash will be looked for.
    #[inline(always)]
    pub fn prefetch(&self, hash: u64) {
        prefetch(&self.slots, self.home(hash));
    }

    /// The id that a lookup of this hash will ask for first, where there is one.
    #[inline(always)]
    pub fn peek(&self, hash: u64) -> Option<ObjectId> {
        let slot = *self.slots.get(self.home(hash))?;
        (slot != FREE).then_some(ObjectId(slot as u32))
    }
}
