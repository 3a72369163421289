//! A document as Markdown for a pull request: answers and tables in sight, the tables of figures folded. It knows no report.

use super::page::{Answer, Block, Figure, Page, Section, Table, Tone};
use std::fmt::Write;

/// Rows above which a table is folded.
const LONG: usize = 30;

/// The whole document.
pub fn render(page: &Page) -> String {
    let mut out = format!("# {}\n\n{}\n\n", escaped(&page.title), escaped(&page.subtitle));
    page.answers.iter().for_each(|answer| self::answer(&mut out, answer));
    let (body, end): (Vec<&Section>, Vec<&Section>) =
        page.sections.iter().partition(|section| !END.contains(&&*section.id));
    body.into_iter().for_each(|section| self::section(&mut out, section, 2));
    end.into_iter().for_each(|section| folded_section(&mut out, section));
    let _ = writeln!(out, "<sub>Made by {}; a word of it: coldgap explain hidden.</sub>", escaped(&page.made_by));
    out
}

/// Sections that a reader opens, each on one line; what words mean, coldgap says.
const END: [&str; 3] = ["words", "assumptions", "provenance"];

/// A section on one line.
fn folded_section(out: &mut String, section: &Section) {
    let texts = section.blocks.iter().flat_map(|block| match block {
        Block::Prose(text) | Block::Note(_, text) => vec![html(text)],
        Block::List(items) => items.iter().map(|item| html(item)).collect(),
        Block::Code(text) => vec![format!("<code>{}</code>", html(text))],
        Block::Terms(_) | Block::Table(_) | Block::Figure(_) => Vec::new(),
    });
    let texts: Vec<String> = texts.collect();
    if !texts.is_empty() {
        folded(out, &section.heading, &texts.join("<br>"));
    }
}

fn answer(out: &mut String, answer: &Answer) {
    let _ = writeln!(
        out,
        "**{}** {}**{}**\n\n{}\n",
        escaped(&answer.question),
        sign(answer.tone),
        escaped(&answer.short),
        escaped(&answer.rest())
    );
}

fn section(out: &mut String, section: &Section, level: usize) {
    let _ = writeln!(out, "{} {}\n", "#".repeat(level), escaped(&section.heading));
    section.blocks.iter().for_each(|block| self::block(out, block));
    section.sections.iter().for_each(|part| self::section(out, part, (level + 1).min(6)));
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Prose(text) => {
            let _ = writeln!(out, "{}\n", escaped(text));
        }
        Block::Note(tone, text) => {
            let _ = writeln!(out, "> {}{}\n", sign(*tone), escaped(text));
        }
        Block::List(items) => {
            items.iter().for_each(|item| {
                let _ = writeln!(out, "- {}", escaped(item));
            });
            out.push('\n');
        }
        Block::Terms(_) => {}
        Block::Code(text) => code(out, text),
        Block::Table(table) if table.rows.len() > LONG => folded(out, &table.title, &html_table(table)),
        Block::Table(table) => {
            let _ = writeln!(out, "{}", self::table(table));
        }
        Block::Figure(figure) => self::figure(out, figure),
    }
}

/// Between fences longer than any that it holds.
fn code(out: &mut String, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "{fence}sh\n{text}\n{fence}\n");
}

fn figure(out: &mut String, figure: &Figure) {
    let _ = writeln!(out, "{}\n", escaped(&figure.caption));
    folded(out, &figure.table.title, &html_table(&figure.table));
}

/// One line that opens: nothing inside is read as Markdown.
fn folded(out: &mut String, title: &str, inside: &str) {
    let _ = writeln!(out, "<details><summary>{}</summary>{inside}</details>\n", html(title));
}

/// A table on one line.
fn html_table(table: &Table) -> String {
    let row = |cells: Vec<String>, tag: &str| {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        format!("<tr>{cells}</tr>")
    };
    let mut out = row(table.columns.iter().map(|column| html(&column.head)).collect(), "th");
    for cells in &table.rows {
        out += &row(cells.iter().map(|cell| format!("{}{}", sign(cell.tone), html(&cell.text))).collect(), "td");
    }
    let note = if table.note.is_empty() { String::new() } else { format!("<br>{}", html(&table.note)) };
    format!("<table>{out}</table>{note}")
}

/// Text that HTML takes as text; one line.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            _ if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

fn table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(table.columns.iter().map(|column| escaped(&column.head)).collect());
    out +=
        &line((0..table.columns.len()).map(|i| if table.is_numeric(i) { "---:" } else { "---" }.to_string()).collect());
    for row in &table.rows {
        out += &line(row.iter().map(|cell| format!("{}{}", sign(cell.tone), escaped(&cell.text))).collect());
    }
    if !table.note.is_empty() {
        let _ = write!(out, "\n{}\n", escaped(&table.note));
    }
    out
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Good => "✅ ",
        Tone::Careful => "⚠️ ",
        Tone::Bad => "❌ ",
    }
}

/// Text that Markdown and HTML take as text; one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '@' | '$' => {
                out.push('\\');
                out.push(character);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::Cell;

    #[test]
    fn a_cell_cannot_leave_its_row() {
        let odd = Table::of("odd", ["x | y\n*z*"]).column("a", "a|b", |text| Cell::text(*text));
        let odd = odd.column("n", "n", |_| Cell::count(1200)).into();
        assert_eq!(table(&odd), "| a\\|b | n |\n| --- | ---: |\n| x \\| y \\*z\\* | 1,200 |\n");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let mut out = String::new();
        code(&mut out, "a ```` b");
        assert_eq!(out, "`````sh\na ```` b\n`````\n\n");
    }
}
