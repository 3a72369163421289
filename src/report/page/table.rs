//! Tables of a document: each cell has its number as the report has it, and its text for reading.

use super::Tone;
use crate::policy::Capacity;
use crate::report::format::{backend, cut, loss_in_full, percent, times};
use crate::report::gates::{Listed, Reading, Unit};
use crate::units::{Demand, Seconds, bytes, grouped, grouped_rate};

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

/// A table that is being made of rows: each column says its key, its head, and what it shows of a row.
#[derive(Debug, Clone)]
pub struct Of<R> {
    table: Table,
    rows: Vec<R>,
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
    /// A table of these rows, without a column yet.
    pub fn of<R>(title: impl Into<String>, rows: impl IntoIterator<Item = R>) -> Of<R> {
        let rows: Vec<R> = rows.into_iter().collect();
        Of { table: Table { title: title.into(), rows: vec![Vec::new(); rows.len()], ..Table::default() }, rows }
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

impl<R> Of<R> {
    /// Adds a column.
    #[must_use]
    pub fn column(mut self, key: impl Into<String>, head: impl Into<String>, cell: impl Fn(&R) -> Cell) -> Of<R> {
        self.table.columns.push(Column { key: key.into(), head: head.into() });
        self.table.rows.iter_mut().zip(&self.rows).for_each(|(cells, row)| cells.push(cell(row)));
        self
    }

    /// Adds a column where there is something to show.
    #[must_use]
    pub fn column_if(self, is_there: bool, key: &str, head: &str, cell: impl Fn(&R) -> Cell) -> Of<R> {
        if is_there { self.column(key, head, cell) } else { self }
    }

    /// The same with a note below.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Of<R> {
        self.table.note = text.into();
        self
    }
}

impl<'r, R: Listed> Of<&'r R> {
    /// Adds a column as the list of the rows' columns has it: its quantity, and what an absent number means.
    #[must_use]
    pub fn listed(self, key: &str, head: &str) -> Of<&'r R> {
        let field = R::fields().iter().find(|field| field.name == key);
        self.column(key, head, |row| match field.map(|field| (field.unit, (field.read)(row))) {
            Some((unit, Reading::Number(value))) => Cell::of(unit, value),
            Some((_, Reading::NoLimit)) => Cell::text("no limit"),
            _ => Cell::text("unknown"),
        })
    }
}

impl<R> From<Of<R>> for Table {
    fn from(of: Of<R>) -> Table {
        of.table
    }
}

/// A cell of something that may be unknown; `unknown` says what that means.
pub fn maybe<T>(value: Option<T>, cell: impl Fn(T) -> Cell, unknown: &str) -> Cell {
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

    /// A number of this quantity; a backend's counts answers.
    pub fn of(unit: Unit, value: f64) -> Cell {
        match unit {
            Unit::Share => Cell::share(value),
            Unit::Times => Cell::times(value),
            Unit::Load | Unit::Backend => Cell::rate(value),
            Unit::Time => Cell::seconds(value),
            Unit::Count => Cell::signed_count(value as i64),
            Unit::Bytes => Cell::bytes(value),
        }
    }

    /// A cache's size; the head says so.
    pub fn capacity(capacity: Capacity) -> Cell {
        match capacity {
            Capacity::Objects(objects) => Cell::count(objects),
            Capacity::Bytes(bytes) => Cell::bytes(bytes as f64),
        }
    }

    /// `1/8 (12.5%)`.
    pub fn loss(share: f64, loss: &str) -> Cell {
        Cell::number(share, loss_in_full(loss))
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
        Cell::number(ratio, times(ratio))
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

    /// A backend's capacity: `1,234`, or `12.3 MiB/s`.
    pub fn backend(per_second: f64, of: Demand) -> Cell {
        Cell::number(per_second, backend(per_second, of))
    }
}
