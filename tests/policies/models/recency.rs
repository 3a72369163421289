//! Models of stacks in order of recency: SLRU and LIRS.

use super::{Item, Model, position, weight};

/// Segmented LRU, the lowest segment first.
pub struct Slru {
    segments: Vec<Vec<Item>>,
    room: u64,
    bounded: bool,
}

impl Slru {
    pub fn new(capacity: u64, segments: u64, bounded: bool) -> Slru {
        let room = (capacity / segments).max(1);
        Slru { segments: (0..segments).map(|_| Vec::new()).collect(), room, bounded }
    }
    /// While a segment has too much, its oldest falls by one segment, out of the lowest one.
    fn cool(&mut self, segment: usize) {
        while weight(&self.segments[segment]) > self.room {
            let item = self.segments[segment].remove(0);
            if segment > 0 {
                self.segments[segment - 1].push(item);
                if segment > 1 || self.bounded {
                    self.cool(segment - 1);
                }
            }
        }
    }
}

impl Model for Slru {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        self.segments.iter_mut().collect()
    }
    fn hit(&mut self, object: u32, _: u32) {
        let from = self.segments.iter().position(|segment| position(segment, object).is_some()).unwrap();
        let i = position(&self.segments[from], object).unwrap();
        let item = self.segments[from].remove(i);
        let to = if item.weight > self.room { from } else { (from + 1).min(self.segments.len() - 1) };
        self.segments[to].push(item);
        if to > from {
            self.cool(to);
        }
    }
    fn admits(&mut self, item: &Item) -> bool {
        !self.bounded || item.weight <= self.room
    }
    fn evict(&mut self) {
        self.segments.iter_mut().find(|segment| !segment.is_empty()).unwrap().remove(0);
    }
    fn insert(&mut self, item: Item) {
        let has_room = |segment: &Vec<Item>| self.bounded && weight(segment) + item.weight <= self.room;
        let to = self.segments.iter().position(has_room).unwrap_or(0);
        self.segments[to].push(item);
    }
}

/// LIRS, section 3.3 of the paper; `demotes`: with libCacheSim's demotion on hits in Q only.
#[derive(Default)]
pub struct Lirs {
    /// S, the bottom first; what is in it is LIR, resident HIR, or gone.
    stack: Vec<Item>,
    lir: Vec<Item>,
    /// Q.
    hir: Vec<Item>,
    /// In the stack and not cached, in order of eviction.
    gone: Vec<Item>,
    capacity: u64,
    room_hir: u64,
    demotes: bool,
    returning: bool,
    weight_of_x: u64,
}

impl Lirs {
    pub fn new(capacity: u64, room_hir: u64, demotes: bool) -> Lirs {
        Lirs { capacity, room_hir: room_hir.max(1), demotes, ..Lirs::default() }
    }
    fn room_lir(&self) -> u64 {
        self.capacity - self.room_hir
    }
    fn touch(&mut self, item: Item) {
        self.stack.retain(|other| other.object != item.object);
        self.stack.push(item);
    }
    fn prune(&mut self) {
        while let Some(bottom) = self.stack.first().copied()
            && position(&self.lir, bottom.object).is_none()
        {
            self.stack.remove(0);
            self.gone.retain(|item| item.object != bottom.object);
        }
    }
    fn evict_hir(&mut self) {
        let item = self.hir.remove(0);
        if position(&self.stack, item.object).is_some() {
            self.gone.push(item);
        }
    }
    fn demote(&mut self) {
        let item = self.stack.remove(0);
        self.lir.remove(position(&self.lir, item.object).unwrap());
        while weight(&self.hir) + item.weight > self.room_hir {
            self.evict_hir();
        }
        self.hir.push(item);
        self.prune();
    }
    fn enter_lir(&mut self, item: Item) {
        self.touch(item);
        self.lir.push(item);
        while weight(&self.lir) > self.room_lir() {
            self.demote();
        }
        self.prune();
    }
    fn limit_stack(&mut self) {
        while weight(&self.stack) > 2 * self.capacity && !self.gone.is_empty() {
            let first = self.gone.remove(0);
            self.stack.retain(|item| item.object != first.object);
        }
    }
}

impl Model for Lirs {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.lir, &mut self.hir]
    }
    fn remove(&mut self, object: u32) {
        for list in [&mut self.stack, &mut self.lir, &mut self.hir] {
            list.retain(|item| item.object != object);
        }
        self.prune();
    }
    fn hit(&mut self, object: u32, _: u32) {
        let Some(i) = position(&self.hir, object) else {
            let item = self.lir[position(&self.lir, object).unwrap()];
            self.touch(item);
            return self.prune();
        };
        let item = self.hir.remove(i);
        let in_stack = position(&self.stack, object).is_some();
        if in_stack && item.weight <= self.room_lir() {
            return self.enter_lir(item);
        }
        self.hir.push(item);
        if self.demotes && !in_stack {
            let mut both = item.weight;
            while weight(&self.lir) + item.weight > self.room_lir() && !self.lir.is_empty() {
                both += self.stack[0].weight;
                if both > self.room_hir {
                    break;
                }
                self.demote();
            }
        }
        self.touch(item);
        self.limit_stack();
    }
    fn admits(&mut self, x: &Item) -> bool {
        let found = position(&self.gone, x.object);
        self.returning = found.is_some();
        if let Some(i) = found {
            self.gone.remove(i);
            self.stack.retain(|item| item.object != x.object);
        }
        self.weight_of_x = x.weight;
        x.weight <= self.room_hir
    }
    fn evict(&mut self) {
        if self.returning && weight(&self.lir) + self.weight_of_x > self.room_lir() && !self.lir.is_empty() {
            self.demote();
        } else {
            self.evict_hir();
        }
    }
    fn insert(&mut self, x: Item) {
        let fits = weight(&self.lir) + x.weight <= self.room_lir();
        if fits || (self.returning && x.weight <= self.room_lir()) {
            self.enter_lir(x);
        } else {
            while weight(&self.hir) + x.weight > self.room_hir {
                self.evict_hir();
            }
            self.touch(x);
            self.hir.push(x);
        }
        self.limit_stack();
    }
}
