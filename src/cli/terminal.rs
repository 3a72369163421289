//! What this process's terminal can show, decided once from the terminal and the environment. Files and pipes get the same
//! text everywhere.

use crate::report::chart::Ink;
use crate::report::sheet::look::Look;
use std::io::IsTerminal;
use terminal_size::{Width, terminal_size_of};

/// Columns of a terminal that does not say.
const COLUMNS: usize = 80;

/// How text on standard output may look.
pub fn look() -> Look {
    let stdout = std::io::stdout();
    let columns = || terminal_size_of(&stdout).map(|(Width(columns), _)| usize::from(columns));
    decide(stdout.is_terminal(), columns, |name| std::env::var(name).unwrap_or_default())
}

/// `columns`: how many the terminal has, where it says so. COLUMNS goes before it; NO_COLOR before CLICOLOR_FORCE.
fn decide(terminal: bool, columns: impl Fn() -> Option<usize>, variable: impl Fn(&str) -> String) -> Look {
    let is_forced = !["", "0"].contains(&variable("CLICOLOR_FORCE").as_str());
    let may = terminal && variable("TERM") != "dumb";
    let colour = variable("NO_COLOR").is_empty() && (may || is_forced);
    if !terminal {
        let mut look = Look::FILE;
        look.colour = colour;
        return look;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(&variable).into_iter().find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    let ink = if locale.contains("utf-8") || locale.contains("utf8") { Ink::Blocks } else { Ink::Ascii };
    let told = variable("COLUMNS").parse().ok().filter(|columns| *columns > 0);
    Look::terminal(told.or_else(columns).unwrap_or(COLUMNS), ink, colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(terminal: bool, variables: &[(&str, &str)]) -> Look {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map_or(String::new(), |(_, value)| value.to_string())
        };
        decide(terminal, || Some(70), variable)
    }

    #[test]
    fn colour_and_blocks_are_for_terminals_that_have_them() {
        let utf8 = ("LANG", "en_US.UTF-8");
        assert_eq!(with(true, &[utf8]), Look::terminal(70, Ink::Blocks, true));
        assert_eq!(with(false, &[utf8]), Look::FILE);
        assert_eq!(with(true, &[utf8, ("LC_ALL", "C")]).ink, Ink::Ascii);
        assert_eq!(with(true, &[]).ink, Ink::Ascii);
        assert!(!with(true, &[("NO_COLOR", "1")]).colour);
        assert!(!with(true, &[("TERM", "dumb")]).colour);
        assert!(with(true, &[("NO_COLOR", "")]).colour);
        assert!(with(false, &[("CLICOLOR_FORCE", "1")]).colour);
        assert!(!with(false, &[("CLICOLOR_FORCE", "0")]).colour);
        assert!(!with(true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).colour);
    }

    #[test]
    fn columns_are_those_that_are_told_then_those_of_the_terminal() {
        assert_eq!(with(true, &[("COLUMNS", "120")]).room(), 120);
        assert_eq!(with(true, &[("COLUMNS", "wide")]).room(), 70);
        assert_eq!(decide(true, || None, |_| String::new()).room(), COLUMNS);
        assert_eq!(with(false, &[("COLUMNS", "40")]), Look::FILE);
    }
}
