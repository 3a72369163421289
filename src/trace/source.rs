//! A trace as a replay takes it: in memory, or streamed from a native file. Results are the same either way.

use super::native::Native;
use super::sample::Drawn;
use super::{ReadOptions, Trace, read_all};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::PathBuf;

/// A trace that is ready to be replayed.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Source<'t> {
    /// Decoded into columns.
    Memory(Cow<'t, Trace>),
    /// Decoded batch by batch, as often as it is asked for.
    File(Native),
}

impl From<Trace> for Source<'static> {
    fn from(trace: Trace) -> Source<'static> {
        Source::Memory(Cow::Owned(trace))
    }
}

/// What a report says of a trace.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct About {
    /// Where it came from, as the user named it.
    pub name: String,
    /// The files it is in.
    pub files: Vec<String>,
    /// The format it was read as.
    pub format: String,
    /// See [`Trace::fingerprint`].
    pub fingerprint: String,
    /// Requests, of any operation.
    pub requests: usize,
    /// Distinct objects.
    pub objects: usize,
    /// True where it has sizes.
    pub sized: bool,
    /// True where it says what misses cost.
    pub costed: bool,
    /// True where it has times to live.
    pub expires: bool,
    /// True where it may hold other operations than gets.
    pub writes: bool,
    /// True where it may hold deletes.
    pub deletes: bool,
    /// What it is a sample of; `None` where nobody said that it is one.
    pub sample: Option<Drawn>,
    /// What was assumed or changed while reading, in sentences.
    pub notes: Vec<String>,
    /// See [`Trace::tick`].
    pub tick: Option<u64>,
}

impl Source<'_> {
    /// Opens a trace: one native file that is read as it stands is streamed, everything else is read into memory.
    ///
    /// # Errors
    /// See [`read_all`] and [`Native::open`].
    pub fn open(paths: &[PathBuf], options: &ReadOptions) -> Result<Source<'static>> {
        if let [path] = paths
            && options.is_plain()
            && let Some(native) = Native::open(path)?
        {
            return Ok(Source::File(native));
        }
        Ok(read_all(paths, options)?.0.into())
    }

    /// What it is.
    pub fn about(&self) -> About {
        match self {
            Source::Memory(trace) => trace.about(),
            Source::File(native) => About {
                name: native.name.clone(),
                files: vec![native.name.clone()],
                format: "parquet".to_string(),
                fingerprint: native.summary.fingerprint.clone(),
                requests: native.summary.requests as usize,
                objects: native.summary.objects as usize,
                sized: native.has("size"),
                costed: false,
                expires: native.has("ttl"),
                writes: native.has("op"),
                deletes: native.has("op"),
                sample: native.summary.sample,
                notes: native.notes.clone(),
                tick: native.summary.tick,
            },
        }
    }
}
