//! Objects in order of their last use, as a log of uses: a use appends the object and strikes its entry before out, and
//! the oldest entry that is not struck out is the least recently used object.
//!
//! Against a linked list (`list.rs`) a use touches one node and not four, and everything else it touches is next to what
//! the uses before it touched, or one bit per entry. It costs room for struck entries, and rewriting the log once it is full.

use super::in_place::clone_in_place;
use super::{Nodes, run};
use crate::request::ObjectId;
use std::hint::select_unpredictable;

/// Entries per object that the log has room for, at least: so many uses pay for one entry when it is rewritten.
const ROOM: usize = 4;
/// Entries per word of `valid`.
const WORD: usize = u64::BITS as usize;

/// Objects in order of their last use. An object's node is where in the log its last use stands.
#[derive(Debug, Default)]
pub struct Recency {
    /// A ring: a power of two of entries, at least [`WORD`], or none before the first use.
    log: Vec<ObjectId>,
    /// A bit for each entry, 0 where it is struck out. From the newest entry to the end of its word they are 1.
    valid: Vec<u64>,
    /// The first position of the word in which the oldest valid entry is, or of one before it. Positions count up for ever.
    oldest: usize,
    /// The bits of that word; those in `valid` are not kept up.
    oldest_valid: u64,
    /// One past the newest entry.
    end: usize,
    /// Number of objects.
    len: usize,
}
clone_in_place!(Recency { log, valid, oldest, oldest_valid, end, len });

impl Recency {
    /// Bytes it allocates for so many objects.
    pub fn memory(most: usize) -> u64 {
        let room = (most * ROOM + run::LENGTH).next_power_of_two();
        (room * size_of::<ObjectId>() + room / 8) as u64
    }

    /// An object enters as the most recently used.
    #[inline(always)]
    pub fn push(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.make_room(nodes, 1);
        self.append(nodes, object);
        self.len += 1;
    }

    /// An object that is in is used.
    #[inline(always)]
    pub fn refresh(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        self.make_room(nodes, 1);
        self.strike(nodes[object], 1);
        self.append(nodes, object);
    }

    /// The least recently used object. There must be one.
    pub fn oldest(&mut self) -> ObjectId {
        let place = self.find_oldest(1);
        self.log[place]
    }

    /// Takes the least recently used object out. There must be one.
    #[inline(always)]
    pub fn pop(&mut self) -> ObjectId {
        self.len -= 1;
        self.pop_if(1)
    }

    /// Takes an object out.
    pub fn remove(&mut self, nodes: &Nodes<u32>, object: ObjectId) {
        self.strike(nodes[object], 1);
        self.len -= 1;
    }

    /// An object is used, which takes the place of the least recently used if `enters` is 1; if it is 0 the object is in
    /// already. Gives back which was the least recently used, or where `enters` is 0 any object. There must be room, and an
    /// object.
    #[inline(always)]
    pub fn use_or_replace(&mut self, nodes: &mut Nodes<u32>, object: ObjectId, enters: u8) -> ObjectId {
        self.strike(nodes[object], 1 - enters);
        let oldest = self.pop_if(enters);
        self.append(nodes, object);
        oldest
    }

    /// Makes sure that there is room for so many uses.
    #[inline(always)]
    pub fn make_room(&mut self, nodes: &mut Nodes<u32>, uses: usize) {
        if self.end - self.oldest + uses > self.log.len() {
            self.rewrite(nodes, uses);
        }
    }

    /// The place of the oldest valid entry, if `really` is 1 and not 0, else any.
    #[inline(always)]
    fn find_oldest(&mut self, really: u8) -> usize {
        let mask = self.log.len() - 1;
        // Also asks for `really`: without, a processor would have to guess it.
        while self.oldest_valid < u64::from(really) {
            self.oldest += WORD;
            self.oldest_valid = self.valid[(self.oldest & mask) / WORD];
        }
        (self.oldest + self.oldest_valid.trailing_zeros() as usize) & mask
    }

    /// Strikes the oldest valid entry out, if `really` is 1 and not 0. Gives back its object, or if not really any.
    #[inline(always)]
    fn pop_if(&mut self, really: u8) -> ObjectId {
        let place = self.find_oldest(really);
        let rest = self.oldest_valid & self.oldest_valid.wrapping_sub(1);
        self.oldest_valid = select_unpredictable(really == 1, rest, self.oldest_valid);
        self.log[place]
    }

    /// Strikes the entry at a place out, if `really` is 1 and not 0.
    #[inline(always)]
    fn strike(&mut self, place: u32, really: u8) {
        let (word, bit) = (place as usize / WORD, u64::from(really) << (place as usize % WORD));
        self.valid[word] &= !bit;
        let is_oldest = word == (self.oldest & (self.log.len() - 1)) / WORD;
        self.oldest_valid &= !select_unpredictable(is_oldest, bit, 0);
    }

    #[inline(always)]
    fn append(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        let place = self.end & (self.log.len() - 1);
        self.log[place] = object;
        if place.is_multiple_of(WORD) {
            self.valid[place / WORD] = u64::MAX;
        }
        nodes[object] = place as u32;
        self.end += 1;
    }

    /// Moves the valid entries together, and doubles the log until it has room.
    #[cold]
    #[inline(never)]
    fn rewrite(&mut self, nodes: &mut Nodes<u32>, uses: usize) {
        let mut kept = 0;
        if !self.log.is_empty() {
            let place = self.oldest & (self.log.len() - 1);
            self.valid[place / WORD] = self.oldest_valid;
        }
        for position in self.oldest..self.end {
            let place = position & (self.log.len() - 1);
            if self.valid[place / WORD] >> (place % WORD) & 1 == 1 {
                let to = (self.oldest + kept) & (self.log.len() - 1);
                self.log[to] = self.log[place];
                kept += 1;
            }
        }
        if !self.log.is_empty() {
            let oldest = self.oldest & (self.log.len() - 1);
            self.log.rotate_left(oldest);
        }
        let room = (self.len * ROOM + uses).next_power_of_two().max(self.log.len()).max(WORD);
        self.log.resize(room, ObjectId::default());
        self.valid.resize(room / WORD, 0);
        self.valid[..=kept / WORD].fill(u64::MAX);
        (self.oldest, self.oldest_valid, self.end) = (0, u64::MAX, kept);
        for (place, object) in self.log[..kept].iter().enumerate() {
            nodes[*object] = place as u32;
        }
    }
}
