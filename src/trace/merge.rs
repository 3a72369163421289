//! Several files that are one service: rotated logs, or the logs of several servers. Their rows are put into one order, and what
//! is said of single files says of which.
//!
//! It works on columns of times and on names, and knows no format.

use super::sample::Drawn;
use super::ticks;
use crate::error::{Error, Result};
use crate::request::SECOND;
use crate::units::Seconds;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;

/// A pause between two files is worth a word from this length on, in nanoseconds.
const LONG_PAUSE: u64 = 60 * SECOND;

/// One file of a service.
#[derive(Debug)]
pub struct Part {
    /// As the user named it.
    pub name: String,
    /// Its rows.
    pub rows: Range<usize>,
    /// What it is a sample of.
    pub sample: Option<Drawn>,
    /// What was assumed or changed while reading it, in sentences.
    pub notes: Vec<String>,
}

/// Refuses a file that is given twice: its requests would count twice.
///
/// # Errors
/// The file.
pub fn check_distinct(paths: &[PathBuf]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let is_new = |path: &&PathBuf| !seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
    match paths.iter().find(is_new) {
        None => Ok(()),
        Some(path) => Err(Error::usage("this file is given twice, and its requests would count twice")
            .at(path.display(), None)
            .hint("name each file once")),
    }
}

/// A service's name: that of its one file, or of the first with the number of the others.
pub fn name(files: &[String]) -> String {
    match files {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, others @ ..] => format!("{one} and {} more", others.len()),
    }
}

/// Brings the files into the order of their first requests.
pub fn sort(parts: &mut [Part], times: &[u64]) {
    parts.sort_by_key(|part| times[part.rows.clone()].iter().min().copied());
}

/// Brings the rows into the order of time: their positions, those of one time in the order of the files. Requests that share a tick are spread inside it file by file where clocks tick
/// differently; then the coarsest tick that was spread is returned.
pub fn order(parts: &[Part], times: &mut [u64]) -> (Vec<u32>, Option<u64>) {
    let mut order: Vec<u32> = (0..times.len() as u32).collect();
    for part in parts {
        order[part.rows.clone()].sort_by_key(|i| times[*i as usize]);
    }
    let clocks: BTreeSet<Option<u64>> = parts.iter().map(|part| ticks::coarse(&times[part.rows.clone()], 0)).collect();
    let mut tick = None;
    if clocks.len() > 1 {
        for part in parts {
            let rows = &order[part.rows.clone()];
            let mut own: Vec<u64> = rows.iter().map(|i| times[*i as usize]).collect();
            tick = tick.max(ticks::spread(&mut own, 0, 0));
            rows.iter().zip(own).for_each(|(i, time)| times[*i as usize] = time);
        }
    }
    order = parts.iter().flat_map(|part| &order[part.rows.clone()]).copied().collect();
    order.sort_by_key(|i| times[*i as usize]);
    (order, tick)
}

/// What is to be said of the files: which they are, what holds for single ones, and where one may be missing between them.
/// `times` are those of all rows, in the order in which they were read.
pub fn notes(parts: &[Part], times: &[u64]) -> Vec<String> {
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    let mut notes = vec![format!("{} files are one service, merged by time: {}", parts.len(), names.join(", "))];
    for (i, part) in parts.iter().enumerate() {
        for note in &part.notes {
            let holds = |part: &&Part| part.notes.contains(note);
            if parts.iter().all(|part| part.notes.contains(note)) {
                notes.extend((i == 0).then(|| note.clone()));
            } else if parts.iter().position(|part| holds(&part)) == Some(i) {
                let names: Vec<&str> = parts.iter().filter(holds).map(|part| part.name.as_str()).collect();
                notes.push(format!("{}: {note}", names.join(", ")));
            }
        }
    }
    let spans = parts.iter().filter_map(|part| {
        let times = &times[part.rows.clone()];
        Some((part, *times.iter().min()?, *times.iter().max()?))
    });
    let pause_inside = |part: &Part| {
        let mut times = times[part.rows.clone()].to_vec();
        times.sort_unstable();
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
    };
    let mut until: Option<(&Part, u64)> = None;
    for (part, first, last) in spans {
        if let Some((before, end)) = until
            && first.saturating_sub(end) > LONG_PAUSE
            && first - end > parts.iter().map(pause_inside).max().unwrap_or(0)
        {
            notes.push(format!(
                "nothing was recorded for {} between {} and {}: is a file missing?",
                Seconds((first - end) as f64 / SECOND as f64),
                before.name,
                part.name
            ));
        }
        if until.is_none_or(|(_, end)| last >= end) {
            until = Some((part, last));
        }
    }
    notes
}

/// Refuses a file that cannot be put together with the one before it.
///
/// # Errors
/// A file without times, or one that is a sample of another share.
pub fn check_alike(before: &Part, part: &Part, has_times: bool) -> Result<()> {
    let apart = "read each by itself: --each";
    if !has_times {
        return Err(Error::trace("several files are merged by time, and this one has no times")
            .at(&part.name, None)
            .hint(apart));
    }
    if before.sample != part.sample {
        let share = |part: &Part| part.sample.map_or("all".to_string(), |drawn| drawn.share.to_string());
        let (one, other) = (share(before), share(part));
        return Err(Error::trace(format!(
            "has {other} of its keys where {} has {one}: no load is right for both",
            before.name
        ))
        .at(&part.name, None)
        .hint(apart));
    }
    Ok(())
}
