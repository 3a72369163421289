//! The replays behind findings, cell by cell, cells side by side: warm, after losses, refilling. It turns them into findings
//! and compares those of one cache size with their baseline.

use super::finding::{Finding, Scene, WarmResult, values};
use super::withstand::{Endurance, Known, Needed, Wanted, Withstand, Worst};
use super::{Facts, Question};
use crate::analysis::job::new_cache;
use crate::capacity;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::ground::Ground;
use crate::replay::observe::observe;
use crate::replay::refill::{Refill, refill};
use crate::replay::stretch::{Stretch, Walk, stretches};
use crate::replay::windows::Windows;
use crate::replay::worst::columns::Hits;
use crate::replay::worst::lattice::Level;
use crate::request::Requests;
use crate::trace::Trace;
use crate::units::{Loss, Rate};

/// Seeds with which requests of one tick of a coarse clock are spread at random, where the tick is longer than clients wait.
pub const SPREADS: [u64; 3] = [1, 2, 3];

/// Seeds with which the times of a trace are spread; none where its clock is finer than clients wait.
pub(super) fn spreads(trace: &Trace, question: &Question) -> impl Iterator<Item = u64> + use<> {
    let timeout = question.service.timeout.nanoseconds();
    let coarse = trace.tick.is_some_and(|tick| timeout < tick);
    SPREADS.into_iter().filter(move |_| coarse)
}

/// What all cells of a trace share.
#[derive(Clone, Copy)]
pub(super) struct Study<'a> {
    pub trace: &'a Trace,
    pub question: &'a Question,
    pub facts: &'a Facts,
    pub windows: &'a Windows,
    /// Losses that are tried, in rising order of their shares; that of everything is in any case.
    pub losses: &'a [Loss],
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// Whether the trace is long enough for limits to be sought.
    pub limits_known: bool,
    pub interrupt: &'a Interrupt,
    /// Called as work is done.
    pub step: &'a (dyn Fn() + Sync),
}

/// A cell whose finding is wanted.
pub(super) struct Asked<'a> {
    pub cell: &'a Cell,
    pub warm: &'a WarmResult,
    /// That of the baseline of its size; `None` for the baseline itself.
    pub baseline: Option<&'a WarmResult>,
}

