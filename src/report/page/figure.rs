//! Figures of a document: what a chart draws from the table that stands beside it. A chart has no numbers of its own but
//! those of its rules and zones; it says which columns are drawn, and how.

use super::Table;
use crate::policy::Capacity;
use serde::Serialize;

/// A chart, its table, and what both show.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Unique in the document, as a section's.
    pub id: String,
    /// The conclusion, as a sentence that holds for these very numbers.
    pub caption: String,
    /// What is drawn.
    pub chart: Chart,
    /// The numbers.
    pub table: Table,
}

/// What is drawn. Columns are named by their keys.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// The later ones lie above.
    pub marks: Vec<Mark>,
}

/// An axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// What it counts.
    pub label: String,
    /// How numbers are placed.
    pub scale: Scale,
    /// How numbers are written.
    pub unit: Unit,
}

/// How values are placed on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// In proportion, from zero on.
    Linear,
    /// By their logarithm.
    Log,
    /// One after the other, in the table's order.
    Category,
}

/// How numbers on an axis are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// `3,000`.
    Number,
    /// `3.2x`.
    Times,
    /// `12.5%`.
    Share,
    /// `+12.5%`.
    Change,
    /// `90 s`.
    Seconds,
    /// `4 GiB`.
    Bytes,
    /// No number.
    Words,
}

/// Something that is drawn. Its words are the keys of columns, but for `name`, which is for reading: what it means.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
#[allow(missing_docs, reason = "columns, or numbers of an axis")]
pub enum Mark {
    /// A line through the rows; one per value of the column `series`, whose words then name the lines.
    Line {
        x: &'static str,
        y: &'static str,
        series: Option<&'static str>,
        name: String,
        /// For what is compared with.
        dashed: bool,
    },
    /// A bar to the right per row, from a column's value, or from zero, to another's.
    Bar { y: &'static str, from: Option<&'static str>, to: &'static str, fill: Fill, name: String },
    /// A tick per row.
    Tick { x: &'static str, y: &'static str, name: String },
    /// A line across the whole chart, at a value of an axis.
    Rule { across: Across, at: f64, name: String },
    /// A shaded stretch of the x axis.
    Zone { from: f64, to: f64, name: String },
}

/// An axis that has a value of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// A vertical line.
    X,
    /// A level line.
    Y,
}

/// How an area looks: by colour and by pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Plain.
    Plain,
    /// What is safe.
    Good,
    /// What is not: hatched.
    Bad,
}

impl Figure {
    /// A chart of a table's columns, without axes and marks yet.
    pub fn new(id: impl Into<String>, caption: impl Into<String>, table: impl Into<Table>) -> Figure {
        let chart = Chart { x: Axis::words(""), y: Axis::words(""), marks: Vec::new() };
        Figure { id: id.into(), caption: caption.into(), chart, table: table.into() }
    }

    /// The same with this axis to the right.
    #[must_use]
    pub fn x(mut self, axis: Axis) -> Figure {
        self.chart.x = axis;
        self
    }

    /// The same with this axis upwards.
    #[must_use]
    pub fn y(mut self, axis: Axis) -> Figure {
        self.chart.y = axis;
        self
    }

    /// The same with this mark above the others, where there is one.
    #[must_use]
    pub fn mark(self, mark: impl Into<Option<Mark>>) -> Figure {
        self.marks(mark.into())
    }

    /// The same with these marks above the others.
    #[must_use]
    pub fn marks(mut self, marks: impl IntoIterator<Item = Mark>) -> Figure {
        self.chart.marks.extend(marks);
        self
    }
}

impl Axis {
    /// An axis of numbers in proportion.
    pub fn linear(label: impl Into<String>, unit: Unit) -> Axis {
        Axis { label: label.into(), scale: Scale::Linear, unit }
    }

    /// An axis of numbers by their logarithm.
    pub fn log(label: &str, unit: Unit) -> Axis {
        Axis { label: label.to_string(), scale: Scale::Log, unit }
    }

    /// An axis of cache sizes like this one.
    pub fn cache(size: Option<Capacity>) -> Axis {
        match size {
            Some(Capacity::Bytes(_)) => Axis::log("cache size", Unit::Bytes),
            _ => Axis::log("cache size in objects", Unit::Number),
        }
    }

    /// An axis of words.
    pub fn words(label: &str) -> Axis {
        Axis { label: label.to_string(), scale: Scale::Category, unit: Unit::Words }
    }
}

impl Mark {
    /// A line per value of the column `series`.
    pub fn lines(x: &'static str, y: &'static str, series: &'static str) -> Mark {
        Mark::Line { x, y, series: Some(series), name: String::new(), dashed: false }
    }

    /// One line.
    pub fn line(x: &'static str, y: &'static str, name: impl Into<String>) -> Mark {
        Mark::Line { x, y, series: None, name: name.into(), dashed: false }
    }

    /// A bar per row, from zero.
    pub fn bar(y: &'static str, to: &'static str, fill: Fill, name: &str) -> Mark {
        Mark::Bar { y, from: None, to, fill, name: name.to_string() }
    }

    /// A vertical line at `at`.
    pub fn rule_x(at: f64, name: impl Into<String>) -> Mark {
        Mark::Rule { across: Across::X, at, name: name.into() }
    }

    /// A level line at `at`.
    pub fn rule_y(at: f64, name: impl Into<String>) -> Mark {
        Mark::Rule { across: Across::Y, at, name: name.into() }
    }
}
