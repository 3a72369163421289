//! The gates for reading in a terminal.

use super::super::sheet::Sheet;
use super::super::sheet::look::Tone;
use super::{Field, GateRow};
use crate::units::Demand;
use std::fmt::Write;

/// The section of the text report; nothing where there are no gates.
pub fn section(out: &mut Sheet, gates: &[GateRow]) {
    if gates.is_empty() {
        return;
    }
    out.led("", "GATES: one fails where its expression holds, or where the number is unknown");
    let width = gates.iter().map(|gate| gate.expression.chars().count()).max().unwrap_or(0);
    for GateRow { expression, passed, text, .. } in gates {
        let (verdict, tone) = if *passed { ("pass", Tone::Good) } else { ("FAIL", Tone::Bad) };
        out.marked(tone, verdict, &format!("  {expression:<width$}  "), text);
    }
    out.blank();
}

/// What failed, in a line; `None` where nothing did.
pub fn failed(gates: &[GateRow]) -> Option<String> {
    let failed: Vec<&GateRow> = gates.iter().filter(|gate| !gate.passed).collect();
    let each: Vec<String> = failed.iter().map(|gate| format!("{} ({})", gate.expression, gate.text)).collect();
    (!failed.is_empty()).then(|| {
        let what = if gates.len() == 1 { "gate" } else { "gates" };
        format!("{} of {} {what} failed: {}", failed.len(), gates.len(), each.join("; "))
    })
}

/// The fields of a kind of report, for `--help`.
pub fn fields<R>(fields: &[Field<R>]) -> String {
    let mut out =
        "Numbers for --fail-if, each also by its name in the JSON; in brackets: one for each loss:\n".to_string();
    let name = |field: &Field<R>| format!("{}{}", field.word, if field.per_loss { "(12.5%)" } else { "" });
    let width = fields.iter().map(|field| name(field).len()).max().unwrap_or(0);
    for field in fields {
        let _ = writeln!(out, "  {:<width$}  {} ({})", name(field), field.unit.example(Demand::Answers), field.name);
    }
    out
}
