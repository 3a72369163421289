//! Miss-ratio curves for reading in a terminal: a line per cache size, a column per policy, and the first one drawn.

use super::assumptions::percent;
use super::replay::ReplayRow;
use crate::policy::Capacity;
use crate::units::{bytes, grouped};
use std::fmt::Write;

/// Fewer sizes are a list.
const FEWEST_SIZES: usize = 10;
/// Characters of a bar for a miss ratio of 1.
const BAR: usize = 32;

/// True where the rows have many cache sizes, all policies at each.
pub fn is_curve(rows: &[&ReplayRow]) -> bool {
    rows.chunk_by(|a, b| a.capacity() == b.capacity()).count() >= FEWEST_SIZES
}

/// The rows, sizes outermost, as a curve.
pub fn render(rows: &[&ReplayRow]) -> String {
    let lines: Vec<&[&ReplayRow]> = rows.chunk_by(|a, b| a.capacity() == b.capacity()).collect();
    let first: &[&ReplayRow] = lines.first().copied().unwrap_or_default();
    let names: Vec<String> = first.iter().map(|row| row.name()).collect();
    let longest = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column)).map(|row| row.miss_ratio_text().len());
        cells.max().unwrap_or(0).max(names[column].len())
    };
    let widths: Vec<usize> = (0..names.len()).map(longest).collect();
    let mut out = format!("  {:>18} {:>9}", "cache", "share");
    for (name, width) in names.iter().zip(&widths) {
        let _ = write!(out, "  {name:>width$}");
    }
    let _ = writeln!(out, "  {}", names.first().map_or("", String::as_str));
    for line in lines {
        let _ = write!(out, "  {:>18} {:>9}", size(line[0].capacity()), percent(line[0].cache_capacity_ratio));
        for (row, width) in line.iter().zip(&widths) {
            let _ = write!(out, "  {:>width$}", row.miss_ratio_text());
        }
        let bar = line[0].miss_ratio.map_or(String::new(), |ratio| "█".repeat((ratio * BAR as f64).round() as usize));
        let _ = writeln!(out, "{}", if bar.is_empty() { bar } else { format!("  {bar}") });
    }
    out
}

fn size(capacity: Capacity) -> String {
    match capacity {
        Capacity::Objects(n) => format!("{} objects", grouped(n)),
        Capacity::Bytes(n) => bytes(n as f64),
    }
}
