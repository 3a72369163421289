//! Per-object state as arrays indexed by object id: no hashing, no allocation while replaying.
//!
//! It knows object ids and weights, not what a policy keeps.

use super::Capacity;
use crate::request::{self, ObjectId};
use std::ops::{Index, IndexMut};

/// One node per object of the trace, and each cached object's weight.
#[derive(Debug, Clone, Default)]
pub struct Nodes<N> {
    nodes: Vec<N>,
    /// Weights as inserted, where the capacity is in bytes; empty where every object counts 1.
    weights: Vec<u32>,
}

/// A node that knows its object's place in a dense array of cached objects.
pub trait Placed: Copy + Default {
    /// The place. Meaningless while the object is not in the array.
    fn place(&self) -> u32;
    /// The place, to change.
    fn place_mut(&mut self) -> &mut u32;
}

/// A place and nothing else.
impl Placed for u32 {
    #[inline(always)]
    fn place(&self) -> u32 {
        *self
    }
    #[inline(always)]
    fn place_mut(&mut self) -> &mut u32 {
        self
    }
}

/// Implements [`Placed`] for a node with a field `place`.
macro_rules! placed {
    ($node:ty) => {
        impl $crate::policy::nodes::Placed for $node {
            #[inline(always)]
            fn place(&self) -> u32 {
                self.place
            }
            #[inline(always)]
            fn place_mut(&mut self) -> &mut u32 {
                &mut self.place
            }
        }
    };
}
pub(super) use placed;

impl<N: Copy + Default> Nodes<N> {
    /// Nodes for `objects` objects, all in their default state.
    pub fn new(objects: usize, capacity: Capacity) -> Nodes<N> {
        let weighed = matches!(capacity, Capacity::Bytes(_));
        Nodes { nodes: vec![N::default(); objects], weights: if weighed { vec![0; objects] } else { Vec::new() } }
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What an object counts against the capacity: 1, or the bytes it was last inserted with.
    #[inline(always)]
    pub fn weight(&self, object: ObjectId) -> u64 {
        if self.weights.is_empty() { 1 } else { u64::from(self.weights[object.index()]) }
    }

    /// What an object of `size` bytes would count.
    #[inline(always)]
    pub fn weight_of(&self, size: u32) -> u64 {
        if self.weights.is_empty() { 1 } else { u64::from(request::weight(size)) }
    }

    /// Called by the cache before an insertion.
    #[inline(always)]
    pub(crate) fn set_weight(&mut self, object: ObjectId, size: u32) {
        if !self.weights.is_empty() {
            self.weights[object.index()] = request::weight(size);
        }
    }

    /// Puts every node back into its default state.
    pub(crate) fn reset(&mut self) {
        self.nodes.fill(N::default());
    }

    /// Copies another's state without allocating where sizes agree.
    pub(crate) fn copy_from(&mut self, other: &Nodes<N>) {
        self.nodes.clone_from(&other.nodes);
        self.weights.clone_from(&other.weights);
    }

    /// Asks the processor to fetch an object's node.
    #[inline(always)]
    pub fn prefetch(&self, object: ObjectId) {
        crate::prefetch::prefetch(&self.nodes, object.index());
    }
}

impl<N> Index<ObjectId> for Nodes<N> {
    type Output = N;
    #[inline(always)]
    fn index(&self, object: ObjectId) -> &N {
        &self.nodes[object.index()]
    }
}

impl<N> IndexMut<ObjectId> for Nodes<N> {
    #[inline(always)]
    fn index_mut(&mut self, object: ObjectId) -> &mut N {
        &mut self.nodes[object.index()]
    }
}
