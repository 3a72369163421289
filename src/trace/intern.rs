//! Keys and their dense ids: each distinct key gets the next integer at its first touch.
//!
//! It knows keys as numbers or bytes, and must not know where they come from. Keys are compared, never their hashes alone. Whoever
//! chooses keys of one hash would make lookups as long as a walk over all of them: from then on keys are hashed with a secret. Ids
//! do not depend on it.

use super::id_table::IdTable;
use super::words::digits;
use crate::hash::mix;
use crate::prefetch::prefetch;
use crate::request::ObjectId;
use std::hash::{BuildHasher, RandomState};
use xxhash_rust::xxh3::xxh3_64;

/// A key as it stands in a trace. A decimal that fits `u64` and is written without leading zeros is a number
/// everywhere, so that `8` is the same key in a text and in a binary format; `010` is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// A number.
    Number(u64),
    /// Any other bytes; not always UTF-8.
    Text(&'a [u8]),
}

impl<'a> Key<'a> {
    /// Reads a key as written in a text format.
    pub fn parse(bytes: &'a [u8]) -> Key<'a> {
        match canonical_number(bytes) {
            Some(number) => Key::Number(number),
            None => Key::Text(bytes),
        }
    }

    /// A stable hash: the same in every version, on every machine.
    #[inline]
    pub fn hash(self) -> u64 {
        match self {
            Key::Number(number) => mix(number),
            Key::Text(bytes) => xxh3_64(bytes),
        }
    }

    /// A hash that says on which node of a cache the key lives, as stable as [`Key::hash`].
    pub fn node_hash(self) -> u32 {
        (mix(self.hash() ^ NODE_SALT) >> 32) as u32
    }
}

/// Makes nodes independent of samples, which draw by another hash of the same hash. Digits of pi; any other number
/// that nobody gives as a seed would do.
const NODE_SALT: u64 = 0x243f_6a88_85a3_08d3;

/// The number that `bytes` writes, where writing it again gives the same bytes.
fn canonical_number(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 20 || (bytes[0] == b'0' && bytes.len() > 1) {
        return None;
    }
    digits(bytes)
}

/// The distinct keys of a trace, by object id.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The number itself or, where `is_text` says so, an index into the texts.
    numbers: Vec<u64>,
    /// True per object whose key is text; empty while none is.
    is_text: Vec<bool>,
    /// All texts, one after the other.
    texts: Vec<u8>,
    /// Where the n-th text ends.
    text_ends: Vec<usize>,
}

impl Keys {
    /// Number of distinct keys.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Bytes of all texts.
    pub(super) fn text_bytes(&self) -> usize {
        self.texts.len()
    }

    /// True where every key is a number.
    pub fn all_numbers(&self) -> bool {
        self.is_text.is_empty()
    }

    /// The key of an object; panics where the object is not of this trace.
    #[inline]
    pub fn get(&self, object: ObjectId) -> Key<'_> {
        let number = self.numbers[object.index()];
        if self.is_text.is_empty() || !self.is_text[object.index()] {
            return Key::Number(number);
        }
        let n = number as usize;
        let start = if n == 0 { 0 } else { self.text_ends[n - 1] };
        Key::Text(&self.texts[start..self.text_ends[n]])
    }

    /// The three steps of fetching a key ahead, each of which needs what the one before fetched.
    #[inline(always)]
    fn prefetch_number(&self, object: usize) {
        prefetch(&self.numbers, object);
        prefetch(&self.is_text, object);
    }

    #[inline(always)]
    fn prefetch_place(&self, object: usize) {
        if self.is_text[object] {
            prefetch(&self.text_ends, self.numbers[object] as usize);
        }
    }

    #[inline(always)]
    fn prefetch_text(&self, object: usize) {
        if self.is_text[object] {
            // Texts are short: what ends there began shortly before.
            prefetch(&self.texts, self.text_ends[self.numbers[object] as usize].wrapping_sub(1));
        }
    }

    /// Bytes that they take.
    pub(super) fn memory(&self) -> usize {
        let Keys { numbers, is_text, texts, text_ends } = self;
        size_of_val(&numbers[..]) + size_of_val(&is_text[..]) + texts.len() + size_of_val(&text_ends[..])
    }

    /// Forgets all keys, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.is_text.clear();
        self.texts.clear();
        self.text_ends.clear();
    }

    /// Adds a key, as the next object's.
    #[inline]
    pub(super) fn push(&mut self, key: Key<'_>) {
        match key {
            Key::Number(number) => {
                self.numbers.push(number);
                if !self.is_text.is_empty() {
                    self.is_text.push(false);
                }
            }
            Key::Text(bytes) => {
                self.is_text.resize(self.numbers.len(), false);
                self.is_text.push(true);
                self.numbers.push(self.text_ends.len() as u64);
                self.texts.extend_from_slice(bytes);
                self.text_ends.push(self.texts.len());
            }
        }
    }
}

