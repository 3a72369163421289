//! "Did you mean": the known name nearest to an unknown one. It knows words, and not what they name.

/// The name that is at most two typing errors away (one for short words), or begins like the word; the nearest first.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_ascii_lowercase();
    let allowed = if word.len() <= 3 { 1 } else { 2 };
    names
        .into_iter()
        .map(|name| (distance(word.as_bytes(), name.as_bytes()), name))
        .filter(|(errors, name)| *errors <= allowed || (word.len() >= 3 && name.starts_with(&word)))
        .min_by_key(|(errors, _)| *errors)
        .map(|(_, name)| name)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let replaced = above[j] + usize::from(a[i] != b[j]);
            let mut errors = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                errors = errors.min(before[j - 1] + 1);
            }
            row.push(errors);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["fifo", "lru", "s3fifo", "belady", "unbounded"];
        for (word, name) in [
            ("lri", Some("lru")),
            ("lur", Some("lru")),
            ("LRUU", Some("lru")),
            ("bela", Some("belady")),
            ("s3ffio", Some("s3fifo")),
            ("fif", Some("fifo")),
            ("arc", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), name, "{word}");
        }
    }
}
