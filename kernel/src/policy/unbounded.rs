//! Unbounded: never evicts. What it misses are the compulsory misses, which no policy can avoid.
//!
//! Paper: none; every simulator has it. Parameters: none. Cost: none. Memory: none per object.
//! Not a policy one can deploy: it ignores the capacity, and bounds from below what any cache size can reach.

use super::{Capacity, Info, Nodes, ParameterError, Parameters, Policy};
use crate::request::{ObjectId, Request};

/// Never evicts.
#[derive(Debug, Clone)]
pub struct Unbounded;

impl Policy for Unbounded {
    const INFO: Info = Info {
        name: "unbounded",
        aliases: &["infinite"],
        summary: "never evicts and ignores the capacity: only compulsory misses are left",
        paper: "folklore",
        weakness: "a bound, not a policy: nobody has that much memory",
        unbounded: true,
        ..Info::PLAIN
    };
    type Node = ();

    fn new(_: Capacity, _: &Parameters) -> Result<Self, ParameterError> {
        Ok(Unbounded)
    }

    fn resize(&mut self, _: &mut Nodes<()>, _: Capacity) {}

    #[inline(always)]
    fn on_hit(&mut self, _: &mut Nodes<()>, _: &Request) {}

    #[inline(always)]
    fn on_insert(&mut self, _: &mut Nodes<()>, _: &Request) {}

    fn evict(&mut self, _: &mut Nodes<()>, _: Option<&Request>) -> ObjectId {
        unreachable!("a cache without a limit never asks for a victim")
    }

    fn on_remove(&mut self, _: &mut Nodes<()>, _: ObjectId) {}
}
