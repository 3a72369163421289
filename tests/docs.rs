//! The README's tables of policies and formats are those of the registries.
//!
//! `COLDGAP_UPDATE_DOCS=1 cargo test --release docs` writes them anew.

use coldgap::policy::admission::FILTERS;
use coldgap::policy::{ALL, Info};
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
        let parameters: Vec<String> = info
            .parameters
            .iter()
            .map(|parameter| format!("`{}={}`: {}", parameter.name, parameter.default, parameter.help))
            .collect();
        let cells = [name(info), info.summary.into(), parameters.join("<br>"), info.weakness.into(), info.paper.into()];
        out += &row(&cells);
    }
    out += "\n| admission filter | what it does |\n|---|---|\n";
    for filter in FILTERS {
        out += &row(&[code(&[filter.name], "+"), filter.summary.into()]);
    }
    out
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

/// Every number of the quoted reports was printed by coldgap: the lines of README's reports are those of the commands.
#[test]
fn the_quoted_reports_are_what_the_commands_print() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    for (marker, arguments) in [
        ("report", &["gap", "traces/article.parquet"][..]),
        ("outage", &["outage", "traces/article.parquet", "-b", "350/s"]),
    ] {
        let mut command = assert_cmd::Command::cargo_bin("coldgap").unwrap();
        let output = command.current_dir(&root).args(arguments).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let (_, quoted) = readme.split_once(&format!("<!-- {marker} -->\n```text\n")).unwrap();
        let (quoted, _) = quoted.split_once("```\n").unwrap();
        assert!(quoted.lines().count() > 10, "{marker} quotes nothing");
        let mut lines = printed.lines();
        for line in quoted.lines().filter(|line| line.trim() != "...") {
            assert!(lines.any(|printed| printed == line), "{marker}: not printed, or not in this order: {line}");
        }
    }
}
