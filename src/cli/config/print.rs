//! `--print-config`: every option of a command, its value and where that comes from, as the TOML that `--config` reads.

use super::{Setting, is_option, takes_none, try_parse};
use crate::error::{Error, Result};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use std::ffi::OsString;
use std::fmt::Write;

/// What `words` (the command's name first) set, of which `used` comes from elsewhere than the command line. What is a default
/// anyway is a comment: it stays one when the file is used with another version.
///
/// # Errors
/// Arguments that clap refuses, or that are no text.
pub fn render(command: &Command, words: &[OsString], used: &[Setting]) -> Result<String> {
    let matches = try_parse(command, &words[1..]).unwrap_or_else(|error| error.exit());
    let mut lines = Vec::new();
    for arg in command.get_arguments().filter(|arg| is_option(arg)) {
        let name = arg.get_long().unwrap_or_default();
        let value = value(arg, &matches)?;
        let setting = used.iter().find(|setting| setting.id == *arg.get_id());
        let (line, origin) = match (value, matches.value_source(arg.get_id().as_str()), setting) {
            (None, ..) => (format!("# {name} ="), default(arg)),
            (Some(value), _, Some(setting)) => (format!("{name} = {value}"), setting.origin.to_string()),
            (Some(value), Some(ValueSource::CommandLine), None) => (format!("{name} = {value}"), "option".to_string()),
            (Some(value), ..) => (format!("# {name} = {value}"), "default".to_string()),
        };
        lines.push((line, origin));
    }
    let width = lines.iter().map(|(line, _)| line.chars().count()).filter(|width| *width <= 40).max().unwrap_or(0);
    let mut out = format!("[{}]\n", command.get_name());
    for (line, origin) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{line:<width$}  # {origin}");
    }
    Ok(out)
}

/// The value as TOML; nothing where the option has none.
fn value(arg: &Arg, matches: &ArgMatches) -> Result<Option<String>> {
    let id = arg.get_id().as_str();
    if takes_none(arg) {
        return Ok(Some(matches.get_flag(id).to_string()));
    }
    let Some(raw) = matches.get_raw(id) else { return Ok(None) };
    let texts: Option<Vec<String>> = raw.map(|value| value.to_str().map(quoted)).collect();
    let Some(texts) = texts else {
        let name = arg.get_long().unwrap_or_default();
        return Err(Error::usage(format!("the value of --{name} is not UTF-8, which a TOML file must be")));
    };
    Ok(match texts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        many => Some(format!("[{}]", many.join(", "))),
    })
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// What stands for an option that has no value: as its help says.
fn default(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let said = help.rsplit_once("[default: ").and_then(|(_, default)| default.strip_suffix(']'));
    said.map_or("not given".to_string(), |default| format!("default: {}", default.replace('\n', " ")))
}
