//! Words and numbers as tables and logs write them: operations, counts, times to live.
//!
//! It reads one cell at a time and knows neither files nor columns.

use crate::error::{Error, Result};
use crate::request::{Op, RENEWS};

/// One cell of a table.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    /// Nothing there.
    Null,
    /// As a text format writes it, without blanks around it.
    Text(&'a [u8]),
    /// A whole number, not negative.
    Unsigned(u64),
    /// A whole number.
    Signed(i64),
    /// Any number.
    Float(f64),
}

/// What operations are called, in lower case: memcached, HTTP, S3, block traces, SCSI.
const GETS: &[&str] = &[
    "get",
    "gets",
    "getlease",
    "gat",
    "gats",
    "getex",
    "mget",
    "read",
    "r",
    "head",
    "lookup",
    "load",
    "fetch",
    "getchunkdata",
    "28",
    "0x28",
    "88",
    "0x88",
];
const SETS: &[&str] = &[
    "set", "setlease", "setex", "add", "replace", "cas", "append", "prepend", "incr", "decr", "put", "write", "w",
    "insert", "update", "store", "putchunk", "touch", "expire", "2a", "0x2a", "8a", "0x8a",
];
const DELETES: &[&str] =
    &["delete", "del", "remove", "invalidate", "unlink", "purge", "evict", "trim", "unmap", "discard", "post", "patch"];

/// Those that start the object's life anew: the first three read it, the others do nothing else.
const RENEWALS: [&str; 5] = ["gat", "gats", "getex", "touch", "expire"];

/// Longer words are no operation's.
const LONGEST_WORD: usize = 16;

/// The operation a word stands for. Case, `_`, `-`, and what follows a dot (`getChunkData.Permanent`) do not count.
///
/// # Errors
/// A word that stands for none.
#[inline]
pub fn op(text: &[u8]) -> Result<Op> {
    // Most are written so.
    if text == GETS[0].as_bytes() { Ok(Op::Get) } else { any_op(text) }
}

/// Whether an operation's word starts the life of its object anew.
pub fn renews(text: &[u8]) -> bool {
    RENEWALS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

/// The word of an operation in files that coldgap writes; `ttl`: the request's in the column of times to live.
pub fn of(op: Op, ttl: u32) -> &'static str {
    match (op, ttl & RENEWS != 0) {
        (Op::Get, false) => "get",
        (Op::Get, true) => "gat",
        (Op::Set, false) => "set",
        (Op::Set, true) => "touch",
        (Op::Delete, _) => "delete",
    }
}

