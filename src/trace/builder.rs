//! Collects the rows of a trace: checks them, interns their keys, keeps the columns that are used.
//!
//! Every format ends here, so that a rule about rows (times do not step back, sizes fit, limits) stands once.

mod fingerprint;
mod last_line;
mod memory;
mod order;
mod settle;

use super::faults::Faults;
use super::input::{Size, in_shell};
use super::intern::{Interner, Key, Keys};
use super::merge::Part;
use super::options::ReadOptions;
use super::record::Answered;
use super::sample::{self, Drawn};
use super::sizes::Says;
use super::{Trace, merge, ticks};
use crate::error::{Error, Result, Spot};
use crate::request::{ObjectId, Op, RENEWS, SECOND};
use crate::units::{Ratio, Seconds};
pub(super) use fingerprint::fingerprint;
use last_line::LastLine;
use std::ops::ControlFlow;

/// One row as a format reads it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Nanoseconds, on any clock that does not step back; `None` where the format has no times.
    pub time: Option<u64>,
    /// The key.
    pub key: Key<'a>,
    /// Bytes, where the format has sizes.
    pub size: Option<u64>,
    /// What is done.
    pub op: Op,
    /// Seconds the answer lives, 0 where the row does not say; with the mark [`RENEWS`] where it starts the life anew.
    pub ttl: u32,
}

/// Rows in columns: gets that say no time to live.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// As in [`Row`].
    pub times: Option<&'a [u64]>,
    /// The keys, all of them numbers.
    pub keys: &'a [u64],
    /// Bytes, where the format has sizes.
    pub sizes: Option<&'a [u32]>,
}

impl<'a> Batch<'a> {
    fn row(&self, i: usize) -> Row<'a> {
        let size = self.sizes.map(|sizes| u64::from(sizes[i]));
        Row { time: self.times.map(|times| times[i]), key: Key::Number(self.keys[i]), size, op: Op::Get, ttl: 0 }
    }
}

/// A size of so many bytes is taken for something else: 1 TiB.
const LARGEST_LIKELY: u64 = 1 << 40;

/// Keys that wait to be interned at the most, and their bytes.
const PENDING: usize = 1024;
const PENDING_BYTES: usize = 1 << 20;

/// Servers write requests down when they have answered them, and balancers each their own: so far behind a later one a
/// request may stand.
const MOST_DISORDER: u64 = 60 * SECOND;

/// Whether a format shall go on reading: `Break` once `--limit` or `--until` is reached.
pub type Flow = ControlFlow<()>;

/// How often the builder looks whether it should stop.
const ROWS_PER_CHECK: usize = 1 << 16;

/// Collects rows into a [`Trace`].
pub struct Builder<'o> {
    options: &'o ReadOptions,
    /// The file that is being read, and how large it is; no size where the rows come of no file.
    name: String,
    size: Option<Size>,
    /// Those that were read.
    parts: Vec<Part>,
    /// Whether there will be several.
    is_service: bool,
    format: String,
    interner: Interner,
    /// Keys of the last rows, which are interned many at a time.
    pending: Keys,
    first: Option<u64>,
    /// The latest time so far.
    last: u64,
    /// Rows that stand behind later ones, and how far at the most.
    late: u64,
    latest: u64,
    most_disorder: u64,
    faults: Faults,
    last_line: LastLine,
    layout: Option<String>,
    /// What the sizes of answers over HTTP say; empty where rows are no such answers.
    answers: Vec<Says>,
    /// Whether a set of 0 bytes does not know its object's size.
    sets_keep_sizes: bool,
    /// What the records of rows say of who answered; empty until one says any. And what that of the next row says.
    records: Vec<Answered>,
    answered: Answered,
    /// Rows of a size that 32 bits do not hold.
    huge: u64,
    /// Files of which what the rows say was judged before they were written.
    natives: usize,
    /// As in [`Trace`], where the file says it.
    tick: Option<u64>,
    /// As in [`Trace`]: what the rows that are kept are a sample of.
    sample: Option<Drawn>,
    /// Rows behind the limit that share the last one's time.
    cut: u64,
    times: Vec<u64>,
    objects: Vec<ObjectId>,
    sizes: Vec<u32>,
    /// Empty until a row is no get.
    ops: Vec<Op>,
    /// Empty where rows have no costs. And that of the next row.
    costs: Vec<u32>,
    cost: Option<u32>,
    /// Empty until a row is behind another of its chain. Whether the next row is, and whether one of its chain was kept.
    chained: Vec<bool>,
    is_chained: bool,
    chain_kept: bool,
    /// Empty until a row has one.
    ttls: Vec<u32>,
    notes: Vec<String>,
}

