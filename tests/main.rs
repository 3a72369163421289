//! All integration tests, as one binary: the crate is linked once.

mod bad_input;
mod browser;
mod command_line;
mod commands;
mod compare;
mod curve;
mod decisions;
mod definitions;
mod docs;
mod formats;
mod gap;
mod gates;
mod knobs;
mod laws;
mod long_runs;
mod measured;
mod outage;
mod outage_command;
mod policies;
mod reports;
mod samples;
mod saved;
mod short;
mod synth;
mod tidy;
mod weights;
