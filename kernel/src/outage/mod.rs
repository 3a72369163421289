//! The outage simulation: clients, a look-aside cache and a backend as a closed loop, event by event.
//!
//! Arrival, lookup, hit or miss; a miss asks the backend or joins the fetch under way; queue, service, answer, insertion.
//! The client's clock runs beside it: timeout, retry, giving up. That an answer which comes too late fills no cache is what
//! keeps the loop closed [HotOS'21 section 2.2]. `run.rs` is the loop, the other files its parts. Everything is seeded
//! and counted in whole nanoseconds of real time; nothing here prints, reads a clock or starts a thread.
//!
//! Sources: [HotOS'21] Bronson et al., "Metastable Failures in Distributed Systems"; [OSDI'22] Huang et al., "Metastable
//! Failures in the Wild"; [SRE] Google SRE book, chapters 21 and 22.

pub mod absent;
mod acting;
pub mod any_run;
mod arrivals;
pub mod backend;
pub mod breaker;
pub mod client;
mod fetching;
pub mod queue;
pub mod remedy;
pub mod run;
pub mod search;
mod slab;
pub mod trigger;
pub mod verdict;
pub mod window;

use crate::service::Service;
use crate::units::{Rate, Ratio, Seconds};
use backend::Backend;
use client::Client;
use queue::Queue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names by which the values of a type are read and printed.
macro_rules! words {
    ($type:ident, $what:literal: $($value:ident = $word:literal),+) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(match self { $($type::$value => $word),+ })
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<$type, String> {
                match text {
                    $($word => Ok($type::$value),)+
                    _ => Err(format!(concat!("'{}' is no ", $what, "; write one of: {}"), text, [$($word),+].join(", "))),
                }
            }
        }
    };
}

/// Everything around the cache that decides whether it recovers. Plain values: a remedy is a change of some of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// What answers misses.
    pub backend: Backend,
    /// Where asks wait for it.
    pub queue: Queue,
    /// Who waits for the answers.
    pub client: Client,
    /// Which answers enter the cache.
    pub fill: Fill,
    /// What becomes of work whose client gave up.
    pub abandoned: Abandoned,
    /// What a miss does while the same key is being fetched.
    pub same_key: SameKey,
    /// What a set does to the cache; a delete always invalidates.
    pub sets: Sets,
    /// How much earlier than its time to live an entry may die, drawn evenly for each request that says one.
    pub ttl_jitter: Ratio,
    /// How long an entry is still served after its time to live, while one fetch refreshes it in the background
    /// (stale-while-revalidate, RFC 5861); 0: not at all. It helps against expiry, never against loss.
    pub stale: Seconds,
    /// Share of all requests that are refused at the door, before the lookup: load shedding.
    pub shed: Ratio,
    /// What refusing or dropping an ask costs the backend, as a share of an answer: a slow error path is one of the
    /// sustaining effects of [HotOS'21 section 3].
    pub error_cost: Ratio,
}

/// Which answers enter the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// Only those for which a client still waits: the application's process inserts.
    InTime,
    /// Late ones as well: a read-through cache, or a fetch that outlives its client.
    Late,
}

/// What becomes of work whose client gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Abandoned {
    /// The backend does it all the same.
    Finished,
    /// It leaves the queue; what has begun is finished. So does a pool whose *acquire* times out.
    Leaves,
    /// It is cancelled wherever it is. With a FIFO queue and constant service this is a livelock: in overload whoever's turn
    /// comes has waited nearly a timeout, and is cancelled before the answer.
    Cancelled,
}

words!(Abandoned, "way to treat abandoned work": Finished = "finished", Leaves = "leaves", Cancelled = "cancelled");

/// What a miss does while the same key is being fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SameKey {
    /// It asks as well.
    EachAsks,
    /// It waits for that answer: single-flight. A fetch can be joined until whoever asked gives up; where late answers
    /// fill the cache, until its answer. Everybody who gets the answer inserts it.
    Joined,
    /// It waits for that answer, whoever gave up meanwhile: single-flight that lasts until the answer, as Go's. Only
    /// whoever asked inserts it; the others are handed the value.
    Kept,
}

words!(SameKey, "way to treat misses of one key": EachAsks = "each-asks", Joined = "joined", Kept = "kept");

/// What a set does to the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sets {
    /// Inserts or updates the entry.
    WriteThrough,
    /// Invalidates it, as look-aside applications do.
    Invalidate,
}

impl Model {
    /// The defaults around a service that is known by `mu`, its timeout, service time and retries: as many servers as
    /// give `mu`, exponential service, one unbounded FIFO queue, immediate retries, only answers in time are inserted.
    pub fn new(service: &Service, mu: Rate) -> Model {
        Model {
            backend: Backend::servers(mu, service.service_time),
            queue: Queue::UNBOUNDED,
            client: Client::new(service.timeout, service.retries),
            fill: Fill::InTime,
            abandoned: Abandoned::Finished,
            same_key: if service.single_flight { SameKey::Joined } else { SameKey::EachAsks },
            sets: Sets::WriteThrough,
            ttl_jitter: Ratio::NONE,
            stale: Seconds(0.0),
            shed: Ratio::NONE,
            error_cost: Ratio::NONE,
        }
    }
}
