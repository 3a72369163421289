//! The journal of a long replay: finished cells, one JSON line each, so that a rerun need not replay them again.
//!
//! A folder holds one file per trace, named by its fingerprint. A line says which cell it is of (version, trace, policy,
//! capacity, warm-up) and ends in a hash of itself, so that nothing is taken for what it is not. It knows no policy and prints nothing but warnings.

use crate::error::{Error, Kind, Result};
use crate::replay::Tally;
use crate::replay::cell::Cell;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use xxhash_rust::xxh3::xxh3_64;

/// One finished cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    version: String,
    trace: String,
    /// Position of the first counted request.
    warm: usize,
    policy: String,
    capacity_objects: Option<u64>,
    capacity_bytes: Option<u64>,
    #[serde(flatten)]
    total: Tally,
}

/// The journal of one trace, open.
pub struct Journal {
    path: PathBuf,
    trace: String,
    warm: usize,
    known: Vec<Entry>,
    /// True until a line could not be written.
    writes: Mutex<bool>,
}

/// Makes the folder where it is missing, and makes sure that it can be written to, before the work starts.
///
/// # Errors
/// A folder that cannot be made or written to.
pub fn check(folder: &Path) -> Result<()> {
    let failed = |cause: io::Error| {
        Error::file(Kind::Usage, folder, "write the journal", &cause)
            .hint("name a folder that may be written to, or leave --journal out")
    };
    fs::create_dir_all(folder).map_err(failed)?;
    tempfile::Builder::new().prefix(".coldgap-").tempfile_in(folder).map(drop).map_err(failed)
}

impl Journal {
    /// Opens the journal of a trace whose warm-up ends at `warm`, and reads what is there.
    ///
    /// # Errors
    /// A file that cannot be read, or that is no journal.
    pub fn open(folder: &Path, fingerprint: &str, warm: usize) -> Result<Journal> {
        let path = folder.join(format!("replay-{fingerprint}.jsonl"));
        let known = read(&path)?;
        Ok(Journal { path, trace: fingerprint.to_string(), warm, known, writes: Mutex::new(true) })
    }

    fn entry(&self, cell: &Cell, total: Tally) -> Entry {
        Entry {
            version: env!("CARGO_PKG_VERSION").to_string(),
            trace: self.trace.clone(),
            warm: self.warm,
            policy: cell.policy.to_string(),
            capacity_objects: cell.capacity.objects(),
            capacity_bytes: cell.capacity.bytes(),
            total,
        }
    }

    /// What an earlier run found for this very cell.
    pub fn known(&self, cell: &Cell) -> Option<Tally> {
        self.known
            .iter()
            .map(|entry| entry.total)
            .zip(&self.known)
            .find_map(|(total, entry)| (self.entry(cell, total) == *entry).then_some(total))
    }

    /// Adds a finished cell. Where that fails a warning is printed, once, and the run goes on: its result is not worth less.
    pub fn add(&self, cell: &Cell, total: &Tally) {
        let Ok(mut writes) = self.writes.lock() else { return };
        if *writes && let Err(cause) = self.append(&self.entry(cell, *total)) {
            *writes = false;
            eprintln!(
                "warning: {}: cannot write the journal: {cause}; finished cells are no longer saved",
                self.path.display()
            );
        }
    }

    /// The file is opened by its name every time, so that a folder that vanished is noticed.
    fn append(&self, entry: &Entry) -> io::Result<()> {
        let line = checked(&serde_json::to_string(entry)?);
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }
}

/// What stands before a line's hash, and behind it.
const CHECK: &str = ",\"check\":\"";
const CHECK_END: &str = "\"}";

/// An entry's line with the hash of what stands before it.
fn checked(json: &str) -> String {
    let body = json.strip_suffix('}').unwrap_or(json);
    format!("{body}{CHECK}{:016x}{CHECK_END}\n", xxh3_64(body.as_bytes()))
}

/// True for a line as [`checked`] makes it.
fn is_whole(line: &[u8]) -> bool {
    let parts = line.strip_suffix(CHECK_END.as_bytes()).and_then(|line| line.split_last_chunk::<16>());
    let Some((body, check)) = parts else { return false };
    body.strip_suffix(CHECK.as_bytes()).is_some_and(|body| format!("{:016x}", xxh3_64(body)).as_bytes() == check)
}

/// All entries that are whole. A last line that was torn, by a crash while it was written, is cut off.
fn read(path: &Path) -> Result<Vec<Entry>> {
    let failed = |cause: io::Error| Error::file(Kind::Usage, path, "read the journal", &cause);
    let text = match fs::read(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(failed)?,
    };
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < text.len() {
        eprintln!("note: {}: the last line was not written to its end; its cell is replayed again", path.display());
        File::options().write(true).open(path).and_then(|file| file.set_len(whole as u64)).map_err(failed)?;
    }
    let lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let damaged = lines.clone().filter(|line| line.contains(&b'}') && !is_whole(line)).count();
    if damaged > 0 {
        eprintln!(
            "note: {}: lines that are damaged, or of an older version: {damaged}; their cells are replayed again",
            path.display()
        );
    }
    let parse = |(i, line): (usize, &[u8])| {
        serde_json::from_slice(line).map_err(|cause| {
            Error::usage(format!("line {} is not of a journal: {cause}", i + 1))
                .at(path.display(), None)
                .hint("take the line or the file away; its cells are replayed again")
        })
    };
    lines.enumerate().filter(|(_, line)| !line.contains(&b'}') || is_whole(line)).map(parse).collect()
}
