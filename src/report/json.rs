//! The report as JSON: every number, units in the names, nulls for what is unknown.

use crate::error::{Error, Result};
use serde::Serialize;

/// The whole report, indented, with a final newline.
///
/// # Errors
/// None that a report can cause.
pub fn render(report: &impl Serialize) -> Result<String> {
    let text =
        serde_json::to_string_pretty(report).map_err(|cause| Error::usage(format!("cannot write JSON: {cause}")))?;
    Ok(text + "\n")
}
