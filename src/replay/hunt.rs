//! Searches a trace for the moments at which a loss is worst, for one cache: what backend survives it everywhere, and up
//! to what load.
//!
//! It walks forks of one warm cache that passes the trace once. It knows no policy by name and no report.

use super::Tally;
use super::any_cache::AnyCache;
use super::limits::{largest, smallest};
use super::survival::Walker;
use crate::interrupt::Interrupt;
use crate::request::{Requests, SECOND};
use crate::service::Service;
use crate::units::{Demand, Ratio, Seconds};

/// Steps of the bisection for the share that may be lost.
const SHARE_STEPS: u32 = 8;
/// How finely that share is known: 1/256 of the objects.
pub const SHARE_RESOLUTION: f64 = 1.0 / (1 << SHARE_STEPS) as f64;

/// Where and how to look. Loads are factors of the recorded load.
#[derive(Debug, Clone)]
pub struct Ground<'t> {
    /// The whole trace.
    pub requests: Requests<'t>,
    /// Position of the first request after warm-up.
    pub warm: usize,
    /// Positions at which losses are tried, in order of time, none before `warm`.
    pub moments: Vec<usize>,
    /// How much of the trace after a moment is walked.
    pub horizon: Seconds,
    /// The service.
    pub service: Service,
    /// The load to carry.
    pub load: f64,
    /// Once it is set, walks end at once and what they say is void: the caller must throw it away.
    pub interrupt: Interrupt,
}

impl<'t> Ground<'t> {
    /// The requests from a moment to its horizon.
    pub fn aftermath(&self, moment: usize) -> Requests<'t> {
        let end = self.requests.times[moment].saturating_add(self.horizon.nanoseconds());
        self.requests.slice(moment..self.requests.position_at(end))
    }
}

/// A limit and the moment that decides it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worst {
    /// Backend: the smallest that survives everywhere (`None`: none does). Load: the largest factor that survives
    /// everywhere (`None`: any does).
    pub limit: Option<f64>,
    /// Position of the deciding moment.
    pub moment: usize,
}

/// What one cache withstands at one backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Endurance {
    /// The largest load factor that survives warm.
    pub advertised: Option<f64>,
    /// The largest load factor that survives a full flush at any moment.
    pub hidden: Worst,
    /// The same with the reclaimed backend, where one was asked for.
    pub hidden_reclaimed: Option<Worst>,
    /// The largest load factor that survives the loss of each share at any moment, in the order of the shares.
    pub load_limits: Vec<Worst>,
    /// For each load of [`Search::loads`]: the smallest backend that survives the loss of each share at any moment.
    pub least_backends: Vec<Vec<Worst>>,
    /// The largest share whose loss survives at any moment, at the load to carry. Within 1/256, on the surviving side.
    pub loss_survived: Ratio,
}

/// What to find for one cache.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The backend, in the service's unit a second.
    pub mu: f64,
    /// A smaller (or larger) backend for which hidden capacity is wanted as well.
    pub mu_reclaimed: Option<f64>,
    /// Load factors at which least backends are sought.
    pub loads: &'a [f64],
    /// Shares that are lost, each above 0, in rising order.
    pub losses: &'a [Ratio],
}

/// The smallest backend with which the warm replay survives at the load to carry, and where the backlog begins that
/// decides it.
pub fn warm_backend(mut cache: Box<dyn AnyCache>, ground: &Ground<'_>) -> Worst {
    let mut trials = Trials::new(&*cache, ground);
    cache.replay(&ground.requests.slice(0..ground.warm));
    let rest = ground.requests.slice(ground.warm..ground.requests.len());
    let rate = mean_demand(cache.fork().replay(&rest), &rest, &ground.service);
    let mut moment = ground.warm;
    let limit = smallest(rate * ground.load, |mu| match trials.walk(&*cache, &rest, ground.load, mu) {
        None => true,
        Some(position) => {
            moment = ground.warm + position;
            false
        }
    });
    Worst { limit, moment }
}

/// Misses (or bytes missed) per second of the trace, at least one per trace, so that it can be a guess.
fn mean_demand(tally: Tally, requests: &Requests<'_>, service: &Service) -> f64 {
    let span = requests.times[requests.len() - 1] - requests.times[0];
    let demand = match service.demand {
        Demand::Answers => tally.misses,
        Demand::Bytes => tally.bytes_missed,
    };
    demand.max(1) as f64 / (span as f64 / SECOND as f64).max(1.0)
}

