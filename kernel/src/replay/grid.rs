//! Runs independent jobs on all cores; the only file that knows threads. Results keep the jobs' order, so that they do
//! not depend on how many threads there are.

use crate::error::{Error, Result};
use rayon::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Runs every job, `threads` at a time (0: one per core), and gives the results in the order of the jobs.
///
/// # Errors
/// The first job's error, in the order of the jobs; or threads that the system refuses.
pub fn run<J: Sync, R: Send>(jobs: &[J], threads: usize, work: impl Fn(&J) -> Result<R> + Sync) -> Result<Vec<R>> {
    let results: Vec<Mutex<Option<Result<R>>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    each_number(jobs.len(), threads, &|i| *lock(&results[i]) = Some(work(&jobs[i])))?;
    results.into_iter().filter_map(|result| lock(&result).take()).collect()
}

/// Does `work` for every number below `count`. It takes no type of a job, so that the threads' code exists once.
fn each_number(count: usize, threads: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    pool(threads)?.install(|| (0..count).into_par_iter().for_each(work));
    Ok(())
}

/// What a mutex guards. A job that panicked leaves nothing half done behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hands batches, one after the other, to every state, states in parallel; the next batch is fetched meanwhile.
///
/// # Errors
/// The first error of `next`, or threads that the system refuses.
pub fn feed<B: Send + Sync, S: Send>(
    states: &mut [S],
    threads: usize,
    mut next: impl FnMut() -> Result<Option<B>> + Send,
    work: impl Fn(&mut S, &B) + Send + Sync,
) -> Result<()> {
    pool(threads)?.install(|| {
        let mut batch = next()?;
        while let Some(current) = batch {
            let work = || states.par_iter_mut().for_each(|state| work(state, &current));
            let (following, ()) = rayon::join(&mut next, work);
            batch = following?;
        }
        Ok(())
    })
}

/// How many threads `threads` stands for.
pub fn threads(threads: usize) -> usize {
    if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|cause| Error::usage(format!("cannot start threads: {cause}")).hint("ask for fewer with -j"))
}
