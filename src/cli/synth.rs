//! `coldgap synth`: makes a trace from a recipe.

use super::output::{self, Output};
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::trace::synthetic::{self, Recipe, recipe};
use crate::trace::write::Form;
use crate::units::{Seconds, grouped};
use std::path::PathBuf;
use std::slice;

/// Make a trace from a recipe: the same recipe and seed give the same bytes
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = example())]
pub struct Args {
    /// The recipe, a TOML file
    recipe: PathBuf,
    /// Where to write the trace; its ending says the format: .parquet, .arrow, .csv, .oracleGeneral or .log, and after
    /// that .gz or .zst to compress
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Take this seed instead of the recipe's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

const EXAMPLES: &str = "Examples:
  coldgap synth recipe.toml -o trace.parquet
  coldgap synth recipe.toml -o trace.csv.gz --seed 2";

fn example() -> String {
    format!("The fields of a recipe:\n\n{}\n{EXAMPLES}", recipe::EXAMPLE)
}

/// # Errors
/// A recipe that cannot be read or used, or a target that cannot be written or cannot hold such a trace.
pub fn run(args: &Args, interrupt: &Interrupt) -> Result<()> {
    let form = Form::of(&args.output)?;
    let text = std::fs::read_to_string(&args.recipe).map_err(|cause| {
        Error::file(Kind::Usage, &args.recipe, "read the recipe", &cause)
            .hint("coldgap synth --help shows one; samples are in the folder traces of the source")
    })?;
    let mut recipe = Recipe::parse(&text, &args.recipe.display().to_string())?;
    recipe.seed = args.seed.unwrap_or(recipe.seed);
    output::check_distinct(slice::from_ref(&args.output), slice::from_ref(&args.recipe))?;
    let mut output = Output::create(&args.output)?.until(interrupt);
    let trace = synthetic::generate_unless(&recipe, interrupt)?;
    form.write(&trace, &mut output)?;
    output.finish()?;
    let span = Seconds(trace.times.last().copied().unwrap_or(0) as f64 / 1e9);
    eprintln!(
        "{}: {} requests for {} objects over {span}; fingerprint {}",
        args.output.display(),
        grouped(trace.len() as u64),
        grouped(trace.object_count() as u64),
        trace.fingerprint
    );
    Ok(())
}
