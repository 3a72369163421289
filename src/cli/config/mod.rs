//! Options that do not come from the command line: `coldgap.toml` and the variables COLDGAP_*.
//!
//! They are turned into arguments before the user's own, so that clap reads and checks all of them once, and the command that a
//! report records says all of them. Which options there are, only clap's declarations say: an option of any command is a key of
//! the file and a variable without a line here.

mod file;
mod print;

use crate::error::{Error, Result};
use crate::suggest::nearest;
use clap::builder::ArgAction;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Id};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Read where nothing else is named.
const FILE: &str = "coldgap.toml";
/// Options that say what is written where.
const WRITING: [&str; 2] = ["output", "journal"];

/// Begins the name of every variable.
const PREFIX: &str = "COLDGAP_";

// Which options come from elsewhere. No doc comment: clap would take it for what every command is about.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
struct ConfigArgs {
    /// Options by their long names, as timeout = "500ms"; in [gap] for one command. A variable (COLDGAP_TIMEOUT=500ms) goes
    /// before the file, an option before both [default: coldgap.toml where it exists]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print every option's value and where it comes from, ready to be saved as coldgap.toml, and do nothing else
    #[arg(long)]
    print_config: bool,
}

/// Adds --config and --print-config to every command that has options.
pub fn augmented(program: Command) -> Command {
    program.mut_subcommands(|command| {
        let command = if command.has_subcommands() { augmented(command) } else { command };
        if command.get_arguments().any(is_option) { ConfigArgs::augment_args(command) } else { command }
    })
}

/// True for an option that a file or a variable may set.
fn is_option(arg: &Arg) -> bool {
    let is_ours = ["config", "print_config", "help", "version"].contains(&arg.get_id().as_str());
    arg.get_long().is_some() && !is_ours
}

/// How near to the user a setting is: the nearer one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// The file, for all commands.
    File,
    /// The file's table of the command.
    Table,
    Variable,
    CommandLine,
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    Line { file: String, line: u64 },
    Variable(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Line { file, line } => write!(f, "{file}, line {line}"),
            Origin::Variable(name) => f.write_str(name),
        }
    }
}

/// One option, as arguments; none for a switch that is off.
#[derive(Debug, Clone)]
struct Setting {
    id: Id,
    words: Vec<OsString>,
    level: Level,
    origin: Origin,
}

/// A value as a file or a variable gives it.
#[derive(Debug)]
enum Value {
    Switch(bool),
    One(String),
    Many(Vec<String>),
}

/// The arguments of this process with those from elsewhere, and what is to be told about it.
#[derive(Debug)]
pub struct Resolved {
    /// All arguments, the program's name first.
    pub words: Vec<OsString>,
    /// What was added, for people.
    pub notes: Vec<String>,
    /// The configuration, where it is asked for: nothing else is to be done then.
    pub printed: Option<String>,
}

/// Completes the arguments `words` of the program.
///
/// # Errors
/// A file that cannot be used, a value that an option cannot have.
pub fn resolve(program: &Command, words: Vec<OsString>) -> Result<Resolved> {
    let plain = |words| Ok(Resolved { words, notes: Vec::new(), printed: None });
    // `coldgap gap`, or `coldgap part gap`: the words before the command's own.
    let (mut named, mut at) = (program, 1);
    while let Some(command) = words.get(at).and_then(|word| named.find_subcommand(word)) {
        (named, at) = (command, at + 1);
    }
    let Some(command) = Some(named).filter(|command| at > 1 && command.get_arguments().any(is_option)) else {
        return plain(words);
    };
    // What is wrong with the user's own arguments, clap says later, of them alone.
    let is_wrong = |error: clap::Error| error.kind() != ErrorKind::MissingRequiredArgument;
    if try_parse(command, &words[at..]).is_err_and(is_wrong) {
        return plain(words);
    }
    let Ok(user) = command.clone().ignore_errors(true).try_get_matches_from(&words[at - 1..]) else {
        return plain(words);
    };
    let asked = ConfigArgs::from_arg_matches(&user).unwrap_or(ConfigArgs { config: None, print_config: false });

    let (mut found, mut notes) = variables(command)?;
    if let Some((path, is_named)) = asked.config.map(|path| (path, true)).or_else(config_file) {
        let settings = file::read(&path, program, command)?;
        if !is_named {
            refuse_writing(&settings)?;
        }
        found.extend(settings);
    }
    found.sort_by_key(|setting| std::cmp::Reverse(setting.level));
    let used = choose(command, &user, &words[at..], found, &mut notes);
    let mut all = words[..at].to_vec();
    all.extend(used.iter().flat_map(|setting| setting.words.iter().cloned()));
    all.extend_from_slice(&words[at..]);
    let printed = asked.print_config.then(|| print::render(command, &all[at - 1..], &used)).transpose()?;
    Ok(Resolved { words: all, notes, printed })
}

