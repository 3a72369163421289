//! The load from which a cache no longer heals, measured: trials of a load, and a grid of loads that closes in on the edge.
//!
//! Healing is not monotone near the edge and differs from seed to seed and from moment to moment, so what is found is a
//! bracket: a load is good if all its trials heal. Trials are independent: whoever knows threads may run them side by side.

use super::any_run::AnyRun;
use super::run::{Run, Scenario};
use super::verdict::{HEALTHY, is_idle, recovered, sum};
use super::window::Window;
use crate::cache::Lookaside;
use crate::request::SECOND;
use crate::units::{Demand, Seconds};
use serde::{Deserialize, Serialize};

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether success was back and the queue empty before the end.
    pub healed: bool,
    /// When, after the trial's begin.
    pub recovery: Option<Seconds>,
    /// What users lost until the trial was stopped, in seconds.
    pub user_seconds_lost: f64,
    /// Whether the policy decided anything: evicted, or refused to admit. Where it did not, every other policy that admits
    /// all comes to the same outcome from the same empty cache.
    pub decided: bool,
    /// Arrivals, answers, timeouts and retries.
    pub events: u64,
}

/// A stretch of a trial: so many seconds, and so many timeouts at least.
type Stretch = (Seconds, f64);
/// Calm for so long, with room at the backend for the busiest time to come: healed for good.
const CALM: Stretch = (Seconds(10.0), 10.0);
/// Nothing inserted for so long, and more to come than the backend can do: dead. Shorter stretches call some trials wrongly.
const DEAD: Stretch = (Seconds(20.0), 20.0);
/// The share of the backend that a healed cache may use at the busiest time to come.
const ROOM: f64 = 0.9;

/// Runs a scenario whose trigger is over at its begin (or is in its steps, over at `quiet`), for at most `horizon`. It stops
/// early where the rest is foreseeable: see [`CALM`] and [`DEAD`].
pub fn trial<C: Lookaside>(scenario: &Scenario<'_>, cache: &mut C, quiet: Seconds, horizon: Seconds) -> Outcome {
    let mut run = Run::new(scenario, cache);
    follow(&mut run, scenario, quiet, horizon, Some(DEAD));
    outcome(&run, scenario, quiet)
}

/// The windows of a scenario whose triggers are over at `quiet`, until it is calm for good, or `horizon`.
pub fn settle<C: Lookaside>(scenario: &Scenario<'_>, cache: &mut C, quiet: Seconds, horizon: Seconds) -> Vec<Window> {
    let mut run = Run::new(scenario, cache);
    follow(&mut run, scenario, quiet, horizon, None);
    run.finish()
}

/// Lets a run go on until it is calm for good, or dead for as long as `dead`.
fn follow(run: &mut dyn AnyRun, scenario: &Scenario<'_>, quiet: Seconds, horizon: Seconds, dead: Option<Stretch>) {
    let width = scenario.window;
    let timeout = scenario.model.client.timeout;
    let length = |(least, timeouts): Stretch| (least.0.max(timeouts * timeout.0) / width.0).ceil() as usize;
    let after = (quiet.0 / width.0).ceil() as usize;
    let mut end = Seconds(0.0);
    while end.0 < horizon.0 && !run.is_over() {
        end = Seconds((end.0 + width.0).min(horizon.0));
        run.until(end);
        let windows = run.windows().get(after..).unwrap_or_default();
        let future = Future { scenario, position: run.position(), left: horizon.0 - end.0, width };
        let last = |stretch| windows.len().checked_sub(length(stretch)).map(|from| &windows[from..]);
        if last(CALM).is_some_and(|stretch| is_calm(stretch, timeout) && future.fits(stretch))
            || dead.and_then(last).is_some_and(|stretch| is_dead(stretch, timeout) && !future.drains(stretch))
        {
            break;
        }
    }
}

