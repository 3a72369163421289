//! Models that move a target by what their ghosts say: ARC and CAR.

use super::{Item, Model, position, weight};

/// ARC, figure 4 of the paper; x is the object that is asked for.
#[derive(Default)]
pub struct Arc {
    t1: Vec<Item>,
    t2: Vec<Item>,
    b1: Vec<Item>,
    b2: Vec<Item>,
    p: f64,
    c: u64,
    steps_by_byte: bool,
    weight_of_x: u64,
    x_was_in_b1: bool,
    x_was_in_b2: bool,
}

impl Arc {
    pub fn new(c: u64, steps_by_byte: bool) -> Arc {
        Arc { c, steps_by_byte, ..Arc::default() }
    }
    fn replace(&mut self) {
        let t1 = weight(&self.t1) as f64;
        if !self.t1.is_empty() && (t1 > self.p || (self.x_was_in_b2 && t1 == self.p)) || self.t2.is_empty() {
            self.b1.push(self.t1.remove(0));
        } else {
            self.b2.push(self.t2.remove(0));
        }
    }
}

impl Model for Arc {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.t1, &mut self.t2]
    }
    fn hit(&mut self, object: u32, _: u32) {
        let list = if position(&self.t1, object).is_some() { &mut self.t1 } else { &mut self.t2 };
        let item = list.remove(position(list, object).unwrap());
        self.t2.push(item);
    }
    fn admits(&mut self, x: &Item) -> bool {
        let (b1, b2) = (weight(&self.b1) as f64, weight(&self.b2) as f64);
        let (in_b1, in_b2) = (position(&self.b1, x.object), position(&self.b2, x.object));
        (self.x_was_in_b1, self.x_was_in_b2) = (in_b1.is_some(), in_b2.is_some());
        self.weight_of_x = x.weight;
        let unit = if self.steps_by_byte { 1.0 } else { x.weight as f64 };
        if let Some(i) = in_b1 {
            self.p = (self.p + unit * if b1 >= b2 { 1.0 } else { b2 / b1 }).min(self.c as f64);
            self.b1.remove(i);
        }
        if let Some(i) = in_b2 {
            self.p = (self.p - unit * if b2 >= b1 { 1.0 } else { b1 / b2 }).max(0.0);
            self.b2.remove(i);
        }
        true
    }
    fn evict(&mut self) {
        if self.x_was_in_b1 || self.x_was_in_b2 {
            return self.replace();
        }
        let l1 = weight(&self.t1) + weight(&self.b1);
        let l2 = weight(&self.t2) + weight(&self.b2);
        if l1 + self.weight_of_x > self.c {
            if self.b1.is_empty() {
                self.t1.remove(0);
                return;
            }
            self.b1.remove(0);
        } else if l1 + l2 >= 2 * self.c && !self.b2.is_empty() {
            self.b2.remove(0);
        }
        self.replace();
    }
    fn insert(&mut self, x: Item) {
        if self.x_was_in_b1 || self.x_was_in_b2 { self.t2.push(x) } else { self.t1.push(x) }
    }
}

/// CAR, figure 2 of the paper; hits are its reference bits.
#[derive(Default)]
pub struct Car {
    t1: Vec<Item>,
    t2: Vec<Item>,
    b1: Vec<Item>,
    b2: Vec<Item>,
    p: f64,
    c: u64,
    weight_of_x: u64,
    x_was_in_b1: bool,
    x_was_in_b2: bool,
}

impl Car {
    pub fn new(c: u64) -> Car {
        Car { c, ..Car::default() }
    }
    fn replace(&mut self) {
        loop {
            if weight(&self.t1) as f64 >= self.p.max(1.0) || self.t2.is_empty() {
                let head = self.t1.remove(0);
                if head.hits == 0 {
                    return self.b1.push(head);
                }
                self.t2.push(Item { hits: 0, ..head });
            } else {
                let head = self.t2.remove(0);
                if head.hits == 0 {
                    return self.b2.push(head);
                }
                self.t2.push(Item { hits: 0, ..head });
            }
        }
    }
}

impl Model for Car {
    fn queues(&mut self) -> Vec<&mut Vec<Item>> {
        vec![&mut self.t1, &mut self.t2]
    }
    fn admits(&mut self, x: &Item) -> bool {
        self.weight_of_x = x.weight;
        self.x_was_in_b1 = position(&self.b1, x.object).is_some();
        self.x_was_in_b2 = position(&self.b2, x.object).is_some();
        true
    }
    fn evict(&mut self) {
        self.replace();
        if self.x_was_in_b1 || self.x_was_in_b2 {
            return;
        }
        let x = self.weight_of_x;
        if weight(&self.t1) + weight(&self.b1) + x > self.c {
            while weight(&self.t1) + weight(&self.b1) + x > self.c && !self.b1.is_empty() {
                self.b1.remove(0);
            }
        } else {
            let all = |car: &Car| [&car.t1, &car.t2, &car.b1, &car.b2].map(|list| weight(list)).iter().sum::<u64>();
            while all(self) + x > 2 * self.c && !self.b2.is_empty() {
                self.b2.remove(0);
            }
        }
    }
    fn insert(&mut self, x: Item) {
        let (b1, b2) = (weight(&self.b1) as f64, weight(&self.b2) as f64);
        if self.x_was_in_b1 {
            self.p = (self.p + x.weight as f64 * (b2 / b1).max(1.0)).min(self.c as f64);
        } else if self.x_was_in_b2 {
            self.p = (self.p - x.weight as f64 * (b1 / b2).max(1.0)).max(0.0);
        }
        self.b1.retain(|ghost| ghost.object != x.object);
        self.b2.retain(|ghost| ghost.object != x.object);
        if self.x_was_in_b1 || self.x_was_in_b2 { self.t2.push(x) } else { self.t1.push(x) }
    }
}
