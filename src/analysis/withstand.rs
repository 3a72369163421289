//! What cells withstand: every limit searched among all moments and nodes, and confirmed with the real cache.
//!
//! Each limit of each cell is a task of its own, so that all cores have work on one trace; what a task finds depends on its
//! cell alone.

use crate::analysis::job::new_cache;
use crate::error::Result;
use crate::placement::Losses;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::ground::Ground;
use crate::replay::worst::columns::Hits;
use crate::replay::worst::confirm::{Claim, Confirm};
use crate::replay::worst::lattice::{Axis, EASIEST, Level, level_of, value};
use crate::replay::worst::search::{Case, Found, Search};
use crate::replay::worst::tape::ASKS;
use crate::trace::Trace;
use crate::units::Loss;
use std::borrow::Cow;

/// How often [`Withstand::endurances`] calls its `step` for a cell.
pub const STEPS: u64 = 3;

/// Nodes up to which it is tried whether losing one of them is survived.
pub const MOST_NODES: u32 = 64;
/// Cases of a limit that are walked with the real cache; and where hits do not bound what a loss does, or with `--certify`.
const CONFIRMED: usize = 6;
const CONFIRMED_WELL: usize = 30;
/// Moments that came near with the loss of everything, which are tried with the loss of a part.
const ELSEWHERE: usize = 20;
/// Rounds in which hits and the limit at which they hold come to agree, where lives end by the clock.
const ROUNDS: usize = 4;

/// A limit and what decides it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worst {
    /// Backend: the smallest that survives everywhere (`None`: none does). Load: the largest factor that survives everywhere
    /// (`None`: any does).
    pub limit: Option<f64>,
    /// Position of the deciding moment; that of the first counted request where warm traffic decides.
    pub moment: usize,
    /// The first node lost in the deciding case.
    pub node: u32,
    /// Whether every moment and node was cleared, not only searched.
    pub certified: bool,
}

/// What surviving a loss needs, over nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// On the worst node.
    pub worst: Worst,
    /// On the node whose loss is the least felt, about; `None` where the whole cache is lost.
    pub mildest: Option<f64>,
}

/// What one cache withstands at one backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Endurance {
    /// The largest load factor that survives warm.
    pub advertised: Option<f64>,
    /// The largest load factor that survives with a cache that never hits.
    pub floor: Option<f64>,
    /// The largest load factor that survives a full flush at any moment.
    pub hidden: Worst,
    /// The same at all but the worst hundredth of the moments, and at half of them.
    pub hidden_quantiles: [Option<f64>; 2],
    /// Advertised and hidden with the reclaimed backend, where one was asked for.
    pub reclaimed: Option<(Option<f64>, Option<f64>)>,
    /// The largest load factor that survives the loss, in the order of the losses.
    pub load_limits: Vec<Worst>,
    /// For each load: the smallest backend that survives the loss, in the order of the losses.
    pub least_backends: Vec<Vec<Needed>>,
    /// The fewest nodes of which any may be lost at the load to carry; `None` where no number up to [`MOST_NODES`] is enough.
    pub nodes_needed: Option<u32>,
}

/// What to find for one cell.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The backend, in the service's unit a second.
    pub mu: f64,
    /// A smaller (or larger) backend for which advertised and hidden are wanted as well.
    pub mu_reclaimed: Option<f64>,
}

/// A cell with what its warm replay says of every request.
pub struct Known<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// At the load to carry.
    pub hits: &'a Hits,
    /// The lowest level of backend that warm traffic survives, by load; `None` where none does.
    pub warm: Vec<Option<Level>>,
}

/// Where limits are sought.
pub struct Withstand<'a, 't> {
    /// The trace.
    pub trace: &'a Trace,
    /// What all cells share.
    pub ground: &'a Ground<'t>,
    /// Losses, in rising order of their shares.
    pub losses: &'a [Loss],
    /// The loads at which least backends are sought; the first is the load to carry.
    pub loads: &'a [f64],
    /// Whether every moment and node is cleared, not only searched.
    pub certify: bool,
    /// Threads; 0: one per core.
    pub threads: usize,
}

