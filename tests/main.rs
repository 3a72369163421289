//! Integration tests: one binary, a module per part.

mod synth;
