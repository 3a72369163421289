//! A trace as Python sees it.

use crate::arrow;
use crate::run::{Words, raised, run};
use coldgap::trace::options::{Role, UNITS};
use coldgap::{Error, ReadOptions, Result};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A recorded trace, in memory.
#[pyclass(frozen, module = "coldgap._coldgap")]
pub struct Trace {
    trace: Arc<coldgap::Trace>,
}

impl Trace {
    pub fn trace(&self) -> &coldgap::Trace {
        &self.trace
    }
}

#[pymethods]
impl Trace {
    /// Reads a file, or the table of an Arrow C stream; one of both is given.
    #[new]
    fn new(py: Python<'_>, path: Option<PathBuf>, stream: Option<Bound<'_, PyAny>>, words: Words) -> PyResult<Trace> {
        let table = match stream {
            Some(stream) => {
                let capsule = stream.call_method0("__arrow_c_stream__")?;
                let table = arrow::import(capsule.cast::<PyCapsule>()?).map_err(|error| raised(&error))?;
                Some(table)
            }
            None => None,
        };
        let trace = run(py, None, |interrupt, _| {
            let mut options = ReadOptions { interrupt: interrupt.clone(), ..ReadOptions::default() };
            let mut rate = None;
            for (flag, text) in &words {
                match flag.as_str() {
                    "rate" => rate = Some(parse(flag, text)?),
                    _ => say(&mut options, flag, text)?,
                }
            }
            let mut trace = match (table, &path) {
                (Some(table), _) => arrow::trace(table, &options)?,
                (None, path) => coldgap::trace::read(path.as_deref().unwrap_or(Path::new("-")), &options)?,
            };
            if let Some(rate) = rate {
                if trace.has_times() {
                    return Err(Error::usage("rate is for traces without times, and this one has them")
                        .hint("leave rate out; to change the load of a question use load"));
                }
                trace.space_evenly(rate);
            }
            Ok(trace)
        })?;
        Ok(Trace { trace: Arc::new(trace) })
    }

    #[getter]
    fn name(&self) -> &str {
        &self.trace.name
    }

    #[getter]
    fn format(&self) -> &str {
        &self.trace.format
    }

    #[getter]
    fn fingerprint(&self) -> &str {
        &self.trace.fingerprint
    }

    #[getter]
    fn objects(&self) -> usize {
        self.trace.object_count()
    }

    #[getter]
    fn notes(&self) -> Vec<String> {
        self.trace.notes.clone()
    }

    fn __len__(&self) -> usize {
        self.trace.len()
    }

    /// What `coldgap inspect` says of it, as JSON.
    fn profile(&self, py: Python<'_>) -> PyResult<String> {
        run(py, None, |_, _| {
            serde_json::to_string(&self.trace.profile())
                .map_err(|cause| Error::usage(format!("cannot describe the trace: {cause}")))
        })
    }
}

/// Says one thing of how the trace is to be read.
fn say(options: &mut ReadOptions, flag: &str, text: &str) -> Result<()> {
    match flag {
        "input" => options.format = Some(text.to_string()),
        "columns" => {
            for part in text.split(',') {
                let (role, column) = part.split_once('=').unwrap_or((part, ""));
                let role = Role::ALL.into_iter().find(|known| known.name() == role).ok_or_else(|| {
                    Error::usage(format!("columns: there is no '{role}'"))
                        .hint(format!("it is one of {}", Role::ALL.map(Role::name).join(", ")))
                })?;
                options.columns.push((role, column.to_string()));
            }
        }
        "time-unit" => {
            let unit = UNITS.iter().find(|(name, _)| *name == text);
            let unknown = || {
                Error::usage(format!("time_unit: '{text}' is none"))
                    .hint("write s, ms, us or ns, or mdy or dmy for dates like 3/12/2026")
            };
            options.time_unit = Some(unit.ok_or_else(unknown)?.1);
        }
        "sampled" => options.sampled = Some(parse(flag, text)?),
        "from" => options.from = Some(parse(flag, text)?),
        "until" => options.until = Some(parse(flag, text)?),
        "limit" => options.limit = Some(parse(flag, text)?),
        "sort" => options.sort = parse(flag, text)?,
        _ => return Err(Error::usage(format!("a trace takes no '{flag}'")).hint("see help(coldgap.Trace)")),
    }
    Ok(())
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(flag: &str, text: &str) -> Result<T> {
    let hint = format!("it is written as --{flag} of the command: coldgap gap --help");
    text.trim().parse().map_err(|cause| Error::usage(format!("{flag}: {cause}")).hint(hint))
}
