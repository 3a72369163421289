//! What records say of who answered a request: a cache or the backend, and how long that took.
//!
//! It knows the words of sources, and not what is concluded from them.

use super::words::{Cell, decimal, natural};
use crate::request::SECOND;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// A write later than this after a read does not belong to it.
const LONGEST_FETCH: u64 = 10 * SECOND;
/// Reads that wait for their write at the most.
const MOST_OPEN: usize = 1 << 20;

/// Who answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    /// The record does not say it, or it was neither: not cacheable, refused, redirected.
    #[default]
    Unsaid,
    /// The cache.
    Cache,
    /// The backend: a miss.
    Backend,
    /// The backend, with an error.
    Failed,
    /// The backend, before: this write brings its answer into the cache.
    Fill,
}

/// What one record says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answered {
    /// Who answered.
    pub by: By,
    /// How often the backend was asked; 0 where that is not said.
    pub tries: u8,
    /// Microseconds that the backend took; 0 where that is not said.
    pub micros: u32,
}

/// Who answered, by a source's word: `HIT`, `TCP_MEM_HIT/200`, `MISS-CLUSTER`, `RefreshHit`, `not_found`, `true`. Of several
/// caches, `cp1 miss(0), cp2 hit/7`, one that had it is enough.
pub fn by_word(text: &[u8]) -> By {
    let by = by_one(text);
    if by != By::Unsaid || memchr::memchr(b' ', text).is_none() {
        return by;
    }
    let words = text.split(|byte| !byte.is_ascii_alphabetic()).map(by_one);
    let rank = |by: &By| [By::Unsaid, By::Failed, By::Backend, By::Cache].iter().position(|known| known == by);
    words.max_by_key(rank).unwrap_or_default()
}

fn by_one(word: &[u8]) -> By {
    let word = word.split(|byte| matches!(byte, b'/' | b'-')).next().unwrap_or_default().to_ascii_lowercase();
    let word = word.strip_prefix(b"tcp_").unwrap_or(&word);
    match word {
        b"hit" | b"stale" | b"updating" | b"stream_hit" | b"originshieldhit" | b"found" | b"true" | b"1"
        | b"mem_hit" | b"ims_hit" | b"inmem_hit" | b"offline_hit" | b"hit_aborted" => By::Cache,
        // Who revalidates asks the backend, too.
        b"miss"
        | b"expired"
        | b"revalidated"
        | b"refreshhit"
        | b"not_found"
        | b"flushed"
        | b"false"
        | b"0"
        | b"refresh_hit"
        | b"refresh_miss"
        | b"refresh_modified"
        | b"refresh_unmodified"
        | b"client_refresh_miss" => By::Backend,
        b"error" | b"refresh_fail" | b"swapfail_miss" => By::Failed,
        _ => By::Unsaid,
    }
}

/// How long the backend took, in a unit of so many nanoseconds, and how often it was asked: nginx lists every try, HAProxy
/// writes five timers with bars between them, the fourth of which is the server's.
pub fn took(cell: Cell<'_>, unit: u64) -> Option<(u64, u8)> {
    let Cell::Text(text) = cell else {
        return match cell {
            Cell::Float(time) if (0.0..1e9).contains(&time) => Some(((time * unit as f64) as u64, 1)),
            cell => natural(cell).and_then(|time| time.checked_mul(unit)).map(|nanos| (nanos, 1)),
        };
    };
    let timers: Vec<&[u8]> = text.split(|byte| *byte == b'/').collect();
    if let [_, _, _, server, _] = timers.as_slice() {
        return decimal(server, unit).filter(|_| !server.is_empty()).map(|(nanos, _)| (nanos, 1));
    }
    let tries = text.split(|byte| matches!(byte, b',' | b':')).map(<[u8]>::trim_ascii);
    let tries = tries.filter(|text| !matches!(*text, b"" | b"-"));
    let last = decimal(tries.clone().next_back()?, unit)?.0;
    Some((last, tries.count().min(usize::from(u8::MAX)) as u8))
}

impl Answered {
    /// True for a request of which it is known whether a cache answered.
    pub fn is_get(&self) -> bool {
        matches!(self.by, By::Cache | By::Backend | By::Failed)
    }

