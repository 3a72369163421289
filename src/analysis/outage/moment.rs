//! When an outage happens, if nobody says so. It knows times and loads, no cache.

use crate::error::{Error, Result};
use crate::replay::windows::Windows;
use crate::request::{Requests, SECOND};
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// A moment of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// After the trace's first request.
    pub at: Seconds,
    /// Why this one.
    pub why: String,
}

/// The share of the trace after warm-up that must follow a moment, where the horizon is longer than the trace.
const ROOM: f64 = 0.6;

impl Moment {
    /// The moment given, or the begin of the busiest window that leaves enough of the trace after it. `horizon` is in the
    /// trace's time.
    pub(in crate::analysis) fn choose(
        requests: &Requests<'_>,
        windows: &Windows,
        warm: usize,
        given: Option<Seconds>,
        horizon: Seconds,
    ) -> Result<Moment> {
        let end = windows.span.0;
        if let Some(at) = given {
            if at.0 >= end {
                return Err(Error::usage(format!(
                    "the trace ends {} after its first request, so nothing is left to see at {at}",
                    windows.span
                ))
                .hint("give an earlier --at, or leave it out"));
            }
            return Ok(Moment { at, why: "as given".to_string() });
        }
        let warmed = requests.times[warm] as f64 / SECOND as f64;
        let room = horizon.0.min(ROOM * (end - warmed));
        let follows = |start: u64| start as f64 / SECOND as f64 + room <= end;
        let candidates = windows.all.iter().filter(|window| window.range.start >= warm && follows(window.start));
        // The first of equals.
        let busiest = candidates.rev().max_by_key(|window| window.gets);
        Ok(match busiest {
            Some(window) => Moment {
                at: Seconds(window.start as f64 / SECOND as f64),
                why: format!(
                    "where the busiest {} begin, after warm-up and with at least {} of the trace to follow",
                    windows.width,
                    Seconds(room.round())
                ),
            },
            None => Moment { at: Seconds(warmed), why: "the end of warm-up".to_string() },
        })
    }
}
