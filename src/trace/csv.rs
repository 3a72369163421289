//! Delimited text: CSV, TSV and their kin, with a header or without.
//!
//! It knows delimiters, quotes, comments and two well-known layouts without header; what a column holds is told in
//! [`super::columns`], and rows become requests in [`super::table`].

use super::builder::{Builder, Flow};
use super::clock::Clock;
use super::columns::{self, Columns, names_a_key};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::http;
use super::input::Input;
use super::lines::{BYTE_ORDER_MARK, whole_lines};
use super::options::delimiter_name;
use super::preset::{Preset, Shape};
use super::records::{Dialect, Record, Records, csv_reader};
use super::table::Table;
use super::words::{self, Cell, decimal, is_utf8, shown};
use crate::error::{Error, Result, Spot};
use crate::units::grouped;
use csv::ByteRecord;
use std::io::{self, Read};
use std::mem;

/// Delimiters that are looked for; the first of those that fit equally well is taken.
const DELIMITERS: [u8; 5] = [b'\t', b',', b';', b'|', b' '];
/// Rows that are looked at to tell the layout.
const ROWS_TO_SNIFF: usize = 100;
/// Comments before the first row are skipped; the last may be the header.
const COMMENT: u8 = b'#';
/// How W3C's logs name their columns.
const W3C_NAMES: &[u8] = b"#Fields:";
/// A line that marks a break between programs in the block lists of the LIRS paper; no key.
const BREAK: &[u8] = b"*";

/// The format.
pub struct Csv;

static INFO: FormatInfo = FormatInfo {
    name: "csv",
    extensions: &["csv", "tsv", "txt"],
    summary: "delimited text (comma, tab, semicolon, bar or blank), columns by name or number",
    layout: "With a header (or a # comment that is one), columns are found by name: time, timestamp, ts, op_time...; \
             key, object, obj_id, id, cacheKey, block_id, lbn, url...; size, objectSize, bytes, value_size, io_size...; \
             op, OpType, operation, op_name, method...; ttl; op_count repeats the row. --columns \
             time=1,key=2,size=NAME,op=-,ttl=- overrides, by name or number (from 1), or leaves out. Without a header: \
             seven columns as Twitter's traces have them (time, key, key size, value size, client, operation, ttl; the \
             size is the sum of both), four as libCacheSim's (time, object, size, next access), or one column of keys (lines \
             of just * are breaks, as in the block lists of the LIRS paper). \
             Times are numbers (the unit is told by magnitude, by a name like time_ms, or by --time-unit) or dates like \
             2024-05-01 12:00:00Z; of 3/12/2026 8:14:05 a part above 12, here or in a row before, says whether the month or the day comes first, else \
             --time-unit mdy or dmy. A column date before one of times of day is the day. A first line sep=; says what stands between. Oracle columns such as next_access_vtime are never read.",
};

impl Format for Csv {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if !is_text(head.bytes) || matches!(head.bytes.first(), None | Some(b'{' | b'[' | b'<')) {
            return Sniff::No;
        }
        let survey = Survey::new(head, None, &ReadOptions::default());
        match (&survey.names, survey.layout()) {
            (Some(names), _) if names.len() > 1 && names_a_key(names) => Sniff::Yes("its header names the columns"),
            (None, Some(layout)) if survey.width() > 1 => Sniff::Yes(layout.why),
            (_, Some(layout)) => Sniff::NotSure(layout.why),
            _ if survey.width() > 1 => Sniff::NotSure("its lines are delimited text"),
            _ => Sniff::No,
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        read(None, input, options, rows)
    }
}

