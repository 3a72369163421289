//! A cache in two parts: a small FIFO queue in which new objects are on probation, and a main queue for those that passed.
//! What the small queue gives up is remembered; asked for again while it is, an object goes straight into the main queue.
//!
//! It knows the parts, their shares and who is in which. In what order the main queue is, what makes an object pass, and when
//! a part gives up one is what 2Q, QDLP and Clock2Q+ differ in, and is theirs.

use super::ghosts::Ghosts;
use super::list::{Linked, List};
use super::{Capacity, Info, Nodes, ParameterError, Parameters};
use crate::request::{ObjectId, Request};

/// The two queues and the ghosts.
#[derive(Debug, Clone)]
pub struct Probation {
    pub small: List,
    pub main: List,
    /// What the main queue may weigh.
    pub main_capacity: u64,
    /// What the small queue should weigh; an object above it is refused.
    pub small_capacity: u64,
    ghosts: Ghosts,
    /// The small queue's share of the cache.
    small_share: f64,
    /// How much is remembered, as a share of the cache.
    ghost_share: f64,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Neither cached nor remembered.
    #[default]
    Out,
    Small,
    Main,
    Ghost,
    /// Asked for while it was a ghost; not inserted yet.
    Returning,
}

/// A node that knows its object's place.
pub trait Tried: Linked {
    /// The place, to change.
    fn place(&mut self) -> &mut Place;
}

/// Says so of a ghost, or of what no longer is one.
#[inline(always)]
fn mark<N: Tried>(node: &mut N, is_ghost: bool) {
    *node.place() = if is_ghost { Place::Ghost } else { Place::Out };
}

impl Probation {
    /// Empty queues, with the shares that these two parameters say.
    ///
    /// # Errors
    /// What is no share, or a small queue of 0%.
    pub fn new(
        capacity: Capacity,
        parameters: &Parameters,
        info: &Info,
        [small, ghost]: [&str; 2],
    ) -> Result<Probation, ParameterError> {
        let small_share = parameters.share_above_zero(small, info)?;
        let ghost_share = parameters.ratio(ghost, info)?.get();
        let small_capacity = capacity.nonempty_part(small_share);
        Ok(Probation {
            small: List::default(),
            main: List::default(),
            main_capacity: capacity.amount().saturating_sub(small_capacity),
            small_capacity,
            ghosts: Ghosts::new(capacity.part(ghost_share)),
            small_share,
            ghost_share,
        })
    }

    /// All parts follow the capacity. Either queue may hold too much then.
    pub fn resize<N: Tried>(&mut self, nodes: &mut Nodes<N>, capacity: Capacity) {
        self.small_capacity = capacity.nonempty_part(self.small_share);
        self.main_capacity = capacity.amount().saturating_sub(self.small_capacity);
        self.ghosts.resize(nodes, capacity.part(self.ghost_share), mark);
    }

    /// Notes that a ghost is asked for.
    #[inline(always)]
    pub fn recall<N: Tried>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        if *nodes[object].place() == Place::Ghost {
            self.ghosts.remove(nodes, object);
            *nodes[object].place() = Place::Returning;
        }
    }

    /// Whether an object may enter: none that is larger than the small queue. One above `most_returning` does not return into
    /// the main queue.
    #[inline(always)]
    pub fn admit<N: Tried>(&mut self, nodes: &mut Nodes<N>, request: &Request, most_returning: u64) -> bool {
        let weight = nodes.weight_of(request.size);
        if weight > most_returning || weight > self.small_capacity {
            *nodes[request.object].place() = Place::Out;
        }
        weight <= self.small_capacity
    }

    /// Puts an object into the small queue.
    #[inline(always)]
    pub fn enter_small<N: Tried>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        *nodes[object].place() = Place::Small;
        self.small.push(nodes, object);
    }

    /// Puts an object into the main queue.
    #[inline(always)]
    pub fn enter_main<N: Tried>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        *nodes[object].place() = Place::Main;
        self.main.push(nodes, object);
    }

    /// Whether the main queue has room for so much.
    #[inline(always)]
    pub fn main_has_room(&self, weight: u64) -> bool {
        self.main.weight() + weight <= self.main_capacity
    }

    /// Gives up the small queue's oldest object, and remembers it.
    #[inline(always)]
    pub fn evict_small<N: Tried>(&mut self, nodes: &mut Nodes<N>) -> ObjectId {
        let object = self.small.pop(nodes);
        self.ghosts.remember(nodes, object, mark);
        object
    }

    /// Gives up the main queue's oldest object.
    #[inline(always)]
    pub fn evict_main<N: Tried>(&mut self, nodes: &mut Nodes<N>) -> ObjectId {
        let object = self.main.pop(nodes);
        *nodes[object].place() = Place::Out;
        object
    }

    /// Unlinks a cached object.
    pub fn remove<N: Tried>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        let queue = if *nodes[object].place() == Place::Main { &mut self.main } else { &mut self.small };
        queue.remove(nodes, object);
        *nodes[object].place() = Place::Out;
    }

    /// Drops what is remembered of an object that is not cached.
    pub fn forget<N: Tried>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        if *nodes[object].place() == Place::Ghost {
            self.ghosts.remove(nodes, object);
        }
        *nodes[object].place() = Place::Out;
    }
}

/// Implements [`Linked`] and [`Tried`] for a node with fields `link` and `place`.
macro_rules! tried {
    ($node:ty) => {
        $crate::linked!($node);
        impl $crate::policy::probation::Tried for $node {
            #[inline(always)]
            fn place(&mut self) -> &mut $crate::policy::probation::Place {
                &mut self.place
            }
        }
    };
}
pub(super) use tried;
