//! The pages docs/formats.md and docs/policies.md are those of the registries, of what the tests of parity compare, and of
//! what was measured; and every page's quotes are what the commands print.
//!
//! `COLDGAP_UPDATE_DOCS=1 cargo test --release docs` writes them anew.

use crate::policies::golden;
use coldgap::policy::admission::{FILTERS, FilterInfo};
use coldgap::policy::spec::PolicySpec;
use coldgap::policy::{ALL, Capacity, Info, Parameter, Population};
use coldgap::replay::cell::Cell;
use coldgap::report::head::Kind;
use coldgap::report::schema::schema;
use coldgap::trace::registry::all;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Set to write the tables instead of comparing them.
const UPDATE: &str = "COLDGAP_UPDATE_DOCS";

/// One line of a table; bars in a cell would end it.
fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn code(names: &[&str], prefix: &str) -> String {
    names.iter().map(|name| format!("`{prefix}{name}`")).collect::<Vec<_>>().join(", ")
}

fn name(info: &Info) -> String {
    let aliases = if info.aliases.is_empty() { String::new() } else { format!(" ({})", code(info.aliases, "")) };
    let bound = if info.needs_future || info.unbounded { ", a bound" } else { "" };
    format!("{}{aliases}{bound}", code(&[info.name], ""))
}

fn filter_name(filter: &FilterInfo) -> String {
    let aliases = if filter.aliases.is_empty() { String::new() } else { format!(" ({})", code(filter.aliases, "+")) };
    format!("{}{aliases}", code(&[filter.name], "+"))
}

/// What docs/policies.md says of each.
fn registry() -> String {
    let mut out = String::from(
        "| policy | misses compared with libCacheSim 0.3.5 | M requests/s at 10 % | at 1 % | bytes per object |\n|---|---|---|---|---|\n",
    );
    for info in ALL {
        let [ten, one] = ["10%", "1%"].map(|size| rate(info.name, size).unwrap_or("not measured".into()));
        out += &row(&[code(&[info.name], ""), golden::parity(info.name), ten, one, memory(info)]);
    }
    for info in ALL {
        let fields = [("Idea", info.summary), ("Published", info.paper), ("Poor where", info.weakness)];
        out += &section(&name(info), &fields, info.parameters);
    }
    out += "\n# Admission filters\n\nBefore any policy, as `lru+reject-first`.\n";
    for filter in FILTERS {
        let fields = [("What it does", filter.summary), ("Published", filter.paper), ("Poor where", filter.weakness)];
        out += &section(&filter_name(filter), &fields, filter.parameters);
    }
    out
}

fn section(name: &str, fields: &[(&str, &str)], parameters: &[Parameter]) -> String {
    let mut out = format!("\n## {name}\n\n");
    for (field, text) in fields {
        writeln!(out, "* {field}: {text}").unwrap();
    }
    for Parameter { name, default, help } in parameters {
        writeln!(out, "* `{name}={default}`: {help}").unwrap();
    }
    out
}

/// The rate that was measured, as it stands in benches/rates.csv.
fn rate(policy: &str, size: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/rates.csv");
    let rates = std::fs::read_to_string(path).unwrap();
    let line = rates.lines().find_map(|line| line.strip_prefix(&format!("{policy},{size},")).map(str::to_string))?;
    Some(line)
}

/// What a cache of a tenth of a million objects takes, by object of the trace.
fn memory(info: &'static Info) -> String {
    const OBJECTS: usize = 1_000_000;
    let cell = Cell { policy: PolicySpec::of(info), capacity: Capacity::Objects(OBJECTS as u64 / 10) };
    let population = Population { objects: OBJECTS, cached: OBJECTS / 10, removes: false };
    format!("{:.1}", cell.memory(&population, false).unwrap() as f64 / OBJECTS as f64)
}

/// What docs/formats.md says of each.
fn formats() -> String {
    let mut out = String::from("| format | what | how it is read |\n|---|---|---|\n");
    for format in all() {
        let info = format.info();
        out += &row(&[code(&[info.name], ""), info.summary.into(), info.layout.into()]);
    }
    out
}

/// The document with `table` between the markers of this name.
fn with_table(document: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = document.split_once(&open).unwrap_or_else(|| panic!("the document has no {open}"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("the document has no {close}"));
    let mut out = String::new();
    write!(out, "{before}{open}{table}{close}{after}").unwrap();
    out
}

/// Compares a document with what it should be, or writes it.
fn check(name: &str, tables: &[(&str, String)]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    let found = std::fs::read_to_string(&path).unwrap();
    let expected = tables.iter().fold(found.clone(), |document, (name, table)| with_table(&document, name, table));
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, expected).unwrap();
        return;
    }
    assert!(found == expected, "{name} is behind the registries; run {UPDATE}=1 cargo test --release docs");
}

#[test]
fn the_page_of_formats_is_the_registry() {
    check("docs/formats.md", &[("formats", formats())]);
}

#[test]
fn the_page_of_policies_is_the_registry() {
    check("docs/policies.md", &[("registry", registry())]);
}

