//! What coldgap computes: requests as columns, eviction policies, replay through caches, the worst moment of a loss, the simulated
//! outage, and the arithmetic of capacities.
//!
//! It opens no file and prints no report, and needs neither arrow, polars nor clap: for executors and libraries that bring requests
//! of their own. The crate `coldgap` reads traces and writes reports; it shows these modules as its own.

#![deny(unsafe_code)]
#![warn(missing_docs)]

#[doc(hidden)]
pub mod bitset;
pub mod cache;
pub mod capacity;
pub mod error;
#[doc(hidden)]
pub mod hash;
#[doc(hidden)]
pub mod interrupt;
pub mod outage;
#[doc(hidden)]
pub mod placement;
pub mod policy;
#[doc(hidden)]
pub mod prefetch;
pub mod replay;
pub mod request;
pub mod service;
#[doc(hidden)]
pub mod suggest;
pub mod units;
