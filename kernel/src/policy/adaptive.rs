//! Recency against frequency: a queue of objects asked for once lately and one of those asked for again, the ghosts of both,
//! and a target for the first one's weight that a returning ghost moves.
//!
//! It knows the lists and how far a ghost moves the target. Which object is replaced, when the target moves, and how long
//! ghosts are remembered is what ARC and CAR differ in, and is theirs. The names are the papers'.

use super::list::{Linked, List};
use super::{Capacity, Nodes};
use crate::request::ObjectId;

/// The four lists and the target.
#[derive(Debug, Clone)]
pub struct Adaptive {
    /// Cached, asked for once lately.
    pub t1: List,
    /// Cached, asked for more than once.
    pub t2: List,
    /// Evicted from `t1`.
    pub b1: List,
    /// Evicted from `t2`.
    pub b2: List,
    /// The target for the weight of `t1`.
    pub target: f64,
    pub capacity: u64,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    T1,
    T2,
    B1,
    B2,
    /// Asked for while it was in `b1`; not inserted yet.
    FromB1,
    /// Asked for while it was in `b2`; not inserted yet.
    FromB2,
}

/// A node that knows its object's place.
pub trait Divided: Linked {
    /// The place, to change.
    fn place(&mut self) -> &mut Place;
}

impl Adaptive {
    /// Empty lists.
    pub fn new(capacity: Capacity) -> Adaptive {
        Adaptive {
            t1: List::default(),
            t2: List::default(),
            b1: List::default(),
            b2: List::default(),
            target: 0.0,
            capacity: capacity.amount(),
        }
    }

    /// The target stays the same share of the cache; what may be remembered follows the capacity.
    pub fn resize<N: Divided>(&mut self, nodes: &mut Nodes<N>, capacity: Capacity) {
        self.target *= capacity.amount() as f64 / self.capacity.max(1) as f64;
        self.capacity = capacity.amount();
        self.limit_after_shrinking(nodes);
    }

    /// Takes an object off its ghosts, if it is one.
    #[inline(always)]
    pub fn recall<N: Divided>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        let (ghosts, place) = match nodes[object].place() {
            Place::B1 => (&mut self.b1, Place::FromB1),
            Place::B2 => (&mut self.b2, Place::FromB2),
            _ => return,
        };
        ghosts.remove(nodes, object);
        *nodes[object].place() = place;
    }

    /// A ghost of `t1` was asked for: the target rises by `step` times how many times heavier the other ghosts are. The weights
    /// are those of `b1` and `b2` with the ghost among them.
    #[inline(always)]
    pub fn favour_recency(&mut self, b1: f64, b2: f64, step: f64) {
        self.target = (self.target + (b2 / b1).max(1.0) * step).min(self.capacity as f64);
    }

    /// A ghost of `t2` was asked for: the target falls.
    #[inline(always)]
    pub fn favour_frequency(&mut self, b1: f64, b2: f64, step: f64) {
        self.target = (self.target - (b1 / b2).max(1.0) * step).max(0.0);
    }

    /// The object enters: `t1`, or `t2` where it was a ghost.
    #[inline(always)]
    pub fn enter<N: Divided>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        if *nodes[object].place() == Place::Out {
            *nodes[object].place() = Place::T1;
            self.t1.push(nodes, object);
        } else {
            self.enter_t2(nodes, object);
        }
    }

    /// Puts an object that is on no list into `t2`.
    #[inline(always)]
    pub fn enter_t2<N: Divided>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        *nodes[object].place() = Place::T2;
        self.t2.push(nodes, object);
    }

    /// Gives up the oldest of `t1` or of `t2`, which becomes a ghost.
    #[inline(always)]
    pub fn give_up<N: Divided>(&mut self, nodes: &mut Nodes<N>, is_from_t1: bool) -> ObjectId {
        let (cached, ghosts, place) = match is_from_t1 {
            true => (&mut self.t1, &mut self.b1, Place::B1),
            false => (&mut self.t2, &mut self.b2, Place::B2),
        };
        let victim = cached.pop(nodes);
        *nodes[victim].place() = place;
        ghosts.push(nodes, victim);
        victim
    }

    /// Forgets the oldest ghosts for an object of `weight` that was none: so that `t1` and its ghosts are no heavier than the
    /// cache, or else all four lists no heavier than twice the cache.
    #[inline(always)]
    pub fn limit_ghosts<N: Divided>(&mut self, nodes: &mut Nodes<N>, weight: u64) {
        if !self.limit_b1(nodes, weight) {
            self.limit_b2(nodes, weight);
        }
    }

    /// The same for a cache that has shrunk, or given up an object since: both may be too much.
    pub fn limit_after_shrinking<N: Divided>(&mut self, nodes: &mut Nodes<N>) {
        self.limit_b1(nodes, 0);
        self.limit_b2(nodes, 0);
    }

    /// True where it was too much.
    #[inline(always)]
    fn limit_b1<N: Divided>(&mut self, nodes: &mut Nodes<N>, weight: u64) -> bool {
        let excess = (self.t1.weight() + self.b1.weight() + weight).saturating_sub(self.capacity);
        Self::forget_oldest(&mut self.b1, nodes, excess);
        excess > 0
    }

    #[inline(always)]
    fn limit_b2<N: Divided>(&mut self, nodes: &mut Nodes<N>, weight: u64) {
        let all = self.t1.weight() + self.t2.weight() + self.b1.weight() + self.b2.weight() + weight;
        Self::forget_oldest(&mut self.b2, nodes, all.saturating_sub(self.capacity.saturating_mul(2)));
    }

    /// Forgets the oldest ghosts until so much is gone, or all are.
    #[inline(always)]
    fn forget_oldest<N: Divided>(ghosts: &mut List, nodes: &mut Nodes<N>, mut excess: u64) {
        while excess > 0 && !ghosts.is_empty() {
            excess = excess.saturating_sub(nodes.weight(ghosts.oldest()));
            drop_oldest(ghosts, nodes);
        }
    }

    /// Unlinks a cached object.
    pub fn remove<N: Divided>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        let list = if *nodes[object].place() == Place::T1 { &mut self.t1 } else { &mut self.t2 };
        list.remove(nodes, object);
        *nodes[object].place() = Place::Out;
    }

    /// Drops what is remembered of an object that is not cached.
    pub fn forget<N: Divided>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        self.recall(nodes, object);
        *nodes[object].place() = Place::Out;
    }
}

/// Takes a list's oldest object off, and remembers nothing of it.
#[inline(always)]
pub fn drop_oldest<N: Divided>(list: &mut List, nodes: &mut Nodes<N>) -> ObjectId {
    let object = list.pop(nodes);
    *nodes[object].place() = Place::Out;
    object
}

/// Implements [`Linked`] and [`Divided`] for a node with fields `link` and `place`.
macro_rules! divided {
    ($node:ty) => {
        $crate::linked!($node);
        impl $crate::policy::adaptive::Divided for $node {
            #[inline(always)]
            fn place(&mut self) -> &mut $crate::policy::adaptive::Place {
                &mut self.place
            }
        }
    };
}
pub(super) use divided;
