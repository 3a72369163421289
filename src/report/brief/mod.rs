//! Reports as a person reads them first in a terminal: the answers, what carries them, what was not said, in some thirty
//! lines. It computes nothing; every table is printed with `--details`.

mod compare;
mod curve;
mod estimate;
mod gap;
mod knobs;
mod outage;
mod replay;

pub use compare::compare;
pub use estimate::estimate;
pub use gap::gap;
pub use knobs::{sensitivity, warmup};
pub use outage::outage;
pub use replay::replay;

use super::Head;
use super::gates;
use super::page::{Answer, Tone as Judged};
use super::sheet::Sheet;
use super::sheet::look::{Look, Tone};

/// Columns that a question takes beside its answer.
const QUESTION: usize = 30;
/// Warnings that are printed; `--details` has all of them.
const WARNINGS: usize = 2;
/// Lines of a warning.
const WARNING_LINES: usize = 2;

/// Each question with its answer beside it.
fn answers(out: &mut Sheet, answers: &[Answer]) {
    for answer in answers {
        let also = if answer.also.is_empty() { String::new() } else { format!(" {}.", capitalised(&answer.also)) };
        let text = format!("{}.{also}", capitalised(answer.short.trim_end_matches('.')));
        let lead = format!("  {:<width$}", answer.question.to_uppercase(), width = QUESTION - 2);
        let tone = match answer.tone {
            Judged::Good => Tone::Good,
            Judged::Bad => Tone::Bad,
            Judged::Careful | Judged::Plain => Tone::Strong,
        };
        hung(out, Some(tone), &lead, &text);
    }
    out.blank();
}

/// Text beside a lead, in lines that fit, each below the first; below the lead where there is no room beside it.
fn hung(out: &mut Sheet, tone: Option<Tone>, lead: &str, text: &str) {
    let (width, look) = (lead.chars().count(), out.look);
    let paint = |text: &str| tone.map_or_else(|| text.to_string(), |tone| look.paint(tone, text));
    if width * 2 > look.prose() {
        out.line(lead);
        let text = look.wrapped(text, "    ");
        return out.line(&paint(&text));
    }
    let text = look.wrapped(text, &" ".repeat(width));
    out.line(&format!("{lead}{}", paint(&text[width..])));
}

/// What of the service was said and what is assumed, and what should make a reader careful: before any number. `of`: what every
/// warning begins with, and need not.
fn rests_on(out: &mut Sheet, head: &Head, of: &str) {
    let said: Vec<&str> = head.said.iter().map(|flag| flag.trim_start_matches('-')).collect();
    let listed = [("Given: ", said.join(", ")), ("Assumed: ", head.unsaid.join(", "))];
    let listed = listed.into_iter().filter(|(_, all)| !all.is_empty());
    let listed: Vec<String> = listed.map(|(lead, all)| format!("{lead}{all}.")).collect();
    if let Some((lead, text)) = listed.join(" ").split_once(' ') {
        hung(out, None, &format!("  {lead} "), text);
    }
    for warning in head.warnings.iter().take(WARNINGS) {
        let text = out.look.wrapped(warning.strip_prefix(of).unwrap_or(warning), "    ");
        let mut lines: Vec<&str> = text.trim_start().lines().collect();
        let cut = lines.len() > WARNING_LINES;
        lines.truncate(WARNING_LINES);
        if let Some(last) = lines.last_mut().filter(|_| cut) {
            // The last word makes room for the dots.
            *last = last.rsplit_once(' ').map_or(*last, |(rest, _)| rest);
        }
        out.line(&format!("  ! {}{}", lines.join("\n"), if cut { " ..." } else { "" }));
    }
    if head.warnings.len() > WARNINGS {
        out.line(&format!("  ! {} more: --details", head.warnings.len() - WARNINGS));
    }
    out.blank();
}

/// What every short report ends with: gates, and where there is more.
fn close(mut out: Sheet, head: &Head, more: &[String]) -> String {
    gates::text::section(&mut out, &head.gates);
    hung(&mut out, None, "  More: ", &[&["--details".to_string()], more].concat().join("; "));
    out.finish()
}

/// A sentence with its first letter large.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The start of a short report.
fn open(look: &Look) -> Sheet {
    let mut out = Sheet::new(look);
    out.blank();
    out
}
