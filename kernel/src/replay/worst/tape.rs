//! What walks of the backlog read of a trace and a warm cell: columns by position, and which gets miss.
//!
//! It holds data. It knows no cache and no policy: where a get hits was decided by one warm replay, once.

use crate::interrupt::Interrupt;

/// [`Tape::previous`] of a first touch.
pub const NEVER: u32 = u32::MAX;

/// The request asks the backend.
pub const ASKS: u8 = 1;
/// The request is a get: it may ask the backend; writes never do.
pub const GET: u8 = 2;

/// It asks because its object was evicted: it would hit if there had been room.
pub const EVICTED: u8 = 4;

/// It is behind the request before it in a chain: a get asks also if that one misses.
pub const CHAINED: u8 = 8;

/// Whether a request that is before this position in its chain asks.
pub fn is_broken_before(kinds: &[u8], position: usize) -> bool {
    (1..=position).rev().take_while(|at| kinds[*at] & CHAINED != 0).any(|at| kinds[at - 1] & ASKS != 0)
}

/// The columns that every cell of a trace shares. All have one entry per request.
#[derive(Debug, Clone, Copy)]
pub struct Tape<'t> {
    /// Nanoseconds since the trace began, never stepping back.
    pub times: &'t [u64],
    /// Position of the object's previous request, of any operation; [`NEVER`] for the first.
    pub previous: &'t [u32],
    /// The key's hash, which says on which node it lives.
    pub hashes: &'t [u32],
    /// What an answer takes of the backend, where that is not 1 each: bytes or costs.
    pub shares: Option<&'t [u32]>,
    /// Once it is set, walks end at once and what they say is void.
    pub interrupt: Option<&'t Interrupt>,
}

impl Tape<'_> {
    /// Whether walks should end.
    pub fn is_stopped(&self) -> bool {
        self.interrupt.is_some_and(Interrupt::is_set)
    }

    /// Number of requests.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no request.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The columns up to a position.
    pub fn up_to(&self, end: usize) -> Tape<'_> {
        Tape {
            times: &self.times[..end],
            previous: &self.previous[..end],
            hashes: &self.hashes[..end],
            shares: self.shares.map(|shares| &shares[..end]),
            interrupt: self.interrupt,
        }
    }

    /// What the answer to a request takes of the backend.
    #[inline(always)]
    pub fn share(&self, position: usize) -> f64 {
        self.shares.map_or(1.0, |shares| f64::from(shares[position]))
    }

    /// The first position whose time is not before `time`.
    pub fn position_at(&self, time: u64) -> usize {
        self.times.partition_point(|at| *at < time)
    }
}

/// A backend and a load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Answers (or bytes) a second.
    pub mu: f64,
    /// Factor by which arrivals are compressed: every timestamp is divided by it.
    pub load: f64,
}

impl Point {
    /// When a request arrives, in seconds.
    #[inline(always)]
    pub fn arrival(self, time: u64) -> f64 {
        time as f64 * (1e-9 / self.load)
    }
}

/// The rules by which answers come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The longest wait in the backend's queue with which an answer is in time, seconds: T - s.
    pub patience: f64,
    /// From a request's turn to its answer, seconds.
    pub service_time: f64,
    /// Whether a miss joins the fetch of its key that is under way, instead of asking again.
    pub single_flight: bool,
}

/// Nanoseconds that no walk goes beyond: some 36 years, of which a few can be added to any time.
const LONGEST: u64 = 1 << 60;

impl Rules {
    /// So many patiences at a load, in nanoseconds of the trace: at least one.
    pub fn nanoseconds(&self, patiences: f64, load: f64) -> u64 {
        (patiences * self.patience * load * 1e9).clamp(1.0, LONGEST as f64) as u64
    }
}