/// Keys that are looked up together: their slots are fetched while others are compared.
const BATCH: usize = 64;

/// Turns keys into object ids.
#[derive(Debug, Default)]
pub struct Interner {
    ids: IdTable,
    keys: Keys,
    /// Hashes keys once some were chosen to collide.
    secret: Option<RandomState>,
}

impl Interner {
    /// Bytes that it takes.
    pub(super) fn memory(&self) -> usize {
        self.ids.memory() + self.keys.memory()
    }

    /// The id of a key, new where it was never seen; `None` where all 2^32 ids are taken.
    pub fn intern(&mut self, key: Key<'_>) -> Option<ObjectId> {
        self.check_crowd();
        self.intern_hashed(key, self.hash(key))
    }

    #[inline(always)]
    fn hash(&self, key: Key<'_>) -> u64 {
        match &self.secret {
            None => key.hash(),
            Some(secret) => secret.hash_one(key),
        }
    }

    /// Goes over to hashes that nobody can foresee, where some were foreseen.
    #[inline(always)]
    fn check_crowd(&mut self) {
        if self.ids.is_crowded() && self.secret.is_none() {
            self.hash_anew();
        }
    }

    #[cold]
    fn hash_anew(&mut self) {
        self.secret = Some(RandomState::new());
        self.ids = IdTable::default();
        for id in (0..self.keys.len() as u32).map(ObjectId) {
            self.ids.insert(self.hash(self.keys.get(id)), id);
        }
    }

    /// The ids of many numbers, behind those in `ids`; `None` where all 2^32 are taken.
    pub fn intern_numbers(&mut self, numbers: &[u64], ids: &mut Vec<ObjectId>) -> Option<()> {
        self.intern_many(numbers.len(), |i| Key::Number(numbers[i]), ids)
    }

    /// The ids of many keys, equal ones among them, behind those in `ids`; `None` where all 2^32 are taken.
    pub fn intern_keys(&mut self, keys: &Keys, ids: &mut Vec<ObjectId>) -> Option<()> {
        if keys.all_numbers() {
            return self.intern_numbers(&keys.numbers, ids);
        }
        self.intern_many(keys.len(), |i| keys.get(ObjectId(i as u32)), ids)
    }

