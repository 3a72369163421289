//! Two experts, one of recency and one of frequency, that propose victims, and what each is trusted: its chance to be
//! followed. An expert loses trust when what it evicted is asked for again.
//!
//! It knows weights; whom the experts propose, and what a regret is worth, is the policy's.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The least that an expert is trusted, as in the authors' programs: so both are heard, and both can recover.
const LEAST: f64 = 0.01;

/// Who proposed a victim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expert {
    /// Least recently used.
    Lru,
    /// Least frequently used.
    Lfu,
}

/// How far each is trusted; both together 1.
#[derive(Debug, Clone)]
pub struct Experts {
    lru: f64,
}

impl Experts {
    /// Both trusted alike.
    pub fn new() -> Experts {
        Experts { lru: 0.5 }
    }

    /// The expert to follow, drawn by trust.
    #[inline(always)]
    pub fn draw(&self, random: &mut Xoshiro256PlusPlus) -> Expert {
        let drawn: f64 = random.random();
        if drawn < self.lru { Expert::Lru } else { Expert::Lfu }
    }

    /// An expert's victim is asked for again: its trust is multiplied by e to the power of minus the regret, and both are
    /// scaled so that they sum to 1.
    #[inline(always)]
    pub fn regret(&mut self, expert: Expert, regret: f64) {
        let kept = (-regret).exp();
        let (lru, lfu) = match expert {
            Expert::Lru => (self.lru * kept, 1.0 - self.lru),
            Expert::Lfu => (self.lru, (1.0 - self.lru) * kept),
        };
        self.lru = (lru / (lru + lfu)).clamp(LEAST, 1.0 - LEAST);
    }
}
