//! The replays behind findings, cell by cell, cells side by side: warm, after losses, refilling. It turns them into findings
//! and compares those of one cache size with their baseline.

use super::finding::{Finding, Scene};
use super::{Facts, Question};
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::hunt::{Ground, Search, Worst, endurance, warm_backend};
use crate::replay::observe::{Observation, observe};
use crate::replay::refill::{Refill, refill};
use crate::replay::stretch::{Stretch, Walk, stretches};
use crate::replay::windows::Windows;
use crate::trace::Trace;
use crate::units::Rate;

/// What all cells of a trace share.
pub(super) struct Study<'a> {
    pub trace: &'a Trace,
    pub question: &'a Question,
    pub facts: &'a Facts,
    pub windows: &'a Windows,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    pub interrupt: &'a Interrupt,
    /// Called as work is done.
    pub step: &'a (dyn Fn() + Sync),
}

impl Study<'_> {
    /// The warm replays.
    pub fn warm(&self, ground: &Ground<'_>, cells: &[Cell]) -> Result<Vec<WarmResult>> {
        self.each(cells, |cell| self.warm_replay(ground, cell))
    }

    /// What cells withstand: `per_size` of them for each cache size, the baseline at `baseline` among those.
    pub fn findings(
        &self,
        ground: &Ground<'_>,
        backend: Rate,
        cells: &[Cell],
        warm_runs: Vec<WarmResult>,
        (per_size, baseline): (usize, usize),
    ) -> Result<Vec<Finding>> {
        let question = self.question;
        let numbered: Vec<usize> = (0..cells.len()).collect();
        let miss_ratio = |i: usize| warm_runs[i].observation.total.miss_ratio().unwrap_or(0.0);
        let baseline_of = |i: usize| i - i % per_size + baseline;
        let loads: Vec<f64> = std::iter::once(ground.load).chain(self.grown_load(ground)).collect();
        let endurances = self.each(&numbered, |&i| {
            // The backend that is left once the policy's saving over the baseline has been handed back.
            let (own, baseline) = (miss_ratio(i), miss_ratio(baseline_of(i)));
            let reclaims = i != baseline_of(i) && own > 0.0 && baseline > 0.0;
            let mu_reclaimed = reclaims.then(|| backend.per_second * own / baseline);
            let search = Search { mu: backend.per_second, mu_reclaimed, loads: &loads, losses: &question.losses };
            Ok(endurance(cells[i].cache(self.trace)?, ground, &search))
        })?;
        let Study { facts, windows, today, .. } = *self;
        let scene = Scene { facts, windows, ground, losses: &question.losses, today, backend };
        let mut findings: Vec<Finding> = cells
            .iter()
            .zip(warm_runs.into_iter().zip(endurances))
            .map(|(cell, (run, endurance))| Finding::new(&scene, cell.clone(), run, endurance))
            .collect();
        for i in 0..findings.len() {
            let baseline = findings[baseline_of(i)].clone();
            findings[i].compare(&baseline);
        }
        Ok(findings)
    }

    /// The refills after a flush at `moment`.
    pub fn refills(&self, ground: &Ground<'_>, cells: &[Cell], moment: usize) -> Result<Vec<Refill>> {
        self.each(cells, |cell| {
            let mut twin = cell.cache(self.trace)?;
            twin.replay(&ground.requests.slice(0..moment));
            let mut flushed = twin.fork();
            Ok(refill(&mut *twin, &mut *flushed, &ground.aftermath(moment), self.windows.width))
        })
    }

    /// What each stretch of the trace withstands by itself, by cell; nothing where that was not asked for.
    pub fn stretches(&self, ground: &Ground<'_>, backend: Rate, cells: &[Cell]) -> Result<Vec<Vec<Stretch>>> {
        if !self.question.stretches {
            return Ok(vec![Vec::new(); cells.len()]);
        }
        let (losses, window) = (self.question.losses.as_slice(), self.windows.width);
        let walk = Walk { mu: backend.per_second, losses, window };
        self.each(cells, |cell| Ok(stretches(cell.cache(self.trace)?, ground, &walk)))
    }

    fn warm_replay(&self, ground: &Ground<'_>, cell: &Cell) -> Result<WarmResult> {
        let mut cache = cell.cache(self.trace)?;
        let worst = warm_backend(cache.fork(), ground);
        let grown =
            self.grown_load(ground).map(|load| warm_backend(cache.fork(), &Ground { load, ..ground.clone() }).limit);
        let mut warm = cache.fork();
        warm.replay(&ground.requests.slice(0..ground.warm));
        let filled = warm.filled();
        let observation = observe(&mut *cache, &ground.requests, ground.warm, self.windows);
        Ok(WarmResult { observation, worst, grown, filled: (filled, cache.filled()) })
    }

    /// The load factor once the load has grown, where that was asked for.
    fn grown_load(&self, ground: &Ground<'_>) -> Option<f64> {
        self.question.growth.map(|growth| ground.load * (1.0 + growth))
    }

    fn each<J: Sync, R: Send>(&self, jobs: &[J], work: impl Fn(&J) -> Result<R> + Sync) -> Result<Vec<R>> {
        let done = grid::run(jobs, self.question.sweep.threads, |job| {
            self.interrupt.check()?;
            let done = work(job);
            (self.step)();
            done
        })?;
        // What was cut short is void.
        self.interrupt.check()?;
        Ok(done)
    }
}

/// The warm replay of one cell.
pub(super) struct WarmResult {
    pub observation: Observation,
    /// The smallest backend that survives, and where the backlog that decides it begins.
    pub worst: Worst,
    /// The smallest backend that survives at the grown load, where one was asked for.
    pub grown: Option<Option<f64>>,
    /// How full the cache was when warm-up ended, and in the end: shares of its capacity.
    pub filled: (f64, f64),
}
