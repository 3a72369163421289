//! A model of memcached's lists. An item's `hits` are what the server's two bits say: 0, 1 once fetched, 2 while active.

use super::{Item, Model, position, weight};
use std::collections::HashMap;

#[derive(Default)]
pub struct Memcached {
    hot: Vec<Item>,
    warm: Vec<Item>,
    cold: Vec<Item>,
    /// The second at which each object was inserted, made active or moved within WARM.
    touched: HashMap<u32, u64>,
    now: u64,
}

impl Memcached {
    fn age(&self, queue: &[Item]) -> f64 {
        queue.first().map_or(0.0, |item| (self.now - self.touched[&item.object]) as f64)
    }

    fn pull_hot(&mut self) {
        let oldest = self.hot.remove(0);
        let (to, hits) = if oldest.hits == 2 { (&mut self.warm, 1) } else { (&mut self.cold, oldest.hits) };
        to.push(Item { hits, ..oldest });
    }

    fn maintain(&mut self) {
        let all = weight(&self.hot) + weight(&self.warm) + weight(&self.cold);
        let cold_age = self.age(&self.cold);
        let is_due = |model: &Memcached, queue: &[Item], percent: u64, age: f64| {
            let Some(oldest) = queue.first() else { return false };
            oldest.hits == 2 || weight(queue) > all * percent / 100 || model.age(queue) > age.floor()
        };
        while is_due(self, &self.hot, 20, cold_age / 5.0) {
            self.pull_hot();
        }
        while is_due(self, &self.warm, 40, cold_age * 2.0) {
            let oldest = self.warm.remove(0);
            if oldest.hits == 2 {
                self.touched.insert(oldest.object, self.now);
                self.warm.push(Item { hits: 1, ..oldest });
            } else {
                self.cold.push(oldest);
            }
        }
    }
}

impl Model for Memcached {
    fn tick(&mut self, second: u64) {
        self.now = second;
    }
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.hot, &mut self.warm, &mut self.cold]
    }
    fn insert(&mut self, item: Item) {
        self.touched.insert(item.object, self.now);
        self.hot.push(item);
        self.maintain();
    }
    fn evict(&mut self) {
        while self.cold.is_empty() && !self.hot.is_empty() {
            self.pull_hot();
        }
        if self.cold.is_empty() {
            self.warm.remove(0)
        } else {
            self.cold.remove(0)
        };
    }
    fn hit(&mut self, object: u32, _: u32) {
        let item = self.queues().into_iter().flatten().find(|item| item.object == object).unwrap();
        item.hits += 1;
        if item.hits != 2 {
            item.hits = item.hits.min(2);
            return;
        }
        self.touched.insert(object, self.now);
        if let Some(i) = position(&self.cold, object) {
            let item = self.cold.remove(i);
            self.warm.push(Item { hits: 1, ..item });
        }
        self.maintain();
    }
}
