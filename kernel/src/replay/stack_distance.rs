//! LRU at all cache sizes in one pass (Mattson et al., 1970): a request hits every cache that holds more objects than
//! were asked for since its object was asked for last. That number is the request's stack distance.
//!
//! Every request takes the next slot of a row. An object's earlier slot then becomes a hole, so that the slots after
//! an object's, less the holes among them, are its distance. Holes are a bit per slot, counted per word in a Fenwick
//! tree; when the row is full, holes are squeezed out. Bits and tree of a million objects are 400 KB: they stay in the
//! processor's second cache, whatever the trace's length. It knows no policy and no report.

use super::Tally;
use super::observe::Feed;
use crate::prefetch::prefetch;
use crate::request::{ObjectId, Op, Requests};

/// The slot of an object that was never asked for.
const NOWHERE: u32 = u32::MAX;
/// Slots per word of bits.
const WORD: usize = 64;
/// The row is not shorter: squeezing has a cost of its own.
const FEWEST_SLOTS: usize = 1 << 14;
/// How many requests ahead an object's slot is fetched.
const FAR: usize = 24;

/// The distances of one run of requests.
struct Distances {
    /// By object: its slot.
    slot: Vec<u32>,
    /// By slot: its object.
    owner: Vec<ObjectId>,
    /// By slot, a bit: its object has a later one.
    holes: Vec<u64>,
    /// Holes before a word, as a Fenwick tree (from 1).
    tree: Vec<u32>,
    all_holes: u32,
    next: u32,
}

/// Half of a full row is holes, so that squeezing costs a few operations per request. Requests have 32-bit positions, so
/// slots have too.
fn slots(objects: usize, requests: usize) -> usize {
    (2 * objects).max(FEWEST_SLOTS).min(requests)
}

impl Distances {
    /// For so many objects and requests.
    fn new(objects: usize, requests: usize) -> Distances {
        let slots = slots(objects, requests);
        let words = slots.div_ceil(WORD);
        Distances {
            slot: vec![NOWHERE; objects],
            owner: vec![ObjectId(0); slots],
            holes: vec![0; words],
            tree: vec![0; words + 1],
            all_holes: 0,
            next: 0,
        }
    }

    /// Asks for an object: how many others were asked for since it was; `None` the first time.
    #[inline(always)]
    fn touch(&mut self, object: ObjectId) -> Option<u32> {
        let slot = self.slot[object.index()];
        // Asked for twice in a row: nothing moves.
        if slot != NOWHERE && slot + 1 == self.next {
            return Some(0);
        }
        let distance = (slot != NOWHERE).then(|| {
            let holes_after = self.all_holes - self.holes_before(slot);
            self.punch(slot);
            self.next - 1 - slot - holes_after
        });
        if self.next as usize == self.owner.len() {
            self.squeeze();
        }
        self.owner[self.next as usize] = object;
        self.slot[object.index()] = self.next;
        self.next += 1;
        distance
    }

    #[inline(always)]
    fn holes_before(&self, slot: u32) -> u32 {
        let (mut word, bit) = (slot as usize / WORD, slot as usize % WORD);
        let mut count = (self.holes[word] & ((1 << bit) - 1)).count_ones();
        while word > 0 {
            count += self.tree[word];
            word &= word - 1;
        }
        count
    }

    #[inline(always)]
    fn punch(&mut self, slot: u32) {
        let word = slot as usize / WORD;
        self.holes[word] |= 1 << (slot as usize % WORD);
        self.all_holes += 1;
        let mut node = word + 1;
        while let Some(count) = self.tree.get_mut(node) {
            *count += 1;
            node += node & node.wrapping_neg();
        }
    }

    /// Moves all objects to the front of the row, in their order.
    fn squeeze(&mut self) {
        let mut next = 0;
        for from in 0..self.next as usize {
            if self.holes[from / WORD] >> (from % WORD) & 1 == 0 {
                let object = self.owner[from];
                self.owner[next] = object;
                self.slot[object.index()] = next as u32;
                next += 1;
            }
        }
        self.holes.fill(0);
        self.tree.fill(0);
        self.all_holes = 0;
        self.next = next as u32;
    }
}

/// LRU caches of many sizes at once: what they meet is exactly what replaying each of them would give. The requests must hold
/// no deletes and no times to live, which take objects out of order.
pub struct StackDistances {
    distances: Distances,
    /// In objects, ascending.
    sizes: Vec<u64>,
    warm: usize,
    position: usize,
    /// Per size the gets that hit it and no smaller one, counted as misses; at the end those that miss all.
    first_hits: Vec<Tally>,
    /// The size that the last get hit first.
    reached: usize,
}

impl StackDistances {
    /// For a trace of so many objects and requests, counted from position `warm` on.
    pub fn new(objects: usize, requests: usize, warm: usize, sizes: Vec<u64>) -> StackDistances {
        let first_hits = vec![Tally::default(); sizes.len() + 1];
        StackDistances {
            distances: Distances::new(objects, requests),
            sizes,
            warm,
            position: 0,
            first_hits,
            reached: 0,
        }
    }

    /// Bytes it takes.
    pub fn memory(objects: usize, requests: usize) -> u64 {
        let slots = slots(objects, requests);
        ((objects + slots) * size_of::<u32>() + slots.div_ceil(WORD) * (size_of::<u64>() + size_of::<u32>())) as u64
    }
}

impl Feed for StackDistances {
    fn feed(&mut self, requests: &Requests<'_>) {
        let asked = requests.objects;
        for (i, object) in asked.iter().enumerate() {
            if let Some(later) = asked.get(i + FAR) {
                prefetch(&self.distances.slot, later.index());
            }
            let distance = self.distances.touch(*object);
            if self.position + i >= self.warm && requests.ops.is_none_or(|ops| ops[i] == Op::Get) {
                let reached = |n: u32| self.sizes.partition_point(|size| *size <= u64::from(n));
                let alone = distance.map_or(self.sizes.len(), reached);
                // Of a chain, a size hits what it hits up to there.
                let chained = requests.chained.is_some_and(|chained| chained[i]);
                self.reached = if chained { alone.max(self.reached) } else { alone };
                self.first_hits[self.reached] += Tally {
                    requests: 1,
                    hits: 0,
                    misses: 1,
                    bytes_missed: requests.sizes.map_or(1, |sizes| u64::from(sizes[i])),
                    cost_missed: requests.costs.map_or(1, |costs| u64::from(costs[i])),
                };
            }
        }
        self.position += asked.len();
    }

    fn totals(&self) -> Vec<Tally> {
        let mut tally = Tally::default();
        self.first_hits.iter().for_each(|hits| tally += *hits);
        let reached = self.first_hits.iter().take(self.sizes.len()).map(|found| {
            tally.hits += found.misses;
            tally.misses -= found.misses;
            tally.bytes_missed -= found.bytes_missed;
            tally.cost_missed -= found.cost_missed;
            tally
        });
        reached.collect()
    }
}
