//! A recorded trace, decoded once into columns that every replay shares.
//!
//! Files become a [`Trace`] through [`read`]: the input is opened and decompressed ([`input`]), its format
//! recognised ([`registry`]), its rows checked, interned and collected ([`builder`]). Nothing here knows caches.

mod access_log;
mod allowance;
mod appended;
mod arc;
mod arrow_ipc;
mod batches;
mod binary;
pub mod builder;
mod cells;
mod clock;
mod columns;
mod csv;
mod dates;
mod faults;
mod footer;
pub mod format;
mod guard;
mod http;
pub mod id_table;
pub mod input;
pub mod intern;
mod json;
mod klog;
mod known;
mod lines;
mod long_line;
mod memcached;
mod merge;
mod messages;
mod names;
pub mod native;
pub mod options;
mod oracle_general;
mod otlp;
pub mod parquet;
mod pgaudit;
mod preset;
mod presets;
pub mod profile;
mod read_ahead;
pub mod record;
mod records;
mod redis;
pub mod registry;
pub mod sample;
mod sizes;
pub mod source;
mod spool;
pub mod synthetic;
mod table;
mod ticks;
mod tokens;
mod words;
pub mod write;

use crate::error::{Error, Result};
use crate::request::{NEVER, ObjectId, Op, Requests, SECOND, weight};
use crate::units::Rate;
use builder::Builder;
pub use format::{Format, Sniff};
pub use guard::is_decoding;
use input::Input;
pub use intern::{Key, Keys};
pub use options::ReadOptions;
use record::Answered;
pub use registry::FORMATS;
use sample::Drawn;
use serde::Serialize;
use source::About;
use std::path::{Path, PathBuf};

/// A recorded trace: requests in columns, and the keys behind the dense object ids.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Where it came from, as the user named it.
    pub name: String,
    /// The files it was read from, in the order of their first requests.
    pub files: Vec<String>,
    /// The format it was read as; several where its files have several.
    pub format: String,
    /// Nanoseconds since the first request, never stepping back; empty where the trace has no times.
    pub times: Vec<u64>,
    /// The time of the first request as recorded, in nanoseconds (usually since 1970).
    pub start: u64,
    /// The tick of the clock that recorded the times, in nanoseconds, where it is so coarse that requests which share one
    /// were spread evenly inside it; `None` where it is finer.
    pub tick: Option<u64>,
    /// The object of each request.
    pub objects: Vec<ObjectId>,
    /// Bytes per request, where the trace has sizes.
    pub sizes: Option<Vec<u32>>,
    /// What a miss of each request costs the backend, in units of the trace's own, where it has costs.
    pub costs: Option<Vec<u32>>,
    /// Which requests are behind the one before them in a chain: see [`Requests::chained`].
    pub chained: Option<Vec<bool>>,
    /// Operations, where the trace has any but gets.
    pub ops: Option<Vec<Op>>,
    /// Seconds to live per request (0 = not said), where the trace has any.
    pub ttls: Option<Vec<u32>>,
    /// Positions of each object's next request, once [`Trace::look_ahead`] was called.
    pub next: Option<Vec<u32>>,
    /// The keys, by object id.
    pub keys: Keys,
    /// What the record of each request says of who answered it, where that was asked for and the source says any.
    pub records: Option<Vec<Answered>>,
    /// What it is a sample of; `None` where nobody said that it is one.
    pub sample: Option<Drawn>,
    /// A hash over times, keys, sizes, operations and times to live: equal for equal requests in any format.
    pub fingerprint: String,
    /// What was assumed or changed while reading, in sentences.
    pub notes: Vec<String>,
}

impl Trace {
    /// Number of requests, of any operation.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Number of distinct objects.
    pub fn object_count(&self) -> usize {
        self.keys.len()
    }

    /// Where each object lives among nodes, by object id: node `hash * N >> 32` of N. It is a hash of the key alone, so that
    /// an object stays on its node whatever part of a trace is read, in whatever order or format; independent of which
    /// keys are sampled.
    pub fn key_hashes(&self) -> Vec<u32> {
        (0..self.object_count() as u32).map(|i| self.keys.get(ObjectId(i)).node_hash()).collect()
    }

    /// Bytes that a cache needs for all distinct objects, each at its largest size; `None` where the trace has no sizes.
    pub fn footprint_bytes(&self) -> Option<u64> {
        let mut largest = vec![0; self.object_count()];
        for (object, size) in self.objects.iter().zip(self.sizes.as_ref()?) {
            largest[object.index()] = weight(*size).max(largest[object.index()]);
        }
        Some(largest.into_iter().map(u64::from).sum())
    }

    /// What a report says of it.
    pub fn about(&self) -> About {
        About {
            name: self.name.clone(),
            files: self.files.clone(),
            format: self.format.clone(),
            fingerprint: self.fingerprint.clone(),
            requests: self.len(),
            objects: self.object_count(),
            sized: self.sizes.is_some(),
            costed: self.costs.is_some(),
            expires: self.ttls.is_some(),
            writes: self.ops.is_some(),
            deletes: self.ops.as_ref().is_some_and(|ops| ops.contains(&Op::Delete)),
            sample: self.sample,
            notes: self.notes.clone(),
            tick: self.tick,
        }
    }

    /// Bytes that its columns and keys take.
    pub fn memory(&self) -> u64 {
        let times = size_of_val(&self.times[..]) + size_of_val(&self.objects[..]);
        let numbers = [&self.sizes, &self.costs, &self.ttls, &self.next]
            .into_iter()
            .flatten()
            .map(|column| size_of_val(&column[..]));
        let ops = self.ops.as_ref().map_or(0, |ops| size_of_val(&ops[..]));
        let ops = ops + self.chained.as_ref().map_or(0, |chained| size_of_val(&chained[..]));
        (times + numbers.sum::<usize>() + ops + self.keys.memory()) as u64
    }

