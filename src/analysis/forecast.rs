//! What a sweep will take before it runs: passes over the trace, memory, time.
//!
//! Memory is counted from what will be allocated. Time is an estimate, extrapolated from a short replay of the trace's
//! beginning. Nothing here prints.

use super::job::{Job, population};
use super::{Backend, Facts, Question};
use crate::error::{Error, Result};
use crate::policy::Capacity;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::replay::worst::crowd;
use crate::request::{Requests, SECOND};
use crate::trace::Trace;
use crate::trace::id_table::IdTable;
use crate::trace::native::{Native, ROWS_PER_BATCH};
use crate::trace::parquet::ROWS_PER_GROUP;
use crate::trace::source::{About, Source};
use crate::units::{Loss, bytes, grouped};
use std::time::Instant;

/// What the process takes beside traces and caches: its code (15 to 21 MiB of it, as the system holds the file in large
/// pieces or in small ones), the libraries' tables, the threads' stacks.
pub const PROGRAM_BYTES: u64 = 20 << 20;
/// What a reader holds beside the rows, at the most: the file's bytes as they are, ahead and decompressed, and lines. Measured.
const READER_BYTES: u64 = 6 << 20;
/// What decoding one column of a file takes beside the batch: pages as they are and decompressed, and a dictionary.
const COLUMN_BYTES: u64 = 2 << 20;
/// Cells of a pass over a file, for each thread: more would save decoding, but nothing is finished before its pass is.
const CELLS_PER_THREAD: usize = 4;
/// Copies of a cache that a gap report holds at once for each cell under way: the cell's own, the warm one, the walked one, the
/// one that is measured, and about one that was freed and that the allocator keeps.
const GAP_FORKS: u64 = 5;
/// What a gap report takes for each request whatever it is asked: the columns that walks share, and what the first replay notes.
const SHARED_BY_WALKS: u64 = 12;
/// What a search of the worst moment takes: whatever the trace, and for each request, as columns of 17 bytes for the whole trace and a
/// part of it, and for what was touched and fetched.
const SEARCH: (u64, u64) = (2 << 20, 50);
/// What the allocator keeps of freed columns for each request, while they are too small to be given back at once; and of larger ones at
/// the most: what may stay free at the end of the heap.
const FREED: (u64, u64) = (20, 2 << 20);
/// Bytes from which on a block is given back as soon as it is freed, and may lie in a file: above the columns of a batch, which
/// are needed again for the next one.
pub const LARGE_BLOCK: u64 = 3 << 20;
/// Columns of more requests are such blocks.
const GIVEN_BACK: u64 = LARGE_BLOCK / 8;
/// What is never in files: small blocks, and those of each thread. Measured, at the most.
const SMALL_BLOCKS: (u64, u64) = (12 << 20, 4 << 20);
/// What lives that end by the clock take for each request: times at another load, and what is a hit then.
const LIVES: u64 = 16;
/// What chains take for each request: all moments are looked at, and most of their blocks are fetched, whichever node is lost.
const CHAINS: u64 = 40;
/// The same where only warm traffic is walked.
const WARM_WALK: (u64, u64) = (1 << 20, 17);
/// What a search takes for the cases that it ranks, of what they take themselves: fetches of its widest walks come on top.
const RANKED: f64 = 1.3;
/// Searches are not all at their peak at once: of what so many take together, this share; a single one has several peaks. Measured, as
/// all of these, on a dozen questions at 1, 2 and 8 threads.
const TOGETHER: f64 = 1.1;
const LESS_OF_MORE: f64 = -0.2;
/// Requests of the trial replay.
const TRIAL: usize = 1 << 20;

/// How much memory the process may use.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Bytes.
    pub bytes: u64,
    /// True where the user said it: then a grid that does not fit is an error; else passes are only made smaller.
    pub asked: bool,
    /// Bytes that large blocks beyond it may take in files.
    pub in_files: u64,
}

