//! JSON lines: an object a line, its fields found by their names or by paths like `a.b` and `a[0]`.
//!
//! A line is looked through once, and only what is wanted is kept; what a field means is told by a preset, or as for tables.

mod scan;

use super::builder::{Builder, Flow};
use super::cells::read_cost;
use super::columns::{self, Columns, names_a_key};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::{Input, in_shell};
use super::lines::{Lines, first_lines};
use super::preset::Preset;
use super::table::{Block, Table};
use super::words::{Cell, natural, shown};
use crate::error::{Error, Result};
use scan::{Node, Scan, Value, elements};

/// Lines that are looked at to learn the names of fields.
const LINES_TO_SNIFF: usize = 50;

/// The format.
pub struct JsonLines;

static INFO: FormatInfo = FormatInfo {
    name: "json",
    extensions: &["json", "jsonl", "ndjson", "log"],
    summary: "JSON lines, fields by name or path",
    layout: "One object a line. Fields are found by the names that CSV headers use (coldgap formats csv), in nested objects too, \
             or told with --columns by their path: time=ts,key=request.uri,size=size, key=host+path for keys of several \
             fields, a[0] for an element. A key that is an array is a get of each of its elements; with a cost, they are a chain of blocks that share the cost of \
             the row (coldgap formats mooncake). Numbers may stand in \
             strings; times are numbers or dates; {\"$date\": ...} and the like of MongoDB stand for their value.",
};

impl Format for JsonLines {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        match names(&lines) {
            (_, false) => Sniff::No,
            (names, _) if names_a_key(&names) => Sniff::Yes("each line is an object of JSON with known names"),
            (names, _) if !names.is_empty() => Sniff::NotSure("each line is an object of JSON"),
            _ => Sniff::No,
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        read(None, input, options, rows)
    }
}

/// Reads JSON lines, as a preset says or by the names of their fields.
///
/// # Errors
/// Names that say no key; see also [`Table::push`].
pub fn read(preset: Option<&Preset>, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
    let head = input.head();
    let mut names = names(&first_lines(head.bytes, head.complete, LINES_TO_SNIFF)).0;
    // What the user names need not be in the first lines.
    for path in options.columns.iter().filter(|(_, path)| path != "-").flat_map(|(_, path)| path.split('+')) {
        let path = path.trim_start_matches('?');
        if !names.iter().any(|name| name == path) && path.parse::<usize>().is_err() {
            names.push(path.to_string());
        }
    }
    let columns = columns::choose(Some(&names), names.len(), preset, options).map_err(|error| {
        // What Docker keeps of a container's output: each line of its log in a string.
        match ["log", "stream", "time"].iter().all(|name| names.iter().any(|known| known == name)) {
            true => error
                .or_hint(format!("unpack Docker's lines: jq -j .log {} | coldgap inspect -", in_shell(&input.name))),
            false => error,
        }
    })?;
    let columns = match first_lines(head.bytes, head.complete, LINES_TO_SNIFF).first() {
        Some(line) if preset.is_none() => with_day(columns, &names, options, object(line)),
        _ => columns,
    };
    rows.set_layout(format!("an object of JSON a line; {}", columns.told(Some(&names))));
    if columns.duration.is_some() {
        rows.allow_disorder();
    }
    let mut wanted = columns.used();
    wanted.sort_unstable();
    wanted.dedup();
    let mut tree = Node::default();
    for (index, column) in wanted.iter().enumerate() {
        tree.want(&names[*column], index);
    }
    let key = wanted.partition_point(|column| *column < columns.key);
    let moved = columns.moved(|column| wanted.partition_point(|wanted| *wanted < column));
    // Where rows have costs, an array is a chain of blocks that share its row's.
    let block_tokens = preset.and_then(|preset| preset.block_tokens);
    let (cost, block, is_chain) = (moved.cost, moved.block, moved.cost.is_some() || block_tokens.is_some());
    let mut table = Table::new(moved);
    let mut lines = Lines::new(input);
    let mut scan = Scan::default();
    'lines: while let Some((line, spot)) = lines.next()? {
        let is_array = line.starts_with(b"[");
        let line = object(line);
        if line.is_empty() {
            continue;
        }
        if scan.line(line, &tree, wanted.len()).is_none() {
            let filter = if is_array { ".[]" } else { "." };
            let fault = Error::trace(format!("not an object of JSON: '{}'", shown(line)))
                .hint(format!("remove the line, or write one object a line: jq -c '{filter}'"));
            rows.skip(fault, spot)?;
            continue;
        }
        let spot = spot.whole();
        let cell = |column: usize| scan.cell(line, column);
        let Value::Array(begin, end) = scan.values[key] else {
            table.set_block(None);
            if table.push(rows, cell, spot)? == Flow::Break(()) {
                break;
            }
            continue;
        };
        let count = elements(&line[begin..end]).count() as u32;
        let whole = match cost.map(|cost| read_cost(scan.cell(line, cost))).transpose() {
            Ok(whole) => whole,
            Err(fault) => {
                rows.skip(fault, spot)?;
                continue;
            }
        };
        let said = block.and_then(|block| whole_number(scan.cell(line, block))).filter(|tokens| *tokens > 0);
        for (i, element) in (0u32..).zip(elements(&line[begin..end])) {
            if is_chain {
                let size = said.or(block_tokens).or_else(|| Some(whole?.div_ceil(count)));
                let before = i.saturating_mul(size.unwrap_or(0));
                let cost = whole.zip(size).map(|(whole, size)| size.min(whole.saturating_sub(before)));
                table.set_block(Some(Block { cost, is_chained: i > 0 }));
            }
            let cell = |column: usize| if column == key { Cell::Text(element) } else { scan.cell(line, column) };
            if table.push(rows, cell, spot)? == Flow::Break(()) {
                break 'lines;
            }
        }
    }
    table.finish(rows);
    Ok(())
}

