//! Writes traces as files of the formats that coldgap reads. One file per format; the ending of the name decides.
//!
//! The law of every writer: what it wrote is read back as the same trace, by fingerprint. A trace that a format cannot
//! hold is refused rather than bent. The native format is written beside its reader ([`super::parquet`]).

mod access_log;
mod arrow_ipc;
mod csv;
mod oracle_general;

use super::{Trace, parquet, ticks};
use crate::error::{Error, Result};
use crate::request::SECOND;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::path::Path;

/// A target that a trace is written to.
pub type Target<'t> = &'t mut (dyn Write + Send);

/// How a format is written.
struct Writer {
    /// Endings of file names, without the dot.
    extensions: &'static [&'static str],
    write: fn(&Trace, Target<'_>) -> Result<()>,
}

/// Every format that is written.
static WRITERS: &[Writer] = &[
    Writer { extensions: &["parquet"], write: |trace, target| parquet::write(trace, target) },
    Writer { extensions: &["arrow"], write: arrow_ipc::write },
    Writer { extensions: &["csv"], write: csv::write },
    Writer { extensions: &["oracleGeneral", "bin"], write: oracle_general::write },
    Writer { extensions: &["log"], write: access_log::write },
];

/// Compressions, by ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Zstd,
}

/// High, since samples are written once and fetched often.
const ZSTD_LEVEL: i32 = 19;

/// What a file's name asks for.
pub struct Form {
    writer: &'static Writer,
    compression: Compression,
}

impl Form {
    /// The format and compression that a file's name ends with: `a.csv`, `a.log.gz`, `a.oracleGeneral.zst`.
    ///
    /// # Errors
    /// An ending that no format has.
    pub fn of(path: &Path) -> Result<Form> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (name, compression) = match name.rsplit_once('.') {
            Some((stem, "gz")) => (stem, Compression::Gzip),
            Some((stem, "zst")) => (stem, Compression::Zstd),
            _ => (name.as_ref(), Compression::None),
        };
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let writer =
            WRITERS.iter().find(|writer| writer.extensions.iter().any(|known| known.eq_ignore_ascii_case(ending)));
        writer.map(|writer| Form { writer, compression }).ok_or_else(|| {
            let known: Vec<String> =
                WRITERS.iter().flat_map(|writer| writer.extensions).map(|ending| format!(".{ending}")).collect();
            Error::usage("the name's ending says no format that traces are written in")
                .at(path.display(), None)
                .hint(format!("end it in {}; .gz or .zst after that compresses", known.join(", ")))
        })
    }

    /// Writes a trace in this form.
    ///
    /// # Errors
    /// A target that cannot be written, or a trace that the format cannot hold.
    pub fn write(&self, trace: &Trace, target: Target<'_>) -> Result<()> {
        match self.compression {
            Compression::None => (self.writer.write)(trace, target),
            Compression::Gzip => {
                let mut encoder = GzEncoder::new(target, flate2::Compression::best());
                (self.writer.write)(trace, &mut encoder)?;
                encoder.finish().map(drop).map_err(failed)
            }
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(target, ZSTD_LEVEL).map_err(failed)?;
                (self.writer.write)(trace, &mut encoder)?;
                encoder.finish().map(drop).map_err(failed)
            }
        }
    }
}

fn failed(cause: io::Error) -> Error {
    Error::usage(format!("cannot write the trace: {cause}"))
}

/// A trace that a format cannot hold.
fn refused(trace: &Trace, what: &str, hint: &str) -> Error {
    Error::usage(what).at(&trace.name, None).hint(hint)
}

/// The times of requests in seconds since 1970, for formats with nothing finer.
///
/// # Errors
/// A trace without times, or one whose times are not what a reader makes of whole seconds.
fn whole_seconds(trace: &Trace) -> Result<Vec<u64>> {
    if !trace.has_times() {
        return Err(refused(trace, "this format needs times, and the trace has none", "write it as .csv or .parquet"));
    }
    let seconds: Vec<u64> = trace.times.iter().map(|time| (trace.start + time) / SECOND).collect();
    let begin = seconds[0] * SECOND;
    let mut read_back: Vec<u64> = seconds.iter().map(|second| second * SECOND - begin).collect();
    ticks::spread(&mut read_back, begin, 0);
    if read_back != trace.times {
        return Err(refused(
            trace,
            "this format holds whole seconds, and the trace has finer times",
            "set arrivals.clock = \"1s\" in the recipe, or write it as .csv or .parquet",
        ));
    }
    Ok(seconds)
}
