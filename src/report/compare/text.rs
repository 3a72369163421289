//! The comparison for reading in a terminal.

use super::sentence::{cut, name_of};
use super::{Change, CompareReport, Decision, Direction, Material};
use crate::report::assumptions::percent;
use crate::report::outage::text::{line, list, wrapped};
use crate::units::{Demand, Rate, Seconds, significant};

/// The whole report.
pub fn render(report: &CompareReport) -> String {
    let mut out = String::new();
    line(&mut out, "");
    line(&mut out, &wrapped(&report.verdict.headline, "  "));
    if !report.verdict.capacity.is_empty() {
        line(&mut out, "");
        line(&mut out, &wrapped(&report.verdict.capacity, "  "));
    }
    line(&mut out, "");
    changes(&mut out, report);
    cuts(&mut out, report);
    list(&mut out, "WARNINGS", &report.head.warnings);
    list(&mut out, "ASSUMPTIONS", &report.head.assumptions);
    provenance(&mut out, report);
    out
}

fn changes(out: &mut String, report: &CompareReport) {
    line(out, "  WHAT CHANGES, and what of it is more than noise");
    let row = |cells: [&str; 5], verdict: &str| {
        let [name, before, after, change, noise] = cells;
        format!("    {name:<34} {before:>11} {after:>11} {change:>9} {noise:>18}  {verdict}")
    };
    let (before, after) = names(report);
    line(out, &row(["", &before, &after, "change", "noise"], ""));
    for change in &report.changes {
        let cells = cells(change);
        let cells = [0, 1, 2, 3, 4].map(|i| cells[i].as_str());
        line(out, &row(cells, word(change)));
    }
    line(
        out,
        &wrapped(
            "noise: between which changes chance alone may put this one (95%); no material change where that holds 0. hidden: sure \
             to heal below it; measured: the middle of what simulated outages say.",
            "    ",
        ),
    );
    line(out, "");
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
    format!("{}..{}", show(low), show(high))
}

/// Shares of a cache are told apart in points: half of a tiny share is no news.
fn in_points(change: &Change) -> bool {
    change.metric == "loss_survived"
}

fn points(share: f64) -> String {
    signed(share, |share| format!("{} pts", significant(share * 100.0)))
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

/// A share lost, for reading.
pub fn loss(share: f64) -> String {
    match share {
        0.0 => "nothing".to_string(),
        1.0 => "everything".to_string(),
        part => percent(part),
    }
}

fn cuts(out: &mut String, report: &CompareReport) {
    let Some(first) = report.decisions.first() else { return };
    let Some(saving) = first.looks_like_ratio else { return };
    let carried = Rate::answers(report.baseline.load_per_second);
    line(out, &format!("  IF YOU CUT THE BACKEND, still to carry {carried} and survive losing..."));
    let row = |name: &str, of: &dyn Fn(&Decision) -> String| {
        let cells: String = report.decisions.iter().map(|decision| format!("{:>12}", of(decision))).collect();
        format!("    {name:<12} {cells}")
    };
    line(out, &row("", &|decision| loss(decision.loss_ratio)));
    line(out, &row("looks like", &|_| signed(-saving, percent)));
    line(
        out,
        &row("is", &|decision| match (decision.material, decision.is_ratio) {
            (Material::No, _) => "no change".to_string(),
            (_, Some(share)) => format!("{}{}", signed(-share, percent), if cut(decision).is_some_and(|text| text.ends_with(')')) { "?" } else { "" }),
            (_, None) => "unknown".to_string(),
        }),
    );
    line(
        out,
        &wrapped(
            "looks like: as misses change; is: as the least backend that survives this loss changes; no change: within the noise; ?: noise unknown.",
            "    ",
        ),
    );
    line(out, "");
}

fn provenance(out: &mut String, report: &CompareReport) {
    line(out, "PROVENANCE");
    let head = &report.head;
    line(out, &format!("  {} {}, report schema {}", head.tool.name, head.tool.version, head.schema_version));
    line(out, &format!("  {}", head.command));
    for (name, side) in [("baseline", &report.baseline), ("candidate", &report.candidate)] {
        line(
            out,
            &format!(
                "  {name:<10} {} with {}, backend {}, from {}, fingerprint {}",
                side.policy,
                side.cache(),
                side.backend(),
                side.source,
                side.fingerprint
            ),
        );
    }
}
