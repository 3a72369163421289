//! Admission filters: whether a fetched object is inserted at all. They stand before any policy: `lru+reject-first`.
//!
//! Adding a filter = one file in this folder and one entry in [`FILTERS`]. A filter knows object ids and sizes, not the
//! policy behind it. Whatever it refuses is fetched again: filters slow the refill, and lower hidden capacity.

mod adaptsize;
mod probabilistic;
mod reject_first;
mod size;
mod tinylfu;

use super::{Capacity, Documented, Parameter, ParameterError, Parameters};
use crate::request::{ObjectId, Request};

/// Decides about insertions.
pub trait Admission: Send + Sync {
    /// An object was asked for or written, whether it is cached or not.
    fn on_request(&mut self, _request: &Request) {}

    /// Whether the fetched object may be inserted. Asked once per answer that arrives in time.
    fn admit(&mut self, _request: &Request) -> bool {
        true
    }

    /// Whether the object may be inserted at the price of `victim`, where there is no room. Asked for each victim in turn.
    fn may_replace(&self, _candidate: ObjectId, _victim: ObjectId) -> bool {
        true
    }

    /// The cache node that held this object is lost, and what the filter remembered of it.
    fn forget(&mut self, _object: ObjectId) {}

    /// The cache holds more or less from now on.
    fn resize(&mut self, capacity: Capacity);

    /// Back to the state of an empty cache, of the capacity that was said last.
    fn reset(&mut self);

    /// Bytes it keeps, for the prediction of memory.
    fn memory(&self) -> u64 {
        0
    }

    /// A copy.
    fn fork(&self) -> Box<dyn Admission>;
}

/// Makes a filter.
pub type NewFilter = fn(Capacity, usize, &Parameters) -> Result<Box<dyn Admission>, ParameterError>;

/// What a filter says of itself; feeds the command line, the documentation and the tests.
#[derive(Debug, Clone, Copy)]
pub struct FilterInfo {
    /// The name after `+`.
    pub name: &'static str,
    /// Other names it is known by.
    pub aliases: &'static [&'static str],
    /// One line: the idea.
    pub summary: &'static str,
    /// Where it was published.
    pub paper: &'static str,
    /// Where it is poor.
    pub weakness: &'static str,
    /// What may be set with `policy+name:parameter=value`.
    pub parameters: &'static [Parameter],
    /// True where it compares with the victim, so that the policy behind it must name its victim beforehand.
    pub needs_victim: bool,
    /// Makes one for a cache of this capacity and a trace of so many objects; an error where a parameter is outside its
    /// range.
    pub new: NewFilter,
}

impl Documented for FilterInfo {
    fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }
}

/// Every filter, in the order in which they are listed.
pub static FILTERS: &[FilterInfo] =
    &[reject_first::INFO, tinylfu::INFO, probabilistic::INFO, size::INFO, adaptsize::INFO];

/// What the registry says of a filter's name or alias.
pub fn info(name: &str) -> Option<&'static FilterInfo> {
    let is_named = |known: &str| known.eq_ignore_ascii_case(name);
    FILTERS.iter().find(|filter| is_named(filter.name) || filter.aliases.iter().any(|alias| is_named(alias)))
}
