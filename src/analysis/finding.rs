//! The finding for one cell: what its replays say, turned into the numbers of `docs/definitions.md`.

use super::sweep::capacity_ratio;
use super::withstand::{Endurance, Needed, load_or_backend};
use super::{Facts, Lost, Measured};
use crate::capacity::{self, Gap};
use crate::replay::Tally;
use crate::replay::cell::Cell;
use crate::replay::ground::Ground;
use crate::replay::observe::Observation;
use crate::replay::windows::Windows;
use crate::replay::worst::columns::Hits;
use crate::replay::worst::lattice::{Axis, Level};
use crate::units::{Demand, Loss, Rate};
use serde::{Deserialize, Serialize};

/// Gets that a window must hold for its miss ratio to be called the worst.
const ENOUGH: u64 = 100;

/// What all cells of a trace share.
pub(super) struct Scene<'a> {
    pub facts: &'a Facts,
    pub windows: &'a Windows,
    pub ground: &'a Ground<'a>,
    pub losses: &'a [Loss],
    pub today: f64,
    pub limits_known: bool,
    pub backend: Option<Rate>,
}

/// The warm replay of one cell.
pub(super) struct WarmResult {
    pub observation: Observation,
    /// At the load to carry.
    pub hits: Hits,
    /// The lowest level of backend that survives, at each load for which that is sought; `None` where none does.
    pub levels: Vec<Option<Level>>,
    /// How full the cache was when warm-up ended, and in the end: shares of its capacity.
    pub filled: (f64, f64),
}

impl WarmResult {
    /// The smallest backend that survives at the load to carry; `None` where none does.
    pub fn backend(&self) -> Option<f64> {
        values(&self.levels)[0]
    }
}

/// The backends that levels stand for.
pub(super) fn values(levels: &[Option<Level>]) -> Vec<Option<f64>> {
    // At any load: what backend it is does not depend on it.
    let of = |level| load_or_backend(Axis::Backend { load: 1.0 }, level);
    levels.iter().map(|level| level.and_then(of)).collect()
}

/// The least backend that survives a loss at a load.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// What is lost.
    pub loss: Loss,
    /// Answers or bytes a second; `None` where no backend suffices.
    pub per_second: Option<f64>,
    /// 1 - required / mu.
    pub safe_cut: Option<f64>,
    /// What losing the mildest of the nodes needs, about; `None` where there is but one, or none suffices.
    pub mildest: Option<f64>,
    /// When the loss is worst, seconds since the trace began; `None` where warm traffic decides.
    pub worst_moment: Option<f64>,
    /// The first of the nodes whose loss is worst.
    pub worst_node: Option<u32>,
    /// Whether every moment and node was cleared, not only searched.
    pub certified: bool,
}

/// What a loss costs: the backend that survives it, and the load up to which today's does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossFinding {
    /// The least backend at the load to carry.
    pub need: Need,
    /// The share of the baseline's backend that this policy lets go for the same loss. `None` for the baseline itself.
    pub reclaimable: Option<f64>,
    /// The largest load at which today's backend survives the loss, requests a second; `None`: no limit.
    pub load_limit: Option<f64>,
    /// How far the load may grow until then; negative where it must fall. `None`: without limit.
    pub growth: Option<f64>,
}

