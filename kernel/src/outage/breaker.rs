//! A circuit breaker: while too many asks fail, it lets none through, then a few, then all. It knows outcomes and times
//! only.

use crate::units::{Ratio, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a circuit breaker opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Breaker {
    /// Outcomes are counted over so long at a time.
    pub window: Seconds,
    /// It opens once this share of them failed,
    pub threshold: Ratio,
    /// of at least so many.
    pub least: u32,
    /// How long it lets nothing through.
    pub rest: Seconds,
    /// Then so many asks are let through; where they do not fail in the share above, it closes.
    pub probes: u32,
}

impl Default for Breaker {
    /// Opens where half of 20 outcomes or more within a second failed; tries 10 asks after 5 seconds.
    fn default() -> Breaker {
        let half = Ratio::new(0.5).unwrap_or(Ratio::ALL);
        Breaker { window: Seconds(1.0), threshold: half, least: 20, rest: Seconds(5.0), probes: 10 }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Closed { until: u64 },
    Open { until: u64 },
    Probing { left: u32 },
}

/// A breaker at work.
pub(super) struct Gate {
    state: State,
    succeeded: u32,
    failed: u32,
}

impl Gate {
    pub(super) fn new() -> Gate {
        Gate { state: State::Closed { until: 0 }, succeeded: 0, failed: 0 }
    }

    /// Whether an ask may pass now.
    pub(super) fn lets_pass(&mut self, breaker: &Breaker, now: u64) -> bool {
        match &mut self.state {
            State::Closed { .. } => true,
            State::Open { until } if now < *until => false,
            State::Open { .. } => {
                self.enter(State::Probing { left: breaker.probes.saturating_sub(1) });
                true
            }
            State::Probing { left: 0 } => false,
            State::Probing { left } => {
                *left -= 1;
                true
            }
        }
    }

    /// An ask that passed came to its end.
    pub(super) fn learn(&mut self, breaker: &Breaker, now: u64, success: bool) {
        match self.state {
            // Outcomes of asks from before it opened say nothing new.
            State::Open { .. } => return,
            State::Closed { until } if now >= until => {
                self.enter(State::Closed { until: now.saturating_add(breaker.window.nanoseconds()) });
            }
            _ => {}
        }
        self.succeeded += u32::from(success);
        self.failed += u32::from(!success);
        let all = self.succeeded + self.failed;
        let tripped = f64::from(self.failed) >= breaker.threshold.get() * f64::from(all) && self.failed > 0;
        match self.state {
            State::Closed { .. } if tripped && all >= breaker.least => {
                self.enter(State::Open { until: now.saturating_add(breaker.rest.nanoseconds()) });
            }
            State::Probing { .. } if all >= breaker.probes => {
                self.enter(if tripped {
                    State::Open { until: now.saturating_add(breaker.rest.nanoseconds()) }
                } else {
                    State::Closed { until: now.saturating_add(breaker.window.nanoseconds()) }
                });
            }
            _ => {}
        }
    }

    fn enter(&mut self, state: State) {
        *self = Gate { state, succeeded: 0, failed: 0 };
    }
}
