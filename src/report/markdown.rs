//! A document as Markdown for a pull request: answers and tables in sight, the tables of figures folded. It knows no report.

use super::page::{Answer, Block, Figure, Page, Section, Table, Tone};

/// Rows above which a table is folded.
const LONG: usize = 30;

/// The whole document.
pub fn render(page: &Page) -> String {
    let (body, end): (Vec<&Section>, Vec<&Section>) =
        page.sections.iter().partition(|section| !END.contains(&&*section.id));
    format!(
        "# {}\n\n{}\n\n{}{}{}<sub>Made by {}; a word of it: coldgap explain hidden.</sub>\n",
        escaped(&page.title),
        escaped(&page.subtitle),
        page.answers.iter().map(answer).collect::<String>(),
        body.into_iter().map(|part| section(part, 2)).collect::<String>(),
        end.into_iter().map(folded_section).collect::<String>(),
        escaped(&page.made_by)
    )
}

/// Sections that a reader opens, each on one line; what words mean, coldgap says.
const END: [&str; 3] = ["words", "assumptions", "provenance"];

/// A section on one line; nothing where it says nothing.
fn folded_section(section: &Section) -> String {
    let texts = section.blocks.iter().flat_map(|block| match block {
        Block::Prose(text) | Block::Note(_, text) => vec![html(text)],
        Block::List(items) => items.iter().map(|item| html(item)).collect(),
        Block::Code(text) => vec![format!("<code>{}</code>", html(text))],
        Block::Terms(_) | Block::Table(_) | Block::Figure(_) => Vec::new(),
    });
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() { String::new() } else { folded(&section.heading, &texts.join("<br>")) }
}

fn answer(answer: &Answer) -> String {
    let (sign, question, short) = (sign(answer.tone), escaped(&answer.question), escaped(&answer.short));
    format!("**{question}** {sign}**{short}**\n\n{}\n\n", escaped(&answer.rest()))
}

fn section(section: &Section, level: usize) -> String {
    let blocks: String = section.blocks.iter().map(block).collect();
    let parts: String = section.sections.iter().map(|part| self::section(part, (level + 1).min(6))).collect();
    format!("{} {}\n\n{blocks}{parts}", "#".repeat(level), escaped(&section.heading))
}

fn block(block: &Block) -> String {
    match block {
        Block::Prose(text) => format!("{}\n\n", escaped(text)),
        Block::Note(tone, text) => format!("> {}{}\n\n", sign(*tone), escaped(text)),
        Block::List(items) => items.iter().map(|item| format!("- {}\n", escaped(item))).collect::<String>() + "\n",
        Block::Terms(_) => String::new(),
        Block::Code(text) => code(text),
        Block::Table(table) if table.rows.len() > LONG => folded(&table.title, &html_table(table)),
        Block::Table(table) => self::table(table) + "\n",
        Block::Figure(Figure { caption, table, .. }) => {
            format!("{}\n\n{}", escaped(caption), folded(&table.title, &html_table(table)))
        }
    }
}

/// Between fences longer than any that it holds.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}sh\n{text}\n{fence}\n\n")
}

/// One line that opens: nothing inside is read as Markdown.
fn folded(title: &str, inside: &str) -> String {
    format!("<details><summary>{}</summary>{inside}</details>\n\n", html(title))
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
    marked(text, |c| (c == '@').then(|| "&#64;".to_string()))
}

/// Text that Markdown and HTML take as text; one line.
fn escaped(text: &str) -> String {
    marked(text, |c| "\\`*_[]|#~@$".contains(c).then(|| format!("\\{c}")))
}

/// Text without what HTML reads as more than text, on one line; `own` says what else becomes of a character.
fn marked(text: &str, own: impl Fn(char) -> Option<String>) -> String {
    let of = |c: char| match c {
        '<' => "&lt;".to_string(),
        '>' => "&gt;".to_string(),
        '&' => "&amp;".to_string(),
        _ if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => " ".to_string(),
        _ => own(c).unwrap_or(c.to_string()),
    };
    text.chars().map(of).collect()
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
        out += &format!("\n{}\n", escaped(&table.note));
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
        assert_eq!(code("a ```` b"), "`````sh\na ```` b\n`````\n\n");
    }
}