    #[inline(always)]
    fn intern_many<'k>(&mut self, count: usize, key: impl Fn(usize) -> Key<'k>, ids: &mut Vec<ObjectId>) -> Option<()> {
        let mut hashes = [0; BATCH];
        for start in (0..count).step_by(BATCH) {
            self.check_crowd();
            let hashes = &mut hashes[..BATCH.min(count - start)];
            for (i, hash) in hashes.iter_mut().enumerate() {
                *hash = self.hash(key(start + i));
                self.ids.prefetch(*hash);
            }
            self.fetch(hashes, Keys::prefetch_number);
            if !self.keys.all_numbers() {
                self.fetch(hashes, Keys::prefetch_place);
                self.fetch(hashes, Keys::prefetch_text);
            }
            for (i, hash) in hashes.iter().enumerate() {
                ids.push(self.intern_hashed(key(start + i), *hash)?);
            }
        }
        Some(())
    }

    /// Fetches something of the keys that lookups of these hashes will ask for first.
    #[inline(always)]
    fn fetch(&self, hashes: &[u64], what: impl Fn(&Keys, usize)) {
        for hash in hashes {
            if let Some(likely) = self.ids.peek(*hash) {
                what(&self.keys, likely.index());
            }
        }
    }

    #[inline(always)]
    fn intern_hashed(&mut self, key: Key<'_>, hash: u64) -> Option<ObjectId> {
        if let Some(id) = self.ids.find(hash, |id| self.keys.get(id) == key) {
            return Some(id);
        }
        let id = ObjectId(u32::try_from(self.keys.len()).ok().filter(|id| *id < u32::MAX)?);
        self.keys.push(key);
        self.ids.insert(hash, id);
        Some(id)
    }

    /// Number of keys seen.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys seen, by id.
    pub fn into_keys(self) -> Keys {
        self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_dense_and_numbers_are_numbers_only_where_canonical() {
        let mut interner = Interner::default();
        let written: [&[u8]; 8] =
            [b"8", b"010", b"8", b"10", b"18446744073709551615", b"18446744073709551616", b"", b"010"];
        let ids: Vec<u32> = written.iter().map(|text| interner.intern(Key::parse(text)).unwrap().0).collect();
        assert_eq!(ids, [0, 1, 0, 2, 3, 4, 5, 1]);
        let keys = interner.into_keys();
        assert_eq!(keys.get(ObjectId(0)), Key::Number(8));
        assert_eq!(keys.get(ObjectId(1)), Key::Text(b"010"));
        assert_eq!(keys.get(ObjectId(3)), Key::Number(u64::MAX));
        assert_eq!(keys.get(ObjectId(4)), Key::Text(b"18446744073709551616"));
        assert!(!keys.all_numbers());
    }

    /// What `mix` makes of what it returns is the number: made by undoing its steps, one after the other.
    fn unmixed(hash: u64) -> u64 {
        // The inverse of an odd number, by Newton's rule.
        let inverse = |odd: u64| (0..6).fold(odd, |x, _| x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x))));
        let unshifted = |value: u64, by: u32| (0..64 / by).fold(value, |x, _| value ^ x >> by);
        let hash = unshifted(hash, 31).wrapping_mul(inverse(0x94d0_49bb_1331_11eb));
        let hash = unshifted(hash, 27).wrapping_mul(inverse(0xbf58_476d_1ce4_e5b9));
        unshifted(hash, 30).wrapping_sub(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn keys_of_one_hash_are_two_and_many_of_them_do_not_take_forever() {
        // A number and a text of the same 64 bits.
        let text = Key::Text(b"user:7");
        let number = Key::Number(unmixed(text.hash()));
        assert_eq!(number.hash(), text.hash());
        let mut interner = Interner::default();
        let ids = [text, number, text, number].map(|key| interner.intern(key).unwrap().0);
        assert_eq!(ids, [0, 1, 0, 1]);
        // Numbers that all have the same upper half: each would be looked for among all before it, 10^11 steps.
        let numbers: Vec<u64> = (0..400_000).map(|low| unmixed(0x1234_5678 << 32 | low)).collect();
        assert!(numbers.iter().all(|number| mix(*number) >> 32 == 0x1234_5678));
        let (mut interner, mut ids) = (Interner::default(), Vec::new());
        interner.intern_numbers(&numbers, &mut ids).unwrap();
        interner.intern_numbers(&numbers, &mut ids).unwrap();
        assert!(interner.secret.is_some());
        assert!(ids.iter().map(|id| id.index()).eq((0..numbers.len()).chain(0..numbers.len())));
        // Others never are so crowded.
        let mut interner = Interner::default();
        interner.intern_numbers(&(0..3_000_000).collect::<Vec<u64>>(), &mut ids).unwrap();
        assert!(interner.secret.is_none());
    }

    #[test]
    fn many_at_once_get_the_ids_of_one_by_one() {
        let numbers: Vec<u64> = (0..200_000u64).map(|i| (i * i % 70_001) << (i % 3 * 20)).collect();
        let mut expected = std::collections::HashMap::new();
        let expected: Vec<u32> = numbers
            .iter()
            .map(|number| {
                let next = expected.len() as u32;
                *expected.entry(*number).or_insert(next)
            })
            .collect();
        let (mut many, mut ids) = (Interner::default(), Vec::new());
        for batch in numbers.chunks(777) {
            many.intern_numbers(batch, &mut ids).unwrap();
        }
        assert_eq!(ids.iter().map(|id| id.0).collect::<Vec<u32>>(), expected);
        let mut one = Interner::default();
        assert!(numbers.iter().zip(&ids).all(|(number, id)| one.intern(Key::Number(*number)) == Some(*id)));
        // Every third key a number, the others text: as different as before.
        let texts: Vec<Vec<u8>> = numbers.iter().map(|number| format!("{number:x}").into_bytes()).collect();
        let key = |i: usize| if numbers[i].is_multiple_of(3) { Key::Number(numbers[i]) } else { Key::Text(&texts[i]) };
        let (mut mixed, mut mixed_ids) = (Interner::default(), Vec::new());
        let mut pending = Keys::default();
        for i in 0..numbers.len() {
            pending.push(key(i));
            if i % 777 == 0 || i + 1 == numbers.len() {
                mixed.intern_keys(&pending, &mut mixed_ids).unwrap();
                pending.clear();
            }
        }
        assert_eq!(mixed_ids, ids);
    }
}