fn any_op(text: &[u8]) -> Result<Op> {
    let mut word = [0; LONGEST_WORD];
    let mut length = 0;
    for byte in text.split(|byte| *byte == b'.').next().unwrap_or(text) {
        if matches!(byte, b'_' | b'-') {
            continue;
        }
        if length == LONGEST_WORD {
            return Err(unknown_op(text));
        }
        word[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let is = |known: &&str| known.as_bytes() == &word[..length];
    if GETS.iter().any(&is) {
        Ok(Op::Get)
    } else if SETS.iter().any(&is) {
        Ok(Op::Set)
    } else if DELETES.iter().any(is) {
        Ok(Op::Delete)
    } else {
        Err(unknown_op(text))
    }
}

fn unknown_op(text: &[u8]) -> Error {
    Error::trace(format!("the operation '{}' is not known", shown(text))).hint(format!(
        "known are {} (gets), {} (sets) and {} (deletes); --columns op=- reads every row as a get",
        GETS.join(" "),
        SETS.join(" "),
        DELETES.join(" ")
    ))
}

/// Text from a trace for a message: control characters escaped, long text cut.
pub fn shown(text: &[u8]) -> String {
    const LONGEST: usize = 60;
    let cut = &text[..text.len().min(LONGEST)];
    let more = if text.len() > LONGEST { "..." } else { "" };
    format!("{}{more}", String::from_utf8_lossy(cut).escape_debug())
}

/// A cell as a message shows it.
pub fn shown_cell(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "null".to_string(),
        Cell::Text(text) => shown(text),
        Cell::Unsigned(number) => number.to_string(),
        Cell::Signed(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
    }
}

/// The whole number that a cell plainly writes: what nearly all cells of numbers hold, and quickly found out.
#[inline(always)]
pub fn natural(cell: Cell<'_>) -> Option<u64> {
    match cell {
        Cell::Text([]) => None,
        Cell::Text(text) => digits(text),
        Cell::Unsigned(number) => Some(number),
        _ => None,
    }
}

/// A whole number from a cell; `None` where the cell says that it is not known: empty, `-`, null or negative.
///
/// # Errors
/// Anything else.
#[inline(always)]
pub fn whole(cell: Cell<'_>, what: &str) -> Result<Option<u64>> {
    match natural(cell) {
        Some(number) => Ok(Some(number)),
        None => any_whole(cell, what),
    }
}

fn any_whole(cell: Cell<'_>, what: &str) -> Result<Option<u64>> {
    match cell {
        Cell::Null | Cell::Text(b"" | b"-") => Ok(None),
        Cell::Unsigned(number) => Ok(Some(number)),
        Cell::Signed(number) => Ok(u64::try_from(number).ok()),
        // 2^53: whole numbers beyond are not exact in a float.
        Cell::Float(number) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 => {
            Ok((number >= 0.0).then_some(number as u64))
        }
        Cell::Text(text) => {
            let (negative, digits) = match text {
                [b'-', digits @ ..] => (true, digits),
                digits => (false, digits),
            };
            match decimal(digits, 1) {
                Some((number, 0)) => Ok((!negative).then_some(number)),
                _ => Err(not_whole(cell, what)),
            }
        }
        Cell::Float(_) => Err(not_whole(cell, what)),
    }
}

#[cold]
fn not_whole(cell: Cell<'_>, what: &str) -> Error {
    Error::trace(format!("the {what} '{}' is not a whole number below 2^64", shown_cell(cell)))
        .hint(format!("check which column holds the {what}: --columns {what}=NAME; --columns {what}=- leaves it out"))
}

/// The number that these digits write; `None` for anything else, or beyond `u64`. No digits write 0.
#[inline]
pub fn digits(text: &[u8]) -> Option<u64> {
    // As many nines still fit, so that only what follows need be checked.
    const SAFE_DIGITS: usize = 19;
    let (safe, rest) = text.split_at(text.len().min(SAFE_DIGITS));
    let (eights, few) = safe.as_chunks::<8>();
    let mut number = 0;
    for eight in eights {
        number = number * 100_000_000 + eight_digits(*eight)?;
    }
    for byte in few {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    rest.iter().try_fold(number, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { number.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

/// The number that eight digits write, in three steps: pairs, fours, all. `None` for anything else.
#[inline(always)]
fn eight_digits(text: [u8; 8]) -> Option<u64> {
    const EACH: fn(u8) -> u64 = |byte| u64::from_ne_bytes([byte; 8]);
    let bytes = u64::from_le_bytes(text);
    let high = |bytes: u64| bytes & EACH(0xf0) == EACH(b'0');
    // 6 more makes another high half of what is beyond 9. Bytes of a high half of 3 do not carry.
    if !high(bytes) || !high(bytes + EACH(6)) {
        return None;
    }
    let ones = bytes - EACH(b'0');
    let pairs = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// `123.456` times `unit`, exactly: the whole part of the product, and the digits beyond it as billionths of one.
/// `None` for anything but digits with at most one point, or beyond `u64`.
#[inline]
pub fn decimal(text: &[u8], unit: u64) -> Option<(u64, u64)> {
    match digits(text) {
        Some(whole) if !text.is_empty() => Some((whole.checked_mul(unit)?, 0)),
        _ => with_point(text, unit),
    }
}

fn with_point(text: &[u8], unit: u64) -> Option<(u64, u64)> {
    const MOST_DIGITS: usize = 18;
    let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &[][..]),
    };
    if whole.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let product = digits(whole)?.checked_mul(unit)?;
    let fraction = &fraction[..fraction.len().min(MOST_DIGITS)];
    if fraction.is_empty() {
        return Some((product, 0));
    }
    let scale = 10u128.pow(fraction.len() as u32);
    let part = u128::from(digits(fraction)?) * u128::from(unit);
    let rest = (part % scale) * 1_000_000_000 / scale;
    Some((product.checked_add((part / scale) as u64)?, rest as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn operations_are_known_by_many_names() {
        for (word, expected) in [
            ("GET", Op::Get),
            ("GET_LEASE", Op::Get),
            ("getChunkData.NotInitialized", Op::Get),
            ("28", Op::Get),
            ("SET_LEASE", Op::Set),
            ("2a", Op::Set),
            ("putChunk.Permanent", Op::Set),
            ("DELETE", Op::Delete),
        ] {
            assert_eq!(op(word.as_bytes()), Ok(expected), "{word}");
        }
        for word in ["", "fetchall", "1", "a_word_that_is_much_longer_than_any", "\u{0}\u{ff}"] {
            assert!(op(word.as_bytes()).unwrap_err().to_string().contains("is not known"), "{word}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_those_of_the_standard_library(text in "[0-9]{0,22}[/:0-9]?[0-9]{0,3}") {
            let expected = if text.is_empty() { Some(0) } else { text.parse().ok() };
            prop_assert_eq!(digits(text.as_bytes()), expected);
        }
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        assert_eq!(decimal(b"1339518083.107412", 1_000_000_000), Some((1_339_518_083_107_412_000, 0)));
        assert_eq!(decimal(b"0.1", 1), Some((0, 100_000_000)));
        assert_eq!(decimal(b"18446744073709551615", 1), Some((u64::MAX, 0)));
        assert_eq!(decimal(b"5.", 1), Some((5, 0)));
        for text in ["", ".", ".5", "-1", "1e9", "1.2.3", "18446744073709551616", "99999999999999999999.9", "1 "] {
            assert_eq!(decimal(text.as_bytes(), 1), None, "{text}");
        }
        assert_eq!(decimal(b"18446744074", 1_000_000_000), None, "beyond u64 nanoseconds");
        assert_eq!(whole(Cell::Text(b"-1"), "size"), Ok(None));
        assert_eq!(whole(Cell::Text(b"512.0"), "size"), Ok(Some(512)));
        assert!(whole(Cell::Text(b"512.5"), "size").is_err());
        assert!(whole(Cell::Float(f64::NAN), "size").is_err());
        assert!(whole(Cell::Float(1e300), "size").is_err());
    }
}
