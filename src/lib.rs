//! coldgap replays recorded production traces through cache policies and says what load a service advertises, from
//! what load it recovers by itself after losing its cache, and what backend capacity may be cut.

#![deny(unsafe_code)]

pub mod analysis;
mod api;
pub mod bitset;
pub mod cache;
pub mod capacity;
#[cfg(feature = "cli")]
pub mod cli;
pub mod error;
mod hash;
pub mod interrupt;
pub mod outage;
pub mod placement;
pub mod policy;
mod prefetch;
mod progress;
mod prose;
pub mod replay;
pub mod report;
pub mod request;
pub mod service;
mod settings;
mod suggest;
pub mod trace;
pub mod units;

pub use api::{Compare, Gap, Hidden, Interval, Need, Outage, PolicyFound, Replay, miss_ratio};
pub use error::{Error, Result};
pub use interrupt::Interrupt;
pub use policy::{Capacity, Policy};
pub use progress::Watch;
pub use trace::{ReadOptions, Trace};
