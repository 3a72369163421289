//! A set of object ids, one bit each: small enough to stay in the processor's cache.

use crate::prefetch;
use crate::request::ObjectId;

/// A set of object ids below a fixed bound.
#[derive(Debug, Clone, Default)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// An empty set for ids below `objects`.
    pub fn new(objects: usize) -> BitSet {
        BitSet { words: vec![0; objects.div_ceil(64)] }
    }

    /// True where the object is in the set.
    #[inline(always)]
    pub fn contains(&self, object: ObjectId) -> bool {
        self.words[object.index() / 64] >> (object.0 % 64) & 1 == 1
    }

    /// 1 where the object is in the set, else 0.
    #[inline(always)]
    pub fn bit(&self, object: ObjectId) -> u8 {
        (self.words[object.index() / 64] >> (object.0 % 64)) as u8 & 1
    }

    /// Adds the object.
    #[inline(always)]
    pub fn insert(&mut self, object: ObjectId) {
        self.words[object.index() / 64] |= 1 << (object.0 % 64);
    }

    /// Takes the object out.
    #[inline(always)]
    pub fn remove(&mut self, object: ObjectId) {
        self.words[object.index() / 64] &= !(1 << (object.0 % 64));
    }

    /// Takes one object out and adds another, if `really` is 1 and not 0; without a branch. The other must be in the set where not.
    #[inline(always)]
    pub fn replace(&mut self, old: ObjectId, new: ObjectId, really: u8) {
        self.words[old.index() / 64] &= !(u64::from(really) << (old.0 % 64));
        self.insert(new);
    }

    /// How many are in the set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Bytes it takes.
    pub fn memory(&self) -> u64 {
        size_of_val(&self.words[..]) as u64
    }

    /// Copies another set of the same bound, without allocating.
    pub fn copy_from(&mut self, other: &BitSet) {
        self.words.clone_from(&other.words);
    }

    /// Asks the processor to fetch the object's bit.
    #[inline(always)]
    pub fn prefetch(&self, object: ObjectId) {
        prefetch::prefetch(&self.words, object.index() / 64);
    }
}
