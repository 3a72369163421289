//! The gap between what a service advertises and what it recovers from, and how far a policy widens it.

use serde::Serialize;

/// Efficiency dependency: advertised against hidden capacity (or against the floor).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gap {
    /// advertised / hidden.
    pub ratio: f64,
    /// advertised - hidden, requests a second.
    pub per_second: f64,
}

impl Gap {
    /// `None` where hidden is 0.
    pub fn between(advertised: f64, hidden: f64) -> Option<Gap> {
        (hidden > 0.0).then(|| Gap { ratio: advertised / hidden, per_second: advertised - hidden })
    }
}

/// How far a policy's gap is wider than the baseline's: gap / gap_baseline - 1.
pub fn widening(gap: f64, baseline: f64) -> f64 {
    gap / baseline - 1.0
}
