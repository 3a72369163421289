//! The columns that walks need beside those of a trace: what was touched before, and where keys live.

use super::tape::{ASKS, CHAINED, EVICTED, GET, NEVER, Tape};
use crate::request::{ObjectId, Op, RENEWS, Requests};
use crate::units::Demand;

/// One entry per request.
#[derive(Debug, Clone)]
pub struct Columns {
    previous: Vec<u32>,
    hashes: Vec<u32>,
}

impl Columns {
    /// Of these requests. `key_hashes`: by object.
    pub fn of(requests: &Requests<'_>, key_hashes: &[u32]) -> Columns {
        let mut last = vec![NEVER; key_hashes.len()];
        let touch = |(position, object): (usize, &ObjectId)| {
            let previous = &mut last[object.index()];
            // One that only starts a life anew brings nothing back that was lost.
            if brings_back(requests, position) { std::mem::replace(previous, position as u32) } else { *previous }
        };
        Columns {
            previous: requests.objects.iter().enumerate().map(touch).collect(),
            hashes: requests.objects.iter().map(|object| key_hashes[object.index()]).collect(),
        }
    }

    /// What a replay says that missed these; `missed` by position, of gets. `room`: of [`Hits`].
    pub fn hits(&self, requests: &Requests<'_>, missed: &[bool], room: u64) -> Hits {
        let mut hits = Hits::none(requests);
        for (i, kind) in hits.kinds.iter_mut().enumerate().filter(|(_, kind)| **kind != 0) {
            let before = self.previous[i] as usize;
            let gone = |ops: &[Op]| ops[before] == Op::Delete;
            let was_there = self.previous[i] != NEVER && requests.ttls.is_none() && !requests.ops.is_some_and(gone);
            let evicted = if was_there && room > 0 { EVICTED } else { 0 };
            *kind = *kind & !ASKS | if missed[i] { ASKS | evicted } else { 0 };
        }
        Hits { room, ..hits }
    }

    /// These columns beside the trace's.
    pub fn tape<'t>(&'t self, requests: &Requests<'t>, demand: Demand) -> Tape<'t> {
        Tape {
            times: requests.times,
            previous: &self.previous,
            hashes: &self.hashes,
            shares: requests.shares(demand),
            interrupt: None,
        }
    }
}

fn brings_back(requests: &Requests<'_>, position: usize) -> bool {
    let is_set = requests.ops.is_some_and(|ops| ops[position] == Op::Set);
    !is_set || requests.ttls.is_none_or(|ttls| ttls[position] & RENEWS == 0)
}

/// What a warm replay of a cell says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// By position: [`GET`], [`ASKS`], [`EVICTED`], [`CHAINED`]. One that misses only since its chain is broken does not ask here.
    pub kinds: Vec<u8>,
    /// Objects that the cache holds before it evicts any; 0 where that is not known.
    pub room: u64,
}

impl Hits {
    /// Of a cache that never hits: every get asks.
    pub fn none(requests: &Requests<'_>) -> Hits {
        let get = |i: usize| requests.ops.is_none_or(|ops| ops[i] == Op::Get);
        let chained = |i: usize| if requests.chained.is_some_and(|chained| chained[i]) { CHAINED } else { 0 };
        Hits { kinds: (0..requests.len()).map(|i| if get(i) { GET | ASKS | chained(i) } else { 0 }).collect(), room: 0 }
    }
}
