//! All integration tests, in one binary: the crate is linked once.

mod policies;
