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

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum Mark {
    /// A line through the rows; one per value of the column `series`, where there is one.
    Line {
        /// Column.
        x: String,
        /// Column.
        y: String,
        /// Column whose words name the lines.
        series: Option<String>,
        /// The line's name where there is no such column.
        name: String,
        /// For what is compared with.
        dashed: bool,
    },
    /// A bar to the right per row, from a column's value or from zero to another's.
    Bar {
        /// Column of words.
        y: String,
        /// Column; zero where there is none.
        from: Option<String>,
        /// Column.
        to: String,
        /// How it looks.
        fill: Fill,
        /// What it means.
        name: String,
    },
    /// A tick per row.
    Tick {
        /// Column.
        x: String,
        /// Column of words.
        y: String,
        /// What it means.
        name: String,
    },
    /// A line across the whole chart.
    Rule {
        /// Which axis has the value.
        across: Across,
        /// The value.
        at: f64,
        /// What it means.
        name: String,
    },
    /// A shaded stretch of the x axis.
    Zone {
        /// Where it begins.
        from: f64,
        /// Where it ends.
        to: f64,
        /// What it means.
        name: String,
    },
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
    /// A chart with these axes and marks of a table's columns.
    pub fn new(
        id: impl Into<String>,
        caption: impl Into<String>,
        (x, y): (Axis, Axis),
        marks: Vec<Mark>,
        table: impl Into<Table>,
    ) -> Figure {
        Figure { id: id.into(), caption: caption.into(), chart: Chart { x, y, marks }, table: table.into() }
    }
}

impl Axis {
    /// An axis of numbers in proportion.
    pub fn linear(label: &str, unit: Unit) -> Axis {
        Axis { label: label.to_string(), scale: Scale::Linear, unit }
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
    pub fn lines(x: &str, y: &str, series: &str) -> Mark {
        Mark::Line {
            x: x.to_string(),
            y: y.to_string(),
            series: Some(series.to_string()),
            name: String::new(),
            dashed: false,
        }
    }

    /// One line.
    pub fn line(x: &str, y: &str, name: &str) -> Mark {
        Mark::Line { x: x.to_string(), y: y.to_string(), series: None, name: name.to_string(), dashed: false }
    }

    /// A bar per row, from zero.
    pub fn bar(y: &str, to: &str, fill: Fill, name: &str) -> Mark {
        Mark::Bar { y: y.to_string(), from: None, to: to.to_string(), fill, name: name.to_string() }
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
