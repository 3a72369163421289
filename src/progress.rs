//! Who is told how a long job goes on. It knows no terminal: the bar is the command line's.

/// Told of phases and steps, from whatever thread does them.
pub trait Watch: Sync {
    /// So many steps more are to be done, at the most.
    fn expect(&self, _steps: u64) {}
    /// What is done from now on, in a few words.
    fn phase(&self, what: &'static str);
    /// What is known already, in a sentence: for who waits for the rest.
    fn say(&self, _known: &str) {}
    /// So many more were.
    fn advance(&self, steps: u64);
    /// One more was.
    fn step(&self) {
        self.advance(1);
    }
}

/// Nobody.
impl Watch for () {
    fn phase(&self, _: &'static str) {}
    fn advance(&self, _: u64) {}
}