/// Reads delimited text, as a preset says or as the text itself does.
///
/// # Errors
/// A layout that cannot be told; see also [`Table::push`].
pub fn read(preset: Option<&Preset>, mut input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
    let survey = Survey::new(&input.head(), preset, options);
    let columns = survey.columns(preset, options, rows)?;
    let skip = survey.skip_bytes as u64;
    io::copy(&mut (&mut input).take(skip), &mut io::sink()).map_err(|cause| input.broken(&cause))?;
    let dialect = survey.dialect(options);
    let split = delimiter_name(dialect.delimiter);
    rows.set_layout(match survey.width() {
        1 => columns.told(survey.names.as_deref()),
        width => format!("{width} columns split by {split}; {}", columns.told(survey.names.as_deref())),
    });
    if columns.duration.is_some() {
        rows.allow_disorder();
    }
    let mut records = Records::new(&mut input, dialect);
    let mut table = Table::new(columns);
    let mut at_header = survey.header_is_first_row;
    let is_key_list = survey.names.is_none() && survey.width() == 1;
    let has_comments = survey.has_comments;
    let width = survey.width();
    let is_twitters = survey.is_twitters() && options.columns.is_empty() && preset.is_none();
    let (mut breaks, mut comments, mut headers, mut long_key) = (0, 0, 0, Vec::new());
    loop {
        let record = match records.next() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(cause) => return Err(input.broken(&cause)),
        };
        let line = record.line + survey.skip_lines;
        let spot = if record.is_open { Spot::LastLine(line) } else { Spot::Line(line) };
        if mem::take(&mut at_header) {
            continue;
        }
        if is_twitters && record.len() > width {
            joined_key(&record, dialect.delimiter, &mut long_key);
            let more = record.len() - width;
            let cell = |column: usize| match column {
                0 => Cell::Text(trimmed(record.field(0))),
                1 => Cell::Text(&long_key),
                column => Cell::Text(trimmed(record.field(column + more))),
            };
            if table.push(rows, cell, spot)? == Flow::Break(()) {
                break;
            }
            continue;
        }
        // Where files were put together, what stands before the rows stands again.
        if has_comments && record.field(0).first() == Some(&COMMENT) {
            if survey.is_other_header(&record) {
                return Err(rows.locate(changed(), spot));
            }
            comments += 1;
            continue;
        }
        if record.len() != width {
            if record.len() > 1 || !trimmed(record.field(0)).is_empty() {
                rows.skip(unequal(record.len(), width), spot)?;
            }
            continue;
        }
        if survey.header_is_first_row && survey.is_header(&record) {
            headers += 1;
            continue;
        }
        if is_key_list && record.field(0) == BREAK {
            breaks += 1;
            continue;
        }
        let cell = |column: usize| Cell::Text(trimmed(record.field(column)));
        if table.push(rows, cell, spot)? == Flow::Break(()) {
            break;
        }
    }
    if records.run_on() > 0 {
        rows.note(format!(
            "rows with a field in quotes that runs over several lines: {}; a quote that is none swallows rows",
            grouped(records.run_on())
        ));
    }
    if breaks > 0 {
        rows.note(format!("left out, lines that hold just a *, the mark of a break: {breaks}"));
    }
    if comments > 0 {
        rows.note(format!("left out, comments between the rows: {}", grouped(comments)));
    }
    if headers > 0 {
        rows.note(format!("left out, headers between the rows: {}", grouped(headers)));
    }
    table.finish(rows);
    Ok(())
}

/// True for UTF-8 (the head may end inside a character) and for text in another encoding that is mostly ASCII.
fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n');
    let not_ascii = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    !bytes.iter().any(is_control) && (is_utf8(bytes) || not_ascii <= bytes.len() / 4)
}

/// Without blanks around it; hardly any cell has some.
#[inline]
fn trimmed(cell: &[u8]) -> &[u8] {
    let is_blank = |byte: Option<&u8>| byte.is_none_or(|byte| *byte <= b' ');
    if is_blank(cell.first()) || is_blank(cell.last()) { cell.trim_ascii() } else { cell }
}

fn changed() -> Error {
    Error::trace("a #Fields: line names other columns than the first")
        .hint("split the file here, and give coldgap the parts")
}

fn unequal(found: usize, expected: usize) -> Error {
    Error::trace(format!("this row has {found} fields where the first has {expected}"))
        .hint("the file is cut off or damaged here, or a field holds the delimiter and needs quotes")
}

