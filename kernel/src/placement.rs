//! Where keys live among the nodes of a cache, and what is lost with some of them.
//!
//! A key's node follows from a hash of the key alone: node `hash * N >> 32` of N. So it stays what it is whatever part of a
//! trace is read, in whatever order. Nothing here knows traces or caches.

/// Nodes that are lost together: a range of key hashes, which may wrap around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    first: u32,
    width: u64,
}

impl Lost {
    /// `count` neighbours of `nodes` nodes, from node `first` on.
    pub fn of(first: u32, count: u32, nodes: u32) -> Lost {
        let edge = |node: u64| (node << 32).div_ceil(u64::from(nodes));
        let (first, end) = (u64::from(first), u64::from(first) + u64::from(count));
        Lost { first: edge(first) as u32, width: edge(end) - edge(first) }
    }

    /// This share of the keys, those of the lowest hashes.
    pub fn share(share: f64) -> Lost {
        Lost { first: 0, width: (share * (1u64 << 32) as f64) as u64 }
    }

    /// Whether a key of this hash lives on a lost node.
    #[inline(always)]
    pub fn holds(self, hash: u32) -> bool {
        u64::from(hash.wrapping_sub(self.first)) < self.width
    }
}

/// The ways to lose so many nodes: each run of neighbours, and the whole cache in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losses {
    /// Nodes that are lost together.
    pub count: u32,
    /// Nodes of the cache.
    pub nodes: u32,
    /// Which those are, by the first of them.
    pub ways: Vec<Lost>,
}

impl Losses {
    /// `count` of `nodes`, at least one.
    pub fn of(count: u32, nodes: u32) -> Losses {
        let firsts = if count < nodes { nodes } else { 1 };
        Losses { count, nodes, ways: (0..firsts).map(|first| Lost::of(first, count, nodes)).collect() }
    }
}

/// The hash of a key where nodes are counted from node `first` of `nodes` on: that node is the first, the one before it the last.
/// Where nodes do not divide all hashes evenly, a hash at the very edge of one may fall to its neighbour.
pub fn counted_from(hash: u32, first: u32, nodes: u32) -> u32 {
    hash.wrapping_sub(Lost::of(first, 1, nodes).first)
}

/// The node on which a key lives, of `nodes`.
pub fn node_of(hash: u32, nodes: u32) -> u32 {
    ((u64::from(hash) * u64::from(nodes)) >> 32) as u32
}
