//! The pieces of a section as HTML.

use super::escape::escaped;
use super::{class, sign};
use crate::report::page::{Block, Cell, Figure, Table, Tone};

/// One piece.
pub fn block(block: &Block) -> String {
    match block {
        Block::Prose(text) => format!("<p>{}</p>\n", escaped(text)),
        Block::Note(tone, text) => {
            format!("<p class=\"note {}\">{}{}</p>\n", class(*tone), sign(*tone), escaped(text))
        }
        Block::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", escaped(item))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Terms(terms) => {
            let term = |(word, meaning): &(String, String)| {
                format!("<dt>{}</dt><dd>{}</dd>\n", escaped(word), escaped(meaning))
            };
            format!("<dl>\n{}</dl>\n", terms.iter().map(term).collect::<String>())
        }
        Block::Code(text) => {
            format!("<pre class=\"copied\" tabindex=\"0\"><code>{}</code></pre>\n", escaped(text))
        }
        Block::Table(table) => {
            let title = escaped(&table.title);
            format!("<div class=\"numbers\"><p class=\"title\">{title}</p>{}</div>\n", self::table(table))
        }
        Block::Figure(figure) => self::figure(figure),
    }
}

/// The table is open until the script has drawn the chart.
fn figure(figure: &Figure) -> String {
    let chart = serde_json::to_string(&figure.chart).unwrap_or_default();
    format!(
        "<figure id=\"{}\" data-chart=\"{}\">\n<figcaption>{}</figcaption>\n<div class=\"chart\"></div>\n\
         <details class=\"numbers\" open><summary>The numbers: {}</summary>{}</details>\n</figure>\n",
        figure.id,
        escaped(&chart),
        escaped(&figure.caption),
        escaped(&figure.table.title),
        table(&figure.table)
    )
}

/// A table; its title stands before it.
fn table(table: &Table) -> String {
    let numeric = |i: usize| if table.is_numeric(i) { " class=\"n\"" } else { "" };
    let numeric: Vec<&str> = (0..table.columns.len()).map(numeric).collect();
    let heads = table.columns.iter().zip(&numeric).map(|(column, numeric)| {
        let (key, head) = (escaped(&column.key), escaped(&column.head));
        format!("<th scope=\"col\" data-key=\"{key}\"{numeric}>{head}</th>")
    });
    let row = |row: &Vec<Cell>| {
        let cells = row.iter().zip(&numeric).enumerate().map(|(i, (cell, numeric))| self::cell(cell, numeric, i == 0));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\"><table aria-label=\"{}\"><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>",
        escaped(&table.title),
        heads.collect::<String>(),
        table.rows.iter().map(row).collect::<String>()
    );
    if !table.note.is_empty() {
        out += &format!("<p class=\"small\">{}</p>", escaped(&table.note));
    }
    out
}

fn cell(cell: &Cell, numeric: &str, is_head: bool) -> String {
    // A heading at a row's beginning is the row's, without saying so in each.
    let tag = if is_head { "th" } else { "td" };
    let numeric = if cell.number.is_some() && !is_head { "" } else { numeric };
    let number = cell.number.map_or(String::new(), |number| format!(" data-n=\"{number}\""));
    let text = match cell.tone {
        Tone::Plain => escaped(&cell.text),
        tone => format!("<span class=\"{}\">{}{}</span>", class(tone), sign(tone), escaped(&cell.text)),
    };
    format!("<{tag}{numeric}{number}>{text}</{tag}>")
}
