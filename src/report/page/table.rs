//! Tables of a document: each cell has its number as the report has it, and its text for reading.

use super::Tone;
use crate::report::format::{cut, percent};
use crate::units::{Seconds, bytes, grouped, grouped_rate, significant};

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows, in a few words.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as there are columns; the first cell is the row's head.
    pub rows: Vec<Vec<Cell>>,
    /// What the heads mean, in a sentence or two.
    pub note: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The field's name in the JSON; charts name columns by it.
    pub key: String,
    /// For reading.
    pub head: String,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// For reading.
    pub text: String,
    /// As the report has it; `None` for words and for what is unknown.
    pub number: Option<f64>,
    /// How good that is.
    pub tone: Tone,
}

impl Table {
    /// An empty table with columns of these keys and heads.
    pub fn new(title: impl Into<String>, columns: &[(&str, &str)]) -> Table {
        let column = |(key, head): &(&str, &str)| Column { key: key.to_string(), head: head.to_string() };
        Table { title: title.into(), columns: columns.iter().map(column).collect(), ..Table::default() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
        debug_assert_eq!(self.rows.last().map(Vec::len), Some(self.columns.len()), "{}", self.title);
    }

    /// The same with a note below.
    pub fn note(mut self, text: impl Into<String>) -> Table {
        self.note = text.into();
        self
    }

    /// Where a column stands.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// True where a column holds numbers, so that it is set to the right.
    pub fn is_numeric(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row.get(column).is_some_and(|cell| cell.number.is_some()))
    }
}

/// A cell of a number that may be unknown; `unknown` says what that means.
pub fn maybe(value: Option<f64>, cell: impl Fn(f64) -> Cell, unknown: &str) -> Cell {
    value.map_or_else(|| Cell::text(unknown), cell)
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), number: None, tone: Tone::Plain }
    }

    /// A number with its text.
    pub fn number(number: f64, text: impl Into<String>) -> Cell {
        Cell { text: text.into(), number: Some(number), tone: Tone::Plain }
    }

    /// The same, judged.
    pub fn tone(mut self, tone: Tone) -> Cell {
        self.tone = tone;
        self
    }

    /// `1,234`.
    pub fn count(count: u64) -> Cell {
        Cell::number(count as f64, grouped(count))
    }

    /// `1,234`, `-12`.
    pub fn signed_count(count: i64) -> Cell {
        let sign = if count < 0 { "-" } else { "" };
        Cell::number(count as f64, format!("{sign}{}", grouped(count.unsigned_abs())))
    }

    /// `1,234` a second; the head says so.
    pub fn rate(rate: f64) -> Cell {
        Cell::number(rate, grouped_rate(rate))
    }

    /// `12.5%`.
    pub fn share(ratio: f64) -> Cell {
        Cell::number(ratio, percent(ratio))
    }

    /// `3.5%` of a backend may go, `add 10.2%`.
    pub fn cut(share: f64) -> Cell {
        Cell::number(share, cut(share))
    }

    /// `+12.5%`, `-3%`.
    pub fn change(ratio: f64) -> Cell {
        let text = percent(ratio);
        Cell::number(ratio, if ratio > 0.0 { format!("+{text}") } else { text })
    }

    /// `3.26x`.
    pub fn times(ratio: f64) -> Cell {
        Cell::number(ratio, format!("{}x", significant(ratio)))
    }

    /// `68.2 s`.
    pub fn seconds(seconds: f64) -> Cell {
        let text = Seconds(seconds.abs()).to_string();
        Cell::number(seconds, if seconds < 0.0 { format!("-{text}") } else { text })
    }

    /// `12.3 MiB`.
    pub fn bytes(count: f64) -> Cell {
        Cell::number(count, bytes(count))
    }

    /// `12.3 MiB/s`.
    pub fn byte_rate(count: f64) -> Cell {
        Cell::number(count, format!("{}/s", bytes(count)))
    }

    /// Three significant digits.
    pub fn plain(value: f64) -> Cell {
        Cell::number(value, significant(value))
    }
}