/// How a run ended that was followed until its outcome was known.
fn outcome(run: &dyn AnyRun, scenario: &Scenario<'_>, quiet: Seconds) -> Outcome {
    let timeout = scenario.model.client.timeout;
    let after = (quiet.0 / scenario.window.0).ceil() as usize;
    let events = run.windows().iter().map(Window::events).sum();
    let decided = run.decisions() > 0;
    let windows = run.windows();
    let since = windows.get(after..).unwrap_or_default();
    let recovery = recovered(since, timeout).map(|i| Seconds(since[i].start as f64 / SECOND as f64));
    let user_seconds_lost = sum(windows).user_seconds_lost();
    Outcome { healed: recovery.is_some(), recovery, user_seconds_lost, decided, events }
}

/// All windows are well and let the queue run empty.
fn is_calm(stretch: &[Window], timeout: Seconds) -> bool {
    stretch.iter().all(|window| is_idle(window, timeout) && window.success().is_none_or(|success| success >= HEALTHY))
}

/// Nothing enters the cache, and nobody's turn comes before his timeout.
fn is_dead(stretch: &[Window], timeout: Seconds) -> bool {
    let gone = |window: &Window| window.min_delay >= timeout.nanoseconds();
    stretch.iter().all(|window| window.inserts == 0 && window.asked > 0 && gone(window))
}

/// What a trial has still to come. It is known, as the trace is.
struct Future<'a, 't> {
    scenario: &'a Scenario<'t>,
    position: usize,
    /// Seconds until the horizon.
    left: f64,
    /// Of windows.
    width: Seconds,
}

impl Future<'_, '_> {
    /// The times of the requests that come in the next seconds.
    fn arrivals(&self, seconds: f64) -> &[u64] {
        let times = &self.scenario.requests.times[self.position..];
        let end = times.first().map_or(0, |now| now.saturating_add(self.trace_time(seconds)));
        &times[..times.partition_point(|time| *time < end)]
    }

    fn trace_time(&self, seconds: f64) -> u64 {
        ((seconds * self.scenario.load * SECOND as f64) as u64).max(1)
    }

    /// Whether the backend has room for who waits, and where requests come fastest, if as many of them ask as do now.
    fn fits(&self, stretch: &[Window]) -> bool {
        let now = sum(stretch);
        let mu = self.scenario.model.backend.mu;
        let answers = match mu.of {
            Demand::Answers => mu.per_second * self.width.0,
            // What misses cost is not counted; but what it does now is possible.
            Demand::Bytes | Demand::Units(_) => now.answered as f64 / stretch.len() as f64,
        };
        let asks = now.asks_per_request().unwrap_or(0.0);
        let most = (ROOM * answers / asks.max(f64::MIN_POSITIVE)) as usize;
        // Who waits already was not late yet, and may be.
        let in_time = ROOM * answers / self.width.0 * self.scenario.model.client.timeout.0;
        now.queue as f64 <= in_time && nowhere_more(self.arrivals(self.left), self.trace_time(self.width.0), most)
    }

    /// Whether the backend can work off its queue at some time, if as many of the requests ask as do now.
    fn drains(&self, stretch: &[Window]) -> bool {
        let now = sum(stretch);
        let asks = now.asks_per_request().unwrap_or(0.0);
        let a_window = now.answered as f64 / stretch.len() as f64;
        let patience = a_window / self.width.0 * self.scenario.model.client.timeout.0;
        // Once no more requests come nobody can see whether answers are in time again.
        let times = &self.scenario.requests.times[self.position..];
        let rest = times.first().zip(times.last()).map_or(0, |(now, last)| last - now) as f64;
        let left = self.left.min(rest / SECOND as f64 / self.scenario.load);
        let windows = (left / self.width.0).ceil();
        let mut after = 1.0;
        while after <= windows {
            let asked = asks * self.arrivals(after * self.width.0).len() as f64;
            let too_many = now.queue as f64 + asked - a_window * after - patience;
            if too_many <= 0.0 {
                return true;
            }
            // So much is not worked off sooner, even if nobody asks any more.
            after += (too_many / a_window).floor().max(1.0);
        }
        false
    }
}

