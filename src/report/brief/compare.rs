//! The comparison in some thirty lines: where both sides stand, what differs by more than noise, what of a saving may be cut.

use super::{answers, close, hung, open, rests_on};
use crate::report::compare::words::{cells, names, word};
use crate::report::compare::{Change, CompareReport, Decision, Direction, Material, state};
use crate::report::format::{self, given, loss_name as loss, percent};
use crate::report::page::Answer;
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::{Look, Tone};
use crate::units::Rate;

/// Rows that the table shows; `--details` has all of them.
const ROWS: usize = 12;

/// The report in short.
pub fn compare(report: &CompareReport, look: &Look) -> String {
    let mut out = open(look);
    let first = state::answer(report);
    // A question as long as that has a line of its own.
    if first.question.chars().count() > super::QUESTION - 3 {
        out.prose("  ", &first.question);
        answers(&mut out, &[Answer { question: String::new(), ..first }]);
    } else {
        answers(&mut out, &[first]);
    }
    hung(&mut out, None, "  CHANGE     ", &report.verdict.headline);
    if !report.verdict.capacity.is_empty() {
        hung(&mut out, None, "  BACKEND    ", &report.verdict.capacity);
    }
    out.blank();
    out.prose("  ", &about(report));
    rests_on(&mut out, &report.head, "");
    changes(&mut out, report);
    cuts(&mut out, report);
    close(out, &report.head, &["-o comment.md".to_string()])
}

/// What both sides share.
fn about(report: &CompareReport) -> String {
    let side = &report.baseline;
    let mut parts = vec![format!("{}, cache of {}", side.trace, side.cache())];
    parts.push(format!("backend {}{}", side.backend(), given(side.backend_assumed)));
    parts.push(format!("{} to carry", Rate::answers(side.load_per_second)));
    let differs =
        report.differences.iter().map(|one| format!("{} {} instead of {}", one.what, one.candidate, one.baseline));
    format!("{}; candidate: {}", parts.join("; "), differs.collect::<Vec<_>>().join(", "))
}

fn changes(out: &mut Sheet, report: &CompareReport) {
    let differs = |change: &&Change| {
        change.material == Material::Yes
            || (change.material == Material::Unknown && change.change_absolute.is_some_and(|by| by != 0.0))
    };
    let all: Vec<&Change> = report.changes.iter().filter(differs).collect();
    if all.is_empty() {
        out.prose("  ", "Nothing that was compared differs by more than its noise.");
        return out.blank();
    }
    out.prose("  ", "WHAT DIFFERS by more than chance alone would make it (95%)");
    let (before, after) = names(report);
    let mut table =
        Columns::new(4).left("", 22).right(before, 11).right(after, 11).right("change", 9).left("", 8).after(2);
    for change in all.iter().take(ROWS) {
        let [name, before, after, moved, _] = cells(change);
        let row = [name, before, after, moved, word(change).to_string()];
        match change.direction {
            Direction::Better => table.row_in(Tone::Good, row),
            Direction::Worse => table.row_in(Tone::Bad, row),
            Direction::Neither => table.row(row),
        }
    }
    out.table(&table);
    if all.len() > ROWS {
        out.prose("    ", &format!("and {} more: --details", all.len() - ROWS));
    }
    out.blank();
}

/// What of a saving may be cut; nothing where no cut looks possible.
fn cuts(sheet: &mut Sheet, report: &CompareReport) {
    let says = |decision: &Decision| {
        decision.looks_like_ratio.is_some()
            && (decision.looks_like_material != Material::No || decision.material != Material::No)
    };
    if !report.decisions.iter().any(says) {
        return;
    }
    let carried = Rate::answers(report.baseline.load_per_second);
    sheet.led("  ", &format!("IF YOU CUT THE BACKEND, still to carry {carried} with no answer late after losing..."));
    let heads = report.decisions.iter().map(|decision| loss(decision.loss_ratio));
    let mut table = heads.fold(Columns::new(4).left("", 10), |table, head| table.right(head, 11));
    let row = |name: &str, of: &dyn Fn(&Decision) -> String| {
        std::iter::once(name.to_string()).chain(report.decisions.iter().map(of)).collect::<Vec<_>>()
    };
    // What misses promise is written as their change is; what may be cut is never rounded up.
    let told = |material: Material, share: Option<f64>, show: fn(f64) -> String| match (material, share) {
        (Material::No, _) => "0%".to_string(),
        (Material::Yes, Some(share)) => show(share),
        (Material::Unknown, Some(share)) => format!("{}?", show(share)),
        (_, None) => "unknown".to_string(),
    };
    table.row(row("looks like", &|decision| told(decision.looks_like_material, decision.looks_like_ratio, percent)));
    table.row(row("is", &|decision| told(decision.material, decision.is_ratio, format::cut)));
    sheet.table(&table);
    sheet.prose(
        "    ",
        "looks like: as misses change; is: as the least backend that survives this loss changes; 0%: no more than noise; ?: \
         noise unknown.",
    );
    sheet.blank();
}