/// What a sweep will take.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// Positions of the jobs of each pass over the trace.
    pub passes: Vec<Vec<usize>>,
    /// Bytes that each job's caches take.
    pub jobs: Vec<u64>,
    /// Bytes of the trace in memory, or of the batches where it is streamed.
    pub trace: u64,
    /// Bytes at the peak of reading the trace; 0 where it is streamed.
    pub reading: u64,
    /// Bytes of what walks know of every request; 0 where there are none.
    pub walks: u64,
    /// How many jobs of a pass are there at once.
    pub at_once: usize,
}

impl Forecast {
    /// Divides the jobs into passes that fit into `limit`.
    ///
    /// # Errors
    /// A limit that was asked for and that not even one job fits into.
    pub fn of(source: &Source, facts: &Facts, jobs: &[Job], threads: usize, limit: Option<Limit>) -> Result<Forecast> {
        let about = source.about();
        let threads = grid::threads(threads);
        let (trace, reading, at_once, most) = match source {
            Source::Memory(trace) => (trace.memory(), reading_bytes(&about, trace.memory()), threads, usize::MAX),
            Source::File(native) => (batch_bytes(native), 0, usize::MAX, CELLS_PER_THREAD * threads),
        };
        let state = jobs.iter().map(|job| job.memory(&about, facts)).collect::<Result<Vec<u64>>>()?;
        let mut forecast = Forecast { passes: Vec::new(), jobs: state, trace, reading, walks: 0, at_once };
        let fixed = PROGRAM_BYTES + trace;
        let least = PROGRAM_BYTES + reading.max(trace + forecast.jobs.iter().max().copied().unwrap_or(0));
        if let Some(limit) = limit.filter(|limit| limit.asked && limit.bytes < least) {
            return Err(forecast.does_not_fit(source, limit, least));
        }
        for job in 0..jobs.len() {
            let joined: Vec<usize> = forecast.passes.last().into_iter().flatten().copied().chain([job]).collect();
            let fits = limit.is_none_or(|limit| fixed + forecast.state(&joined) <= limit.bytes);
            match forecast.passes.last_mut() {
                Some(pass) if fits && joined.len() <= most => *pass = joined,
                _ => forecast.passes.push(vec![job]),
            }
        }
        Ok(forecast)
    }

    /// For a gap report, which jumps about in the trace and forks caches: it runs in one pass, and what does not fit lies in files.
    ///
    /// # Errors
    /// A limit that was asked for and that it does not fit into, nor into files.
    pub fn of_gap(
        trace: &Trace,
        question: &Question,
        facts: &Facts,
        cells: &[Cell],
        limit: Option<Limit>,
    ) -> Result<Forecast> {
        let about = trace.about();
        let of_cell = |cell: &Cell| {
            let fetches = (about.objects * size_of::<u32>()) as u64;
            let population = population(cell.capacity, facts, true);
            Ok(GAP_FORKS * cell.memory(&population, about.expires)? + fetches)
        };
        let threads = grid::threads(question.sweep.threads);
        let requests = about.requests as u64;
        let forecast = Forecast {
            passes: vec![(0..cells.len()).collect()],
            jobs: cells.iter().map(of_cell).collect::<Result<_>>()?,
            trace: trace.memory(),
            reading: reading_bytes(&about, trace.memory()),
            walks: SHARED_BY_WALKS * requests + searches(trace, question, cells.len(), threads)?,
            at_once: threads,
        };
        let in_files = |limit: &Limit| {
            requests >= GIVEN_BACK
                && limit.bytes >= never_in_files(threads)
                && limit.bytes.saturating_add(limit.in_files) >= forecast.peak()
        };
        match limit.filter(|limit| limit.asked && limit.bytes < forecast.peak() && !in_files(limit)) {
            None => Ok(forecast),
            Some(limit) => Err(Error::usage(format!(
                "{} do not suffice: gap jumps about in the trace ({}), {} cells are forked at once ({}), and files may take {}",
                bytes(limit.bytes as f64),
                bytes(forecast.trace.max(forecast.reading) as f64),
                forecast.at_once.min(cells.len()),
                bytes(forecast.state_peak() as f64),
                bytes(limit.in_files as f64),
            ))
            .at(&about.name, None)
            .hint("use fewer threads (-j 1), another folder for temporary files (TMPDIR), or a sample of the keys (--sample 10%)")),
        }
    }

