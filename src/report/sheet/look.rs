//! What the reader's terminal can show: its width, its characters, colour. The command line decides; renderers ask.

use crate::prose;
use crate::report::chart::Ink;

/// Columns of a line of prose in a file or a pipe.
const FILE_PROSE: usize = 92;
/// Longer lines of prose are hard to read, however wide the terminal is.
const LONGEST_PROSE: usize = 100;
/// A terminal is taken to be at least so wide.
const NARROWEST: usize = 24;

/// How a text may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    width: Option<usize>,
    /// Characters of charts.
    pub ink: Ink,
    /// Whether there is colour.
    pub colour: bool,
    /// Whether every table is shown, and not the answers in short.
    pub details: bool,
}

/// What a colour stands for; words say the same beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It survives, it heals, it passes.
    Good,
    /// It does not.
    Bad,
    /// What others are compared with.
    Strong,
}

impl Look {
    /// A file or a pipe: the same for everybody. Its tables are as wide as they need to be, since nothing breaks their lines.
    pub const FILE: Look = Look { width: None, ink: Ink::Ascii, colour: false, details: false };

    /// A terminal of so many columns.
    pub fn terminal(columns: usize, ink: Ink, colour: bool) -> Look {
        Look { width: Some(columns.max(NARROWEST)), ink, colour, details: false }
    }

    /// The same, with every table or in short.
    pub fn with_details(self, details: bool) -> Look {
        Look { details, ..self }
    }

    /// The most columns that a line may have.
    pub fn room(&self) -> usize {
        self.width.unwrap_or(usize::MAX)
    }

    /// The columns of a line of prose.
    pub fn prose(&self) -> usize {
        self.width.map_or(FILE_PROSE, |width| width.min(LONGEST_PROSE))
    }

    /// Columns for a bar or a chart beside `taken` others: `usual` in a file, else what there is, at most twice that.
    pub fn chart(&self, usual: usize, taken: usize) -> usize {
        self.width.map_or(usual, |width| width.saturating_sub(taken).clamp(1, 2 * usual))
    }

    /// Prose in lines that fit, each after `indent`.
    pub fn wrapped(&self, text: &str, indent: &str) -> String {
        prose::wrapped(text, indent, self.prose())
    }

    /// The text, every line in the tone's colour where there is colour.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour {
            return text.to_string();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Strong => "1",
        };
        let painted = |line: &str| {
            let words = line.trim();
            let (before, after) = line.split_once(words).unwrap_or((line, ""));
            if words.is_empty() { line.to_string() } else { format!("{before}\x1b[{code}m{words}\x1b[0m{after}") }
        };
        text.split('\n').map(painted).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_stands_around_words_only() {
        let look = Look::terminal(80, Ink::Ascii, true);
        assert_eq!(look.paint(Tone::Bad, "  no\n\n  way "), "  \x1b[31mno\x1b[0m\n\n  \x1b[31mway\x1b[0m ");
        assert_eq!(Look::FILE.paint(Tone::Bad, "  no"), "  no");
    }

    #[test]
    fn prose_fits_a_terminal_and_stays_readable_on_a_wide_one() {
        let widths = [10, 60, 300].map(|columns| Look::terminal(columns, Ink::Ascii, false).prose());
        assert_eq!(widths, [24, 60, 100]);
        assert_eq!(Look::FILE.prose(), 92);
    }
}
