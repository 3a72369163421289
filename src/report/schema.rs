//! The JSON Schema of each kind of report, made from its Rust types; what a field means, its doc comment or the dictionary
//! says. What a report prints has exactly these fields.

use super::Report;
use super::compare::CompareReport;
use super::estimate::EstimateReport;
use super::head::Kind;
use super::knobs::{SensitivityReport, WarmupReport};
use super::outage::OutageReport;
use super::replay::ReplayReport;
use super::{SCHEMA_VERSION, dictionary, json};
use crate::error::Result;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json as value};

/// The schema (draft 2020-12) of a kind of report, as JSON text.
///
/// # Errors
/// None that a schema can cause.
pub fn schema(kind: Kind) -> Result<String> {
    let mut schema = match kind {
        Kind::Gap => of::<Report>(),
        Kind::Estimate => of::<EstimateReport>(),
        Kind::Compare => of::<CompareReport>(),
        Kind::Outage => of::<OutageReport>(),
        Kind::Replay => of::<ReplayReport>(),
        Kind::Sensitivity => of::<SensitivityReport>(),
        Kind::Warmup => of::<WarmupReport>(),
    };
    // What every report has, and what is its own.
    for (field, only) in [("report", value!(kind.name())), ("schema_version", value!(SCHEMA_VERSION))] {
        if let Some(field) = schema.pointer_mut(&format!("/properties/{field}")) {
            let description = field.get("description").cloned();
            *field = value!({ "description": description, "const": only });
        }
    }
    json::render(&schema)
}

/// As reports are written, not as they are read: all fields are there, and no others.
fn of<R: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(RecursiveTransform(close));
    settings.into_generator().into_root_schema_for::<R>()
}

/// Flattened parts have been merged into the object that has them, so that its fields are all of them.
fn close(schema: &mut Schema) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, field) in properties {
            if let (Some(meaning), Some(field)) = (dictionary::meaning(name), field.as_object_mut()) {
                field.entry("description").or_insert_with(|| meaning.into());
            }
        }
        schema.insert("additionalProperties".to_string(), Value::Bool(false));
    }
}