    /// Bytes of the jobs of a pass that are there at once: the largest of them.
    fn state(&self, pass: &[usize]) -> u64 {
        let mut sizes: Vec<u64> = pass.iter().map(|job| self.jobs[*job]).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes.into_iter().take(self.at_once).sum()
    }

    /// Bytes of state in the largest pass.
    pub fn state_peak(&self) -> u64 {
        self.passes.iter().map(|pass| self.state(pass)).max().unwrap_or(0)
    }

    /// Bytes that the process will take at its peak.
    pub fn peak(&self) -> u64 {
        PROGRAM_BYTES + self.reading.max(self.trace + self.walks + self.state_peak())
    }

    fn does_not_fit(&self, source: &Source, limit: Limit, least: u64) -> Error {
        let readable = |count: u64| bytes(count as f64);
        let error = Error::usage(format!(
            "{} do not suffice: the trace takes {}, the largest cell {}, the program {}",
            readable(limit.bytes),
            readable(self.trace.max(self.reading)),
            readable(self.jobs.iter().max().copied().unwrap_or(0)),
            readable(PROGRAM_BYTES),
        ))
        .at(source.about().name, None);
        let enough = least.div_ceil(1 << 20);
        match source {
            Source::Memory(_) => error.hint(format!(
                "give it --memory {enough}MiB, or let it be streamed: from a native file (coldgap convert), without belady"
            )),
            Source::File(_) => {
                error.hint(format!("give it --memory {enough}MiB, or fewer keys: coldgap convert --sample 10%"))
            }
        }
    }
}

/// What a process with so many threads takes at least, where large blocks lie in files.
pub fn never_in_files(threads: usize) -> u64 {
    PROGRAM_BYTES + SMALL_BLOCKS.0 + SMALL_BLOCKS.1 * grid::threads(threads) as u64
}

/// What the searches of the worst moments take that run at once: one for each cell and loss, of which the largest count.
fn searches(trace: &Trace, question: &Question, cells: usize, threads: usize) -> Result<u64> {
    let requests = trace.len() as u64;
    if question.backend == Backend::Unknown {
        return Ok(threads.min(cells) as u64 * (WARM_WALK.0 + WARM_WALK.1 * requests));
    }
    let times = trace.times.get(question.sweep.warm_position(trace.len())?..).unwrap_or_default();
    let moments = crowd::moments(times, question.service.patience().0 * SECOND as f64);
    let search = |loss: &Loss| {
        let ways = if loss.lost < loss.nodes { loss.nodes } else { 1 };
        let lives = if trace.ttls.is_some() { LIVES } else { 0 };
        let chains = if trace.chained.is_some() { CHAINS } else { 0 };
        let freed = if requests < GIVEN_BACK { FREED.0 * requests } else { FREED.1 };
        let columns = (SEARCH.1 + lives + chains) * requests;
        SEARCH.0 + columns + freed + (RANKED * crowd::memory(moments, ways as usize) as f64) as u64
    };
    let mut all: Vec<u64> = question.losses.iter().flat_map(|loss| std::iter::repeat_n(search(loss), cells)).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.truncate(threads);
    let share = TOGETHER * (all.len().max(1) as f64).powf(LESS_OF_MORE);
    Ok((share * all.iter().sum::<u64>() as f64) as u64)
}

/// Bytes of one request in columns.
fn row_bytes(native: &Native) -> u64 {
    let width = |column: &str, bytes: u64| if native.has(column) { bytes } else { 0 };
    4 + width("time", 8) + width("size", 4) + width("op", 1) + width("ttl", 4)
}

/// One batch that is replayed, one that waits, and one as the library decodes it.
fn batch_bytes(native: &Native) -> u64 {
    let columns = ["time", "object", "size", "op", "ttl"].into_iter().filter(|column| native.has(column)).count();
    let words = if native.has("op") { 8 } else { 0 };
    let rows = native.summary.requests.min(ROWS_PER_BATCH as u64);
    // The footprint is counted anew as the file is read.
    let largest = if native.has("size") { 4 * native.summary.objects } else { 0 };
    rows * (3 * row_bytes(native) + words) + columns as u64 * COLUMN_BYTES + largest
}

