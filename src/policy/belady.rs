//! Belady's MIN: evicts the object whose next request is farthest away. It reads the future, so it bounds what any
//! policy that inserts every fetched object can reach.
//!
//! Paper: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 1966.
//! Parameters: none. Cost: logarithmic: cached objects stand in a heap by their next request, and each knows its place
//! there, so nothing stale is kept. A popular object's next request is near, so most hits move it little.
//! Memory: 8 bytes per object of the trace and 8 per cached object.
//! Optimal only where objects have equal sizes and only gets occur: with byte sizes it is a strong guess, not a bound.

use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// Children per heap entry: four neighbours share a cache line, and the heap is half as deep as with two.
const ARITY: usize = 4;

/// Farthest next request first.
#[derive(Debug, Clone)]
pub struct Belady {
    heap: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    next: u32,
    object: ObjectId,
}

/// What is known of an object's future, and its place in the heap while it is cached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// The newest `next` that was said: an answer may come after later requests, and know less than they did.
    next: u32,
    place: u32,
}

impl Policy for Belady {
    const INFO: Info = Info {
        name: "belady",
        aliases: &["opt", "min"],
        summary: "evicts the object whose next request is farthest away: a bound, not a policy one can deploy",
        paper: "Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 1966",
        weakness: "reads the future; a strict bound only where all objects count alike",
        parameters: &[],
        needs_future: true,
        unbounded: false,
    };
    type Node = Node;

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Belady { heap: Vec::new() })
    }

    fn memory(capacity: Capacity, objects: usize) -> u64 {
        let cached = capacity.objects().map_or(objects, |n| objects.min(n as usize));
        (cached * size_of::<Entry>()) as u64
    }

    #[inline(always)]
    fn on_miss(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        nodes[request.object].next = request.next;
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        node.next = request.next;
        let place = node.place as usize;
        self.settle(nodes, place, Entry { next: request.next, object: request.object });
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<Node>, request: &Request) {
        let node = &mut nodes[request.object];
        node.next = node.next.max(request.next);
        let entry = Entry { next: node.next, object: request.object };
        self.heap.push(entry);
        self.rise(nodes, self.heap.len() - 1, entry);
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<Node>) -> ObjectId {
        let victim = self.heap[0].object;
        self.on_remove(nodes, victim);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<Node>, object: ObjectId) {
        let place = nodes[object].place as usize;
        if let Some(last) = self.heap.pop()
            && last.object != object
        {
            self.settle(nodes, place, last);
        }
    }
}

impl Belady {
    #[inline(always)]
    fn put(&mut self, nodes: &mut Nodes<Node>, place: usize, entry: Entry) {
        self.heap[place] = entry;
        nodes[entry.object].place = place as u32;
    }

    /// Puts the entry at `place`, or wherever above or below it belongs.
    #[inline(always)]
    fn settle(&mut self, nodes: &mut Nodes<Node>, place: usize, entry: Entry) {
        if self.heap[place].next <= entry.next {
            self.rise(nodes, place, entry);
        } else {
            self.sink(nodes, place, entry);
        }
    }

    /// Puts the entry at `place`, or above where its parents are nearer.
    #[inline(always)]
    fn rise(&mut self, nodes: &mut Nodes<Node>, mut place: usize, entry: Entry) {
        while place > 0 {
            let parent = (place - 1) / ARITY;
            if self.heap[parent].next >= entry.next {
                break;
            }
            self.put(nodes, place, self.heap[parent]);
            place = parent;
        }
        self.put(nodes, place, entry);
    }

    /// Puts the entry at `place`, or below where a child is farther.
    #[inline(always)]
    fn sink(&mut self, nodes: &mut Nodes<Node>, mut place: usize, entry: Entry) {
        loop {
            let first = place * ARITY + 1;
            let children = first..self.heap.len().min(first + ARITY);
            let Some(farthest) = children.max_by_key(|child| self.heap[*child].next) else { break };
            if self.heap[farthest].next <= entry.next {
                break;
            }
            self.put(nodes, place, self.heap[farthest]);
            place = farthest;
        }
        self.put(nodes, place, entry);
    }
}
