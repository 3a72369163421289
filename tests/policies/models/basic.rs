//! Models of one queue: FIFO, LRU, CLOCK, LFU, Belady and SIEVE.

use super::{Item, Model, position};

/// Policies of one queue differ in what a hit moves and in which index they evict.
struct Single {
    queue: Vec<Item>,
    moves_on_hit: bool,
    victim: fn(&mut [Item]) -> usize,
}

impl Model for Single {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.queue]
    }
    fn insert(&mut self, item: Item) {
        self.queue.push(item);
    }
    fn evict(&mut self) {
        let victim = (self.victim)(&mut self.queue);
        self.queue.remove(victim);
    }
    fn hit(&mut self, object: u32, next: u32) {
        let i = position(&self.queue, object).unwrap();
        self.queue[i].hits += 1;
        self.queue[i].next = next;
        if self.moves_on_hit {
            let item = self.queue.remove(i);
            self.queue.push(item);
        }
    }
}

pub fn single(moves_on_hit: bool, victim: fn(&mut [Item]) -> usize) -> Box<dyn Model> {
    Box::new(Single { queue: Vec::new(), moves_on_hit, victim })
}

/// CLOCK: what was hit goes to the back, unmarked.
pub fn second_chance(queue: &mut [Item]) -> usize {
    while queue[0].hits > 0 {
        queue[0].hits = 0;
        queue.rotate_left(1);
    }
    0
}

/// LFU: the queue is in order of last hit, so the first of the lowest count has had it the longest.
pub fn least_hits(queue: &mut [Item]) -> usize {
    (0..queue.len()).min_by_key(|i| queue[*i].hits).unwrap()
}

pub fn farthest(queue: &mut [Item]) -> usize {
    (0..queue.len()).max_by_key(|i| queue[*i].next).unwrap()
}

/// SIEVE, as Algorithm 1 of the paper; the hand is the object it points to.
#[derive(Default)]
pub struct Sieve {
    queue: Vec<Item>,
    hand: Option<u32>,
}

impl Model for Sieve {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.queue]
    }
    fn insert(&mut self, item: Item) {
        self.queue.push(item);
    }
    fn evict(&mut self) {
        let mut i = self.hand.and_then(|object| position(&self.queue, object)).unwrap_or(0);
        while self.queue[i].hits > 0 {
            self.queue[i].hits = 0;
            i = (i + 1) % self.queue.len();
        }
        self.hand = self.queue.get(i + 1).map(|item| item.object);
        self.queue.remove(i);
    }
    fn remove(&mut self, object: u32) {
        let i = position(&self.queue, object).unwrap();
        if self.hand == Some(object) {
            self.hand = self.queue.get(i + 1).map(|item| item.object);
        }
        self.queue.remove(i);
    }
}
