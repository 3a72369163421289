//! All integration tests, as one binary: the crate is linked once.

mod bad_input;
mod definitions;
mod formats;
mod gap;
mod policies;
mod synth;
mod tidy;
