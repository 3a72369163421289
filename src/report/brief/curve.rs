//! Miss-ratio curves for reading in a terminal: a line per cache size, a column per policy, and the first one drawn.

use crate::report::format::{percent, size};
use crate::report::replay::ReplayRow;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::Look;

/// Fewer sizes are a list.
const FEWEST_SIZES: usize = 10;
/// Columns of a bar for a miss ratio of 1.
const BAR: usize = 32;
/// A bar this short is not worth its place.
const SHORTEST: usize = 12;

/// True where the rows have many cache sizes, all policies at each.
pub fn is_curve(rows: &[&ReplayRow]) -> bool {
    rows.chunk_by(|a, b| a.capacity() == b.capacity()).count() >= FEWEST_SIZES
}

/// The rows, sizes outermost, as a curve.
pub fn table(rows: &[&ReplayRow], look: &Look) -> Columns {
    let lines: Vec<&[&ReplayRow]> = rows.chunk_by(|a, b| a.capacity() == b.capacity()).collect();
    let first: &[&ReplayRow] = lines.first().copied().unwrap_or_default();
    let cells = |line: &[&ReplayRow]| {
        let known = [size(line[0].capacity()), percent(line[0].cache_capacity_ratio)];
        known.into_iter().chain(line.iter().map(|row| row.miss_ratio_text())).collect::<Vec<_>>()
    };
    let mut table = Columns::new(2).right("cache", 18).right("share", 9);
    for row in first {
        table = table.right(row.name(), 0).after(2);
    }
    lines.iter().for_each(|line| table.row(cells(line)));
    let longest = look.chart(BAR, table.width() + 2);
    if longest < SHORTEST {
        return table;
    }
    let bar = |ratio: f64| look.ink.full().to_string().repeat((ratio * longest as f64).round() as usize);
    let drawn = lines.iter().map(|line| line[0].miss_ratio.map_or(String::new(), bar));
    table.beside(first.first().map_or(String::new(), |row| row.name()), drawn)
}
