//! What the bytes of a request say of the size of its object. An answer to HEAD has none, a 304 none, a 206 only a part of
//! them, and a get that missed is recorded with 0: the object is as large as before.
//!
//! It works on columns and knows no format.

use crate::request::{ObjectId, Op, weight};

/// What the bytes of an answer over HTTP say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// There is no body of the object's.
    Nothing,
    /// They are a page about an error, or about where it moved: better than nothing.
    Page,
    /// They are a part of it.
    Part,
    /// They are the object's.
    All,
}

impl Says {
    /// By what was asked and the status of the answer.
    pub fn of(is_get: bool, status: u32) -> Says {
        match status {
            _ if !is_get => Says::Nothing,
            204 | 304 => Says::Nothing,
            200..=205 | 207..=299 => Says::All,
            300.. => Says::Page,
            _ => Says::Part,
        }
    }
}

/// Gives every request the size of its object: the largest among the answers that say most of it. Returns how many requests
/// did not say the object's size themselves.
pub fn of_answers(sizes: &mut [u32], objects: &[ObjectId], answers: &[Says], object_count: usize) -> u64 {
    let mut best = vec![(Says::Nothing, 0); object_count];
    for ((size, object), says) in sizes.iter().zip(objects).zip(answers) {
        best[object.index()] = best[object.index()].max((*says, *size));
    }
    for (size, object) in sizes.iter_mut().zip(objects) {
        *size = best[object.index()].1;
    }
    answers.iter().filter(|says| **says != Says::All).count() as u64
}

/// Gives gets of 0 bytes the size that their object had before or, if there is none, the first that it has later. Returns how
/// many there were. Objects that are never larger stay as they are, and so do writes, as who writes knows the size: but not
/// those that only renew a life (`renews`), and, where sets keep sizes, not those of 0 bytes, which are filled in, too.
pub fn fill_in(
    sizes: &mut [u32],
    objects: &[ObjectId],
    ops: &[Op],
    renews: impl Fn(usize) -> bool,
    sets_keep_sizes: bool,
    object_count: usize,
) -> u64 {
    let op = |i: usize| ops.get(i).copied().unwrap_or_default();
    let writes = |i: usize| op(i) == Op::Set && !renews(i);
    let says = |i: usize, size: u32| op(i) != Op::Delete && (size > 0 || (writes(i) && !sets_keep_sizes));
    let mut known: Vec<Option<u32>> = vec![None; object_count];
    // The first of each object, for what comes before it; then each in turn.
    for i in (0..sizes.len()).rev().filter(|i| says(*i, sizes[*i])) {
        known[objects[i].index()] = Some(sizes[i]);
    }
    let mut filled = 0;
    for i in 0..sizes.len() {
        let known = &mut known[objects[i].index()];
        if says(i, sizes[i]) {
            *known = Some(sizes[i]);
        } else if let Some(size) = known.filter(|size| (op(i) == Op::Get || writes(i)) && weight(*size) > weight(0)) {
            sizes[i] = size;
            filled += u64::from(op(i) == Op::Get);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[u32]) -> Vec<ObjectId> {
        ids.iter().map(|id| ObjectId(*id)).collect()
    }

    #[test]
    fn a_part_says_more_than_a_page_about_an_error() {
        let answers = [206, 404, 301].map(|status| Says::of(true, status));
        assert_eq!(answers, [Says::Part, Says::Page, Says::Page]);
        let mut sizes = [100, 9_000, 400];
        assert_eq!(of_answers(&mut sizes, &ids(&[0; 3]), &answers, 1), 3);
        assert_eq!(sizes, [100; 3]);
    }

    #[test]
    fn an_object_is_as_large_as_its_largest_whole_answer() {
        let objects = ids(&[0, 0, 0, 1, 1, 2, 3, 3, 0]);
        let answers =
            [(false, 200), (true, 200), (true, 200), (true, 206), (true, 206), (true, 304), (true, 404), (true, 200)]
                .map(|(is_get, status)| Says::of(is_get, status));
        let answers = [&answers[..], &[Says::of(true, 304)]].concat();
        let mut sizes = [9_999, 500, 300, 10, 20, 0, 700, 30, 0];
        assert_eq!(of_answers(&mut sizes, &objects, &answers, 4), 6);
        assert_eq!(sizes, [500, 500, 500, 20, 20, 0, 30, 30, 500]);
    }

    #[test]
    fn a_get_of_no_bytes_has_the_size_of_before_or_of_later() {
        let objects = ids(&[0, 0, 0, 1, 0, 1, 2, 2, 0, 0]);
        let ops = [Op::Get, Op::Set, Op::Get, Op::Get, Op::Set, Op::Delete, Op::Get, Op::Get, Op::Get, Op::Set];
        let mut sizes = [0, 10, 0, 0, 20, 5, 7, 0, 0, 0];
        assert_eq!(fill_in(&mut sizes, &objects, &ops, |_| false, false, 3), 4);
        assert_eq!(sizes, [10, 10, 10, 0, 20, 5, 7, 7, 20, 0]);
        assert_eq!(fill_in(&mut sizes, &objects, &ops, |_| false, false, 3), 0, "filling in twice changes nothing");
        // Set, touched, changed in a part, read.
        let ops = [Op::Set, Op::Set, Op::Set, Op::Get];
        for (keep, expected) in [(true, [5, 0, 5, 5]), (false, [5, 0, 0, 0])] {
            let mut sizes = [5, 0, 0, 0];
            fill_in(&mut sizes, &ids(&[0; 4]), &ops, |i| i == 1, keep, 1);
            assert_eq!(sizes, expected);
        }
    }
}
