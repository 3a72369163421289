//! Gates: limits on a report's numbers that fail a build. An expression is read before the work ([`parse`]), and holds
//! or not once the report is there ([`judge`]); a gate fails where its expression holds, or where nobody knows.
//!
//! One mechanism for all kinds of reports: each lists its numbers as [`Field`]s ([`Gated`]). It knows no exit code.

mod expression;
mod field;
pub mod text;

pub use expression::{Scope, parse};
pub use field::{Field, Listed, Reading, Unit, bare};

use super::format::capacity_text;
pub use super::gate_row::{GateRow, Known, Operator};
use super::head::Headed;
use crate::policy::Capacity;
use crate::units::Demand;
use std::collections::BTreeSet;

/// A kind of report that has numbers to put gates on.
pub trait Gated: Headed {
    /// What has the numbers.
    type Row: Listed;
    /// The numbers; the first of a name is meant.
    fn fields() -> &'static [Field<Self::Row>] {
        Self::Row::fields()
    }
    /// What a finished report has numbers of.
    fn scope(&self) -> Scope;
    /// The rows, and what they are about.
    fn subjects(&self) -> Vec<Subject<'_, Self::Row>>;
}

/// A row, and what it is about.
pub struct Subject<'r, R> {
    /// The trace.
    pub trace: &'r str,
    /// The policy.
    pub policy: &'r str,
    /// Whether it is meant where a gate names no policy.
    pub by_default: bool,
    /// The cache's size.
    pub capacity: Capacity,
    /// What is lost; 0 where the row is about no loss.
    pub loss: f64,
    /// The row.
    pub row: &'r R,
}

impl<'r, R> Subject<'r, R> {
    /// A row that gates are about whether or not they name its policy, and that is about no loss.
    pub fn only(trace: &'r str, policy: &'r str, capacity: Capacity, row: &'r R) -> Subject<'r, R> {
        Subject { trace, policy, by_default: true, capacity, loss: 0.0, row }
    }
}

/// An expression that was read, and checked.
pub struct Gate<R: 'static> {
    expression: String,
    policy: Option<String>,
    field: &'static Field<R>,
    loss: Option<f64>,
    operator: Operator,
    limit: f64,
    demand: Demand,
}

impl Operator {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Operator::AtMost => value <= limit,
            Operator::AtLeast => value >= limit,
            Operator::Below => value < limit,
            Operator::Above => value > limit,
            Operator::Equals => value == limit,
            Operator::Differs => value != limit,
        }
    }
}

/// Puts into a report what the gates say of it: a row for each gate and each row of the report that it is about.
pub fn judge<G: Gated>(gates: &[Gate<G::Row>], report: &mut G) {
    let subjects = report.subjects();
    let traces: BTreeSet<&str> = subjects.iter().map(|subject| subject.trace).collect();
    let capacities: BTreeSet<String> = subjects.iter().map(|subject| capacity_text(subject.capacity)).collect();
    let mut rows = Vec::new();
    for gate in gates {
        let before = rows.len();
        for subject in subjects.iter().filter(|subject| gate.is_about(subject)) {
            let mut who = subject.policy.to_string();
            if capacities.len() > 1 {
                who += &format!(" with {}", capacity_text(subject.capacity));
            }
            if traces.len() > 1 {
                who += &format!(" on {}", subject.trace);
            }
            rows.push(gate.judge(subject, &who));
        }
        // What looks at nothing must not pass: a partial report may lack the row.
        if rows.len() == before {
            rows.push(gate.unseen());
        }
    }
    report.head_mut().gates = rows;
}

impl<R> Gate<R> {
    fn is_about(&self, subject: &Subject<'_, R>) -> bool {
        let meant = self.policy.as_ref().map_or(subject.by_default, |policy| policy == subject.policy);
        meant && subject.loss == self.loss.unwrap_or(0.0)
    }

    fn judge(&self, subject: &Subject<'_, R>, who: &str) -> GateRow {
        let (value, known, shown) = match (self.field.read)(subject.row) {
            Reading::Number(value) => (Some(value), Known::Number, self.told(value)),
            Reading::NoLimit => (None, Known::NoLimit, "without limit".to_string()),
            Reading::Unknown(why) => (None, Known::Unknown, format!("unknown ({why})")),
        };
        let holds = match known {
            Known::Number | Known::NoLimit => self.operator.holds(value.unwrap_or(f64::INFINITY), self.limit),
            Known::Unknown => true,
        };
        let of_loss =
            self.loss.map_or(String::new(), |loss| format!(" for losing {}", Unit::Share.show(loss, self.demand)));
        GateRow {
            passed: !holds,
            trace: subject.trace.to_string(),
            policy: subject.policy.to_string(),
            cache_capacity_objects: subject.capacity.objects(),
            cache_capacity_bytes: subject.capacity.bytes(),
            value,
            known,
            text: format!("{}{of_loss} of {who} is {shown}", self.field.word),
            ..self.unseen()
        }
    }

    /// Where the report has no row that the gate is about.
    fn unseen(&self) -> GateRow {
        GateRow {
            expression: self.expression.clone(),
            passed: false,
            trace: String::new(),
            policy: self.policy.clone().unwrap_or_default(),
            cache_capacity_objects: None,
            cache_capacity_bytes: None,
            field: self.field.name.to_string(),
            loss_ratio: self.loss,
            operator: self.operator,
            limit: self.limit,
            value: None,
            known: Known::Unknown,
            text: format!("{} is unknown (the report has no row for it)", self.field.word),
        }
    }

    /// The value for reading, with all its digits where fewer would make it look like the limit.
    fn told(&self, value: f64) -> String {
        let shown = self.field.unit.show(value, self.demand);
        let looks_equal = value != self.limit && shown == self.field.unit.show(self.limit, self.demand);
        if looks_equal { format!("{shown} ({value}, the limit is {})", self.limit) } else { shown }
    }
}
