//! What is asked of a gap, as people say it: what they leave out has a default here, for the command line and for the library.

use super::outage::said::{Said, Settings, check_lengths};
use super::outage::scenario::Scenario;
use super::{Backend, Prices, Question, Sweep};
use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::units::{CacheSize, Growth, Load, Loss, Ratio, Seconds};

/// Policies that are compared where nobody names any.
pub const POLICIES: &str = "lru,fifo,sieve,s3fifo";

/// Nodes of a cache where nobody says how many.
pub const NODES: u32 = 8;

/// Seeds with which each outage is simulated.
const SEEDS: u64 = 3;

/// What is lost where nobody says it: numbers of [`NODES`] nodes.
pub fn default_losses() -> Vec<Loss> {
    [8, 4, 2, 1].map(Loss::one_of).to_vec()
}

/// Losses as they are tried: each once, in rising order.
pub fn in_order(mut losses: Vec<Loss>) -> Vec<Loss> {
    losses.sort_by(|a, b| a.share().total_cmp(&b.share()).then(a.nodes.cmp(&b.nodes)));
    losses.dedup();
    losses
}

/// The seeds with which each outage is simulated, from the first.
pub fn seeds(first: u64) -> Vec<u64> {
    (0..SEEDS).map(|i| first.wrapping_add(i)).collect()
}

/// A question about the gap. `Default` has no policy yet.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Policies, cache sizes, warm-up, threads.
    pub sweep: Sweep,
    /// The policy that others are compared with; `None`: lru where it is listed, else the first.
    pub baseline: Option<PolicySpec>,
    /// The service around the cache.
    pub service: Scenario,
    /// The backend where the service does not say its capacity.
    pub otherwise: Backend,
    /// The load to carry; `None`: that of the busiest window.
    pub load: Option<Load>,
    /// Width of the windows; `None`: one that suits the trace.
    pub window: Option<Seconds>,
    /// How much of the trace is walked after a loss.
    pub horizon: Seconds,
    /// Losses that are tried.
    pub losses: Vec<Loss>,
    /// By which share the load will have grown; `None`: not asked.
    pub growth: Option<Growth>,
    /// Nodes of the cache; `None`: [`NODES`], and their loss is not tried but as listed.
    pub nodes: Option<u32>,
    /// The loss that must be survived; `None`: one node, where prices are given.
    pub survive: Option<Loss>,
    /// What backend and cache cost; `None`: no matter.
    pub prices: Option<Prices>,
    /// Whether every moment and node is cleared, not only searched.
    pub certify: bool,
    /// Whether nothing is simulated.
    pub quick: bool,
    /// Whether other cache sizes and every knob of the service are tried.
    pub full: bool,
    /// The first seed of the simulated outages.
    pub seed: u64,
}

impl Default for Asked {
    fn default() -> Asked {
        Asked {
            sweep: Sweep::default(),
            baseline: None,
            service: Scenario::default(),
            otherwise: Backend::Unknown,
            load: None,
            window: None,
            horizon: Seconds(900.0),
            losses: default_losses(),
            growth: None,
            nodes: None,
            survive: None,
            prices: None,
            certify: false,
            quick: false,
            full: false,
            seed: 1,
        }
    }
}

impl Asked {
    /// The question, and what was said of the service and left open.
    ///
    /// # Errors
    /// Things said that contradict each other.
    pub fn question(self) -> Result<(Question, Settings)> {
        let Asked { mut sweep, mut losses, nodes, prices, .. } = self;
        let Said { backend, service, closed_loop, mut settings } = self.service.service(self.otherwise)?;
        check_lengths(self.window, self.horizon, &service)?;
        let baseline = baseline(self.baseline, &mut sweep.policies);
        if matches!(sweep.sizes.as_slice(), [CacheSize::Auto]) {
            settings.unsaid.push("cache size (10%)".to_string());
        }
        if nodes.is_none() {
            settings.unsaid.push(format!("nodes ({NODES})"));
        }
        let one_node = Some(Loss::one_of(nodes.unwrap_or(NODES))).filter(|_| prices.is_some());
        let survive = self.survive.or(one_node);
        losses.extend(nodes.map(Loss::one_of).into_iter().chain(survive));
        if let Some(price) = prices.map(|prices| prices.backend).filter(|price| price.of.of != service.demand) {
            return Err(Error::usage(format!(
                "the backend is priced at {price}, but counted in {}",
                service.demand.name()
            ))
            .hint("count it in what it is priced in: -b 300/s with '40 per 100/s', -b 250MB/s with '3 per 10MB/s'"));
        }
        if prices.is_some() && backend == Backend::Unknown {
            return Err(Error::usage("prices say what a backend costs, and no backend was given")
                .hint("say what today's backend can do: -b 300/s, or -b auto to have one assumed"));
        }
        let question = Question {
            sweep,
            baseline,
            backend,
            service,
            closed_loop,
            load: self.load,
            window: self.window,
            horizon: self.horizon,
            losses: in_order(losses),
            growth: self.growth.map(|growth| growth.0),
            nodes: nodes.unwrap_or(NODES),
            certify: self.certify,
            survive,
            survive_assumed: self.survive.is_none(),
            prices,
            full: self.full,
            seeds: if self.quick { Vec::new() } else { seeds(self.seed) },
            stretches: !self.quick,
        };
        Ok((question, settings))
    }
}

impl Default for Sweep {
    /// No policy yet, the size that is taken where none is said, the usual warm-up.
    fn default() -> Sweep {
        Sweep {
            policies: Vec::new(),
            sizes: vec![CacheSize::Auto],
            ignore_size: false,
            warmup: Ratio::new(0.25).unwrap_or(Ratio::NONE),
            threads: 0,
        }
    }
}

/// The baseline's position; it is added to the list where it is missing.
fn baseline(named: Option<PolicySpec>, policies: &mut Vec<PolicySpec>) -> usize {
    let Some(wanted) = named else {
        return policies.iter().position(|policy| policy.to_string() == "lru").unwrap_or(0);
    };
    let position = policies.iter().position(|policy| *policy == wanted);
    position.unwrap_or_else(|| {
        policies.insert(0, wanted);
        0
    })
}
