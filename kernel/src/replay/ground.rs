//! What the limits of all cells of a trace share: its requests, the service around the cache, the load to carry.

use super::worst::aftermath::{Block, Until, Walker};
use super::worst::columns::{Columns, Hits};
use super::worst::lattice::{Axis, Level, lowest};
use super::worst::search::Subject;
use super::worst::tape::{Rules, Tape};
use super::worst::warm::Warm;
use crate::interrupt::Interrupt;
use crate::placement::{Losses, Lost};
use crate::replay::any_cache::AnyCache;
use crate::request::{Requests, compressed};
use crate::service::Service;
use crate::units::Seconds;
use std::ops::Range;

/// Memory for the walks of one part of the trace after the other: as large as the trace, so nothing to make anew.
pub type Walks = (Warm, Walker);

/// The trace, the service and the load. Loads are factors of the recorded load.
#[derive(Debug, Clone)]
pub struct Ground<'t> {
    /// The whole trace.
    pub requests: Requests<'t>,
    /// By object, where its key lives among nodes.
    pub key_hashes: &'t [u32],
    /// What walks need beside the trace's columns.
    pub columns: &'t Columns,
    /// Position of the first request after warm-up.
    pub warm: usize,
    /// How long a simulated outage is followed.
    pub horizon: Seconds,
    /// The service.
    pub service: Service,
    /// The load to carry.
    pub load: f64,
    /// Once it is set, walks end at once and what they say is void: the caller must throw it away.
    pub interrupt: Interrupt,
}

impl<'t> Ground<'t> {
    /// The requests from a moment to its horizon.
    pub fn aftermath(&self, moment: usize) -> Requests<'t> {
        let end = self.requests.times[moment].saturating_add(self.horizon.nanoseconds());
        self.requests.slice(moment..self.requests.position_at(end))
    }

    /// What walks over hits look at.
    pub fn subject<'a>(&'a self, hits: &'a Hits) -> Subject<'a> {
        Subject { tape: self.tape(), hits, start: self.warm, rules: self.rules() }
    }

    /// The columns that walks read.
    pub fn tape(&self) -> Tape<'_> {
        Tape { interrupt: Some(&self.interrupt), ..self.columns.tape(&self.requests, self.service.demand) }
    }

    /// How answers come.
    pub fn rules(&self) -> Rules {
        Rules {
            patience: self.service.patience().0,
            service_time: self.service.service_time.0,
            single_flight: self.service.single_flight,
        }
    }

    /// What a replay at a load says. `cache` is empty; `room`: of [`Hits`].
    pub fn hits(&self, cache: &mut dyn AnyCache, room: u64, load: f64) -> Hits {
        let mut missed = Vec::with_capacity(self.requests.len());
        let times = compressed(self.requests.times, 0, 0, load);
        cache.replay_noting(&Requests { times: &times, ..self.requests }, &mut missed);
        self.columns.hits(&self.requests, &missed, room)
    }

    /// The lowest level that survives in a part of the trace by itself: the backend idle at its begin, and the loss (where there
    /// is one) there.
    pub fn level_in(
        &self,
        (warm, walker): &mut Walks,
        hits: &Hits,
        range: Range<usize>,
        axis: Axis,
        guess: Level,
        losses: Option<&Losses>,
    ) -> Option<Level> {
        let (whole, rules) = (self.tape(), self.rules());
        let room = losses.map_or(0, |losses| self.subject(hits).room(losses));
        let tape = whole.up_to(range.end);
        lowest(guess, &mut |level| {
            let point = axis.point(level);
            if self.interrupt.is_set() {
                return true;
            }
            let carried = warm.fill(&tape, hits, range.clone(), point, &rules).is_ok();
            let mut survives = |lost: &Lost| {
                let block = Block::at(*lost, range.start, room);
                walker.walk(&tape, warm, point, &rules, block, Until::Alone).survives(&rules)
            };
            carried && losses.is_none_or(|losses| losses.ways.iter().all(&mut survives))
        })
    }
}