/// Finds what one cache withstands, passing the trace once and forking the warm cache at each moment.
pub fn endurance(mut cache: Box<dyn AnyCache>, ground: &Ground<'_>, search: &Search<'_>) -> Endurance {
    let mut trials = Trials::new(&*cache, ground);
    let mut wounded = cache.fork();
    cache.replay(&ground.requests.slice(0..ground.warm));
    let rest = ground.requests.slice(ground.warm..ground.requests.len());
    let advertised = largest(ground.load, |load| trials.survives(&*cache, &rest, load, search.mu));

    let start = Worst { limit: None, moment: ground.warm };
    let mut hidden = start;
    let mut hidden_reclaimed = search.mu_reclaimed.map(|_| start);
    let nothing = Worst { limit: Some(0.0), moment: ground.warm };
    let mut least_backends = vec![vec![nothing; search.losses.len()]; search.loads.len()];
    let mut load_limits = vec![start; search.losses.len()];
    let mut loss_survived = 1.0_f64;
    let mut position = ground.warm;
    for &moment in &ground.moments {
        if ground.interrupt.is_set() {
            break;
        }
        cache.replay(&ground.requests.slice(position..moment));
        position = moment;
        let after = ground.aftermath(moment);

        cache.copy_to(&mut wounded);
        wounded.lose(Ratio::ALL);
        let guess = hidden.limit.unwrap_or(ground.load);
        lower(&mut hidden, moment, guess, |load| trials.survives(&*wounded, &after, load, search.mu));
        if let (Some(worst), Some(mu)) = (&mut hidden_reclaimed, search.mu_reclaimed) {
            let guess = worst.limit.unwrap_or(ground.load);
            lower(worst, moment, guess, |load| trials.survives(&*wounded, &after, load, mu));
        }
        // A smaller loss is looked for from the limit of the next larger one on: what does not differ comes out equal.
        let mut larger = hidden;
        for (i, share) in search.losses.iter().enumerate().rev() {
            cache.copy_to(&mut wounded);
            wounded.lose(*share);
            if *share < Ratio::ALL {
                let guess = larger.limit.filter(|limit| *limit > 0.0).unwrap_or(ground.load);
                lower(&mut load_limits[i], moment, guess, |load| trials.survives(&*wounded, &after, load, search.mu));
            } else {
                load_limits[i] = hidden;
            }
            larger = load_limits[i];
            for (load, needed) in search.loads.iter().zip(&mut least_backends) {
                raise(&mut needed[i], moment, search.mu, |mu| trials.survives(&*wounded, &after, *load, mu));
            }
        }
        loss_survived = largest_share(loss_survived, |share| {
            cache.copy_to(&mut wounded);
            wounded.lose(share);
            trials.survives(&*wounded, &after, ground.load, search.mu)
        });
    }
    let loss_survived = Ratio::new(loss_survived).unwrap_or(Ratio::ALL);
    Endurance { advertised, hidden, hidden_reclaimed, load_limits, least_backends, loss_survived }
}

/// Walks, each from a fresh copy of a start.
pub(super) struct Trials<'g> {
    ground: &'g Ground<'g>,
    walker: Walker,
    cache: Box<dyn AnyCache>,
}

impl<'g> Trials<'g> {
    pub(super) fn new(empty: &dyn AnyCache, ground: &'g Ground<'g>) -> Self {
        Trials { ground, walker: Walker::new(empty.object_count()), cache: empty.fork() }
    }

    pub(super) fn survives(&mut self, start: &dyn AnyCache, requests: &Requests<'_>, load: f64, mu: f64) -> bool {
        self.walk(start, requests, load, mu).is_none()
    }

    fn walk(&mut self, start: &dyn AnyCache, requests: &Requests<'_>, load: f64, mu: f64) -> Option<usize> {
        if self.ground.interrupt.is_set() {
            return None;
        }
        start.copy_to(&mut self.cache);
        self.cache.stretch_lives(requests.times[0], load);
        let scaled = Requests { second: (SECOND as f64 * load).round().max(1.0) as u64, ..*requests };
        self.cache.walk(&mut self.walker, &scaled, &self.ground.service, mu)
    }
}

/// Lowers a load limit to what this moment survives. It is looked for from `guess`, above 0, on.
fn lower(worst: &mut Worst, moment: usize, guess: f64, mut survives: impl FnMut(f64) -> bool) {
    if worst.limit.is_some_and(|limit| limit <= 0.0 || survives(limit)) {
        return;
    }
    if let Some(found) = largest(guess, survives) {
        *worst = Worst { limit: Some(worst.limit.map_or(found, |limit| limit.min(found))), moment };
    }
}

/// Raises a backend limit to what this moment needs. `guess` where there is no limit yet.
fn raise(worst: &mut Worst, moment: usize, guess: f64, mut survives: impl FnMut(f64) -> bool) {
    let Some(limit) = worst.limit else { return };
    if limit > 0.0 && survives(limit) {
        return;
    }
    let found = smallest(if limit > 0.0 { limit } else { guess }, survives);
    if found != Some(0.0) {
        *worst = Worst { limit: found, moment };
    }
}

/// The largest share up to `best` that survives, by bisection, on the surviving side.
pub(super) fn largest_share(best: f64, mut survives: impl FnMut(Ratio) -> bool) -> f64 {
    let mut survives = |share: f64| Ratio::new(share).is_some_and(&mut survives);
    if best <= 0.0 || survives(best) {
        return best;
    }
    let (mut low, mut high) = (0.0, best);
    for _ in 0..SHARE_STEPS {
        let middle = (low + high) / 2.0;
        if survives(middle) { low = middle } else { high = middle }
    }
    low
}
