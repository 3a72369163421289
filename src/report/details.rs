//! A document for a terminal: every section, every table, charts of characters where a table is too long to read. It knows
//! no report; what it prints is what HTML and Markdown show.

use super::chart;
use super::page::{Across, Block, Cell, Figure, Mark, Page, Section, Table, Tone as Judged};
use super::sheet::Sheet;
use super::sheet::columns::Columns;
use super::sheet::look::{Look, Tone};

/// Rows above which a figure's table is drawn, and its rows left to the JSON.
const LONG: usize = 40;
/// Length of the longest bar.
const BAR: usize = 24;
/// A bar this short is not worth its place.
const SHORTEST: usize = 8;
/// Columns and lines of a chart.
const CHART: (usize, usize) = (64, 4);
/// Columns before a chart.
const LEAD: usize = 14;

/// The whole document.
pub fn render(page: &Page, look: &Look) -> String {
    let mut out = Sheet::new(look);
    out.blank();
    out.prose("  ", &plain(&page.title));
    out.prose("  ", &plain(&page.subtitle));
    out.blank();
    for answer in &page.answers {
        out.said(tone(answer.tone).unwrap_or(Tone::Strong), "  ", &format!("{} {}.", answer.question, answer.short));
        let rest = answer.rest();
        if !rest.is_empty() {
            out.prose("    ", &plain(&rest));
        }
        out.blank();
    }
    page.sections.iter().for_each(|part| section(&mut out, part));
    out.finish()
}

/// A section, unless it only says what words mean, which `coldgap explain` does.
pub fn section(out: &mut Sheet, part: &Section) {
    let says = |block: &Block| !matches!(block, Block::Terms(_));
    if part.sections.is_empty() && !part.blocks.iter().any(says) {
        return;
    }
    out.prose("  ", &plain(&part.heading.to_uppercase()));
    for block in part.blocks.iter().filter(|block| says(block)) {
        self::block(out, block);
    }
    out.blank();
    part.sections.iter().for_each(|part| section(out, part));
}

fn block(out: &mut Sheet, block: &Block) {
    match block {
        Block::Prose(text) => out.prose("    ", &plain(text)),
        Block::Note(judged, text) => out.said(tone(*judged).unwrap_or(Tone::Strong), "    ", &plain(text)),
        Block::List(items) => items.iter().for_each(|item| {
            let text = out.look.wrapped(&plain(item), "      ");
            out.line(&format!("    - {}", text.trim_start()));
        }),
        Block::Terms(_) => {}
        // Unbroken, to be copied.
        Block::Code(text) => out.line(&format!("    {text}")),
        Block::Table(table) => self::table(out, table, None),
        Block::Figure(figure) => self::figure(out, figure),
    }
}

fn figure(out: &mut Sheet, figure: &Figure) {
    if !figure.caption.is_empty() {
        out.prose("    ", &plain(&figure.caption));
    }
    let bars = figure.chart.marks.iter().find_map(|mark| match mark {
        Mark::Bar { to, .. } => figure.table.position(to),
        _ => None,
    });
    if figure.table.rows.len() <= LONG {
        return table(out, &figure.table, bars);
    }
    for mark in &figure.chart.marks {
        if let Mark::Line { name, series, .. } = mark {
            let of = if series.is_some() { figure.table.rows[0][0].text.as_str() } else { name };
            let label = &figure.chart.y.label;
            out.prose("    ", &if label == of { plain(of) } else { plain(&format!("{label}, {of}")) });
            area(out, figure, mark, CHART.1);
        }
    }
    out.prose("    ", &format!("{} rows, in the JSON: {}", figure.table.rows.len(), plain(&figure.table.title)));
}

