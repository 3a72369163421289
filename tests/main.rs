//! All integration tests, as one binary: one link instead of many.

mod definitions;
