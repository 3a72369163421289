//! Who is told how a long job goes on. It knows no terminal: the bar is the command line's.

/// Told of phases and steps, from whatever thread does them.
pub trait Watch: Sync {
    /// What is done from now on, in a few words.
    fn phase(&self, what: &'static str);
    /// One more step was done.
    fn step(&self);
}

/// Nobody.
impl Watch for () {
    fn phase(&self, _: &'static str) {}
    fn step(&self) {}
}