    /// By a source's word where it has one, the time that the backend took where it says it, and the status of the answer. Who
    /// says the backend's time and nothing else asked it.
    pub fn of(word: Option<Cell<'_>>, took: Option<(u64, u8)>, status: u64) -> Answered {
        let by = match word {
            Some(Cell::Text(word)) => by_word(word),
            Some(Cell::Unsigned(1) | Cell::Signed(1)) => By::Cache,
            Some(Cell::Unsigned(0) | Cell::Signed(0)) => By::Backend,
            Some(_) => By::Unsaid,
            None if took.is_some() => By::Backend,
            None => By::Unsaid,
        };
        let by = if by == By::Backend && status >= 500 { By::Failed } else { by };
        let (nanos, tries) = took.unwrap_or((0, 0));
        Answered { by, tries, micros: u32::try_from(nanos / 1_000).unwrap_or(0) }
    }
}

/// Reads whose client may write what it then fetched: the time between both is what the backend took.
#[derive(Default)]
pub struct Fetches(HashMap<u64, u64>);

impl Fetches {
    /// A client read a key, and may fetch it now.
    pub fn read(&mut self, client: &[u8], key: &[u8], time: u64) {
        if self.0.len() >= MOST_OPEN {
            self.0.clear();
        }
        self.0.insert(place(client, key), time);
    }

    /// A client writes a key: what it says of the fetch before it.
    pub fn written(&mut self, client: &[u8], key: &[u8], time: u64) -> Answered {
        let began = self.0.remove(&place(client, key));
        match began.and_then(|began| time.checked_sub(began)).filter(|nanos| *nanos <= LONGEST_FETCH) {
            Some(nanos) => Answered { by: By::Fill, tries: 1, micros: (nanos / 1_000).max(1) as u32 },
            None => Answered::default(),
        }
    }
}

fn place(client: &[u8], key: &[u8]) -> u64 {
    xxh3_64(key) ^ xxh3_64(client).rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_sources_say_who_answered() {
        for (words, by) in [
            ("HIT hit TCP_MEM_HIT/200 HIT-CLUSTER found STALE OriginShieldHit true 1", By::Cache),
            (
                "MISS TCP_MISS/200 MISS-WAIT RefreshHit not_found EXPIRED TCP_REFRESH_UNMODIFIED/304 false 0",
                By::Backend,
            ),
            ("- PASS BYPASS dynamic TCP_DENIED/403 Redirect HITPASS", By::Unsaid),
            ("Error ERROR", By::Failed),
        ] {
            for word in words.split(' ') {
                assert_eq!(by_word(word.as_bytes()), by, "{word}");
            }
        }
        for (words, by) in [
            ("cp1099 hit/7, cp4 miss", By::Cache),
            ("cp1 miss(1), cp3 frontend miss(0)", By::Backend),
            ("cp1 pass, cp3 frontend pass(1)", By::Unsaid),
            ("Miss from cloudfront", By::Backend),
            ("cp3 int", By::Unsaid),
        ] {
            assert_eq!(by_word(words.as_bytes()), by, "{words}");
        }
    }

    #[test]
    fn times_of_the_backend_are_read_as_sources_write_them() {
        let read = |text: &str, unit| took(Cell::Text(text.as_bytes()), unit);
        assert_eq!(read("0.182", SECOND), Some((182_000_000, 1)));
        assert_eq!(read("0.001, 0.182", SECOND), Some((182_000_000, 2)));
        assert_eq!(read("0.001 : -", SECOND), Some((1_000_000, 1)));
        assert_eq!(read("0/12/1/180/193", 1_000_000), Some((180_000_000, 1)));
        assert_eq!(read("0/12/1/-1/193", 1_000_000), None);
        assert_eq!((read("-", SECOND), read("", SECOND), read("x", SECOND)), (None, None, None));
        assert_eq!(took(Cell::Unsigned(180), 1_000_000), Some((180_000_000, 1)));
        let mut fetches = Fetches::default();
        fetches.read(b"a", b"k", 1_000_000);
        assert_eq!(fetches.written(b"b", b"k", 2_000_000).by, By::Unsaid);
        assert_eq!(fetches.written(b"a", b"k", 31_000_000), Answered { by: By::Fill, tries: 1, micros: 30_000 });
        assert_eq!(fetches.written(b"a", b"k", 32_000_000).by, By::Unsaid, "a write belongs to one read");
    }
}