/// The file that is read without being named by an option, and whether the user named it all the same.
fn config_file() -> Option<(PathBuf, bool)> {
    let variable = std::env::var_os(format!("{PREFIX}CONFIG")).filter(|path| !path.is_empty());
    let variable = variable.map(|path| (PathBuf::from(path), true));
    variable.or_else(|| Path::new(FILE).is_file().then(|| (PathBuf::from(FILE), false)))
}

/// Refuses options by which a file that only lies in this folder would say what is written where.
fn refuse_writing(settings: &[Setting]) -> Result<()> {
    match settings.iter().find(|setting| WRITING.contains(&setting.id.as_str())) {
        None => Ok(()),
        Some(setting) => Err(Error::usage(format!(
            "{}: a file that nobody named may not say what is written (--{})",
            setting.origin, setting.id
        ))
        .hint(format!("name it, if it is yours: --config {FILE}; or take the line away"))),
    }
}

/// The command's options that variables set, and warnings of names that look like one and are none.
fn variables(command: &Command) -> Result<(Vec<Setting>, Vec<String>)> {
    let name = |arg: &Arg| Some(format!("{PREFIX}{}", arg.get_long()?.to_ascii_uppercase().replace('-', "_")));
    let mut found = Vec::new();
    for arg in command.get_arguments().filter(|arg| is_option(arg)) {
        let Some(name) = name(arg) else { continue };
        let Some(text) = std::env::var_os(&name).filter(|text| !text.is_empty()) else { continue };
        let usage = |message: String| Error::usage(message).at(format!("variable {name}"), None);
        let text = text.into_string().map_err(|_| usage("not UTF-8".to_string()))?;
        let value = match text.as_str() {
            "1" | "true" if may_stand_alone(arg) => Value::Switch(true),
            "0" | "false" if may_stand_alone(arg) => Value::Switch(false),
            _ => Value::One(text),
        };
        let words = words(arg, &value).and_then(|words| check(command, &words).map(|()| words)).map_err(usage)?;
        let origin = Origin::Variable(name.clone());
        found.push(Setting { id: arg.get_id().clone(), words, level: Level::Variable, origin });
    }
    Ok((found, misspelt(command, name)))
}

/// Warnings of variables that are nearly an option's.
fn misspelt(command: &Command, name: impl Fn(&Arg) -> Option<String>) -> Vec<String> {
    let known: Vec<String> = command.get_arguments().filter_map(name).collect();
    let ours = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let ours = ours.filter(|name| name.starts_with(PREFIX) && !known.contains(name));
    let warning = |name: String| {
        let short = |name: &str| name[PREFIX.len()..].to_ascii_lowercase();
        let names: Vec<String> = known.iter().map(|name| short(name)).collect();
        let meant = nearest(&short(&name), names.iter().map(String::as_str))?.to_ascii_uppercase();
        Some(format!("warning: {name} is no option of coldgap {}; did you mean {PREFIX}{meant}?", command.get_name()))
    };
    ours.filter_map(warning).collect()
}

fn takes_none(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

fn may_stand_alone(arg: &Arg) -> bool {
    takes_none(arg) || arg.get_num_args().is_some_and(|range| range.min_values() == 0)
}

/// An option's value as arguments.
fn words(arg: &Arg, value: &Value) -> std::result::Result<Vec<OsString>, String> {
    let name = arg.get_long().unwrap_or_default();
    let one = |value: &str| OsString::from(format!("--{name}={value}"));
    // Lists in one word are marked as such where the option is explained: SHARE,...
    let is_list = arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.ends_with(",...")));
    match value {
        Value::Switch(false) if may_stand_alone(arg) => Ok(Vec::new()),
        Value::Switch(true) if may_stand_alone(arg) => Ok(vec![OsString::from(format!("--{name}"))]),
        Value::Switch(_) => Err(format!("--{name} takes a value")),
        _ if takes_none(arg) => Err(format!("--{name} is true or false")),
        Value::One(value) => Ok(vec![one(value)]),
        Value::Many(all) if is_list && all.is_empty() => Ok(Vec::new()),
        Value::Many(all) if is_list => Ok(vec![one(&all.join(","))]),
        Value::Many(all) if matches!(arg.get_action(), ArgAction::Append) => {
            Ok(all.iter().map(|value| one(value)).collect())
        }
        Value::Many(_) => Err(format!("--{name} takes one value")),
    }
}

