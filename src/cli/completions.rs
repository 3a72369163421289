//! `coldgap completions`: a script that completes coldgap's commands, options and known values in a shell.

use super::{print_bytes, program};
use crate::error::Result;
use crate::policy::ALL;
use crate::policy::admission::FILTERS;
use crate::trace::FORMATS;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ValueHint};
use clap_complete::Shell;

/// Print a script that completes commands, options and names in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap completions bash > ~/.local/share/bash-completion/completions/coldgap
  coldgap completions zsh > ~/.zfunc/_coldgap
  coldgap completions fish > ~/.config/fish/completions/coldgap.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// # Errors
/// A standard output that cannot be written.
pub fn run(args: &Args) -> Result<()> {
    let mut script = Vec::new();
    let mut program = program().mut_subcommands(|command| command.mut_args(hinted));
    clap_complete::generate(args.shell, &mut program, "coldgap", &mut script);
    print_bytes(&script)
}

/// The argument with the values that it may have, as its placeholder says what it takes.
fn hinted(arg: Arg) -> Arg {
    let placeholder = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    match placeholder.as_deref() {
        Some("POLICY" | "POLICY,...") => arg.value_parser(PossibleValuesParser::new(ALL.iter().map(|info| info.name))),
        Some("POLICY|FILTER") => {
            let filters = FILTERS.iter().map(|filter| filter.name);
            arg.value_parser(PossibleValuesParser::new(ALL.iter().map(|info| info.name).chain(filters)))
        }
        Some("FORMAT") => arg.value_parser(PossibleValuesParser::new(FORMATS.iter().map(|format| format.info().name))),
        Some("TRACE" | "FILE") => arg.value_hint(ValueHint::FilePath),
        Some("DIR") => arg.value_hint(ValueHint::DirPath),
        _ => arg,
    }
}
