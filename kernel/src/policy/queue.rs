//! First-in-first-out queues in a ring of memory: pushing and popping an object touches no node, and the nodes of those
//! that will be popped next can be fetched ahead, as they stand side by side.
//!
//! Against a linked list (`list.rs`) that saves 8 bytes per object of the trace and the neighbours' cache misses. The price:
//! removal from the middle leaves a dead entry behind, and from the first one on costs a counter per object. An object's dead
//! entries are older than its living one, so what is popped is dead exactly while the object's counter is above zero.
//! A queue knows neither weights nor what its objects' nodes hold.

use super::in_place::clone_in_place;
use super::{Nodes, Population};
use crate::request::ObjectId;
use std::mem::take;

/// Entries of the first ring. A ring doubles when it is full of living entries.
const LEAST_ROOM: usize = 64;
/// How many pops ahead a node is fetched.
const AHEAD: usize = 12;

/// A queue of objects. Unless it says otherwise, an object may be on it once.
#[derive(Debug, Default)]
pub struct Queue {
    /// A power of two of entries, or none before the first push.
    ring: Vec<ObjectId>,
    /// Positions count up for ever; an entry stands at its position modulo the ring's length.
    oldest: usize,
    /// Number of entries, living and dead.
    len: usize,
    /// Number of dead entries.
    dead: usize,
    /// Number of each object's dead entries; empty before the first removal.
    dead_of: Vec<u32>,
}
clone_in_place!(Queue { ring, oldest, len, dead, dead_of });

impl Queue {
    /// Bytes it allocates for so many living entries, in a trace of so many objects of which some are removed.
    pub fn memory(most: usize, population: &Population) -> u64 {
        let dead = if population.removes { population.objects } else { 0 };
        let entries = (most + 1).next_power_of_two().max(LEAST_ROOM) + dead;
        (entries * size_of::<ObjectId>()) as u64
    }

    /// Number of objects.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len - self.dead
    }

    /// True where there are no objects.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == self.dead
    }

    /// The oldest object. The queue must not be empty.
    #[inline(always)]
    pub fn oldest(&mut self) -> ObjectId {
        loop {
            let object = self.ring[self.place(0)];
            if self.dead == 0 || !self.bury(object) {
                return object;
            }
            self.drop_entry();
        }
    }

    /// Puts an object at the newest end.
    #[inline(always)]
    pub fn push(&mut self, object: ObjectId) {
        if self.len == self.ring.len() {
            self.make_room();
        }
        let place = self.place(self.len);
        self.ring[place] = object;
        self.len += 1;
    }

    /// Takes the oldest object off. The queue must not be empty.
    #[inline(always)]
    pub fn pop<N: Copy + Default>(&mut self, nodes: &Nodes<N>) -> ObjectId {
        let object = self.oldest();
        self.drop_entry();
        self.prefetch_oldest(nodes);
        object
    }

    /// Makes the oldest object the newest. The queue must not be empty.
    #[inline(always)]
    pub fn turn<N: Copy + Default>(&mut self, nodes: &Nodes<N>) {
        let object = self.pop(nodes);
        self.push(object);
    }

    /// Takes an object that is on the queue off it, wherever it stands.
    pub fn remove<N: Copy + Default>(&mut self, nodes: &Nodes<N>, object: ObjectId) {
        if self.dead_of.is_empty() {
            self.dead_of.resize(nodes.len(), 0);
        }
        self.dead_of[object.index()] += 1;
        self.dead += 1;
    }

    /// Keeps the entries for which `keep` is true; asked from old to new.
    pub fn retain(&mut self, mut keep: impl FnMut(ObjectId) -> bool) {
        let entries = self.len;
        self.len = 0;
        for older in 0..entries {
            let object = self.ring[self.place(older)];
            if keep(object) {
                let place = self.place(self.len);
                self.ring[place] = object;
                self.len += 1;
            }
        }
    }

    /// Makes sure of what the calls below need: no dead entry, and room for `most` objects.
    pub fn prepare(&mut self, most: usize) {
        if self.dead > 0 {
            self.retain_living();
        }
        while self.ring.len() <= most {
            self.double();
        }
    }

    /// The oldest object of a prepared queue that is not empty.
    #[inline(always)]
    pub fn next_out(&self) -> ObjectId {
        self.ring[self.place(0)]
    }

    /// Takes the oldest object off a prepared queue, if `really` is 1 and not 0.
    #[inline(always)]
    pub fn pop_if<N: Copy + Default>(&mut self, nodes: &Nodes<N>, really: u8) {
        self.oldest = self.oldest.wrapping_add(usize::from(really));
        self.len -= usize::from(really);
        self.prefetch_oldest(nodes);
    }

    /// Pushes an object, which is not on the prepared queue, if `really` is 1 and not 0.
    #[inline(always)]
    pub fn push_if(&mut self, object: ObjectId, really: u8) {
        // There is a free place, where it has no effect if not really.
        let place = self.place(self.len);
        self.ring[place] = object;
        self.len += usize::from(really);
    }

    /// Where in the ring the entry is that so many are older than.
    #[inline(always)]
    fn place(&self, older: usize) -> usize {
        self.oldest.wrapping_add(older) & self.ring.len().wrapping_sub(1)
    }

    #[inline(always)]
    fn drop_entry(&mut self) {
        self.oldest = self.oldest.wrapping_add(1);
        self.len -= 1;
    }

    /// Whether an entry that leaves the oldest end is a dead one, which is then forgotten.
    #[inline(always)]
    fn bury(&mut self, object: ObjectId) -> bool {
        let dead = &mut self.dead_of[object.index()];
        let is_dead = *dead > 0;
        *dead -= u32::from(is_dead);
        self.dead -= usize::from(is_dead);
        is_dead
    }

    #[inline(always)]
    fn prefetch_oldest<N: Copy + Default>(&self, nodes: &Nodes<N>) {
        if size_of::<N>() > 0 {
            nodes.prefetch(self.ring[self.place(AHEAD)]);
        }
    }

    /// Makes room in a full ring: by dropping the dead entries where they are at least half of it, so that removals pay for
    /// the work.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        if self.len > 0 && self.dead * 2 >= self.len { self.retain_living() } else { self.double() }
    }

    fn retain_living(&mut self) {
        let mut dead_of = take(&mut self.dead_of);
        self.retain(|object| {
            let dead = &mut dead_of[object.index()];
            let is_dead = *dead > 0;
            *dead -= u32::from(is_dead);
            !is_dead
        });
        self.dead_of = dead_of;
        self.dead = 0;
    }

    fn double(&mut self) {
        let room = self.ring.len();
        if room > 0 {
            let oldest = self.place(0);
            self.ring.rotate_left(oldest);
        }
        self.ring.resize((room * 2).max(LEAST_ROOM), ObjectId::default());
        self.oldest = 0;
    }
}