    /// True where requests have times.
    pub fn has_times(&self) -> bool {
        !self.times.is_empty()
    }

    /// Gives a trace without times evenly spaced ones, `rate` requests a second.
    pub fn space_evenly(&mut self, rate: Rate) {
        let gap = SECOND as f64 / rate.per_second;
        self.times = (0..self.len()).map(|i| (i as f64 * gap) as u64).collect();
        self.fingerprint = builder::fingerprint(self);
        self.notes.push(format!("the trace has no times: requests are spaced evenly at {rate}, as --rate says"));
    }

    /// What has passed of the last tick of a coarse clock when the last request comes, in nanoseconds; 0 where the clock is fine.
    pub fn since_last_tick(&self) -> u64 {
        let last = self.times.last().map_or(0, |last| last.saturating_add(self.start));
        self.tick.map_or(0, |tick| last % tick)
    }

    /// Another column of times, in which the requests of each tick of a coarse clock come at random instants of it, in the
    /// order they have; the times as they are where the clock is fine. Each seed is another draw.
    pub fn spread_at_random(&self, seed: u64) -> Vec<u64> {
        match self.tick {
            Some(tick) => ticks::scatter(&self.times, self.start, tick, seed),
            None => self.times.clone(),
        }
    }

    /// Computes, in one reverse pass, where each object is asked for next. Only `belady` reads it.
    pub fn look_ahead(&mut self) {
        let mut seen = vec![NEVER; self.object_count()];
        let mut next = vec![NEVER; self.len()];
        for (i, object) in self.objects.iter().enumerate().rev() {
            next[i] = std::mem::replace(&mut seen[object.index()], i as u32);
        }
        self.next = Some(next);
    }

    /// All requests, in columns.
    pub fn requests(&self) -> Requests<'_> {
        Requests {
            times: &self.times,
            objects: &self.objects,
            sizes: self.sizes.as_deref(),
            costs: self.costs.as_deref(),
            chained: self.chained.as_deref(),
            ops: self.ops.as_deref(),
            ttls: self.ttls.as_deref(),
            next: self.next.as_deref(),
        }
    }
}

/// How a trace's file was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file, as the user named it.
    pub file: String,
    /// The format it was read as.
    pub format: &'static str,
    /// Why it was read as this format.
    pub why: &'static str,
    /// `gzip`, `zstd`, `xz` or `bzip2`, where it was compressed.
    pub compression: Option<&'static str>,
    /// How it was split, and which part was taken for what; `None` where the format leaves nothing to choose.
    pub layout: Option<String>,
}

/// Reads a trace from a file, or from standard input where `path` is `-`.
///
/// # Errors
/// A file that cannot be opened, is in no known format, or holds rows that cannot be used: see [`Format`].
pub fn read(path: &Path, options: &ReadOptions) -> Result<Trace> {
    Ok(read_input(options.open(path)?, options)?.0)
}

/// Reads the files of one service, merged by time, and says how each was recognised, in the order given. They may overlap, and
/// stand in any order.
///
/// # Errors
/// See [`read`]; files without times, or that are samples of different shares.
pub fn read_all(paths: &[PathBuf], options: &ReadOptions) -> Result<(Trace, Vec<Origin>)> {
    if let [path] = paths {
        let (trace, origin) = read_input(options.open(path)?, options)?;
        return Ok((trace, vec![origin]));
    }
    options.check()?;
    merge::check_distinct(paths)?;
    let mut builder = Builder::of_service(options);
    let mut origins = Vec::new();
    let mut empty = Vec::new();
    for path in paths {
        let input = options.open(path)?;
        if input.head().bytes.is_empty() {
            // A log that was rotated just now.
            empty.push(input.name);
            continue;
        }
        origins.push(read_into(input, options, &mut builder)?);
        builder.end()?;
    }
    let mut trace = builder.finish()?;
    if !empty.is_empty() {
        trace.notes.push(format!("files without a byte: {}", empty.join(", ")));
    }
    Ok((trace, origins))
}

/// Reads a trace from an open input, and says how it was recognised.
///
/// # Errors
/// See [`read`].
pub fn read_input(input: Input, options: &ReadOptions) -> Result<(Trace, Origin)> {
    options.check()?;
    let name = input.name.clone();
    let mut builder = Builder::new(&name, "", options);
    let origin = read_into(input, options, &mut builder)?;
    let trace = builder.finish().map_err(|error: Error| error.at(&name, None))?;
    Ok((trace, origin))
}

/// Reads the rows of an open input, and says how it was recognised.
fn read_into(input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<Origin> {
    let name = input.name.clone();
    let (format, why) = registry::recognise(&input, options.format.as_deref())?;
    let compression = input.compression;
    let garbage = input.garbage();
    let input = input.until(&options.interrupt);
    rows.begin(&name, format.info().name, input.size());
    let read = format.read(input, options, rows);
    options.interrupt.check()?;
    match read {
        // Behind the limit is only looked for the end of the last tick: what else is there does not matter.
        Err(_) if rows.is_full() => {}
        read => read.map_err(|error| error.at(&name, None))?,
    }
    if garbage.load(std::sync::atomic::Ordering::Relaxed) {
        rows.note("behind the compressed data stands something that is none, and is not read");
    }
    Ok(Origin { file: name, format: format.info().name, why, compression, layout: rows.take_layout() })
}
