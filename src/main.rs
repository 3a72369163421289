//! The program: the command line of this process, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(coldgap::cli::main())
}