/// What the first bytes of a file say of its layout.
struct Survey {
    dialect: Dialect,
    /// Bytes and lines before the first row.
    skip_bytes: usize,
    skip_lines: u64,
    /// True where comments are among these lines.
    has_comments: bool,
    names: Option<Vec<String>>,
    header_is_first_row: bool,
    /// True where most lines hold the same number of a delimiter, even if the first does not: they are no keys.
    is_delimited: bool,
    /// True where a quote is among the first rows.
    has_quotes: bool,
    /// The first rows, without a header.
    rows: Vec<ByteRecord>,
}

/// A well-known layout without header.
struct Layout {
    columns: Columns,
    why: &'static str,
}

/// Columns of Twitter's traces, and how many of them follow the key.
const TWITTERS: usize = 7;
const BEHIND_KEY: usize = 5;

/// A key that holds delimiters, out of a row of Twitter's traces: all between the first column and the last five.
fn joined_key(record: &Record<'_>, delimiter: u8, key: &mut Vec<u8>) {
    key.clear();
    for i in 1..record.len() - BEHIND_KEY {
        if i > 1 {
            key.push(delimiter);
        }
        key.extend(record.field(i));
    }
}

impl Survey {
    fn new(head: &Head<'_>, preset: Option<&Preset>, options: &ReadOptions) -> Survey {
        let mut skip_bytes = if head.bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let mut skip_lines = 0;
        let excels = excels_delimiter(&head.bytes[skip_bytes..]);
        if let Some((_, length)) = excels {
            skip_bytes += length;
            skip_lines += 1;
        }
        let mut comments = Vec::new();
        while head.bytes.get(skip_bytes) == Some(&COMMENT) {
            let line = &head.bytes[skip_bytes + 1..];
            let end = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
            comments.push(&line[..end]);
            skip_bytes = (skip_bytes + end + 2).min(head.bytes.len());
            skip_lines += 1;
        }
        let mut sample = &head.bytes[skip_bytes..];
        sample = whole_lines(sample, head.complete);
        let shape = preset.map(|preset| preset.shape);
        let (given, fixed_names) = match shape {
            Some(Shape::Delimited { delimiter, names, escapes }) => {
                (Some(Dialect { delimiter, quotes: true, escapes }), names)
            }
            _ => (None, ""),
        };
        let delimiter = options.delimiter.or(excels.map(|(delimiter, _)| delimiter));
        let delimiter = delimiter.map(|delimiter| Dialect { delimiter, quotes: true, escapes: false });
        let (dialect, mut rows) = match delimiter.or(given) {
            Some(dialect) => (dialect, first_rows(sample, dialect)),
            None => split(sample),
        };
        let is_delimited =
            options.delimiter.is_none() && DELIMITERS.iter().any(|delimiter| divides_most(sample, *delimiter));
        let width = rows.first().map_or(0, ByteRecord::len);
        // Whatever stands between the columns, it stands between their names, too; a blank where W3C's logs name them.
        let names_in = |line: &[u8]| match line.trim_ascii().strip_prefix(&W3C_NAMES[1..]) {
            Some(names) => names
                .split(|byte| *byte == b' ')
                .filter(|name| !name.is_empty())
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect(),
            None => names_of(&split_line(line, dialect)),
        };
        let comment_names = comments
            .iter()
            .rev()
            .map(|line| names_in(line))
            .find(|names| names.len() == width && (names_a_key(names) || preset.is_some()))
            .filter(|_| fixed_names.is_empty() && !options.no_header);
        let is_named = preset.is_some() && fixed_names.is_empty();
        let header_is_first_row = comment_names.is_none()
            && !options.no_header
            && fixed_names.is_empty()
            && (is_named || is_header(&rows, options));
        let names = if !fixed_names.is_empty() {
            // What a source adds later stands behind what is known.
            let more = (fixed_names.split(' ').count()..width).map(|i| (i + 1).to_string());
            Some(fixed_names.split(' ').map(str::to_string).chain(more).collect())
        } else {
            comment_names.or_else(|| (header_is_first_row && !rows.is_empty()).then(|| names_of(&rows.remove(0))))
        };
        Survey {
            dialect,
            skip_bytes,
            skip_lines,
            has_comments: !comments.is_empty(),
            names,
            header_is_first_row,
            is_delimited,
            has_quotes: sample.contains(&b'"'),
            rows,
        }
    }

