//! A document as Markdown for a pull request: answers and tables in sight, the tables of figures folded. It knows no report.

use super::page::{Answer, Block, Figure, Page, Section, Table, Tone};
use std::fmt::Write;

/// Rows above which a table is folded.
const LONG: usize = 30;
/// Items above which a list is folded.
const MANY: usize = 6;

/// The whole document.
pub fn render(page: &Page) -> String {
    let mut out = format!("# {}\n\n{}\n\n", escaped(&page.title), escaped(&page.subtitle));
    page.answers.iter().for_each(|answer| self::answer(&mut out, answer));
    page.sections.iter().for_each(|section| self::section(&mut out, section, 2));
    let _ = writeln!(out, "<sub>Made by {}.</sub>", escaped(&page.made_by));
    out
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
        // A reader of a comment opens them one by one: each takes a line, however long it is.
        Block::List(items) if items.len() > MANY => {
            let items: Vec<String> = items.iter().map(|item| escaped(item)).collect();
            let _ =
                writeln!(out, "<details><summary>{} points</summary>{}</details>\n", items.len(), items.join("<br>"));
        }
        Block::List(items) => {
            items.iter().for_each(|item| {
                let _ = writeln!(out, "- {}", escaped(item));
            });
            out.push('\n');
        }
        Block::Terms(_) => {
            let _ = writeln!(out, "`coldgap explain hidden` says what a word means.\n");
        }
        Block::Code(text) => code(out, text),
        Block::Table(table) if table.rows.len() > LONG => folded(out, &table.title, &self::table(table)),
        Block::Table(table) => {
            let _ = writeln!(out, "{}:\n\n{}", escaped(&table.title), self::table(table));
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
    folded(out, &figure.table.title, &table(&figure.table));
}

fn folded(out: &mut String, title: &str, inside: &str) {
    let _ = writeln!(out, "<details><summary>{}</summary>\n\n{inside}\n</details>\n", escaped(title));
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
        let mut odd = Table::new("odd", &[("a", "a|b"), ("n", "n")]);
        odd.row([Cell::text("x | y\n*z*"), Cell::count(1200)]);
        assert_eq!(table(&odd), "| a\\|b | n |\n| --- | ---: |\n| x \\| y \\*z\\* | 1,200 |\n");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let mut out = String::new();
        code(&mut out, "a ```` b");
        assert_eq!(out, "`````sh\na ```` b\n`````\n\n");
    }
}
