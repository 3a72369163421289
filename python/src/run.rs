//! Long work beside a running interpreter: its lock is released, Ctrl-C stops the work, a callback is told of it, and what goes
//! wrong becomes an exception. It knows no question.

use coldgap::{Interrupt, Result, Watch};
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyRuntimeError};
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

create_exception!(
    coldgap,
    Error,
    PyException,
    "What went wrong, for reasons outside coldgap. `hint` says how to mend it, or is None; `exit_code` is what the command would \
     exit with: 2 for something said wrongly, 3 for a trace."
);

/// What was said, flag by flag.
pub type Words = Vec<(String, String)>;

/// How often signals are looked for, and the callback is told.
const BEAT: Duration = Duration::from_millis(50);

/// The exception for an error.
pub fn raised(error: &coldgap::Error) -> PyErr {
    let raised = Error::new_err(error.what());
    Python::attach(|py| {
        let value = raised.value(py);
        // Attributes of a plain exception can always be set.
        let _ = value.setattr("hint", error.advice());
        let _ = value.setattr("exit_code", error.exit_code());
    });
    raised
}

/// How far the work is.
#[derive(Default)]
struct Progress {
    phase: Mutex<&'static str>,
    done: AtomicU64,
    all: AtomicU64,
}

impl Progress {
    fn now(&self) -> (&'static str, u64, u64) {
        let phase = *self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        (phase, self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

impl Watch for Progress {
    fn expect(&self, steps: u64) {
        self.all.fetch_add(steps, Ordering::Relaxed);
    }

    fn phase(&self, what: &'static str) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }
}

/// Does the work on a thread of its own, until it is done, or a signal or the callback says otherwise. `told`: called with the
/// phase, and the steps done and expected.
///
/// # Errors
/// What the work ends with; KeyboardInterrupt; what the callback raises.
pub fn run<T: Send>(
    py: Python<'_>,
    told: Option<Py<PyAny>>,
    work: impl FnOnce(&Interrupt, &dyn Watch) -> Result<T> + Send,
) -> PyResult<T> {
    let (interrupt, progress) = (Interrupt::default(), Progress::default());
    let (slot, ready) = (Mutex::new(None), Condvar::new());
    let waits = |timeout: Duration| {
        let guard = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = ready.wait_timeout_while(guard, timeout, |done: &mut Option<_>| done.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    };
    let mut last = progress.now();
    thread::scope(|scope| {
        scope.spawn(|| {
            let done = catch_unwind(AssertUnwindSafe(|| work(&interrupt, &progress)));
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            ready.notify_all();
        });
        loop {
            if let Some(done) = py.detach(|| waits(BEAT)) {
                return match done {
                    Ok(done) => done.map_err(|error| raised(&error)),
                    Err(_) => Err(PyRuntimeError::new_err(
                        "a bug in coldgap; please report it with the question and, if you may, the trace",
                    )),
                };
            }
            let now = progress.now();
            let heard = match &told {
                Some(told) if now != last => told.call1(py, now).map(|_| ()),
                _ => Ok(()),
            };
            last = now;
            if let Err(stop) = heard.and_then(|()| py.check_signals()) {
                interrupt.set();
                while py.detach(|| waits(BEAT)).is_none() {}
                return Err(stop);
            }
        }
    })
}
