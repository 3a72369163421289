//! A run on a cache of whatever type: what follows a run is written over it and compiled once. One indirect call a window,
//! none a request.

use super::run::Run;
use super::window::Window;
use crate::cache::Lookaside;
use crate::units::Seconds;

/// A [`Run`] under way whose cache is not known to the caller.
pub trait AnyRun {
    /// See [`Run::until`].
    fn until(&mut self, end: Seconds);
    /// See [`Run::windows`].
    fn windows(&self) -> &[Window];
    /// See [`Run::is_spent`].
    fn is_spent(&self) -> bool;
    /// See [`Run::is_over`].
    fn is_over(&self) -> bool;
    /// See [`Run::position`].
    fn position(&self) -> usize;
    /// How often the policy had a say: see [`Lookaside::decisions`].
    fn decisions(&self) -> u64;
}

impl<C: Lookaside> AnyRun for Run<'_, '_, C> {
    fn until(&mut self, end: Seconds) {
        Run::until(self, end);
    }

    fn windows(&self) -> &[Window] {
        Run::windows(self)
    }

    fn is_spent(&self) -> bool {
        Run::is_spent(self)
    }

    fn is_over(&self) -> bool {
        Run::is_over(self)
    }

    fn position(&self) -> usize {
        Run::position(self)
    }

    fn decisions(&self) -> u64 {
        self.cache().decisions()
    }
}
