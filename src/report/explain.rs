//! `coldgap explain`: a name in words, from the JSON Schemas and the words of reports.

use super::Report;
use super::dictionary::FIELDS;
use super::gates::{Gated, bare};
use super::head::Kind;
use super::schema::schema;
use super::words::TERMS;
use crate::error::{Error, Result};
use crate::suggest::nearest;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a name means, of a field, a number for gates or a word of the reports, for reading.
///
/// # Errors
/// A name that is none of these.
pub fn explain(name: &str) -> Result<String> {
    let word = name.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let mut out: Vec<String> = Vec::new();
    let is_term = |term: &str| {
        let term = term.to_ascii_lowercase();
        term == word.replace('_', " ") || term.split(' ').next() == Some(&word.replace('_', " "))
    };
    out.extend(TERMS.iter().filter(|(term, _)| is_term(term)).map(|(term, text)| format!("{term}: {text}")));
    let schemas =
        Kind::ALL.into_iter().map(|kind| Ok((kind, serde_json::from_str(&schema(kind)?).unwrap_or(Value::Null))));
    let schemas: Vec<(Kind, Value)> = schemas.collect::<Result<_>>()?;
    let named = Report::fields().iter().find(|field| field.names().any(|name| name == word)).map(|field| field.name);
    let is_meant = |field: &str| field == word || named == Some(field) || bare(field) == Some(&word);
    // Of several descriptions in one report the first.
    let mut known: BTreeMap<(String, &str), String> = BTreeMap::new();
    for (kind, schema) in &schemas {
        fields(schema, &mut |field, description| {
            if is_meant(field) && !description.is_empty() {
                let first = known.entry((field.to_string(), kind.name())).or_insert(description.to_string());
                *first = first.as_str().min(description).to_string();
            }
        });
    }
    // One line for a meaning, with all reports that have it.
    let mut lines: Vec<(String, String, Vec<&str>)> = Vec::new();
    for ((field, report), text) in known {
        match lines.iter_mut().find(|(other, meaning, _)| *other == field && *meaning == text) {
            Some((.., reports)) => reports.push(report),
            None => lines.push((field, text, vec![report])),
        }
    }
    out.extend(lines.into_iter().map(|(field, text, reports)| format!("{field} ({}): {text}", reports.join(", "))));
    if !out.is_empty() {
        return Ok(out.join("\n\n"));
    }
    let names = FIELDS.iter().map(|(name, _)| *name);
    let meant = nearest(&word, names.clone().chain(names.clone().filter_map(bare)));
    let meant = meant.or_else(|| names.clone().find(|name| name.contains(&word)));
    let hint = match meant {
        Some(meant) => format!("did you mean '{meant}'? coldgap explain {meant}"),
        None => "the fields of a report: coldgap schema gap".to_string(),
    };
    Err(Error::usage(format!("no field and no word of a report is called '{name}'")).hint(hint))
}

/// Every property of a schema with its description.
fn fields(schema: &Value, each: &mut impl FnMut(&str, &str)) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "properties"
                    && let Some(properties) = value.as_object()
                {
                    for (name, field) in properties {
                        each(name, field["description"].as_str().unwrap_or_default());
                    }
                }
                fields(value, each);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| fields(value, each)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dictionary::meaning;

    #[test]
    fn every_field_of_every_schema_is_described_and_every_entry_is_of_a_field() {
        assert!(FIELDS.is_sorted_by_key(|(name, _)| *name));
        let mut used = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let schema: Value = serde_json::from_str(&schema(kind).unwrap()).unwrap();
            fields(&schema, &mut |name, description| {
                // Variants of an enum are named in words, and described as such.
                assert!(
                    !description.is_empty()
                        || meaning(name).is_some()
                        || name.contains('-')
                        || VARIANTS.contains(&name),
                    "{}: {name}",
                    kind.name()
                );
                used.insert(name.to_string());
            });
        }
        let unused: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).filter(|name| !used.contains(*name)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    /// Tags of variants, whose types say what they are.
    const VARIANTS: [&str; 16] = [
        "adaptive",
        "contended",
        "deadline",
        "exponential",
        "fixed",
        "hottest",
        "load",
        "lognormal",
        "renamed",
        "servers",
        "shards",
        "shed",
        "shrunk",
        "spike",
        "stall",
        "trigger",
    ];

    #[test]
    fn a_word_is_explained_and_a_misspelt_one_is_answered_with_the_nearest() {
        assert!(explain("hidden").unwrap().contains("recovers from losing its whole cache"));
        assert!(explain("safe_cut").unwrap().starts_with("safe_cut_ratio (gap): What may be cut"));
        assert!(explain("misses").unwrap().contains("did not answer"));
        assert!(explain("safe_cutt").unwrap_err().to_string().contains("coldgap explain safe_cut"));
    }
}
