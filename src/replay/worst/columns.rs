//! The columns that walks need beside those of a trace: what was touched before, and where keys live.

use super::tape::{ASKS, GET, NEVER, Tape};
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

    /// These columns beside the trace's.
    pub fn tape<'t>(&'t self, requests: &Requests<'t>, demand: Demand) -> Tape<'t> {
        Tape {
            times: requests.times,
            previous: &self.previous,
            hashes: &self.hashes,
            shares: requests.sizes.filter(|_| demand == Demand::Bytes),
        }
    }
}

fn brings_back(requests: &Requests<'_>, position: usize) -> bool {
    let is_set = requests.ops.is_some_and(|ops| ops[position] == Op::Set);
    !is_set || requests.ttls.is_none_or(|ttls| ttls[position] & RENEWS == 0)
}

/// What a replay says of each request: a get or not, and whether it asks the backend. `missed`: by position, of gets.
pub fn kinds(requests: &Requests<'_>, missed: &[bool]) -> Vec<u8> {
    let get = |i: usize| requests.ops.is_none_or(|ops| ops[i] == Op::Get);
    let kind = |(i, missed): (usize, &bool)| if get(i) { GET | (ASKS * u8::from(*missed)) } else { 0 };
    missed.iter().enumerate().map(kind).collect()
}

/// What a cache that never hits says: every get asks.
pub fn kinds_without_cache(requests: &Requests<'_>) -> Vec<u8> {
    kinds(requests, &vec![true; requests.len()])
}
