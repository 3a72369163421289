//! Models of a queue that sorts out, its ghosts and a main queue: S3-FIFO, 2Q, QDLP and Clock2Q+.

use super::{Item, Model, position, weight};
use std::collections::HashSet;

/// The newest ghosts of a total weight.
#[derive(Default)]
struct Ghosts {
    queue: Vec<Item>,
    room: u64,
}

impl Ghosts {
    fn push(&mut self, item: Item) {
        if item.weight <= self.room {
            while weight(&self.queue) + item.weight > self.room {
                self.queue.remove(0);
            }
            self.queue.push(item);
        }
    }
    /// True where the object was a ghost.
    fn take(&mut self, object: u32) -> bool {
        let found = position(&self.queue, object);
        found.map(|i| self.queue.remove(i)).is_some()
    }
}

/// S3-FIFO, as section 4 of the paper and the published code describe it.
#[derive(Default)]
pub struct S3Fifo {
    small: Vec<Item>,
    main: Vec<Item>,
    ghosts: Vec<Item>,
    capacity: u64,
    paper: bool,
    evicted: bool,
    remembered: HashSet<u32>,
}

impl S3Fifo {
    pub fn new(capacity: u64, paper: bool) -> S3Fifo {
        S3Fifo { capacity, paper, ..S3Fifo::default() }
    }
    fn small_capacity(&self) -> u64 {
        (self.capacity / 10).max(1)
    }
}

impl Model for S3Fifo {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.small, &mut self.main]
    }
    fn admits(&mut self, item: &Item) -> bool {
        if position(&self.ghosts, item.object).is_some() {
            self.ghosts.retain(|ghost| ghost.object != item.object);
            self.remembered.insert(item.object);
        }
        let admitted = self.paper || item.weight <= self.small_capacity();
        if !admitted {
            self.remembered.remove(&item.object);
        }
        admitted
    }
    fn insert(&mut self, item: Item) {
        let overflow = !self.paper && !self.evicted && weight(&self.small) >= self.small_capacity();
        let remembered = self.remembered.remove(&item.object);
        if remembered || overflow { self.main.push(item) } else { self.small.push(item) }
    }
    fn evict(&mut self) {
        self.evicted = true;
        if weight(&self.main) <= self.capacity - self.small_capacity() {
            while !self.small.is_empty() {
                let item = self.small.remove(0);
                if item.hits < 2 {
                    let room = self.capacity * 9 / 10;
                    if item.weight <= room {
                        while weight(&self.ghosts) + item.weight > room {
                            self.ghosts.remove(0);
                        }
                        self.ghosts.push(item);
                    }
                    return;
                }
                self.main.push(Item { hits: 0, ..item });
            }
        }
        loop {
            let item = self.main.remove(0);
            if item.hits == 0 {
                return;
            }
            self.main.push(Item { hits: item.hits.min(3) - 1, ..item });
        }
    }
}

/// 2Q, the full version of the paper; with the shares and, for sizes, the refusals of libCacheSim.
#[derive(Default)]
pub struct TwoQ {
    a1in: Vec<Item>,
    am: Vec<Item>,
    a1out: Ghosts,
    room_in: u64,
    room_am: u64,
    returning: bool,
}

impl TwoQ {
    pub fn new(capacity: u64) -> TwoQ {
        let room_in = (capacity / 4).max(1);
        let a1out = Ghosts { room: capacity / 2, ..Ghosts::default() };
        TwoQ { a1out, room_in, room_am: capacity - room_in, ..TwoQ::default() }
    }
}

impl Model for TwoQ {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.a1in, &mut self.am]
    }
    fn hit(&mut self, object: u32, _: u32) {
        if let Some(i) = position(&self.am, object) {
            let item = self.am.remove(i);
            self.am.push(item);
        }
    }
    fn admits(&mut self, item: &Item) -> bool {
        self.returning = self.a1out.take(item.object) && item.weight <= self.room_am;
        item.weight <= self.room_in
    }
    fn evict(&mut self) {
        if !self.am.is_empty() && weight(&self.a1in) <= self.room_in {
            self.am.remove(0);
        } else {
            let item = self.a1in.remove(0);
            self.a1out.push(item);
        }
    }
    fn insert(&mut self, item: Item) {
        if !self.returning {
            return self.a1in.push(item);
        }
        while weight(&self.am) + item.weight > self.room_am {
            self.am.remove(0);
        }
        self.am.push(item);
    }
}

