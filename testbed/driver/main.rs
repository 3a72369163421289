//! The testbed's driver: plays a trace against real servers on this machine, and says what they did, one CSV line each.
//! `testbed/run` and `testbed/misses` start the servers and call it.
//!
//! It uses coldgap's reader of traces and its judgement of windows. It must not use the simulation: that is what it tests.

mod clients;
mod memcached;
mod misses;
mod outage;
mod pool;
mod postgres;
mod redis;
mod store;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Plays a trace against real servers on this machine")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Counts what a memcached or a Redis misses
    Misses(misses::Arguments),
    /// Loses the cache before a database, and sees whether the service heals
    Outage(outage::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().what {
        What::Misses(arguments) => misses::run(&arguments),
        What::Outage(arguments) => outage::run(&arguments),
    };
    match done {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
