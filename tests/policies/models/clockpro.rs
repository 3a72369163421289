//! CLOCK-Pro, section 4 of the paper: one list, whose first item is what HAND_hot points to.

use super::{Item, Model, position};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Hot,
    Cold,
    Gone,
}

/// The list; hits are its reference bits.
#[derive(Default)]
pub struct ClockPro {
    list: Vec<(Item, Page, bool)>,
    /// The objects that the hands point to.
    hand_cold: Option<u32>,
    hand_test: Option<u32>,
    m: u64,
    mc: u64,
    returning: bool,
    /// What is cached, for those who compare.
    cached: Vec<Item>,
}

impl ClockPro {
    pub fn new(m: u64) -> ClockPro {
        ClockPro { m, mc: (m / 10).max(1), ..ClockPro::default() }
    }
    fn at(&self, object: u32) -> usize {
        self.list.iter().position(|(item, ..)| item.object == object).unwrap()
    }
    fn sum(&self, of: Page) -> u64 {
        self.list.iter().filter(|(_, page, _)| *page == of).map(|(item, ..)| item.weight).sum()
    }
    /// The first object after this one, going round, that is `wanted`.
    fn after(&self, object: u32, wanted: impl Fn(Page) -> bool) -> Option<u32> {
        let (i, n) = (self.at(object), self.list.len());
        (1..n).map(|step| self.list[(i + step) % n]).find(|(_, page, _)| wanted(*page)).map(|(item, ..)| item.object)
    }
    fn push(&mut self, item: Item, page: Page, test: bool) {
        self.list.push((Item { hits: 0, ..item }, page, test));
        self.hand_test.get_or_insert(item.object);
        if page == Page::Cold {
            self.hand_cold.get_or_insert(item.object);
        }
    }
    /// Moves the hands that point to an object on, before it leaves the list or is no longer cold.
    fn step_aside(&mut self, object: u32, leaves: bool) {
        if self.hand_cold == Some(object) {
            self.hand_cold = self.after(object, |page| page == Page::Cold);
        }
        if leaves && self.hand_test == Some(object) {
            self.hand_test = self.after(object, |_| true);
        }
    }
    fn take(&mut self, object: u32) -> (Item, Page, bool) {
        self.step_aside(object, true);
        self.list.remove(self.at(object))
    }
    fn end_test(&mut self, object: u32) {
        let i = self.at(object);
        let (item, page, test) = self.list[i];
        self.list[i].2 = false;
        if test && item.hits == 0 {
            self.mc = self.mc.saturating_sub(item.weight).max(1);
        }
        if page == Page::Gone {
            self.take(object);
        }
    }
    fn run_hand_hot(&mut self) {
        let mut demoted = false;
        while self.sum(Page::Hot) > 0 {
            let (item, page, _) = self.list[0];
            if page != Page::Hot {
                self.end_test(item.object);
                if page == Page::Cold {
                    self.list.rotate_left(1);
                }
                continue;
            }
            if demoted {
                return;
            }
            self.list[0].0.hits = 0;
            if item.hits == 0 {
                demoted = true;
                self.list[0].1 = Page::Cold;
                self.hand_cold.get_or_insert(item.object);
            }
            self.list.rotate_left(1);
        }
    }
    fn run_hand_test(&mut self) {
        while self.sum(Page::Gone) > self.m {
            let object = self.hand_test.unwrap();
            let next = self.after(object, |_| true);
            if self.list[self.at(object)].1 != Page::Hot {
                self.end_test(object);
            }
            self.hand_test = next;
        }
    }
    fn turn_hot(&mut self, item: Item) {
        self.push(item, Page::Hot, false);
        while self.sum(Page::Hot) > self.m - self.mc {
            self.run_hand_hot();
        }
    }
    fn note_cached(&mut self) {
        self.cached = self.list.iter().filter(|(_, page, _)| *page != Page::Gone).map(|(item, ..)| *item).collect();
    }
}

impl Model for ClockPro {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.cached]
    }
    fn remove(&mut self, object: u32) {
        self.take(object);
        self.note_cached();
    }
    fn hit(&mut self, object: u32, _: u32) {
        let i = self.at(object);
        self.list[i].0.hits = 1;
    }
    fn admits(&mut self, x: &Item) -> bool {
        let all: Vec<Item> = self.list.iter().map(|(item, ..)| *item).collect();
        self.returning = position(&all, x.object).is_some();
        if self.returning {
            self.mc = (self.mc + x.weight).min(self.m);
            self.take(x.object);
        }
        true
    }
    fn evict(&mut self) {
        loop {
            if self.sum(Page::Cold) == 0 {
                self.run_hand_hot();
            }
            let object = self.hand_cold.unwrap();
            let i = self.at(object);
            let (item, _, test) = self.list[i];
            if item.hits > 0 {
                self.take(object);
                if test {
                    self.mc = (self.mc + item.weight).min(self.m);
                    self.turn_hot(item);
                } else {
                    self.push(item, Page::Cold, true);
                }
                continue;
            }
            if test {
                self.step_aside(object, false);
                self.list[i].1 = Page::Gone;
                self.run_hand_test();
            } else {
                self.take(object);
            }
            return self.note_cached();
        }
    }
    fn insert(&mut self, x: Item) {
        if self.returning {
            self.turn_hot(x);
        } else {
            self.push(x, Page::Cold, true);
        }
        self.note_cached();
    }
}