/// QDLP: figure 4 of the paper; with the refusals of libCacheSim for sizes.
#[derive(Default)]
pub struct Qdlp {
    small: Vec<Item>,
    main: Vec<Item>,
    ghosts: Ghosts,
    room_small: u64,
    room_main: u64,
    returning: bool,
}

impl Qdlp {
    pub fn new(capacity: u64) -> Qdlp {
        let room_small = (capacity / 10).max(1);
        let ghosts = Ghosts { room: capacity * 9 / 10, ..Ghosts::default() };
        Qdlp { ghosts, room_small, room_main: capacity - room_small, ..Qdlp::default() }
    }
    fn evict_main(&mut self) {
        while self.main[0].hits > 0 {
            let item = self.main.remove(0);
            self.main.push(Item { hits: item.hits.min(3) - 1, ..item });
        }
        self.main.remove(0);
    }
    fn enter_main(&mut self, item: Item) {
        while weight(&self.main) + item.weight > self.room_main {
            self.evict_main();
        }
        self.main.push(Item { hits: 0, ..item });
    }
}

impl Model for Qdlp {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.small, &mut self.main]
    }
    fn admits(&mut self, item: &Item) -> bool {
        self.returning = self.ghosts.take(item.object) && item.weight <= self.room_main;
        item.weight <= self.room_small
    }
    fn evict(&mut self) {
        if self.small.is_empty() {
            return self.evict_main();
        }
        let item = self.small.remove(0);
        if item.hits > 0 && item.weight <= self.room_main {
            self.enter_main(item);
        } else {
            self.ghosts.push(item);
        }
    }
    fn insert(&mut self, item: Item) {
        if self.returning { self.enter_main(item) } else { self.small.push(item) }
    }
}

/// Clock2Q+: S3-FIFO's queues; a hit counts once, and in the small queue only after the window.
#[derive(Default)]
pub struct Clock2QPlus {
    small: Vec<Item>,
    main: Vec<Item>,
    ghosts: Ghosts,
    capacity: u64,
    counts_objects: bool,
    evicted: bool,
    returning: bool,
    /// Everything that was ever inserted into the small queue, in order.
    history: Vec<Item>,
}

impl Clock2QPlus {
    pub fn new(capacity: u64, counts_objects: bool) -> Clock2QPlus {
        let ghosts = Ghosts { room: capacity * 9 / 10, ..Ghosts::default() };
        Clock2QPlus { ghosts, capacity, counts_objects, ..Clock2QPlus::default() }
    }
    fn room_small(&self) -> u64 {
        (self.capacity / 10).max(1)
    }
}

impl Model for Clock2QPlus {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.small, &mut self.main]
    }
    fn hit(&mut self, object: u32, _: u32) {
        if let Some(i) = position(&self.main, object) {
            self.main[i].hits = 1;
            return;
        }
        let inserted = self.history.iter().rposition(|item| item.object == object).unwrap();
        let since = &self.history[inserted + 1..];
        let passed = if self.counts_objects { since.len() as u64 } else { weight(since) };
        if 2 * passed >= self.room_small() {
            let i = position(&self.small, object).unwrap();
            self.small[i].hits = 1;
        }
    }
    fn admits(&mut self, item: &Item) -> bool {
        self.returning = self.ghosts.take(item.object);
        item.weight <= self.room_small()
    }
    fn insert(&mut self, item: Item) {
        let overflow = !self.evicted && weight(&self.small) >= self.room_small();
        if self.returning || overflow {
            self.main.push(item);
        } else {
            self.history.push(item);
            self.small.push(item);
        }
    }
    fn evict(&mut self) {
        self.evicted = true;
        if weight(&self.main) <= self.capacity - self.room_small() {
            while !self.small.is_empty() {
                let item = self.small.remove(0);
                if item.hits == 0 {
                    return self.ghosts.push(item);
                }
                self.main.push(Item { hits: 0, ..item });
            }
        }
        while self.main[0].hits > 0 {
            self.main[0].hits = 0;
            self.main.rotate_left(1);
        }
        self.main.remove(0);
    }
}
