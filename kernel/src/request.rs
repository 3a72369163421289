//! The vocabulary that traces, policies and caches share: objects, operations, requests in columns.
//!
//! It holds data and arithmetic on it, and must not know files, policies or reports.

use crate::units::Demand;
use std::borrow::Cow;
use std::ops::Range;

/// A key of the trace as a dense integer: the n-th distinct key, in order of first touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// As an array index.
    #[inline(always)]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a request does to the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Op {
    /// Reads; on a miss asks the backend and inserts the answer. Only gets count as requests.
    #[default]
    Get,
    /// Writes: inserts or updates the object in the cache.
    Set,
    /// Invalidates the object.
    Delete,
}

/// A mark in a column of times to live: the request starts the object's life anew if it is cached, as `gat` and `touch` of
/// memcached do. A get with this mark is still a get, a set writes nothing.
pub const RENEWS: u32 = 1 << 31;

/// `next` of a request whose object is never asked for again.
pub const NEVER: u32 = u32::MAX;

/// One request, as caches and policies see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// Nanoseconds since the trace began.
    pub time: u64,
    /// How long an answer lives, in nanoseconds of trace time; 0 where the request does not say.
    pub ttl: u64,
    /// Whether it starts the object's life anew, see [`RENEWS`].
    pub renews: bool,
    /// The object asked for.
    pub object: ObjectId,
    /// Bytes; 1 where the trace has no sizes.
    pub size: u32,
    /// What a miss costs the backend, in units of the trace's own; 1 where the trace has no costs.
    pub cost: u32,
    /// Whether it is behind another of its chain: it asks the backend also where the request before it misses.
    pub chained: bool,
    /// Position in the trace of the object's next request, or [`NEVER`]; an oracle, for `belady` only.
    pub next: u32,
    /// What is done.
    pub op: Op,
}

impl Request {
    /// What a miss takes of a backend that is counted so.
    #[inline(always)]
    pub fn share(&self, demand: Demand) -> f64 {
        match demand {
            Demand::Answers => 1.0,
            Demand::Bytes => f64::from(self.size),
            Demand::Units(_) => f64::from(self.cost),
        }
    }
}

/// What an object of `size` bytes counts where bytes are counted: an object of no bytes still takes a place, so at least 1.
#[inline(always)]
pub fn weight(size: u32) -> u32 {
    size.max(1)
}

/// Nanoseconds in a second.
pub const SECOND: u64 = 1_000_000_000;

/// A run of requests in columns, borrowed from a trace. All present columns have the same length.
#[derive(Debug, Clone, Copy)]
pub struct Requests<'t> {
    /// Nanoseconds since the trace began, never stepping back; empty where the trace has no times.
    pub times: &'t [u64],
    /// The objects asked for.
    pub objects: &'t [ObjectId],
    /// Bytes, where the trace has sizes.
    pub sizes: Option<&'t [u32]>,
    /// What a miss of each costs the backend, in units of the trace's own, where it has costs.
    pub costs: Option<&'t [u32]>,
    /// Which requests are behind the one before them in a chain, of which a hit needs all before it; where there are any.
    pub chained: Option<&'t [bool]>,
    /// Operations, where the trace has any but gets.
    pub ops: Option<&'t [Op]>,
    /// Seconds an answer lives (0 = not said), where the trace has times to live; some with the mark [`RENEWS`].
    pub ttls: Option<&'t [u32]>,
    /// Positions of each object's next request, where it was computed.
    pub next: Option<&'t [u32]>,
}

impl<'t> Requests<'t> {
    /// Number of requests, of any operation.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The `i`-th request; panics where `i >= len`.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Request {
        let ttl = self.ttls.map_or(0, |ttls| ttls[i]);
        Request {
            time: if self.times.is_empty() { 0 } else { self.times[i] },
            ttl: u64::from(ttl & !RENEWS) * SECOND,
            renews: ttl & RENEWS != 0,
            object: self.objects[i],
            size: self.sizes.map_or(1, |sizes| sizes[i]),
            cost: self.costs.map_or(1, |costs| costs[i]),
            chained: self.chained.is_some_and(|chained| chained[i]),
            next: self.next.map_or(NEVER, |next| next[i]),
            op: self.ops.map_or(Op::Get, |ops| ops[i]),
        }
    }

    /// The requests of a range of positions; panics where it reaches beyond the end.
    pub fn slice(&self, range: Range<usize>) -> Requests<'t> {
        Requests {
            times: if self.times.is_empty() { self.times } else { &self.times[range.clone()] },
            objects: &self.objects[range.clone()],
            sizes: self.sizes.map(|column| &column[range.clone()]),
            costs: self.costs.map(|column| &column[range.clone()]),
            chained: self.chained.map(|column| &column[range.clone()]),
            ops: self.ops.map(|column| &column[range.clone()]),
            ttls: self.ttls.map(|column| &column[range.clone()]),
            next: self.next.map(|column| &column[range]),
        }
    }

    /// What answers take of a backend that is counted so, where that is not 1 each.
    pub fn shares(&self, demand: Demand) -> Option<&'t [u32]> {
        match demand {
            Demand::Answers => None,
            Demand::Bytes => self.sizes,
            Demand::Units(_) => self.costs,
        }
    }

    /// The first position whose time is not before `time` (nanoseconds since the trace began).
    pub fn position_at(&self, time: u64) -> usize {
        self.times.partition_point(|t| *t < time)
    }
}

/// Times of arrival at `load` times the recorded load: every time since `origin` is divided by it, and comes after `begin`.
pub fn compressed(times: &[u64], origin: u64, begin: u64, load: f64) -> Cow<'_, [u64]> {
    if load == 1.0 && begin == origin {
        return Cow::Borrowed(times);
    }
    let arrival = |time: &u64| {
        let since = time - origin;
        begin.saturating_add(if load == 1.0 { since } else { (since as f64 / load) as u64 })
    };
    times.iter().map(arrival).collect()
}
