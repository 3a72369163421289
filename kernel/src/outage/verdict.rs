//! What a run's windows say: did it heal, when, what did users lose, and which phase is the system in [HotOS'21 section 2].
//! Arithmetic on counts; it knows no simulation.

use super::Model;
use super::window::Window;
use crate::capacity::{self, asks};
use crate::units::{Demand, Seconds};
use serde::{Deserialize, Serialize};

pub use crate::capacity::HEALTHY;

/// Success is judged over so many windows at once: one window of a low load says little.
const SMOOTH: usize = 5;

/// Where a system stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// No trigger can keep it down: even with an empty cache and all retries the backend keeps up.
    Stable,
    /// It healed from this trigger; a worse one may keep it down.
    Vulnerable,
    /// The trigger is over, and it did not heal.
    Metastable,
    /// Not over when the run ended, and yet no loop keeps it down: the queue empties, and less is asked of the backend than
    /// it can answer. It is on its way, or single answers are late by chance.
    Unsettled,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Where the system stands.
    pub phase: Phase,
    /// Whether success came back and the queue was empty, before the run's end.
    pub healed: bool,
    /// From the trigger's begin until then.
    pub recovery: Option<Seconds>,
    /// What users lost from the trigger's begin to the run's end, in seconds.
    pub user_seconds_lost: f64,
    /// Requests that failed since the trigger began, with those that still waited when the trace ended.
    pub requests_failed: u64,
    /// The lowest success after the trigger's begin.
    pub worst_success: f64,
    /// Miss ratio of first lookups in the last tenth of the run.
    pub miss_ratio: f64,
    /// Requests a second in the same stretch, less the window in which the trace may end.
    pub load: f64,
    /// The load under which a collapsed system climbs out: `mu / (m_c (1 + r))`, as the asks per request of the same stretch
    /// tell it. Of a system that healed: that of an empty cache, `mu / (1 + r)`.
    pub escape_load: f64,
}

/// Judges a run whose trigger began at `begin` and was over at `end`, both after the run's begin. `mean_demand`: what a miss
/// takes of the backend on average, 1 where it counts answers.
pub fn judge(
    windows: &[Window],
    width: Seconds,
    begin: Seconds,
    end: Seconds,
    model: &Model,
    mean_demand: f64,
) -> Verdict {
    let first_after = |at: Seconds| windows.partition_point(|window| window.start < at.nanoseconds());
    let (begins, ends) = (first_after(begin), first_after(end));
    let after = &windows[ends..];
    let recovered = recovered(after, model.client.timeout);
    let healed = recovered.is_some();
    let total = sum(&windows[begins..]);
    let loaded = loaded(after);
    let tail_windows = loaded.len().div_ceil(10);
    let last = &loaded[loaded.len() - tail_windows..];
    let tail = sum(last);
    let miss_ratio = tail.miss_ratio().unwrap_or(1.0);
    let answers = match model.backend.mu.of {
        Demand::Answers => model.backend.mu.per_second,
        Demand::Bytes | Demand::Units(_) => model.backend.mu.per_second / mean_demand.max(f64::MIN_POSITIVE),
    };
    let without_cache = asks(1.0, model.client.retries);
    let load = rate(loaded, tail_windows, width);
    let asks = tail.asks_per_request().filter(|asks| !healed && *asks > 0.0).unwrap_or(without_cache);
    let escape_load = capacity::escape_load(answers, asks);
    let keeps_up = tail.drops == 0 && last.iter().any(|window| is_idle(window, model.client.timeout));
    let phase = match healed {
        false if keeps_up && load < escape_load => Phase::Unsettled,
        false => Phase::Metastable,
        true if load < capacity::escape_load(answers, without_cache) => Phase::Stable,
        true => Phase::Vulnerable,
    };
    Verdict {
        phase,
        healed,
        recovery: recovered.map(|i| Seconds(after[i].start as f64 / 1e9 - begin.0)),
        requests_failed: total.failures,
        user_seconds_lost: total.user_seconds_lost(),
        worst_success: windows[begins..].windows(SMOOTH).filter_map(success).fold(1.0, f64::min),
        miss_ratio,
        load,
        escape_load,
    }
}

/// Windows up to the last arrival. Where a trace ends, whoever still waits comes to an end too; what that says of the service
/// counts, but that the queue then empties does not.
pub fn loaded(windows: &[Window]) -> &[Window] {
    let last = windows.iter().rposition(|window| window.offered > 0);
    &windows[..last.map_or(0, |last| last + 1)]
}

/// Requests a second in so many windows, the last but one of those in which somebody comes being the last: where a trace ends within
/// one, the rest of it would count as time in which nobody wants anything. Where all came in that one, it is what there is.
fn rate(loaded: &[Window], count: usize, width: Seconds) -> f64 {
    let per_second = |windows: &[Window]| {
        let last = &windows[windows.len().saturating_sub(count)..];
        sum(last).offered as f64 / (last.len().max(1) as f64 * width.0)
    };
    let whole = per_second(&loaded[..loaded.len().saturating_sub(1)]);
    if whole > 0.0 { whole } else { per_second(loaded) }
}

/// The first window with an idle queue after the last one in which users suffered; `None` where they still do in the end.
pub(super) fn recovered(after: &[Window], timeout: Seconds) -> Option<usize> {
    let smooth = SMOOTH.min(after.len().max(1));
    let success: Vec<Option<f64>> = after.windows(smooth).map(success).collect();
    let idle: Vec<bool> = loaded(after).iter().map(|window| is_idle(window, timeout)).collect();
    capacity::recovery(&success, smooth, &idle)
}

/// Whether the queue was empty at some time of the window: somebody waited next to nothing, a hundredth of the timeout. Old
/// work may still lie at the bottom of a LIFO queue; nobody waits for it.
pub(super) fn is_idle(window: &Window, timeout: Seconds) -> bool {
    window.min_delay <= timeout.nanoseconds() / 100
}

fn success(stretch: &[Window]) -> Option<f64> {
    sum(stretch).success()
}

/// Windows as one.
pub fn sum(windows: &[Window]) -> Window {
    let mut all = windows.first().copied().unwrap_or_default();
    windows.iter().skip(1).for_each(|window| all += *window);
    all
}