/// Has clap look at one option alone.
fn check(command: &Command, words: &[OsString]) -> std::result::Result<(), String> {
    match try_parse(command, words) {
        Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => {
            let text = error.render().to_string();
            let text = text.split("\n\nFor more").next().unwrap_or_default();
            Err(text.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => Ok(()),
    }
}

/// Parses these arguments of the command; what else it requires may be missing.
fn try_parse(command: &Command, words: &[OsString]) -> std::result::Result<ArgMatches, clap::Error> {
    let lenient = command.clone().mut_args(|arg| arg.required(false));
    let name = OsStr::new(command.get_name()).to_os_string();
    lenient.try_get_matches_from(std::iter::once(&name).chain(words))
}

/// Those settings that count, nearest to the user first: an option given by somebody nearer is out, as is one that cannot stand
/// beside such an option, or not without one that is missing.
fn choose(
    command: &Command,
    user: &ArgMatches,
    arguments: &[OsString],
    found: Vec<Setting>,
    notes: &mut Vec<String>,
) -> Vec<Setting> {
    let given = |arg: &&Arg| user.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let mut taken: Vec<(Id, Level)> =
        command.get_arguments().filter(given).map(|arg| (arg.get_id().clone(), Level::CommandLine)).collect();
    let mut used: Vec<Setting> = Vec::new();
    for setting in found {
        if taken.iter().any(|(id, _)| *id == setting.id) {
            continue;
        }
        taken.push((setting.id.clone(), setting.level));
        let rival = taken.iter().find(|(id, level)| *level > setting.level && conflict(command, &setting.id, id));
        match rival.and_then(|(id, _)| command.get_arguments().find(|arg| arg.get_id() == id)) {
            // A switch that is off is at odds with nothing.
            Some(arg) if !setting.words.is_empty() => {
                notes.push(format!("note: {} is left out beside {arg}", said(&setting)));
                taken.pop();
            }
            _ => used.push(setting),
        }
    }
    let all: Vec<OsString> = used.iter().flat_map(|setting| &setting.words).chain(arguments).cloned().collect();
    let is_unmet = |setting: &Setting| {
        let missing = |words: &[OsString]| {
            try_parse(command, words).is_err_and(|error| error.kind() == ErrorKind::MissingRequiredArgument)
        };
        missing(&setting.words) && missing(&all)
    };
    used.retain(|setting| {
        let unmet = is_unmet(setting);
        if unmet {
            notes.push(format!("note: {} is left out: it needs an option that is not there", said(setting)));
        }
        !unmet
    });
    notes.extend(added(&used));
    used
}

/// What is added, a line for each place that it comes from.
fn added(used: &[Setting]) -> Vec<String> {
    let mut places: Vec<(&str, Vec<String>)> = Vec::new();
    for setting in used.iter().filter(|setting| !setting.words.is_empty()) {
        let place = match &setting.origin {
            Origin::Line { file, .. } => file.as_str(),
            Origin::Variable(_) => "environment",
        };
        let words = setting.words.iter().map(|word| word.to_string_lossy().into_owned());
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, all)) => all.extend(words),
            None => places.push((place, words.collect())),
        }
    }
    places.into_iter().map(|(place, words)| format!("note: from {place}: {}", words.join(" "))).collect()
}

fn conflict(command: &Command, a: &Id, b: &Id) -> bool {
    let excludes = |a: &Id, b: &Id| {
        let arg = command.get_arguments().find(|arg| arg.get_id() == a);
        arg.is_some_and(|arg| command.get_arg_conflicts_with(arg).iter().any(|other| other.get_id() == b))
    };
    a != b && (excludes(a, b) || excludes(b, a))
}

/// `--timeout=500ms (coldgap.toml, line 3)`.
fn said(setting: &Setting) -> String {
    let words: Vec<_> = setting.words.iter().map(|word| word.to_string_lossy()).collect();
    format!("{} ({})", words.join(" "), setting.origin)
}
