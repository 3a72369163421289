//! The README's tables of policies and formats are those of the registries.
//!
//! `COLDGAP_UPDATE_DOCS=1 cargo test --release docs` writes them anew.

use coldgap::policy::admission::FILTERS;
use coldgap::policy::{ALL, Info, Parameter};
use coldgap::trace::FORMATS;
use std::fmt::Write;
use std::path::PathBuf;

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

fn policies() -> String {
    let mut out = String::from("| policy | idea | parameters | poor where | published |\n|---|---|---|---|---|\n");
    for info in ALL {
        let about = [info.summary, &parameters(info.parameters), info.weakness, info.paper].map(String::from);
        out += &row(&[[name(info)].as_slice(), &about].concat());
    }
    out += "\n| admission filter | what it does | parameters | poor where | published |\n|---|---|---|---|---|\n";
    for filter in FILTERS {
        let aliases =
            if filter.aliases.is_empty() { String::new() } else { format!(" ({})", code(filter.aliases, "+")) };
        let name = format!("{}{aliases}", code(&[filter.name], "+"));
        let about = [filter.summary, &parameters(filter.parameters), filter.weakness, filter.paper].map(String::from);
        out += &row(&[[name].as_slice(), &about].concat());
    }
    out
}

fn parameters(all: &[Parameter]) -> String {
    let one = |parameter: &Parameter| format!("`{}={}`: {}", parameter.name, parameter.default, parameter.help);
    all.iter().map(one).collect::<Vec<_>>().join("<br>")
}

fn formats() -> String {
    let mut out = String::from("| format | endings | what |\n|---|---|---|\n");
    for format in FORMATS {
        let info = format.info();
        out += &row(&[code(&[info.name], ""), code(info.extensions, "."), info.summary.into()]);
    }
    out
}

/// The document with `table` between the markers of this name.
fn with_table(document: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = document.split_once(&open).unwrap_or_else(|| panic!("README.md has no {open}"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("README.md has no {close}"));
    let mut out = String::new();
    write!(out, "{before}{open}{table}{close}{after}").unwrap();
    out
}

#[test]
fn the_tables_of_the_readme_are_the_registries() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let found = std::fs::read_to_string(&path).unwrap();
    let expected = with_table(&with_table(&found, "policies", &policies()), "formats", &formats());
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, expected).unwrap();
        return;
    }
    assert!(found == expected, "README.md is behind the registries; run {UPDATE}=1 cargo test --release docs");
}

/// Every number of the quoted report was printed by coldgap: the lines of README's first report are those of the command.
#[test]
fn the_quoted_report_is_what_the_command_prints() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let output = assert_cmd::Command::cargo_bin("coldgap")
        .unwrap()
        .current_dir(&root)
        .args(["gap", "traces/article.parquet"])
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (_, quoted) = readme.split_once("<!-- report -->\n```text\n").unwrap();
    let (quoted, _) = quoted.split_once("```\n").unwrap();
    let mut lines = printed.lines();
    for line in quoted.lines().filter(|line| line.trim() != "...") {
        assert!(lines.any(|printed| printed == line), "not printed, or not in this order: {line}");
    }
}