    /// True where a row is the header again.
    fn is_header(&self, record: &Record<'_>) -> bool {
        let mut names = self.names.iter().flatten().enumerate();
        names.all(|(i, name)| trimmed(record.field(i)) == name.as_bytes())
    }

    /// True where a comment of W3C's logs names other columns.
    fn is_other_header(&self, record: &Record<'_>) -> bool {
        let fields: Vec<&[u8]> = (0..record.len()).map(|i| record.field(i)).collect();
        let line = fields.join(&b' ');
        let Some(names) = line.strip_prefix(W3C_NAMES) else { return false };
        let names = names.split(|byte| *byte == b' ').filter(|name| !name.is_empty());
        !names.eq(self.names.iter().flatten().map(String::as_bytes))
    }

    /// How fields are told apart. Keys in Twitter's traces may begin with a quote, be it in the millionth row.
    fn dialect(&self, options: &ReadOptions) -> Dialect {
        let is_published = options.columns.is_empty() && options.delimiter.is_none() && self.is_twitters();
        Dialect { quotes: self.dialect.quotes && (self.has_quotes || !is_published), ..self.dialect }
    }

    /// True where all the first rows are those of Twitter's traces.
    fn is_twitters(&self) -> bool {
        let width = |row: &ByteRecord| row.len() == TWITTERS;
        self.names.is_none() && self.rows.iter().any(width) && self.rows.iter().all(|row| is_twitter((row, 0)))
    }

    fn width(&self) -> usize {
        match &self.names {
            Some(names) => names.len(),
            None if self.is_twitters() => TWITTERS,
            None => self.rows.first().map_or(0, ByteRecord::len),
        }
    }

