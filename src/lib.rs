//! coldgap replays recorded production traces through cache policies and says what load a service advertises, from
//! what load it recovers by itself after losing its cache, and what backend capacity may be cut.
//!
//! [`Trace::open`] reads a trace of any format; [`Gap`], [`Outage`], [`Compare`] and [`Replay`] are questions about it,
//! [`miss_ratio`] is the smallest of them. What they answer are the reports of the command line, with typed fields; units stand in
//! names, and `None` is what is unknown or without limit. [`PolicySpec::custom`](policy::spec::PolicySpec::custom) puts a
//! [`Policy`] of your own beside the built-in ones.
//!
//! ```
//! # fn main() -> coldgap::Result<()> {
//! use coldgap::{Capacity, Trace, miss_ratio};
//!
//! let trace = Trace::open("traces/burst.csv")?;
//! let lru = miss_ratio(&trace, "lru", Capacity::Objects(500))?;
//! let sieve = miss_ratio(&trace, "sieve", Capacity::Objects(500))?;
//! assert!(sieve < lru);
//! # Ok(())
//! # }
//! ```
//!
//! The feature `cli`, on by default, brings the program, and tables as CSV and Parquet. Without it the crate needs neither clap
//! nor polars.
//!
//! The names at the root are kept from one version to the next as well as can be; modules hold what they are made of.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod analysis;
mod api;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod progress;
mod prose;
pub mod report;
mod settings;
pub mod trace;

pub use api::{Compare, Gap, Hidden, Interval, Need, Outage, PolicyFound, Replay, miss_ratio};
#[doc(hidden)]
pub use coldgap_kernel::{bitset, interrupt, placement};
#[doc(inline)]
pub use coldgap_kernel::{cache, capacity, error, outage, policy, replay, request, service, units};
use coldgap_kernel::{hash, prefetch, suggest};

pub use error::{Error, Result};
pub use interrupt::Interrupt;
pub use policy::{Capacity, Policy};
pub use progress::Watch;
pub use trace::{ReadOptions, Trace};