/// Whether nowhere more than `most` of these times, which rise, lie within less than `width`.
fn nowhere_more(times: &[u64], width: u64, most: usize) -> bool {
    let Some(count) = times.len().checked_sub(most).filter(|count| *count > 0) else { return true };
    // Neighbours are told together, where they are far from it.
    let together = (most / 8).max(1);
    (0..count).step_by(together).all(|from| {
        let last = (from + together).min(count) - 1;
        times[from + most] - times[last] >= width || (from..=last).all(|i| times[i + most] - times[i] >= width)
    })
}

/// Loads (factors of the recorded one) between which healing ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bracket {
    /// The largest load tried up to which every trial healed; `None`: none did.
    pub low: Option<f64>,
    /// The smallest load tried at which any did not; `None`: all did.
    pub high: Option<f64>,
}

/// A grid of loads that closes in on the edge: ask [`Search::round`] for loads, try them all, tell [`Search::learn`].
#[derive(Debug, Clone)]
pub struct Search {
    from: f64,
    to: f64,
    tried: Vec<(f64, bool)>,
}

/// Loads of the first round, and of each later one.
const COARSE: usize = 8;
const FINE: usize = 3;
/// Relative width at which the search ends.
pub const TOLERANCE: f64 = 0.02;

impl Search {
    /// Between two loads above 0: the safe bound and the advertised capacity, say.
    pub fn new(from: f64, to: f64) -> Search {
        Search { from, to: to.max(from), tried: Vec::new() }
    }

    /// The loads to try now; none where the bracket is narrow enough.
    pub fn round(&self) -> Vec<f64> {
        if self.tried.is_empty() {
            return if self.from < self.to { grid(self.from, self.to, COARSE) } else { vec![self.from] };
        }
        match self.bracket() {
            Bracket { low: Some(low), high: Some(high) } if high / low > 1.0 + TOLERANCE => {
                grid(low, high, FINE + 2)[1..=FINE].to_vec()
            }
            // Not even the first load heals: look further down, as far as an eighth.
            Bracket { low: None, high: Some(high) } if high > self.from / 8.0 => {
                grid(high / 2.0, high, FINE + 2)[..=FINE].to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// All trials of a load are done.
    pub fn learn(&mut self, load: f64, healed: bool) {
        self.tried.push((load, healed));
        self.tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// What is known so far.
    pub fn bracket(&self) -> Bracket {
        let high = self.tried.iter().find(|(_, healed)| !healed).map(|(load, _)| *load);
        let low = self.tried.iter().take_while(|(_, healed)| *healed).last().map(|(load, _)| *load);
        Bracket { low, high }
    }
}

/// `count` loads from `low` to `high`, evenly in proportion.
fn grid(low: f64, high: f64, count: usize) -> Vec<f64> {
    (0..count).map(|i| low * (high / low).powf(i as f64 / (count - 1) as f64)).collect()
}

/// Searches one load after the other. `heals`: whether all trials of a load do.
pub fn search(from: f64, to: f64, mut heals: impl FnMut(f64) -> bool) -> Bracket {
    let mut search = Search::new(from, to);
    loop {
        let loads = search.round();
        if loads.is_empty() {
            return search.bracket();
        }
        for load in loads {
            let healed = heals(load);
            search.learn(load, healed);
            if !healed {
                // Whatever lies above it cannot move the bracket.
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nowhere_more;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn the_busiest_time_is_that_of_a_count() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for round in 0..300 {
            let mut times: Vec<u64> = (0..round).map(|_| random.random_range(0..1000)).collect();
            times.sort_unstable();
            let width = random.random_range(1..300);
            let within = |from: &u64| times.iter().filter(|time| (*from..from + width).contains(*time)).count();
            let busiest = times.iter().map(within).max().unwrap_or(0);
            for most in 0..=busiest + 1 {
                assert_eq!(nowhere_more(&times, width, most), busiest <= most, "{most} {width} {times:?}");
            }
        }
    }
}
