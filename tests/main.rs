//! The integration tests, in one binary: linking one is faster than linking many.

mod bad_input;
mod formats;
