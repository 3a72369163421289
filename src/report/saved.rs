//! A saved report comes back from its JSON as what it was.

use super::compare::CompareReport;
use super::estimate::EstimateReport;
use super::head::Kind;
use super::knobs::{SensitivityReport, WarmupReport};
use super::outage::OutageReport;
use super::replay::ReplayReport;
use super::{Report, SCHEMA_VERSION};
use crate::error::{Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::path::Path;

/// A report of any kind.
pub enum Saved {
    /// Of `coldgap gap`.
    Gap(Box<Report>),
    /// Of `coldgap gap --sample`.
    Estimate(Box<EstimateReport>),
    /// Of `coldgap compare`.
    Compare(Box<CompareReport>),
    /// Of `coldgap outage`.
    Outage(Box<OutageReport>),
    /// Of `coldgap replay`.
    Replay(Box<ReplayReport>),
    /// Of `coldgap sensitivity`.
    Sensitivity(Box<SensitivityReport>),
    /// Of `coldgap warmup`.
    Warmup(Box<WarmupReport>),
}

impl Saved {
    /// Which report it is.
    pub fn kind(&self) -> Kind {
        match self {
            Saved::Gap(_) => Kind::Gap,
            Saved::Estimate(_) => Kind::Estimate,
            Saved::Compare(_) => Kind::Compare,
            Saved::Outage(_) => Kind::Outage,
            Saved::Replay(_) => Kind::Replay,
            Saved::Sensitivity(_) => Kind::Sensitivity,
            Saved::Warmup(_) => Kind::Warmup,
        }
    }
}

/// As much as says what the rest is. Another version may have other kinds.
#[derive(Deserialize)]
struct Outline {
    schema_version: u32,
    report: String,
    tool: super::head::Tool,
}

/// Reads a report that `-o FILE.json` wrote.
///
/// # Errors
/// A file that cannot be read, is no JSON, is no report, is cut off, or was written by a newer version.
pub fn read(path: &Path) -> Result<Saved> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::file(crate::error::Kind::Trace, path, "read the report", &cause).hint("save one with -o FILE.json")
    })?;
    parse(&text).map_err(|error| error.at(name, None))
}

fn parse(text: &str) -> Result<Saved> {
    let Outline { schema_version, report, tool } = from_json(text)?;
    if schema_version > SCHEMA_VERSION {
        return Err(Error::trace(format!(
            "{} {} wrote this report, in schema {schema_version}; this version reads up to {SCHEMA_VERSION}",
            tool.name, tool.version
        ))
        .hint("take at least the version that wrote it"));
    }
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == report) else {
        let known = Kind::ALL.map(Kind::name).join(", ");
        return Err(Error::trace(format!("there is no report '{report}'; there are {known}"))
            .hint("take at least the version that wrote it"));
    };
    Ok(match kind {
        Kind::Gap => Saved::Gap(from_json(text)?),
        Kind::Estimate => Saved::Estimate(from_json(text)?),
        Kind::Compare => Saved::Compare(from_json(text)?),
        Kind::Outage => Saved::Outage(from_json(text)?),
        Kind::Replay => Saved::Replay(from_json(text)?),
        Kind::Sensitivity => Saved::Sensitivity(from_json(text)?),
        Kind::Warmup => Saved::Warmup(from_json(text)?),
    })
}

fn from_json<R: DeserializeOwned>(text: &str) -> Result<R> {
    serde_json::from_str(text).map_err(|cause| {
        let (what, hint) = match cause.classify() {
            Category::Eof => ("the file ends before the report does", "save it again, or copy it again"),
            Category::Data => ("this JSON is no report of coldgap", "coldgap schema says what a report has"),
            Category::Syntax | Category::Io => ("this is not JSON", "save a report with -o FILE.json"),
        };
        Error::trace(format!("{what}: {cause}")).hint(hint)
    })
}
