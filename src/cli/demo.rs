//! `coldgap demo`: the whole story on a built-in service, no data needed.

use super::print;
use crate::analysis::outage::demo::demo;
use crate::error::Result;
use crate::report::chart::Ink;
use crate::report::outage::demo::{Look, render};
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
    let text = render(&demo()?, look(terminal, |name| std::env::var(name).unwrap_or_default()));
    if !terminal {
        return print(&text);
    }
    for line in text.split_inclusive('\n') {
        print(line)?;
        sleep(BEAT);
    }
    Ok(())
}

/// What a terminal can show, by its environment; files and pipes get plain ASCII.
fn look(terminal: bool, variable: impl Fn(&str) -> String) -> Look {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(&variable).into_iter().find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    let has_blocks = locale.contains("utf-8") || locale.contains("utf8");
    let colour = variable("NO_COLOR").is_empty() && variable("TERM") != "dumb";
    Look { ink: if terminal && has_blocks { Ink::Blocks } else { Ink::Ascii }, colour: terminal && colour }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_and_blocks_are_for_terminals_that_have_them() {
        let utf8 = |name: &str| if name == "LANG" { "en_US.UTF-8".to_string() } else { String::new() };
        assert!(look(true, utf8).colour && look(true, utf8).ink == Ink::Blocks);
        assert!(!look(false, utf8).colour && look(false, utf8).ink == Ink::Ascii);
        let posix = |name: &str| if name == "LC_ALL" { "C".to_string() } else { utf8(name) };
        assert_eq!(look(true, posix).ink, Ink::Ascii);
        let plain = |name: &str| if name == "NO_COLOR" { "1".to_string() } else { utf8(name) };
        assert!(!look(true, plain).colour);
    }
}
