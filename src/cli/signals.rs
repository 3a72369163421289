//! Signals that ask the program to stop. It knows nothing of the work.

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// As of a process that stopped at the first signal.
const EXIT_CODE: i32 = 130;

/// Set by SIGINT (Ctrl-C) and SIGTERM; the second of them ends the process at once.
///
/// # Errors
/// A system that lets no signal be caught.
pub fn interrupt() -> Result<Interrupt> {
    let set = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag not set yet.
        flag::register_conditional_shutdown(signal, EXIT_CODE, Arc::clone(&set))
            .and_then(|_| flag::register(signal, Arc::clone(&set)))
            .map_err(|cause| Error::usage(format!("cannot catch signals: {cause}")))?;
    }
    Ok(Interrupt::of(set))
}
