//! The part of the loop that does what triggers and remedies say, and what they leave behind for later requests.

use super::remedy::Remedy;
use super::run::{Run, WarmUp};
use super::trigger::{Effect, hottest};
use crate::cache::Lookaside;
use crate::hash::mix;
use crate::request::{ObjectId, Request, SECOND};
use crate::units::Ratio;

impl<C: Lookaside> Run<'_, '_, C> {
    pub(super) fn apply(&mut self, effect: Effect, now: u64) {
        match effect {
            Effect::Flush => self.cache.flush(),
            Effect::Lose(lost) => {
                let (hashes, objects) = (self.key_hashes, self.objects);
                self.cache.lose_where(|object| lost.holds(hash_of_name(hashes, objects, object)));
            }
            Effect::LoseHottest(count) => {
                let mut lost: Vec<ObjectId> =
                    self.hottest(count).iter().map(|request| self.name(request.object)).collect();
                lost.sort_unstable();
                self.cache.lose_where(|object| lost.binary_search(&object).is_ok());
            }
            Effect::Rename(share) => self.renamed += share.get(),
            Effect::Load(load) => self.load = load,
            Effect::Spike(factor) => self.spike = factor,
            Effect::Speed(share) => self.station.slow_to(share),
            Effect::Stall(stalls) => {
                self.station.stall(stalls);
                self.begin_next(now);
            }
            Effect::Shrink(share) => self.cache.shrink(share),
            Effect::Apply(remedy) => {
                remedy.apply(&mut self.model);
                self.cache.serve_stale(self.model.stale.nanoseconds());
                if let Remedy::WarmUp { keys, per_second } = remedy {
                    let every = (SECOND as f64 / per_second.max(1e-9)) as u64;
                    self.warm_up = Some(WarmUp { keys: self.hottest(keys).into_iter(), every, next: now });
                }
            }
        }
        if matches!(effect, Effect::Load(_) | Effect::Spike(_)) {
            self.arrivals.change_load(now, self.load * self.spike);
        }
    }

    /// The last request of each of the hottest keys, as known before the run, or by now.
    fn hottest(&self, count: u32) -> Vec<Request> {
        let known = match self.arrivals.position() {
            _ if !self.history.is_empty() => self.history,
            0 => self.requests,
            position => self.requests.slice(0..position),
        };
        hottest(&known, count as usize)
    }

    /// Fetches the next key of a warm-up, unless it is cached.
    pub(super) fn warm_next(&mut self, now: u64) {
        let Some(warm_up) = &mut self.warm_up else { return };
        let key = warm_up.keys.next();
        warm_up.next = now.saturating_add(warm_up.every.max(1));
        let Some(request) = key else {
            self.warm_up = None;
            return;
        };
        let mut request = Request { time: now, ..request };
        self.prepare(&mut request);
        if !self.cache.lookup(&request) {
            let _ = self.send(request, true, true, now);
        }
    }

    /// What a request becomes on its way to the cache: its key may have another name, its time to live some jitter.
    #[inline(always)]
    pub(super) fn prepare(&self, request: &mut Request) {
        request.object = self.name(request.object);
        if request.ttl > 0 && self.model.ttl_jitter > Ratio::NONE {
            let draw = draw(mix(request.time ^ u64::from(request.object.0)));
            request.ttl -= (request.ttl as f64 * self.model.ttl_jitter.get() * draw) as u64;
        }
    }

    /// What a key of the trace is called by now. Keys stand on a ring, along which each renaming goes on where the last one
    /// ended: so each gives its share of them a name that is not in the cache.
    #[inline(always)]
    fn name(&self, object: ObjectId) -> ObjectId {
        if self.renamed == 0.0 {
            return object;
        }
        let times = (self.renamed - renamed_place(object)).ceil().max(0.0) as u32;
        ObjectId(object.0 + times.min(self.names - 1) * self.objects)
    }

    /// Fetches an entry anew that was served past its time, unless that is under way.
    pub(super) fn refresh_if_stale(&mut self, request: &Request) {
        let is_stale = self.cache.dies_at(request.object) <= request.time;
        if is_stale && self.under_way[request.object.index()] == 0 {
            let _ = self.send(*request, true, true, request.time);
        }
    }
}

/// Decides which keys are renamed, independently of the nodes they live on.
fn renamed_place(object: ObjectId) -> f64 {
    draw(mix(u64::from(object.0) ^ 0x4e4a))
}

/// A number 0..1 that follows from another.
fn draw(from: u64) -> f64 {
    (mix(from) >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Where a key lives by the name it has: a new name is another key.
fn hash_of_name(hashes: &[u32], objects: u32, name: ObjectId) -> u32 {
    let (times, object) = (name.0 / objects, (name.0 % objects) as usize);
    if times == 0 { hashes[object] } else { (mix(u64::from(hashes[object]) ^ u64::from(times)) >> 32) as u32 }
}
