//! LFU: evicts the object with the fewest hits; among equals, the one that has had that number the longest. The count
//! is lost on eviction.
//!
//! Paper: the idea is folklore; in constant time: K. Shah, A. Mitra, D. Matani, "An O(1) algorithm for implementing the
//! LFU cache eviction scheme", technical report 2010.
//! Parameters: none. Cost: constant: objects of one frequency share a queue, and the queues that are not empty form a
//! chain in order of frequency, so nothing is ever searched. Memory: 12 bytes per object of the trace, 40 per distinct
//! frequency, of which n requests make at most the square root of 2n.
//! Poor where popularity changes: what was popular once is never forgotten.

use super::in_place::clone_in_place;
use super::list::{Link, List};
use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy, Population, Victim};
use crate::linked;
use crate::request::{ObjectId, Request};

/// Index of the chain's anchor: the queue of frequency 0, which is always empty.
const ANCHOR: u32 = 0;

/// Least frequently used.
#[derive(Debug)]
pub struct Lfu {
    /// The queues in use form a ring through the anchor, in order of frequency; the others are in `spare`.
    queues: Vec<Queue>,
    spare: Vec<u32>,
}
clone_in_place!(Lfu { queues, spare });

/// The objects of one frequency.
#[derive(Debug, Clone, Default)]
struct Queue {
    objects: List,
    frequency: u64,
    lower: u32,
    higher: u32,
}

/// An object's place in its queue, and which queue that is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    link: Link,
    queue: u32,
}
linked!(Node);

impl Policy for Lfu {
    const INFO: Info = Info {
        name: "lfu",
        summary: "evicts the object with the fewest requests since it was inserted; among equals the first to get there",
        paper: "Shah et al., An O(1) algorithm for implementing the LFU cache eviction scheme, 2010",
        weakness: "what was popular once is never forgotten",
        fills_up: true,
        ..Info::PLAIN
    };
    const VICTIM: Option<Victim<Self>> = Some(|policy, _| policy.least());
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Lfu { queues: vec![Queue::default()], spare: Vec::new() })
    }

    /// For 100 requests an object, which is many; see the module on how many frequencies there can be.
    fn memory(population: &Population) -> u64 {
        (2.0 * 100.0 * population.objects as f64).sqrt() as u64 * size_of::<Queue>() as u64
    }

    fn resize(&mut self, _: &mut Nodes<Node>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let object = request.object;
        let from = nodes[object].queue;
        let frequency = self.queues[from as usize].frequency + 1;
        let higher = self.queues[from as usize].higher;
        let has_successor = self.queues[higher as usize].frequency == frequency;
        if !has_successor && self.queues[from as usize].objects.is_only(object) {
            self.queues[from as usize].frequency = frequency;
            return;
        }
        let to = if has_successor { higher } else { self.add_queue(from, frequency) };
        self.take_off(nodes, object);
        self.put_on(nodes, object, to);
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let lowest = self.queues[ANCHOR as usize].higher;
        let to = if self.queues[lowest as usize].frequency == 1 { lowest } else { self.add_queue(ANCHOR, 1) };
        self.put_on(nodes, request.object, to);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>, _: Option<&Request>) -> ObjectId {
        let victim = self.least();
        self.take_off(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        self.take_off(nodes, object);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<Node>, object: ObjectId) {
        List::prefetch_neighbours(nodes, object);
    }
}

impl Lfu {
    /// The object that is evicted next.
    #[inline(always)]
    fn least(&self) -> ObjectId {
        let lowest = self.queues[ANCHOR as usize].higher;
        self.queues[lowest as usize].objects.oldest()
    }

    /// An empty queue of this frequency, in the chain right above `lower`.
    fn add_queue(&mut self, lower: u32, frequency: u64) -> u32 {
        let added = self.spare.pop().unwrap_or(self.queues.len() as u32);
        if added as usize == self.queues.len() {
            self.queues.push(Queue::default());
        }
        let higher = self.queues[lower as usize].higher;
        self.queues[added as usize] = Queue { objects: List::default(), frequency, lower, higher };
        self.queues[lower as usize].higher = added;
        self.queues[higher as usize].lower = added;
        added
    }

    #[inline(always)]
    fn put_on(&mut self, nodes: &mut Nodes<Node>, object: ObjectId, queue: u32) {
        self.queues[queue as usize].objects.push(nodes, object);
        nodes[object].queue = queue;
    }

    /// Takes the object off its queue, and the queue off the chain where that empties it.
    #[inline(always)]
    fn take_off(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let from = nodes[object].queue;
        let queue = &mut self.queues[from as usize];
        queue.objects.remove(nodes, object);
        if queue.objects.is_empty() {
            let (lower, higher) = (queue.lower, queue.higher);
            self.queues[lower as usize].higher = higher;
            self.queues[higher as usize].lower = lower;
            self.spare.push(from);
        }
    }
}
