//! One number, one value, one sign: each column of a report in its JSON, its table, its metrics, its gates, on its page and in
//! its text.

use assert_cmd::Command;
use coldgap::report::chart::Ink;
use coldgap::report::frame;
use coldgap::report::gates::{Gated, Reading};
use coldgap::report::metrics;
use coldgap::report::page::{Block, Section, Table};
use coldgap::report::render::Render;
use coldgap::report::saved::{self, Saved};
use coldgap::report::sheet::look::Look;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A report as it was saved: read back, and its JSON.
fn made(arguments: &[&str]) -> (Saved, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).arg("-o").arg(&path).assert().success();
    (saved::read(&path).unwrap(), serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap())
}

/// Every number that stands under a name, wherever.
fn numbers(value: &Value, found: &mut BTreeMap<String, Vec<f64>>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| match value.as_f64() {
            Some(number) => found.entry(name.clone()).or_default().push(number),
            None => numbers(value, found),
        }),
        Value::Array(all) => all.iter().for_each(|value| numbers(value, found)),
        _ => {}
    }
}

/// The tables of a part of a page, those of figures too.
fn tables<'p>(section: &'p Section, found: &mut Vec<&'p Table>) {
    found.extend(section.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Figure(figure) => Some(&figure.table),
        _ => None,
    }));
    section.sections.iter().for_each(|part| tables(part, found));
}

/// Compares all renderings of a report whose gates look at its rows; how many columns its page shows.
fn check<R: Render + Gated + frame::Table>(report: &R, json: &Value) -> usize {
    let rows = json["rows"].as_array().unwrap();
    let mut csv = Vec::new();
    frame::write_csv(report, &mut csv).unwrap();
    let mut csv = csv::Reader::from_reader(&csv[..]);
    let heads: Vec<String> = csv.headers().unwrap().iter().map(str::to_string).collect();
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(BTreeSet::from_iter(&heads), BTreeSet::from_iter(keys));
    let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows.len());
    let metrics = metrics::render(report);
    let subjects = report.subjects();
    assert_eq!(subjects.len(), rows.len());
    for field in R::fields() {
        let column = heads.iter().position(|head| head == field.name).unwrap();
        for ((subject, row), record) in subjects.iter().zip(rows).zip(&records) {
            let number = row[field.name].as_f64();
            assert_eq!(record[column].parse().ok(), number, "{}: CSV", field.name);
            match (field.read)(subject.row) {
                Reading::Number(value) => assert!(
                    Some(value) == number || number.is_none() && field.name.starts_with("miss_ratio_"),
                    "{}: gates see {value}, the JSON has {number:?}",
                    field.name
                ),
                Reading::NoLimit | Reading::Unknown(_) => assert_eq!(number, None, "{}: gates", field.name),
            }
            if let Some(number) = number.filter(|_| field.per_loss || subject.loss == 0.0) {
                let ending = format!("}} {}\n", number + 0.0);
                let name = format!("coldgap_{}", field.name.trim_end_matches("_per_second"));
                assert!(metrics.split_inclusive('\n').any(|line| line.starts_with(&name) && line.ends_with(&ending)));
            }
        }
    }

    let mut known = BTreeMap::new();
    numbers(json, &mut known);
    let page = report.page();
    let text = report.text(&Look::terminal(200, Ink::Ascii, false).with_details(true));
    let mut found = Vec::new();
    page.sections.iter().for_each(|section| tables(section, &mut found));
    let mut shown = BTreeSet::new();
    for table in found {
        for (i, column) in table.columns.iter().enumerate() {
            let Some(field) = R::fields().iter().find(|field| field.name == column.key) else { continue };
            for cell in table.rows.iter().map(|row| &row[i]) {
                let Some(number) = cell.number else { continue };
                let values = &known[field.name];
                assert!(values.contains(&number), "{}: the page has {number}, the JSON {values:?}", field.name);
                let negative = cell.text.starts_with('-') || cell.text.starts_with("add ");
                let nothing = !cell.text.contains(|c: char| ('1'..='9').contains(&c));
                assert!(negative == (number < 0.0) || nothing, "{}: {number} is shown as {}", field.name, cell.text);
                // A long table is drawn in the text.
                assert!(
                    table.rows.len() > 40 || text.contains(&cell.text),
                    "{}: {} not in the text",
                    field.name,
                    cell.text
                );
                shown.insert(field.name);
            }
        }
    }
    shown.len()
}

#[test]
fn a_number_is_the_same_in_every_format() {
    let arguments = ["-b", "60/s", "-p", "lru,sieve,belady", "--growth", "30%"];
    let (report, json) = made(&[&["gap", "traces/burst.csv"], &arguments[..]].concat());
    let Saved::Gap(report) = report else { panic!("a gap report") };
    assert!(check(&*report, &json) >= 20);
    let (report, json) = made(&["replay", "traces/burst.csv", "-c", "1%,10%"]);
    let Saved::Replay(report) = report else { panic!("a replay report") };
    assert!(check(&*report, &json) >= 3);
}

/// The list of columns, and the place that fills it: nobody else needs to know of a new one.
#[test]
fn a_column_touches_two_places() {
    let column = "advertised_long_run_per_second";
    fn walk(folder: &Path, column: &str, found: &mut Vec<String>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                walk(&path, column, found);
            } else if std::fs::read_to_string(&path).is_ok_and(|text| text.contains(column)) {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), column, &mut found);
    found.sort();
    assert_eq!(found, ["build.rs", "row.rs"]);
    let meaning = coldgap::report::explain::explain("advertised_long_run").unwrap();
    assert!(meaning.contains("backend / miss ratio"), "{meaning}");
}
