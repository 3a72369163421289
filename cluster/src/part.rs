//! One part of a question's work, done with coldgap's own code, and which failures are worth another try.

use crate::copies::{Copies, is_remote};
use crate::failure::Failure;
use coldgap::Interrupt;
use coldgap::cli::elsewhere;
use datafusion::error::DataFusionError;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;

/// What is asked, and into how many parts the work is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The report's command line, word by word.
    pub command: Vec<String>,
    /// How many parts.
    pub of: usize,
}

/// Stops a part's work once nobody waits for it.
struct Waiting(Interrupt);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Does a part: its text. Must run inside a runtime.
///
/// # Errors
/// `IoError`, which the engine tries again, where a trace could not be reached; `Execution`, which fails the job at once, for
/// everything else. Both hold a [`Failure`].
pub async fn text(question: Arc<Question>, index: usize, copies: Arc<Copies>) -> Result<String, DataFusionError> {
    let waiting = Waiting(Interrupt::default());
    let (interrupt, runtime, of, started) = (waiting.0.clone(), Handle::current(), question.of, Instant::now());
    let work = tokio::task::spawn_blocking(move || work(&question, index, &copies, &interrupt, &runtime));
    let done = work.await.unwrap_or_else(|panic| {
        let text = format!("a bug in coldgap {}: {panic}", env!("CARGO_PKG_VERSION"));
        Err(DataFusionError::Execution(Failure { code: 4, text }.to_string()))
    });
    match &done {
        Ok(_) => log::info!("part {index} of {of}: done in {:.1} s", started.elapsed().as_secs_f64()),
        Err(error) => log::warn!("part {index} of {of}: {error}"),
    }
    done
}

fn work(
    question: &Question,
    index: usize,
    copies: &Copies,
    interrupt: &Interrupt,
    runtime: &Handle,
) -> Result<String, DataFusionError> {
    let is_lost = Cell::new(false);
    let held = RefCell::new(Vec::new());
    let copy = |trace: &Path| -> io::Result<PathBuf> {
        let Some(url) = trace.to_str().filter(|_| is_remote(trace)) else {
            return File::open(trace).map(|_| trace.to_path_buf());
        };
        let file = runtime.block_on(copies.of(url, &question.command))?;
        let path = file.to_path_buf();
        held.borrow_mut().push(file);
        Ok(path)
    };
    let copy = |trace: &Path| {
        copy(trace).map_err(|cause| {
            is_lost.set(true);
            coldgap::Error::trace(format!("cannot open the trace: {cause}")).at(trace.display(), None)
        })
    };
    elsewhere::part(&question.command, (question.of, index), &copy, interrupt).map_err(|error| {
        let failure = Failure::from(error).to_string();
        match is_lost.get() {
            true => DataFusionError::IoError(io::Error::other(failure)),
            false => DataFusionError::Execution(failure),
        }
    })
}
