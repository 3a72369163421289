//! `coldgap outage` and `coldgap demo` as a person or a script meets them.

mod demo;
mod errors;
mod scenarios;
mod service;
mod story;

use assert_cmd::Command;
use serde_json::Value;

pub const ARTICLE: &str = "traces/article.parquet";

pub fn coldgap(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

pub fn text(arguments: &[&str]) -> String {
    String::from_utf8(coldgap(arguments).assert().success().get_output().stdout.clone()).unwrap()
}

pub fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(&[arguments, &["-o", "-"]].concat())).unwrap()
}

pub fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} in {value}"))
}
