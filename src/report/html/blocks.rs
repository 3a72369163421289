//! The pieces of a section as HTML.

use super::escape::escaped;
use super::{class, sign};
use crate::report::page::{Block, Cell, Figure, Table, Tone};
use std::fmt::Write;

/// One piece.
pub fn block(out: &mut String, block: &Block) {
    match block {
        Block::Prose(text) => {
            let _ = writeln!(out, "<p>{}</p>", escaped(text));
        }
        Block::Note(tone, text) => {
            let _ = writeln!(out, "<p class=\"note {}\">{}{}</p>", class(*tone), sign(*tone), escaped(text));
        }
        Block::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", escaped(item))).collect();
            let _ = writeln!(out, "<ul>\n{items}</ul>");
        }
        Block::Terms(terms) => {
            let term = |(word, meaning): &(String, String)| {
                format!("<dt>{}</dt><dd>{}</dd>\n", escaped(word), escaped(meaning))
            };
            let _ = writeln!(out, "<dl>\n{}</dl>", terms.iter().map(term).collect::<String>());
        }
        Block::Code(text) => {
            let _ = writeln!(out, "<pre class=\"copied\" tabindex=\"0\"><code>{}</code></pre>", escaped(text));
        }
        Block::Table(table) => {
            let _ = writeln!(
                out,
                "<div class=\"numbers\"><p class=\"title\">{}</p>{}</div>",
                escaped(&table.title),
                self::table(table)
            );
        }
        Block::Figure(figure) => self::figure(out, figure),
    }
}

/// The table is open until the script has drawn the chart.
fn figure(out: &mut String, figure: &Figure) {
    let chart = serde_json::to_string(&figure.chart).unwrap_or_default();
    let _ = writeln!(
        out,
        "<figure id=\"{}\" data-chart=\"{}\">\n<figcaption>{}</figcaption>\n<div class=\"chart\"></div>\n\
         <details class=\"numbers\" open><summary>The numbers: {}</summary>{}</details>\n</figure>",
        figure.id,
        escaped(&chart),
        escaped(&figure.caption),
        escaped(&figure.table.title),
        table(&figure.table)
    );
}

/// A table; its title stands before it.
fn table(table: &Table) -> String {
    let mut out = format!("<div class=\"scroll\" tabindex=\"0\"><table aria-label=\"{}\">", escaped(&table.title));
    out.push_str("<thead><tr>");
    let numeric: Vec<&str> =
        (0..table.columns.len()).map(|i| if table.is_numeric(i) { " class=\"n\"" } else { "" }).collect();
    for (column, numeric) in table.columns.iter().zip(&numeric) {
        let _ = write!(
            out,
            "<th scope=\"col\" data-key=\"{}\"{numeric}>{}</th>",
            escaped(&column.key),
            escaped(&column.head)
        );
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (i, (cell, numeric)) in row.iter().zip(&numeric).enumerate() {
            self::cell(&mut out, cell, numeric, i == 0);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>");
    if !table.note.is_empty() {
        let _ = write!(out, "<p class=\"small\">{}</p>", escaped(&table.note));
    }
    out
}

fn cell(out: &mut String, cell: &Cell, numeric: &str, is_head: bool) {
    // A heading at a row's beginning is the row's, without saying so in each.
    let tag = if is_head { "th" } else { "td" };
    let numeric = if cell.number.is_some() && !is_head { "" } else { numeric };
    let number = cell.number.map_or(String::new(), |number| format!(" data-n=\"{number}\""));
    let (before, after) = match cell.tone {
        Tone::Plain => (String::new(), ""),
        tone => (format!("<span class=\"{}\">{}", class(tone), sign(tone)), "</span>"),
    };
    let _ = write!(out, "<{tag}{numeric}{number}>{before}{}{after}</{tag}>", escaped(&cell.text));
}