/// The trace, the table of its keys, and what readers hold of the file; for Parquet the dictionary of a group of rows, as it
/// is, decompressed and decoded.
fn reading_bytes(about: &About, trace: u64) -> u64 {
    let objects = about.objects as u64;
    let ids = IdTable::memory_of(about.objects);
    let dictionary = if about.format == "parquet" { 3 * 8 * objects.min(ROWS_PER_GROUP as u64) } else { 0 };
    // Where files are merged: the rows' order, room to sort it, and a column while it is put in order.
    let order = if about.files.len() > 1 { about.requests as u64 * (4 + 2 + 8) + objects * 8 + ids } else { 0 };
    trace + ids + READER_BYTES.min(trace) + dictionary + order
}

/// How fast a trial replay was: an estimate for the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Requests of the trial.
    pub trial: usize,
    /// Seconds to decode one request of a file; 0 for a trace in memory.
    decode: f64,
    /// Seconds a request of each job.
    jobs: Vec<f64>,
}

impl Pace {
    /// Replays the beginning of the trace through every job, each scaled to the objects that occur there.
    ///
    /// # Errors
    /// A file that turns out to be damaged.
    pub fn measure(source: &Source, jobs: &[Job]) -> Result<Pace> {
        let (mut batches, mut decode) = (Vec::new(), 0.0);
        let mut trial = 0;
        if let Source::File(native) = source {
            let mut reader = native.batches()?;
            let start = Instant::now();
            while trial < TRIAL
                && let Some(batch) = reader.next_batch()?
            {
                trial += batch.requests().len();
                batches.push(batch);
            }
            decode = start.elapsed().as_secs_f64() / trial.max(1) as f64;
        }
        let pieces: Vec<Requests<'_>> = match source {
            Source::Memory(trace) => vec![trace.requests().slice(0..trace.len().min(TRIAL))],
            Source::File(_) => batches.iter().map(|batch| batch.requests()).collect(),
        };
        let trial = pieces.iter().map(Requests::len).sum();
        let about = source.about();
        let highest = pieces.iter().flat_map(|piece| piece.objects).max().map_or(0, |object| object.index() + 1);
        let begin = About { objects: highest, requests: trial, ..about.clone() };
        let measure = |job: &Job| -> Result<f64> {
            let small = scaled(job, highest as f64 / about.objects.max(1) as f64);
            let mut caches = small.begin(&begin, 0)?;
            let start = Instant::now();
            pieces.iter().for_each(|piece| caches.feed(piece));
            Ok(start.elapsed().as_secs_f64() / trial as f64)
        };
        Ok(Pace { trial, decode, jobs: jobs.iter().map(measure).collect::<Result<_>>()? })
    }

    /// Seconds that the whole will take.
    pub fn seconds(&self, requests: usize, forecast: &Forecast, threads: usize) -> f64 {
        let threads = grid::threads(threads);
        let pass = |pass: &Vec<usize>| {
            let all = self.decode + pass.iter().map(|job| self.jobs[*job]).sum::<f64>();
            let slowest = pass.iter().map(|job| self.jobs[*job]).fold(self.decode, f64::max);
            (all / threads as f64).max(slowest)
        };
        forecast.passes.iter().map(pass).sum::<f64>() * requests as f64
    }

    /// What it rests on, in a sentence.
    pub fn basis(&self) -> String {
        format!(
            "an estimate from replaying the first {} requests; the whole is often slower, as its caches exceed the processor's",
            grouped(self.trial as u64)
        )
    }
}

/// The job with its capacities scaled.
fn scaled(job: &Job, share: f64) -> Job {
    let part = |amount: u64| ((amount as f64 * share) as u64).max(1);
    let scale = |cell: &Cell| {
        let capacity = match cell.capacity {
            Capacity::Objects(n) => Capacity::Objects(part(n)),
            Capacity::Bytes(n) => Capacity::Bytes(part(n)),
        };
        Cell { policy: cell.policy.clone(), capacity }
    };
    Job { cells: job.cells.iter().map(scale).collect() }
}
