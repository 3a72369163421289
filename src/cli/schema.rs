//! `coldgap schema`: the JSON Schema of a report.

use super::print;
use crate::error::Result;
use crate::report::head::Kind;
use crate::report::schema::schema;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// The JSON Schema of a report
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap schema gap > gap.schema.json")]
pub struct Args {
    /// Which report: the subcommand that makes it
    #[arg(value_name = "REPORT", default_value = Kind::Gap.name(), value_parser = kind())]
    report: Kind,
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
        .map(|name| Kind::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Kind::Gap))
}

/// # Errors
/// A standard output that cannot be written.
pub fn run(args: &Args) -> Result<()> {
    print(&schema(args.report)?)
}
