//! Loads: what a service carries, what it recovers from, and how far these lie apart. All in requests a second of the
//! trace's busiest window. `None` in a load is no limit.

use super::smaller;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// **advertised**: the load served while the cache is warm; the top of the vulnerable range. Largest k x today at which the
/// warm replay survives mu. \[derived\]
///
/// `k`: `None` where any load survives, 0 where none does.
pub fn advertised(k: Option<f64>, today: f64) -> Option<f64> {
    k.map(|k| k * today)
}

/// **advertised, long run**: mu / m, the mean over all time. \[seed; HotOS'21 §2.2\]
///
/// `demand_ratio`: what one request takes of the backend while the cache is warm: m in answers, the bytes missed over the
/// requests in bytes. `None` where nothing misses.
pub fn advertised_long_run(mu: f64, demand_ratio: f64) -> Option<f64> {
    (demand_ratio > 0.0).then(|| mu / demand_ratio)
}

/// **floor**: the load served with no cache at all, the article's hidden capacity. Largest k x today at which the trace
/// survives mu with a cache that never hits; floor <= hidden. \[seed, by the predicate\]
pub fn floor(k: Option<f64>, today: f64, hidden: Option<f64>) -> Option<f64> {
    smaller(k.map(|k| k * today), hidden)
}

/// **floor, long run**: mu / (1 + r). \[seed; HotOS'21 §2.1, §2.2\]
///
/// `demand`: what one miss takes of the backend: 1 in answers, the mean size in bytes.
pub fn floor_long_run(mu: f64, retries: u32, demand: f64) -> f64 {
    escape_load(mu, asks(1.0, retries) * demand)
}

/// **hidden** (safe): the load at which a full flush at the worst moment is sure to heal by itself. Largest k x today at
/// which the cold replay survives mu; hidden <= advertised, since where warm traffic does not survive, the loss is not to
/// blame. \[derived\]
pub fn hidden(k: Option<f64>, today: f64, advertised: Option<f64>) -> Option<f64> {
    smaller(k.map(|k| k * today), advertised)
}

/// Efficiency dependency, as a ratio and as a difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// advertised / hidden.
    pub ratio: f64,
    /// advertised - hidden, requests a second.
    pub per_second: f64,
}

/// **gap**: efficiency dependency. advertised / hidden; beside it advertised / floor and advertised - hidden.
/// \[HotOS'21 §2.2\]
///
/// `hidden`: or the floor. `None` where advertised has no limit, or hidden has none or is 0.
pub fn gap(advertised: Option<f64>, hidden: Option<f64>) -> Option<Gap> {
    let (advertised, hidden) = advertised.zip(hidden)?;
    (hidden > 0.0).then(|| Gap { ratio: advertised / hidden, per_second: advertised - hidden })
}

/// **amplification**: backend load with an empty cache over warm backend load. 1 / m, with retries (1 + r) / m.
/// \[OSDI'22 §6.5\]
///
/// `None` where nothing misses.
pub fn amplification(miss_ratio: f64, retries: u32) -> Option<f64> {
    (miss_ratio > 0.0).then(|| asks(1.0, retries) / miss_ratio)
}

/// **widening**: how far a policy widens the gap against the baseline policy. gap_policy / gap_baseline - 1.
///
/// At the same backend; or with the saving reclaimed, where the policy's gap is that at its smaller backend. `None` where a gap
/// is unknown.
pub fn widening(gap: Option<Gap>, baseline: Option<Gap>) -> Option<f64> {
    gap.zip(baseline).map(|(gap, baseline)| gap.ratio / baseline.ratio - 1.0)
}

/// **escape load**: once collapsed, the load under which it climbs out. mu / (m_c (1 + r)), m_c the miss ratio of the
/// collapsed cache. \[HotOS'21 §2\]
///
/// `asks`: what one request takes of the backend then, m_c (1 + r) in answers; see [`asks`].
pub fn escape_load(mu: f64, asks: f64) -> f64 {
    mu / asks
}

/// m (1 + r): how often a request asks the backend when all its tries miss alike.
pub fn asks(miss_ratio: f64, retries: u32) -> f64 {
    miss_ratio * (1.0 + f64::from(retries))
}

/// **shed share**: what has to be turned away for a collapsed service to climb out. 1 - escape / load. \[derived\]
///
/// 0 where the load is below the escape load.
pub fn shed_share(escape: f64, load: f64) -> f64 {
    if load > 0.0 { (1.0 - escape / load).max(0.0) } else { 0.0 }
}

/// Where a service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// The load is not carried even while the cache is warm.
    OverloadedWarm,
    /// The load is carried warm, and not sure to come back after a full flush: the cache is a capacity cache.
    Vulnerable,
    /// No answer is late after a full flush at any moment tried: the cache is a latency cache.
    Survives,
    /// The trace is too short to say.
    Unknown,
}

/// **region**: above advertised overloaded warm; hidden..advertised vulnerable, a capacity cache; else a flush heals, a latency
/// cache. \[SRE ch. 22\]
pub fn region(load: f64, advertised: Option<f64>, hidden: Option<f64>) -> Region {
    let above = |limit: Option<f64>| limit.is_some_and(|limit| load > limit);
    match (above(advertised), above(hidden)) {
        (true, _) => Region::OverloadedWarm,
        (_, true) => Region::Vulnerable,
        _ => Region::Survives,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_articles_numbers() {
        // load 3000, hit ratio 0.9, mu 300 [seed; HotOS'21 §2.2]
        let (advertised, floor) = (advertised_long_run(300.0, 0.1), floor_long_run(300.0, 0, 1.0));
        assert_eq!((advertised, floor), (Some(3000.0), 300.0));
        assert_eq!(gap(advertised, Some(floor)), Some(Gap { ratio: 10.0, per_second: 2700.0 }));
        assert_eq!(amplification(0.1, 0), Some(10.0));
        // one retry, mu 300 [HotOS'21 §2.1]
        assert_eq!(floor_long_run(300.0, 1, 1.0), 150.0);
        // hit ratio 0.99 [OSDI'22 §6.5]
        assert_eq!(amplification(1.0 / 100.0, 0), Some(100.0));
    }

    #[test]
    fn what_never_misses_has_no_limit() {
        assert_eq!(advertised_long_run(300.0, 0.0), None);
        assert_eq!(amplification(0.0, 0), None);
        assert_eq!(gap(None, Some(300.0)), None);
        assert_eq!(gap(Some(300.0), Some(0.0)), None);
    }

    #[test]
    fn floor_is_not_above_hidden_nor_hidden_above_advertised() {
        let advertised = advertised(Some(2.0), 100.0);
        let hidden = hidden(Some(3.0), 100.0, advertised);
        assert_eq!(hidden, Some(200.0));
        assert_eq!(floor(Some(2.5), 100.0, hidden), Some(200.0));
        assert_eq!(super::hidden(None, 100.0, None), None);
        assert_eq!(floor(None, 100.0, hidden), hidden);
    }

    #[test]
    fn falling_in_and_climbing_out() {
        assert_eq!(escape_load(300.0, asks(0.5, 1)), 300.0);
        assert_eq!(shed_share(300.0, 1200.0), 0.75);
        assert_eq!(shed_share(300.0, 200.0), 0.0);
        let region = |load| region(load, Some(3000.0), Some(700.0));
        assert_eq!(
            [600.0, 700.0, 2000.0, 4000.0].map(region),
            [Region::Survives, Region::Survives, Region::Vulnerable, Region::OverloadedWarm]
        );
    }
}
