//! Doubly linked lists threaded through the nodes: constant time at both ends and in the middle, no allocation.
//!
//! A list knows links; what else a node holds is the policy's.

use super::Nodes;
use crate::request::ObjectId;

/// No object: the end of a list.
pub const NONE: ObjectId = ObjectId(u32::MAX);

/// An object's neighbours in the list it is on. Meaningless while it is on none.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    newer: ObjectId,
    older: ObjectId,
}

impl Default for Link {
    fn default() -> Self {
        Link { newer: NONE, older: NONE }
    }
}

/// A node that can be on a list; on several at once, if it has as many links, told apart by `LIST`.
pub trait Linked<const LIST: usize = 0>: Copy + Default {
    /// Its link.
    fn link(&self) -> &Link;
    /// Its link, to change.
    fn link_mut(&mut self) -> &mut Link;
}

impl Linked for Link {
    #[inline(always)]
    fn link(&self) -> &Link {
        self
    }
    #[inline(always)]
    fn link_mut(&mut self) -> &mut Link {
        self
    }
}

/// Implements [`Linked`] for a node with a field `link`, or for one of its lists with another field.
#[macro_export]
macro_rules! linked {
    ($node:ty) => {
        $crate::linked!($node, 0, link);
    };
    ($node:ty, $list:literal, $field:ident) => {
        impl $crate::policy::list::Linked<$list> for $node {
            #[inline(always)]
            fn link(&self) -> &$crate::policy::list::Link {
                &self.$field
            }
            #[inline(always)]
            fn link_mut(&mut self) -> &mut $crate::policy::list::Link {
                &mut self.$field
            }
        }
    };
}

/// A list of objects from newest to oldest, with their total weight. Its ends are joined, so that the oldest object
/// becomes the newest by turning the ring, without a change to any node.
#[derive(Debug, Clone)]
pub struct List<const LIST: usize = 0> {
    newest: ObjectId,
    oldest: ObjectId,
    weight: u64,
}

impl<const LIST: usize> Default for List<LIST> {
    fn default() -> Self {
        List { newest: NONE, oldest: NONE, weight: 0 }
    }
}

impl<const LIST: usize> List<LIST> {
    /// True where there are no objects.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.oldest == NONE
    }

    /// True where this object, which is on the list, is the only one.
    #[inline(always)]
    pub fn is_only(&self, object: ObjectId) -> bool {
        self.oldest == object && self.newest == object
    }

    /// The objects' weights, added up.
    #[inline(always)]
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// The oldest object, or [`NONE`].
    #[inline(always)]
    pub fn oldest(&self) -> ObjectId {
        self.oldest
    }

    /// The newest object, or [`NONE`].
    #[inline(always)]
    pub fn newest(&self) -> ObjectId {
        self.newest
    }

    /// The neighbour that was pushed after `object`; after the newest comes the oldest.
    #[inline(always)]
    pub fn newer<N: Linked<LIST>>(nodes: &Nodes<N>, object: ObjectId) -> ObjectId {
        nodes[object].link().newer
    }

    /// Puts an object that is on no list at the newest end.
    #[inline(always)]
    pub fn push<N: Linked<LIST>>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        if self.is_empty() {
            *nodes[object].link_mut() = Link { newer: object, older: object };
            self.oldest = object;
            self.newest = object;
        } else {
            self.join(nodes, object);
        }
        self.weight += nodes.weight(object);
    }

    /// Takes an object that is on this list off it.
    #[inline(always)]
    pub fn remove<N: Linked<LIST>>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        self.weight -= nodes.weight(object);
        if self.is_only(object) {
            self.oldest = NONE;
            self.newest = NONE;
            return;
        }
        let Link { newer, older } = *nodes[object].link();
        nodes[newer].link_mut().older = older;
        nodes[older].link_mut().newer = newer;
        if self.oldest == object {
            self.oldest = newer;
        }
        if self.newest == object {
            self.newest = older;
        }
    }

    /// Takes the oldest object off; [`NONE`] where the list is empty.
    #[inline(always)]
    pub fn pop<N: Linked<LIST>>(&mut self, nodes: &mut Nodes<N>) -> ObjectId {
        let object = self.oldest;
        if object != NONE {
            self.remove(nodes, object);
            self.prefetch_oldest(nodes);
        }
        object
    }

    /// Moves an object that is on this list to the newest end.
    #[inline(always)]
    pub fn refresh<N: Linked<LIST>>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        if object == self.newest {
            return;
        }
        if object == self.oldest {
            self.turn(nodes);
            return;
        }
        let Link { newer, older } = *nodes[object].link();
        nodes[newer].link_mut().older = older;
        nodes[older].link_mut().newer = newer;
        self.join(nodes, object);
    }

    /// Makes the oldest object the newest. The list must not be empty.
    #[inline(always)]
    pub fn turn<N: Linked<LIST>>(&mut self, nodes: &Nodes<N>) {
        self.newest = self.oldest;
        self.oldest = nodes[self.oldest].link().newer;
        self.prefetch_oldest(nodes);
    }

    /// Links an object in between the newest and the oldest.
    #[inline(always)]
    fn join<N: Linked<LIST>>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) {
        *nodes[object].link_mut() = Link { newer: self.oldest, older: self.newest };
        nodes[self.newest].link_mut().newer = object;
        nodes[self.oldest].link_mut().older = object;
        self.newest = object;
    }

    /// Asks the processor to fetch the node that will be the oldest two evictions from now.
    #[inline(always)]
    fn prefetch_oldest<N: Linked<LIST>>(&self, nodes: &Nodes<N>) {
        if self.oldest != NONE {
            let next = Self::newer(nodes, self.oldest);
            nodes.prefetch(Self::newer(nodes, next));
        }
    }

    /// Asks the processor to fetch the nodes that removing `object` will change.
    #[inline(always)]
    pub fn prefetch_neighbours<N: Linked<LIST>>(nodes: &Nodes<N>, object: ObjectId) {
        let Link { newer, older } = *nodes[object].link();
        nodes.prefetch(newer);
        nodes.prefetch(older);
    }
}
