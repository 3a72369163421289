//! The program: the command line of this process, its allocator, and nothing else.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: coldgap::cli::Allocator = coldgap::cli::Allocator;

fn main() -> ExitCode {
    ExitCode::from(coldgap::cli::main())
}