impl Study<'_> {
    /// The warm replays.
    pub fn warm(&self, ground: &Ground<'_>, cells: &[&Cell]) -> Result<Vec<WarmResult>> {
        self.each(cells, |cell| self.warm_replay(ground, cell))
    }

    /// What cells withstand, without what is said against their baselines.
    pub fn findings(&self, ground: &Ground<'_>, backend: Option<Rate>, asked: &[Asked<'_>]) -> Result<Vec<Finding>> {
        let miss_ratio = |warm: &WarmResult| warm.observation.total.miss_ratio().unwrap_or(0.0);
        let mu = backend.map_or(0.0, |backend| backend.per_second);
        let wanted = |asked: &Asked<'_>| {
            // The backend that is left once the policy's saving over the baseline has been handed back.
            let own = miss_ratio(asked.warm);
            let baseline = asked.baseline.map(miss_ratio).filter(|baseline| own > 0.0 && own != *baseline);
            let saving = baseline.and_then(|baseline| capacity::naive_saving(own, baseline));
            Wanted { mu, mu_reclaimed: saving.map(|saving| capacity::reclaimed_backend(mu, saving)) }
        };
        let wanted: Vec<Wanted> = asked.iter().map(wanted).collect();
        let mut levels: Vec<Vec<Option<Level>>> = asked.iter().map(|asked| asked.warm.levels.clone()).collect();
        let seeks = self.limits_known && backend.is_some();
        let mut endurances = self.endurances(seeks, ground, asked, &wanted, &levels)?;
        let mut mu_warm: Vec<Vec<Option<f64>>> = levels.iter().map(|levels| values(levels)).collect();
        for seed in self.spreads() {
            let times = self.trace.spread_at_random(seed);
            let ground = Ground { requests: Requests { times: &times, ..ground.requests }, ..ground.clone() };
            let loads = self.loads(&ground);
            let withstand = self.withstand(&ground, &loads);
            let of_cell = |asked: &Asked<'_>| {
                loads.iter().map(|load| withstand.warm_backend(asked.cell, &asked.warm.hits, *load)).collect()
            };
            levels = asked.iter().map(of_cell).collect::<Result<_>>()?;
            let spread = self.endurances(seeks, &ground, asked, &wanted, &levels)?;
            for (so_far, spread) in mu_warm.iter_mut().zip(levels.iter().map(|levels| values(levels))) {
                *so_far = so_far.iter().zip(spread).map(|(even, spread)| capacity::mu_warm([*even, spread])).collect();
            }
            endurances = endurances.into_iter().zip(spread).map(|(even, spread)| even.or_worse(spread)).collect();
        }
        if !self.limits_known {
            mu_warm.iter_mut().flatten().for_each(|mu| *mu = None);
        }
        let Study { facts, windows, losses, today, limits_known, .. } = *self;
        let scene = Scene { facts, windows, ground, losses, today, limits_known, backend };
        let finding = |((asked, mu_warm), endurance): ((&Asked<'_>, Vec<Option<f64>>), Endurance)| {
            Finding::new(&scene, asked.cell.clone(), asked.warm, &mu_warm, endurance)
        };
        Ok(asked.iter().zip(mu_warm).zip(endurances).map(finding).collect())
    }

    /// The refills after a flush at `moment`.
    pub fn refills(&self, ground: &Ground<'_>, cells: &[Cell], moment: usize) -> Result<Vec<Refill>> {
        self.each(cells, |cell| {
            let mut twin = new_cache(cell, self.trace)?;
            twin.replay(&ground.requests.slice(0..moment));
            let mut flushed = twin.fork();
            Ok(refill(&mut *twin, &mut *flushed, &ground.aftermath(moment), self.windows.width))
        })
    }

    /// What each stretch of the trace withstands by itself, by cell.
    pub fn stretches(&self, ground: &Ground<'_>, backend: Rate, cells: &[(&Cell, &Hits)]) -> Result<Vec<Vec<Stretch>>> {
        let (losses, window) = (self.question.losses.as_slice(), self.windows.width);
        let walk = Walk { mu: backend.per_second, losses, window };
        self.each(cells, |(cell, hits)| Ok(stretches(new_cache(cell, self.trace)?, hits, ground, &walk)))
    }

    /// The loads at which least backends are sought: the one to carry, and what it will have grown to, where that was asked for.
    pub fn loads(&self, ground: &Ground<'_>) -> Vec<f64> {
        let grown = self.question.growth.map(|growth| ground.load * (1.0 + growth));
        std::iter::once(ground.load).chain(grown).collect()
    }

    /// See [`spreads`].
    pub fn spreads(&self) -> impl Iterator<Item = u64> {
        spreads(self.trace, self.question)
    }

    fn withstand<'a, 't>(&'a self, ground: &'a Ground<'t>, loads: &'a [f64]) -> Withstand<'a, 't> {
        let Study { trace, question, .. } = *self;
        Withstand {
            trace,
            ground,
            losses: self.losses,
            loads,
            certify: question.certify,
            threads: question.sweep.threads,
        }
    }

    fn endurances(
        &self,
        seeks: bool,
        ground: &Ground<'_>,
        asked: &[Asked<'_>],
        wanted: &[Wanted],
        levels: &[Vec<Option<Level>>],
    ) -> Result<Vec<Endurance>> {
        let loads = self.loads(ground);
        if !seeks {
            return Ok(wanted.iter().map(|wanted| self.unknown(ground, loads.len(), wanted)).collect());
        }
        let known = |i: usize| Known { cell: asked[i].cell, hits: &asked[i].warm.hits, warm: levels[i].clone() };
        let known: Vec<Known<'_>> = (0..asked.len()).map(known).collect();
        self.withstand(ground, &loads).endurances(&known, wanted, self.step)
    }

    /// What one cell withstands where nobody can tell.
    fn unknown(&self, ground: &Ground<'_>, loads: usize, wanted: &Wanted) -> Endurance {
        let worst = Worst { limit: None, moment: ground.warm, node: 0, certified: false };
        let losses = self.losses.len();
        Endurance {
            advertised: None,
            floor: None,
            hidden: worst,
            hidden_quantiles: [None; 2],
            reclaimed: wanted.mu_reclaimed.map(|_| (None, None)),
            load_limits: vec![worst; losses],
            least_backends: vec![vec![Needed { worst, mildest: None }; losses]; loads],
            nodes_needed: None,
        }
    }

    fn warm_replay(&self, ground: &Ground<'_>, cell: &Cell) -> Result<WarmResult> {
        let mut cache = new_cache(cell, self.trace)?;
        let mut missed = Vec::with_capacity(ground.requests.len());
        let noted = observe(&mut *cache, &ground.requests, ground.warm, self.windows, &mut missed, self.interrupt);
        self.interrupt.check()?;
        let hits = if self.trace.ttls.is_some() && ground.load != 1.0 {
            ground.hits(&mut *new_cache(cell, self.trace)?, cell.room(), ground.load)
        } else {
            ground.columns.hits(&ground.requests, &missed, cell.room())
        };
        let loads = self.loads(ground);
        let withstand = self.withstand(ground, &loads);
        let levels = loads.iter().map(|load| withstand.warm_backend(cell, &hits, *load)).collect::<Result<_>>()?;
        Ok(WarmResult { observation: noted.observation, hits, levels, filled: (noted.filled, cache.filled()) })
    }

    fn each<J: Sync, R: Send>(&self, jobs: &[J], work: impl Fn(&J) -> Result<R> + Sync) -> Result<Vec<R>> {
        let done = grid::run(jobs, self.question.sweep.threads, |job| {
            self.interrupt.check()?;
            let done = work(job);
            (self.step)();
            done
        })?;
        // Results of interrupted jobs are discarded.
        self.interrupt.check()?;
        Ok(done)
    }
}
