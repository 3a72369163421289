//! SLRU, segmented LRU: segments of equal size, one above the other, each in order of recency. A hit moves an object up by
//! one segment; what a full segment pushes out falls to the one below; the lowest segment is evicted from.
//!
//! Paper: R. Karedla, J. S. Love, B. G. Wherry, "Caching strategies to improve disk system performance", IEEE Computer 1994,
//! for two segments. libCacheSim's, with four, differs from it while segments fill, and `fill` chooses:
//! * `fill=libcachesim` (the default, equal to it request by request): a new object enters the lowest segment with room; all
//!   segments are bounded, the lowest too, so a hit whose chain of falls ends there may evict although the cache has room:
//!   in objects one or two where the capacity is no multiple of the segments, in bytes more, even while the cache fills;
//!   an object larger than a segment is never admitted.
//! * `fill=paper`: a new object enters the lowest segment, which may hold whatever the others leave; nothing is evicted
//!   until the cache is full; an object larger than a segment is admitted, and is never moved up.
//!
//! Parameters: `segments`, 1 to 16 (1 is LRU); `fill`. Cost: a hit moves at most one object per segment and unit of weight:
//! constant for objects. Memory: 12 bytes per object of the trace.
//! Poor where popularity shifts: what once rose has to sink through every segment before it leaves.

use super::list::{Link, List};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Segments at most; a power of two.
const MOST: usize = 16;

/// Segmented LRU.
#[derive(Debug, Clone)]
pub struct Slru {
    /// From the lowest to the highest; those beyond `highest` stay empty.
    segments: [List; MOST],
    highest: usize,
    segment_capacity: u64,
    paper_fill: bool,
    /// A hit let something fall into the lowest segment.
    has_fallen: bool,
}

/// An object's place in its segment, and which segment that is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    segment: u8,
}
linked!(Node);

impl Policy for Slru {
    const INFO: Info = Info {
        name: "slru",
        summary: "LRU in segments: a hit moves an object up by one, a full segment's oldest falls to the one below",
        paper: "Karedla et al., Caching strategies to improve disk system performance, IEEE Computer 1994",
        weakness: "what was popular must sink through every segment; refuses objects larger than a segment (see fill)",
        parameters: &[
            Parameter { name: "segments", default: "4", help: "number of segments of equal size, 1 to 16" },
            Parameter {
                name: "fill",
                default: "libcachesim",
                help: "libcachesim: new objects enter the lowest segment with room, the lowest is bounded like the \
                       others, and objects larger than a segment are refused; paper: none of this",
            },
        ],
        ..Info::PLAIN
    };
    type Node = Node;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let segments = parameters.number("segments", &Self::INFO, 1..=MOST as u64)?;
        Ok(Slru {
            segments: Default::default(),
            highest: segments as usize - 1,
            segment_capacity: part(capacity, segments),
            paper_fill: parameters.choice("fill", &Self::INFO, &["libcachesim", "paper"])? == "paper",
            has_fallen: false,
        })
    }

    fn resize(&mut self, nodes: &mut Nodes<Node>, capacity: Capacity) {
        self.segment_capacity = part(capacity, self.highest as u64 + 1);
        for segment in (1..=self.highest).rev() {
            self.settle(nodes, segment);
        }
        self.has_fallen = true;
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let segment = usize::from(nodes[object].segment) % MOST;
        if segment >= self.highest || self.is_large(nodes.weight(object)) {
            self.segments[segment].refresh(nodes, object);
            return;
        }
        self.segments[segment].remove(nodes, object);
        self.enter(nodes, object, segment + 1);
        self.settle(nodes, segment + 1);
    }

    #[inline(always)]
    fn overflow(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> Option<ObjectId> {
        if !self.has_fallen {
            return None;
        }
        self.has_fallen = !self.paper_fill && self.segments[0].weight() > self.segment_capacity;
        self.has_fallen.then(|| self.segments[0].pop(nodes))
    }

    #[inline(always)]
    fn admit(&mut self, nodes: &mut Nodes<Node>, request: &Request) -> bool {
        self.paper_fill || !self.is_large(nodes.weight_of(request.size))
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let weight = nodes.weight(request.object);
        let has_room = |segment: &List| segment.weight() + weight <= self.segment_capacity;
        let with_room = self.segments[..=self.highest].iter().position(has_room);
        let segment = if self.paper_fill { 0 } else { with_room.unwrap_or(0) };
        self.enter(nodes, request.object, segment);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        let mut lowest = 0;
        while self.segments[lowest].is_empty() && lowest < self.highest {
            lowest += 1;
        }
        self.segments[lowest].pop(nodes)
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.segments[usize::from(nodes[object].segment)].remove(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

/// The capacity of each of so many segments.
fn part(capacity: Capacity, segments: u64) -> u64 {
    (capacity.amount() / segments).max(1)
}

impl Slru {
    fn is_large(&self, weight: u64) -> bool {
        weight > self.segment_capacity
    }

    #[inline(always)]
    fn enter(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, segment: usize) {
        nodes[object].segment = segment as u8;
        self.segments[segment % MOST].push(nodes, object);
    }

    /// Lets what is too much in `segment` fall to the one below, and so on down to the lowest.
    #[inline(always)]
    fn settle(&mut self, nodes: &mut Nodes<Node>, segment: usize) {
        for segment in (1..=segment % MOST).rev() {
            if self.segments[segment].weight() <= self.segment_capacity {
                return;
            }
            while self.segments[segment].weight() > self.segment_capacity {
                let oldest = self.segments[segment].pop(nodes);
                self.enter(nodes, oldest, segment - 1);
            }
        }
        self.has_fallen = true;
    }
}
