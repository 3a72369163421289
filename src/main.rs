//! Runs the command line; prints errors and turns them into exit codes, and does nothing else.

use std::process::ExitCode;

/// Exit code of a bug in coldgap.
const BUG: u8 = 4;

fn main() -> ExitCode {
    // A panic is a bug: say so in one line with its place, rather than in the runtime's words.
    std::panic::set_hook(Box::new(|panic| {
        // A library's answer to a damaged file: it is caught and told as such.
        if coldgap::trace::is_decoding() {
            return;
        }
        eprintln!("error: a bug in coldgap {}: {panic}", env!("CARGO_PKG_VERSION"));
        eprintln!("hint: please report it with the command and, if you may, the trace");
    }));
    match std::panic::catch_unwind(coldgap::cli::main) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
        Err(_) => ExitCode::from(BUG),
    }
}