/// What was found for one policy at one cache size. Loads are requests a second; `None` in a load means no limit.
#[derive(Clone, Serialize, Deserialize)]
pub struct Finding {
    /// The cell.
    pub cell: Cell,
    /// The capacity over the trace's footprint in the same unit.
    pub capacity_ratio: f64,
    /// Totals and windows of the warm replay.
    pub observation: Observation,
    /// The largest miss ratio of a window after warm-up.
    pub worst_window: Option<f64>,
    /// How full the cache was when warm-up ended, and at the end of the trace.
    pub filled: (f64, f64),
    /// Largest load that survives warm.
    pub advertised: Option<f64>,
    /// mu / m.
    pub advertised_long_run: Option<f64>,
    /// Load served with a cache that never hits.
    pub floor: Option<f64>,
    /// mu / (1 + r); `None` without a backend.
    pub floor_long_run: Option<f64>,
    /// The largest load that survives a full flush at any moment; never above advertised.
    pub hidden: Option<f64>,
    /// The same at all but the worst hundredth of the moments, and at half of them.
    pub hidden_quantiles: [Option<f64>; 2],
    /// Whether every moment was cleared, not only searched.
    pub certified: bool,
    /// When that flush happens, seconds since the trace began.
    pub worst_moment: f64,
    /// The position of the first request after it.
    pub worst_position: usize,
    /// Hidden capacity as simulated outages show it; `None` where none were run.
    pub measured: Option<Measured>,
    /// advertised over hidden.
    pub gap: Option<Gap>,
    /// advertised over floor.
    pub gap_floor: Option<Gap>,
    /// (1 + r) / m.
    pub amplification: Option<f64>,
    /// Advertised capacity once the saving over the baseline was handed back; `None` for the baseline itself.
    pub advertised_reclaimed: Option<Option<f64>>,
    /// Hidden capacity then.
    pub hidden_reclaimed: Option<f64>,
    /// The share of one node of as few as survive the loss of any of them, 0 where no number does; `None` where the load is
    /// not carried warm.
    pub loss_survived: Option<f64>,
    /// Cache nodes needed so that losing one of them is survived; `None` where no number of them helps.
    pub nodes_needed: Option<u64>,
    /// By loss; the first is for losing nothing.
    pub losses: Vec<LossFinding>,
    /// The least backends at the grown load; empty where none was asked for.
    pub grown: Vec<Need>,
    /// What is lost with the cache, by simulation at the load to carry; `None` where none was run.
    pub lost: Option<Lost>,
    /// How far the gap is wider than the baseline's, at the same backend.
    pub widening: Option<f64>,
    /// How far it is wider with the saving handed back.
    pub widening_reclaimed: Option<f64>,
    /// 1 - m / m_baseline.
    pub naive_saving: Option<f64>,
}

impl Finding {
    /// `mu_warm`: what steady traffic needs at each load of the least backends.
    pub(super) fn new(
        scene: &Scene<'_>,
        cell: Cell,
        warm: &WarmResult,
        mu_warm: &[Option<f64>],
        endurance: Endurance,
    ) -> Finding {
        let Scene { facts, windows, ground, losses, today, limits_known, backend } = *scene;
        let mu = backend.map(|backend| backend.per_second);
        let carry = ground.load * today;
        let retries = ground.service.retries;
        let miss_ratio = warm.observation.total.miss_ratio().unwrap_or(0.0);
        let missed = match ground.service.demand {
            Demand::Answers => warm.observation.total.misses,
            Demand::Bytes => warm.observation.total.bytes_missed,
            Demand::Units(_) => warm.observation.total.cost_missed,
        };
        let demand_ratio = missed as f64 / facts.counted.max(1) as f64;
        let demand_per_request = facts.mean_share(ground.service.demand);
        let advertised = capacity::advertised(endurance.advertised, today);
        let hidden = capacity::hidden(endurance.hidden.limit, today, advertised);
        let floor = capacity::floor(endurance.floor, today, hidden);
        let known = limits_known && backend.is_some();
        let carried = known && advertised.is_none_or(|advertised| carry <= advertised);
        let mut needs = mu_warm
            .iter()
            .zip(&endurance.least_backends)
            .map(|(mu_warm, lost)| needs(ground, losses, *mu_warm, lost, mu));
        let now: Vec<Need> = needs.next().unwrap_or_default();
        let limits = endurance.load_limits.iter().map(|worst| worst.limit.map(|factor| factor * today));
        let limits = capacity::load_limit(advertised, limits);
        Finding {
            capacity_ratio: capacity_ratio(cell.capacity, facts),
            worst_window: worst_window(&warm.observation.windows, windows, ground.warm),
            filled: warm.filled,
            advertised,
            advertised_long_run: mu.and_then(|mu| capacity::advertised_long_run(mu, demand_ratio)),
            floor,
            floor_long_run: mu.map(|mu| capacity::floor_long_run(mu, retries, demand_per_request)),
            hidden,
            hidden_quantiles: endurance.hidden_quantiles.map(|limit| capacity::hidden(limit, today, advertised)),
            certified: endurance.hidden.certified,
            worst_moment: ground.requests.times[endurance.hidden.moment] as f64 / 1e9,
            worst_position: endurance.hidden.moment,
            measured: None,
            gap: capacity::gap(advertised, hidden),
            gap_floor: capacity::gap(advertised, floor),
            amplification: capacity::amplification(miss_ratio, retries),
            advertised_reclaimed: endurance.reclaimed.map(|(k, _)| capacity::advertised(k, today)),
            hidden_reclaimed: endurance
                .reclaimed
                .and_then(|(k, hidden)| capacity::hidden(hidden, today, capacity::advertised(k, today))),
            loss_survived: carried.then(|| capacity::loss_survived(endurance.nodes_needed)),
            nodes_needed: endurance.nodes_needed.filter(|_| carried).map(u64::from),
            losses: now.into_iter().zip(limits).map(|(need, limit)| LossFinding::new(need, limit, carry)).collect(),
            grown: needs.next().unwrap_or_default(),
            observation: warm.observation.clone(),
            lost: None,
            widening: None,
            widening_reclaimed: None,
            naive_saving: None,
            cell,
        }
    }

