//! When requests arrive: the trace's times, divided by the load factor. It knows no cache and no backend.

use crate::request::{Request, Requests};

/// Requests in order, in real nanoseconds. The clock starts at the recorded time of the first request, so that lives that
/// began before it go on as they are; from then on a load of k lets trace time pass k times as fast as real time.
pub(super) struct Arrivals<'t> {
    requests: Requests<'t>,
    position: usize,
    /// When the next one arrives; `u64::MAX` after the last.
    pub(super) next: u64,
    /// Real nanoseconds per nanosecond of trace time.
    pace: f64,
    /// A moment in real time, and how much of the trace had passed by then.
    since: u64,
    passed: f64,
}

impl<'t> Arrivals<'t> {
    pub(super) fn new(requests: Requests<'t>, load: f64) -> Arrivals<'t> {
        let since = requests.times.first().copied().unwrap_or(0);
        let mut arrivals = Arrivals { requests, position: 0, next: since, pace: 1.0 / load, since, passed: 0.0 };
        arrivals.schedule();
        arrivals
    }

    /// The objects still to be asked for, as far as `ahead` of the next one.
    #[inline(always)]
    pub(super) fn ahead(&self, ahead: usize) -> Option<crate::request::ObjectId> {
        self.requests.objects.get(self.position + ahead).copied()
    }

    /// Requests taken so far.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The next request, at its real time.
    #[inline(always)]
    pub(super) fn take(&mut self) -> Request {
        let request = Request { time: self.next, ..self.requests.get(self.position) };
        self.position += 1;
        self.schedule();
        request
    }

    /// From `now` on the load is another.
    pub(super) fn change_load(&mut self, now: u64, load: f64) {
        self.passed += (now - self.since) as f64 / self.pace;
        self.since = now;
        self.pace = 1.0 / load;
        self.schedule();
    }

    #[inline(always)]
    fn schedule(&mut self) {
        self.next = match self.requests.times.get(self.position) {
            Some(time) => {
                let ahead = ((time - self.requests.times[0]) as f64 - self.passed) * self.pace;
                self.since.saturating_add(ahead.max(0.0) as u64)
            }
            None => u64::MAX,
        };
    }
}
