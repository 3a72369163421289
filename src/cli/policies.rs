//! `coldgap policies`: lists the eviction policies and admission filters, or documents one.

use super::print;
use crate::error::Result;
use crate::policy::admission::FILTERS;
use crate::policy::spec::PolicySpec;
use crate::policy::{ALL, Info};
use crate::prose::wrapped;
use std::fmt::Write;

/// Width of the paragraphs.
const WIDTH: usize = 100;

/// List the eviction policies and admission filters, or document one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The policy to document
    name: Option<String>,
}

/// Prints the registry, or one of its entries.
///
/// # Errors
/// A policy that is not there.
pub fn run(args: &Args) -> Result<()> {
    match &args.name {
        None => print(&list()),
        Some(name) => print(&document(name.parse::<PolicySpec>()?.info())),
    }
}

fn list() -> String {
    let mut out = String::from("Eviction policies (-p NAME or -p NAME:PARAMETER=VALUE):\n\n");
    let names = ALL.iter().map(|info| info.name).chain(FILTERS.iter().map(|filter| filter.name));
    let width = names.map(str::len).max().unwrap_or(0);
    for info in ALL {
        let _ = writeln!(out, "  {:width$}  {}", info.name, info.summary);
    }
    out.push_str("\nAdmission filters, before any policy (-p lru+NAME):\n\n");
    for filter in FILTERS {
        let _ = writeln!(out, "  {:width$}  {}", filter.name, filter.summary);
    }
    out.push_str("\ncoldgap policies NAME documents one.\n");
    out
}

fn document(info: &Info) -> String {
    let mut out = format!("{}: {}\n\n", info.name, info.summary);
    if !info.aliases.is_empty() {
        let _ = writeln!(out, "Also called: {}", info.aliases.join(", "));
    }
    let _ = writeln!(out, "{}", wrapped(&format!("Published: {}", info.paper), "", WIDTH));
    let _ = writeln!(out, "{}", wrapped(&format!("Poor where: {}", info.weakness), "", WIDTH));
    if info.needs_future || info.unbounded {
        out.push_str("A bound, not a policy one can deploy.\n");
    }
    if info.parameters.is_empty() {
        out.push_str("It has no parameters.\n");
        return out;
    }
    out.push_str("\nParameters:\n");
    for parameter in info.parameters {
        let _ = writeln!(out, "  {}={}", parameter.name, parameter.default);
        let _ = writeln!(out, "{}", wrapped(parameter.help, "      ", WIDTH));
    }
    out
}