fn whole_number(cell: Cell<'_>) -> Option<u32> {
    natural(cell).and_then(|number| u32::try_from(number).ok())
}

/// The columns with that of the day, where a line shows that the times are times of day.
fn with_day(columns: Columns, names: &[String], options: &ReadOptions, line: &[u8]) -> Columns {
    let Some(time) = columns.time else { return columns };
    let (mut tree, mut scan) = (Node::default(), Scan::default());
    tree.want(&names[time], 0);
    let cell = match scan.line(line, &tree, 1).map(|()| scan.cell(line, 0)) {
        Some(Cell::Text(text)) => Some(text),
        _ => None,
    };
    columns.with_day(names, options, |_| cell)
}

/// The object of a line, without what syslog writes before it, and without the brackets and commas of an array that has an object a
/// line; empty for a line that holds no more than those.
pub fn object(line: &[u8]) -> &[u8] {
    let line = behind_syslog(line);
    match line {
        [b'{', .., b'}'] => line,
        _ => element(line),
    }
}

fn behind_syslog(line: &[u8]) -> &[u8] {
    if line.first().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'<') {
        return line;
    }
    memchr::memmem::find(line, b": {").map_or(line, |at| &line[at + 2..])
}

/// An object ends with a brace, so what else stands around it is its array's.
#[cold]
fn element(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let line = line.strip_suffix(b",").unwrap_or(line).trim_ascii_end();
    let line = line.strip_prefix(b"[").or_else(|| line.strip_prefix(b",")).unwrap_or(line).trim_ascii_start();
    match line {
        b"]" => b"",
        [object @ .., b']'] if object.trim_ascii_end().ends_with(b"}") => object.trim_ascii_end(),
        line => line,
    }
}

/// The names of all fields of these lines, and whether most are objects.
fn names(lines: &[&[u8]]) -> (Vec<String>, bool) {
    let mut names = Vec::new();
    let lines: Vec<&[u8]> = lines.iter().map(|line| object(line)).filter(|line| !line.is_empty()).collect();
    let is_object = |line: &&&[u8]| scan::names(line, &mut names).is_some();
    let objects = lines.iter().filter(is_object).count();
    (names, objects > 0 && objects * 10 >= lines.len() * 9)
}
