//! Dynamic ageing: objects ranked by a value that is added, at their last request, to a level; the level is the rank of
//! what was last given up. So the rank of what is not asked for falls behind, however large it was.
//!
//! It knows ranks; what an object's value is, GDSF and LFUDA say.

use super::Nodes;
use super::heap::Heap;
use super::in_place::clone_in_place;
use super::nodes::placed;
use crate::request::ObjectId;

/// Cached objects by rank.
#[derive(Debug)]
pub struct Ageing {
    heap: Heap<Key>,
    level: Rank,
    /// Ranks given so far.
    given: u32,
}
clone_in_place!(Ageing { heap, level, given });

/// A level plus a value. Never negative, and so in the order of its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(u64);

/// Among equal ranks the first to be given comes first. Packed: four keys and their objects to a cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(Rust, packed(4))]
struct Key {
    rank: Rank,
    given: u32,
}

/// An object's requests since it was inserted, and its place in the heap.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// Requests, the one that inserted it among them.
    pub requests: u32,
    place: u32,
}
placed!(Node);

impl Ageing {
    /// Without objects, at level 0.
    pub fn new() -> Ageing {
        Ageing { heap: Heap::new(), level: Rank(0), given: 0 }
    }

    /// Bytes for so many objects.
    pub fn memory(objects: usize) -> u64 {
        Heap::<Key>::memory(objects)
    }

    /// The rank that a value gives now.
    #[inline(always)]
    pub fn rank(&self, value: f64) -> Rank {
        Rank((f64::from_bits(self.level.0) + value).to_bits())
    }

    /// Adds an object with its first request.
    #[inline(always)]
    pub fn insert(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, rank: Rank) {
        nodes[object].requests = 1;
        let key = self.key(rank);
        self.heap.insert(nodes, object, key);
    }

    /// Gives an object another rank.
    #[inline(always)]
    pub fn update(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, rank: Rank) {
        let key = self.key(rank);
        self.heap.update(nodes, object, key);
    }

    /// The least rank; panics where there are no objects.
    #[inline(always)]
    pub fn least(&self) -> Rank {
        self.heap.least().rank
    }

    /// Gives up what has this rank: the level rises to it.
    #[inline(always)]
    pub fn give_up(&mut self, rank: Rank) {
        self.level = rank;
    }

    /// Gives up the object of the least rank; panics where there are no objects.
    #[inline(always)]
    pub fn pop(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        self.give_up(self.least());
        self.heap.pop(nodes)
    }

    /// Takes an object out that was not given up.
    pub fn remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.heap.remove(nodes, object);
    }

    /// Asks the processor to fetch what a new rank of the object will change.
    #[inline(always)]
    pub fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        self.heap.prefetch(nodes, object);
    }

    #[inline(always)]
    fn key(&mut self, rank: Rank) -> Key {
        self.given += 1;
        Key { rank, given: self.given }
    }
}