    /// Fills in what is said against the baseline of the same cache size.
    pub(super) fn compare(&mut self, baseline: &Finding) {
        if self.cell.policy.to_string() == baseline.cell.policy.to_string() {
            return;
        }
        let (own, other) = (self.miss_ratio(), baseline.miss_ratio());
        self.naive_saving = own.zip(other).and_then(|(own, other)| capacity::naive_saving(own, other));
        self.widening = capacity::widening(self.gap, baseline.gap);
        // Both are the policy's own at the smaller backend.
        let reclaimed = capacity::gap(self.advertised_reclaimed.flatten(), self.hidden_reclaimed);
        self.widening_reclaimed = capacity::widening(reclaimed, baseline.gap);
        for (own, other) in self.losses.iter_mut().zip(&baseline.losses) {
            let both = own.need.per_second.zip(other.need.per_second);
            own.reclaimable = both.and_then(|(own, other)| capacity::reclaimable_share(own, other));
        }
    }

    /// Misses over requests after warm-up.
    pub fn miss_ratio(&self) -> Option<f64> {
        self.observation.total.miss_ratio()
    }

    /// The policy with its parameters and filter.
    pub fn policy(&self) -> String {
        self.cell.policy.to_string()
    }
}

impl LossFinding {
    fn new(need: Need, load_limit: Option<f64>, load: f64) -> LossFinding {
        let growth = load_limit.map(|limit| capacity::growth(limit, load));
        LossFinding { need, reclaimable: None, load_limit, growth }
    }
}

/// What nothing and each loss needs.
fn needs(ground: &Ground<'_>, losses: &[Loss], warm: Option<f64>, lost: &[Needed], mu: Option<f64>) -> Vec<Need> {
    let required = capacity::least_backend(warm, lost.iter().map(|lost| lost.worst.limit));
    let nothing = Need {
        loss: Loss::NOTHING,
        per_second: warm,
        safe_cut: None,
        mildest: None,
        worst_moment: None,
        worst_node: None,
        certified: warm.is_some(),
    };
    let lost = losses.iter().zip(lost).map(|(loss, Needed { worst, mildest })| {
        let decided = worst.moment > ground.warm;
        Need {
            loss: *loss,
            per_second: worst.limit,
            safe_cut: None,
            mildest: *mildest,
            worst_moment: decided.then(|| ground.requests.times[worst.moment] as f64 / 1e9),
            worst_node: (decided && !loss.is_everything()).then_some(worst.node),
            certified: worst.certified,
        }
    });
    std::iter::once(nothing)
        .chain(lost)
        .zip(required)
        .map(|(need, required)| {
            let safe_cut = required.zip(mu).map(|(required, mu)| capacity::safe_cut(required, mu));
            let mildest = need.mildest.zip(required).map(|(mildest, required)| mildest.min(required));
            Need { per_second: required, safe_cut, mildest, ..need }
        })
        .collect()
}

/// The largest miss ratio among the windows wholly after warm-up that hold enough gets; one that the trace's end cuts is none.
fn worst_window(tallies: &[Tally], windows: &Windows, warm: usize) -> Option<f64> {
    let counted = tallies
        .iter()
        .zip(windows.complete())
        .filter(|(tally, window)| window.range.start >= warm && tally.requests >= ENOUGH);
    counted.filter_map(|(tally, _)| tally.miss_ratio()).max_by(f64::total_cmp)
}
