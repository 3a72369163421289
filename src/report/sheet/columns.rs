//! Tables of characters. Where one is too wide for the terminal it loses its spare blanks first, and is then continued below
//! itself, with the rows' names again: a terminal would tear its lines apart. It knows cells, not what they mean.

use super::look::{Look, Tone};
use crate::prose;
use std::ops::Range;

/// One column.
#[derive(Debug, Clone)]
struct Column {
    head: String,
    /// Columns of the terminal that it takes where there is room.
    usual: usize,
    left: bool,
    /// Blanks before it.
    gap: usize,
}

/// A table: the first column has the rows' names.
#[derive(Debug, Clone)]
pub struct Columns {
    indent: usize,
    columns: Vec<Column>,
    /// The rows, each with its tone.
    rows: Vec<(Vec<String>, Option<Tone>)>,
}

impl Columns {
    /// A table that begins after so many blanks.
    pub fn new(indent: usize) -> Columns {
        Columns { indent, columns: Vec::new(), rows: Vec::new() }
    }

    /// A column of words.
    pub fn left(mut self, head: impl Into<String>, usual: usize) -> Columns {
        let gap = usize::from(!self.columns.is_empty());
        self.columns.push(Column { head: head.into(), usual, left: true, gap });
        self
    }

    /// A column of numbers.
    pub fn right(mut self, head: impl Into<String>, usual: usize) -> Columns {
        let gap = usize::from(!self.columns.is_empty());
        self.columns.push(Column { head: head.into(), usual, left: false, gap });
        self
    }

    /// So many blanks before the column that was added last.
    pub fn after(mut self, gap: usize) -> Columns {
        if let Some(column) = self.columns.last_mut() {
            column.gap = gap;
        }
        self
    }

    /// Adds a row; it has a cell for every column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push((cells.into_iter().collect(), None));
    }

    /// Adds a row of a tone.
    pub fn row_in(&mut self, tone: Tone, cells: impl IntoIterator<Item = String>) {
        self.rows.push((cells.into_iter().collect(), Some(tone)));
    }

    /// The same with a cell of words at the end of each row.
    pub fn beside(self, head: impl Into<String>, cells: impl Iterator<Item = String>) -> Columns {
        let mut wider = self.left(head, 0).after(2);
        wider.rows.iter_mut().zip(cells).for_each(|((row, _), cell)| row.push(cell));
        wider
    }

    /// Columns of the terminal that it takes where there is room.
    pub fn width(&self) -> usize {
        self.total(&self.widths(|column| column.usual))
    }

    /// The lines of the table, each with its end.
    pub fn render(&self, look: &Look) -> String {
        let usual = self.widths(|column| column.usual);
        if self.total(&usual) <= look.room() {
            return self.part(1..self.columns.len(), &usual, false, look);
        }
        let tight = self.widths(|_| 0);
        let longest =
            tight.iter().zip(&self.columns).skip(1).map(|(width, column)| width + column.gap).max().unwrap_or(0);
        let name = tight.first().copied().unwrap_or(0);
        // A name that leaves no room beside it stands on a line of its own.
        let above = self.indent + name + longest > look.room();
        let lead = if above { self.indent + ABOVE } else { self.indent + name };
        let parts = split(&tight, &self.columns, look.room().saturating_sub(lead));
        let parts: Vec<String> = parts.into_iter().map(|part| self.part(part, &tight, above, look)).collect();
        parts.join("\n")
    }

    fn widths(&self, least: impl Fn(&Column) -> usize) -> Vec<usize> {
        let cells = |i: usize| self.rows.iter().filter_map(move |(cells, _)| cells.get(i).map(|cell| length(cell)));
        let width =
            |(i, column): (usize, &Column)| cells(i).chain([length(&column.head), least(column)]).max().unwrap_or(0);
        self.columns.iter().enumerate().map(width).collect()
    }

    fn total(&self, widths: &[usize]) -> usize {
        self.indent + widths.iter().zip(&self.columns).map(|(width, column)| width + column.gap).sum::<usize>()
    }

    /// The names and these columns.
    fn part(&self, part: Range<usize>, widths: &[usize], above: bool, look: &Look) -> String {
        let cells = |texts: &[String], columns: Range<usize>| {
            let of = |i: usize| {
                let (Some(text), column, width) = (texts.get(i), &self.columns[i], widths[i]) else {
                    return String::new();
                };
                let blanks = " ".repeat(width.saturating_sub(length(text)));
                let gap = " ".repeat(column.gap);
                if column.left { format!("{gap}{text}{blanks}") } else { format!("{gap}{blanks}{text}") }
            };
            columns.map(of).collect::<String>()
        };
        let indent = " ".repeat(self.indent);
        let line = |texts: &[String]| {
            if above {
                let name = texts.first().map_or("", |name| name.trim_end());
                let name = if name.is_empty() { String::new() } else { format!("{indent}{name}\n") };
                let lead = " ".repeat(self.indent + ABOVE);
                let cells = format!("{lead}{}", cells(texts, part.clone()));
                // Words alone in their part may be broken; numbers are shorter than any terminal is narrow.
                let fits = length(cells.trim_end()) <= look.room();
                format!("{name}{}", if fits { cells } else { prose::wrapped(&cells, &lead, look.room()) })
            } else {
                format!("{indent}{}{}", cells(texts, 0..1), cells(texts, part.clone()))
            }
        };
        let heads: Vec<String> = self.columns.iter().map(|column| column.head.clone()).collect();
        let mut out = String::new();
        let mut end = |text: String| {
            out.extend(text.lines().map(str::trim_end).flat_map(|text| [text, "\n"]));
        };
        if heads.iter().any(|head| !head.is_empty()) {
            end(line(&heads));
        }
        for (texts, tone) in &self.rows {
            end(tone.map_or_else(|| line(texts), |tone| look.paint(tone, line(texts).trim_end())));
        }
        out
    }
}

