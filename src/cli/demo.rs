//! `coldgap demo`: the whole story on a built-in service, no data needed.

use super::print;
use super::terminal::look;
use crate::analysis::outage::demo::demo;
use crate::error::Result;
use crate::report::outage::demo::render;
use std::io::{self, IsTerminal};
use std::thread::sleep;
use std::time::Duration;

/// A service loses its cache, stays down, and heals once one knob is turned: simulated now, no data needed
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coldgap demo")]
pub struct Args {}

/// Between two lines on a terminal, so that one can watch it happen.
const BEAT: Duration = Duration::from_millis(25);

/// # Errors
/// A standard output that cannot be written.
pub fn run(_: &Args) -> Result<()> {
    let terminal = io::stdout().is_terminal();
    let text = render(&demo()?, &look());
    if !terminal {
        return print(&text);
    }
    for line in text.split_inclusive('\n') {
        print(line)?;
        sleep(BEAT);
    }
    Ok(())
}
