//! Lines of words between blanks, where a word may stand in quotes or brackets: logs of balancers, proxies and stores.
//!
//! It knows how a line is split; what a word holds is told by a preset.

use super::builder::{Builder, Flow};
use super::columns;
use super::format::ReadOptions;
use super::input::Input;
use super::lines::Lines;
use super::preset::Preset;
use super::table::Table;
use super::words::Cell;
use crate::error::{Error, Result, Spot};
use crate::units::grouped;

/// A name with this mark before it is that of the last word, wherever it stands.
const LAST: char = '<';

/// Where the words of a line stand, without their quotes and brackets; whether the last of these is closed.
pub fn split(line: &[u8], words: &mut Vec<(usize, usize)>) -> bool {
    words.clear();
    let mut at = 0;
    while at < line.len() {
        let (begin, end) = match line[at] {
            b' ' => {
                at += 1;
                continue;
            }
            b'"' => (at + 1, at + 1 + closing(&line[at + 1..], b'"')),
            b'[' if is_closed(&line[at + 1..]) => (at + 1, at + 1 + closing(&line[at + 1..], b']')),
            _ => (at, at + memchr::memchr(b' ', &line[at..]).unwrap_or(line.len() - at)),
        };
        words.push((begin, end));
        at = end + usize::from(begin > at);
    }
    at == line.len()
}

/// True where a bracket holds a whole word: those around an address of IPv6 do not, a port follows.
fn is_closed(text: &[u8]) -> bool {
    matches!(text.get(closing(text, b']') + 1), None | Some(b' '))
}

/// Where a quote or bracket is closed; the end where it is not. A backslash takes the next byte along.
pub fn closing(text: &[u8], close: u8) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(close, b'\\', &text[at..]) {
        at += found;
        if text[at] == close {
            return at;
        }
        at = (at + 2).min(text.len());
    }
    text.len()
}

/// The part of a line that a preset reads: HAProxy's lines have the client and what syslog says before the date. `None` for a
/// line that has none: it is of something else.
pub fn behind_prefix(line: &[u8], preset_skips: bool) -> Option<&[u8]> {
    let is_date = |at: &usize| line.get(at + 3) == Some(&b'/') && line.get(at + 7) == Some(&b'/');
    if !preset_skips {
        return Some(line);
    }
    memchr::memchr_iter(b'[', line).find(is_date).map(|at| &line[at..])
}

/// Reads lines as a preset says.
///
/// # Errors
/// Columns that are not there; see also [`Table::push`].
pub fn read(
    preset: &Preset,
    names: &str,
    skips: bool,
    input: Input,
    options: &ReadOptions,
    rows: &mut Builder<'_>,
) -> Result<()> {
    let last = names.split(' ').position(|name| name.starts_with(LAST));
    let names: Vec<String> = names.split(' ').map(|name| name.trim_start_matches(LAST).to_string()).collect();
    let columns = columns::choose(Some(&names), names.len(), Some(preset), options)?;
    rows.set_layout(format!("words between blanks, with quotes and brackets; {}", columns.told(Some(&names))));
    if columns.duration.is_some() {
        rows.allow_disorder();
    }
    let least = columns.time.into_iter().chain([columns.key]).filter(|column| Some(*column) != last).max().unwrap_or(0);
    let used = columns.used();
    let mut table = Table::new(columns);
    let mut lines = Lines::new(input);
    let mut words = Vec::new();
    let mut foreign = 0;
    while let Some((line, spot)) = lines.next()? {
        if line.trim_ascii().is_empty() || line[0] == b'#' {
            continue;
        }
        let Some(line) = behind_prefix(line, skips) else {
            foreign += 1;
            continue;
        };
        let is_closed = split(line, &mut words);
        // A user agent may hold a quote; what is read may not end anywhere.
        if !is_closed && (matches!(spot, Spot::LastLine(_)) || last.is_some() || used.contains(&(words.len() - 1))) {
            let fault = Error::trace("a quote or a bracket is left open").hint(
                "the line is cut off: by the end of the file, or by who wrote it, as HAProxy does beyond 1,024 bytes (len in its log line)",
            );
            rows.skip(fault, spot)?;
            continue;
        }
        if words.len() <= least {
            let fault = Error::trace(format!("this line has {} fields, fewer than {}", words.len(), preset.info.name))
                .hint("the file is cut off or damaged here, or of another format: --input names it");
            rows.skip(fault, spot)?;
            continue;
        }
        let cell = |column: usize| {
            let word = if Some(column) == last { words.last() } else { words.get(column) };
            word.map_or(Cell::Null, |(begin, end)| Cell::Text(&line[*begin..*end]))
        };
        if table.push(rows, cell, spot)? == Flow::Break(()) {
            break;
        }
    }
    if foreign > 0 {
        rows.note(format!("left out, lines without a date, which are of something else: {}", grouped(foreign)));
    }
    table.finish(rows);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_blanks_quotes_and_brackets() {
        let line = br#"a  "b c" [d e] "f \" g" - "" [::1]:80 h"#;
        let mut words = Vec::new();
        split(line, &mut words);
        let words: Vec<&str> =
            words.iter().map(|(begin, end)| std::str::from_utf8(&line[*begin..*end]).unwrap()).collect();
        assert_eq!(words, ["a", "b c", "d e", r#"f \" g"#, "-", "", "[::1]:80", "h"]);
        for odd in [&b"\"open"[..], b"[", b"\"\\", b"[::1]:80 x"] {
            split(odd, &mut Vec::new());
        }
    }
}
