//! The ordinary replay of a sweep: every cell over the whole trace, in as many passes as memory asks for.
//!
//! A trace in memory is replayed job by job. A native file is decoded batch by batch, and each batch is handed to all
//! jobs of the pass. Results are the same. It prints nothing: who wants to know how far it is passes a [`Monitor`].

use super::facts::{Counter, Facts};
use super::forecast::{Forecast, Limit};
use super::job::Job;
use super::sweep::{Sweep, capacity_ratio};
use crate::error::Result;
use crate::replay::cell::Cell;
use crate::replay::observe::Feed;
use crate::replay::{Tally, grid};
use crate::trace::Trace;
use crate::trace::native::{Batch, Native, ROWS_PER_BATCH};
use crate::trace::source::{About, Source};

/// Who watches a run: told how far it is, asked whether to go on and what is known already.
pub trait Monitor: Sync {
    /// Whether to stop; asked before every batch.
    fn is_interrupted(&self) -> bool {
        false
    }
    /// So many requests will be replayed, over all cells.
    fn expect(&self, _requests: u64) {}
    /// So many more were.
    fn advance(&self, _requests: u64) {}
    /// What an earlier run found for this cell; it is not replayed then.
    fn known(&self, _cell: &Cell) -> Option<Tally> {
        None
    }
    /// A cell is done.
    fn finished(&self, _cell: &Cell, _total: &Tally) {}
}

/// Nobody watches.
impl Monitor for () {}

/// One replayed cell.
#[derive(Clone)]
pub struct SweepCell {
    /// The cell.
    pub cell: Cell,
    /// The capacity over the trace's footprint in the same unit.
    pub capacity_ratio: f64,
    /// The counted requests: those after warm-up.
    pub total: Tally,
}

/// What a sweep found on one trace.
pub struct Swept {
    /// What the trace says of itself.
    pub facts: Facts,
    /// The cells that are done, in the grid's order.
    pub cells: Vec<SweepCell>,
    /// The cells that an interrupt left undone.
    pub missing: Vec<Cell>,
}

impl Sweep {
    /// Replays the trace through every cell.
    ///
    /// # Errors
    /// See [`Sweep::cells`], [`Sweep::warm_position`] and [`Forecast::of`]; a file that turns out to be damaged.
    pub fn run(&self, source: &Source, limit: Option<Limit>, monitor: &dyn Monitor) -> Result<Swept> {
        let about = source.about();
        let warm = self.warm_position(about.requests)?;
        let facts = facts_before(source, warm);
        let cells = self.cells(&about, &facts)?;
        let mut totals: Vec<Option<Tally>> = cells.iter().map(|cell| monitor.known(cell)).collect();
        let left: Vec<Cell> =
            cells.iter().zip(&totals).filter(|(_, total)| total.is_none()).map(|(cell, _)| cell.clone()).collect();
        let jobs = Job::all(&left, &about);
        let forecast = Forecast::of(source, &facts, &jobs, self.threads, limit)?;
        monitor.expect((jobs.len() * about.requests) as u64);
        let run = Run { jobs: &jobs, about, warm, threads: self.threads, monitor };
        let (facts, found) = match source {
            Source::Memory(trace) => (facts, run.in_memory(trace, &forecast)?),
            Source::File(native) => run.streamed(native, facts, &forecast)?,
        };
        for (cell, total) in cells.iter().zip(&mut totals).filter(|(_, total)| total.is_none()) {
            let given = jobs.iter().zip(&found).find_map(|(job, totals)| Some((job.gives(cell)?, totals)));
            *total = given.and_then(|(place, totals)| totals.get(place).copied());
        }
        let mut swept = Swept { facts, cells: Vec::new(), missing: Vec::new() };
        for (cell, total) in cells.into_iter().zip(totals) {
            match total {
                Some(total) => {
                    let capacity_ratio = capacity_ratio(cell.capacity, &swept.facts);
                    swept.cells.push(SweepCell { cell, capacity_ratio, total });
                }
                None => swept.missing.push(cell),
            }
        }
        Ok(swept)
    }

