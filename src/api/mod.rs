//! What the crate is for those who use it from Rust: a trace, a question, a report. It composes and computes nothing, and
//! knows no command line.
//!
//! Everything that is said is said as on the command line (`"10%"`, `"300/s"`, `"500ms"`), and what is not said has the
//! command's default: the same question gives the same numbers as `coldgap`.

mod compare;
mod found;
mod gap;
mod outage;
mod replay;
mod told;
mod trace;

pub use compare::Compare;
pub use found::{Hidden, Interval, Need, PolicyFound};
pub use gap::Gap;
pub use outage::Outage;
pub use replay::{Replay, miss_ratio};

#[cfg(feature = "cli")]
pub(crate) use compare::Sides;
