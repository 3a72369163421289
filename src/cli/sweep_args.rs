//! The flags that say which caches a trace is replayed through.

use crate::analysis::Sweep;
use crate::analysis::asked::POLICIES;
use crate::error::Result;
use crate::policy::spec;
use crate::units::{CacheSize, Ratio};
use clap::Args;

/// Which policies at which cache sizes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policies and cache sizes")]
pub struct SweepArgs {
    /// Policies, with parameters and filters: lru,s3fifo:small=10%,lru+size:max=64KiB; all; all,!belady; all+tinylfu
    #[arg(short, long, value_name = "POLICY,...", default_value = POLICIES)]
    policy: String,
    /// Cache sizes: 4GiB, 5000000B, 50_000obj, 10% of the footprint, or auto
    #[arg(short, long, value_name = "SIZE,...", value_delimiter = ',', default_value = "auto")]
    cache: Vec<CacheSize>,
    /// Every object counts 1, whatever its size
    #[arg(long)]
    ignore_size: bool,
    /// Threads [default: one per core; at most 256]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = threads)]
    threads: usize,
}

/// More threads than any machine that this runs on has use for: the system would give up before the work begins.
const MOST_THREADS: usize = 256;

/// A number of threads.
pub fn threads(text: &str) -> std::result::Result<usize, String> {
    match text.parse::<usize>() {
        Ok(threads) if threads <= MOST_THREADS => Ok(threads),
        Ok(_) => Err(format!("at most {MOST_THREADS} threads")),
        Err(_) => Err("write a number of threads".to_string()),
    }
}

impl SweepArgs {
    /// The sweep.
    ///
    /// # Errors
    /// Unknown policies, or parameters that cannot be used.
    pub fn sweep(&self, warmup: Ratio) -> Result<Sweep> {
        Ok(Sweep {
            policies: spec::parse_list(&self.policy)?,
            sizes: self.cache.clone(),
            ignore_size: self.ignore_size,
            warmup,
            threads: self.threads,
        })
    }
}