/// A limit with the cases that came near it.
#[derive(Debug, Clone)]
struct Limit {
    worst: Worst,
    level: Option<Level>,
    mildest: Option<f64>,
    near: Vec<Case>,
}

impl Limit {
    fn decided_by(&mut self, axis: Axis, level: Level, case: Case) {
        self.level = Some(level);
        self.worst = Worst {
            limit: load_or_backend(axis, level),
            moment: case.moment,
            node: case.loss as u32,
            certified: self.worst.certified,
        };
    }
}

/// A least backend that is asked for: that of a loss at a load, of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    cell: usize,
    load: usize,
    loss: usize,
}

impl Withstand<'_, '_> {
    /// The lowest level of backend that warm traffic of a cell survives at a load. `hits`: at the load to carry.
    ///
    /// # Errors
    /// A cell that cannot be made.
    pub fn warm_backend(&self, cell: &Cell, hits: &Hits, load: f64) -> Result<Option<Level>> {
        let guess = level_of(self.asks_per_second(hits) * load);
        self.warm(cell, hits, Axis::Backend { load }, guess)
    }

    /// What cells withstand, one `wanted` for each. `step` is called [`STEPS`] times a cell.
    ///
    /// # Errors
    /// A cell that cannot be made, an interrupt.
    pub fn endurances(
        &self,
        known: &[Known<'_>],
        wanted: &[Wanted],
        step: &(dyn Fn() + Sync),
    ) -> Result<Vec<Endurance>> {
        let own: Vec<Losses> = self.losses.iter().map(|loss| Losses::of(loss.lost, loss.nodes)).collect();
        let everything = Losses::of(1, 1);
        // Losing everything is asked for in any case, and often among the losses.
        let whole = own.iter().position(|losses| *losses == everything).unwrap_or(own.len());
        let losses: Vec<&Losses> = own.iter().chain((whole == own.len()).then_some(&everything)).collect();
        let cells: Vec<usize> = (0..known.len()).collect();

        // The least backends; those of losing everything are sought for their cases, too.
        let backends: Vec<Asked> = cells
            .iter()
            .flat_map(|cell| (0..self.loads.len()).map(move |load| (*cell, load)))
            .flat_map(|(cell, load)| {
                let count = if load == 0 { losses.len() } else { own.len() };
                (0..count).map(move |loss| Asked { cell, load, loss })
            })
            .collect();
        // Moments that are bad for the loss of everything are so for that of a part, more often than not.
        let (first, others): (Vec<Asked>, Vec<Asked>) = backends.into_iter().partition(|task| task.loss == whole);
        let backend = |task: &Asked, elsewhere: &[usize]| {
            let Asked { cell, load, loss } = *task;
            let axis = Axis::Backend { load: self.loads[load] };
            let known = &known[cell];
            known.warm[load].map(|level| self.limit(known, axis, losses[loss], level, &[], elsewhere)).transpose()
        };
        let mut least = self.each(&first, |task| backend(task, &[]))?;
        let bad = |task: &Asked| -> Vec<usize> {
            let same = |other: &Asked| (other.cell, other.load) == (task.cell, task.load);
            let limit = first.iter().position(same).and_then(|at| least[at].as_ref());
            limit.iter().flat_map(|limit| limit.near.iter().take(ELSEWHERE)).map(|case| case.moment).collect()
        };
        let rest = self.each(&others, |task| backend(task, &bad(task)))?;
        least.extend(rest);
        let backends = [first, others].concat();
        let found = |task: Asked| backends.iter().position(|other| *other == task).and_then(|i| least[i].as_ref());
        cells.iter().for_each(|_| step());

        // What loads this backend and the reclaimed one carry.
        let mus: Vec<(usize, f64)> = cells
            .iter()
            .flat_map(|cell| {
                let wanted = &wanted[*cell];
                [Some(wanted.mu), wanted.mu_reclaimed].into_iter().flatten().map(move |mu| (*cell, mu))
            })
            .collect();
        let warm = self.each(&mus, |&(cell, mu)| {
            let known = &known[cell];
            let axis = Axis::Load { mu };
            let guess = axis.level(mu / self.asks_per_second(known.hits));
            self.warm(known.cell, known.hits, axis, guess)
        })?;
        let loads: Vec<(usize, usize)> = mus
            .iter()
            .enumerate()
            .flat_map(|(at, (cell, mu))| {
                let asked = if *mu == wanted[*cell].mu { 0..losses.len() } else { whole..whole + 1 };
                asked.map(move |loss| (at, loss))
            })
            .collect();
        let limits = self.each(&loads, |&(at, loss)| {
            let (cell, mu) = mus[at];
            let seeds = found(Asked { cell, load: 0, loss }).map_or(&[][..], |limit| &limit.near);
            let Some(level) = warm[at] else { return Ok(None) };
            self.limit(&known[cell], Axis::Load { mu }, losses[loss], level, seeds, &[]).map(Some)
        })?;
        self.settle(known, &losses, (&backends, &mut least), |task| {
            let at = loads.iter().position(|(at, loss)| mus[*at].0 == task.cell && *loss == task.loss)?;
            limits[at].as_ref()
        })?;
        let found = |task: Asked| backends.iter().position(|other| *other == task).and_then(|i| least[i].as_ref());
        cells.iter().for_each(|_| step());

        let mut backends_given: Vec<f64> = wanted.iter().map(|wanted| wanted.mu).collect();
        backends_given.sort_by(f64::total_cmp);
        backends_given.dedup();
        let floors = self.each(&backends_given, |mu| Ok(self.floor(*mu)))?;
        let rest = self.each(&cells, |&cell| {
            let (known, mu) = (&known[cell], wanted[cell].mu);
            let needs: Vec<(&Losses, Option<f64>)> = losses
                .iter()
                .enumerate()
                .map(|(loss, losses)| {
                    (*losses, found(Asked { cell, load: 0, loss }).and_then(|limit| limit.worst.limit))
                })
                .collect();
            let at = loads.iter().position(|(at, loss)| mus[*at] == (cell, mu) && *loss == whole);
            let hidden = at.and_then(|at| limits[at].as_ref());
            let quantiles = match (mus.iter().position(|of| *of == (cell, mu)).and_then(|at| warm[at]), hidden) {
                (Some(base), Some(Limit { level: Some(worst), .. })) => {
                    self.quantiles(known, Axis::Load { mu }, &everything, base, *worst)?
                }
                _ => [hidden.and_then(|limit| limit.worst.limit); 2],
            };
            let nodes = self.nodes_needed(known, mu, &needs)?;
            step();
            Ok((quantiles, nodes))
        })?;

        let start = Worst { limit: None, moment: self.ground.warm, node: 0, certified: false };
        let endurance = |cell: usize, (hidden_quantiles, nodes_needed)| {
            let limit_of = |mu: f64, loss: usize| {
                let at = loads.iter().position(|(at, of)| mus[*at] == (cell, mu) && *of == loss);
                // Where no load survives warm, none survives a loss.
                at.and_then(|at| limits[at].as_ref()).map_or(Worst { limit: Some(0.0), ..start }, |limit| limit.worst)
            };
            let advertised = |mu: f64| {
                let at = mus.iter().position(|of| *of == (cell, mu));
                load_of(Axis::Load { mu }, at.and_then(|at| warm[at]))
            };
            let needed = |load: usize, loss: usize| match found(Asked { cell, load, loss }) {
                Some(limit) => Needed { worst: limit.worst, mildest: limit.mildest },
                None => Needed { worst: start, mildest: None },
            };
            let mu = wanted[cell].mu;
            Endurance {
                advertised: advertised(mu),
                floor: backends_given.iter().position(|of| *of == mu).and_then(|at| floors[at]),
                hidden: limit_of(mu, whole),
                hidden_quantiles,
                reclaimed: wanted[cell].mu_reclaimed.map(|mu| (advertised(mu), limit_of(mu, whole).limit)),
                load_limits: (0..own.len()).map(|loss| limit_of(mu, loss)).collect(),
                least_backends: (0..self.loads.len())
                    .map(|load| (0..own.len()).map(|loss| needed(load, loss)).collect())
                    .collect(),
                nodes_needed,
            }
        };
        Ok(rest.into_iter().enumerate().map(|(cell, rest)| endurance(cell, rest)).collect())
    }

    /// Walks the cases that decide what load is carried at the least backends as well: they may be worse than those that were
    /// found for these. `carried`: the limit of the load for the same loss.
    fn settle<'l>(
        &self,
        known: &[Known<'_>],
        losses: &[&Losses],
        (asked, least): (&[Asked], &mut [Option<Limit>]),
        carried: impl Fn(&Asked) -> Option<&'l Limit>,
    ) -> Result<()> {
        let axis = Axis::Backend { load: self.loads[0] };
        let tasks: Vec<(usize, Level, Vec<Case>)> = asked
            .iter()
            .enumerate()
            .filter(|(_, task)| task.load == 0)
            .filter_map(|(i, task)| {
                let cases = carried(task)?.near.iter().take(CONFIRMED).copied().collect();
                Some((i, least[i].as_ref()?.level?, cases))
            })
            .collect();
        let raised = self.each(&tasks, |(i, level, cases)| {
            let Asked { cell, loss, .. } = asked[*i];
            let claim = Claim { axis, losses: Some(losses[loss]), level: *level, cases: cases.clone(), bound: true };
            self.confirmed(known[cell].cell, known[cell].hits, claim)
        })?;
        for ((i, ..), (level, case)) in tasks.iter().zip(raised) {
            if let (Some(limit), Some(case)) = (&mut least[*i], case) {
                limit.decided_by(axis, level, case);
            }
        }
        Ok(())
    }

    fn each<J: Sync, R: Send>(&self, jobs: &[J], work: impl Fn(&J) -> Result<R> + Sync) -> Result<Vec<R>> {
        let done = grid::run(jobs, self.threads, |job| {
            self.ground.interrupt.check()?;
            work(job)
        })?;
        self.ground.interrupt.check()?;
        Ok(done)
    }

    /// Gets that miss after warm-up, or the bytes they take, a second of the trace; at least one in all, so that it can be a
    /// guess.
    fn asks_per_second(&self, hits: &Hits) -> f64 {
        let (tape, warm) = (self.ground.tape(), self.ground.warm);
        let asked: f64 = (warm..tape.len()).filter(|i| hits.kinds[*i] & ASKS != 0).map(|i| tape.share(i)).sum();
        let span = (tape.times[tape.len() - 1] - tape.times[warm]) as f64 / 1e9;
        asked.max(1.0) / span.max(1.0)
    }

    /// What hits there are at a load: others than at the load to carry, where lives end by the clock.
    fn hits_at<'h>(&self, known: &Known<'h>, load: f64) -> Result<Cow<'h, Hits>> {
        if self.trace.ttls.is_none() || load == self.ground.load {
            return Ok(Cow::Borrowed(known.hits));
        }
        Ok(Cow::Owned(self.ground.hits(&mut *new_cache(known.cell, self.trace)?, known.cell.room(), load)))
    }

    /// The lowest level that warm traffic survives.
    fn warm(&self, cell: &Cell, hits: &Hits, axis: Axis, guess: Level) -> Result<Option<Level>> {
        let known = Known { cell, hits, warm: Vec::new() };
        self.agreed(
            &known,
            axis,
            guess,
            |hits| {
                let level = self.ground.subject(hits).warm_level(axis, guess);
                level
                    .map(|level| {
                        self.confirmed(cell, hits, Claim { axis, losses: None, level, cases: Vec::new(), bound: true })
                    })
                    .map(|confirmed| confirmed.map(|(level, _)| level))
                    .transpose()
            },
            |level| *level,
        )
    }

    /// The lowest level that survives a loss. `warm`: that of warm traffic.
    fn limit(
        &self,
        known: &Known<'_>,
        axis: Axis,
        losses: &Losses,
        warm: Level,
        seeds: &[Case],
        elsewhere: &[usize],
    ) -> Result<Limit> {
        // What breaks a chain is not told by its own bits, and how crowded a moment looks says less of it: all are looked at.
        let is_chained = self.ground.requests.chained.is_some();
        let certify = self.certify || is_chained;
        let bound = known.cell.policy.hits_bound_losses(losses.count == losses.nodes) && !is_chained;
        let found = self.agreed(
            known,
            axis,
            warm,
            |hits| {
                let mut found: Found =
                    Search::new(self.ground.subject(hits), axis, losses, warm).find(seeds, elsewhere, certify);
                let count = if bound && !certify { CONFIRMED } else { CONFIRMED_WELL };
                let cases = found.near.iter().take(count).copied().collect();
                let (level, raised_by) = self.confirmed(
                    known.cell,
                    hits,
                    Claim { axis, losses: Some(losses), level: found.level, cases, bound },
                )?;
                found.level = level;
                if raised_by.is_some() {
                    found.case = raised_by;
                    // The first to be tried where the cell's next limit is sought.
                    found.near.splice(0..0, raised_by);
                }
                Ok(Some(found))
            },
            |found| found.as_ref().map(|found| found.level),
        )?;
        let Some(found) = found else {
            let worst = Worst { limit: None, moment: self.ground.warm, node: 0, certified: false };
            return Ok(Limit { worst, level: None, mildest: None, near: Vec::new() });
        };
        let worst = Worst {
            limit: load_or_backend(axis, found.level),
            moment: found.case.map_or(self.ground.warm, |case| case.moment),
            node: found.case.map_or(0, |case| case.loss as u32),
            certified: found.certified && bound,
        };
        let mildest = found.mildest.and_then(|level| load_or_backend(axis, level));
        Ok(Limit { worst, level: Some(found.level), mildest, near: found.near })
    }

    /// Repeats a search until the hits are those of the load that it finds.
    fn agreed<T>(
        &self,
        known: &Known<'_>,
        axis: Axis,
        first: Level,
        mut search: impl FnMut(&Hits) -> Result<T>,
        level: impl Fn(&T) -> Option<Level>,
    ) -> Result<T> {
        let by_load = matches!(axis, Axis::Load { .. }) && self.trace.ttls.is_some();
        let mut load = axis.point(first).load;
        let mut found = search(self.hits_at(known, load)?.as_ref())?;
        for _ in 1..if by_load { ROUNDS } else { 1 } {
            let Some(level) = level(&found) else { break };
            let at = axis.point(level).load;
            if at == load {
                break;
            }
            load = at;
            found = search(self.hits_at(known, load)?.as_ref())?;
        }
        Ok(found)
    }

    fn confirmed(&self, cell: &Cell, hits: &Hits, claim: Claim<'_>) -> Result<(Level, Option<Case>)> {
        let ground = self.ground;
        let confirm = Confirm {
            requests: ground.requests,
            subject: ground.subject(hits),
            service: ground.service,
            key_hashes: ground.key_hashes,
            interrupt: &ground.interrupt,
        };
        Ok(confirm.level(&mut new_cache(cell, self.trace)?, &claim))
    }

    fn quantiles(
        &self,
        known: &Known<'_>,
        axis: Axis,
        losses: &Losses,
        base: Level,
        worst: Level,
    ) -> Result<[Option<f64>; 2]> {
        let hits = self.hits_at(known, axis.point(worst).load)?;
        let mut search = Search::new(self.ground.subject(&hits), axis, losses, base);
        Ok([0.01, 0.5].map(|share| load_or_backend(axis, search.quantile(share, worst.max(base)))))
    }

    /// The largest load factor that survives with a cache that never hits.
    fn floor(&self, mu: f64) -> Option<f64> {
        let hits = Hits::none(&self.ground.requests);
        let axis = Axis::Load { mu };
        let guess = axis.level(mu / self.asks_per_second(&hits));
        load_of(axis, self.ground.subject(&hits).warm_level(axis, guess))
    }

    /// The fewest nodes of which any may be lost. `needs`: what losses need, as far as is known.
    fn nodes_needed(&self, known: &Known<'_>, mu: f64, needs: &[(&Losses, Option<f64>)]) -> Result<Option<u32>> {
        let Some(warm) = known.warm[0].filter(|level| value(*level) <= mu) else { return Ok(None) };
        let axis = Axis::Backend { load: self.ground.load };
        // The lattice's level at or below the backend: what survives there does so with it.
        let level = level_of(mu) - i32::from(value(level_of(mu)) > mu);
        let hits = self.hits_at(known, self.ground.load)?;
        let survives = |nodes: u32| {
            let losses = Losses::of(1, nodes);
            if let Some((_, need)) = needs.iter().find(|(of, _)| **of == losses) {
                return Ok(need.is_some_and(|need| need <= mu));
            }
            Ok(level >= warm && Search::new(self.ground.subject(&hits), axis, &losses, level).survives())
        };
        // The more nodes there are the less one of them holds, but for luck: so halve first, and then look at the one below.
        let (mut low, mut high) = (0, 1);
        while !survives(high)? {
            if high == MOST_NODES {
                return Ok(None);
            }
            low = high;
            high = (high * 2).min(MOST_NODES);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if survives(middle)? { high = middle } else { low = middle }
        }
        Ok(Some(high))
    }
}

