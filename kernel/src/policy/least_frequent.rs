//! Cached objects by frequency, the least first, where objects may enter with any frequency (those of a plain LFU enter
//! with 1, for which lfu.rs has a cheaper way).
//!
//! It knows frequencies; what counts as a request is the policy's.

use super::Nodes;
use super::heap::Heap;
use super::in_place::clone_in_place;
use super::nodes::Placed;
use crate::request::ObjectId;

/// Which of several objects of one frequency comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// The one that reached it first.
    Oldest,
    /// The one that reached it last.
    Newest,
}

/// Packed: four keys and their objects to a cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(Rust, packed(4))]
struct Key {
    frequency: u32,
    /// Grows where the oldest comes first, falls where the newest does.
    order: u64,
}

/// Cached objects by frequency.
#[derive(Debug)]
pub struct LeastFrequent {
    heap: Heap<Key>,
    ties: Ties,
    /// Keys given so far.
    given: u64,
}
clone_in_place!(LeastFrequent { heap, ties, given });

impl LeastFrequent {
    /// Without objects.
    pub fn new(ties: Ties) -> LeastFrequent {
        LeastFrequent { heap: Heap::new(), ties, given: 0 }
    }

    /// Bytes for so many objects.
    pub fn memory(objects: usize) -> u64 {
        Heap::<Key>::memory(objects)
    }

    /// Number of objects.
    #[inline(always)]
    pub fn len(&self) -> u64 {
        self.heap.len() as u64
    }

    /// The object of the least frequency; panics where there are none.
    #[inline(always)]
    pub fn first(&self) -> ObjectId {
        self.heap.first()
    }

    /// Adds an object that is not in it.
    #[inline(always)]
    pub fn insert<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId, frequency: u32) {
        let key = self.key(frequency);
        self.heap.insert(nodes, object, key);
    }

    /// Counts a request for an object that is in it.
    #[inline(always)]
    pub fn count<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        let frequency = self.heap.key(nodes, object).frequency;
        let key = self.key(frequency.saturating_add(1));
        self.heap.update(nodes, object, key);
    }

    /// Takes an object out, and says its frequency.
    #[inline(always)]
    pub fn remove<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) -> u32 {
        let frequency = self.heap.key(nodes, object).frequency;
        self.heap.remove(nodes, object);
        frequency
    }

    /// Asks the processor to fetch what counting the object will change.
    #[inline(always)]
    pub fn prefetch<N: Placed>(&self, nodes: &Nodes<N>, object: ObjectId) {
        self.heap.prefetch(nodes, object);
    }

    #[inline(always)]
    fn key(&mut self, frequency: u32) -> Key {
        self.given += 1;
        let order = if self.ties == Ties::Oldest { self.given } else { !self.given };
        Key { frequency, order }
    }
}
