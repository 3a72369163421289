//! The comparison for reading in a terminal.

use super::sentence::name_of;
use super::{Change, CompareReport, Decision, Direction, Material};
use crate::report::format::{self, loss_name as loss, percent};
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::{Look, Tone};
use crate::units::{Demand, Rate, Seconds, significant};

/// Every table of the report.
pub fn details(report: &CompareReport, look: &Look) -> String {
    let mut sheet = Sheet::new(look);
    sheet.blank();
    sheet.prose("  ", &report.verdict.headline);
    if !report.verdict.capacity.is_empty() {
        sheet.blank();
        sheet.prose("  ", &report.verdict.capacity);
    }
    sheet.blank();
    changes(&mut sheet, report);
    cuts(&mut sheet, report);
    sheet.end(&report.head, super::page::sources(report))
}

fn changes(sheet: &mut Sheet, report: &CompareReport) {
    sheet.led("  ", "WHAT CHANGES, and what of it is more than noise");
    let (before, after) = names(report);
    let mut table = Columns::new(4)
        .left("", 22)
        .right(before, 11)
        .right(after, 11)
        .right("change", 9)
        .right("noise", 18)
        .left("", 18)
        .after(2);
    for change in &report.changes {
        let row = cells(change).into_iter().chain([word(change).to_string()]);
        match change.direction {
            Direction::Better => table.row_in(Tone::Good, row),
            Direction::Worse => table.row_in(Tone::Bad, row),
            Direction::Neither => table.row(row),
        }
    }
    sheet.table(&table);
    sheet.prose(
        "    ",
        "noise: between which changes chance alone may put this one (95%); no material change where that holds none at all. hidden: \
         sure to heal below it; measured: the middle of what simulated outages say. backend, losing: the smallest that \
         survives losing so much of the cache; load limit: the largest load that does.",
    );
    sheet.blank();
}

/// Name, baseline, candidate, change and noise of a row for reading.
pub fn cells(change: &Change) -> [String; 5] {
    let value = |value: Option<f64>| match value {
        Some(value) => amount(&change.unit, value),
        None => "-".to_string(),
    };
    [name_of(change), value(change.baseline), value(change.candidate), moved(change), noise(change)]
}

/// The columns' heads: whatever tells the sides apart.
pub fn names(report: &CompareReport) -> (String, String) {
    let (before, after) = (&report.baseline, &report.candidate);
    if before.policy == after.policy {
        ("baseline".to_string(), "candidate".to_string())
    } else {
        (before.policy.clone(), after.policy.clone())
    }
}

/// What to make of a change, in a word or two: what is not material is not called anything else.
pub fn word(change: &Change) -> &'static str {
    match (change.material, change.direction) {
        (Material::Yes, Direction::Better) => "better",
        (Material::Yes, _) => "worse",
        (Material::No, _) => "no material change",
        (Material::Unknown, _) if change.change_absolute.is_none() => "unknown",
        (Material::Unknown, _) => "noise unknown",
    }
}

/// The change: of shares in points, of nodes in nodes, else relative.
pub fn moved(change: &Change) -> String {
    match (change.unit.as_str(), change.change_absolute, change.change_ratio) {
        ("nodes", Some(absolute), _) => signed(absolute, significant),
        _ if in_points(change) => change.change_absolute.map_or("-".to_string(), points),
        (_, _, Some(ratio)) => signed(ratio, percent),
        (_, Some(absolute), None) => signed(absolute, significant),
        (_, None, _) => "-".to_string(),
    }
}

fn noise(change: &Change) -> String {
    let Some((low, high)) = change.noise_low.zip(change.noise_high) else { return "unknown".to_string() };
    let show = |value: f64| match (change.unit.as_str(), change.baseline) {
        ("nodes", _) => signed(value, significant),
        _ if in_points(change) => points(value),
        (_, Some(before)) if before > 0.0 => signed(value / before, percent),
        _ => signed(value, significant),
    };
    format!("{} .. {}", show(low), show(high))
}

/// Shares of a cache are told apart in points: half of a tiny share is no news.
fn in_points(change: &Change) -> bool {
    change.metric == "loss_survived"
}

fn points(share: f64) -> String {
    signed(share, |share| format!("{} points", significant(share * 100.0)))
}

fn signed(value: f64, show: impl Fn(f64) -> String) -> String {
    // What rounds to nothing has no sign.
    let value = if value.abs() < 5e-5 { 0.0 } else { value };
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", if value < 0.0 { format!("-{}", show(-value)) } else { show(value) })
}

/// A value in its unit.
pub fn amount(unit: &str, value: f64) -> String {
    match unit {
        "ratio" => percent(value),
        "per_second" => Rate::answers(value).to_string(),
        "bytes_per_second" => Rate { per_second: value, of: Demand::Bytes }.to_string(),
        "times" => format!("{}x", significant(value)),
        "seconds" => Seconds(value).to_string(),
        _ => significant(value),
    }
}

/// What of a saving may be cut; nothing where no cut looks possible.
pub(in crate::report) fn cuts(sheet: &mut Sheet, report: &CompareReport) {
    let says = |decision: &Decision| {
        decision.looks_like_ratio.is_some()
            && (decision.looks_like_material != Material::No || decision.material != Material::No)
    };
    if !report.decisions.iter().any(says) {
        return;
    }
    let carried = Rate::answers(report.baseline.load_per_second);
    sheet.led("  ", &format!("IF YOU CUT THE BACKEND, still to carry {carried} and survive losing..."));
    let heads = report.decisions.iter().map(|decision| loss(decision.loss_ratio));
    let mut table = heads.fold(Columns::new(4).left("", 10), |table, head| table.right(head, 11));
    let row = |name: &str, of: &dyn Fn(&Decision) -> String| {
        std::iter::once(name.to_string()).chain(report.decisions.iter().map(of)).collect::<Vec<_>>()
    };
    let told = |material: Material, cut: Option<f64>| match (material, cut) {
        (Material::No, _) => "0%".to_string(),
        (Material::Yes, Some(share)) => format::cut(share),
        (Material::Unknown, Some(share)) => format!("{}?", format::cut(share)),
        (_, None) => "unknown".to_string(),
    };
    table.row(row("looks like", &|decision| told(decision.looks_like_material, decision.looks_like_ratio)));
    table.row(row("is", &|decision| told(decision.material, decision.is_ratio)));
    sheet.table(&table);
    sheet.prose(
        "    ",
        "looks like: as misses change; is: as the least backend that survives this loss changes; 0%: no more than noise; ?: \
         noise unknown.",
    );
    sheet.blank();
}
