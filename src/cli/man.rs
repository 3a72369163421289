//! `coldgap man`: the manual page of coldgap, or of one command, made from what --help says.

use super::{print_bytes, program};
use crate::error::{Error, Result};
use crate::suggest::nearest;
use clap::Command;
use clap_mangen::Man;

/// Print the manual page of coldgap, or of one command
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap man | man -l -
  coldgap man gap > ~/.local/share/man/man1/coldgap-gap.1")]
pub struct Args {
    /// The command
    command: Option<String>,
}

/// # Errors
/// A command that is not there, or a standard output that cannot be written.
pub fn run(args: &Args) -> Result<()> {
    let program = program();
    let command = match &args.command {
        None => program,
        Some(name) => command(&program, name)?,
    };
    let mut page = Vec::new();
    let written = Man::new(command).render(&mut page);
    written.map_err(|cause| Error::usage(format!("cannot write the page: {cause}")))?;
    print_bytes(&page)
}

/// The command by itself, as its page calls it.
fn command(program: &Command, name: &str) -> Result<Command> {
    let command = program.find_subcommand(name).ok_or_else(|| {
        let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("one of: {}", names.join(", ")),
        };
        Error::usage(format!("there is no command '{name}'")).hint(hint)
    })?;
    Ok(command.clone().display_name(format!("coldgap-{name}")))
}
