//! Where a report goes, by the target's ending: JSON, CSV, Parquet, Markdown, HTML or metrics, or JSON on standard output.

use super::output::{self, Output};
use super::print;
use crate::error::{Error, Kind, Result};
use crate::report::frame::Table;
use crate::report::gates::Gated;
use crate::report::render::Render;
use crate::report::{frame, html, json, markdown, metrics};
use std::io::Write;
use std::path::{Path, PathBuf};

/// An open target.
pub enum Target {
    Stdout,
    Json(Output),
    Csv(Output),
    Parquet(Output),
    Markdown(Output),
    Html(Output),
    Metrics(Output),
}

impl Target {
    fn open_one(path: &Path) -> Result<Target> {
        if path.as_os_str() == "-" {
            return Ok(Target::Stdout);
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "json" => Ok(Target::Json(Output::create(path)?)),
            "csv" => Ok(Target::Csv(Output::create(path)?)),
            "parquet" => Ok(Target::Parquet(Output::create(path)?)),
            "md" | "markdown" => Ok(Target::Markdown(Output::create(path)?)),
            "html" | "htm" => Ok(Target::Html(Output::create(path)?)),
            "prom" => Ok(Target::Metrics(Output::create(path)?)),
            _ => Err(Error::usage(format!("cannot tell the output's type from '{}'", path.display()))
                .hint("end its name in .json, .csv, .parquet, .md, .html or .prom; - writes JSON to standard output")),
        }
    }

    /// True for what is read without coldgap at hand.
    pub fn is_page(&self) -> bool {
        matches!(self, Target::Html(_))
    }

    fn write(self, report: &(impl Render + Table + Gated)) -> Result<()> {
        match self {
            Target::Stdout => print(&json::render(report)?),
            Target::Json(output) => write_text(output, &json::render(report)?),
            Target::Markdown(output) => write_text(output, &markdown::render(&report.page())),
            Target::Html(output) => write_text(output, &html::render(&report.page())),
            Target::Metrics(output) => write_text(output, &metrics::render(report)),
            Target::Csv(mut output) => {
                frame::write_csv(report, &mut output)?;
                output.finish()
            }
            Target::Parquet(mut output) => {
                frame::write_parquet(report, &mut output)?;
                output.finish()
            }
        }
    }
}

fn write_text(mut output: Output, text: &str) -> Result<()> {
    let written = output.write_all(text.as_bytes());
    written.map_err(|cause| Error::file(Kind::Usage, output.path(), "write the output", &cause))?;
    output.finish()
}

/// Opens all targets of what is made of these inputs, before the work starts.
///
/// # Errors
/// An ending that is not known, a file that cannot be written, or one of the inputs.
pub fn open(paths: &[PathBuf], inputs: &[PathBuf]) -> Result<Vec<Target>> {
    output::check_there(inputs)?;
    output::check_distinct(paths, inputs)?;
    paths.iter().map(|path| Target::open_one(path)).collect()
}

/// Writes a report to all targets; true where one of them was standard output.
///
/// # Errors
/// A target that cannot be written to its end.
pub fn write(targets: Vec<Target>, report: &(impl Render + Table + Gated)) -> Result<bool> {
    let mut to_stdout = false;
    for target in targets {
        to_stdout |= matches!(target, Target::Stdout);
        target.write(report)?;
    }
    Ok(to_stdout)
}