/// A load factor; `None` where any survives, 0 where none does.
fn load_of(axis: Axis, level: Option<Level>) -> Option<f64> {
    level.map_or(Some(0.0), |level| load_or_backend(axis, level))
}

/// What a level stands for; where all survive there is no limit to a load, and no backend is too small.
pub(super) fn load_or_backend(axis: Axis, level: Level) -> Option<f64> {
    match (axis, level <= EASIEST) {
        (Axis::Load { .. }, true) => None,
        (Axis::Backend { .. }, true) => Some(0.0),
        _ => Some(axis.limit(level)),
    }
}

impl Endurance {
    /// The worse of two findings on one cell, limit by limit.
    pub fn or_worse(self, other: Endurance) -> Endurance {
        let less = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let more = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.max(b));
        let lower = |a: Worst, b: Worst| if less(a.limit, b.limit) == a.limit { a } else { b };
        let higher = |a: Needed, b: Needed| Needed {
            worst: if more(a.worst.limit, b.worst.limit) == a.worst.limit { a.worst } else { b.worst },
            mildest: more(a.mildest, b.mildest),
        };
        let rows = |a: Vec<Needed>, b: Vec<Needed>| a.into_iter().zip(b).map(|(a, b)| higher(a, b)).collect();
        Endurance {
            advertised: less(self.advertised, other.advertised),
            floor: less(self.floor, other.floor),
            hidden: lower(self.hidden, other.hidden),
            hidden_quantiles: [0, 1].map(|i| less(self.hidden_quantiles[i], other.hidden_quantiles[i])),
            reclaimed: self.reclaimed.zip(other.reclaimed).map(|(a, b)| (less(a.0, b.0), less(a.1, b.1))),
            load_limits: self.load_limits.into_iter().zip(other.load_limits).map(|(a, b)| lower(a, b)).collect(),
            least_backends: self
                .least_backends
                .into_iter()
                .zip(other.least_backends)
                .map(|(a, b)| rows(a, b))
                .collect(),
            nodes_needed: self.nodes_needed.zip(other.nodes_needed).map(|(a, b)| a.max(b)),
        }
    }
}
