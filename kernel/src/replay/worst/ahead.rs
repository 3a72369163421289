//! Asks that are paid ahead: how the walk of a block of moments counts what a key asks once, whichever the moment is.
//!
//! A get of a lost key inside the block asks after a loss since the key's touch before; after an earlier loss it only asks if the
//! fetch of that touch is under way. So where the walk has counted an ask of the key already, and no fetch of it is under way, this
//! one is free: no single moment makes both. Counted early, work weighs no less, unless the backend idles before it would have come.
//! Two rules see to that:
//! inside the block the backlog is held at that of warm traffic, with which a loss at this very moment begins, and all that is
//! paid ahead on top; behind it, once less is left than is still paid ahead, the rest pays when it comes.
//!
//! It keeps the account. It knows no trace.

/// What a walk of a block has counted for keys that have not come again since.
#[derive(Debug, Default)]
pub struct Ahead {
    /// How many keys.
    keys: u32,
    /// Whether the last moment has been passed.
    is_passed: bool,
    /// Work of all asks so far, the free ones too, seconds.
    work: f64,
    /// By position inside the block: the work up to that get and with it, less the backlog of warm traffic there.
    before: Vec<f64>,
}

impl Ahead {
    /// Begins a walk over so many moments.
    pub fn begin(&mut self, moments: usize) {
        (self.keys, self.is_passed, self.work) = (0, false, 0.0);
        if self.before.len() < moments {
            self.before.resize(moments, 0.0);
        }
    }

    /// Whether the ask of a key is paid. `until`: what is kept of its touch before; see [`Ahead::pay`].
    #[inline(always)]
    pub fn has_paid(&self, until: f64) -> bool {
        until < 0.0 && self.keys > 0
    }

    /// The time from which the backend is free, as what is paid ahead needs it before an ask at `now`. `backlog`: of warm traffic.
    #[inline(always)]
    pub fn settle(&mut self, free_at: f64, now: f64, backlog: f64, cost: f64, inside: bool) -> f64 {
        if self.keys == 0 {
            return free_at;
        }
        let owed = cost * f64::from(self.keys);
        if self.is_passed {
            if free_at - now < owed {
                self.keys = 0;
            }
            return free_at;
        }
        self.is_passed = !inside;
        free_at.max(now + backlog + owed)
    }

    /// No more is paid ahead, and nothing is free.
    pub fn stop(&mut self) {
        self.keys = 0;
    }

    /// One more ask.
    #[inline(always)]
    pub fn ask(&mut self, cost: f64) {
        self.work += cost;
    }

    /// When the fetch of a key whose ask was paid is answered, at the latest, less the service time: of one that comes `now`, after a
    /// touch at `before` (from the block's begin on), and finds `turn` in a walk that began with the block. After a loss since
    /// that touch no more than what has been asked since lies before it.
    #[inline(always)]
    pub fn turn(&self, turn: f64, now: f64, before: usize) -> f64 {
        turn.min(now + (self.work - self.before[before]))
    }

    /// The key of an ask is asked for again, whatever the get then is.
    #[inline(always)]
    pub fn take(&mut self) {
        self.keys -= 1;
    }

    /// The ask at this position inside the block, which [`Ahead::ask`] has counted, pays for the next of its key.
    #[inline(always)]
    pub fn pay(&mut self, position: usize, backlog: f64) {
        self.keys += 1;
        self.before[position] = self.work - backlog;
    }
}
