//! A report as metrics, for the textfile collector of Prometheus' node_exporter: every number that a gate may look at, by its
//! column's name. What it writes is read alike as Prometheus' text format and as OpenMetrics. It knows no kind of report.

use super::dictionary;
use super::gates::{Field, Gated, Reading, Subject, Unit};
use crate::units::Demand;
use std::fmt::Write;

/// All gauges of a report: a family for each number, a sample for each row that has it. What is unknown has no sample, and what
/// has no limit is infinite.
pub fn render<G: Gated>(report: &G) -> String {
    let (kind, demand) = (report.head().report.name(), report.scope().demand);
    let subjects = report.subjects();
    let mut out = String::new();
    for field in G::fields() {
        let samples: Vec<String> =
            subjects.iter().filter_map(|subject| sample(kind, field, subject)).map(|sample| sample + "\n").collect();
        if samples.is_empty() {
            continue;
        }
        let name = name(field, demand);
        // What the list of one report adds comes last: a name has one meaning, whichever report has it.
        let special = Some((field.help)()).filter(|help| !help.is_empty());
        let meaning = dictionary::meaning(field.name).or(special).unwrap_or(field.word);
        // Nothing is null here. A quote is escaped in one of the two formats only.
        let help = meaning.split(" Null").next().unwrap_or(meaning).replace('"', "'");
        let _ = writeln!(out, "# HELP {name} {}\n# TYPE {name} gauge", escaped(&help));
        out.extend(samples.into_iter().map(|sample| format!("{name}{sample}")));
    }
    out + "# EOF\n"
}

/// The column's name, and what a backend's capacity is counted in.
fn name<R>(field: &Field<R>, demand: Demand) -> String {
    let of = demand.name().replace('-', "_");
    match (field.unit, field.name.strip_suffix("_per_second")) {
        (Unit::Backend, Some(bare)) => format!("coldgap_{bare}_{of}_per_second"),
        _ => format!("coldgap_{}", field.name),
    }
}

/// Labels and value; `None` where the value is unknown, or stands in the row for losing nothing already.
fn sample<R>(kind: &str, field: &Field<R>, subject: &Subject<'_, R>) -> Option<String> {
    if !field.per_loss && subject.loss != 0.0 {
        return None;
    }
    let value = match (field.read)(subject.row) {
        // Never -0.
        Reading::Number(value) => (value + 0.0).to_string(),
        Reading::NoLimit => "+Inf".to_string(),
        Reading::Unknown(_) => return None,
    };
    let unit = if subject.capacity.bytes().is_some() { "bytes" } else { "objects" };
    let capacity = subject.capacity.bytes().or(subject.capacity.objects()).unwrap_or(0);
    let (trace, policy) = (escaped(subject.trace).replace('"', "\\\""), subject.policy);
    let loss = if field.per_loss { format!(",loss=\"{}\"", subject.loss) } else { String::new() };
    Some(format!(
        "{{report=\"{kind}\",trace=\"{trace}\",policy=\"{policy}\",capacity=\"{capacity}\",capacity_unit=\"{unit}\"{loss}}} {value}"
    ))
}

/// Text in which lines and escapes are none.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}
