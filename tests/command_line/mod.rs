//! The command line itself: where options come from, what help, completions and manual pages say, what fits a terminal.

mod config;
mod shell;
mod terminal;

use assert_cmd::Command;
use std::path::Path;

/// The program in a folder, without options from this process's environment.
fn coldgap(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COLDGAP_")) {
        command.env_remove(name);
    }
    command.current_dir(folder);
    command
}

/// What it prints.
fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

/// A trace of this repository, from any folder.
fn trace(name: &str) -> String {
    format!("{}/traces/{name}", env!("CARGO_MANIFEST_DIR"))
}