/// The second column of the table that says which policy a product is.
#[test]
fn the_policies_of_products_are_registered() {
    let page = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md")).unwrap();
    let (_, table) = page.split_once("## Which policy is what you run").unwrap();
    let rows =
        table.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.split('|').nth(2).unwrap());
    let named: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 10);
    for spec in named {
        spec.parse::<PolicySpec>().unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn the_committed_schemas_are_those_of_the_reports() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
    for kind in Kind::ALL {
        let path = folder.join(format!("{}.json", kind.name()));
        let schema = schema(kind).unwrap();
        if std::env::var_os(UPDATE).is_some() {
            std::fs::write(&path, schema).unwrap();
            continue;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == schema, "{} is behind; run {UPDATE}=1 cargo test --release docs", path.display());
    }
}

/// Every number that a page quotes was printed by coldgap: where a block of output follows a block of commands, its lines are
/// lines of the last command's output, in their order.
#[test]
fn quoted_output_is_what_the_commands_print() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    // One run for each report, printed in short and with every table.
    let mut made: BTreeMap<String, tempfile::TempDir> = BTreeMap::new();
    let coldgap = |arguments: &[&str], page: &str| {
        let mut run = assert_cmd::Command::cargo_bin("coldgap").unwrap();
        let output = run.current_dir(&root).args(arguments).output().unwrap();
        assert!(output.status.success(), "{page}: {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let mut quotes = 0;
    for page in pages(&root) {
        let text = std::fs::read_to_string(root.join(&page)).unwrap();
        for (command, quoted) in quoted(&text) {
            if command.contains("../shared") && !root.join("../shared/traces").exists() {
                println!("skipped: ../shared/traces is not here, which {page} quotes");
                continue;
            }
            let base = command.replace(" --details", "");
            let arguments: Vec<&str> = base.split_whitespace().skip(1).collect();
            if let Some(away) = arguments.iter().find(|word| word.starts_with("../") && !root.join(word).exists()) {
                println!("skipped: {away} is not here");
                continue;
            }
            let is_report = ["gap", "compare", "outage", "sensitivity", "warmup"].contains(&arguments[0]);
            let folder = made.entry(base.clone()).or_insert_with(|| tempfile::tempdir().unwrap());
            let saved = folder.path().join("report.json");
            let saved = saved.to_str().unwrap();
            let output = if is_report {
                if !Path::new(saved).exists() {
                    coldgap(&[&arguments[..], &["-o", saved]].concat(), &page);
                }
                let details = if base == command { &[][..] } else { &["--details"] };
                coldgap(&[&["report", saved], details].concat(), &page)
            } else {
                coldgap(&arguments, &page)
            };
            let mut lines = output.lines();
            for line in quoted.lines().filter(|line| line.trim() != "...") {
                assert!(
                    lines.any(|printed| printed == line),
                    "{page}: {command}: not printed, or not in this order: {line}"
                );
            }
            quotes += 1;
        }
    }
    assert!(quotes >= 12, "only {quotes} quotes were found");
}

/// README and everything in docs and reports, except what is generated.
fn pages(root: &Path) -> Vec<String> {
    let mut all = vec!["README.md".to_string()];
    for folder in ["docs", "docs/questions", "reports"] {
        let files = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let pages = files.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.ends_with(".md"));
        all.extend(pages.map(|name| format!("{folder}/{name}")));
    }
    all.sort();
    all
}

/// Blocks of output with the last command of the block before them; output alone between prose is none.
fn quoted(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut command: Option<String> = None;
    let mut blocks = text.split("```");
    let _ = blocks.next();
    while let (Some(block), Some(prose)) = (blocks.next(), blocks.next()) {
        if let Some(commands) = block.strip_prefix("sh\n") {
            let last = commands.lines().rfind(|line| line.starts_with("coldgap "));
            command = last.map(|line| line.split(" #").next().unwrap_or(line).trim().to_string());
        } else if let (Some(output), Some(command)) = (block.strip_prefix("text\n"), command.take()) {
            all.push((command, output.to_string()));
        }
        if !prose.lines().all(|line| line.trim().is_empty() || line.starts_with("<!--")) {
            command = None;
        }
    }
    all
}

/// The page of pipelines is a script that runs: gates that are meant to fail say so.
#[test]
fn the_commands_of_the_page_of_pipelines_run() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/ci.md")).unwrap();
    let blocks: Vec<&str> = page.split("```").filter_map(|block| block.strip_prefix("sh\n")).collect();
    assert_eq!(blocks.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    let traces = format!("{}/traces/", root.display());
    let script = format!(
        "set -eu\ncoldgap() {{ '{}' \"$@\"; }}\n{}",
        env!("CARGO_BIN_EXE_coldgap"),
        blocks.concat().replace("traces/", &traces)
    );
    let mut bash = std::process::Command::new("bash");
    let output = bash.current_dir(folder.path()).args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(std::fs::read_to_string(folder.path().join("gap.txt")).unwrap().contains("FAIL"));
    assert!(std::fs::read_to_string(folder.path().join("comment.md")).unwrap().starts_with('#'));
}
