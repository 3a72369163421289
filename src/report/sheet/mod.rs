//! A text that is written line by line for a terminal or a file: prose
//! and tables, each as wide as the reader's look allows. It knows no report by its content.

pub mod columns;
pub mod look;

use columns::Columns;
use look::{Look, Tone};

/// A text that grows.
#[derive(Debug)]
pub struct Sheet {
    text: String,
    /// How it may look.
    pub look: Look,
}

impl Sheet {
    /// An empty text.
    pub fn new(look: &Look) -> Sheet {
        Sheet { text: String::new(), look: *look }
    }

    /// A line as it is, without blanks at its end.
    pub fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// An empty line, unless there is one.
    pub fn blank(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Prose in lines that fit, each after `indent`.
    pub fn prose(&mut self, indent: &str, text: &str) {
        let text = self.look.wrapped(text, indent);
        self.line(&text);
    }

    /// Prose of a tone.
    pub fn said(&mut self, tone: Tone, indent: &str, text: &str) {
        let text = self.look.paint(tone, &self.look.wrapped(text, indent));
        self.line(&text);
    }

    /// A line that begins with `lead`; where it does not fit, the text goes on below itself, or below the lead.
    pub fn led(&mut self, lead: &str, text: &str) {
        let width = lead.chars().count();
        if width + text.chars().count() <= self.look.room() {
            return self.line(&format!("{lead}{text}"));
        }
        let start = lead.len() - lead.trim_start().len();
        let room = self.look.room();
        if width * 2 > room {
            self.line(lead);
            let indent = " ".repeat(start + 4);
            return self.prose(&indent, text);
        }
        let text = crate::prose::wrapped(text, &" ".repeat(width), room);
        self.line(&format!("{lead}{}", &text[width..]));
    }

    /// As [`Sheet::led`], after a word of a tone that begins the line.
    pub fn marked(&mut self, tone: Tone, word: &str, lead: &str, text: &str) {
        let start = self.text.len();
        self.led(&format!("  {word}{lead}"), text);
        let painted = self.look.paint(tone, word);
        self.text.replace_range(start + 2..start + 2 + word.len(), &painted);
    }

    /// A table.
    pub fn table(&mut self, table: &Columns) {
        self.text.push_str(&table.render(&self.look));
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }
}