/// Blanks before the cells of a row whose name stands above them.
const ABOVE: usize = 2;

/// The columns after the first, in parts that fit into `room`; at least one column each.
fn split(widths: &[usize], columns: &[Column], room: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut from, mut taken) = (1, 0);
    for i in 1..columns.len() {
        let width = widths[i] + columns[i].gap;
        if i > from && taken + width > room {
            parts.push(from..i);
            (from, taken) = (i, 0);
        }
        taken += width;
    }
    parts.push(from..columns.len());
    parts
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::Ink;

    fn table() -> Columns {
        let mut table = Columns::new(2).left("", 8).right("one", 6).right("two", 6).left("three", 0).after(2);
        table.row(["lru", "1", "22", "some"].map(String::from));
        table.row(["sieve", "1", "2", "none"].map(String::from));
        table
    }

    fn at(columns: usize) -> String {
        table().render(&Look::terminal(columns, Ink::Ascii, false))
    }

    #[test]
    fn a_table_is_as_usual_then_tight_then_in_parts() {
        let wide = "              one    two  three\n  lru           1     22  some\n  sieve         1      2  none\n";
        assert_eq!(table().render(&Look::FILE), wide);
        assert_eq!(at(40), wide);
        assert_eq!(at(24), "        one two  three\n  lru     1  22  some\n  sieve   1   2  none\n");
        let long = {
            let mut long = table();
            long.row(["a-long-name-x", "1", "2", "3"].map(String::from));
            long
        };
        let narrow = long.render(&Look::terminal(24, Ink::Ascii, false));
        assert!(narrow.starts_with("                one two\n  lru             1  22\n"), "{narrow}");
        assert!(
            narrow.ends_with(
                "\n                 three\n  lru            some\n  sieve          none\n  a-long-name-x  3\n"
            ),
            "{narrow}"
        );
    }

    #[test]
    fn a_name_without_room_beside_it_stands_above_its_cells() {
        let mut table = Columns::new(2).left("", 0).right("hidden", 0).right("gap", 0);
        table.row(["s3fifo:small=10%,fill=paper", "1,000", "3x"].map(String::from));
        let text = table.render(&Look::terminal(30, Ink::Ascii, false));
        assert_eq!(text, "     hidden gap\n  s3fifo:small=10%,fill=paper\n      1,000  3x\n");
    }
}