    /// What [`Sweep::run`] would take, and the jobs it would do.
    ///
    /// # Errors
    /// See [`Sweep::run`].
    pub fn forecast(&self, source: &Source, limit: Option<Limit>) -> Result<(Forecast, Vec<Job>)> {
        let about = source.about();
        let warm = self.warm_position(about.requests)?;
        let facts = facts_before(source, warm);
        let jobs = Job::all(&self.cells(&about, &facts)?, &about);
        Ok((Forecast::of(source, &facts, &jobs, self.threads, limit)?, jobs))
    }
}

/// What is known before a pass: everything of a trace in memory, what its summary says of a file.
fn facts_before(source: &Source, warm: usize) -> Facts {
    match source {
        Source::Memory(trace) => Facts::of(trace, warm),
        Source::File(native) => {
            let about = source.about();
            let counter = Counter::new(about.requests, about.objects, native.summary.footprint_bytes, warm);
            Facts { gets: native.summary.gets, ..counter.facts }
        }
    }
}

/// One sweep under way.
struct Run<'a> {
    jobs: &'a [Job],
    about: About,
    warm: usize,
    threads: usize,
    monitor: &'a dyn Monitor,
}

impl Run<'_> {
    /// Each job over the whole trace, jobs in parallel: a tally for each of its cells, none where an interrupt cut it short.
    fn in_memory(&self, trace: &Trace, forecast: &Forecast) -> Result<Vec<Vec<Tally>>> {
        let mut totals = vec![Vec::new(); self.jobs.len()];
        let requests = trace.requests();
        for pass in &forecast.passes {
            let found = grid::run(pass, self.threads, |job| {
                let mut caches = self.jobs[*job].begin(&self.about, self.warm)?;
                for start in (0..requests.len()).step_by(ROWS_PER_BATCH) {
                    if self.monitor.is_interrupted() {
                        return Ok(Vec::new());
                    }
                    let batch = requests.slice(start..(start + ROWS_PER_BATCH).min(requests.len()));
                    caches.feed(&batch);
                    self.monitor.advance(batch.len() as u64);
                }
                Ok(self.finish(*job, &*caches))
            })?;
            pass.iter().zip(found).for_each(|(job, found)| totals[*job] = found);
        }
        Ok(totals)
    }

    /// Each batch through all jobs of a pass; the first pass counts the facts as well, even where no job is left.
    fn streamed(&self, native: &Native, facts: Facts, forecast: &Forecast) -> Result<(Facts, Vec<Vec<Tally>>)> {
        let mut totals = vec![Vec::new(); self.jobs.len()];
        let mut counter = Some(Counter::new(self.about.requests, self.about.objects, facts.footprint_bytes, self.warm));
        let mut facts = facts;
        let nothing = vec![Vec::new()];
        let passes = if forecast.passes.is_empty() { &nothing } else { &forecast.passes };
        for pass in passes {
            let begin = |job: &usize| self.jobs[*job].begin(&self.about, self.warm);
            let mut caches: Vec<_> = pass.iter().map(begin).collect::<Result<_>>()?;
            let mut batches = native.batches()?;
            let mut complete = false;
            let next = || {
                if self.monitor.is_interrupted() {
                    return Ok(None);
                }
                let batch = batches.next_batch()?;
                match (&batch, &mut counter) {
                    (Some(batch), Some(counter)) => counter.count(&batch.requests()),
                    (Some(_), None) => {}
                    (None, _) => complete = true,
                }
                Ok(batch)
            };
            grid::feed(&mut caches, self.threads, next, |cache, batch: &Batch| {
                cache.feed(&batch.requests());
                self.monitor.advance(batch.requests().len() as u64);
            })?;
            if !complete {
                break;
            }
            if let Some(counter) = counter.take() {
                facts = counter.facts;
            }
            for (job, caches) in pass.iter().zip(&caches) {
                totals[*job] = self.finish(*job, &**caches);
            }
        }
        Ok((facts, totals))
    }

    fn finish(&self, job: usize, caches: &dyn Feed) -> Vec<Tally> {
        let totals = caches.totals();
        for (cell, total) in self.jobs[job].cells.iter().zip(&totals) {
            self.monitor.finished(cell, total);
        }
        totals
    }
}
