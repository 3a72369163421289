//! Parts of a gap report's work as files: what each says of itself, and several put together again.
//!
//! A file is lines of JSON: a head, then what is known of each trace, then what each task found. Numbers come back to the last bit.

use crate::analysis::{Done, Findings, Task};
use crate::error::{Error, Result};
use crate::prose::quoted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Which part of which work a file is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartHead {
    /// Of coldgap.
    pub version: String,
    /// The command line whose report this is a part of, word by word.
    pub command: Vec<String>,
    /// How many parts there are.
    pub of: usize,
    /// Which of them this is, from 0.
    pub index: usize,
    /// How many lines follow.
    pub lines: usize,
}

/// A line of a file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    ColdgapPart(PartHead),
    /// A trace by its place on the command line, and what is known of it without any task.
    Trace(usize, Box<Findings>),
    Task(usize, Task, Done),
}

/// What is written of one trace.
pub type OfTrace<'a> = (usize, &'a Findings, &'a BTreeMap<Task, Done>);

/// The parts of one report, put together: by trace, what is known of it and what every task found.
pub struct Merged {
    /// The command line whose report it is.
    pub command: Vec<String>,
    /// In the order of the command line.
    pub traces: Vec<(Findings, BTreeMap<Task, Done>)>,
}

/// Which tasks of so many traces are those of a part, by trace. `tasks`: of one trace, the longest first.
pub fn share(tasks: &[Task], traces: usize, (of, index): (usize, usize)) -> BTreeMap<usize, Vec<Task>> {
    let all = tasks.iter().flat_map(|task| (0..traces).map(move |trace| (trace, *task)));
    let mut own: BTreeMap<usize, Vec<Task>> = BTreeMap::new();
    all.skip(index).step_by(of).for_each(|(trace, task)| own.entry(trace).or_default().push(task));
    own
}

/// A file's text. `head.lines` is filled in.
///
/// # Errors
/// Never, as long as all numbers are finite.
pub fn render(head: PartHead, traces: &[OfTrace<'_>]) -> Result<String> {
    let mut lines = Vec::new();
    for (trace, bare, done) in traces {
        lines.push(Line::Trace(*trace, Box::new((*bare).clone())));
        lines.extend(done.iter().map(|(task, done)| Line::Task(*trace, *task, done.clone())));
    }
    let head = Line::ColdgapPart(PartHead { lines: lines.len(), ..head });
    let mut text = String::new();
    for line in std::iter::once(&head).chain(&lines) {
        let line =
            serde_json::to_string(line).map_err(|cause| Error::usage(format!("cannot write the part: {cause}")))?;
        text += &line;
        text.push('\n');
    }
    Ok(text)
}

/// A file that was read.
struct Part<'t> {
    path: &'t Path,
    head: PartHead,
    /// Of each trace and of each task on it, the line as it stands.
    lines: BTreeMap<(usize, Option<Task>), &'t str>,
}

impl<'t> Part<'t> {
    fn parse(path: &'t Path, text: &'t str) -> Result<Part<'t>> {
        let wrong = |what: String, hint: &str| Error::trace(what).at(path.display(), None).hint(hint);
        let no_part = || wrong("this is no part of a report".to_string(), "coldgap part gap writes parts");
        let mut all = text.lines();
        let Some(Ok(Line::ColdgapPart(head))) = all.next().map(serde_json::from_str) else { return Err(no_part()) };
        let again = "copy it again, or do this part again";
        let all: Vec<&str> = all.collect();
        if all.len() != head.lines || !text.ends_with('\n') {
            return Err(wrong("the file ends before the part does".to_string(), again));
        }
        let mut lines = BTreeMap::new();
        for (i, line) in all.into_iter().enumerate() {
            let key = match serde_json::from_str(line) {
                Ok(Line::Trace(trace, _)) => (trace, None),
                Ok(Line::Task(trace, task, _)) => (trace, Some(task)),
                Ok(Line::ColdgapPart(_)) => return Err(no_part()),
                Err(cause) if head.version == env!("CARGO_PKG_VERSION") => {
                    return Err(wrong(format!("line {}: {cause}", i + 2), again));
                }
                // Whose it is, says [`merge`].
                Err(_) => continue,
            };
            lines.insert(key, line);
        }
        Ok(Part { path, head, lines })
    }
}

