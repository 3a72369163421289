//! Every reader on arbitrary bytes, and on valid files with arbitrary damage: it may refuse, and must not panic.

use crate::formats::read_with;
use crate::formats::samples::{arrow_stream, sample};
use coldgap::trace::ReadOptions;
use coldgap::trace::options::Role;
use coldgap::trace::registry::all;
use proptest::prelude::*;

fn read_all_ways(bytes: &[u8]) {
    let _ = read_with("x", bytes, &ReadOptions::default());
    for format in all() {
        let named = ReadOptions { format: Some(format.info().name.to_string()), ..ReadOptions::default() };
        let _ = read_with("x", bytes, &named);
    }
    let columns = [(Role::Time, "1"), (Role::Key, "2"), (Role::Size, "3")];
    let columns = columns.iter().map(|(role, column)| (*role, column.to_string())).collect();
    let told = ReadOptions { format: Some("csv".to_string()), columns, sort: true, ..ReadOptions::default() };
    let _ = read_with("x", bytes, &told);
}

/// One piece of damage: where (as a share of the length), and what.
#[derive(Debug, Clone)]
enum Damage {
    Cut(f64),
    Set(f64, u8),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0.0..1.0f64;
    prop_oneof![
        1 => place.clone().prop_map(Damage::Cut),
        6 => (place.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        2 => (place.clone(), prop::collection::vec(any::<u8>(), 1..20)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        2 => (place, 1usize..20).prop_map(|(at, length)| Damage::Remove(at, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: Damage) {
    let place = |at: f64| ((at * bytes.len() as f64) as usize).min(bytes.len().saturating_sub(1));
    match damage {
        _ if bytes.is_empty() => {}
        Damage::Cut(at) => bytes.truncate(place(at)),
        Damage::Set(at, byte) => {
            let at = place(at);
            bytes[at] = byte;
        }
        Damage::Insert(at, new) => {
            let at = place(at);
            bytes.splice(at..at, new);
        }
        Damage::Remove(at, length) => {
            let at = place(at);
            let end = (at + length).min(bytes.len());
            bytes.drain(at..end);
        }
    }
}

/// Valid files: each format's sample, and an Arrow stream.
fn valid(n: usize) -> Vec<u8> {
    all().nth(n).map_or_else(arrow_stream, |format| sample(format.info().name))
}

/// Whole numbers of a Parquet footer have their sign in the lowest bit.
#[test]
fn numbers_of_the_other_sign_in_a_footer_do_not_panic() {
    let whole = sample("parquet");
    let footer = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
    let mut refused = 0;
    for place in whole.len() - 8 - footer..whole.len() - 8 {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        refused += usize::from(read_with("x", &bytes, &ReadOptions::default()).is_err());
    }
    assert!(refused > 20, "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_all_ways(&bytes);
    }

    #[test]
    fn arbitrary_text_does_not_panic(text in "[ -~,;\t\n\"#\\[\\]0-9éab]{0,400}") {
        read_all_ways(text.as_bytes());
    }

    #[test]
    fn damaged_files_do_not_panic(n in 0..=all().count(), all in prop::collection::vec(damage(), 1..6)) {
        let mut bytes = valid(n);
        for damage in all {
            apply(&mut bytes, damage);
        }
        read_all_ways(&bytes);
    }
}
