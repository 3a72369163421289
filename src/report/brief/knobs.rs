//! What moves hidden capacity, in some thirty lines: the strongest setting of each knob; what is loaded beforehand, and how
//! nodes may restart.

use super::{answers, close, open, rests_on};
use crate::report::Head;
use crate::report::details;
use crate::report::format::{given, percent};
use crate::report::knobs::{Config, SKEW, SensitivityReport, SensitivityRow, WarmupReport};
use crate::report::knobs::{page, sentence};
use crate::report::outage::TraceFacts;
use crate::report::page::{Answer, Tone};
use crate::report::sheet::Sheet;
use crate::report::sheet::look::Look;
use crate::units::Rate;

/// The knobs.
pub fn sensitivity(report: &SensitivityReport, look: &Look) -> String {
    let mut out = open(look);
    answers(&mut out, &[said("Which knob?", &report.sentence)]);
    out.prose("  ", &about(&report.config, &report.trace));
    rests_on(&mut out, &report.head, "");
    let (keys, settings): (Vec<_>, Vec<_>) = strongest(&report.rows).into_iter().partition(|row| row.knob == SKEW);
    for rows in [settings, keys].into_iter().filter(|rows| !rows.is_empty()) {
        details::table(&mut out, &page::knobs_table(rows).into(), None);
        out.blank();
    }
    end(out, &report.head)
}

/// Rows whose factors stand out: of each knob the least and the largest, in the order of the rows.
fn strongest(rows: &[SensitivityRow]) -> Vec<&SensitivityRow> {
    let rank = |row: &SensitivityRow| row.hidden_factor.unwrap_or(f64::INFINITY);
    let keeps = |i: usize| {
        // The first of several that are alike.
        let of_knob = || rows.iter().enumerate().rev().filter(|(_, row)| row.knob == rows[i].knob);
        let most = of_knob().max_by(|a, b| f64::total_cmp(&rank(a.1), &rank(b.1))).map(|(at, _)| at);
        let least = of_knob().min_by(|a, b| f64::total_cmp(&rank(a.1), &rank(b.1))).map(|(at, _)| at);
        rows[i].knob == SKEW || most == Some(i) || least == Some(i)
    };
    (0..rows.len()).filter(|i| keeps(*i)).map(|i| &rows[i]).collect()
}

/// What loading the hottest keys buys, and how nodes may restart.
pub fn warmup(report: &WarmupReport, look: &Look) -> String {
    let mut out = open(look);
    let load = sentence::loading(&report.rows);
    answers(
        &mut out,
        &[
            said("What does loading buy?", &load),
            said("How may nodes restart?", &sentence::restarts(&report.restarts, &[])),
        ],
    );
    out.prose("  ", &about(&report.config, &report.trace));
    rests_on(&mut out, &report.head, "");
    details::section(&mut out, &page::preloads(report));
    restarts(&mut out, report);
    end(out, &report.head)
}

/// The last way that is safe and the first that is not, of nodes at once and of times between two.
fn restarts(out: &mut Sheet, report: &WarmupReport) {
    let found = &report.restarts;
    // Where there is no such pair, what says the most: of what is all safe the hardest way, else the gentlest.
    let edges = [(&found.batches, true), (&found.spacings, false)].into_iter().flat_map(|(rows, hardest_is_last)| {
        let at = rows.windows(2).position(|pair| pair[0].safe != pair[1].safe);
        let one = if rows.iter().all(|row| row.safe) == hardest_is_last { rows.len().saturating_sub(1) } else { 0 };
        at.map_or(&rows[one..rows.len().min(one + 1)], |at| &rows[at..at + 2])
    });
    details::table(out, &page::restarts_table(found, edges).into(), None);
}

fn said(question: &str, sentence: &str) -> Answer {
    Answer::new(question, sentence, "", Tone::Plain)
}

fn about(config: &Config, trace: &TraceFacts) -> String {
    format!(
        "{}: {}, {} of the footprint; backend {}{}; today {}",
        trace.name,
        config.policy,
        percent(config.cache_capacity_ratio),
        config.backend,
        given(config.backend_assumed),
        Rate::answers(trace.today_per_second)
    )
}

fn end(out: Sheet, head: &Head) -> String {
    close(out, head, &["-o rows.csv".to_string()])
}
