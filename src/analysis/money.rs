//! What every cache size and policy costs with the least backend that survives each loss, and which is the cheapest.

use super::Finding;
use crate::capacity;
use crate::policy::Capacity;
use crate::units::{BackendPrice, CachePrice, Loss, Rate};
use serde::{Deserialize, Serialize};

/// What capacity costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// The backend's.
    pub backend: BackendPrice,
    /// The cache's.
    pub cache: CachePrice,
}

/// A cell with the least backend that survives one loss at the load to carry.
#[derive(Clone, Serialize, Deserialize)]
pub struct Offer {
    /// The policy.
    pub policy: String,
    /// The cache's capacity.
    pub capacity: Capacity,
    /// The same over the footprint.
    pub capacity_ratio: f64,
    /// What is lost.
    pub loss: Loss,
    /// The least backend; `None` where none suffices.
    pub backend: Option<f64>,
    /// What that costs.
    pub backend_cost: Option<f64>,
    /// What the cache costs.
    pub cache_cost: f64,
    /// What today's backend and the baseline's first cache size cost together.
    pub today_cost: f64,
    /// The share of that which is saved.
    pub saving: Option<f64>,
    /// No other cell survives this loss for less.
    pub cheapest: bool,
    /// The cheapest, and no larger loss is survived for as little.
    pub on_frontier: bool,
}

impl Offer {
    /// Backend and cache together.
    pub fn cost(&self) -> Option<f64> {
        self.backend_cost.map(|backend| backend + self.cache_cost)
    }
}

/// Prices these cells, by loss within each; bounds are left out. `today`: the cell whose cache there is today.
pub(super) fn offers(prices: &Prices, findings: &[Finding], today: &Finding, backend: Rate) -> Vec<Offer> {
    let cache_cost = |finding: &Finding| prices.cache.cost(finding.cell.capacity.amount());
    let today_cost = prices.backend.cost(backend.per_second) + cache_cost(today);
    let deployable = findings.iter().filter(|finding| {
        let info = finding.cell.policy.info();
        !info.needs_future && !info.unbounded
    });
    let mut offers: Vec<Offer> = Vec::new();
    for finding in deployable {
        for lost in &finding.losses {
            let backend = lost.need.per_second;
            let mut offer = Offer {
                policy: finding.policy(),
                capacity: finding.cell.capacity,
                capacity_ratio: finding.capacity_ratio,
                loss: lost.need.loss,
                backend,
                backend_cost: backend.map(|backend| prices.backend.cost(backend)),
                cache_cost: cache_cost(finding),
                today_cost,
                saving: None,
                cheapest: false,
                on_frontier: false,
            };
            offer.saving = offer.cost().filter(|_| today_cost > 0.0).map(|cost| capacity::safe_cut(cost, today_cost));
            offers.push(offer);
        }
    }
    mark(&mut offers);
    offers
}

/// Marks the cheapest offer for each loss (the first of equals), and among these the frontier.
fn mark(offers: &mut [Offer]) {
    let mut losses: Vec<Loss> = offers.iter().map(|offer| offer.loss).collect();
    losses.sort_by(|a, b| b.share().total_cmp(&a.share()));
    losses.dedup();
    let mut least = f64::INFINITY;
    for loss in losses {
        let of_loss = offers.iter_mut().filter(|offer| offer.loss == loss && offer.cost().is_some());
        let cost = |offer: &Offer| offer.cost().unwrap_or(f64::INFINITY);
        if let Some(offer) = of_loss.min_by(|a, b| cost(a).total_cmp(&cost(b))) {
            offer.cheapest = true;
            offer.on_frontier = cost(offer) < least;
            least = least.min(cost(offer));
        }
    }
}
