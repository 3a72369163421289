//! Characteristic metrics [HotOS'21 section 3]: which signal, above which threshold, tells an outage that stays from one that
//! heals, and how early. Shares of the cache are lost, from a little to everything; every run that heals must stay below the
//! threshold, every one that does not must rise above it.

use super::stage::Stage;
use crate::error::Result;
use crate::outage::trigger::{Step, Trigger};
use crate::outage::verdict::{HEALTHY, loaded};
use crate::outage::window::Window;
use crate::replay::any_cache::AnyCache;
use crate::units::{Ratio, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shares that are lost: multiples of one over this.
const SHARES: u32 = 16;
/// Seeds per share.
const SEEDS: u64 = 2;
/// A signal is watched over so many windows.
const WATCHED: usize = 5;

/// A threshold is so many times what runs that heal rise to, as far as those that do not leave room for it.
const MARGIN: f64 = 1.25;

/// A signal; higher is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The shortest wait for the backend within the time watched, in seconds.
    LeastWait,
    /// Timeouts per lookup.
    TimeoutRate,
    /// Misses per lookup.
    MissRatio,
}

/// All of them.
pub const SIGNALS: [Signal; 3] = [Signal::LeastWait, Signal::TimeoutRate, Signal::MissRatio];

impl Signal {
    fn of(self, watched: &[Window]) -> f64 {
        let sum = |count: fn(&Window) -> u64| watched.iter().map(count).sum::<u64>() as f64;
        let lookups = sum(|window| window.lookups).max(1.0);
        match self {
            Signal::LeastWait => watched.iter().map(|window| window.min_delay).min().unwrap_or(0) as f64 / 1e9,
            Signal::TimeoutRate => sum(|window| window.timeouts) / lookups,
            Signal::MissRatio => 1.0 - sum(|window| window.hits) / lookups,
        }
    }
}

/// What one signal is good for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The signal.
    pub signal: Signal,
    /// The highest it rose in any run that healed.
    pub healed: f64,
    /// The least it rose to in any run that did not.
    pub stayed: f64,
    /// A little above the first; `None` where the two overlap, so that no threshold tells them apart.
    pub threshold: Option<f64>,
    /// When it fires in the slowest of the runs that do not heal, after the trigger.
    pub fires: Option<Seconds>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    /// The largest share up to which every loss healed; `None`: not even the smallest.
    pub survived: Option<Ratio>,
    /// The smallest share whose loss did not always heal; `None`: all did.
    pub fatal: Option<Ratio>,
    /// When users feel it in the slowest of the runs that do not heal: success below 97 %.
    pub felt: Option<Seconds>,
    /// The signals; empty where all runs ended alike, so that there is nothing to tell apart.
    pub alerts: Vec<Alert>,
    /// How long a signal is watched.
    pub watched: Seconds,
    /// How many runs.
    pub runs: usize,
}

struct Run {
    share: Ratio,
    healed: bool,
    /// What follows the trigger, the windows before included that are watched with it.
    windows: Vec<Window>,
}

/// Loses shares of the cache at the moment of the story.
pub(super) fn find(stage: &Stage<'_>, warm: &dyn AnyCache) -> Result<Alerts> {
    let shares = (1..=SHARES).filter_map(|i| Ratio::new(f64::from(i) / f64::from(SHARES)));
    let jobs: Vec<(Ratio, u64)> = shares.flat_map(|share| (0..SEEDS).map(move |seed| (share, seed))).collect();
    let runs = stage.each(&jobs, |(share, seed)| {
        let steps = [Step::trigger(stage.begins, Trigger::Loss(*share))];
        let scenario = stage.scenario(&stage.model, &steps, stage.seed + seed);
        let windows = warm.fork().simulate(&scenario, stage.end);
        let healed = stage.judge_loss(&windows).healed;
        let from = windows.partition_point(|window| window.start < stage.begins.nanoseconds());
        Ok(Run { share: *share, healed, windows: loaded(&windows[from..]).to_vec() })
    })?;
    let stayed: Vec<&Run> = runs.iter().filter(|run| !run.healed).collect();
    let fatal = stayed.first().map(|run| run.share);
    let survived =
        runs.iter().take_while(|run| fatal.is_none_or(|fatal| run.share < fatal)).last().map(|run| run.share);
    let alike = stayed.is_empty() || stayed.len() == runs.len();
    let ends = |at: usize| Seconds((at + 1) as f64 * stage.window.0);
    let slowest = |first: &dyn Fn(&Run) -> Option<usize>| {
        stayed.iter().map(|run| first(run)).try_fold(0, |slowest, at| Some(slowest.max(at?))).map(ends)
    };
    let suffers = |window: &Window| window.success().is_some_and(|success| success < HEALTHY);
    Ok(Alerts {
        survived,
        fatal,
        felt: slowest(&|run| run.windows.iter().position(suffers)).filter(|_| !alike),
        alerts: if alike {
            Vec::new()
        } else {
            SIGNALS
                .map(|signal| {
                    let peak = |run: &Run| series(signal, run).fold(0.0, f64::max);
                    let healed = runs.iter().filter(|run| run.healed).map(peak).fold(0.0, f64::max);
                    let least = stayed.iter().map(|run| peak(run)).fold(f64::INFINITY, f64::min);
                    let threshold = (healed < least).then_some((MARGIN * healed).min((healed + least) / 2.0));
                    let fires = threshold.and_then(|threshold| {
                        slowest(&|run| {
                            series(signal, run).position(|value| value > threshold).map(|at| at + WATCHED - 1)
                        })
                    });
                    Alert { signal, healed, stayed: least, threshold, fires }
                })
                .to_vec()
        },
        watched: Seconds(WATCHED as f64 * stage.window.0),
        runs: runs.len(),
    })
}

/// The signal over the last windows, once so many have passed.
fn series(signal: Signal, run: &Run) -> impl Iterator<Item = f64> {
    run.windows.windows(WATCHED).map(move |watched| signal.of(watched))
}
