//! `coldgap.toml`: options by their long names, for all commands and, in a table of its name, for one.
//!
//! It knows TOML and which names clap declares; it does not know what an option means.

use super::{Level, Origin, Setting, Value, is_option, words};
use crate::error::{Error, Kind, Result};
use crate::settings::{line_number, unreadable, wrong};
use crate::suggest::nearest;
use clap::{Arg, Command};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file's text, for errors that quote it.
struct Text<'t> {
    text: &'t str,
    name: &'t str,
}

/// The file's options for the command `of` of the program `all`.
///
/// # Errors
/// A file that cannot be read or is not TOML, a name that no command knows, a value that an option cannot have.
pub fn read(path: &Path, all: &Command, of: &Command) -> Result<Vec<Setting>> {
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::file(Kind::Usage, path, "read the configuration", &cause)
            .hint("name another with --config, or leave it out; coldgap gap --print-config shows one")
    })?;
    parse(&text, &path.display().to_string(), all, of)
}

fn parse(text: &str, name: &str, all: &Command, of: &Command) -> Result<Vec<Setting>> {
    let table = DeTable::parse(text).map_err(|error| unreadable(text, name, &error))?;
    let text = Text { text, name };
    let mut settings = Vec::new();
    for (key, value) in table.get_ref() {
        match value.get_ref() {
            DeValue::Table(options) => {
                let command = text.command(key.get_ref(), key.span().start, all)?;
                for (key, value) in options {
                    let arg = text.option(key.get_ref(), key.span().start, &[command], all)?;
                    if command.get_name() == of.get_name() {
                        settings.push(text.setting(arg, key.span().start, value, Level::Table, of)?);
                    }
                }
            }
            _ => {
                let commands: Vec<&Command> = all.get_subcommands().collect();
                text.option(key.get_ref(), key.span().start, &commands, all)?;
                if let Some(arg) = options(of).find(|arg| arg.get_long() == Some(key.get_ref())) {
                    settings.push(text.setting(arg, key.span().start, value, Level::File, of)?);
                }
            }
        }
    }
    Ok(settings)
}

fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| is_option(arg))
}

impl Text<'_> {
    fn command<'c>(&self, name: &str, at: usize, all: &'c Command) -> Result<&'c Command> {
        let with_options = || all.get_subcommands().filter(|command| options(command).next().is_some());
        with_options().find(|command| command.get_name() == name).ok_or_else(|| {
            let names = with_options().map(Command::get_name);
            self.unknown(at, &format!("there is no command `{name}` with options"), nearest(name, names))
        })
    }

    fn option<'c>(&self, name: &str, at: usize, commands: &[&'c Command], all: &Command) -> Result<&'c Arg> {
        let mut known = commands.iter().flat_map(|command| options(command));
        known.find(|arg| arg.get_long() == Some(name)).ok_or_else(|| {
            let names = commands.iter().flat_map(|command| options(command)).filter_map(Arg::get_long);
            let tables = all.get_subcommands().map(Command::get_name).filter(|_| commands.len() > 1);
            let of = match commands {
                [one] => format!("coldgap {} has no option --{name}", one.get_name()),
                _ => format!("no command has an option --{name}"),
            };
            self.unknown(at, &of, nearest(name, names.chain(tables)))
        })
    }

    fn unknown(&self, at: usize, what: &str, meant: Option<&str>) -> Error {
        let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
        wrong(self.text, self.name, at, &format!("{what}{meant}"))
            .hint("keys are the long names of options, tables those of commands; see coldgap COMMAND --help")
    }

    fn setting(
        &self,
        arg: &Arg,
        at: usize,
        value: &Spanned<DeValue<'_>>,
        level: Level,
        of: &Command,
    ) -> Result<Setting> {
        let error = |message: String| {
            let error = wrong(self.text, self.name, at, &message);
            match level {
                Level::File => error
                    .hint(format!("what is meant for one command only stands in its table, as [{}]", of.get_name())),
                _ => error,
            }
        };
        let value =
            read_value(value.get_ref()).ok_or_else(|| error("not a value that an option can have".to_string()))?;
        let words = words(arg, &value).and_then(|words| super::check(of, &words).map(|()| words)).map_err(error)?;
        let origin = Origin::Line { file: self.name.to_string(), line: line_number(self.text, at) };
        Ok(Setting { id: arg.get_id().clone(), words, level, origin })
    }
}

fn read_value(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::Boolean(on) => Some(Value::Switch(*on)),
        DeValue::Array(all) => all.iter().map(|value| scalar(value.get_ref())).collect::<Option<_>>().map(Value::Many),
        value => scalar(value).map(Value::One),
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_string()),
        _ => None,
    }
}
