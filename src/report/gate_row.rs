//! What gates said, as every report has it.

use super::named::named;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

named! {
    // Of two signs that begin alike the longer comes first.
    /// A comparison.
    #[allow(missing_docs, reason = "the signs say it")]
    pub enum Operator {
        AtMost = "<=",
        AtLeast = ">=",
        Below = "<",
        Above = ">",
        Equals = "==",
        Differs = "!=",
    }
}

/// Whether a gate's number is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// It stands in `value`.
    Number,
    /// It is larger than any limit.
    NoLimit,
    /// Nobody knows: the gate fails.
    Unknown,
}

/// What a gate says of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateRow {
    /// As it was given.
    pub expression: String,
    /// True where the expression does not hold.
    pub passed: bool,
    /// The trace.
    pub trace: String,
    /// The policy.
    pub policy: String,
    /// The cache's size; one of the two.
    pub cache_capacity_objects: Option<u64>,
    /// The cache's size; one of the two.
    pub cache_capacity_bytes: Option<u64>,
    /// The column that is looked at.
    pub field: String,
    /// What is lost, where the column differs by that.
    pub loss_ratio: Option<f64>,
    /// How the two are compared.
    pub operator: Operator,
    /// The limit, in the column's unit.
    pub limit: f64,
    /// The column's value.
    pub value: Option<f64>,
    /// What it means where that is null.
    pub known: Known,
    /// What was found, in words.
    pub text: String,
}