impl<'o> Builder<'o> {
    /// An empty trace named `name`, read as `format`.
    pub fn new(name: &str, format: &str, options: &'o ReadOptions) -> Builder<'o> {
        Builder {
            options,
            name: name.to_string(),
            size: None,
            parts: Vec::new(),
            is_service: false,
            format: format.to_string(),
            interner: Interner::default(),
            pending: Keys::default(),
            first: None,
            last: 0,
            late: 0,
            latest: 0,
            most_disorder: MOST_DISORDER,
            faults: Faults::default(),
            last_line: LastLine::Whole,
            layout: None,
            answers: Vec::new(),
            sets_keep_sizes: false,
            records: Vec::new(),
            answered: Answered::default(),
            huge: 0,
            natives: 0,
            tick: None,
            sample: sample_of(options, None),
            cut: 0,
            times: Vec::new(),
            objects: Vec::new(),
            sizes: Vec::new(),
            ops: Vec::new(),
            costs: Vec::new(),
            cost: None,
            chained: Vec::new(),
            is_chained: false,
            chain_kept: false,
            ttls: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a sentence about what was assumed or changed while reading.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The file says inside which tick its times were spread, in nanoseconds, and what it is a sample of.
    pub(super) fn set_origin(&mut self, tick: Option<u64>, sample: Option<Drawn>) {
        self.natives += 1;
        self.tick = self.tick.max(tick);
        self.sample = sample_of(self.options, sample);
    }

    /// The file says that it has this share of the keys.
    pub(super) fn set_sampled(&mut self, share: Ratio) {
        if self.options.sampled.is_none() {
            self.sample = sample_of(self.options, Some(Drawn { share, seed: 0 }));
            self.note(sampled_note(share));
        }
    }

    /// Times are arrivals that were made of the answers' ends: they may be in any order.
    pub(super) fn allow_disorder(&mut self) {
        self.most_disorder = u64::MAX;
    }

    /// Sets of 0 bytes are of commands that do not name what the object then is: it stays as large as it was.
    pub(super) fn keep_sizes(&mut self) {
        self.sets_keep_sizes = true;
    }

    /// Says who answered the request of the next row that is pushed.
    pub(super) fn set_answered(&mut self, answered: Answered) {
        self.answered = answered;
    }

    /// Says what a miss of the next row that is pushed costs the backend. All rows of a trace must have a cost, or none.
    pub(super) fn set_cost(&mut self, cost: u32) {
        self.cost = Some(cost);
    }

    /// Says whether the next row that is pushed is behind another of its chain.
    pub(super) fn set_chained(&mut self, is_chained: bool) {
        self.is_chained = is_chained;
        self.chain_kept &= is_chained;
    }

    /// Says how the file was split, and which of its parts was taken for what.
    pub(super) fn set_layout(&mut self, layout: String) {
        self.layout = Some(layout);
    }

    /// What [`Builder::set_layout`] said.
    pub(super) fn take_layout(&mut self) -> Option<String> {
        self.layout.take()
    }

    /// Leaves a row out that cannot be read; `spot` is where it stands.
    ///
    /// # Errors
    /// What is wrong with the first such row, once there are more than `--skip-bad` allows.
    #[cold]
    pub(super) fn skip(&mut self, fault: Error, spot: Spot) -> Result<()> {
        // What stands behind the limit does not matter.
        if self.is_full() && !fault.is_interrupt() {
            return Ok(());
        }
        let fault = self.locate(fault, spot);
        match self.cut_off(fault, spot) {
            Some(fault) => self.faults.skip(fault, self.options.skip_bad),
            None => Ok(()),
        }
    }

    /// True once no more rows are kept.
    pub(super) fn is_full(&self) -> bool {
        !self.cuts_later() && self.options.limit.is_some_and(|limit| self.len() as u64 >= limit)
    }

    /// True where --from, --until and --limit wait until all rows are there and in order.
    fn cuts_later(&self) -> bool {
        self.options.sort || self.is_service
    }

    /// An error, with the file's name and the spot in it.
    pub fn locate(&self, error: Error, spot: Spot) -> Error {
        error.at(&self.name, Some(spot))
    }

    /// Adds a row; `spot` is where it stands, for errors.
    ///
    /// # Errors
    /// A time that steps back (unless the options ask to sort), a size of 1 TiB or more, more rows or keys
    /// than 32-bit ids can name, or a row with a time or size where others have none.
    pub fn push(&mut self, row: Row<'_>, spot: Spot) -> Result<Flow> {
        if let Some(size) = row.size.filter(|size| *size >= LARGEST_LIKELY) {
            return self.skip(too_large(size), spot).map(|()| Flow::Continue(()));
        }
        let before = self.len();
        let is_last = matches!(spot, Spot::LastLine(_));
        if is_last && self.leaves_out(&row, spot) {
            return Ok(Flow::Continue(()));
        }
        self.faults.rows += 1;
        let flow = self.check_and_push(row).map_err(|error| self.locate(error, spot));
        (self.answered, self.cost, self.is_chained) = (Answered::default(), None, false);
        if is_last && self.len() > before {
            self.last_line = LastLine::Read;
        }
        flow
    }

    /// Adds a row whose size is the bytes of an answer over HTTP, which say so much of the object's. All rows of a trace
    /// must be added so, or none.
    ///
    /// # Errors
    /// See [`Builder::push`].
    pub(super) fn push_answer(&mut self, row: Row<'_>, says: Says, spot: Spot) -> Result<Flow> {
        let before = self.len();
        let flow = self.push(row, spot)?;
        if self.len() > before {
            // Rows of another file, which are no answers.
            self.answers.resize(before, Says::All);
            self.answers.push(says);
        }
        Ok(flow)
    }

    /// Adds the rows of a batch, whose columns must be equally long; the i-th stands at `spot(i)`. The same as pushing one
    /// by one, many times faster.
    ///
    /// # Errors
    /// See [`Builder::push`].
    pub fn push_all(&mut self, batch: &Batch<'_>, spot: impl Fn(usize) -> Spot) -> Result<Flow> {
        if !self.takes_whole(batch) {
            for i in 0..batch.keys.len() {
                if self.push(batch.row(i), spot(i))? == Flow::Break(()) {
                    return Ok(Flow::Break(()));
                }
            }
            return Ok(Flow::Continue(()));
        }
        self.options.interrupt.check()?;
        self.check_memory()?;
        self.faults.rows += batch.keys.len() as u64;
        if let Some(times @ [first, .., last] | times @ [first @ last]) = batch.times {
            self.first.get_or_insert(*first);
            self.last = *last;
            self.times.extend_from_slice(times);
        }
        self.sizes.extend_from_slice(batch.sizes.unwrap_or_default());
        self.intern_pending()?;
        self.interner.intern_numbers(batch.keys, &mut self.objects).ok_or_else(too_many_keys)?;
        Ok(Flow::Continue(()))
    }

    /// True where no row of the batch needs a look of its own: all are kept, in order, and like those before.
    fn takes_whole(&self, batch: &Batch<'_>) -> bool {
        let ReadOptions { sort, limit, from, until, sample, .. } = self.options;
        let limit = limit.filter(|_| !self.is_service);
        let most = limit.unwrap_or(u64::MAX).min(u64::from(u32::MAX - 1));
        let is_alike = self.len() == 0
            || (batch.times.is_some() != self.times.is_empty() && batch.sizes.is_some() != self.sizes.is_empty());
        let is_ordered = batch.times.is_none_or(|times| times.first() >= Some(&self.last) && times.is_sorted());
        !sort
            && from.is_none()
            && until.is_none()
            && sample.is_none()
            && self.len() as u64 + batch.keys.len() as u64 <= most
            && self.ops.is_empty()
            && self.ttls.is_empty()
            && self.records.is_empty()
            && self.costs.is_empty()
            && self.chained.is_empty()
            && is_alike
            && is_ordered
    }

    fn check_and_push(&mut self, row: Row<'_>) -> Result<Flow> {
        if let Some(time) = row.time {
            let first = *self.first.get_or_insert(time);
            if !self.options.sort {
                if time < self.last {
                    let back = self.last - time;
                    if back > self.most_disorder {
                        return Err(self.steps_back(back));
                    }
                    self.late += 1;
                    self.latest = self.latest.max(back);
                }
                self.last = time.max(self.last);
            }
            if !self.cuts_later() {
                let since = time.saturating_sub(first);
                if let Some(until) = self.options.until.map(Seconds::nanoseconds)
                    && since >= until
                {
                    // What stands behind may still be earlier.
                    let is_over = since - until > MOST_DISORDER || self.late == 0;
                    return Ok(if is_over { Flow::Break(()) } else { Flow::Continue(()) });
                }
                if self.options.from.is_some_and(|from| since < from.nanoseconds()) {
                    return Ok(Flow::Continue(()));
                }
            }
        } else if self.options.from.or(self.options.until).is_some() {
            return Err(Error::trace("--from and --until need times, and this trace has none")
                .hint("use --limit, or give the trace times with convert --rate"));
        }
        if let (Some(share), Some(drawn)) = (self.options.sample, self.sample)
            && sample::place(row.key, drawn.seed) >= share.get()
        {
            return Ok(Flow::Continue(()));
        }
        if self.is_full() {
            // Requests of one tick will be spread over it: how many there are decides where those that are kept lie.
            if row.time.is_none() || row.time != self.times.last().copied() {
                return Ok(Flow::Break(()));
            }
            self.cut += 1;
            if self.cut.is_multiple_of(ROWS_PER_CHECK as u64) {
                self.options.interrupt.check()?;
            }
            return Ok(Flow::Continue(()));
        }
        self.collect(row)?;
        Ok(if self.is_full() && row.time.is_none() { Flow::Break(()) } else { Flow::Continue(()) })
    }

    /// Rows so far.
    fn len(&self) -> usize {
        self.objects.len() + self.pending.len()
    }

    fn collect(&mut self, row: Row<'_>) -> Result<()> {
        let n = self.len();
        if n.is_multiple_of(ROWS_PER_CHECK) {
            self.options.interrupt.check()?;
            self.check_memory()?;
        }
        if n >= (u32::MAX - 1) as usize {
            return Err(Error::trace("a trace may have at most 4,294,967,294 requests")
                .hint("read a part of it: --limit, --from, --until, or convert --sample 10%"));
        }
        let differs = |has: bool, is_empty: bool| n > 0 && has == is_empty;
        if differs(row.time.is_some(), self.times.is_empty())
            || differs(row.size.is_some(), self.sizes.is_empty())
            || differs(self.cost.is_some(), self.costs.is_empty())
        {
            let error = Error::trace("this row has a time, a size or a cost where others have none, or the reverse");
            return Err(if self.is_service {
                error
                    .hint("leave them out of all files with --columns size=- or cost=-; or read each by itself: --each")
            } else {
                error
            });
        }
        if let Some(size) = row.size {
            self.huge += u64::from(size > u64::from(u32::MAX));
            self.sizes.push(size.min(u64::from(u32::MAX)) as u32);
        }
        self.times.extend(row.time);
        // What is deleted lives no longer.
        let ttl = if row.op == Op::Delete { row.ttl & !RENEWS } else { row.ttl };
        if row.op != Op::Get || ttl & RENEWS != 0 || !self.ops.is_empty() {
            self.ops.resize(n, Op::Get);
            self.ops.push(row.op);
        }
        if ttl != 0 || !self.ttls.is_empty() {
            self.ttls.resize(n, 0);
            self.ttls.push(ttl);
        }
        self.costs.extend(self.cost);
        let is_chained = self.is_chained && self.chain_kept;
        if is_chained || !self.chained.is_empty() {
            self.chained.resize(n, false);
            self.chained.push(is_chained);
        }
        self.chain_kept = true;
        if self.answered != Answered::default() || !self.records.is_empty() {
            self.records.resize(n, Answered::default());
            self.records.push(self.answered);
        }
        self.pending.push(row.key);
        let is_full = self.pending.len() == PENDING || self.pending.text_bytes() > PENDING_BYTES;
        if is_full { self.intern_pending() } else { Ok(()) }
    }

    fn intern_pending(&mut self) -> Result<()> {
        self.interner.intern_keys(&self.pending, &mut self.objects).ok_or_else(too_many_keys)?;
        self.pending.clear();
        Ok(())
    }

    /// The trace.
    ///
    /// # Errors
    /// A trace without a single request.
    pub fn finish(mut self) -> Result<Trace> {
        if !self.is_service {
            self.end()?;
        }
        let spread_apart = self.put_in_order();
        self.settle_sizes();
        self.check_last_line()?;
        if self.objects.is_empty() {
            return Err(self.no_request());
        }
        self.options.interrupt.check()?;
        let start = self.times.first().copied().unwrap_or(0);
        for time in &mut self.times {
            *time -= start;
        }
        let spread = spread_apart.max(ticks::spread(&mut self.times, start, self.cut));
        if let Some(tick) = spread {
            let tick = Seconds(tick as f64 / SECOND as f64);
            self.note(format!("the clock ticks every {tick}: requests of one tick are spread evenly inside it"));
        }
        let tick = self.tick.max(spread).or_else(|| ticks::spread_before(&self.times, start));
        self.options.interrupt.check()?;
        if let Some(share) = self.options.sampled {
            self.note(sampled_note(share));
        }
        if self.options.sample.is_some() && !self.chained.is_empty() {
            self.note(
                "chains of blocks have lost those that are not of the sample: they break less often than they did",
            );
        }
        if let (Some(share), Some(drawn)) = (self.options.sample, self.sample) {
            self.note(if drawn.share == share {
                format!("a sample: {share} of the keys, chosen by hash; rates and footprint shrink with it")
            } else {
                format!("a sample of that sample: {share} of its keys, so {} of all", drawn.share)
            });
        }
        let files: Vec<String> = self.parts.into_iter().map(|part| part.name).collect();
        let mut trace = Trace {
            name: merge::name(&files),
            files,
            format: self.format,
            times: self.times,
            start,
            tick,
            objects: self.objects,
            sizes: (!self.sizes.is_empty()).then_some(self.sizes),
            costs: (!self.costs.is_empty()).then_some(self.costs),
            chained: (!self.chained.is_empty()).then_some(self.chained),
            ops: (!self.ops.is_empty()).then_some(self.ops),
            ttls: (!self.ttls.is_empty()).then_some(self.ttls),
            next: None,
            keys: self.interner.into_keys(),
            records: (!self.records.is_empty()).then_some(self.records),
            sample: self.sample,
            fingerprint: String::new(),
            notes: self.notes,
        };
        trace.fingerprint = fingerprint(&trace);
        Ok(trace)
    }

    #[cold]
    fn steps_back(&self, back: u64) -> Error {
        let seconds = |time: u64| Seconds(time as f64 / SECOND as f64);
        Error::trace(format!(
            "time steps back by {}, more than the {} of disorder that are sorted in passing",
            seconds(back),
            seconds(MOST_DISORDER)
        ))
        .hint(format!(
            "sort it first: coldgap convert --sort{} {} sorted.parquet",
            self.options.flags(),
            in_shell(&self.name)
        ))
    }
}

/// What is read: a part of what the file is, or all of it.
fn sample_of(options: &ReadOptions, file: Option<Drawn>) -> Option<Drawn> {
    let file = options.sampled.map(|share| Drawn { share, seed: 0 }).or(file);
    match options.sample {
        Some(share) => Some(Drawn::next(file, share, 0)),
        None => file,
    }
}

fn sampled_note(share: Ratio) -> String {
    format!(
        "the file has {share} of the keys of its service: rates, cache and backend are those of that part, {:.4} times as small",
        1.0 / share.get()
    )
}

#[cold]
fn too_large(size: u64) -> Error {
    Error::trace(format!("size {size} is 1 TiB or more; no object of a cache is"))
        .hint("check which column holds the size: --columns size=NAME, or leave sizes out with --columns size=-")
}

fn too_many_keys() -> Error {
    Error::trace("more distinct keys than 2^32 - 1").hint("sample the keys: convert --sample 10%")
}
