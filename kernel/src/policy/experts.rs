//! Two experts, one of recency and one of frequency, that propose victims, and what each is trusted: its chance to be
//! followed. Each has the ghosts of its own victims; it loses trust when one of them is asked for again.
//!
//! It knows weights and ghosts; whom the experts propose, what a regret is worth, and what a node keeps of a ghost, is the
//! policy's.

use super::ghosts::Ghosts;
use super::list::Linked;
use super::{Capacity, Info, Nodes, ParameterError, Parameters};
use crate::request::ObjectId;
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

/// How far each is trusted, and the ghosts of either's victims.
#[derive(Debug, Clone)]
pub struct TwoExperts {
    /// What the first is trusted; both together 1.
    lru: f64,
    lru_ghosts: Ghosts,
    lfu_ghosts: Ghosts,
    /// What each one's ghosts may weigh, as a share of the cache.
    ghost_share: f64,
}

impl TwoExperts {
    /// Both trusted alike, with ghosts as the parameter `ghost` says.
    ///
    /// # Errors
    /// What is no share.
    pub fn new(capacity: Capacity, parameters: &Parameters, info: &Info) -> Result<TwoExperts, ParameterError> {
        let ghost_share = parameters.ratio("ghost", info)?.get();
        let ghosts = Ghosts::new(capacity.part(ghost_share));
        Ok(TwoExperts { lru: 0.5, lru_ghosts: ghosts.clone(), lfu_ghosts: ghosts, ghost_share })
    }

    /// Ghosts follow the capacity. `mark` as in [`Ghosts`].
    pub fn resize<N: Linked>(&mut self, nodes: &mut Nodes<N>, capacity: Capacity, mut mark: impl FnMut(&mut N, bool)) {
        let most = capacity.part(self.ghost_share);
        self.lru_ghosts.resize(nodes, most, &mut mark);
        self.lfu_ghosts.resize(nodes, most, &mut mark);
    }

    /// The expert to follow, drawn by trust.
    #[inline(always)]
    pub fn draw(&self, random: &mut Xoshiro256PlusPlus) -> Expert {
        let drawn: f64 = random.random();
        if drawn < self.lru { Expert::Lru } else { Expert::Lfu }
    }

    /// Remembers an expert's victim. `mark` as in [`Ghosts`].
    #[inline(always)]
    pub fn remember<N: Linked>(
        &mut self,
        nodes: &mut Nodes<N>,
        victim: ObjectId,
        expert: Expert,
        mark: impl FnMut(&mut N, bool),
    ) {
        self.ghosts(expert).remember(nodes, victim, mark);
    }

    /// Takes a ghost off its expert's; the caller marks it.
    #[inline(always)]
    pub fn drop_ghost<N: Linked>(&mut self, nodes: &mut Nodes<N>, ghost: ObjectId, expert: Expert) {
        self.ghosts(expert).remove(nodes, ghost);
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

    #[inline(always)]
    fn ghosts(&mut self, expert: Expert) -> &mut Ghosts {
        match expert {
            Expert::Lru => &mut self.lru_ghosts,
            Expert::Lfu => &mut self.lfu_ghosts,
        }
    }
}