/// Puts the parts of one report together, each with the name of its file. Parts that are there twice count once.
///
/// # Errors
/// A file that is no part or is cut off; one of another version, question, division or trace; two that differ in what must be
/// the same; parts that are missing.
pub fn merge(files: &[(&Path, &str)]) -> Result<Merged> {
    let parts = files.iter().map(|(path, text)| Part::parse(path, text)).collect::<Result<Vec<_>>>()?;
    let Some(first) = parts.first() else { return Err(Error::usage("no part was given")) };
    parts.iter().try_for_each(|part| of_one_report(first, part))?;
    let missing: Vec<usize> =
        (0..first.head.of).filter(|index| parts.iter().all(|part| part.head.index != *index)).collect();
    if let Some(index) = missing.first() {
        let of = first.head.of;
        let shown: Vec<String> = missing.iter().take(20).map(ToString::to_string).collect();
        let more = if missing.len() > shown.len() { ", ..." } else { "" };
        return Err(Error::trace(format!("{} of {of} parts are missing: {}{more}", missing.len(), shown.join(", ")))
            .hint(format!(
                "coldgap part {} --of {of} --index {index} -o part{index}.part",
                first.head.command.iter().skip(1).map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
            )));
    }
    let mut lines: BTreeMap<(usize, Option<Task>), (&str, &Path)> = BTreeMap::new();
    for part in &parts {
        for (key, line) in &part.lines {
            let (known, other) = *lines.entry(*key).or_insert((line, part.path));
            if known != *line {
                return Err(differ(known, line, part.path, other));
            }
        }
    }
    let mut traces: BTreeMap<usize, (Option<Findings>, BTreeMap<Task, Done>)> = BTreeMap::new();
    for (line, path) in lines.into_values() {
        let damaged = |cause: serde_json::Error| Error::trace(cause.to_string()).at(path.display(), None);
        match serde_json::from_str(line).map_err(damaged)? {
            Line::ColdgapPart(_) => {}
            Line::Trace(trace, bare) => traces.entry(trace).or_default().0 = Some(*bare),
            Line::Task(trace, task, done) => {
                traces.entry(trace).or_default().1.insert(task, done);
            }
        }
    }
    let traces = traces.into_values().filter_map(|(bare, done)| Some((bare?, done))).collect();
    Ok(Merged { command: first.head.command.clone(), traces })
}

/// Refuses a part that belongs to something else than the first.
fn of_one_report(first: &Part<'_>, part: &Part<'_>) -> Result<()> {
    let (own, other) = (&part.head, &first.head);
    let name = first.path.display();
    let version = env!("CARGO_PKG_VERSION");
    let wrong = if own.version != version {
        format!("coldgap {} wrote this part; this is {version}", own.version)
    } else if own.command != other.command {
        format!(
            "this part answers another question than {name}: {} and {}",
            own.command.join(" "),
            other.command.join(" ")
        )
    } else if own.of != other.of {
        format!("this is one of {} parts, and {name} one of {}", own.of, other.of)
    } else {
        return Ok(());
    };
    Err(Error::trace(wrong).at(part.path.display(), None).hint("merge parts of one report, made by one version"))
}

/// What is wrong with two lines that must be the same.
fn differ(known: &str, line: &str, path: &Path, other: &Path) -> Error {
    let of = |line| match serde_json::from_str(line) {
        Ok(Line::Trace(_, bare)) => Some(bare.trace),
        _ => None,
    };
    let what = match (of(known), of(line)) {
        (Some(a), Some(b)) if a.fingerprint != b.fingerprint => format!("it read another {}", b.name),
        (Some(a), _) => format!("it says otherwise of {}", a.name),
        _ => "it found something else in the same task".to_string(),
    };
    Error::trace(format!("{what} than {}", other.display()))
        .at(path.display(), None)
        .hint("leave one of them out: both cannot be of this report")
}