    /// Which column holds what; says which layout without header was recognised.
    fn columns(&self, preset: Option<&Preset>, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<Columns> {
        if self.names.is_none() && options.columns.is_empty() {
            let Layout { columns, why } =
                self.layout().or_else(|| self.by_content()).ok_or_else(|| self.unknown_layout())?;
            rows.note(format!("without a header: {why}; --columns says otherwise"));
            return Ok(Columns { unit: options.time_unit, ops: options.ops.clone(), ..columns });
        }
        let columns = columns::choose(self.names.as_deref(), self.width(), preset, options)?;
        Ok(match &self.names {
            Some(names) => {
                columns.with_day(names, options, |column| self.rows.first()?.get(column).map(<[u8]>::trim_ascii))
            }
            None => columns,
        })
    }

    /// A column of requests over HTTP and one of dates are plain enough.
    fn by_content(&self) -> Option<Layout> {
        let all = |test: fn(&[u8]) -> bool| {
            (0..self.width())
                .find(|i| self.rows.iter().all(|row| row.get(*i).is_some_and(|cell| test(cell.trim_ascii()))))
        };
        let request = all(|cell| http::request(cell).is_some() && cell.windows(6).any(|end| end == b" HTTP/"))?;
        let time = all(|cell| cell.len() >= 19 && Clock::new(None).read(Cell::Text(cell)).is_ok() && !is_number(cell))?;
        let columns =
            Columns { time: Some(time), key: request, request: Some(request), is_http: true, ..Columns::plain() };
        Some(Layout { columns, why: "one column holds requests over HTTP, and one dates; sizes cannot be told" })
    }

    fn unknown_layout(&self) -> Error {
        let Some(row) = self.rows.first() else {
            return Error::trace("the trace holds no request").hint("nothing stands behind its header or its comments");
        };
        let padded = |row: &ByteRecord| row.iter().any(|cell| cell.is_empty());
        if self.dialect.delimiter == b' ' && self.rows.iter().all(padded) {
            return Error::trace("columns are padded with several blanks")
                .hint("leave one between two: tr -s ' ' < FILE | coldgap inspect -");
        }
        let example = match self.width() {
            1 => "key=1",
            2 => "time=1,key=2",
            _ => "time=1,key=2,size=3",
        };
        let shown_row: Vec<String> =
            row.iter().zip(1..).take(20).map(|(cell, n)| format!("{n}={}", shown(cell))).collect();
        Error::trace("the table has no header, and nothing says which column holds what")
            .hint(format!("say it by number, like --columns {example}; the first row is {}", shown_row.join(" ")))
    }

    /// True where column 4 is the position of a row's next access: a row among the first that it names has the same key, and
    /// at least one does. Tables of other things are numbers in four columns, too.
    fn next_is_the_same(&self) -> bool {
        let key = |row: &ByteRecord| row.get(1).map(<[u8]>::trim_ascii).map(<[u8]>::to_vec);
        let named = |row: &ByteRecord| {
            let next = decimal(row.get(3)?.trim_ascii(), 1)?.0 as usize;
            self.rows.get(next.checked_sub(1)?)
        };
        let mut pairs = self.rows.iter().filter_map(|row| Some((row, named(row)?))).peekable();
        let says_never = || self.rows.iter().any(|row| row.get(3).is_some_and(|next| next.trim_ascii() == b"-1"));
        (pairs.peek().is_some() || says_never()) && pairs.all(|(row, next)| key(row) == key(next))
    }

    /// The well-known layout that all the first rows fit.
    fn layout(&self) -> Option<Layout> {
        let fits = |test: fn((&ByteRecord, i64)) -> bool| self.rows.iter().zip(1i64..).all(test);
        if self.names.is_some() || self.rows.is_empty() {
            return None;
        }
        if fits(|(row, _)| row.len() == 1) && !self.is_delimited {
            return Some(Layout { columns: Columns::plain(), why: "its one column holds the keys" });
        }
        if self.is_twitters() {
            let columns = Columns {
                time: Some(0),
                key: 1,
                key_size: Some(2),
                size: Some(3),
                op: Some(5),
                ttl: Some(6),
                ..Columns::plain()
            };
            return Some(Layout { columns, why: "its seven columns are those of Twitter's traces" });
        }
        if fits(is_libcachesim) && is_ordered(&self.rows) && self.next_is_the_same() {
            let columns = Columns { time: Some(0), key: 1, size: Some(2), ..Columns::plain() };
            return Some(Layout { columns, why: "its four columns are those of libCacheSim's traces" });
        }
        None
    }
}

/// The dialect that splits most rows as the first, and the rows. A single column has no delimiter. Tabs go first: they are
/// hardly ever in a field.
fn split(sample: &[u8]) -> (Dialect, Vec<ByteRecord>) {
    let mut best = (0, Dialect { delimiter: b',', quotes: true, escapes: false }, Vec::new());
    for delimiter in DELIMITERS {
        if is_quoted(sample, delimiter) {
            continue;
        }
        // A quote that ends in another row is none, if rows are alike without it.
        for quotes in [true, false] {
            let dialect = Dialect { delimiter, quotes, escapes: false };
            let rows = first_rows(sample, dialect);
            let width = rows.first().map_or(0, ByteRecord::len);
            let alike = if width > 1 { rows.iter().filter(|row| row.len() == width).count() } else { 0 };
            if best.2.is_empty() || alike > best.0 {
                best = (alike, dialect, rows);
            }
        }
    }
    (best.1, best.2)
}

fn first_rows(sample: &[u8], dialect: Dialect) -> Vec<ByteRecord> {
    let is_there = |row: &ByteRecord| row.len() > 1 || row.get(0).is_some_and(|cell| !cell.trim_ascii().is_empty());
    csv_reader(sample, dialect).into_byte_records().take(ROWS_TO_SNIFF).flatten().filter(is_there).collect()
}

/// What a spreadsheet's first line says stands between fields, `sep=;`, and the bytes of that line.
fn excels_delimiter(bytes: &[u8]) -> Option<(u8, usize)> {
    let length = memchr::memchr(b'\n', bytes)? + 1;
    let line = bytes[..length].trim_ascii();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] if DELIMITERS.contains(delimiter) => {
            Some((*delimiter, length))
        }
        // The tab of `sep=` was trimmed away.
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] if bytes[..length].contains(&b'\t') => Some((b'\t', length)),
        _ => None,
    }
}