/// A line of a figure as an area of so many lines; of several series the first.
pub fn area(out: &mut Sheet, figure: &Figure, mark: &Mark, lines: usize) {
    let Mark::Line { x, y, series, .. } = mark else { return };
    let (Some(x), Some(y)) = (figure.table.position(x), figure.table.position(y)) else { return };
    let series = series.as_ref().and_then(|series| figure.table.position(series));
    let first = figure.table.rows.first();
    let own = |row: &&Vec<Cell>| series.is_none_or(|i| first.is_some_and(|first| first[i] == row[i]));
    let rows: Vec<_> = figure.table.rows.iter().filter(own).collect();
    let Some(top) = rows.iter().map(|row| &row[y]).max_by(|a, b| f64::total_cmp(&of(a.number), &of(b.number))) else {
        return;
    };
    let columns = out.look.chart(CHART.0, LEAD).min(rows.len());
    let values: Vec<Option<f64>> = rows.iter().map(|row| row[y].number).collect();
    let values = chart::binned(&values, columns);
    for (i, line) in chart::area(&values, of(top.number), lines, out.look.ink).iter().enumerate() {
        out.line(&format!("  {:>10} |{line}", if i == 0 { &*top.text } else { "" }));
    }
    out.line(&format!("  {:>10} +{}", "0", "-".repeat(columns)));
    axis(out, figure, &rows.iter().map(|row| &row[x]).collect::<Vec<_>>(), columns);
}

/// What lies below a chart: where the first event stands, and where the last value.
fn axis(out: &mut Sheet, figure: &Figure, xs: &[&Cell], columns: usize) {
    let end = xs.last().map_or("", |cell| cell.text.as_str());
    let event = figure.chart.marks.iter().find_map(|mark| match mark {
        Mark::Rule { across: Across::X, at, name } => Some((*at, name)),
        _ => None,
    });
    let (at, label) = event.map_or((0, String::new()), |(at, name)| {
        let before = xs.iter().filter(|cell| of(cell.number) < at - 1e-6).count();
        (before * columns / xs.len().max(1), format!("^ {name}"))
    });
    let drawn = |label: &str| {
        let gap = columns.saturating_sub(at + label.chars().count() + end.chars().count()).max(1);
        format!("{:LEAD$}{}{label}{}{end}", "", " ".repeat(at), " ".repeat(gap))
    };
    let whole = drawn(&label);
    if whole.chars().count() <= out.look.room() {
        out.line(&whole);
    } else {
        out.line(&drawn(if label.is_empty() { "" } else { "^" }));
        out.prose("  ", &label);
    }
}

/// A table; `bars` is the column that is drawn beside it.
pub fn table(out: &mut Sheet, table: &Table, bars: Option<usize>) {
    if table.rows.is_empty() {
        return;
    }
    out.blank();
    out.prose("    ", &plain(&table.title));
    let heads = table.columns.iter().enumerate();
    let mut columns = heads.fold(Columns::new(6), |columns, (i, column)| {
        let head = plain(&column.head);
        match i {
            0 => columns.left(head, 0),
            _ if table.is_numeric(i) => columns.right(head, 0).after(2),
            _ => columns.left(head, 0).after(2),
        }
    });
    for row in &table.rows {
        let cells = row.iter().map(|cell| plain(&cell.text));
        match row.iter().rev().find_map(|cell| tone(cell.tone)) {
            Some(tone) => columns.row_in(tone, cells),
            None => columns.row(cells),
        }
    }
    let longest = out.look.chart(BAR, columns.width() + 2).min(BAR);
    if let Some(bars) = bars.filter(|_| longest >= SHORTEST) {
        let lengths: Vec<f64> = table.rows.iter().map(|row| of(row[bars].number)).collect();
        let most = lengths.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let ink = out.look.ink;
        columns = columns.beside("", lengths.iter().map(|length| chart::bar(length / most, longest, ink)));
    }
    out.table(&columns);
    if !table.note.is_empty() {
        out.prose("    ", &plain(&table.note));
    }
    out.blank();
}

fn of(number: Option<f64>) -> f64 {
    number.unwrap_or(0.0)
}

fn tone(judged: Judged) -> Option<Tone> {
    match judged {
        Judged::Good => Some(Tone::Good),
        Judged::Bad => Some(Tone::Bad),
        Judged::Careful | Judged::Plain => None,
    }
}

/// In characters that every terminal has.
fn plain(text: &str) -> String {
    text.replace(" · ", "; ").replace('→', "->")
}
