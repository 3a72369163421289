//! The queue in front of the backend: who is next, who may not enter, who is dropped. Fetches are named by integers; it
//! knows nothing else of them.

use crate::units::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// Who is next.
    pub order: Order,
    /// How many may wait, not counting those in service; `None`: any number. Who finds it full is dropped (tail drop).
    pub bound: Option<u32>,
    /// Who has waited longer than this when his turn comes is dropped instead of served; `None`: nobody is.
    pub deadline: Option<Seconds>,
    /// Whether a client learns that his ask was dropped.
    pub dropped: Dropped,
}

/// Who is next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The oldest.
    Fifo,
    /// The youngest.
    Lifo,
    /// The oldest while the queue drains now and then; else the youngest, and who waited too long is dropped.
    Adaptive(CoDel),
    /// Fetches that fill the cache (no other fetch of the key is under way) before those that only serve a client; the
    /// oldest of them.
    FillsFirst,
    /// First tries before retries; the oldest of them.
    FirstTriesFirst,
}

/// Controlled delay with adaptive LIFO, as in Maurer, "Fail at Scale", ACM Queue 13(8), 2015 (after Nichols and
/// Jacobson's CoDel): a queue that has not been empty for `interval` is overloaded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoDel {
    /// Longest wait, while not overloaded.
    pub interval: Seconds,
    /// Longest wait, while overloaded.
    pub target: Seconds,
}

impl Default for CoDel {
    /// The article's 100 ms and 5 ms.
    fn default() -> CoDel {
        CoDel { interval: Seconds(0.1), target: Seconds(0.005) }
    }
}

/// Whether a client learns that his ask was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dropped {
    /// At once, as an error: he may retry.
    Told,
    /// He waits until his timeout.
    Silent,
}

impl Queue {
    /// First in, first out, without limits.
    pub const UNBOUNDED: Queue = Queue { order: Order::Fifo, bound: None, deadline: None, dropped: Dropped::Told };
}

/// A queue at work. Names of cancelled fetches stay in it until their turn; the caller skips them.
pub(super) struct Line {
    /// Those with precedence.
    first: VecDeque<u32>,
    rest: VecDeque<u32>,
    /// How many wait, without the cancelled.
    waiting: usize,
    /// Since when it has not been empty.
    since: u64,
}

impl Line {
    pub(super) fn new() -> Line {
        Line { first: VecDeque::new(), rest: VecDeque::new(), waiting: 0, since: 0 }
    }

    /// How many wait.
    #[inline(always)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether one more may wait.
    #[inline(always)]
    pub(super) fn has_room(&self, queue: &Queue) -> bool {
        queue.bound.is_none_or(|bound| self.waiting < bound as usize)
    }

    #[inline(always)]
    pub(super) fn push(&mut self, fetch: u32, precedes: bool, now: u64) {
        if self.waiting == 0 {
            self.since = now;
        }
        self.waiting += 1;
        if precedes {
            self.first.push_back(fetch);
        } else {
            self.rest.push_back(fetch);
        }
    }

    /// The next name, cancelled or not.
    #[inline(always)]
    pub(super) fn pop(&mut self, queue: &Queue, now: u64) -> Option<u32> {
        let youngest = match queue.order {
            Order::Lifo => true,
            Order::Adaptive(codel) => self.is_overloaded(&codel, now),
            _ => false,
        };
        let line = if self.first.is_empty() { &mut self.rest } else { &mut self.first };
        if youngest { line.pop_back() } else { line.pop_front() }
    }

    /// One that waits was popped or cancelled.
    #[inline(always)]
    pub(super) fn leave(&mut self) {
        self.waiting -= 1;
    }

    /// The longest anybody may have waited whose turn comes now.
    #[inline(always)]
    pub(super) fn longest(&self, queue: &Queue, now: u64) -> u64 {
        let deadline = queue.deadline.map_or(u64::MAX, Seconds::nanoseconds);
        match queue.order {
            Order::Adaptive(codel) if self.is_overloaded(&codel, now) => deadline.min(codel.target.nanoseconds()),
            Order::Adaptive(codel) => deadline.min(codel.interval.nanoseconds()),
            _ => deadline,
        }
    }

    fn is_overloaded(&self, codel: &CoDel, now: u64) -> bool {
        self.waiting > 0 && now - self.since > codel.interval.nanoseconds()
    }

    /// The oldest name of those with precedence, and of the others, once the names in front that have `gone` are dropped.
    pub(super) fn oldest(&mut self, mut gone: impl FnMut(u32) -> bool) -> [Option<u32>; 2] {
        [&mut self.first, &mut self.rest].map(|line| {
            while line.front().is_some_and(|name| gone(*name)) {
                line.pop_front();
            }
            line.front().copied()
        })
    }
}