/// The lines of a sample without those that are empty.
fn lines(sample: &[u8]) -> impl Iterator<Item = &[u8]> {
    sample.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(ROWS_TO_SNIFF)
}

/// True where the delimiter stands inside quotes only: in user agents, in titles.
fn is_quoted(sample: &[u8], delimiter: u8) -> bool {
    let (mut inside, mut outside) = (0, 0);
    for line in lines(sample) {
        let mut is_open = false;
        for byte in line {
            is_open ^= *byte == b'"';
            if *byte == delimiter {
                if is_open { inside += 1 } else { outside += 1 }
            }
        }
    }
    inside > 0 && outside == 0
}

/// True where the delimiter splits nine lines of ten, the first left out, into equally many parts.
fn divides_most(sample: &[u8], delimiter: u8) -> bool {
    let count = |line: &[u8]| line.iter().filter(|byte| **byte == delimiter).count();
    let counts: Vec<usize> = lines(sample).skip(1).map(count).collect();
    let usual = counts.get(counts.len() / 2).copied().unwrap_or(0);
    usual > 0 && counts.iter().filter(|count| **count == usual).count() * 10 >= counts.len() * 9
}

fn split_line(line: &[u8], dialect: Dialect) -> ByteRecord {
    csv_reader(line, dialect).into_byte_records().next().and_then(|row| row.ok()).unwrap_or_default()
}

fn names_of(row: &ByteRecord) -> Vec<String> {
    row.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned()).collect()
}

fn is_number(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    decimal(cell.strip_prefix(b"-").unwrap_or(cell), 1).is_some()
}

/// True where the first row names the columns: it holds no number, and either a name is known (or given by
/// `--columns`) or the second row does hold one.
fn is_header(rows: &[ByteRecord], options: &ReadOptions) -> bool {
    let Some(first) = rows.first() else { return false };
    if first.iter().any(is_number) {
        return false;
    }
    let names = names_of(first);
    let is_given = || options.columns.iter().any(|(_, column)| names.contains(column));
    let second_has_numbers = || names.len() > 1 && rows.get(1).is_some_and(|second| second.iter().any(is_number));
    names_a_key(&names) || is_given() || second_has_numbers()
}

/// timestamp, key (which may hold the delimiter), key size, value size, client id, operation, ttl.
fn is_twitter((row, _): (&ByteRecord, i64)) -> bool {
    let Some(more) = row.len().checked_sub(TWITTERS) else { return false };
    let cell = |i: usize| row.get(if i == 0 { 0 } else { i + more }).unwrap_or_default();
    [0, 2, 3, 4, 6].into_iter().all(|i| is_number(cell(i))) && words::op(cell(5).trim_ascii()).is_ok()
}

/// time, object, size, position of the next access (which is ahead of the row's own, or none).
fn is_libcachesim((row, number): (&ByteRecord, i64)) -> bool {
    let cell = |i: usize| row.get(i).unwrap_or_default();
    let next = std::str::from_utf8(cell(3).trim_ascii()).ok().and_then(|next| next.parse::<i64>().ok());
    row.len() == 4 && is_number(cell(0)) && is_number(cell(2)) && next.is_some_and(|next| next == -1 || next > number)
}

/// True where the first column never steps back.
fn is_ordered(rows: &[ByteRecord]) -> bool {
    let time = |row: &ByteRecord| decimal(row.get(0).unwrap_or_default().trim_ascii(), 1);
    rows.windows(2).all(|pair| time(&pair[0]) <= time(&pair[1]))
}
