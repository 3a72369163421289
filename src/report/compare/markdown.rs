//! The comparison for a pull request: the headline, the table, and the rest folded away.

use super::text::{cells, loss, names, word};
use super::{CompareReport, Material};
use crate::report::assumptions::percent;
use std::fmt::Write;

/// The whole report.
pub fn markdown(report: &CompareReport) -> String {
    let mut out = String::new();
    let (before, after) = names(report);
    // Writing to a String cannot fail.
    let _ = writeln!(out, "**{}**\n\n{}\n", escaped(&report.verdict.headline), escaped(&report.verdict.capacity));
    let _ = writeln!(out, "| | {} | {} | change | noise (95%) | |", escaped(&before), escaped(&after));
    let _ = writeln!(out, "|---|--:|--:|--:|--:|---|");
    for change in report.changes.iter().filter(|change| change.loss_ratio.is_none()) {
        let _ = writeln!(out, "| {} | {} |", cells(change).map(|cell| escaped(&cell)).join(" | "), word(change));
    }
    let _ = writeln!(out);
    cuts(&mut out, report);
    folded(&mut out, "Warnings", &report.head.warnings);
    folded(&mut out, "How the noise was found, and what else this rests on", &report.head.assumptions);
    let head = &report.head;
    let _ = writeln!(out, "<sub>{} {}: `{}`</sub>", head.tool.name, head.tool.version, head.command);
    out
}

fn cuts(out: &mut String, report: &CompareReport) {
    if report.decisions.iter().all(|decision| decision.looks_like_ratio.is_none()) {
        return;
    }
    let _ = writeln!(out, "| if you must survive losing | the saving looks like | it is | backend needed before | now |");
    let _ = writeln!(out, "|---|--:|--:|--:|--:|");
    let share = |share: Option<f64>| share.map_or("unknown".to_string(), percent);
    let rate = |value: Option<f64>| value.map_or("none enough".to_string(), |value| report.baseline.rate(value));
    for decision in &report.decisions {
        let is = match decision.material {
            Material::Yes => share(decision.is_ratio),
            Material::No => "no material change".to_string(),
            Material::Unknown => format!("{} (noise unknown)", share(decision.is_ratio)),
        };
        let _ = writeln!(
            out,
            "| {} | {} | {is} | {} | {} |",
            loss(decision.loss_ratio),
            share(decision.looks_like_ratio),
            rate(decision.baseline_per_second),
            rate(decision.candidate_per_second)
        );
    }
    let _ = writeln!(out);
}

fn folded(out: &mut String, title: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    let _ = writeln!(out, "<details><summary>{title}</summary>\n");
    for sentence in sentences {
        let _ = writeln!(out, "- {}", escaped(sentence));
    }
    let _ = writeln!(out, "\n</details>\n");
}

/// Text that Markdown would take for its own.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('_', "\\_").replace('*', "\\*").replace('<', "&lt;")
}
