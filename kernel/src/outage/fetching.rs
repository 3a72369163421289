//! The part of the loop between a miss and its answer: asking, joining, waiting, dropping, answering, giving up.

use super::queue::{Dropped, Order};
use super::run::{Fetch, Run};
use super::slab::NONE;
use super::{Abandoned, Fill, SameKey};
use crate::cache::Lookaside;
use crate::request::Request;

impl<C: Lookaside> Run<'_, '_, C> {
    /// A try missed: it waits for a fetch, its own or another's.
    #[inline(always)]
    pub(super) fn ask(&mut self, call: u32, now: u64) {
        if let Some(breaker) = &self.model.client.breaker
            && !self.gate.lets_pass(breaker, now)
        {
            return self.fail(call, now);
        }
        self.start_try(call, now);
        let request = self.calls[call].request;
        let under_way = self.under_way.get(request.object.index()).copied().unwrap_or(0);
        if under_way > 0 && self.model.same_key != SameKey::EachAsks {
            return self.join(call, under_way - 1);
        }
        let first_try = self.calls[call].tries == 0;
        match self.send(request, first_try, false, now) {
            Some(fetch) => self.join(call, fetch),
            None if self.model.queue.dropped == Dropped::Told => self.refuse(call, now),
            None => self.calls[call].fetch = NONE,
        }
    }

    #[inline(always)]
    fn join(&mut self, call: u32, fetch: u32) {
        self.calls[call].fetch = fetch;
        self.calls[call].next = NONE;
        let tail = std::mem::replace(&mut self.fetches[fetch].tail, call);
        if tail == NONE {
            self.fetches[fetch].head = call;
        } else {
            self.calls[tail].next = call;
        }
    }

    /// Sends a fetch to the backend; `None` where the queue does not take it.
    #[inline(always)]
    pub(super) fn send(&mut self, request: Request, first_try: bool, unbidden: bool, now: u64) -> Option<u32> {
        self.window.asked += 1;
        let index = request.object.index();
        let fills = self.under_way.get(index).is_some_and(|under_way| *under_way == 0);
        let begins = self.station.is_free();
        if !begins && !self.line.has_room(&self.model.queue) {
            self.window.drops += 1;
            self.station.charge(self.model.error_cost, &request);
            return None;
        }
        let version = self.versions.get(index).copied().unwrap_or(0);
        let entry = Fetch {
            request,
            head: NONE,
            tail: NONE,
            version,
            begun: false,
            orphaned: false,
            cancelled: false,
            unbidden,
        };
        let fetch = self.fetches.add(entry);
        if fills {
            self.under_way[index] = fetch + 1;
        }
        if begins {
            self.begin(fetch, now);
        } else {
            let precedes = match self.model.queue.order {
                Order::FillsFirst => fills,
                Order::FirstTriesFirst => first_try,
                _ => false,
            };
            self.line.push(fetch, precedes, now);
        }
        Some(fetch)
    }

    #[inline(always)]
    fn begin(&mut self, fetch: u32, now: u64) {
        let entry = &mut self.fetches[fetch];
        entry.begun = true;
        let (request, waited) = (entry.request, now - entry.request.time);
        self.began = true;
        self.window.min_delay = self.window.min_delay.min(waited);
        self.window.max_delay = self.window.max_delay.max(waited);
        self.station.begin(fetch, &request, now);
        self.next = self.next.min(self.station.next);
    }

    /// Gives free servers to those that wait.
    #[inline(always)]
    pub(super) fn begin_next(&mut self, now: u64) {
        while self.station.is_free() {
            let longest = self.line.longest(&self.model.queue, now);
            let Some(fetch) = self.line.pop(&self.model.queue, now) else { break };
            if self.fetches[fetch].cancelled {
                self.fetches.remove(fetch);
                continue;
            }
            self.line.leave();
            if now - self.fetches[fetch].request.time > longest {
                self.drop_waiting(fetch, now);
            } else {
                self.begin(fetch, now);
            }
        }
    }

    fn drop_waiting(&mut self, fetch: u32, now: u64) {
        self.window.drops += 1;
        let Fetch { request, head, .. } = self.fetches[fetch];
        self.station.charge(self.model.error_cost, &request);
        self.land(fetch);
        let mut call = head;
        while call != NONE {
            let next = self.calls[call].next;
            match self.model.queue.dropped {
                Dropped::Told => self.refuse(call, now),
                Dropped::Silent => self.calls[call].fetch = NONE,
            }
            call = next;
        }
        self.fetches.remove(fetch);
    }

    /// The fetch is no longer under way.
    #[inline(always)]
    fn land(&mut self, fetch: u32) {
        if let Some(under_way) = self.under_way.get_mut(self.fetches[fetch].request.object.index())
            && *under_way == fetch + 1
        {
            *under_way = 0;
        }
    }

    /// The backend's answer has come.
    #[inline(always)]
    pub(super) fn answer(&mut self, fetch: u32, now: u64) {
        self.window.answered += 1;
        self.land(fetch);
        let Fetch { request, head, version, unbidden, orphaned, .. } = self.fetches[fetch];
        let is_valid = self.versions.get(request.object.index()).is_none_or(|current| *current == version);
        if unbidden && is_valid {
            self.window.inserts += 1;
            self.cache.write(&Request { time: now, ..request });
        } else if is_valid && (self.model.fill == Fill::Late || self.has_filler(head, orphaned)) {
            self.window.inserts += 1;
            self.cache.insert(&request, now);
        }
        let mut call = head;
        while call != NONE {
            if let Some(breaker) = &self.model.client.breaker {
                self.gate.learn(breaker, now, true);
            }
            let next = self.calls[call].next;
            self.succeed(call);
            call = next;
        }
        self.fetches.remove(fetch);
    }

    /// Whether somebody who still waits inserts the answer.
    #[inline(always)]
    fn has_filler(&self, head: u32, orphaned: bool) -> bool {
        head != NONE && !(orphaned && self.model.same_key == SameKey::Kept)
    }

    /// A call waits no longer. All wait equally long, so it is the first that came.
    #[inline(always)]
    pub(super) fn give_up(&mut self, call: u32, now: u64) {
        let fetch = std::mem::replace(&mut self.calls[call].fetch, NONE);
        if fetch == NONE {
            return;
        }
        let head = self.calls[call].next;
        let entry = &mut self.fetches[fetch];
        debug_assert_eq!(entry.head, call);
        entry.head = head;
        entry.orphaned = true;
        if head == NONE {
            entry.tail = NONE;
        }
        if entry.unbidden {
            return;
        }
        if self.model.fill == Fill::InTime && self.model.same_key != SameKey::Kept {
            // Whoever asked would have inserted the answer: who comes now asks anew.
            self.land(fetch);
        }
        if head == NONE && self.model.abandoned != Abandoned::Finished {
            self.abandon(fetch, now);
        }
    }

    /// Nobody waits for the fetch any more.
    fn abandon(&mut self, fetch: u32, now: u64) {
        if !self.fetches[fetch].begun {
            self.land(fetch);
            self.fetches[fetch].cancelled = true;
            self.line.leave();
        } else if self.model.abandoned == Abandoned::Cancelled && self.station.cancel(fetch) {
            self.land(fetch);
            self.fetches.remove(fetch);
            self.begin_next(now);
        }
    }
}
