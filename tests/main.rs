//! All integration tests, as one binary: the crate is linked once.

mod definitions;
mod policies;
