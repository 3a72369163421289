//! The worst moment and the worst node of a loss, found among all.
//!
//! One warm replay of a cell says of every request whether it hits ([`tape`]). From these bits alone the backlog of warm
//! traffic follows ([`warm`]), and what a loss adds to it ([`aftermath`], [`lanes`]); no cache is copied and no policy asked. A search
//! ([`search`]) goes through moments and nodes on a fixed lattice of backends or loads ([`lattice`]). The worst cases are then
//! walked with the real cache ([`confirm`]), and the worse of both counts. See docs/definitions.md, "The worst moment".

pub mod aftermath;
mod ahead;
pub mod columns;
pub mod confirm;
pub mod crowd;
pub mod lanes;
pub mod lattice;
#[cfg(test)]
mod made;
pub mod map;
mod ranking;
pub mod search;
pub mod tape;
pub mod typical;
pub mod warm;
