//! Runs independent jobs on all cores; the only file that knows threads. Results keep the jobs' order, so that they do
//! not depend on how many threads there are.

use crate::error::{Error, Result};
use rayon::prelude::*;

/// Runs every job, `threads` at a time (0: one per core), and gives the results in the order of the jobs.
///
/// # Errors
/// The first job's error, in the order of the jobs; or threads that the system refuses.
pub fn run<J: Sync, R: Send>(
    jobs: &[J],
    threads: usize,
    work: impl Fn(&J) -> Result<R> + Send + Sync,
) -> Result<Vec<R>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|cause| Error::usage(format!("cannot start threads: {cause}")).hint("ask for fewer with -j"))?;
    let results: Vec<Result<R>> = pool.install(|| jobs.par_iter().map(work).collect());
    results.into_iter().collect()
}
