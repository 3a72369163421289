//! Runs that are long or large: streamed traces, memory as predicted, journals, interrupts.

mod interrupt;
mod journal;
mod memory;
mod streaming;

use coldgap::error::Spot;
use coldgap::request::Op;
use coldgap::trace::builder::{Builder, Row};
use coldgap::trace::{Key, ReadOptions, Trace, parquet};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a made trace is like.
#[derive(Clone, Copy)]
struct Recipe {
    requests: u64,
    keys: u64,
    times: bool,
    sizes: bool,
    /// Operations and times to live.
    mixed: bool,
}

/// Keys by a linear congruential generator, low ones more often.
fn made(recipe: Recipe) -> Trace {
    let options = ReadOptions::default();
    let mut rows = Builder::new("made", "test", &options);
    let mut state = 1u64;
    for n in 0..recipe.requests {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let random = state >> 33;
        let key = (random % recipe.keys) * (state >> 53) / 2048;
        let row = Row {
            time: recipe.times.then_some(n * 1_000_003),
            key: Key::Number(key),
            size: recipe.sizes.then_some(100 + key % 900),
            op: if recipe.mixed && n % 10 == 3 { [Op::Set, Op::Delete][(n / 10 % 2) as usize] } else { Op::Get },
            ttl: if recipe.mixed { (key % 5) as u32 } else { 0 },
        };
        assert!(rows.push(row, Spot::Row(n + 1)).unwrap().is_continue());
    }
    rows.note("made for a test");
    rows.finish().unwrap()
}

/// Writes a trace as a native file.
fn write(trace: &Trace, path: &Path) {
    parquet::write(trace, File::create(path).unwrap()).unwrap();
}

/// The binary, in a folder.
pub fn coldgap(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end: exit code, standard output, standard error.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    told(coldgap(folder, arguments).output().unwrap())
}

pub fn told(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}
