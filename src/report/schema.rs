//! The JSON Schema of each kind of report, made from its Rust types; what a field means, its doc comment or the dictionary
//! says. What a report prints has exactly these fields.

use super::head::Kind;
use super::kinds::kinds;
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
    let mut schema = of_kind(kind);
    // What every report has, and what is its own.
    for (field, only) in [("report", value!(kind.name())), ("schema_version", value!(SCHEMA_VERSION))] {
        if let Some(field) = schema.pointer_mut(&format!("/properties/{field}")) {
            let description = field.get("description").cloned();
            *field = value!({ "description": description, "const": only });
        }
    }
    json::render(&schema)
}

macro_rules! of_kind {
    ($($kind:ident $name:literal $report:ty: $brief:path, $page:path, $rows:ident;)+) => {
        fn of_kind(kind: Kind) -> Schema {
            match kind { $(Kind::$kind => of::<$report>()),+ }
        }
    };
}
kinds!(of_kind);

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
