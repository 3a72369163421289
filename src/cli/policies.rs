//! `coldgap policies`: lists the eviction policies and admission filters, or documents one.

use super::print;
use super::terminal::look;
use crate::error::Result;
use crate::policy::admission::{self, FILTERS, FilterInfo};
use crate::policy::spec::PolicySpec;
use crate::policy::{ALL, Info, Parameter};
use crate::prose::wrapped;
use std::fmt::Write;

/// Width of the paragraphs, where there is room.
const WIDTH: usize = 100;

/// List the eviction policies and admission filters, or document one
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap policies
  coldgap policies s3fifo")]
pub struct Args {
    /// The policy or filter to document
    #[arg(value_name = "POLICY|FILTER")]
    name: Option<String>,
}

/// Prints the registry, or one of its entries.
///
/// # Errors
/// A name that is neither a policy nor a filter.
pub fn run(args: &Args) -> Result<()> {
    match &args.name {
        None => print(&list()),
        Some(name) => match admission::info(name) {
            Some(filter) => print(&Entry::of_filter(filter).text()),
            None => print(&Entry::of_policy(name.parse::<PolicySpec>()?.info()).text()),
        },
    }
}

fn list() -> String {
    let mut out = String::from("Eviction policies (-p NAME or -p NAME:PARAMETER=VALUE):\n\n");
    let names = ALL.iter().map(|info| info.name).chain(FILTERS.iter().map(|filter| filter.name));
    let width = names.map(str::len).max().unwrap_or(0);
    for info in ALL {
        let _ = writeln!(out, "  {:width$}  {}", info.name, info.summary);
    }
    out.push_str("\nAdmission filters, before a policy (-p lru+NAME or -p lru+NAME:PARAMETER=VALUE):\n\n");
    for filter in FILTERS {
        let _ = writeln!(out, "  {:width$}  {}", filter.name, filter.summary);
    }
    out.push_str("\ncoldgap policies NAME documents one.\n");
    out
}

/// One entry of either registry.
struct Entry {
    name: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    paper: &'static str,
    weakness: &'static str,
    note: Option<&'static str>,
    parameters: &'static [Parameter],
}

impl Entry {
    fn of_policy(info: &Info) -> Entry {
        let &Info { name, aliases, summary, paper, weakness, parameters, .. } = info;
        let is_bound = info.needs_future || info.unbounded;
        let note = is_bound.then_some("A bound, not a policy one can deploy.");
        Entry { name, aliases, summary, paper, weakness, note, parameters }
    }

    fn of_filter(info: &FilterInfo) -> Entry {
        let &FilterInfo { name, aliases, summary, paper, weakness, parameters, .. } = info;
        let note = info.needs_victim.then_some("It stands only before policies that name their victim beforehand.");
        Entry { name, aliases, summary, paper, weakness, note, parameters }
    }

    fn text(&self) -> String {
        let width = look().room().min(WIDTH);
        let mut out = format!("{}: {}\n\n", self.name, self.summary);
        if !self.aliases.is_empty() {
            let _ = writeln!(out, "Also called: {}", self.aliases.join(", "));
        }
        let _ = writeln!(out, "{}", wrapped(&format!("Published: {}", self.paper), "", width));
        let _ = writeln!(out, "{}", wrapped(&format!("Poor where: {}", self.weakness), "", width));
        if let Some(note) = self.note {
            let _ = writeln!(out, "{note}");
        }
        if self.parameters.is_empty() {
            out.push_str("It has no parameters.\n");
            return out;
        }
        out.push_str("\nParameters:\n");
        for parameter in self.parameters {
            let _ = writeln!(out, "  {}={}", parameter.name, parameter.default);
            let _ = writeln!(out, "{}", wrapped(parameter.help, "      ", width));
        }
        out
    }
}
