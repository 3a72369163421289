//! What a gap report found, by policy: its rows as typed results.

use crate::policy::Capacity;
use crate::report::{HealingRow, Report, Row};

/// What was found for one policy at one cache size. Loads are requests a second in the busiest window. A limit is `None`
/// where there is none, and also where it is unknown: [`limits_known`](PolicyFound::limits_known) tells them apart.
#[derive(Debug, Clone)]
pub struct PolicyFound {
    /// The policy with its parameters and filter.
    pub policy: String,
    /// The cache.
    pub cache: Capacity,
    /// Misses over gets after warm-up, 0..=1; `None` without gets.
    pub miss_ratio: Option<f64>,
    /// False where no backend was given, or the trace is too short to tell: then every limit is unknown.
    pub limits_known: bool,
    /// The load to carry.
    pub load: f64,
    /// The largest load that is served while the cache is warm.
    pub advertised: Option<f64>,
    /// The largest load from which the service recovers after losing the whole cache.
    pub hidden: Hidden,
    /// The load that is served with no cache at all.
    pub floor: Option<f64>,
    /// Advertised over hidden.
    pub gap: Option<f64>,
    /// The least nodes of which losing any one is survived; `None` where no number helps.
    pub nodes_needed: Option<u64>,
    /// Whether the service comes back by itself from the loss of the whole cache at the load to carry, as simulated; `None` where
    /// nothing was.
    pub recovers: Option<bool>,
    /// After how many seconds; `None` where it does not, or nothing was simulated.
    pub recovery_seconds: Option<f64>,
    /// The load under which it climbs out once it is down; `None` where nothing was simulated.
    pub escape: Option<f64>,
    /// What each loss needs, the smallest first; the first is for losing nothing.
    pub needs: Vec<Need>,
}

/// The load from which a service recovers by itself.
#[derive(Debug, Clone)]
pub struct Hidden {
    /// No answer is ever late below it, whenever the cache is lost.
    pub safe: Option<f64>,
    /// The loads at which 95, 50 and 5 of 100 simulated outages heal.
    pub heals: [Interval; 3],
    /// The trials behind them, by load; empty where nothing was simulated.
    pub curve: Vec<HealingRow>,
}

/// An estimate, and what holds it in 95 of 100 cases; `None` where it is unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub at: Option<f64>,
    /// Not below.
    pub low: Option<f64>,
    /// Not above.
    pub high: Option<f64>,
}

/// What surviving one loss needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// What is lost: `nothing`, `1/8`, `100%`.
    pub loss: String,
    /// The share of the keys, 0..=1.
    pub share: f64,
    /// The least backend at the load to carry, answers or bytes a second; `None` where none suffices, or it is unknown.
    pub backend: Option<f64>,
    /// The share of today's backend that may go, below 0 where it must grow.
    pub safe_cut: Option<f64>,
    /// The share of the baseline's need that this policy saves; `None` for the baseline itself.
    pub reclaimable: Option<f64>,
    /// The largest load at which today's backend survives it.
    pub load_limit: Option<f64>,
}

impl PolicyFound {
    /// What surviving this loss needs: `nothing`, `1/8`, `100%`; `None` where it was not tried.
    pub fn need(&self, loss: &str) -> Option<&Need> {
        self.needs.iter().find(|need| need.loss == loss)
    }
}

impl Report {
    /// What was found, by trace, cache size and policy.
    pub fn found(&self) -> Vec<PolicyFound> {
        self.rows.iter().filter(|row| row.loss_ratio == 0.0).map(|row| self.of(row)).collect()
    }

    /// What was found for this policy, at the first cache size on the first trace; `None` where it was not asked for.
    pub fn policy(&self, name: &str) -> Option<PolicyFound> {
        self.rows.iter().find(|row| row.policy == name).map(|row| self.of(row))
    }

    fn of(&self, row: &Row) -> PolicyFound {
        let same = |healing: &&HealingRow| {
            healing.trace == row.trace && healing.policy == row.policy && healing.cache_capacity == row.capacity()
        };
        let need = |row: &Row| Need {
            loss: row.loss.clone(),
            share: row.loss_ratio,
            backend: row.least_backend_per_second,
            safe_cut: row.safe_cut_ratio,
            reclaimable: row.reclaimable_ratio,
            load_limit: row.load_limit_per_second,
        };
        let interval = |at, low, high| Interval { at, low, high };
        PolicyFound {
            policy: row.policy.clone(),
            cache: row.cache(),
            miss_ratio: row.miss_ratio,
            limits_known: row.limits_known,
            load: row.load_per_second,
            advertised: row.advertised_per_second,
            hidden: Hidden {
                safe: row.hidden_safe_per_second,
                heals: [
                    interval(row.hidden_95_per_second, row.hidden_95_per_second_low, row.hidden_95_per_second_high),
                    interval(row.hidden_50_per_second, row.hidden_50_per_second_low, row.hidden_50_per_second_high),
                    interval(row.hidden_05_per_second, row.hidden_05_per_second_low, row.hidden_05_per_second_high),
                ],
                curve: self.healing.iter().filter(same).cloned().collect(),
            },
            floor: row.floor_per_second,
            gap: row.gap_ratio,
            nodes_needed: row.nodes_needed,
            recovers: row.recovers,
            recovery_seconds: row.recovery_seconds,
            escape: row.escape_per_second,
            needs: self.losses(row).map(need).collect(),
        }
    }
}
