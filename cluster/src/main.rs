//! coldgap-cluster: `coldgap gap` on many machines, by Apache Ballista. The command line of its three processes.

mod copies;
mod failure;
mod logging;
mod part;
mod plan;
mod serve;
mod submit;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// coldgap's gap on many machines: one scheduler, executors, and a client that submits a question
#[derive(Parser)]
#[command(name = "coldgap-cluster", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Nobody is asked who they are: keep the ports on loopback or on a network that you trust.

Examples:
  coldgap-cluster scheduler
  coldgap-cluster executor --cores 4
  coldgap-cluster submit gap s3://traces/prod.parquet -b 300/s -o gap.json";

#[derive(Subcommand)]
enum Command {
    /// Hand out the parts of submitted questions to executors
    Scheduler(Scheduler),
    /// Do parts, each with one thread
    Executor(Executor),
    /// Ask a question, wait for its parts and write the report, as coldgap itself would
    Submit(Submit),
}

#[derive(clap::Args)]
struct Scheduler {
    /// Where executors and clients reach it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50050")]
    listen: SocketAddr,
    /// An executor that was silent for so many seconds is lost, and its parts are done by others
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(10..))]
    lost_after: u64,
}

#[derive(clap::Args)]
struct Executor {
    /// Where the scheduler is
    #[arg(long, value_name = "HOST:PORT", default_value = SCHEDULER)]
    scheduler: String,
    /// Where other executors and clients fetch what was found
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    listen: SocketAddr,
    /// How many parts are done at a time [default: as many as there are cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    cores: usize,
    /// Where results and copies of remote traces lie while they are needed [default: the system's]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Submit {
    /// Where the scheduler is
    #[arg(long, value_name = "HOST:PORT", default_value = SCHEDULER)]
    scheduler: String,
    /// gap, and its traces and flags as for coldgap; a trace may be s3://BUCKET/KEY
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "gap ...")]
    words: Vec<OsString>,
}

/// Traces may be larger than an executor's memory.
#[global_allocator]
static ALLOCATOR: coldgap::cli::Allocator = coldgap::cli::Allocator;

/// Where a scheduler listens unless told otherwise.
const SCHEDULER: &str = "127.0.0.1:50050";

fn main() -> ExitCode {
    coldgap::cli::spill_beyond_what_is_left();
    let done = match Cli::parse().command {
        Command::Scheduler(args) => serve::scheduler(args.listen, args.lost_after),
        Command::Executor(args) => serve::executor(&args.scheduler, args.listen, args.cores, args.folder),
        Command::Submit(args) => submit::run(&args.scheduler, args.words),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, text }) => {
            eprintln!("error: {text}");
            ExitCode::from(code)
        }
    }
}
