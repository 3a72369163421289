//! A request to stop, as a flag that long work looks at between two pieces. It is passed down, never global.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once somebody wants the work to stop. The default one never is.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Set by whoever else holds the flag.
    pub fn of(flag: Arc<AtomicBool>) -> Interrupt {
        Interrupt(flag)
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
