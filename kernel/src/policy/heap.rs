//! A heap of cached objects that can be changed in the middle: the object of the least key first. Each object's node
//! knows its place, so nothing stale is kept and nothing is searched.
//!
//! It knows keys and places; what a key means is the policy's.

use super::Nodes;
use super::in_place::clone_in_place;
use super::nodes::Placed;
use crate::request::ObjectId;

/// Children per entry: four neighbours share a cache line or two, and the heap is half as deep as with two.
const ARITY: usize = 4;

/// Objects by key, least first. Keys stand in the heap itself: comparing them touches no node.
#[derive(Debug)]
pub struct Heap<K> {
    entries: Vec<Entry<K>>,
}
clone_in_place!(Heap<K: Copy> { entries });

#[derive(Debug, Clone, Copy)]
struct Entry<K> {
    key: K,
    object: ObjectId,
}

impl<K: Copy + Ord> Heap<K> {
    /// Without objects.
    pub fn new() -> Heap<K> {
        Heap { entries: Vec::new() }
    }

    /// Bytes for so many objects, with the room that a growing array leaves unused.
    pub fn memory(objects: usize) -> u64 {
        (objects.next_power_of_two() * size_of::<Entry<K>>()) as u64
    }

    /// The least key; panics where there are no objects.
    #[inline(always)]
    pub fn least(&self) -> K {
        self.entries[0].key
    }

    /// The object of the least key; panics where there are none.
    #[inline(always)]
    pub fn first(&self) -> ObjectId {
        self.entries[0].object
    }

    /// The key of an object of the heap.
    #[inline(always)]
    pub fn key<N: Placed>(&self, nodes: &Nodes<N>, object: ObjectId) -> K {
        self.entries[nodes[object].place() as usize].key
    }

    /// Number of objects.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds an object that is not in the heap.
    #[inline(always)]
    pub fn insert<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId, key: K) {
        let entry = Entry { key, object };
        self.entries.push(entry);
        self.rise(nodes, self.entries.len() - 1, entry);
    }

    /// Gives an object of the heap another key.
    #[inline(always)]
    pub fn update<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId, key: K) {
        let place = nodes[object].place() as usize;
        self.settle(nodes, place, Entry { key, object });
    }

    /// Takes the object of the least key out; panics where there are no objects.
    #[inline(always)]
    pub fn pop<N: Placed>(&mut self, nodes: &mut Nodes<N>) -> ObjectId {
        let object = self.entries[0].object;
        self.remove(nodes, object);
        object
    }

    /// Takes an object of the heap out.
    #[inline(always)]
    pub fn remove<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        let place = nodes[object].place() as usize;
        if let Some(last) = self.entries.pop()
            && last.object != object
        {
            self.settle(nodes, place, last);
        }
    }

    /// Asks the processor to fetch the object's entry.
    #[inline(always)]
    pub fn prefetch<N: Placed>(&self, nodes: &Nodes<N>, object: ObjectId) {
        crate::prefetch::prefetch(&self.entries, nodes[object].place() as usize);
    }

    #[inline(always)]
    fn put<N: Placed>(&mut self, nodes: &mut Nodes<N>, place: usize, entry: Entry<K>) {
        self.entries[place] = entry;
        *nodes[entry.object].place_mut() = place as u32;
    }

    /// Puts the entry at `place`, or wherever above or below it belongs.
    #[inline(always)]
    fn settle<N: Placed>(&mut self, nodes: &mut Nodes<N>, place: usize, entry: Entry<K>) {
        if self.entries[place].key >= entry.key {
            self.rise(nodes, place, entry);
        } else {
            self.sink(nodes, place, entry);
        }
    }

    /// Puts the entry at `place`, or above where its parents' keys are greater.
    #[inline(always)]
    fn rise<N: Placed>(&mut self, nodes: &mut Nodes<N>, mut place: usize, entry: Entry<K>) {
        while place > 0 {
            let parent = (place - 1) / ARITY;
            if self.entries[parent].key <= entry.key {
                break;
            }
            self.put(nodes, place, self.entries[parent]);
            place = parent;
        }
        self.put(nodes, place, entry);
    }

    /// Puts the entry at `place`, or below where a child's key is less.
    #[inline(always)]
    fn sink<N: Placed>(&mut self, nodes: &mut Nodes<N>, mut place: usize, entry: Entry<K>) {
        loop {
            let first = place * ARITY + 1;
            let children = first..self.entries.len().min(first + ARITY);
            let Some(least) = children.rev().min_by_key(|child| self.entries[*child].key) else { break };
            if self.entries[least].key >= entry.key {
                break;
            }
            self.put(nodes, place, self.entries[least]);
            place = least;
        }
        self.put(nodes, place, entry);
    }
}
