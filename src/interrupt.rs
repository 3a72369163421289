//! A request to stop, as a flag that long work looks at between two pieces. It is passed down, never global.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once somebody wants the work to stop. The default one never is.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Set by SIGINT (Ctrl-C) and SIGTERM; the second of them ends the process at once.
    ///
    /// # Errors
    /// A system that lets no signal be caught.
    #[cfg(feature = "cli")]
    pub fn on_signals() -> Result<Interrupt> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::flag;
        // As of a process that stopped at the first signal.
        const EXIT_CODE: i32 = 130;
        let interrupt = Interrupt::default();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag not set yet.
            flag::register_conditional_shutdown(signal, EXIT_CODE, Arc::clone(&interrupt.0))
                .and_then(|_| flag::register(signal, Arc::clone(&interrupt.0)))
                .map_err(|cause| Error::usage(format!("cannot catch signals: {cause}")))?;
        }
        Ok(interrupt)
    }

    /// Asks the work to stop; from another thread.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once the work should stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// Once the work should stop.
    pub fn check(&self) -> Result<()> {
        if self.is_set() { Err(Error::interrupted("nothing was written")) } else { Ok(()) }
    }
}
