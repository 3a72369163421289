//! Spatial sampling: a key is kept with all its requests or not at all, by its hash (Waldspurger et al., SHARDS,
//! FAST 2015). What is kept is a trace of its own, in which caches as many times smaller behave alike.
//!
//! It knows keys and columns, and must not know what is estimated from them.

use super::{Keys, Trace};
use crate::hash::mix;
use crate::request::{NEVER, ObjectId};
use crate::trace::Key;
use crate::units::Ratio;
use serde::{Deserialize, Serialize};

/// What a trace is a sample of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// The share of the keys that it has; of a sample of a sample, the share of all.
    pub share: Ratio,
    /// What its keys were hashed with at the last draw.
    pub seed: u64,
}

impl Drawn {
    /// What a sample is of which `share` is drawn from a trace that was `before` this; with the given seed or, since keys
    /// that an earlier draw has kept would all be kept again, one that follows from it and the earlier draw's.
    pub fn next(before: Option<Drawn>, share: Ratio, seed: u64) -> Drawn {
        match before {
            None => Drawn { share, seed },
            Some(before) => {
                let share = Ratio::new(before.share.get() * share.get()).unwrap_or(share);
                Drawn { share, seed: mix(before.seed) ^ seed }
            }
        }
    }
}

/// Where a key stands between 0 and 1, by its hash. Each seed is another draw.
pub fn place(key: Key<'_>, seed: u64) -> f64 {
    // Hashed once more, as nodes are with a salt of their own: which keys are sampled says nothing of where they live.
    (mix(key.hash() ^ seed) >> 11) as f64 / (1u64 << 53) as f64
}

/// Some objects of a trace, with all their requests.
#[derive(Debug, Clone)]
pub struct Part {
    /// The requests. The fingerprint is that of the whole.
    pub trace: Trace,
    /// By object of the part: its id in the whole.
    pub whole_ids: Vec<ObjectId>,
    /// Position of its first request at or after the whole's first counted one.
    pub warm: usize,
}

impl Part {
    /// The requests of the objects that are `kept`; counting starts at position `warm` of the whole.
    pub fn of(whole: &Trace, warm: usize, kept: impl Fn(ObjectId) -> bool) -> Part {
        // Ids go by first touch, so those that are kept keep their order.
        let mut ids = vec![NEVER; whole.object_count()];
        let mut keys = Keys::default();
        let mut whole_ids = Vec::new();
        for (i, id) in ids.iter_mut().enumerate() {
            let object = ObjectId(i as u32);
            if kept(object) {
                *id = whole_ids.len() as u32;
                whole_ids.push(object);
                keys.push(whole.keys.get(object));
            }
        }
        let is_kept = |at: &u32| ids[whole.objects[*at as usize].index()] != NEVER;
        let positions: Vec<u32> = (0..whole.len() as u32).filter(is_kept).collect();
        let trace = Trace {
            name: whole.name.clone(),
            files: whole.files.clone(),
            format: whole.format.clone(),
            times: if whole.has_times() { pick(&whole.times, &positions) } else { Vec::new() },
            start: whole.start,
            tick: whole.tick,
            objects: positions.iter().map(|at| ObjectId(ids[whole.objects[*at as usize].index()])).collect(),
            sizes: whole.sizes.as_ref().map(|sizes| pick(sizes, &positions)),
            costs: whole.costs.as_ref().map(|costs| pick(costs, &positions)),
            chained: whole.chained.as_ref().map(|chained| pick(chained, &positions)),
            ops: whole.ops.as_ref().map(|ops| pick(ops, &positions)),
            ttls: whole.ttls.as_ref().map(|ttls| pick(ttls, &positions)),
            next: None,
            keys,
            records: None,
            sample: whole.sample,
            fingerprint: whole.fingerprint.clone(),
            notes: Vec::new(),
        };
        let warm = positions.partition_point(|at| (*at as usize) < warm);
        Part { trace, whole_ids, warm }
    }
}

fn pick<T: Copy>(column: &[T], positions: &[u32]) -> Vec<T> {
    positions.iter().map(|at| column[*at as usize]).collect()
}
