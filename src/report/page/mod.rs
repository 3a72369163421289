//! A report as a document: answers, then sections of prose, tables and figures. Every kind of report builds one, and the
//! renderers for HTML and Markdown draw it. It knows no report and no renderer; what it shows was computed before.

mod figure;
mod table;

pub use figure::{Across, Axis, Chart, Figure, Fill, Mark, Scale, Unit};
pub use table::{Cell, Column, Of, Table, maybe};

use crate::report::Head;

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What it is about: `What you may cut: article.parquet`.
    pub title: String,
    /// One line below it: which policies, which backend.
    pub subtitle: String,
    /// What a reader came for, the most important first.
    pub answers: Vec<Answer>,
    /// The rest, in the order in which one reads it.
    pub sections: Vec<Section>,
    /// Who made it: `coldgap 0.1.0`.
    pub made_by: String,
}

/// A question, and its answer in plain words.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As a reader would ask it.
    pub question: String,
    /// In a few words: `Nothing.`
    pub short: String,
    /// What belongs to it, as short; may be empty.
    pub also: String,
    /// In sentences.
    pub text: String,
    /// How good that is.
    pub tone: Tone,
}

/// How good a statement is. It is never shown by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Neither.
    #[default]
    Plain,
    /// Nothing to worry about.
    Good,
    /// True within limits that the text says.
    Careful,
    /// Something to act upon.
    Bad,
}

/// A part of the document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// Where links lead; unique in the document, of lower-case letters, digits and hyphens.
    pub id: String,
    /// The heading.
    pub heading: String,
    /// What it holds.
    pub blocks: Vec<Block>,
    /// Parts of it, one level below.
    pub sections: Vec<Section>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph.
    Prose(String),
    /// What should catch the eye.
    Note(Tone, String),
    /// Sentences, each an item.
    List(Vec<String>),
    /// Words and what they mean.
    Terms(Vec<(String, String)>),
    /// Something to copy: a command.
    Code(String),
    /// A table.
    Table(Table),
    /// A figure and its table.
    Figure(Figure),
}

impl Answer {
    /// An answer of which nothing belongs beside the short one.
    pub fn new(question: &str, short: impl Into<String>, text: impl Into<String>, tone: Tone) -> Answer {
        Answer { question: question.into(), short: short.into(), also: String::new(), text: text.into(), tone }
    }

    /// An answer of which the first sentence is the short one.
    pub fn told(question: &str, sentences: &str, tone: Tone) -> Answer {
        let (short, text) = sentences.split_once(". ").unwrap_or((sentences, ""));
        Answer::new(question, short.trim_end_matches('.'), text, tone)
    }

    /// All that follows the short answer.
    pub fn rest(&self) -> String {
        let end = if self.also.is_empty() { "" } else { ". " };
        format!("{}{end}{}", self.also, self.text)
    }
}

impl Page {
    /// A document that holds only what should make a reader careful.
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>, head: &Head) -> Page {
        let page = Page {
            title: title.into(),
            subtitle: subtitle.into(),
            answers: Vec::new(),
            sections: Vec::new(),
            made_by: format!("{} {}", head.tool.name, head.tool.version),
        };
        page.section(Section::new("warnings", "Warnings").list(&head.warnings))
    }

    /// Adds an answer.
    pub fn answer(mut self, answer: Answer) -> Page {
        self.answers.push(answer);
        self
    }

    /// Adds a section, unless it holds nothing.
    pub fn section(mut self, section: Section) -> Page {
        if !section.is_empty() {
            self.sections.push(section);
        }
        self
    }
}

impl Section {
    /// An empty section.
    pub fn new(id: impl Into<String>, heading: impl Into<String>) -> Section {
        Section { id: id.into(), heading: heading.into(), ..Section::default() }
    }

    /// True where it holds nothing but its heading.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.sections.is_empty()
    }

    /// Adds a block.
    pub fn with(mut self, block: Block) -> Section {
        self.blocks.push(block);
        self
    }

    /// Adds a paragraph, unless it is empty.
    pub fn prose(self, text: impl Into<String>) -> Section {
        let text = text.into();
        if text.is_empty() { self } else { self.with(Block::Prose(text)) }
    }

    /// Adds a list, unless it is empty.
    pub fn list(self, items: &[String]) -> Section {
        if items.is_empty() { self } else { self.with(Block::List(items.to_vec())) }
    }

    /// Adds a table, unless it has no rows.
    pub fn table(self, table: impl Into<Table>) -> Section {
        let table = table.into();
        if table.rows.is_empty() { self } else { self.with(Block::Table(table)) }
    }

    /// Adds a figure, unless its table has no rows.
    pub fn figure(self, figure: Figure) -> Section {
        if figure.table.rows.is_empty() { self } else { self.with(Block::Figure(figure)) }
    }
}
