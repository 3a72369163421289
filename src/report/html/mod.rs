//! A document as one HTML file: styles, script and library inside, nothing fetched. It knows no report.
//!
//! Charts are drawn in the browser from the tables that stand below them, so there is one copy of every number, and without
//! a script the tables are still there. All text is escaped where it is written ([`escape`]); a chart's description is an
//! attribute. `vendor/README.md` says what the library is and how to renew it.

mod blocks;
mod escape;

use super::page::{Answer, Block, Page, Section, Tone};
use escape::escaped;

const SKELETON: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// The charts' library, packed, and what unpacks and runs it.
const PACKED: &str = include_str!("vendor/charts.b64");
const UNPACKING: [&str; 3] =
    [include_str!("vendor/licences.js"), include_str!("vendor/inflate.min.js"), include_str!("unpack.js")];
const SCRIPTS: [&str; 4] =
    [include_str!("format.js"), include_str!("chart.js"), include_str!("save.js"), include_str!("page.js")];

/// The whole file.
pub fn render(page: &Page) -> String {
    let link = |section: &Section| format!("<li><a href=\"#{}\">{}</a></li>\n", section.id, escaped(&section.heading));
    let library = match page.sections.iter().any(draws) {
        true => format!(
            "<script type=\"text/plain\" id=\"charts\">{PACKED}</script>\n<script>\n{}</script>",
            UNPACKING.join("\n")
        ),
        false => String::new(),
    };
    filled(
        SKELETON,
        &[
            ("style", STYLE),
            ("title", &escaped(&page.title)),
            ("subtitle", &escaped(&page.subtitle)),
            ("answers", &page.answers.iter().map(answer).collect::<String>()),
            ("contents", &page.sections.iter().map(link).collect::<String>()),
            ("sections", &page.sections.iter().map(|part| section(part, 2)).collect::<String>()),
            ("made_by", &escaped(&page.made_by)),
            ("library", &library),
            ("scripts", &SCRIPTS.join("\n")),
        ],
    )
}

/// The skeleton with its `{{names}}` replaced; what is put in is not looked at again.
fn filled(skeleton: &str, values: &[(&str, &str)]) -> String {
    let mut parts = skeleton.split("{{");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or(("", part));
        out += values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        out += rest;
    }
    out
}

fn answer(answer: &Answer) -> String {
    format!(
        "<div class=\"answer {}\"><h2>{}</h2><p class=\"short\">{}{}</p><p>{}</p></div>\n",
        class(answer.tone),
        escaped(&answer.question),
        sign(answer.tone),
        escaped(&answer.short),
        escaped(&answer.rest())
    )
}

fn section(section: &Section, level: usize) -> String {
    let blocks: String = section.blocks.iter().map(blocks::block).collect();
    let parts: String = section.sections.iter().map(|part| self::section(part, (level + 1).min(6))).collect();
    let (id, heading) = (&section.id, escaped(&section.heading));
    format!("<section id=\"{id}\"><h{level}>{heading}</h{level}>\n{blocks}{parts}</section>\n")
}

fn draws(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::Figure(_))) || section.sections.iter().any(draws)
}

/// The class that colours a statement.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Careful => "careful",
        Tone::Bad => "bad",
    }
}

/// A sign before a statement, so that colour is never all there is.
fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Good => "<span class=\"sign\" role=\"img\" aria-label=\"good:\">✓</span> ",
        Tone::Careful => "<span class=\"sign\" role=\"img\" aria-label=\"careful:\">!</span> ",
        Tone::Bad => "<span class=\"sign\" role=\"img\" aria-label=\"bad:\">✗</span> ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(filled("<{{a}}|{{b}}>", &[("a", "{{b}}"), ("b", "2")]), "<{{b}}|2>");
    }

    #[test]
    fn the_skeleton_names_only_what_there_is() {
        let names: Vec<&str> = SKELETON.split("{{").skip(1).filter_map(|part| part.split("}}").next()).collect();
        assert_eq!(
            names,
            ["title", "style", "title", "subtitle", "answers", "contents", "sections", "made_by", "library", "scripts"]
        );
    }

    #[test]
    fn what_is_inside_a_script_cannot_end_it() {
        for text in UNPACKING.iter().chain(&SCRIPTS).chain(&[PACKED]) {
            assert!(!text.to_ascii_lowercase().contains("</script") && !text.contains("<!--"));
        }
        assert!(!STYLE.to_ascii_lowercase().contains("</style"));
    }
}
